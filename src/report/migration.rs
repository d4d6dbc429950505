//! A migration for whoever looks at it: what would be done, and how far it is.

use super::UserRef;
use crate::numbering::{E164, NumberType};
use crate::plan::{
    Migration, MigrationPlan, Mover, Obstacle, ObstacleKind, Pace, Stage, Traveller,
};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// What `migrate plan` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MigrationPlanReport {
    /// Tenant name.
    pub tenant: String,
    /// The range.
    pub range: String,
    /// The new type.
    pub to: NumberType,
    /// `after-upload`, `release-first` or `in-place`.
    pub way: &'static str,
    /// The operator, where the range names one.
    pub operator: Option<String>,
    /// The agreed date.
    pub not_before: Option<Timestamp>,
    /// How many people move.
    pub people: usize,
    /// How many have their number with the new type already.
    pub arrived: usize,
    /// The outage to expect, as a sentence.
    pub outage: String,
    /// Voice routing policies that are taken off.
    pub takes_off: Vec<String>,
    /// Who moves, wave by wave.
    pub waves: Vec<WaveReport>,
    /// What stands in the way.
    pub obstacles: Vec<ObstacleReport>,
}

/// One wave that is planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaveReport {
    /// Its place, from 1.
    pub wave: usize,
    /// Its people, by number.
    pub people: Vec<TravellerReport>,
}

/// Somebody who would move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TravellerReport {
    /// Who.
    pub user: UserRef,
    /// The number.
    pub number: E164,
    /// The type it is listed with.
    pub from: NumberType,
}

/// What stands in the way of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ObstacleReport {
    /// `licence`, `country`, `on-premises` and so on.
    pub kind: &'static str,
    /// Whom it concerns.
    pub user: Option<UserRef>,
    /// Which number.
    pub number: Option<E164>,
    /// The sentence for people.
    pub detail: String,
    /// Whether `start` refuses because of it, unless such people are left out.
    pub blocks: bool,
    /// What the owner of the number runs, in PowerShell.
    pub commands: Vec<String>,
}

/// What `migrate status` prints of one migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MigrationReport {
    /// Tenant name.
    pub tenant: String,
    /// Its id in the tenant.
    pub id: i64,
    /// The range.
    pub range: String,
    /// The new type.
    pub to: NumberType,
    /// `after-upload`, `release-first` or `in-place`.
    pub way: &'static str,
    /// The operator, where the range names one.
    pub operator: Option<String>,
    /// The agreed date.
    pub not_before: Option<Timestamp>,
    /// `running`, `paused`, `rolling-back` or `done`.
    pub state: &'static str,
    /// When it was started.
    pub started: Timestamp,
    /// Who started it.
    pub started_by: String,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Its waves.
    pub waves: Vec<WaveStatus>,
    /// Its people, by number.
    pub people: Vec<MoverReport>,
}

/// How far one wave is. Everybody counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WaveStatus {
    /// Its place, from 1.
    pub wave: u32,
    /// Whether it has begun.
    pub begun: bool,
    /// How many people.
    pub people: usize,
    /// Have the old type, and their turn has not come.
    pub planned: usize,
    /// Have the old type and wait for the operator, or for the agreed date.
    pub waiting: usize,
    /// Released; the number waits to be listed with the new type.
    pub released: usize,
    /// Given back with the new type.
    pub assigned: usize,
    /// Seen with the new type.
    pub verified: usize,
    /// On the way back to the old type.
    pub returning: usize,
    /// Have the old type again.
    pub returned: usize,
    /// In trouble, or left out: the people say why.
    pub failed: usize,
}

/// How far somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MoverReport {
    /// Who.
    pub user: UserRef,
    /// The number.
    pub number: E164,
    /// The type it had.
    pub from: NumberType,
    /// In which wave.
    pub wave: u32,
    /// The name under which the wave counts the person.
    pub state: &'static str,
    /// Where the number is: `planned`, `released`, `assigned`, `verified`, `returned` or `left-out`.
    pub stage: &'static str,
    /// Since when.
    pub since: Timestamp,
    /// What went wrong at the last try, or why the person was left out.
    pub trouble: Option<String>,
}

impl MigrationPlanReport {
    /// The report of a plan.
    #[must_use]
    pub fn of(tenant: &str, plan: &MigrationPlan) -> Self {
        let wave = |(at, people): (usize, &Vec<Traveller>)| WaveReport {
            wave: at + 1,
            people: people.iter().map(traveller).collect(),
        };
        Self {
            tenant: tenant.to_owned(),
            range: plan.range.clone(),
            to: plan.to,
            way: plan.way.name(),
            operator: plan.operator.clone(),
            not_before: plan.not_before,
            people: plan.waves.iter().map(Vec::len).sum(),
            arrived: plan.arrived,
            outage: outage(plan),
            takes_off: plan.takes_off.clone(),
            waves: plan.waves.iter().enumerate().map(wave).collect(),
            obstacles: plan.obstacles.iter().map(obstacle).collect(),
        }
    }
}

impl MigrationReport {
    /// The report of a migration as it stands.
    #[must_use]
    pub fn of(tenant: &str, migration: &Migration, movers: &[Mover]) -> Self {
        let state = match (migration.ended, migration.pace) {
            (Some(_), _) => "done",
            (None, pace) => Pace::name(pace),
        };
        Self {
            tenant: tenant.to_owned(),
            id: migration.id,
            range: migration.range.clone(),
            to: migration.to,
            way: migration.way.name(),
            operator: migration.operator.clone(),
            not_before: migration.not_before,
            state,
            started: migration.started,
            started_by: migration.by.clone(),
            ended: migration.ended,
            waves: waves(migration, movers),
            people: movers
                .iter()
                .map(|mover| mover_of(migration, mover))
                .collect(),
        }
    }
}

fn traveller(traveller: &Traveller) -> TravellerReport {
    TravellerReport {
        user: UserRef {
            id: traveller.user,
            upn: traveller.upn.clone(),
        },
        number: traveller.number,
        from: traveller.from,
    }
}

fn obstacle(obstacle: &Obstacle) -> ObstacleReport {
    let user = obstacle.user.as_ref();
    let commands = match obstacle.kind {
        ObstacleKind::OnPremises => commands(user.map(|(_, upn)| upn.as_str())),
        _ => Vec::new(),
    };
    ObstacleReport {
        kind: obstacle.kind.name(),
        user: user.map(|(id, upn)| UserRef {
            id: *id,
            upn: upn.clone(),
        }),
        number: obstacle.number,
        detail: obstacle.detail.clone(),
        blocks: obstacle.blocks(),
        commands,
    }
}

/// What clears a number that is written from on-premises, run by the owner of that directory (docs/graph.md 7).
fn commands(upn: Option<&str>) -> Vec<String> {
    let quoted = upn.filter(|upn| !upn.is_empty()).unwrap_or("<UPN>");
    let quoted = format!("'{}'", quoted.replace(['\'', '\u{2019}'], "''"));
    vec![
        format!(
            "Set-CsUser -Identity {quoted} -LineURI $null  # in Skype for Business Server; or:"
        ),
        format!(
            "Set-ADUser -Identity (Get-ADUser -Filter \"UserPrincipalName -eq {quoted}\") -Clear msRTCSIP-Line"
        ),
        "Start-ADSyncSyncCycle -PolicyType Delta  # on the server of Entra Connect".to_owned(),
    ]
}

fn outage(plan: &MigrationPlan) -> String {
    let wave = "can neither call nor be called by that number";
    let carried = "The release is one sync and the giving back another, so it lasts at least from one sync to the next (hourly \
                   unless scheduled otherwise): have syncs come often while a wave is under way. Teams itself takes minutes \
                   as a rule, rarely up to 24 hours";
    match plan.way.name() {
        "in-place" => {
            "None by Linekeeper: the operator changes the type in place, and Linekeeper only follows.".to_owned()
        }
        "release-first" => format!(
            "Everybody of a wave {wave} from the release until the operator has listed it with the new type and it is \
             given back. {carried}, and longer if the operator is late."
        ),
        _ => format!(
            "Everybody of a wave {wave} from the release, which is not before the new type is listed or the agreed date, \
             until it is given back. {carried}."
        ),
    }
}

fn waves(migration: &Migration, movers: &[Mover]) -> Vec<WaveStatus> {
    let empty = |wave| WaveStatus {
        wave,
        begun: wave <= migration.begun,
        ..WaveStatus::default()
    };
    let mut waves: BTreeMap<u32, WaveStatus> = (1..=migration.waves)
        .map(|wave| (wave, empty(wave)))
        .collect();
    for mover in movers {
        let wave = waves.entry(mover.wave).or_insert_with(|| empty(mover.wave));
        wave.people += 1;
        let counted = match state_of(migration, mover) {
            "planned" => &mut wave.planned,
            "waiting" => &mut wave.waiting,
            "released" => &mut wave.released,
            "assigned" => &mut wave.assigned,
            "verified" => &mut wave.verified,
            "returning" => &mut wave.returning,
            "returned" => &mut wave.returned,
            _ => &mut wave.failed,
        };
        *counted += 1;
    }
    waves.into_values().collect()
}

fn mover_of(migration: &Migration, mover: &Mover) -> MoverReport {
    MoverReport {
        user: UserRef {
            id: mover.user,
            upn: mover.upn.clone(),
        },
        number: mover.number,
        from: mover.from,
        wave: mover.wave,
        state: state_of(migration, mover),
        stage: mover.stage.name(),
        since: mover.since,
        trouble: mover.trouble.clone(),
    }
}

fn state_of(migration: &Migration, mover: &Mover) -> &'static str {
    match mover.stage {
        _ if mover.has_failed() => "failed",
        Stage::Returned => "returned",
        Stage::LeftOut => "failed",
        _ if mover.back => "returning",
        Stage::Planned if !mover.has_begun(migration) => "planned",
        Stage::Planned => "waiting",
        Stage::Released => "released",
        Stage::Assigned => "assigned",
        Stage::Verified => "verified",
    }
}
