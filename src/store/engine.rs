//! Two pools behind one name, and the macros that compile one statement for both.

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

/// The connections to one database.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A transaction; dropped without [`Tx::commit`] it has never been.
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Pool {
    /// A transaction that will write. On SQLite it takes the write lock at once: one that takes it later fails
    /// without waiting when somebody else has written meanwhile.
    pub(super) async fn write(&self) -> Result<Tx, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pool) => Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// A transaction that only reads, and sees one moment.
    pub(super) async fn read(&self) -> Result<Tx, sqlx::Error> {
        const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(match self {
            Self::Sqlite(pool) => Tx::Sqlite(pool.begin().await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin_with(SNAPSHOT).await?),
        })
    }
}

impl Tx {
    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}

/// Runs a statement; answers how many rows it touched.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match &mut *$tx {
            $crate::store::engine::Tx::Sqlite(tx) => {
                sqlx::query($sql)$(.bind($value))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            $crate::store::engine::Tx::Postgres(tx) => {
                sqlx::query($sql)$(.bind($value))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        }
    };
}

/// Reads all rows of a statement into tuples.
macro_rules! fetch_all {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match &mut *$tx {
            $crate::store::engine::Tx::Sqlite(tx) => {
                sqlx::query_as($sql)$(.bind($value))*.fetch_all(&mut **tx).await
            }
            $crate::store::engine::Tx::Postgres(tx) => {
                sqlx::query_as($sql)$(.bind($value))*.fetch_all(&mut **tx).await
            }
        }
    };
}

/// Reads all rows of a statement that is alone: it sees one moment without a transaction around it, which would cost
/// twice as much again.
macro_rules! fetch_alone {
    ($pool:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $pool {
            $crate::store::engine::Pool::Sqlite(pool) => {
                sqlx::query_as($sql)$(.bind($value))*.fetch_all(pool).await
            }
            $crate::store::engine::Pool::Postgres(pool) => {
                sqlx::query_as($sql)$(.bind($value))*.fetch_all(pool).await
            }
        }
    };
}

/// Reads at most one row of a statement into a tuple.
macro_rules! fetch_optional {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match &mut *$tx {
            $crate::store::engine::Tx::Sqlite(tx) => {
                sqlx::query_as($sql)$(.bind($value))*.fetch_optional(&mut **tx).await
            }
            $crate::store::engine::Tx::Postgres(tx) => {
                sqlx::query_as($sql)$(.bind($value))*.fetch_optional(&mut **tx).await
            }
        }
    };
}

/// Calls a function with each row of a statement as it arrives, so that a million rows are never held at once.
macro_rules! for_each_row {
    ($tx:expr, $sql:expr, [$($value:expr),*], $take:expr) => {{
        use futures::TryStreamExt as _;
        match &mut *$tx {
            $crate::store::engine::Tx::Sqlite(tx) => {
                let mut rows = sqlx::query_as($sql)$(.bind($value))*.fetch(&mut **tx);
                while let Some(row) = rows.try_next().await? {
                    $take(row)?;
                }
            }
            $crate::store::engine::Tx::Postgres(tx) => {
                let mut rows = sqlx::query_as($sql)$(.bind($value))*.fetch(&mut **tx);
                while let Some(row) = rows.try_next().await? {
                    $take(row)?;
                }
            }
        }
    }};
}

pub(super) use {execute, fetch_all, fetch_alone, fetch_optional, for_each_row};
