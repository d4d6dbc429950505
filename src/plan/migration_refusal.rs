//! Why a migration is not started, paused, or rolled back. Each sentence says what stands against it and how to mend that.

use crate::numbering::NumberType;
use thiserror::Error;

/// Why something asked for in a migration is refused: nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[expect(
    missing_docs,
    reason = "each variant says in its sentence what it is about"
)]
pub enum MigrationRefusal {
    #[error("no range is called `{range}`; `linekeeper ranges list` shows them")]
    UnknownRange { range: String },
    #[error(
        "numbers are moved to operator-connect only, from direct-routing or calling-plan, not to {to}: for anything else \
         the carrier and the Teams admin centre are the place"
    )]
    Direction { to: NumberType },
    #[error(
        "nobody holds a number of the range {range} with another type than {to}, so there is nothing to move; `linekeeper \
         numbers list --range {range}` shows who holds which"
    )]
    NothingToMove { range: String, to: NumberType },
    #[error(
        "a migration of the range {range} is under way already: `linekeeper migrate status` shows how far it is; --next \
         begins its next wave, --wave N takes up a wave that was rolled back"
    )]
    UnderWay { range: String },
    #[error(
        "somebody in the range {range}, or a number of it, is on its way in another migration: `linekeeper migrate status` \
         shows which, and has to be done first"
    )]
    Elsewhere { range: String },
    #[error(
        "{count} things stand in the way, listed above: mend them, or leave those people out with --leave-out; nothing was \
         started"
    )]
    Obstacles { count: usize },
    #[error("nothing was started: read the outage above, and ask again with --confirm")]
    NotConfirmed,
    #[error(
        "no migration of the range {range} to {to} is under way: `linekeeper migrate status` shows which are"
    )]
    NotUnderWay { range: String, to: NumberType },
    #[error(
        "the migration of the range {range} has no wave {wave}: it has {waves}, of which {begun} have begun"
    )]
    UnknownWave {
        range: String,
        wave: u32,
        waves: u32,
        begun: u32,
    },
    #[error("every wave of the migration of the range {range} has begun already")]
    NoNextWave { range: String },
    #[error(
        "nobody of wave {wave} of the range {range} is on the way back: --wave takes up a wave that was rolled back"
    )]
    NotRolledBack { range: String, wave: u32 },
    #[error(
        "the range {range} is in another migration by now, so this one can no longer be rolled back: `linekeeper migrate \
         status` shows it"
    )]
    Superseded { range: String },
}

impl MigrationRefusal {
    /// A short name for programs, fixed once released.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownRange { .. } => "unknown-range",
            Self::Direction { .. } => "wrong-type",
            Self::NothingToMove { .. } => "nothing-to-move",
            Self::UnderWay { .. } => "under-way",
            Self::Elsewhere { .. } => "elsewhere",
            Self::Obstacles { .. } => "obstacles",
            Self::NotConfirmed => "not-confirmed",
            Self::NotUnderWay { .. } => "not-under-way",
            Self::UnknownWave { .. } => "unknown-wave",
            Self::NoNextWave { .. } => "no-next-wave",
            Self::NotRolledBack { .. } => "not-rolled-back",
            Self::Superseded { .. } => "superseded",
        }
    }
}
