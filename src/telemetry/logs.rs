//! Logs: sentences with fields, to standard error, so that they never mix with what a command prints.

use super::masked::Masked;
use std::io::{self, IsTerminal};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

/// Says what is logged, in the notation of `tracing`: `debug`, `linekeeper::graph=debug,info`.
pub const VARIABLE: &str = "LINEKEEPER_LOG";

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
/// `usual` is what is logged of Linekeeper itself unless the variable says otherwise: a command prints its outcome and
/// logs warnings only, a service logs each thing it has done. Of the libraries below only warnings are logged.
/// Addresses of people appear at debug level only; above it they are masked, whoever wrote them into a line.
///
/// # Errors
/// If the variable is not understood, or logging was started before.
#[expect(
    clippy::disallowed_methods,
    reason = "logging starts before the configuration is read, to log how that goes"
)]
pub fn start(json: bool, usual: LevelFilter) -> Result<(), TelemetryError> {
    let wanted = std::env::var(VARIABLE).unwrap_or_default();
    let filter = filter(&wanted, usual)?;
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(Masked)
        .with_ansi(!plain && !json && io::stderr().is_terminal());
    let started = match json {
        true => builder
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .try_init(),
        false => builder.try_init(),
    };
    started.map_err(TelemetryError::Twice)
}

fn filter(wanted: &str, usual: LevelFilter) -> Result<EnvFilter, TelemetryError> {
    let usual = format!("warn,linekeeper={usual}");
    let directives = match wanted.trim() {
        "" => usual.as_str(),
        other => other,
    };
    EnvFilter::builder()
        .parse(directives)
        .map_err(TelemetryError::Filter)
}

#[cfg(test)]
mod tests {
    use super::{LevelFilter, filter};

    #[test]
    fn the_variable_is_checked() {
        for (wanted, shown) in [
            ("", "linekeeper=info,warn"),
            (" ", "linekeeper=info,warn"),
            ("debug", "debug"),
            (
                "linekeeper::graph=debug,info",
                "linekeeper::graph=debug,info",
            ),
        ] {
            let filter = filter(wanted, LevelFilter::INFO).expect("valid");
            assert_eq!(filter.to_string(), shown);
        }
        assert!(filter("linekeeper=loud", LevelFilter::WARN).is_err());
    }
}
