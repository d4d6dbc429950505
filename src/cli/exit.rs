//! Exit codes: fixed by the contract, because other people's scripts rely on them.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// An error that none of the others describes.
    Error = 1,
    /// The command line is not understood.
    Usage = 2,
    /// Rules or configuration are invalid.
    Invalid = 3,
    /// Some changes failed or were put off by Graph, or the user read was incomplete.
    Partial = 4,
    /// A guard holds something.
    Held = 5,
    /// Graph was unreachable or refused; nothing could be read.
    Unreachable = 6,
    /// The saved plan no longer fits.
    Stale = 7,
    /// `plan --exit-code` found a change.
    Changes = 10,
}

impl Exit {
    /// The code of several outcomes together, as of several tenants: an error that ended the command wins; of 4, 5 and
    /// 6 the highest; 10 gives way to all of them.
    #[must_use]
    pub fn worst(outcomes: impl IntoIterator<Item = Self>) -> Self {
        outcomes
            .into_iter()
            .max_by_key(|exit| exit.weight())
            .unwrap_or(Self::Done)
    }

    const fn weight(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Changes => 1,
            Self::Partial => 2,
            Self::Held => 3,
            Self::Unreachable => 4,
            Self::Stale => 5,
            Self::Error => 6,
            Self::Invalid => 7,
            Self::Usage => 8,
        }
    }

    /// The code as a number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// An error that ends the command with a code of its own; any other error ends it with 1.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// The code.
    pub exit: Exit,
    /// What, where, and how to mend it.
    pub message: String,
}

impl Failure {
    /// An error with a code of its own.
    #[must_use]
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
        }
    }
}

/// The code of an error: the one it carries, 3 for a configuration, else 1.
#[must_use]
pub fn of_error(error: &anyhow::Error) -> Exit {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        failure.exit
    } else if error.is::<crate::config::ConfigErrors>() {
        Exit::Invalid
    } else {
        Exit::Error
    }
}

#[cfg(test)]
mod tests {
    use super::{Exit, Failure, of_error};
    use crate::config::ConfigErrors;

    #[test]
    fn the_worst_outcome_of_several_counts() {
        use Exit::{Changes, Done, Error, Held, Partial, Stale, Unreachable};
        for (outcomes, code) in [
            (&[][..], 0),
            (&[Done, Done], 0),
            (&[Done, Changes], 10),
            (&[Changes, Partial], 4),
            (&[Held, Partial, Changes], 5),
            (&[Unreachable, Held, Partial], 6),
            (&[Partial, Stale], 7),
            (&[Unreachable, Error], 1),
        ] {
            assert_eq!(Exit::worst(outcomes.iter().copied()).code(), code);
        }
    }

    #[test]
    fn an_error_brings_its_code_through_every_context() {
        use anyhow::Context;
        let stale = Err::<(), _>(Failure::new(Exit::Stale, "the plan is two days old"))
            .context("saved plan")
            .expect_err("an error");
        assert_eq!(of_error(&stale), Exit::Stale);
        let config = anyhow::Error::new(ConfigErrors(Vec::new())).context("start");
        assert_eq!(of_error(&config), Exit::Invalid);
        assert_eq!(of_error(&anyhow::anyhow!("disk full")), Exit::Error);
    }
}
