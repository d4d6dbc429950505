//! Opening a database, and each way in which it fails.

use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::store::StoreError;
use sqlx::AssertSqlSafe;

on_both_engines!(
    the_tenant_id_is_pinned,
    a_newer_schema_is_refused,
    opening_twice_changes_nothing
);

async fn refusal(url: &str) -> StoreError {
    Store::open(url, Options::default())
        .await
        .expect_err("is refused")
}

async fn the_tenant_id_is_pinned(database: &Database) {
    let store = Store::open(&database.url, Options::default())
        .await
        .expect("opens");
    tenant_of(&store).await;
    let upper = TENANT_ID.to_uppercase();
    store
        .tenant("default", &upper, Arc::default())
        .await
        .expect("letter case does not matter");
    let other = store
        .tenant(
            "default",
            "00000000-0000-0000-0000-000000000001",
            Arc::default(),
        )
        .await;
    let error = other.expect_err("is refused");
    assert!(matches!(&error, StoreError::OtherTenant { pinned, .. } if pinned == TENANT_ID));
    assert!(
        error.to_string().contains("use the right credentials"),
        "{error}"
    );
}

async fn opening_twice_changes_nothing(database: &Database) {
    let (fence, _) = begin(&open(database).await).await;
    let again = open(database).await;
    assert!(
        again
            .may_write(fence, SignedDuration::ZERO, at(0))
            .await
            .is_ok()
    );
    let store = Store::open(&database.url, Options::default())
        .await
        .expect("opens");
    assert_eq!(store.check().await.expect("checks"), None);
}

async fn a_newer_schema_is_refused(database: &Database) {
    let store = Store::open(&database.url, Options::default())
        .await
        .expect("opens");
    store.close().await;
    let checksum = if database.is_sqlite() {
        "x'00'"
    } else {
        "'\\x00'"
    };
    let newer = format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (99, 'newer', TRUE, {checksum}, 0)"
    );
    if database.is_sqlite() {
        let pool = sqlx::SqlitePool::connect(&database.url)
            .await
            .expect("connects");
        sqlx::query(AssertSqlSafe(newer))
            .execute(&pool)
            .await
            .expect("writes");
        pool.close().await;
    } else {
        let pool = sqlx::PgPool::connect(&database.url)
            .await
            .expect("connects");
        sqlx::query(AssertSqlSafe(newer))
            .execute(&pool)
            .await
            .expect("writes");
        pool.close().await;
    }
    let error = refusal(&database.url).await;
    assert!(matches!(error, StoreError::Newer(99)), "{error:?}");
    assert!(error.to_string().contains("newer version"), "{error}");
}

#[tokio::test]
async fn each_unusable_file_is_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let url = |name: &str| format!("sqlite:{}", path(name).display());
    assert!(matches!(
        refusal(&url("missing/lk.db")).await,
        StoreError::FolderMissing(_)
    ));
    std::fs::write(
        path("text.db"),
        "this is no database, whatever its name says".repeat(100),
    )
    .expect("writes");
    assert!(matches!(
        refusal(&url("text.db")).await,
        StoreError::NotADatabase(_)
    ));
    std::fs::write(path("fixed.db"), "").expect("writes");
    let mut rights = std::fs::metadata(path("fixed.db"))
        .expect("a file")
        .permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(path("fixed.db"), rights).expect("sets rights");
    assert!(matches!(
        refusal(&url("fixed.db")).await,
        StoreError::ReadOnly(_)
    ));
    std::fs::create_dir(path("folder.db")).expect("makes a folder");
    assert!(matches!(
        refusal(&url("folder.db")).await,
        StoreError::Permission(_)
    ));
    assert!(
        matches!(refusal("mysql://u:secret@h/d").await, StoreError::Url(text) if !text.contains("secret"))
    );
}

#[tokio::test]
async fn a_damaged_page_is_found_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lk.db");
    let url = format!("sqlite:{}", path.display());
    let store = Store::open(&url, Options::default()).await.expect("opens");
    let tenant = tenant_of(&store).await;
    let (fence, _) = begin(&tenant).await;
    full_round(&tenant, fence, (0..500).map(user).collect()).await;
    drop(tenant);
    store.close().await;
    let mut bytes = std::fs::read(&path).expect("reads");
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0x5a);
    std::fs::write(&path, &bytes).expect("writes");
    let error = refusal(&url).await;
    assert!(matches!(&error, StoreError::Damaged { .. }), "{error:?}");
    assert!(error.to_string().contains("backup"), "{error}");
    assert_eq!(
        std::fs::read(&path).expect("reads"),
        bytes,
        "nothing was written"
    );
}

#[tokio::test]
async fn an_unreachable_server_and_a_refused_login_are_told_apart() {
    let error = refusal("postgres://nobody@127.0.0.1:1/none").await;
    assert!(matches!(error, StoreError::Unreachable(_)), "{error:?}");
    let database = Database::postgres().await;
    let error = refusal(&format!("{}_missing", database.url)).await;
    assert!(matches!(error, StoreError::Login(_)), "{error:?}");
    database.remove().await;
}
