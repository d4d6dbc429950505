//! A fresh database for one test, of either engine.

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// Names the PostgreSQL server of the tests, such as `postgres://postgres@127.0.0.1:5432/postgres`.
const SERVER: &str = "LINEKEEPER_TEST_POSTGRES";

/// An empty database.
#[derive(Debug)]
pub(crate) struct Database {
    /// What to open.
    pub(crate) url: String,
    folder: Option<TempDir>,
}

impl Database {
    /// A SQLite file in a folder of its own.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            url: format!("sqlite:{}", folder.path().join("lk.db").display()),
            folder: Some(folder),
        }
    }

    /// A database of its own on the server of the tests. Without a server the test fails: both engines count.
    pub(crate) async fn postgres() -> Self {
        let server = server().unwrap_or_else(|| {
            panic!("{SERVER} is not set: start a PostgreSQL and name it, such as postgres://postgres@127.0.0.1/postgres")
        });
        let name = format!("linekeeper_{}", uuid::Uuid::new_v4().simple());
        administer(&server, &format!("CREATE DATABASE {name}")).await;
        let (base, _) = server.rsplit_once('/').expect("a URL with a database name");
        Self {
            url: format!("{base}/{name}"),
            folder: None,
        }
    }

    /// Removes the database; a test that failed leaves it for inspection.
    pub(crate) async fn remove(self) {
        if self.folder.is_none() {
            let server = server().expect("the server is named");
            let (_, name) = self
                .url
                .rsplit_once('/')
                .expect("a URL with a database name");
            administer(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }

    /// Runs statements behind the product's back.
    pub(crate) async fn tamper(&self, statements: &str) {
        let sql = sqlx::raw_sql(AssertSqlSafe(statements.to_owned()));
        let done = if self.is_sqlite() {
            let mut connection = SqliteConnection::connect(&self.url)
                .await
                .expect("connects");
            sql.execute(&mut connection).await.map(drop)
        } else {
            let mut connection = PgConnection::connect(&self.url).await.expect("connects");
            sql.execute(&mut connection).await.map(drop)
        };
        done.unwrap_or_else(|error| panic!("{statements}: {error}"));
    }

    /// Whether this is SQLite.
    pub(crate) fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }
}

fn server() -> Option<String> {
    std::env::var_os(SERVER)?.into_string().ok()
}

async fn administer(server: &str, statement: &str) {
    let mut connection = PgConnection::connect(server)
        .await
        .expect("the server of the tests answers");
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .expect("the server of the tests obeys");
}

/// Makes each of the async functions, which take a [`Database`], one test per engine.
macro_rules! on_both_engines {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test] async fn $test() {
                let database = $crate::harness::database::Database::sqlite();
                super::$test(&database).await;
                database.remove().await;
            })*
        }
        mod postgres {
            $(#[tokio::test] async fn $test() {
                let database = $crate::harness::database::Database::postgres().await;
                super::$test(&database).await;
                database.remove().await;
            })*
        }
    };
}

pub(crate) use on_both_engines;
