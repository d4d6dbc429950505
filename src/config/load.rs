//! From the sources to one configuration.

use super::environment;
use super::identity;
use super::layer::{self, Tree};
use super::problem::{ConfigErrors, Problem};
use super::typed::{AsTyped, PER_TENANT, TenantTyped};
use super::validate;
use super::validated::Config;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// `config/default.toml`: reference, defaults and template in one.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");

/// Read when `--config` names no file, if it is there.
const USUAL_FILE: &str = "linekeeper.toml";

/// Where the settings come from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file of `--config`; `None`: `linekeeper.toml` in `folder`, if it is there.
    pub file: Option<PathBuf>,
    /// The working folder, absolute.
    pub folder: PathBuf,
    /// The environment; only names that begin with `LINEKEEPER` are looked at, and by which a platform tells a process
    /// where its managed identity is.
    pub environment: Vec<(String, String)>,
}

impl Sources {
    /// The sources of this process.
    ///
    /// # Errors
    /// If there is no working folder, because it was deleted or cannot be read.
    pub fn of_process(file: Option<PathBuf>) -> std::io::Result<Self> {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            let name = name.into_string().ok()?;
            Some((name, value.to_string_lossy().into_owned()))
        };
        Ok(Self {
            file,
            folder: std::env::current_dir()?,
            environment: std::env::vars_os()
                .filter_map(text)
                .filter(|(name, _)| {
                    name.starts_with("LINEKEEPER") || identity::is_of_platform(name)
                })
                .collect(),
        })
    }
}

/// Reads, checks, merges and validates.
///
/// # Errors
/// Everything that is wrong, in all sources at once.
pub fn load(sources: &Sources) -> Result<Config, ConfigErrors> {
    let mut problems = Vec::new();
    let (mut file, folder) = read_file(sources, &mut problems);
    let mut defaults = layer::parse(DEFAULTS, "the built-in defaults").map_err(one)?;
    // A default means what the same line would mean in the administrator's own file.
    layer::resolve_paths(&mut defaults, &folder);
    layer::resolve_paths(&mut file, &folder);
    let blocks = tenant_blocks(&mut file);
    let names: Vec<String> = blocks.iter().map(name_of).collect();
    let mut environment = environment::read(&sources.environment, &names, &mut problems);
    layer::resolve_paths(&mut environment.top, &sources.folder);
    let top = layer::merge(&[&defaults, &file, &environment.top]).map_err(one)?;
    let shared: Tree = top
        .iter()
        .filter(|(key, _)| PER_TENANT.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let mut tenants = Vec::new();
    for (place, mut block) in blocks.into_iter().enumerate() {
        let mut own = environment.tenants.remove(&place).unwrap_or_default();
        layer::resolve_section(&mut own, &sources.folder);
        if own.contains_key("client_secret") {
            block.remove("client_secret_file");
        }
        let merged = layer::merge(&[&shared, &block, &own]).map_err(one)?;
        tenants.push(layer::typed::<TenantTyped>(&merged).map_err(unexpected)?);
    }
    let top = layer::typed::<AsTyped>(&top).map_err(unexpected)?;
    let config = validate::config(&top, tenants, sources, &mut problems);
    match config {
        Some(config) if problems.is_empty() => Ok(config),
        _ => Err(ConfigErrors(problems)),
    }
}

fn one(problem: Problem) -> ConfigErrors {
    ConfigErrors(vec![problem])
}

/// Every source was checked by itself, so their sum fits as well.
fn unexpected(error: serde_path_to_error::Error<serde_json::Error>) -> ConfigErrors {
    let (message, _) = layer::explain(&error.inner().to_string());
    one(Problem::new("", error.path().to_string(), message))
}

/// The name of the administrator's file, whether it is there or not.
pub(super) fn usual_name(sources: &Sources) -> String {
    let named = sources.file.as_deref().unwrap_or(Path::new(USUAL_FILE));
    named.display().to_string()
}

/// The administrator's file, checked, and the folder its relative paths start from.
pub(super) fn read_file(sources: &Sources, problems: &mut Vec<Problem>) -> (Tree, PathBuf) {
    let named = sources.file.as_deref();
    let path = sources.folder.join(named.unwrap_or(Path::new(USUAL_FILE)));
    let folder = path.parent().unwrap_or(&sources.folder).to_owned();
    let origin = usual_name(sources);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return (Tree::new(), sources.folder.clone());
        }
        Err(error) => {
            problems.push(Problem::new(origin, "", format!("cannot be read: {error}")));
            return (Tree::new(), folder);
        }
    };
    match layer::parse(text.trim_start_matches('\u{feff}'), &origin) {
        Ok(mut tree) => {
            problems.extend(layer::check(&mut tree, &origin));
            (tree, folder)
        }
        Err(problem) => {
            problems.push(problem);
            (Tree::new(), folder)
        }
    }
}

pub(super) fn tenant_blocks(file: &mut Tree) -> Vec<Tree> {
    let list = match file.remove("tenant") {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    };
    let block = |value| match value {
        Value::Object(block) => Some(block),
        _ => None,
    };
    list.into_iter().filter_map(block).collect()
}

pub(super) fn name_of(block: &Tree) -> String {
    let name = block.get("name").and_then(Value::as_str);
    name.unwrap_or_default().to_owned()
}
