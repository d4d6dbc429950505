//! Many hands: how much one of them may do in an hour, several at once, and numbers that nobody uses taken back.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::Run;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E3, E5, Tenant, upn};
use serde_json::json;
use std::time::Duration;

on_both_engines!(
    one_caller_does_so_much_by_hand_in_an_hour,
    a_change_that_teams_refuses_counts_only_if_a_number_went,
    two_administrators_at_once,
    stale_holders_are_taken_back_one_by_one_or_all,
);

impl Scenario {
    /// The same command, typed by somebody.
    async fn typed_by(&self, who: &str, arguments: &[&str], code: i32) -> Run {
        let mut invocation = self.invocation(arguments);
        invocation.environment.push(("USER".to_owned(), who.into()));
        let run = invocation.run().await;
        run.exits(code);
        run
    }
}

async fn three_people(database: &Database) -> Scenario {
    let tenant = Tenant::default()
        .person("anna", "München", &[E5])
        .person("bert", "München", &[E5])
        .person("carl", "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.sync(0).await;
    story
}

async fn one_caller_does_so_much_by_hand_in_an_hour(database: &Database) {
    let mut story = three_people(database).await;
    story.configure("mode = \"apply\"", "[tenant.safety]\nmax_by_hand = 2");
    let (anna, bert, carl) = (&upn("anna"), &upn("bert"), &upn("carl"));
    story
        .typed_by("helga", &["assign", anna, "+498955501005"], 0)
        .await;
    // What is so already is nothing done.
    story
        .typed_by("helga", &["assign", anna, "+498955501005"], 0)
        .await
        .changes(&[]);
    story.typed_by("helga", &["release", bert], 0).await;
    story.forget_log();
    let refused = story.typed_by("helga", &["release", carl], 1).await;
    refused.says(&[
        "helga has changed 2 numbers by hand",
        "max_by_hand",
        "users renumber --file",
        "sync --plan",
    ]);
    story
        .typed_by("helga", &["assign", bert, "+498955501006"], 1)
        .await;
    assert_eq!(story.writes(), [""; 0]);
    // Others have hands of their own, and a reviewed plan of many is no matter of single hands.
    story
        .typed_by("otto", &["assign", bert, "+498955501006"], 0)
        .await;
    story.write(
        "people.csv",
        &format!("{carl},+498955501007\n{anna},+498955501008\n"),
    );
    let (people, plan) = (
        story.folder().join("people.csv"),
        story.folder().join("plan.json"),
    );
    let (people, plan) = (people.display().to_string(), plan.display().to_string());
    let renumber = ["users", "renumber", "--file", &people, "--save", &plan];
    story.typed_by("helga", &renumber, 0).await;
    story.typed_by("helga", &["sync", "--plan", &plan], 0).await;
    story.teams(&[
        "+498955501006 bert",
        "+498955501007 carl",
        "+498955501008 anna",
    ]);
    story.later("61m");
    story.typed_by("helga", &["release", carl], 0).await;
    story.configure("mode = \"apply\"", "[tenant.safety]\nmax_by_hand = 0");
    story.typed_by("helga", &["release", anna], 0).await;
    story.typed_by("helga", &["release", bert], 0).await;
    story.ends().await;
}

async fn a_change_that_teams_refuses_counts_only_if_a_number_went(database: &Database) {
    let story = three_people(database).await;
    story.configure("mode = \"apply\"", "[tenant.safety]\nmax_by_hand = 1");
    let anna = &upn("anna");
    // Refused before anything is done, and put in the way by Teams.
    story
        .typed_by("helga", &["assign", anna, "+498955501001"], 1)
        .await;
    story.fault("unassignNumber", 9, json!({"status": 400}));
    story
        .typed_by("helga", &["assign", anna, "+498955501005"], 4)
        .await;
    story.no_more_faults();
    story
        .typed_by("helga", &["assign", anna, "+498955501006"], 0)
        .await;
    story
        .typed_by("helga", &["assign", anna, "+498955501007"], 1)
        .await;
    story.ends().await;
}

async fn two_administrators_at_once(database: &Database) {
    let story = three_people(database).await;
    story.write("people.csv", &format!("{},+498955501007\n", upn("anna")));
    let (people, plan) = (
        story.folder().join("people.csv"),
        story.folder().join("plan.json"),
    );
    let (people, plan) = (people.display().to_string(), plan.display().to_string());
    story
        .run(&["users", "renumber", "--file", &people, "--save", &plan])
        .await
        .exits(0);
    story.switch(json!({"operation_time": "2s"}));
    story.forget_log();
    let under_way = story.invocation(&["sync", "--plan", &plan]);
    let under_way = tokio::spawn(under_way.run());
    while story.sent("unassignNumber") == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Looking and planning is for everybody at any time; what changes numbers is refused, or waits.
    let revert = [
        "users",
        "renumber",
        "--file",
        &people,
        "--save",
        &format!("{plan}.2"),
    ];
    let bert = upn("bert");
    let wait = ["--wait", "5m"];
    let (apply, refused) = (["sync", "--plan", &plan], ["release", &bert]);
    let release = [&refused[..], &wait].concat();
    let (planned, same, stale, released, all) = tokio::join!(
        story.run(&revert),
        story.run(&apply),
        story.run(&["release", "--stale", "--yes"]),
        story.run(&refused),
        story.run(&release),
    );
    assert!([0, 4].contains(&planned.code()), "{planned}");
    for refused in [same, released] {
        refused
            .exits(1)
            .says(&["already running", "--wait 5m waits for it"]);
    }
    stale.says(&["already running", "--wait 5m waits for it"]);
    under_way.await.expect("no panic").exits(0);
    all.exits(0)
        .changes(&["release bert +498955501001 manual succeeded"]);
    // The second of two that had the same plan finds it made.
    story
        .run(&["sync", "--plan", &plan, "--wait", "5m"])
        .await
        .exits(7)
        .says(&["it is so already"]);
    story.teams(&["+498955501002 carl", "+498955501007 anna"]);
    story.ends().await;
}

async fn stale_holders_are_taken_back_one_by_one_or_all(database: &Database) {
    let tenant = Tenant::default()
        .people("stale", 4, "München", &[E3])
        .held("+498955501002", "stale-a")
        .held("+498955501003", "stale-b")
        .held("+498955501004", "stale-c")
        .held("+498955501005", "stale-d");
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.configure("mode = \"apply\"", "[tenant.safety]\nmax_by_hand = 1");
    story.sync(0).await;
    story.delete("stale-d", true);
    story.sync(0).await;
    story
        .noted("stale-holder", &["stale-a", "stale-b", "stale-c"])
        .await;
    let one = story.release("stale-a", &[], 0).await;
    one.changes(&["release stale-a +498955501002 manual succeeded"]);
    story.sync(0).await;
    story.noted("stale-holder", &["stale-b", "stale-c"]).await;
    // All of them are one look and one word: the limit for single hands is not theirs.
    let all = story.run(&["release", "--stale", "--yes"]).await;
    all.exits(0).changes(&[
        "release stale-b +498955501003 manual succeeded",
        "release stale-c +498955501004 manual succeeded",
    ]);
    story.sync(0).await;
    story.noted("stale-holder", &[]).await;
    story.ends().await;
}
