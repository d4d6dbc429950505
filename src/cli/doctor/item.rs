//! One line of the doctor.

use crate::cli::exit::Exit;
use serde::Serialize;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// As it should be.
    Ok,
    /// Works, but not as well as it should.
    Warning,
    /// Has to be mended.
    Error,
    /// Not checked, and the detail says why.
    Skipped,
}

impl State {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Skipped => "skipped",
        }
    }
}

/// One check with its outcome.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Item {
    pub(super) check: String,
    pub(super) tenant: Option<String>,
    pub(super) state: State,
    pub(super) detail: String,
    pub(super) remedy: Option<String>,
    /// What an error ends the command with.
    #[serde(skip)]
    pub(super) exit: Exit,
    /// Left out of the text, where it would bury the rest.
    #[serde(skip)]
    pub(super) quiet: bool,
}

impl Item {
    fn new(
        check: impl Into<String>,
        tenant: Option<&str>,
        state: State,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            check: check.into(),
            tenant: tenant.map(str::to_owned),
            state,
            detail: detail.into(),
            remedy: None,
            exit: Exit::Done,
            quiet: false,
        }
    }

    pub(super) fn ok(
        check: impl Into<String>,
        tenant: Option<&str>,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(check, tenant, State::Ok, detail)
    }

    pub(super) fn skipped(
        check: impl Into<String>,
        tenant: Option<&str>,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(check, tenant, State::Skipped, detail)
    }

    pub(super) fn warning(
        check: impl Into<String>,
        tenant: Option<&str>,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            remedy: Some(remedy.into()),
            ..Self::new(check, tenant, State::Warning, detail)
        }
    }

    pub(super) fn error(
        exit: Exit,
        check: impl Into<String>,
        tenant: Option<&str>,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            remedy: Some(remedy.into()),
            exit,
            ..Self::new(check, tenant, State::Error, detail)
        }
    }
}

/// 0 without an error; 3 when configuration or rules are wrong, else 6 when Graph cannot be reached or refuses, else 1.
pub(super) fn exit_of(items: &[Item]) -> Exit {
    let has = |exit| {
        items
            .iter()
            .any(|item| item.state == State::Error && item.exit == exit)
    };
    if has(Exit::Invalid) {
        Exit::Invalid
    } else if has(Exit::Unreachable) {
        Exit::Unreachable
    } else if items.iter().any(|item| item.state == State::Error) {
        Exit::Error
    } else {
        Exit::Done
    }
}

#[cfg(test)]
mod tests {
    use super::{Item, exit_of};
    use crate::cli::exit::Exit;

    #[test]
    fn wrong_rules_come_before_graph_and_graph_before_the_rest() {
        let error = |exit| Item::error(exit, "x", None, "wrong", "mend it");
        let fine = || Item::warning("x", None, "odd", "look at it");
        for (items, exit) in [
            (vec![fine(), Item::ok("x", None, "good")], Exit::Done),
            (vec![fine(), error(Exit::Error)], Exit::Error),
            (
                vec![error(Exit::Error), error(Exit::Unreachable)],
                Exit::Unreachable,
            ),
            (
                vec![error(Exit::Unreachable), error(Exit::Invalid)],
                Exit::Invalid,
            ),
        ] {
            assert_eq!(exit_of(&items), exit);
        }
    }
}
