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
    insta::assert_debug_snapshot!((config.server, config.graph, config.parallel, config.tenants.len()), @r#"
    (
        Server {
            listen: 127.0.0.1:8080,
            allow_anonymous: false,
        },
        Graph {
            concurrency: 8,
            operations: 50,
            operation_poll: 2s,
            operation_timeout: 600s,
            request_timeout: 30s,
            max_wait: 300s,
            retries: 4,
        },
        16,
        0,
    )
    "#);
    assert!(
        matches!(config.database, Database::Sqlite(path) if path == folder.path().join("linekeeper.db"))
    );
    let tenant = with_secret("")
        .expect("a tenant with a secret is valid")
        .tenants
        .remove(0);
    insta::assert_debug_snapshot!((
        tenant.mode, tenant.directory, tenant.safety, tenant.release, tenant.ownership, tenant.policies,
        tenant.profile, &tenant.eligibility, tenant.waiting
    ), @r#"
    (
        Observe,
        Directory {
            groups: false,
        },
        Safety {
            max_releases: 20,
            max_release_percent: 10,
            max_assignments: 250,
        },
        Release {
            grace: 0s,
            deleted_grace: 0s,
        },
        Ownership {
            adopt: true,
            rehire: true,
        },
        Policies {
            enforce: false,
        },
        Profile {
            business_phone: false,
        },
        Eligibility {
            require_teams: true,
            include_disabled: false,
            settle: 0s,
            extra_phone_system_plans: [],
            extra_calling_plans: [],
            extra_teams_plans: [],
        },
        Waiting {
            first: 300s,
            longest: 21600s,
            give_up: 86400s,
        },
    )
    "#);
    let schedule = &tenant.schedule;
    assert_eq!(schedule.cron.source(), "0 0 * * * *");
    assert_eq!(schedule.full_cron.source(), "0 30 2 * * *");
    assert!(schedule.on_start);
    assert_eq!(schedule.spread, std::time::Duration::from_secs(300));
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
    ), @r#"
    linekeeper.toml: tenant.contoso.client_secret: a secret does not belong in this file; put it into a file of its own and name that as client_secret_file, or set LINEKEEPER__TENANT__<NAME>__CLIENT_SECRET
    linekeeper.toml: eligibility.extra_calling_plans: expected a service plan id (a GUID), found "MCOPSTN1"
    linekeeper.toml: eligibility.extra_teams_plans: expected a list, found text "57ff2da0-773e-42df-b2af-ffb7a2317929"
    linekeeper.toml: graph.concurrency: expected a whole number from 1 to 10000, found text "60"
    linekeeper.toml: graph.max_wait: expected a duration such as "30s" (ms, s, m, h, d), found "5 m"
    linekeeper.toml: graph.operation_poll: expected a duration longer than nothing
    linekeeper.toml: graph.operations: expected a whole number from 1 to 10000, found `0`
    linekeeper.toml: graph.request_timeout: expected a duration such as "30s" (ms, s, m, h, d), found `30`
    linekeeper.toml: graph.retries: expected a whole number from 0 to 20, found `-1`
    linekeeper.toml: listen: unknown key `listen`; expected one of mode, server, database, graph, schedule, rules, directory, safety, release, ownership, policies, profile, eligibility, waiting, tenant
    linekeeper.toml: mode: unknown value `aply`; did you mean `apply`?
    linekeeper.toml: rules.repository: rules straight from a git repository come with a later release; check the repository out, and name the folder as `path` in [rules]
    linekeeper.toml: safety.max_assignments: expected a whole number of 0 or more, found `5.7`
    linekeeper.toml: safety.max_relases: unknown key `max_relases`; did you mean `max_releases`?
    linekeeper.toml: safety.max_release_percent: expected a whole number from 0 to 100, found `101`
    linekeeper.toml: safety.max_releases: expected a whole number of 0 or more, found `true`
    linekeeper.toml: safty: unknown key `safty`; did you mean `safety`?
    linekeeper.toml: schedule.cron: expected a cron expression with seconds, such as "0 0 * * * *", found "0 * * * *"
    linekeeper.toml: schedule.on_start: expected true or false, found text "yes"
    linekeeper.toml: tenant.contoso.graph_ulr: unknown key `graph_ulr`; did you mean `graph_url`?
    linekeeper.toml: tenant.contoso.safety.max_releases: expected a whole number of 0 or more, found text "many"
    linekeeper.toml: tenant.contoso.server: unknown key `server`; expected one of name, tenant_id, client_id, client_secret, client_secret_file, client_certificate_file, client_key_file, federated_token_file, managed_identity, graph_url, login_url, rules_path, mode, schedule, rules, directory, safety, release, ownership, policies, profile, eligibility, waiting
    tenant.contoso.tenant_id: is missing
    tenant.contoso.client_id: is missing
    tenant.contoso: needs exactly one way to sign in: client_secret_file, client_certificate_file with client_key_file, federated_token_file, managed_identity = true, or the environment's CLIENT_SECRET
    "#);
}

#[test]
fn sections_and_lists_are_no_values() {
    insta::assert_snapshot!(errors("safety = 5\ntenant = 3\nmode = 1\n[eligibility]\nextra_teams_plans = [1]\n", &[]), @r#"
    linekeeper.toml: eligibility.extra_teams_plans: expected a service plan id (a GUID), found `1`
    linekeeper.toml: mode: expected text, found `1`
    linekeeper.toml: safety: expected a section, found `5`
    linekeeper.toml: tenant: expected a list, found `3`
    "#);
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
    ), @r#"
    environment variable LINEKEEPER__SAFETY__MAX_RELEASES: safety.max_releases: expected a whole number of 0 or more, found `true`
    environment variable LINEKEEPER__SAFETY__MAX_RELEASE_PERCENT: safety.max_release_percent: expected a whole number from 0 to 100, found `150`
    environment variable LINEKEEPER__SAFETY__MAX_ASSIGNMENTS: safety.max_assignments: expected a whole number of 0 or more, found text "5.7"
    environment variable LINEKEEPER__SAFETY__MAX_RELASES: safety.max_relases: unknown key `max_relases`; did you mean `max_releases`?
    environment variable LINEKEEPER__SCHEDULE__ON_START: schedule.on_start: expected true or false, found text "yes"
    environment variable LINEKEEPER__SAFETY: safety: expected a section, found `5`
    environment variable LINEKEEPER__: expected LINEKEEPER__SECTION__KEY, or LINEKEEPER__TENANT__<NAME>__KEY
    environment variable LINEKEEPER__ELIGIBILITY__EXTRA_TEAMS_PLANS: eligibility.extra_teams_plans: expected a service plan id (a GUID), found "TEAMS1"
    environment variable LINEKEEPER__TENANT__CONTOSSO__CLIENT_SECRET: no [[tenant]] has the name `CONTOSSO` here; did you mean `CONTOSO`?
    environment variable LINEKEEPER__TENANT__CONTOSO__CLIENT_SECRT: tenant.contoso.client_secrt: unknown key `client_secrt`; did you mean `client_secret`?
    environment variable LINEKEEPER__TENANT__CONTOSO__MANAGED_IDENTITY: tenant.contoso.managed_identity: expected true or false, found `1`
    environment variable LINEKEEPER__TENANT__CONTOSO__DATABASE__URL: tenant.contoso.database.url: unknown key `database`; expected one of name, tenant_id, client_id, client_secret, client_secret_file, client_certificate_file, client_key_file, federated_token_file, managed_identity, graph_url, login_url, rules_path, mode, schedule, rules, directory, safety, release, ownership, policies, profile, eligibility, waiting
    tenant.contoso: needs exactly one way to sign in: client_secret_file, client_certificate_file with client_key_file, federated_token_file, managed_identity = true, or the environment's CLIENT_SECRET
    "#);
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
client_secret_file = "/no-such-file"
[[tenant]]
name = "two"
tenant_id = "t"
client_secret_file = "/no-such-file"
[[tenant]]
name = "three"
tenant_id = "t"
client_id = "c"
client_key_file = "k.pem"
[[tenant]]
tenant_id = "t"
"#,
        &[]
    ), @r#"
    tenant.ONE: two tenants have this name; case does not count
    server.listen: 0.0.0.0:8080 can be reached from other machines, where everybody may do everything as long as there are no tokens; use a loopback address, or set server.allow_anonymous = true
    database.url: expected sqlite:FILE or postgres://user:password@host/database
    tenant.one.waiting.longest: is shorter than waiting.first
    tenant.one: needs exactly one way to sign in: client_secret_file, client_certificate_file with client_key_file, federated_token_file, managed_identity = true, or the environment's CLIENT_SECRET
    tenant.ONE.tenant_id: is missing
    tenant.ONE.waiting.longest: is shorter than waiting.first
    tenant.ONE: needs exactly one way to sign in: client_secret_file, client_certificate_file with client_key_file, federated_token_file, managed_identity = true, or the environment's CLIENT_SECRET
    tenant.two.client_id: is missing
    tenant.two.waiting.longest: is shorter than waiting.first
    tenant.two.client_secret_file: /no-such-file cannot be read: No such file or directory (os error 2)
    tenant.three.waiting.longest: is shorter than waiting.first
    tenant.three: client_certificate_file and client_key_file go together
    tenant: every [[tenant]] needs a name
    "#);
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
    insta::assert_snapshot!(errors(two, &[("LINEKEEPER__TENANT__A_B__MODE", "apply")]), @r#"environment variable LINEKEEPER__TENANT__A_B__MODE: two tenants have this name in the environment, where every sign but letters and digits is `_`; rename one"#);
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
