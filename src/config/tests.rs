//! Input against outcome: what is accepted with which value, and what is refused with which words.

use super::{Config, ConfigErrors, Credential, DEFAULTS, Database, Mode, Sources, load};
use secrecy::ExposeSecret;
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

#[test]
fn the_defaults_are_those_of_the_contract() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = load(&Sources {
        folder: folder.path().to_owned(),
        ..Sources::default()
    })
    .expect("the defaults are valid");
    insta::assert_debug_snapshot!((config.server, config.graph, config.parallel, config.tenants.len()), @"");
    assert!(
        matches!(config.database, Database::Sqlite(path) if path == folder.path().join("linekeeper.db"))
    );
    let tenant = with_secret("")
        .expect("a tenant with a secret is valid")
        .tenants
        .remove(0);
    insta::assert_debug_snapshot!((
        &tenant.graph_url, &tenant.login_url, tenant.mode, tenant.directory, tenant.safety, tenant.release,
        tenant.ownership, tenant.policies, tenant.profile, &tenant.eligibility, tenant.waiting,
        tenant.schedule.spread, tenant.schedule.on_start, tenant.schedule.cron.source(), tenant.schedule.full_cron.source()
    ), @"");
}

#[test]
fn the_template_in_the_defaults_is_valid_once_its_comment_signs_are_off() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("contoso.secret"), "s3cret\n").expect("writable");
    let text: Vec<&str> = DEFAULTS
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') => setting,
            _ => line,
        })
        .collect();
    let config = load_in(folder.path(), &text.join("\n"), &[]).expect("the template is valid");
    let tenant = &config.tenants[0];
    assert_eq!(tenant.name, "contoso");
    assert_eq!(tenant.graph_url, "https://graph.microsoft.com/v1.0");
    assert_eq!(tenant.login_url, "https://login.microsoftonline.com");
    assert_eq!(tenant.rules.path, folder.path().join("rules"));
}

#[test]
fn wrong_names_and_types_are_refused_all_at_once() {
    insta::assert_snapshot!(errors(
        r#"
mode = "aply"
listen = "127.0.0.1:1"
[safty]
max_releases = 1
[safety]
max_relases = 5
max_releases = true
max_release_percent = 101
max_assignments = 5.7
[graph]
concurrency = "60"
retries = -1
operations = 0
request_timeout = 30
max_wait = "5 m"
operation_poll = "0s"
[schedule]
cron = "0 * * * *"
on_start = "yes"
[eligibility]
extra_calling_plans = ["MCOPSTN1"]
extra_teams_plans = "57ff2da0-773e-42df-b2af-ffb7a2317929"
[rules]
repository = "https://example.com/rules.git"
[[tenant]]
name = "contoso"
graph_ulr = "x"
client_secret = "do not print me"
[tenant.safety]
max_releases = "many"
[tenant.server]
listen = "127.0.0.1:1"
"#,
        &[]
    ), @"");
}

#[test]
fn sections_and_lists_are_no_values() {
    insta::assert_snapshot!(errors("safety = 5\ntenant = 3\nmode = 1\n[eligibility]\nextra_teams_plans = [1]\n", &[]), @"");
}

#[test]
fn variables_are_read_as_exactly_what_the_key_wants() {
    let config = from(
        TENANT,
        &[
            ("LINEKEEPER__MODE", "assign-only"),
            ("LINEKEEPER__SAFETY__MAX_RELEASES", "0"),
            ("LINEKEEPER__SCHEDULE__ON_START", "false"),
            ("LINEKEEPER__RULES__PATH", "5"),
            (
                "LINEKEEPER__ELIGIBILITY__EXTRA_TEAMS_PLANS",
                "57ff2da0-773e-42df-b2af-ffb7a2317929, 304767db-7d23-49e8-a945-4a7eb65f9f28",
            ),
            ("LINEKEEPER__TENANT__CONTOSO__CLIENT_SECRET", "true"),
            ("LINEKEEPER__TENANT__CONTOSO__WAITING__FIRST", "1m"),
            ("LINEKEEPER_LOG", "debug"),
        ],
    )
    .expect("all of them are valid");
    let tenant = &config.tenants[0];
    assert_eq!(tenant.mode, Mode::AssignOnly);
    assert_eq!(tenant.safety.max_releases, 0);
    assert!(!tenant.schedule.on_start);
    assert!(tenant.rules.path.is_absolute() && tenant.rules.path.ends_with("5"));
    assert_eq!(tenant.eligibility.extra_teams_plans.len(), 2);
    assert_eq!(tenant.waiting.first, jiff::SignedDuration::from_mins(1));
    assert!(
        matches!(&tenant.credential, Credential::Secret(secret) if secret.expose_secret() == "true")
    );
}

#[test]
fn wrong_variables_are_named() {
    insta::assert_snapshot!(errors(
        TENANT,
        &[
            ("LINEKEEPER__SAFETY__MAX_RELEASES", "true"),
            ("LINEKEEPER__SAFETY__MAX_RELEASE_PERCENT", "150"),
            ("LINEKEEPER__SAFETY__MAX_ASSIGNMENTS", "5.7"),
            ("LINEKEEPER__SAFETY__MAX_RELASES", "5"),
            ("LINEKEEPER__SCHEDULE__ON_START", "yes"),
            ("LINEKEEPER__SAFETY", "5"),
            ("LINEKEEPER__", "5"),
            ("LINEKEEPER__ELIGIBILITY__EXTRA_TEAMS_PLANS", "TEAMS1"),
            ("LINEKEEPER__TENANT__CONTOSSO__CLIENT_SECRET", "never shown"),
            ("LINEKEEPER__TENANT__CONTOSO__CLIENT_SECRT", "never shown"),
            ("LINEKEEPER__TENANT__CONTOSO__MANAGED_IDENTITY", "1"),
            ("LINEKEEPER__TENANT__CONTOSO__DATABASE__URL", "sqlite:x"),
        ]
    ), @"");
}

#[test]
fn the_environment_wins_over_the_file_and_the_tenant_over_everybody() {
    let text = "[safety]\nmax_releases = 1\nmax_assignments = 1\n[release]\ngrace = \"1d\"\n";
    let tenant = format!("{text}{TENANT}[tenant.safety]\nmax_assignments = 2\n");
    let config = from(
        &tenant,
        &[
            ("LINEKEEPER__SAFETY__MAX_RELEASES", "3"),
            ("LINEKEEPER__SAFETY__MAX_ASSIGNMENTS", "9"),
            ("LINEKEEPER__TENANT__CONTOSO__MANAGED_IDENTITY", "true"),
        ],
    )
    .expect("valid");
    let safety = config.tenants[0].safety;
    assert_eq!((safety.max_releases, safety.max_assignments), (3, 2));
    assert_eq!(safety.max_release_percent, 10);
    assert_eq!(
        config.tenants[0].release.grace,
        jiff::SignedDuration::from_hours(24)
    );
}

#[test]
fn what_does_not_fit_together_is_refused() {
    insta::assert_snapshot!(errors(
        r#"
[server]
listen = "0.0.0.0:8080"
[database]
url = "mysql://root:hunter2@db/x"
[waiting]
first = "7h"
[[tenant]]
name = "one"
tenant_id = "t"
client_id = "c"
[[tenant]]
name = "ONE"
managed_identity = true
client_secret_file = "no-such-file"
[[tenant]]
name = "two"
tenant_id = "t"
client_secret_file = "no-such-file"
[[tenant]]
name = "three"
tenant_id = "t"
client_id = "c"
client_key_file = "k.pem"
[[tenant]]
tenant_id = "t"
"#,
        &[]
    ), @"");
}

#[test]
fn a_token_goes_to_the_global_cloud_by_https_or_to_this_machine() {
    for good in [
        "https://graph.microsoft.com/v1.0/",
        "http://127.0.0.1:9000/v1.0",
        "http://[::1]:9000",
        "http://localhost:1",
        "https://proxy.example.com/graph",
    ] {
        let config = with_secret(&format!("graph_url = \"{good}\""));
        let config = config.unwrap_or_else(|error| panic!("{good}: {error}"));
        assert_eq!(config.tenants[0].graph_url, good.trim_end_matches('/'));
    }
    for (bad, why) in [
        ("https://graph.microsoft.us/v1.0", "national cloud"),
        ("https://dod-graph.microsoft.us/v1.0", "national cloud"),
        (
            "https://microsoftgraph.chinacloudapi.cn/v1.0",
            "national cloud",
        ),
        ("https://login.microsoftonline.us.", "national cloud"),
        ("http://graph.microsoft.com/v1.0", "loopback hosts only"),
        ("http://127.0.0.1.example.com", "loopback hosts only"),
        (
            "https://user:pw@graph.microsoft.com",
            "user name or password",
        ),
        ("https://graph.microsoft.com/v1.0?x=1", "without `?`"),
        ("ftp://localhost/", "expected https"),
        ("graph.microsoft.com", "not a URL"),
    ] {
        let message = with_secret(&format!("graph_url = \"{bad}\""))
            .expect_err(bad)
            .to_string();
        assert!(message.contains(why), "{bad}: {message}");
        assert!(!message.contains("pw"), "{message}");
    }
}

#[test]
fn the_clock_is_shifted_only_where_nobody_is_harmed() {
    let shifted = |url: &str, offset: &str| {
        from(
            &format!("{TENANT}managed_identity = true\ngraph_url = \"{url}\""),
            &[("LINEKEEPER_CLOCK_OFFSET", offset)],
        )
        .map(|config| config.clock_offset.as_secs())
        .map_err(|error| error.to_string())
    };
    assert_eq!(shifted("http://127.0.0.1:9", "30d"), Ok(30 * 86_400));
    assert_eq!(shifted("http://127.0.0.1:9", "-1h"), Ok(-3_600));
    assert!(shifted("https://graph.microsoft.com/v1.0", "30d").is_err());
    assert!(shifted("http://127.0.0.1:9", "soon").is_err());
}

#[test]
fn names_of_tenants_are_fit_for_files_and_variables() {
    for bad in ["", "..", "a/b", "a b", "München"] {
        assert!(
            from(
                &format!(
                    "[[tenant]]\nname = \"{bad}\"\ntenant_id = \"t\"\nmanaged_identity = true"
                ),
                &[]
            )
            .is_err(),
            "{bad}"
        );
    }
    let two = "[[tenant]]\nname = \"a-b\"\ntenant_id = \"t\"\nmanaged_identity = true\n\
               [[tenant]]\nname = \"a.b\"\ntenant_id = \"t\"\nmanaged_identity = true\n";
    assert!(from(two, &[]).is_ok());
    insta::assert_snapshot!(errors(two, &[("LINEKEEPER__TENANT__A_B__MODE", "apply")]), @"");
}

#[test]
fn no_secret_is_ever_printed() {
    let config = from(
        &format!("[database]\nurl = \"postgres://u:hunter2@db/x\"\n{TENANT}"),
        &[("LINEKEEPER__TENANT__CONTOSO__CLIENT_SECRET", "hunter3")],
    )
    .expect("valid");
    let printed = format!("{config:?}");
    assert!(!printed.contains("hunter"), "{printed}");
    let broken = errors(
        "[database]\nurl = \"postgres://u:hunter2@db/x\nmode = 3",
        &[],
    );
    assert!(!broken.contains("hunter"), "{broken}");
    assert!(broken.contains("line 2"), "{broken}");
}

#[cfg(unix)]
#[test]
fn a_secret_file_open_to_everybody_is_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("s");
    std::fs::write(&file, " s3cret\n").expect("writable");
    let text = format!("{TENANT}client_secret_file = \"s\"");
    for (mode, warnings) in [(0o644, 1), (0o640, 0)] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("ours");
        let config = load_in(folder.path(), &text, &[]).expect("valid");
        assert_eq!(config.warnings.len(), warnings);
        assert!(
            matches!(&config.tenants[0].credential, Credential::Secret(secret) if secret.expose_secret() == "s3cret")
        );
    }
}

#[test]
fn a_file_named_on_the_command_line_must_be_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let error = load(&Sources {
        file: Some("other.toml".into()),
        folder: folder.path().to_owned(),
        environment: Vec::new(),
    })
    .expect_err("it is not there");
    assert!(
        error.to_string().contains("other.toml: cannot be read"),
        "{error}"
    );
}
