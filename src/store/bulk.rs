//! Statements over whole batches: one statement, however many rows.
//!
//! A statement is written once with `{batch}` where the rows come from. SQLite reads them from one JSON text
//! (`jsonb_each`, which hands each row on parsed, so that its columns need not parse it again), PostgreSQL from one
//! array a column (`UNNEST`). A table is joined to a batch by `CROSS JOIN` and a condition: SQLite keeps to that order,
//! where it would else walk the whole table, and the batch anew for each of its rows, to save itself a sort. The only
//! file that builds SQL text: what is put in are column names and parameter places, never a value.

use super::engine::Tx;
use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow, sqlite::SqliteRow};
use std::fmt::Write as _;

/// The present of the database server, in microseconds, where servers share a lease.
pub(super) const POSTGRES_NOW: &str =
    "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT";

enum Values {
    Int(Vec<i64>),
    MaybeInt(Vec<Option<i64>>),
    Text(Vec<String>),
    MaybeText(Vec<Option<String>>),
    /// Text that is JSON already and goes into the batch as it is.
    Json(Vec<String>),
}

/// Rows for one statement, by column. All columns have the same length.
#[derive(Default)]
pub(super) struct Batch {
    columns: Vec<(&'static str, Values)>,
    len: usize,
}

impl Batch {
    pub(super) fn int(self, name: &'static str, values: impl IntoIterator<Item = i64>) -> Self {
        self.column(name, Values::Int(values.into_iter().collect()))
    }

    pub(super) fn maybe_int(
        self,
        name: &'static str,
        values: impl IntoIterator<Item = Option<i64>>,
    ) -> Self {
        self.column(name, Values::MaybeInt(values.into_iter().collect()))
    }

    pub(super) fn text(self, name: &'static str, values: impl IntoIterator<Item = String>) -> Self {
        self.column(name, Values::Text(values.into_iter().collect()))
    }

    pub(super) fn maybe_text(
        self,
        name: &'static str,
        values: impl IntoIterator<Item = Option<String>>,
    ) -> Self {
        self.column(name, Values::MaybeText(values.into_iter().collect()))
    }

    pub(super) fn json(self, name: &'static str, values: impl IntoIterator<Item = String>) -> Self {
        self.column(name, Values::Json(values.into_iter().collect()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn column(mut self, name: &'static str, values: Values) -> Self {
        self.len = match &values {
            Values::Int(v) => v.len(),
            Values::MaybeInt(v) => v.len(),
            Values::Text(v) | Values::Json(v) => v.len(),
            Values::MaybeText(v) => v.len(),
        };
        self.columns.push((name, values));
        self
    }

    /// Runs `sql`, whose parameters are `scalars` in their order. An empty batch is no statement at all.
    pub(super) async fn execute(
        self,
        tx: &mut Tx,
        sql: &'static str,
        scalars: &[i64],
    ) -> Result<u64, sqlx::Error> {
        if self.len == 0 {
            return Ok(0);
        }
        let text = self.statement(tx, sql, scalars.len());
        match tx {
            Tx::Sqlite(tx) => {
                let mut query = sqlx::query(AssertSqlSafe(text));
                for scalar in scalars {
                    query = query.bind(*scalar);
                }
                let done = query.bind(self.as_json()).execute(&mut **tx).await?;
                Ok(done.rows_affected())
            }
            Tx::Postgres(tx) => {
                let mut query = sqlx::query(AssertSqlSafe(text));
                for scalar in scalars {
                    query = query.bind(*scalar);
                }
                for (_, values) in self.columns {
                    query = match values {
                        Values::Int(v) => query.bind(v),
                        Values::MaybeInt(v) => query.bind(v),
                        Values::Text(v) | Values::Json(v) => query.bind(v),
                        Values::MaybeText(v) => query.bind(v),
                    };
                }
                Ok(query.execute(&mut **tx).await?.rows_affected())
            }
        }
    }

    /// As [`Batch::execute`], and answers the rows.
    pub(super) async fn fetch<T>(
        self,
        tx: &mut Tx,
        sql: &'static str,
        scalars: &[i64],
    ) -> Result<Vec<T>, sqlx::Error>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        if self.len == 0 {
            return Ok(Vec::new());
        }
        let text = self.statement(tx, sql, scalars.len());
        match tx {
            Tx::Sqlite(tx) => {
                let mut query = sqlx::query_as(AssertSqlSafe(text));
                for scalar in scalars {
                    query = query.bind(*scalar);
                }
                query.bind(self.as_json()).fetch_all(&mut **tx).await
            }
            Tx::Postgres(tx) => {
                let mut query = sqlx::query_as(AssertSqlSafe(text));
                for scalar in scalars {
                    query = query.bind(*scalar);
                }
                for (_, values) in self.columns {
                    query = match values {
                        Values::Int(v) => query.bind(v),
                        Values::MaybeInt(v) => query.bind(v),
                        Values::Text(v) | Values::Json(v) => query.bind(v),
                        Values::MaybeText(v) => query.bind(v),
                    };
                }
                query.fetch_all(&mut **tx).await
            }
        }
    }

    fn statement(&self, tx: &Tx, sql: &str, scalars: usize) -> String {
        let first = scalars + 1;
        let source = match tx {
            Tx::Sqlite(_) => self.sqlite_source(first),
            Tx::Postgres(_) => self.postgres_source(first),
        };
        sql.replace("{batch}", &source)
    }

    fn sqlite_source(&self, first: usize) -> String {
        let columns: Vec<String> = (self.columns.iter().enumerate())
            .map(|(at, (name, _))| format!("value->>{at} AS {name}"))
            .collect();
        // Without the limit, which limits nothing, SQLite dissolves the subquery into the statement, takes the table for
        // small, and walks all of a tenant's rows of it with the batch parsed anew for each.
        format!(
            "(SELECT {} FROM jsonb_each(${first}) LIMIT -1) AS batch",
            columns.join(", ")
        )
    }

    fn postgres_source(&self, first: usize) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let arrays: Vec<String> = (self.columns.iter().enumerate())
            .map(|(at, (_, values))| match values {
                Values::Int(_) | Values::MaybeInt(_) => format!("${}::BIGINT[]", first + at),
                _ => format!("${}::TEXT[]", first + at),
            })
            .collect();
        format!(
            "UNNEST({}) AS batch({})",
            arrays.join(", "),
            names.join(", ")
        )
    }

    /// The rows as a JSON array of arrays.
    fn as_json(&self) -> String {
        let mut out = String::with_capacity(self.len * 64);
        for row in 0..self.len {
            out.push_str(if row == 0 { "[[" } else { "],[" });
            for (at, (_, values)) in self.columns.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                values.write_json(row, &mut out);
            }
        }
        out.push_str("]]");
        out
    }
}

impl Values {
    fn write_json(&self, row: usize, out: &mut String) {
        match self {
            Self::Int(v) => write_int(v[row], out),
            Self::MaybeInt(v) => match v[row] {
                Some(value) => write_int(value, out),
                None => out.push_str("null"),
            },
            Self::Text(v) => write_text(&v[row], out),
            Self::MaybeText(v) => match &v[row] {
                Some(text) => write_text(text, out),
                None => out.push_str("null"),
            },
            Self::Json(v) => out.push_str(&v[row]),
        }
    }
}

fn write_int(value: i64, out: &mut String) {
    // Writing to a String does not fail.
    let _ = write!(out, "{value}");
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[from..at]);
        let _ = write!(out, "\\u{byte:04x}");
        from = at + 1;
    }
    out.push_str(&text[from..]);
    out.push('"');
}
