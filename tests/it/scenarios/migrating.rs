//! Numbers move to another type, wave by wave, and everybody keeps the same number.

use crate::harness::database::{Database, on_both_engines};
use crate::harness::migrating::{RANGE, rules, story};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{CALLING_PLAN, E3, E5, Tenant};
use serde_json::{Value, json};

on_both_engines!(
    a_plan_shows_waves_and_what_stands_in_the_way,
    what_cannot_be_migrated_is_refused,
    after_upload_people_are_released_when_the_new_type_is_listed,
    released_first_a_number_waits_for_a_late_operator_and_is_nobody_elses,
    in_place_the_operator_does_it,
    a_calling_plan_number_moves_although_its_licence_goes,
);

async fn a_plan_shows_waves_and_what_stands_in_the_way(database: &Database) {
    let story = story(database, "after-upload").await;
    let premises = json!({"telephoneNumber": "+498955501005", "numberType": "directRouting",
        "assignmentStatus": "userAssigned", "assignmentTargetId": story.id_of("anna"),
        "assignmentCategory": "alternate", "numberSource": "onPremises"});
    story.control("PUT", "/_sim/numbers", premises);
    story.change("bert", json!({"usageLocation": "AT"}));
    let plan = story.migrate("plan", &["--wave-size", "1"], 0).await;
    let report = plan.report();
    assert_eq!(report["people"], 1, "{plan}");
    assert_eq!(report["way"], "after-upload", "{plan}");
    assert_eq!(
        report["waves"][0]["people"][0]["number"], "+498955501000",
        "{plan}"
    );
    let obstacles = report["obstacles"].as_array().expect("obstacles");
    let kinds: Vec<&Value> = obstacles.iter().map(|it| &it["kind"]).collect();
    assert_eq!(kinds, ["country", "on-premises"], "{plan}");
    let command = obstacles[1]["commands"][0].as_str().unwrap_or_default();
    assert!(
        command.contains("Set-CsUser -Identity 'anna@contoso.example'"),
        "{plan}"
    );
    story.change("bert", json!({"usageLocation": "DE"}));
    story.control("DELETE", "/_sim/numbers/+498955501005", Value::Null);
    let text = story
        .text(
            &[
                &["migrate", "plan"][..],
                &RANGE[..],
                &["--wave-size", "1"][..],
            ]
            .concat(),
        )
        .await;
    for line in [
        "2 people of muc move to operator-connect in 2 waves",
        "Wave 2 (1 people)",
        "Outage: ",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    story.ends().await;
}

async fn what_cannot_be_migrated_is_refused(database: &Database) {
    let story = story(database, "after-upload").await;
    story.forget_log();
    let refused = async |arguments: &[&str], code: i32, said: &str| {
        let run = story.run(&[&["migrate"][..], arguments].concat()).await;
        run.exits(code).says(&[said]);
    };
    refused(
        &["start", "--range", "ulm", "--to", "operator-connect"],
        1,
        "no range is called `ulm`",
    )
    .await;
    refused(
        &["start", "--range", "muc", "--to", "calling-plan"],
        1,
        "to operator-connect only",
    )
    .await;
    refused(
        &["start", "--range", "muc", "--to", "carrier"],
        2,
        "direct-routing, calling-plan",
    )
    .await;
    refused(
        &["rollback", "--range", "muc", "--to", "operator-connect"],
        1,
        "no migration of the range",
    )
    .await;
    refused(
        &["pause", "--range", "muc", "--to", "operator-connect"],
        1,
        "no migration of the range",
    )
    .await;
    story
        .migrate("start", &[], 1)
        .await
        .says(&["ask again with --confirm"]);
    story
        .migrate("start", &["--confirm", "--next"], 1)
        .await
        .says(&["no migration"]);
    story.change("bert", json!({"usageLocation": "AT"}));
    story
        .migrate("start", &["--confirm"], 1)
        .await
        .says(&["--leave-out"]);
    story.change("bert", json!({"usageLocation": "DE"}));
    story.switch(json!({"on_licence_loss": {"directRouting": {"mode": "keep"}}}));
    story.unlicense("bert", E5);
    story.license("bert", E3);
    let plan = story.migrate("start", &["--confirm"], 1).await;
    assert_eq!(plan.report()["obstacles"][0]["kind"], "licence", "{plan}");
    story.unlicense("bert", E3);
    story.license("bert", E5);
    assert_eq!(story.writes(), [""; 0], "nothing was written");
    story.run(&["pause", "--reason", "freeze"]).await.exits(0);
    story.migrate("start", &["--confirm"], 5).await;
    story.run(&["resume"]).await.exits(0);
    story.migrate("start", &["--confirm"], 0).await;
    story
        .migrate("start", &["--confirm"], 1)
        .await
        .says(&["under way already"]);
    story
        .migrate("start", &["--confirm", "--wave", "1"], 1)
        .await
        .says(&["on the way back"]);
    story
        .migrate("rollback", &["--wave", "2"], 1)
        .await
        .says(&["has no wave 2"]);
    story
        .refuses(
            "anna",
            &["+498955501005"],
            &["on its way to another number type"],
        )
        .await;
    story
        .release("bert", &[], 1)
        .await
        .says(&["on its way to another number type"]);
    story.stands("running", "anna waiting, bert waiting").await;
    story.ends().await;
}

async fn after_upload_people_are_released_when_the_new_type_is_listed(database: &Database) {
    let story = story(database, "after-upload").await;
    story
        .migrate("start", &["--confirm", "--wave-size", "1"], 0)
        .await;
    story.stands("running", "anna waiting, bert planned").await;
    story.sync(0).await.changes(&[]);
    story.operator(
        &["+498955501000", "+498955501001"],
        json!({"shown": "twice"}),
    );
    story.sync(0).await.changes(&[
        "release anna +498955501000 manual succeeded",
        "policy anna +498955501000 manual succeeded OnlineVoiceRoutingPolicy DE-Munich",
    ]);
    story.stands("running", "anna released, bert planned").await;
    story.number("+498955501000", "assigned anna").await;
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 manual succeeded"]);
    story.stands("running", "anna assigned, bert planned").await;
    story.sync(0).await.changes(&[]).notes(&[]);
    story.stands("running", "anna verified, bert waiting").await;
    story.sync(0).await;
    story.sync(0).await;
    story.sync(0).await;
    story.stands("done", "anna verified, bert verified").await;
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    story.types(&[
        ("+498955501000", "operatorConnect"),
        ("+498955501001", "operatorConnect"),
    ]);
    story.policies(&["anna TenantDialPlan DE", "bert TenantDialPlan DE"]);
    story
        .history("+498955501000", &["anna migrated", "anna"])
        .await;
    story.rules(&rules("after-upload").replace("direct-routing", "operator-connect"));
    story
        .migrate("plan", &[], 1)
        .await
        .says(&["nothing to move"]);
    story.ends().await;
}

async fn released_first_a_number_waits_for_a_late_operator_and_is_nobody_elses(
    database: &Database,
) {
    let mut story = story(database, "release-first").await;
    let started = story.migrate("start", &["--confirm"], 0).await;
    assert_eq!(started.report()["waves"][0]["released"], 2, "{started}");
    story.teams(&[]);
    // A rest, a loss or another person's turn would show within days; the operator is late.
    for later in ["1d", "2d", "40d"] {
        story.later(later);
        story
            .sync(0)
            .await
            .changes(&[])
            .notes(&["migrating anna", "migrating bert"]);
        story.number("+498955501000", "assigned anna").await;
    }
    story.joins("cora", "München", &[E5]);
    story.sync(0).await;
    story.teams(&["+498955501002 cora"]);
    story.change("anna", json!({"city": "Ulm"}));
    story.operator(&["+498955501000"], json!({}));
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 manual succeeded"]);
    story.operator(&["+498955501001"], json!({}));
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501001 manual succeeded"]);
    story.sync(0).await;
    story.stands("done", "anna verified, bert verified").await;
    story.teams(&[
        "+498955501000 anna",
        "+498955501001 bert",
        "+498955501002 cora",
    ]);
    story.ends().await;
}

async fn in_place_the_operator_does_it(database: &Database) {
    let story = story(database, "in-place").await;
    story.forget_log();
    story.migrate("start", &["--confirm"], 0).await;
    story.operator(&["+498955501000"], json!({"how": "in-place"}));
    story.sync(0).await.changes(&[]).notes(&["migrating bert"]);
    story.stands("running", "anna verified, bert waiting").await;
    story.operator(&["+498955501001"], json!({"how": "in-place"}));
    story.sync(0).await;
    story.stands("done", "anna verified, bert verified").await;
    assert_eq!(story.writes(), [""; 0], "the operator does it");
    story.ends().await;
}

async fn a_calling_plan_number_moves_although_its_licence_goes(database: &Database) {
    let rules = r#"
operator "Telecom" { countries ["US"] migration release-first }
range "us" {
  type       calling-plan
  operator   "Telecom"
  numbers    +1 206 555 0100 to 0109
  country    "US"
  location   "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f"
  quarantine 30 days
  when       city = "Seattle"
}
"#;
    let usa = json!({"usageLocation": "US"});
    let tenant = Tenant::default()
        .person_with("anna", "Seattle", &[E5, CALLING_PLAN], usa)
        .number("+12065550100", "callingPlan", "US");
    let story = Scenario::new(database, tenant, rules).await;
    story.sync(0).await;
    let range = ["--range", "us", "--to", "operator-connect"];
    let start = [&["migrate", "start", "--confirm"][..], &range[..]].concat();
    story.run(&start).await.exits(0);
    story.unlicense("anna", CALLING_PLAN);
    story.operator(&["+12065550100"], json!({"isoCountryCode": "US"}));
    story
        .sync(0)
        .await
        .changes(&["assign anna +12065550100 manual succeeded"]);
    story.sync(0).await.changes(&[]).notes(&[]);
    let status = story.run(&["migrate", "status"]).await;
    assert_eq!(status.items()[0]["state"], "done", "{status}");
    story.teams(&["+12065550100 anna"]);
    story.types(&[("+12065550100", "operatorConnect")]);
    story.ends().await;
}
