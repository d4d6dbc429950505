//! Migrations as they are remembered: people who move with their numbers to another number type, wave by wave.
//!
//! Whoever moves keeps the holding all the way: it is what makes the number nobody else's and keeps it from resting,
//! also between the release of the old type and the assignment of the new one. [`Stage`] says how far somebody is; it
//! changes in the transaction that records the end of a step, or that claims a plan which has seen something new.

use crate::directory::UserId;
use crate::numbering::{E164, NumberType};
use crate::rules::MigrationWay;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One migration of one range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its id in the tenant.
    pub id: i64,
    /// The range, by name.
    pub range: String,
    /// The type to which the numbers move.
    pub to: NumberType,
    /// How the operator takes numbers over.
    pub way: MigrationWay,
    /// The operator, where the range names one.
    pub operator: Option<String>,
    /// The agreed date: nothing is released before it, unless the new type is listed.
    pub not_before: Option<Timestamp>,
    /// What it may do just now.
    pub pace: Pace,
    /// The last wave that has begun, from 1.
    pub begun: u32,
    /// How many waves there are.
    pub waves: u32,
    /// When it was started.
    pub started: Timestamp,
    /// Who started it.
    pub by: String,
    /// When the last of its people was done.
    pub ended: Option<Timestamp>,
}

/// What a migration may do just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// It goes on.
    Running,
    /// Only who is rolled back goes on, and back.
    RollingBack,
    /// Nothing is written.
    Paused,
}

/// Somebody who moves with a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mover {
    /// Of which migration.
    pub migration: i64,
    /// In which wave, from 1.
    pub wave: u32,
    /// The number.
    pub number: E164,
    /// Who.
    pub user: UserId,
    /// The UPN when the migration was started, for people.
    pub upn: String,
    /// The type the number was listed with when the migration was started.
    pub from: NumberType,
    /// How far.
    pub stage: Stage,
    /// Whether it is to go back to the old type.
    pub back: bool,
    /// Since when it stands there.
    pub since: Timestamp,
    /// What went wrong at the last try, or why it was left out.
    pub trouble: Option<String>,
}

/// How far somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Has the number with the old type.
    Planned,
    /// Released: the number waits to be listed with the new type, and nobody else can have it.
    Released,
    /// Given to the same person with the new type.
    Assigned,
    /// Seen in the number list with the same person and the new type.
    Verified,
    /// Has the number with the old type again.
    Returned,
    /// No longer part of the migration; `trouble` says why.
    LeftOut,
}

impl Stage {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Released => "released",
            Self::Assigned => "assigned",
            Self::Verified => "verified",
            Self::Returned => "returned",
            Self::LeftOut => "left-out",
        }
    }
}

impl Pace {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::RollingBack => "rolling-back",
            Self::Paused => "paused",
        }
    }

    /// Whether somebody may be moved just now, forward or back.
    #[must_use]
    pub const fn allows(self, back: bool) -> bool {
        match self {
            Self::Running => true,
            Self::RollingBack => back,
            Self::Paused => false,
        }
    }
}

impl Mover {
    /// Whether something is still to come: the number is on its way, or will be.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        match self.stage {
            Stage::Planned | Stage::Released | Stage::Assigned => true,
            Stage::Verified => self.back,
            Stage::Returned | Stage::LeftOut => false,
        }
    }

    /// Whether its turn has come.
    #[must_use]
    pub const fn has_begun(&self, migration: &Migration) -> bool {
        self.back || self.wave <= migration.begun
    }

    /// Whether it counts as failed: left out, or in trouble and not yet where it is to go.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.trouble.is_some() && (self.is_under_way() || matches!(self.stage, Stage::LeftOut))
    }
}

/// A wave that begins, or the end of a migration: what follows from where its people are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advance {
    /// Which migration.
    pub migration: i64,
    /// The last wave that has begun, from now on.
    pub begun: u32,
    /// Whether nobody is left to be moved.
    pub ended: bool,
}

/// What follows for the migrations of a tenant once these movers stand where a plan has seen them. The next wave begins
/// when nobody of those before it is under way any more; somebody who fails is, and so holds the next wave up.
#[must_use]
pub fn advances<'m>(
    migrations: impl Iterator<Item = &'m Migration>,
    movers: &[Mover],
    seen: &[Mover],
) -> Vec<Advance> {
    let key = |mover: &Mover| (mover.migration, mover.number);
    let newer: BTreeMap<_, &Mover> = seen.iter().map(|mover| (key(mover), mover)).collect();
    let now = |mover| *newer.get(&key(mover)).unwrap_or(&mover);
    let mut first_open: BTreeMap<i64, u32> = BTreeMap::new();
    for mover in movers.iter().map(now).filter(|m| m.is_under_way()) {
        let first = first_open.entry(mover.migration).or_insert(mover.wave);
        *first = mover.wave.min(*first);
    }
    let mut advances = Vec::new();
    for migration in migrations {
        let first = first_open.get(&migration.id).copied();
        let reached = match migration.pace {
            Pace::Running => first.unwrap_or(migration.waves),
            Pace::RollingBack | Pace::Paused => migration.begun,
        };
        let advance = Advance {
            migration: migration.id,
            begun: migration.begun.max(reached),
            ended: first.is_none(),
        };
        if advance.begun != migration.begun || advance.ended {
            advances.push(advance);
        }
    }
    advances
}
