//! Logs: sentences with fields, to standard error, so that they never mix with what a command prints.

use std::io::{self, IsTerminal};
use tracing_subscriber::EnvFilter;

/// Says what is logged, in the notation of `tracing`: `debug`, `linekeeper::graph=debug,info`.
pub const VARIABLE: &str = "LINEKEEPER_LOG";

/// What is logged unless the variable says otherwise: a command prints its outcome itself, and `info` adds a line for
/// each thing done. User principal names appear at debug only.
const USUAL: &str = "warn";

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The variable is not understood.
    #[error(
        "environment variable LINEKEEPER_LOG: expected a level such as `debug`, or `linekeeper::graph=debug,info`"
    )]
    Filter(#[source] tracing_subscriber::filter::ParseError),
    /// Something else in the process logs already.
    #[error("logging was started twice")]
    Twice(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Starts logging for the process: as JSON, or as text, in colour on a terminal unless `NO_COLOR` is set to something.
///
/// # Errors
/// If the variable is not understood, or logging was started before.
#[expect(
    clippy::disallowed_methods,
    reason = "logging starts before the configuration is read, to log how that goes"
)]
pub fn start(json: bool) -> Result<(), TelemetryError> {
    let wanted = std::env::var(VARIABLE).unwrap_or_default();
    let filter = filter(&wanted)?;
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(!plain && !json && io::stderr().is_terminal());
    let started = match json {
        true => builder.json().try_init(),
        false => builder.try_init(),
    };
    started.map_err(TelemetryError::Twice)
}

fn filter(wanted: &str) -> Result<EnvFilter, TelemetryError> {
    let directives = match wanted.trim() {
        "" => USUAL,
        other => other,
    };
    EnvFilter::builder()
        .parse(directives)
        .map_err(TelemetryError::Filter)
}

#[cfg(test)]
mod tests {
    use super::filter;

    #[test]
    fn the_variable_is_checked() {
        for (wanted, shown) in [
            ("", "warn"),
            (" ", "warn"),
            ("debug", "debug"),
            (
                "linekeeper::graph=debug,info",
                "linekeeper::graph=debug,info",
            ),
        ] {
            let filter = filter(wanted).expect("valid");
            assert_eq!(filter.to_string(), shown);
        }
        assert!(filter("linekeeper=loud").is_err());
    }
}
