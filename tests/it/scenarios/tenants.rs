//! Several tenants, and what is wrong with files.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};

on_both_engines!(
    two_tenants_are_kept_apart,
    two_tenants_may_not_give_the_same_numbers,
    wrong_rules_end_with_3_and_lose_nothing,
    a_wrong_configuration_ends_with_3_and_names_the_place,
);

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
        assert_eq!(report["changes"], serde_json::json!([]), "{report}");
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
