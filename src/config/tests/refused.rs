//! What is refused, and with which words.

use super::{TENANT, errors, from, with_secret};
use crate::config::{DEFAULTS, Sources, load};
use proptest::prelude::*;

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
repository = "http://example.com/rules.git"
branch = "-x"
folder = "../up"
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
    linekeeper.toml: listen: unknown key `listen`; expected one of mode, server, database, graph, schedule, rules, directory, safety, release, ownership, policies, profile, eligibility, waiting, numbers, webhook, tenant
    linekeeper.toml: mode: unknown value `aply`; did you mean `apply`?
    linekeeper.toml: rules.branch: expected the name of a branch such as "main", found "-x"
    linekeeper.toml: rules.folder: expected a folder from the top of the repository, such as "rules", found "../up"
    linekeeper.toml: rules.repository: http:// is accepted for loopback hosts only; write https://
    linekeeper.toml: safety.max_assignments: expected a whole number of 0 or more, found `5.7`
    linekeeper.toml: safety.max_relases: unknown key `max_relases`; did you mean `max_releases`?
    linekeeper.toml: safety.max_release_percent: expected a whole number from 0 to 100, found `101`
    linekeeper.toml: safety.max_releases: expected a whole number of 0 or more, found `true`
    linekeeper.toml: safty: unknown key `safty`; did you mean `safety`?
    linekeeper.toml: schedule.cron: expected a cron expression with seconds, such as "0 0 * * * *", found "0 * * * *"
    linekeeper.toml: schedule.on_start: expected true or false, found text "yes"
    linekeeper.toml: tenant.contoso.graph_ulr: unknown key `graph_ulr`; did you mean `graph_url`?
    linekeeper.toml: tenant.contoso.safety.max_releases: expected a whole number of 0 or more, found text "many"
    linekeeper.toml: tenant.contoso.server: unknown key `server`; expected one of name, tenant_id, client_id, client_secret, client_secret_file, client_secret_expires, client_certificate_file, client_key_file, federated_token_file, managed_identity, graph_url, login_url, rules_path, mode, schedule, rules, directory, safety, release, ownership, policies, profile, eligibility, waiting, numbers
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
    environment variable LINEKEEPER__TENANT__CONTOSO__DATABASE__URL: tenant.contoso.database.url: unknown key `database`; expected one of name, tenant_id, client_id, client_secret, client_secret_file, client_secret_expires, client_certificate_file, client_key_file, federated_token_file, managed_identity, graph_url, login_url, rules_path, mode, schedule, rules, directory, safety, release, ownership, policies, profile, eligibility, waiting, numbers
    tenant.contoso: needs exactly one way to sign in: client_secret_file, client_certificate_file with client_key_file, federated_token_file, managed_identity = true, or the environment's CLIENT_SECRET
    "#);
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

/// The lines of the template, settings and blocks alike.
fn template() -> Vec<String> {
    DEFAULTS
        .lines()
        .map(|line| line.trim_start_matches('#').to_owned())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_file_and_no_variable_makes_it_panic(
        chosen in prop::collection::vec(prop::sample::select(template()), 0..12),
        noise in "[a-z\\[\\]=\"#.0-9 \n]{0,40}",
        key in "[A-Z_]{0,12}(__[A-Z_]{0,12}){0,3}",
        value in ".{0,12}",
    ) {
        let text = format!("{}\n{noise}", chosen.join("\n"));
        let variable = format!("LINEKEEPER__{key}");
        if let Err(errors) = from(&text, &[(&variable, &value)]) {
            prop_assert!(!errors.0.is_empty());
        }
    }
}

#[test]
fn wrong_webhooks_are_named_without_their_secrets() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("short"), "whsec_aGVsbG8=").expect("writable");
    let text = format!(
        "[[webhook]]\nurl = \"http://hooks.example/s3cr3t\"\nsecret_file = \"none\"\n\
         [[webhook]]\nurl = \"https://hooks.example/s3cr3t\"\nsecret_file = \"short\"\n\
         events = [\"assign\"]\ntenants = [\"fabrikam\"]\n[[webhook]]\nevents = [\"held\"]\n{TENANT}managed_identity = true\n"
    );
    let errors = super::load_in(folder.path(), &text, &[]).expect_err("all of them are wrong");
    let told = errors.to_string();
    for part in [
        "http:// is accepted for loopback hosts only",
        "unknown value `assign`; did you mean `assigned`?",
        "webhook.1.secret_file",
        "webhook.2.secret_file",
        "holds no secret of Standard Webhooks",
        "no [[tenant]] has the name \"fabrikam\"",
        "webhook.3.url: is missing",
        "webhook.3.secret_file: is missing",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(
        !told.contains("s3cr3t") && !told.contains("aGVsbG8"),
        "{told}"
    );
}

#[test]
fn the_day_of_a_secret_and_the_place_of_an_identity_have_to_fit() {
    let told =
        |text: &str, variables: &[(&str, &str)]| errors(&format!("{TENANT}{text}"), variables);
    let day = told(
        "managed_identity = true\nclient_secret_expires = \"2027-01-31\"",
        &[],
    );
    assert!(day.contains("goes with client_secret_file"), "{day}");
    let soon = told(
        "managed_identity = true\nclient_secret_expires = \"soon\"",
        &[],
    );
    assert!(
        soon.contains("expected a day such as \"2027-01-31\""),
        "{soon}"
    );
    let identity = "managed_identity = true";
    for (variables, part) in [
        (
            vec![("LINEKEEPER_IMDS_URL", "https://hooks.example")],
            "loopback addresses only",
        ),
        (
            vec![("IDENTITY_ENDPOINT", "http://localhost/x")],
            "Azure Arc",
        ),
        (
            vec![
                ("IDENTITY_ENDPOINT", "http://192.0.2.1/x"),
                ("IDENTITY_HEADER", "hunter2"),
            ],
            "leads away from this machine",
        ),
    ] {
        let told = told(identity, &variables);
        assert!(told.contains(part) && !told.contains("hunter2"), "{told}");
    }
}
