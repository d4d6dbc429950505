//! What people set by hand: exemptions, pins, reservations, rests, suspended ranges, pauses.

use super::{MUNICH, ONE_NUMBER, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{CALLING_PLAN, E5, Tenant};
use serde_json::json;
use std::time::Duration;

on_both_engines!(
    an_exempt_person_is_left_alone_until_it_ends,
    a_pinned_person_gets_the_number_and_nobody_else_does,
    a_pin_moves_only_when_asked_to,
    a_pin_that_makes_no_sense_is_refused,
    a_reserved_number_is_given_by_people_only,
    a_number_rests_as_long_as_people_want,
    a_blocked_number_can_be_tried_again,
    a_suspended_range_gives_nothing_until_resumed,
    a_pause_stops_a_sync_under_way_before_its_next_write,
);

fn town(names: &[&str]) -> Tenant {
    names.iter().fold(Tenant::default(), |tenant, name| {
        tenant.person(name, "München", &[E5])
    })
}

async fn an_exempt_person_is_left_alone_until_it_ends(database: &Database) {
    let mut story = Scenario::new(database, town(&["anna", "bert"]), MUNICH).await;
    story.switch(keep());
    story.configure("mode = \"observe\"", "");
    story.sync(0).await;
    story.configure("mode = \"apply\"", "");
    let until = ["--reason", "on leave", "--until", "2100-01-01"];
    story
        .users("exempt", "anna", &until, 0)
        .await
        .has("/exempt/reason", "on leave")
        .has("/exempt/until", "2100-01-01T00:00:00Z")
        .has("/user/upn", "anna@contoso.example");
    story
        .users("exempt", "anna", &["--until", "2020-01-01"], 1)
        .await
        .says(&["has passed already"]);
    story
        .users("exempt", "nobody", &[], 1)
        .await
        .says(&["no user", "nobody@"]);
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501000 rule succeeded"]);
    // Also somebody who has a number is left alone.
    story.users("exempt", "bert", &[], 0).await;
    story.unlicense("bert", E5);
    story.sync(0).await.changes(&[]).notes(&["exempt bert"]);
    story
        .users("unexempt", "bert", &[], 0)
        .await
        .has("/exempt", json!(null));
    story
        .sync(0)
        .await
        .changes(&["release bert +498955501000 delicensed succeeded"]);
    let short = ["--until", &tomorrow()];
    story.users("exempt", "anna", &short, 0).await;
    story.sync(0).await.changes(&[]);
    story.later("3d");
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501001 rule succeeded"]);
    story.ends().await;
}

/// The day after tomorrow begins within two days.
fn tomorrow() -> String {
    let now = linekeeper::clock::Clock::now(&linekeeper::clock::SystemClock::default());
    let then = now + jiff::SignedDuration::from_hours(48);
    then.strftime("%Y-%m-%d").to_string()
}

async fn a_pinned_person_gets_the_number_and_nobody_else_does(database: &Database) {
    let mut story = Scenario::new(database, town(&["anna", "bert"]), MUNICH).await;
    story.configure("mode = \"observe\"", "");
    story.sync(0).await;
    story.configure("mode = \"apply\"", "");
    story
        .users("pin", "bert", &["+498955501000"], 0)
        .await
        .has("/pin", "+498955501000")
        .has("/changed", true);
    story
        .refuses(
            "anna",
            &["+498955501000"],
            &["is pinned to bert@contoso.example", "users unpin"],
        )
        .await;
    story
        .users("pin", "anna", &["+498955501000"], 1)
        .await
        .says(&["is pinned to bert@"]);
    story.sync(0).await.changes(&[
        "assign anna +498955501001 rule succeeded",
        "assign bert +498955501000 pinned succeeded",
    ]);
    story
        .users("unpin", "bert", &[], 0)
        .await
        .has("/pin", json!(null));
    story
        .users("unpin", "bert", &[], 0)
        .await
        .has("/changed", false);
    story.sync(0).await.changes(&[]);
    story.joins("carl", "München", &[E5]);
    story
        .sync(0)
        .await
        .changes(&["assign carl +498955501002 rule succeeded"]);
    story.ends().await;
}

async fn a_pin_moves_only_when_asked_to(database: &Database) {
    let story = Scenario::new(database, town(&["anna"]), MUNICH).await;
    story.sync(0).await;
    story
        .users("pin", "anna", &["+498955501005"], 0)
        .await
        .has("/number", "+498955501000");
    story
        .sync(0)
        .await
        .changes(&[])
        .notes(&["pin-differs anna"]);
    story.number("+498955501005", "reserved anna").await;
    let moved = story
        .users("pin", "anna", &["+498955501005", "--move"], 0)
        .await;
    let reports = moved.reports();
    assert_eq!(reports.len(), 2, "{moved}");
    assert_eq!(reports[1]["summary"]["assign"], 1, "{moved}");
    story.teams(&["+498955501005 anna"]);
    story.sync(0).await.changes(&[]).notes(&[]);
    story.ends().await;
}

async fn a_pin_that_makes_no_sense_is_refused(database: &Database) {
    let rules = format!(
        "{MUNICH}\nrange \"vip\" {{ type direct-routing numbers +49 89 5550 2000 to 2009 never +49 89 5550 2001 quarantine 0 days }}"
    );
    let tenant = town(&["anna", "bert"]).person("dora", "Seattle", &[E5, CALLING_PLAN]);
    let story = Scenario::new(database, tenant, &rules).await;
    story.sync(0).await;
    let wrong: [(&str, &str, &[&str]); 4] = [
        ("anna", "+498955507777", &["lies in no range"]),
        (
            "dora",
            "+498955502000",
            &["is direct-routing", "calling-plan"],
        ),
        ("anna", "+498955502001", &["never gives", "--force"]),
        (
            "anna",
            "+498955501001",
            &["is with bert@contoso.example", "linekeeper release"],
        ),
    ];
    for (who, number, said) in wrong {
        story.users("pin", who, &[number], 1).await.says(said);
    }
    story
        .users("pin", "anna", &["089"], 2)
        .await
        .says(&["is no telephone number"]);
    story
        .users("pin", "anna", &["+498955502001", "--force", "--move"], 0)
        .await;
    story.teams(&["+498955501001 bert", "+498955502001 anna"]);
    story.sync(0).await;
    story.ends().await;
}

async fn a_reserved_number_is_given_by_people_only(database: &Database) {
    let mut story = Scenario::new(database, town(&["anna", "bert"]), MUNICH).await;
    let until = ["--reason", "board", "--until", "2100-01-01T12:00:00+01:00"];
    story
        .numbers("reserve", "+498955501000", &until, 0)
        .await
        .has("/state", "reserved")
        .has("/reserved/reason", "board")
        .has("/until", "2100-01-01T11:00:00Z");
    story
        .numbers("reserve", "+498955507777", &[], 1)
        .await
        .says(&["lies in no range"]);
    story
        .numbers("reserve", "+498955501001", &["--until", &tomorrow()], 0)
        .await;
    story.sync(0).await.changes(&[
        "assign anna +498955501002 rule succeeded",
        "assign bert +498955501003 rule succeeded",
    ]);
    story.assign("bert", &["+498955501000"], 0).await;
    story.teams(&["+498955501000 bert", "+498955501002 anna"]);
    // Once it ends, the rules give it again.
    story.later("3d");
    story.number("+498955501001", "free").await;
    story.joins("carl", "München", &[E5]);
    story
        .sync(0)
        .await
        .changes(&["assign carl +498955501001 rule succeeded"]);
    story.release("bert", &[], 0).await;
    story.number("+498955501000", "reserved").await;
    story
        .numbers("unreserve", "+498955501000", &[], 0)
        .await
        .has("/state", "quarantined");
    story.sync(0).await;
    story.ends().await;
}

async fn a_number_rests_as_long_as_people_want(database: &Database) {
    let mut story = Scenario::new(database, town(&["anna"]), ONE_NUMBER).await;
    story.switch(keep());
    story
        .numbers("rest", "+498955501000", &["--until", &tomorrow()], 0)
        .await
        .has("/state", "quarantined");
    story.sync(0).await.changes(&[]).notes(&["exhausted anna"]);
    story
        .numbers("free", "+498955501000", &[], 0)
        .await
        .has("/state", "free");
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 rule succeeded"]);
    for command in ["free", "rest"] {
        let until: &[&str] = if command == "rest" {
            &["--until", "2100-01-01"]
        } else {
            &[]
        };
        let refused = story.numbers(command, "+498955501000", until, 1).await;
        refused.says(&["is held by anna@contoso.example"]);
    }
    story.unlicense("anna", E5);
    story.joins("bert", "München", &[E5]);
    story.sync(0).await;
    story.sync(0).await.changes(&[]).notes(&["exhausted bert"]);
    story.numbers("free", "+498955501000", &[], 0).await;
    story
        .numbers("free", "+498955501000", &[], 0)
        .await
        .has("/changed", false);
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501000 rule succeeded"]);
    story.ends().await;
}

async fn a_blocked_number_can_be_tried_again(database: &Database) {
    let mut story = Scenario::new(database, town(&["anna", "bert"]), ONE_NUMBER).await;
    story.switch(json!({"blocked_numbers": ["+498955501000"]}));
    story.sync(4).await;
    // A second refusal counts when it comes an hour later.
    story.later("2h");
    story.sync(4).await;
    story.number("+498955501000", "blocked").await;
    story
        .refuses(
            "anna",
            &["+498955501000"],
            &["blocked until", "numbers unblock"],
        )
        .await;
    story.switch(json!({"blocked_numbers": []}));
    story
        .numbers("unblock", "+498955501000", &[], 0)
        .await
        .has("/state", "free");
    story.assign("anna", &["+498955501000"], 0).await;
    story.sync(0).await;
    story.ends().await;
}

async fn a_suspended_range_gives_nothing_until_resumed(database: &Database) {
    let mut story = Scenario::new(database, town(&["anna", "bert", "carl"]), MUNICH).await;
    let suspend = [
        "ranges",
        "suspend",
        "muc",
        "--reason",
        "port to the new trunk",
    ];
    story.run(&suspend).await.exits(0).has("/suspended", true);
    story.sync(0).await.changes(&[]);
    story.noted("suspended", &["anna", "bert", "carl"]).await;
    let said = ["is suspended: port to the new trunk", "ranges resume muc"];
    story.refuses("anna", &["+498955501000"], &said).await;
    story.refuses("anna", &[], &said).await;
    let unknown = story
        .run(&["ranges", "suspend", "nowhere", "--reason", "x"])
        .await;
    unknown.exits(1).says(&["no range is called `nowhere`"]);
    story
        .run(&["ranges", "resume", "muc"])
        .await
        .exits(0)
        .has("/suspended", false);
    // The same reopens a range that was suspended because Teams refused three people.
    story.switch(json!({"blocked_numbers": ["+498955501000", "+498955501001", "+498955501002"]}));
    story.sync(4).await;
    let ranges = story.run(&["ranges", "list"]).await;
    assert_eq!(ranges.items()[0]["suspended"], true, "{ranges}");
    story.switch(json!({"blocked_numbers": []}));
    story
        .run(&["ranges", "resume", "muc"])
        .await
        .exits(0)
        .has("/changed", true);
    story.joins("dora", "München", &[E5]);
    story.sync(0).await.has("/summary/assign", 4);
    story.ends().await;
}

async fn a_pause_stops_a_sync_under_way_before_its_next_write(database: &Database) {
    let story = Scenario::new(
        database,
        Tenant::default().people("user", 5, "München", &[E5]),
        MUNICH,
    )
    .await;
    let slow = "[graph]\noperations = 1\n";
    let config = std::fs::read_to_string(story.folder().join("linekeeper.toml")).expect("there");
    story.write("linekeeper.toml", &config.replace("[graph]\n", slow));
    story.switch(json!({"operation_time": "700ms"}));
    let sync = story.invocation(&["sync"]);
    let sync = tokio::spawn(sync.run());
    while story.sent("assignNumber") == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    story
        .run(&["pause", "--reason", "wrong range"])
        .await
        .exits(0)
        .has("/paused", true);
    let sync = sync.await.expect("no panic");
    sync.exits(5);
    let sent = story.sent("assignNumber");
    assert!(
        (1..5).contains(&sent),
        "{sent} assignments were sent: {sync}"
    );
    let held = story.run(&["sync"]).await;
    held.exits(5);
    assert_eq!(story.sent("assignNumber"), sent, "{held}");
    story.run(&["resume"]).await.exits(0).has("/paused", false);
    story.switch(json!({"operation_time": "0s"}));
    story.sync(0).await;
    assert_eq!(story.held().len(), 5);
    story.ends().await;
}
