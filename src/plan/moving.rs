//! What comes next for somebody whose number is on its way to another type, or back. What Teams lists of the number
//! counts, not what the range or the licence would have it be.

use super::case::Case;
use super::holder::known_type;
use super::judge::Row;
use super::moving_steps::{assign, release, restore_policies};
use super::{Index, Migration, Mode, Mover, NoteKind, Stage};
use crate::directory::VoiceLicence;
use crate::numbering::{Listed, NumberType};
use crate::rules::MigrationWay;

/// Whether anything else is to be decided about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// As about anybody else.
    Ordinary,
    /// Nothing: the number is on its way.
    Settled,
}

/// Decides about somebody who may be moving; what has changed about that goes to `seen`.
pub(super) fn turn(index: &Index<'_>, case: &mut Case, seen: &mut Vec<Mover>) -> Turn {
    let Some((mover, migration)) = index.mover_of(case.id()) else {
        return Turn::Ordinary;
    };
    if index.open_step_of(case.id()).is_some() {
        return Turn::Settled;
    }
    let next = next(index, case, mover, migration);
    let after = Mover {
        stage: next.stage,
        since: match next.stage == mover.stage {
            true => mover.since,
            false => index.world.now,
        },
        trouble: next.trouble,
        ..mover.clone()
    };
    match next.act {
        Act::Nothing => note(case, &after, migration),
        Act::Ordinary if came_back(mover, &after) => restore_policies(index, case, &after),
        Act::Ordinary => {}
        Act::Release => release(index, case, &after, migration),
        Act::Assign(number_type) => assign(index, case, &after, migration, number_type),
    }
    if after != *mover {
        seen.push(after);
    }
    match next.act {
        Act::Ordinary => Turn::Ordinary,
        _ => Turn::Settled,
    }
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Nothing,
    Ordinary,
    Release,
    Assign(NumberType),
}

/// Where the mover stands from now on, and what is to be done.
struct Next {
    stage: Stage,
    trouble: Option<String>,
    act: Act,
}

impl Next {
    /// Nothing new about the mover.
    fn stays(mover: &Mover, act: Act) -> Self {
        Self {
            stage: mover.stage,
            trouble: mover.trouble.clone(),
            act,
        }
    }

    /// The mover waits for somebody else, who has to do this.
    fn waits(mover: &Mover, stage: Stage, trouble: Option<String>) -> Self {
        Self {
            stage,
            trouble: trouble.or_else(|| mover.trouble.clone()),
            act: Act::Nothing,
        }
    }

    /// The mover has arrived.
    const fn reaches(stage: Stage) -> Self {
        Self {
            stage,
            trouble: None,
            act: Act::Ordinary,
        }
    }

    /// The mover is no longer one, and decided about like anybody else.
    fn left_out(why: String) -> Self {
        Self {
            stage: Stage::LeftOut,
            trouble: Some(why),
            act: Act::Ordinary,
        }
    }
}

fn next(index: &Index<'_>, case: &Case, mover: &Mover, migration: &Migration) -> Next {
    let held = index.holding_of(case.id());
    if held.is_none_or(|held| held.number != mover.number) {
        return Next::left_out(format!("holds {} no longer", mover.number));
    }
    match index.listed(mover.number) {
        Some(line) if line.holder() == Some(case.id().0) => {
            in_hand(index, case, mover, migration, line)
        }
        Some(line) if !line.is_unassigned() => {
            Next::left_out(format!("{} is with somebody else in Teams", mover.number))
        }
        _ => out_of_hand(index, case, mover, migration),
    }
}

/// The number is with the person.
fn in_hand(
    index: &Index<'_>,
    case: &Case,
    mover: &Mover,
    migration: &Migration,
    line: &Listed,
) -> Next {
    let wanted = if mover.back { mover.from } else { migration.to };
    if known_type(line) == Some(wanted) {
        let reached = match mover.back {
            true => Stage::Returned,
            false => Stage::Verified,
        };
        return Next::reaches(reached);
    }
    if !mover.has_begun(migration) {
        return Next::stays(mover, Act::Ordinary);
    }
    if let Some(why) = gone_or_unlicensed(index, case) {
        return Next::left_out(why);
    }
    // Somebody else gave it back with the old type, or Teams shows the past.
    let stage = match mover.back {
        true => mover.stage,
        false => Stage::Planned,
    };
    let stays = Next {
        stage,
        ..Next::stays(mover, Act::Nothing)
    };
    if !migration.pace.allows(mover.back) || !may_release(index) {
        return stays;
    }
    let ready = match mover.back {
        true => index.offers(mover.number, mover.from),
        false => is_ready(index, mover, migration),
    };
    match (ready, mover.back) {
        (true, _) => Next {
            act: Act::Release,
            ..stays
        },
        (false, true) => Next::waits(mover, stage, Some(operators_part(mover, line))),
        (false, false) => stays,
    }
}

/// The number is with nobody.
fn out_of_hand(index: &Index<'_>, case: &Case, mover: &Mover, migration: &Migration) -> Next {
    if let Some(why) = gone_or_unlicensed(index, case) {
        return Next::left_out(why);
    }
    let wanted = if mover.back { mover.from } else { migration.to };
    let unlisted = index.listed(mover.number).is_none();
    let to_be_had = index.offers(mover.number, wanted) || unlisted && !wanted.must_be_listed();
    let act = match to_be_had && migration.pace.allows(mover.back) {
        true => Act::Assign(wanted),
        false => Act::Nothing,
    };
    let trouble = match (mover.back && !to_be_had, index.listed(mover.number)) {
        (true, Some(line)) => Some(operators_part(mover, line)),
        (true, None) => Some(format!(
            "Teams does not list {}: the operator has to list it as {} again",
            mover.number, mover.from
        )),
        (false, _) => mover.trouble.clone(),
    };
    Next {
        stage: Stage::Released,
        trouble,
        act,
    }
}

/// Why somebody moves no further: whom Teams can give nothing.
fn gone_or_unlicensed(index: &Index<'_>, case: &Case) -> Option<String> {
    let world = index.world;
    if !world.circumstances.complete || !world.book.is_known() {
        return None;
    }
    let unlicensed =
        case.judged.row == Row::Unlicensed && case.judged.licensing.voice == VoiceLicence::None;
    match (case.stored.gone.is_some(), unlicensed) {
        (true, _) => Some("is no longer in the directory".to_owned()),
        (false, true) => Some("has no usable Phone System licence any more".to_owned()),
        (false, false) => None,
    }
}

fn may_release(index: &Index<'_>) -> bool {
    let circumstances = index.world.circumstances;
    let trusted = circumstances.complete && circumstances.clock_agrees;
    trusted && index.world.settings.mode != Mode::AssignOnly
}

/// Whether the operator's way lets the number go now.
fn is_ready(index: &Index<'_>, mover: &Mover, migration: &Migration) -> bool {
    let agreed = migration
        .not_before
        .map(|not_before| not_before <= index.world.now);
    match migration.way {
        MigrationWay::InPlace => false,
        MigrationWay::ReleaseFirst => agreed.unwrap_or(true),
        MigrationWay::AfterUpload => {
            agreed.unwrap_or(false) || index.offers(mover.number, migration.to)
        }
    }
}

/// What the operator has to do before the number can go back.
fn operators_part(mover: &Mover, line: &Listed) -> String {
    let listed = known_type(line).map_or("another type", NumberType::name);
    format!(
        "Teams lists {} as {listed} only: the operator has to list it as {} again",
        mover.number, mover.from
    )
}

fn note(case: &mut Case, mover: &Mover, migration: &Migration) {
    if !mover.has_begun(migration) && mover.stage == Stage::Planned {
        return;
    }
    let waits = match (mover.stage, mover.back) {
        (_, true) => "is to go back to the old type",
        (Stage::Planned, _) => "waits for the operator",
        (Stage::Released, _) => "is released and waits to be listed with the new type",
        _ => "waits to be seen",
    };
    let detail = format!(
        "{} moves to {} in wave {}: it {waits}",
        mover.number, migration.to, mover.wave
    );
    case.note_in(NoteKind::Migrating, Some(&migration.range), detail);
}

/// Whether the number is in hand with the old type again without having been given back by a step.
fn came_back(before: &Mover, after: &Mover) -> bool {
    after.stage == Stage::Returned && before.stage != Stage::Planned
}
