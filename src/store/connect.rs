//! Opening a database: where the two engines differ, and where a wrong one is told apart from a missing one.

use super::engine::{Pool, fetch_optional};
use super::error::StoreError;
use super::lock::{self, FileLock};
use crate::clock::{Clock, SystemClock};
use jiff::SignedDuration;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The oldest SQLite without the bug that loses commits when the log is reset.
const NEEDED: (&str, i64) = ("3.51.3", 3_051_003);

/// A SQLite file up to this size is checked whole at every start; a larger one after an unclean end.
const SMALL_FILE: u64 = 32 << 20;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How to use a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// Tells the time of intents, and of writes by hand.
    pub clock: Arc<dyn Clock>,
    /// How long a lease of a tenant lasts unless it is renewed; with PostgreSQL only.
    pub lease: Duration,
    /// How long a write waits for another one.
    pub busy: Duration,
    /// Connections at most.
    pub connections: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock {
                offset: SignedDuration::ZERO,
            }),
            lease: Duration::from_secs(30),
            busy: Duration::from_secs(10),
            connections: 8,
        }
    }
}

/// Held by the one service of a SQLite file.
#[derive(Debug)]
pub struct ServeLock(#[expect(dead_code, reason = "held, not read")] FileLock);

/// An open database with the current schema.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) pool: Pool,
    pub(super) options: Options,
    /// The SQLite file; lock files lie beside it.
    pub(super) file: Option<PathBuf>,
}

impl Store {
    /// Opens `sqlite:PATH` or `postgres://…`, checks it and brings its schema up to date.
    ///
    /// # Errors
    /// Every way in which this fails has its own [`StoreError`], which says how to mend it. Nothing was written then.
    pub async fn open(url: &str, options: Options) -> Result<Self, StoreError> {
        if let Some(path) = sqlite_path(url) {
            if path.as_os_str().is_empty() {
                return Err(StoreError::Url(url.to_owned()));
            }
            return open_sqlite(path, options).await;
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return open_postgres(url, options).await;
        }
        // The text may hold a password: only its scheme is repeated.
        let scheme = url.split(':').next().unwrap_or_default();
        Err(StoreError::Url(format!("{scheme}:…")))
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        const ONE: &str = "SELECT 1";
        let mut tx = self.pool.read().await?;
        let _one: Option<(i32,)> = fetch_optional!(&mut tx, ONE)?;
        Ok(())
    }

    /// Keeps a second service away from a SQLite file for as long as the answer lives; `None` where replicas may run.
    ///
    /// # Errors
    /// [`StoreError::Served`] names the process that serves the file.
    pub fn serve_lock(&self) -> Result<Option<ServeLock>, StoreError> {
        let Some(file) = &self.file else {
            return Ok(None);
        };
        let path = lock::path_of_service(file);
        match lock::take(&path) {
            Ok(lock::Taken::Ours(lock)) => Ok(Some(ServeLock(lock))),
            Ok(lock::Taken::Held(holder)) => Err(StoreError::Served {
                path: file.display().to_string(),
                holder,
            }),
            Err(_) => Err(StoreError::Permission(path.display().to_string())),
        }
    }

    /// Checks the whole database; answers what is wrong, or nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn check(&self) -> Result<Option<String>, StoreError> {
        match &self.pool {
            Pool::Sqlite(_) => integrity(&self.pool, "PRAGMA integrity_check(1)").await,
            Pool::Postgres(_) => integrity(&self.pool, "SELECT 'ok'").await,
        }
    }

    /// Closes all connections; on SQLite this folds the log into the file.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

/// The file of a SQLite URL; `None` of any other.
pub(super) fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
}

/// The newest schema this version knows.
pub(super) fn newest_schema(pool: &Pool) -> i64 {
    let migrator = match pool {
        Pool::Sqlite(_) => &SQLITE,
        Pool::Postgres(_) => &POSTGRES,
    };
    let newest = migrator.iter().map(|migration| migration.version).max();
    newest.unwrap_or_default()
}

async fn open_sqlite(path: PathBuf, options: Options) -> Result<Store, StoreError> {
    let shown = path.display().to_string();
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder
        && !folder.is_dir()
    {
        return Err(StoreError::FolderMissing(folder.display().to_string()));
    }
    if path
        .metadata()
        .is_ok_and(|file| file.permissions().readonly())
    {
        return Err(StoreError::ReadOnly(shown));
    }
    // Before the first connection: turning the write-ahead log on wants the file alone and waits for nobody.
    let _ours = setup_lock(&path).await?;
    let suspect = must_be_checked(&path);
    let pool = SqlitePoolOptions::new()
        .max_connections(options.connections)
        // A file does not hang up as a server does: asking first whether it is there costs as much as a short read.
        .test_before_acquire(false)
        .connect_with(sqlite_options(&path, &options))
        .await
        .map_err(|error| sqlite_error(error, &shown))?;
    let pool = Pool::Sqlite(pool);
    check_version(&pool).await?;
    if suspect && let Some(detail) = integrity(&pool, "PRAGMA quick_check(1)").await? {
        return Err(StoreError::Damaged {
            path: shown,
            detail,
        });
    }
    let store = Store {
        pool,
        options,
        file: Some(path),
    };
    migrate(&store.pool).await.map_err(|error| match error {
        StoreError::Database(error) => sqlite_error(error, &shown),
        other => other,
    })?;
    Ok(store)
}

/// One process at a time brings a database up to date: SQLite has no lock of its own that outlasts a transaction, and
/// two processes that find a new file would both create its tables.
async fn setup_lock(path: &Path) -> Result<FileLock, StoreError> {
    let lock = lock::path_of_setup(path);
    let waiting = tokio::task::spawn_blocking(move || lock::wait_for(&lock));
    match waiting.await {
        Ok(Ok(lock)) => Ok(lock),
        Ok(Err(_)) | Err(_) => Err(StoreError::Permission(path.display().to_string())),
    }
}

fn sqlite_options(path: &Path, options: &Options) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(options.busy)
        // A first full read writes hundreds of megabytes: fold the log in rarely, and give its space back.
        .pragma("wal_autocheckpoint", "8192")
        .pragma("journal_size_limit", "67108864")
        .pragma("cache_size", "-16000")
}

async fn open_postgres(url: &str, options: Options) -> Result<Store, StoreError> {
    let pool = PgPoolOptions::new()
        .max_connections(options.connections)
        .acquire_timeout(options.busy)
        .connect_with(postgres_options(url, &options)?)
        .await
        .map_err(postgres_error)?;
    let pool = Pool::Postgres(pool);
    migrate(&pool).await?;
    Ok(Store {
        pool,
        options,
        file: None,
    })
}

pub(super) fn postgres_options(
    url: &str,
    options: &Options,
) -> Result<PgConnectOptions, StoreError> {
    let connect: PgConnectOptions = url
        .parse()
        .map_err(|_| StoreError::Url("postgres:…".to_owned()))?;
    Ok(connect.options([("lock_timeout", format!("{}ms", options.busy.as_millis()))]))
}

/// Whether the file has to be read through before it is trusted: it is small, or the last user did not close it.
fn must_be_checked(path: &Path) -> bool {
    let size = |path: &Path| path.metadata().map_or(0, |file| file.len());
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    size(path) <= SMALL_FILE || size(Path::new(&log)) > 0
}

async fn check_version(pool: &Pool) -> Result<(), StoreError> {
    let mut tx = pool.read().await?;
    let found: Option<(String,)> = fetch_optional!(&mut tx, "SELECT sqlite_version()")?;
    let found = found.map(|(text,)| text).unwrap_or_default();
    let number = found.split('.').fold(0, |number, part| {
        number * 1000 + part.parse::<i64>().unwrap_or(0)
    });
    if number < NEEDED.1 {
        return Err(StoreError::OldSqlite {
            found,
            needed: NEEDED.0,
        });
    }
    Ok(())
}

async fn integrity(pool: &Pool, statement: &'static str) -> Result<Option<String>, StoreError> {
    let mut tx = pool.read().await?;
    let answer: Result<Option<(String,)>, _> = fetch_optional!(&mut tx, statement);
    match answer {
        Ok(Some((text,))) if text == "ok" => Ok(None),
        Ok(answer) => Ok(Some(answer.map_or_else(String::new, |(text,)| text))),
        Err(error) if matches!(code(&error).as_deref(), Some("11" | "26" | "267" | "523")) => {
            Ok(Some(error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

async fn migrate(pool: &Pool) -> Result<(), StoreError> {
    let done = match pool {
        Pool::Sqlite(pool) => SQLITE.run(pool).await,
        Pool::Postgres(pool) => POSTGRES.run(pool).await,
    };
    done.map_err(|error| match error {
        MigrateError::VersionMissing(version) => StoreError::Newer(version),
        MigrateError::Execute(error) => StoreError::Database(error),
        other => StoreError::Migration(other),
    })
}

fn code(error: &sqlx::Error) -> Option<String> {
    let code = error.as_database_error()?.code()?;
    Some(code.into_owned())
}

/// SQLite's result codes; extended ones carry the primary code in their low byte.
pub(super) fn sqlite_error(error: sqlx::Error, path: &str) -> StoreError {
    let code = code(&error).and_then(|code| code.parse::<i32>().ok());
    let path = path.to_owned();
    match code.map(|code| code & 0xff) {
        Some(8) => StoreError::ReadOnly(path),
        Some(3 | 14 | 23) => StoreError::Permission(path),
        Some(26) => StoreError::NotADatabase(path),
        Some(11) => StoreError::Damaged {
            path,
            detail: error.to_string(),
        },
        _ => StoreError::Database(error),
    }
}

/// PostgreSQL's classes: 28 is a refused login, 3D an unknown database, 42501 a missing right.
pub(super) fn postgres_error(error: sqlx::Error) -> StoreError {
    let refused = code(&error)
        .is_some_and(|code| code.starts_with("28") || code.starts_with("3D") || code == "42501");
    match error {
        error if refused => StoreError::Login(error),
        error @ (sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut) => {
            StoreError::Unreachable(error)
        }
        error => StoreError::Database(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_have_the_same_tables() {
        let texts = |migrator: &Migrator| -> Vec<String> {
            let late = |line: &str| line.contains("INDEX users_by_");
            let kept = |line: &&str| !line.starts_with("--") && !line.is_empty() && !late(line);
            let plain = |sql: &str| {
                // What SQLite is told of sizes comes last; PostgreSQL finds out.
                let tables = sql.split("\nANALYZE;").next().unwrap_or_default();
                let tables = tables
                    .split("\nINSERT INTO sqlite_stat1")
                    .next()
                    .unwrap_or_default();
                let tables = tables.lines().filter(kept);
                tables.collect::<String>().replace(" WITHOUT ROWID", "")
            };
            migrator.iter().map(|m| plain(m.sql.as_str())).collect()
        };
        assert_eq!(texts(&SQLITE), texts(&POSTGRES));
    }
}
