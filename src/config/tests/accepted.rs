//! What is accepted, with which value, and what it prints.

use super::{TENANT, errors, from, load_in, with_secret};
use crate::config::{Credential, DEFAULTS, Database, Mode, Rules, Sources, load};
use secrecy::ExposeSecret;

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
        tenant.profile, &tenant.eligibility, tenant.waiting, tenant.numbers
    ), @r#"
    (
        Observe,
        Directory {
            groups: false,
            hire_date: false,
        },
        Safety {
            max_releases: 20,
            max_release_percent: 10,
            max_assignments: 250,
            max_unmatched_percent: 20,
            max_by_hand: 50,
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
        Numbers {
            golden_score: None,
            emergency_tails: false,
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
    std::fs::write(folder.path().join("database.url"), "postgres://db/x\n").expect("writable");
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    std::fs::write(folder.path().join("webhook.secret"), secret).expect("writable");
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
    assert_eq!(tenant.rules, Rules::Folder(folder.path().join("rules")));
    let expires = tenant.secret_expires.map(|day| day.to_string());
    assert_eq!(expires.as_deref(), Some("2027-01-31T00:00:00Z"));
    let webhook = &config.webhooks[0];
    assert_eq!(webhook.events, ["held", "low-stock", "exhausted", "failed"]);
    assert_eq!(webhook.tenants, ["contoso"]);
}

#[test]
fn rules_may_lie_in_a_repository_and_those_of_a_tenant_elsewhere() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let secret = [("LINEKEEPER__TENANT__CONTOSO__CLIENT_SECRET", "s3cret")];
    for (written, url) in [
        ("team/rules.git", path("team/rules.git")),
        (
            "git@example.com:rules.git",
            "git@example.com:rules.git".to_owned(),
        ),
        (
            "https://example.com/r.git",
            "https://example.com/r.git".to_owned(),
        ),
    ] {
        let text = format!("[rules]\nrepository = \"{written}\"\nfolder = \".\"\n{TENANT}");
        let config = load_in(folder.path(), &text, &secret).expect("valid");
        let Rules::Repository(rules) = &config.tenants[0].rules else {
            panic!("{:?}", config.tenants[0].rules);
        };
        assert_eq!((&rules.url, rules.branch.as_str()), (&url, "main"));
        assert_eq!(rules.folder.as_deref(), Some(""));
        assert_eq!(rules.mirror, folder.path().join("rules-mirror"));
        let own = format!("{text}[tenant.rules]\npath = \"mine\"\n");
        let config = load_in(folder.path(), &own, &secret).expect("valid");
        assert_eq!(
            config.tenants[0].rules.folder(),
            Some(&*folder.path().join("mine"))
        );
    }
}

#[test]
fn the_url_of_the_database_may_lie_in_a_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("url");
    let read = |content: &str| {
        std::fs::write(&file, content).expect("writable");
        load_in(folder.path(), "[database]\nurl_file = \"url\"\n", &[])
    };
    let config = read("postgres://u:hunter2@db/x\n").expect("a valid configuration");
    assert!(matches!(config.database, Database::Postgres(_)));
    for (content, complaint) in [
        ("", "url is empty"),
        ("mysql://u:hunter2@db", "holds no postgres"),
    ] {
        let errors = read(content).expect_err("refused").to_string();
        assert!(errors.contains(complaint), "{errors}");
        assert!(!errors.contains("hunter2"), "{errors}");
    }
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
    let folder = tenant.rules.folder().expect("a folder");
    assert!(folder.is_absolute() && folder.ends_with("5"));
    assert_eq!(tenant.eligibility.extra_teams_plans.len(), 2);
    assert_eq!(tenant.waiting.first, jiff::SignedDuration::from_mins(1));
    assert!(
        matches!(&tenant.credential, Credential::Secret(secret) if secret.expose_secret() == "true")
    );
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
