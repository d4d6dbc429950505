//! Several tenants, and what is wrong with files.

use super::{MUNICH, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::{Value, json};

on_both_engines!(
    two_tenants_are_kept_apart,
    two_tenants_may_not_give_the_same_numbers,
    wrong_rules_end_with_3_and_lose_nothing,
    all_tenants_are_paused_though_their_rules_are_broken,
    one_tenant_that_fails_keeps_no_other_from_its_pause,
    what_needs_no_rules_is_done_while_they_are_broken,
    each_tenant_says_how_its_stale_holders_are_released,
    a_wrong_configuration_ends_with_3_and_names_the_place,
);

/// Rules as somebody leaves them in the middle of a line.
const BROKEN: &str = "range \"muc\" {";

/// The second tenant of a configuration.
fn second(other: &Scenario, mode: &str) -> String {
    let (origin, folder) = (other.simulator.origin(), other.folder().display());
    format!(
        "[[tenant]]\nname = \"fabrikam\"\ntenant_id = \"00000000-0000-4000-a000-000000000002\"\nclient_id = \"linekeeper\"\n\
         mode = \"{mode}\"\nclient_secret_file = \"{folder}/secret\"\ngraph_url = \"{origin}/v1.0\"\nlogin_url = \"{origin}\"\n\
         rules_path = \"{folder}/rules\"\n"
    )
}

/// Two tenants with the same people by id, in one configuration.
async fn two(database: &Database, rules: &str) -> (Scenario, Scenario) {
    let tenant = Tenant::default().person("anna", "München", &[E5]);
    let contoso = Scenario::new(database, tenant.clone(), MUNICH).await;
    let fabrikam = Scenario::new(database, tenant.person("bert", "München", &[E5]), rules).await;
    contoso.configure("mode = \"apply\"", &second(&fabrikam, "apply"));
    (contoso, fabrikam)
}

async fn two_tenants_are_kept_apart(database: &Database) {
    let (contoso, fabrikam) = two(database, &MUNICH.replace("1000 to 1009", "2000 to 2009")).await;
    let only = contoso.run(&["sync", "--tenant", "contoso"]).await;
    only.exits(0)
        .has("/tenant", "contoso")
        .changes(&["assign anna +498955501000 rule succeeded"]);
    fabrikam.teams(&[]);
    let both = contoso.sync(0).await.reports();
    assert_eq!(both.len(), 2);
    assert_eq!(
        both[0]["changes"].as_array().map(Vec::len),
        Some(0),
        "{}",
        both[0]
    );
    contoso.teams(&["+498955501000 anna"]);
    fabrikam.teams(&["+498955502000 anna", "+498955502001 bert"]);
    contoso.forget_log();
    fabrikam.forget_log();
    for report in contoso.sync(0).await.reports() {
        assert_eq!(report["changes"], json!([]), "{report}");
    }
    assert_eq!([contoso.writes(), fabrikam.writes()].concat(), [""; 0]);
    // Each by itself agrees with its Teams.
    contoso.configure("mode = \"apply\"", "");
    contoso.agrees().await;
}

async fn two_tenants_may_not_give_the_same_numbers(database: &Database) {
    let (contoso, fabrikam) = two(database, &MUNICH.replace("1000 to 1009", "1009 to 1020")).await;
    let refused = contoso.sync(3).await;
    refused.says(&["+498955501009", "contoso", "fabrikam", "overlap"]);
    contoso.teams(&[]);
    fabrikam.teams(&[]);
    // A tenant that only observes may show the same numbers.
    contoso.configure("mode = \"apply\"", &second(&fabrikam, "observe"));
    contoso.sync(0).await;
    contoso.teams(&["+498955501000 anna"]);
    fabrikam.teams(&[]);
}

async fn wrong_rules_end_with_3_and_lose_nothing(database: &Database) {
    let story = Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E5]),
        MUNICH,
    )
    .await;
    story.sync(0).await;
    story.rules(&MUNICH.replace("city =", "cty ="));
    story
        .sync(3)
        .await
        .says(&["offices.rules:6", "cty", "city"]);
    std::fs::remove_file(story.folder().join("rules/offices.rules")).expect("the rule file");
    story.sync(3).await.says(&["rules"]);
    std::fs::remove_dir(story.folder().join("rules")).expect("the folder");
    story.sync(3).await.says(&["rules"]);
    story.teams(&["+498955501000 anna"]);
    std::fs::create_dir(story.folder().join("rules")).expect("the folder");
    story.rules(MUNICH);
    story.ends().await;
}

async fn all_tenants_are_paused_though_their_rules_are_broken(database: &Database) {
    let (contoso, fabrikam) = two(database, &MUNICH.replace("1000 to 1009", "2000 to 2009")).await;
    contoso.rules(BROKEN);
    std::fs::remove_dir_all(fabrikam.folder().join("rules")).expect("the folder");
    let pause = ["pause", "--reason", "wrong file", "--until", "2100-01-01"];
    let paused = contoso.run(&pause).await.exits(0).reports();
    let said = |report: &Value| (report["tenant"].clone(), report["paused"].clone());
    assert_eq!(
        paused.iter().map(said).collect::<Vec<_>>(),
        [("contoso", true), ("fabrikam", true)].map(|(name, on)| (json!(name), json!(on)))
    );
    contoso.rules(MUNICH);
    std::fs::create_dir(fabrikam.folder().join("rules")).expect("the folder");
    fabrikam.rules(&MUNICH.replace("1000 to 1009", "2000 to 2009"));
    contoso.sync(5).await;
    assert_eq!([contoso.writes(), fabrikam.writes()].concat(), [""; 0]);
    contoso.rules(BROKEN);
    contoso.run(&["resume"]).await.exits(0);
    contoso.rules(MUNICH);
    contoso.sync(0).await;
    contoso.teams(&["+498955501000 anna"]);
    fabrikam.teams(&["+498955502000 anna", "+498955502001 bert"]);
}

async fn one_tenant_that_fails_keeps_no_other_from_its_pause(database: &Database) {
    let (contoso, fabrikam) = two(database, &MUNICH.replace("1000 to 1009", "2000 to 2009")).await;
    contoso.sync(0).await;
    let file = contoso.folder().join("linekeeper.toml");
    let config = std::fs::read_to_string(file).expect("the configuration");
    let other = config.replace(
        "00000000-0000-4000-a000-000000000001",
        "00000000-0000-4000-a000-000000000009",
    );
    contoso.write("linekeeper.toml", &other);
    let paused = contoso.run(&["pause", "--reason", "audit"]).await;
    paused.exits(1).says(&["tenant contoso: "]);
    paused.has("/tenant", "fabrikam").has("/paused", true);
    let resumed = contoso.run(&["resume"]).await;
    resumed.exits(1).says(&["tenant contoso: "]);
    resumed.has("/tenant", "fabrikam").has("/changed", true);
    fabrikam.teams(&["+498955502000 anna", "+498955502001 bert"]);
}

async fn what_needs_no_rules_is_done_while_they_are_broken(database: &Database) {
    let story = Scenario::new(
        database,
        Tenant::default().people("user", 3, "München", &[E5]),
        MUNICH,
    )
    .await;
    story.switch(keep());
    story.sync(0).await;
    let until = ["--until", "2100-01-01"];
    story.numbers("rest", "+498955501009", &until, 0).await;
    story
        .users("pin", "user-a", &["+498955501000"], 0)
        .await
        .has("/pin", "+498955501000");
    for name in ["user-a", "user-b"] {
        story.unlicense(name, E5);
    }
    story.configure("mode = \"apply\"", "[tenant.safety]\nmax_releases = 0");
    let held = story.sync(5).await.sync_id();
    story.rules(BROKEN);
    story.users("exempt", "user-a", &[], 0).await;
    story.users("unexempt", "user-a", &[], 0).await;
    story.users("unpin", "user-a", &[], 0).await;
    story.users("resume", "user-a", &[], 0).await;
    let listed = story.run(&["syncs", "list"]).await;
    assert_eq!(listed.exits(0).items().len(), 2, "{listed}");
    let shown = story.run(&["syncs", "show", &held]).await;
    shown.exits(0).has("/status", "held");
    let approved = story.run(&["syncs", "approve", &held]).await;
    approved.exits(3).says(&["offices.rules:1"]);
    story.run(&["syncs", "reject", &held]).await.exits(0);
    // What is checked against the rules, or makes changes by them, is not done.
    let pin = ["+498955501000"];
    let pinned = story.users("pin", "user-a", &pin, 3).await;
    pinned.says(&["offices.rules:1"]);
    let rested = story.numbers("free", "+498955501009", &[], 3).await;
    rested.says(&["offices.rules:1"]);
    story.rules(MUNICH);
    story.configure("mode = \"apply\"", "");
    story.sync(0).await;
    story.teams(&["+498955501002 user-c"]);
    story.ends().await;
}

async fn each_tenant_says_how_its_stale_holders_are_released(database: &Database) {
    let contoso = Tenant::default()
        .person("anna", "München", &[])
        .held("+498955501002", "anna");
    let fabrikam = Tenant::default()
        .person("bert", "München", &[])
        .held("+498955502002", "bert");
    let others = MUNICH.replace("1000 to 1009", "2000 to 2009");
    let contoso = Scenario::new(database, contoso, MUNICH).await;
    let fabrikam = Scenario::new(database, fabrikam, &others).await;
    contoso.configure("mode = \"apply\"", &second(&fabrikam, "apply"));
    contoso.sync(0).await;
    let stale = ["release", "--stale"];
    let shown = contoso.invocation(&stale).in_text().run().await;
    let config = contoso.folder().join("linekeeper.toml");
    let command = |tenant: &str| {
        let config = config.display();
        format!(
            "To release them: linekeeper --config '{config}' release --stale --yes --tenant {tenant}\n"
        )
    };
    let text = shown.exits(0).text();
    assert!(text.contains(&command("contoso")), "{shown}");
    assert!(text.contains(&command("fabrikam")), "{shown}");
    // One tenant that cannot be looked at does not keep the other from being shown and released.
    contoso.rules(BROKEN);
    let shown = contoso.invocation(&stale).in_text().run().await;
    shown
        .exits(3)
        .says(&["tenant contoso: ", "offices.rules:1"]);
    let text = shown.text();
    assert!(!text.contains(&command("contoso")), "{shown}");
    assert!(text.contains(&command("fabrikam")), "{shown}");
    let released = contoso.run(&["release", "--stale", "--yes"]).await;
    released
        .exits(3)
        .says(&["tenant contoso: "])
        .changes(&["release bert +498955502002 manual succeeded"]);
    contoso.rules(MUNICH);
    contoso.teams(&["+498955501002 anna"]);
    fabrikam.teams(&[]);
}

async fn a_wrong_configuration_ends_with_3_and_names_the_place(database: &Database) {
    let story = Scenario::new(
        database,
        Tenant::default().person("anna", "München", &[E5]),
        MUNICH,
    )
    .await;
    story.sync(0).await;
    for (head, tail, said) in [
        ("moed = \"apply\"", "", "moed"),
        ("mode = \"appy\"", "", "appy"),
        (
            "mode = \"apply\"",
            "[tenant.safety]\nmax_releases = \"20\"",
            "max_releases",
        ),
        (
            "mode = \"apply\"",
            "[tenant.safety]\nmax_release_percent = 101",
            "max_release_percent",
        ),
        ("mode = ", "", "linekeeper.toml"),
    ] {
        story.configure(head, tail);
        story.sync(3).await.says(&[said]);
    }
    story.configure("mode = \"apply\"", "");
    story.teams(&["+498955501000 anna"]);
    story.ends().await;
}
