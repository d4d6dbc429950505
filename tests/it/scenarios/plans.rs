//! Plans: printed, saved, applied; and syncs of one person.

use super::{MUNICH, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};

on_both_engines!(
    a_plan_stores_nothing_and_is_what_a_sync_does,
    a_saved_plan_is_made_as_it_stands,
    a_stale_plan_is_not_made_at_all,
    a_sync_of_one_person_leaves_the_others,
);

async fn two_people(database: &Database) -> Scenario {
    let tenant =
        Tenant::default()
            .person("anna", "München", &[E5])
            .person("bert", "München", &[E5]);
    Scenario::new(database, tenant, MUNICH).await
}

const BOTH: [&str; 2] = [
    "assign anna +498955501000 rule planned",
    "assign bert +498955501001 rule planned",
];

async fn a_plan_stores_nothing_and_is_what_a_sync_does(database: &Database) {
    let mut story = two_people(database).await;
    let first = story.run(&["plan"]).await;
    first.exits(0).changes(&BOTH).has("/status", "planned");
    let second = story.run(&["plan", "--exit-code"]).await;
    assert_eq!(first.report(), second.exits(10).report());
    assert!(story.run(&["users", "list"]).await.items().is_empty());
    let made = story.sync(0).await;
    assert_eq!(
        made.change_lines(),
        BOTH.map(|line| line.replace("planned", "succeeded"))
    );
    assert_eq!(made.report()["plan_id"], first.report()["plan_id"]);
    story
        .run(&["plan", "--exit-code"])
        .await
        .exits(0)
        .changes(&[]);
    // The same over a stored state, which the plan leaves as it was.
    story.switch(keep());
    story.unlicense("anna", E5);
    story.joins("carl", "München", &[E5]);
    let first = story.run(&["plan"]).await;
    let second = story.run(&["plan"]).await;
    assert_eq!(first.report(), second.report());
    story.number("+498955501000", "assigned anna").await;
    let made = story.sync(0).await;
    let planned: Vec<String> = first
        .change_lines()
        .iter()
        .map(|line| line.replace("planned", "succeeded"))
        .collect();
    assert_eq!(made.change_lines(), planned);
    assert_eq!(made.report()["plan_id"], first.report()["plan_id"]);
    story.ends().await;
}

async fn a_saved_plan_is_made_as_it_stands(database: &Database) {
    let mut story = two_people(database).await;
    let file = story.folder().join("saved.json").display().to_string();
    story.run(&["plan", "--save", &file]).await.exits(0);
    story.joins("carl", "München", &[E5]);
    let made = story.run(&["sync", "--plan", &file]).await;
    made.exits(0).changes(
        &BOTH
            .map(|line| line.replace("planned", "succeeded"))
            .each_ref()
            .map(String::as_str),
    );
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    story
        .sync(0)
        .await
        .changes(&["assign carl +498955501002 rule succeeded"]);
    story.ends().await;
}

async fn a_stale_plan_is_not_made_at_all(database: &Database) {
    let mut story = two_people(database).await;
    let file = story.folder().join("saved.json").display().to_string();
    let save = async |story: &Scenario| {
        story.run(&["plan", "--save", &file]).await.exits(0);
    };
    let stale = async |story: &Scenario, texts: &[&str]| {
        story.forget_log();
        story
            .run(&["sync", "--plan", &file])
            .await
            .exits(7)
            .says(texts);
        assert_eq!(story.writes(), [""; 0], "nothing of a stale plan is made");
    };
    save(&story).await;
    story.rules(&MUNICH.replace("1009", "1008"));
    stale(&story, &["rules"]).await;
    story.rules(MUNICH);
    story.later("25h");
    stale(&story, &["24 hours"]).await;
    save(&story).await;
    story.joins("carl", "Hamburg", &[E5]);
    story.gives("carl", "+498955501001");
    stale(&story, &["assign bert@contoso.example +498955501001"]).await;
    // Nothing was claimed: the next sync decides anew.
    story.number("+498955501000", "free").await;
    story.sync(0).await.changes(&[
        "adopt carl +498955501001 adopted succeeded",
        "assign anna +498955501000 rule succeeded",
        "assign bert +498955501002 rule succeeded",
    ]);
    story.ends().await;
}

async fn a_sync_of_one_person_leaves_the_others(database: &Database) {
    let mut story = two_people(database).await;
    let one = story.run(&["sync", "--user", "bert@contoso.example"]).await;
    one.exits(0)
        .changes(&["assign bert +498955501000 rule succeeded"]);
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501001 rule succeeded"]);
    story.switch(keep());
    story.unlicense("anna", E5);
    story.unlicense("bert", E5);
    story.joins("carl", "München", &[E5]);
    let one = story.run(&["sync", "--user", "anna@contoso.example"]).await;
    one.exits(0)
        .changes(&["release anna +498955501001 delicensed succeeded"]);
    story
        .run(&["sync", "--user", "nobody@contoso.example"])
        .await
        .exits(1)
        .says(&["nobody@contoso.example"]);
    story.sync(0).await.changes(&[
        "release bert +498955501000 delicensed succeeded",
        "assign carl +498955501002 rule succeeded",
    ]);
    story.ends().await;
}
