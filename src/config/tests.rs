//! Input against outcome: what is accepted with which value, and what is refused with which words.

mod accepted;
mod refused;

use super::{Config, ConfigErrors, Sources, load};
use std::path::Path;

const TENANT: &str = "[[tenant]]\nname = \"contoso\"\ntenant_id = \"t\"\nclient_id = \"c\"\n";

fn load_in(
    folder: &Path,
    text: &str,
    environment: &[(&str, &str)],
) -> Result<Config, ConfigErrors> {
    std::fs::write(folder.join("linekeeper.toml"), text).expect("the folder is writable");
    load(&Sources {
        file: None,
        folder: folder.to_owned(),
        environment: environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    })
}

fn from(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    load_in(folder.path(), text, environment)
}

/// The errors of a file, one a line.
fn errors(text: &str, environment: &[(&str, &str)]) -> String {
    match from(text, environment) {
        Ok(config) => panic!("accepted: {config:?}"),
        Err(ConfigErrors(problems)) => problems
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

fn with_secret(text: &str) -> Result<Config, ConfigErrors> {
    from(
        &format!("{TENANT}{text}"),
        &[("LINEKEEPER__TENANT__CONTOSO__CLIENT_SECRET", "s3cret")],
    )
}
