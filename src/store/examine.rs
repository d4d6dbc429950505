//! A look at a database that changes nothing: it is not created, brought up to date, or locked.

use super::connect::{
    Options, newest_schema, postgres_error, postgres_options, sqlite_error, sqlite_path,
};
use super::engine::{Pool, Tx, fetch_all, fetch_optional};
use super::error::StoreError;
use super::lock;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::path::{Path, PathBuf};

/// What a look at a database found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// Engine and its version, for people.
    pub engine: String,
    /// The schema it has; `None`: none yet.
    pub schema: Option<i64>,
    /// The schema this version wants.
    pub newest: i64,
    /// Its tenants: name, pinned tenant id, and who syncs it right now, if anybody does.
    pub tenants: Vec<(String, String, Option<String>)>,
    /// Who serves from it, where that is known.
    pub serving: Option<String>,
}

/// Looks at the database of that URL; `None` when there is none yet and the first command would make one.
///
/// # Errors
/// As [`super::Store::open`], as far as a look can tell.
pub async fn examine(url: &str) -> Result<Option<Examined>, StoreError> {
    match sqlite_path(url) {
        Some(path) => sqlite(path).await,
        None => postgres(url).await.map(Some),
    }
}

async fn sqlite(path: PathBuf) -> Result<Option<Examined>, StoreError> {
    let shown = path.display().to_string();
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder
        && !folder.is_dir()
    {
        return Err(StoreError::FolderMissing(folder.display().to_string()));
    }
    let Ok(file) = path.metadata() else {
        return Ok(None);
    };
    if file.permissions().readonly() {
        return Err(StoreError::ReadOnly(shown));
    }
    // Without a log nobody has it open: then nothing need be made beside it to read it.
    let log = beside(&path, "-wal");
    let still = log.metadata().map_or(0, |log| log.len()) == 0;
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .read_only(true)
        .immutable(still);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await;
    let pool = Pool::Sqlite(pool.map_err(|error| sqlite_error(error, &shown))?);
    let mut found = look(&pool, SQLITE).await.map_err(|error| match error {
        StoreError::Database(error) => sqlite_error(error, &shown),
        other => other,
    })?;
    for (name, _, running) in &mut found.tenants {
        *running = lock::holder_of(&lock::path_of(&path, name));
    }
    found.serving = lock::holder_of(&beside(&path, ".serve.lock"));
    Ok(Some(found))
}

async fn postgres(url: &str) -> Result<Examined, StoreError> {
    let options = Options::default();
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(options.busy)
        .connect_with(postgres_options(url, &options)?)
        .await
        .map_err(postgres_error)?;
    look(&Pool::Postgres(pool), POSTGRES).await
}

/// What is asked of each engine in its own words.
struct Questions {
    version: &'static str,
    schema_table: &'static str,
    /// The last column is who syncs the tenant; with SQLite the locks of files say that.
    tenants: &'static str,
}

const SQLITE: Questions = Questions {
    version: "SELECT 'SQLite ' || sqlite_version()",
    schema_table: "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
    tenants: "SELECT name, tenant_id, NULL FROM tenants ORDER BY name",
};

const POSTGRES: Questions = Questions {
    version: "SELECT 'PostgreSQL ' || current_setting('server_version')",
    schema_table: "SELECT COUNT(*) FROM information_schema.tables
        WHERE table_name = '_sqlx_migrations' AND table_schema = ANY (current_schemas(false))",
    tenants: "SELECT name, tenant_id,
            CASE WHEN lease_until > EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 THEN lease_owner END
        FROM tenants ORDER BY name",
};

async fn look(pool: &Pool, ask: Questions) -> Result<Examined, StoreError> {
    let mut tx = pool.read().await?;
    let engine: Option<(String,)> = fetch_optional!(&mut tx, ask.version)?;
    let schema = schema(&mut tx, ask.schema_table).await?;
    let newest = newest_schema(pool);
    if schema.is_some_and(|schema| schema > newest) {
        return Err(StoreError::Newer(schema.unwrap_or_default()));
    }
    let tenants = match schema {
        Some(_) => fetch_all!(&mut tx, ask.tenants)?,
        None => Vec::new(),
    };
    Ok(Examined {
        engine: engine.map(|(text,)| text).unwrap_or_default(),
        schema,
        newest,
        tenants,
        serving: None,
    })
}

/// The newest step of the schema that was taken. A database that has not seen any lacks the table of them.
async fn schema(tx: &mut Tx, table: &'static str) -> Result<Option<i64>, StoreError> {
    const NEWEST: &str = "SELECT MAX(version) FROM _sqlx_migrations WHERE success";
    let tables: Option<(i64,)> = fetch_optional!(tx, table)?;
    if tables.is_none_or(|(count,)| count == 0) {
        return Ok(None);
    }
    let newest: Option<(Option<i64>,)> = fetch_optional!(tx, NEWEST)?;
    Ok(newest.and_then(|(version,)| version))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
