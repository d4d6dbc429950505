//! Numbers reserved for people by name, who may join later.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::short;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E3, E5, Tenant, upn};
use linekeeper::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

on_both_engines!(
    whoever_joins_gets_the_number_reserved_by_name,
    nobody_else_gets_it,
    a_reservation_that_has_expired_counts_for_nothing,
    where_several_are_meant_nobody_gets_it,
    somebody_who_is_there_already_is_served_next,
    a_leaver_s_number_waits_for_the_successor,
);

const NUMBER: &str = "+498955501005";

impl Scenario {
    /// `numbers reserve NUMBER --for WHOM`.
    async fn reserve_for(&self, number: &str, whom: &str, more: &[&str]) -> Value {
        let more = [&["--for", whom, "--reason", "board"], more].concat();
        self.numbers("reserve", number, &more, 0).await.report()
    }
}

async fn empty(database: &Database) -> Scenario {
    let tenant = Tenant::default().person("otto", "Hamburg", &[E3]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.sync(0).await;
    story
}

async fn whoever_joins_gets_the_number_reserved_by_name(database: &Database) {
    let mut story = empty(database).await;
    let set = story
        .reserve_for(NUMBER, " ANNA@Contoso.example ", &[])
        .await;
    assert_eq!(set["reserved"]["for"], "ANNA@Contoso.example");
    story.reserve_for("+498955501006", "E-4711", &[]).await;
    story
        .reserve_for("+498955501007", "dora.mail@contoso.example", &[])
        .await;
    let listed = story
        .run(&["numbers", "list", "--state", "reserved"])
        .await
        .items();
    let whom: Vec<&str> = listed
        .iter()
        .filter_map(|item| item["for"].as_str())
        .collect();
    assert_eq!(
        whom,
        [
            "ANNA@Contoso.example",
            "E-4711",
            "dora.mail@contoso.example"
        ]
    );
    let told = story.text(&["explain", NUMBER]).await;
    assert!(
        told.contains("for ANNA@Contoso.example, who gets it on joining"),
        "{told}"
    );
    assert!(
        story
            .text(&["numbers", "list", "--state", "reserved"])
            .await
            .contains("for E-4711")
    );
    // They join: one without licence yet, one whom no range fits, one who is known by mail.
    story.joins("anna", "München", &[E3]);
    story.joins_with("carl", "Hamburg", &[E5], json!({"employeeId": "e-4711"}));
    story.joins_with(
        "dora",
        "München",
        &[E5],
        json!({"mail": "Dora.Mail@contoso.example"}),
    );
    story.joins("emil", "München", &[E5]);
    story.sync(0).await.changes(&[
        "assign carl +498955501006 pinned succeeded",
        "assign dora +498955501007 pinned succeeded",
        "assign emil +498955501000 rule succeeded",
    ]);
    story.license("anna", E5);
    let told = story.text(&["explain", "anna@contoso.example"]).await;
    assert!(!told.is_empty());
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501005 pinned succeeded"]);
    // It has served: what comes back rests as any.
    story.release("anna", &[], 0).await;
    story.number(NUMBER, "quarantined").await;
    story.ends().await;
}

async fn nobody_else_gets_it(database: &Database) {
    let mut story = empty(database).await;
    let one_number = MUNICH.replace("1000 to 1009", "1005");
    story.rules(&one_number);
    story.reserve_for(NUMBER, &upn("anna"), &[]).await;
    story.joins("bert", "München", &[E5]);
    story.sync(0).await.notes(&["exhausted bert"]);
    story
        .refuses(
            "bert",
            &[NUMBER],
            &["is reserved for anna@contoso.example", "numbers unreserve"],
        )
        .await;
    story
        .users("pin", "bert", &[NUMBER, "--force"], 1)
        .await
        .says(&["is reserved for anna"]);
    story.joins("anna", "München", &[E5]);
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501005 pinned succeeded"]);
    story
        .numbers("reserve", NUMBER, &["--for", "  "], 1)
        .await
        .says(&["write for whom"]);
    story.ends().await;
}

async fn a_reservation_that_has_expired_counts_for_nothing(database: &Database) {
    let mut story = empty(database).await;
    let until = SystemClock::default().now() + jiff::SignedDuration::from_hours(24);
    story
        .reserve_for(
            "+498955501000",
            &upn("anna"),
            &["--until", &until.to_string()],
        )
        .await;
    story.joins("bert", "München", &[E5]);
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501001 rule succeeded"]);
    story.later("25h");
    story.joins("carl", "München", &[E5]);
    story.joins("anna", "München", &[E5]);
    let made = story.sync(0).await;
    let mut lines = made.change_lines();
    lines.sort();
    assert_eq!(lines.len(), 2, "{made}");
    assert!(lines.iter().all(|line| line.contains(" rule ")), "{made}");
    assert!(
        story
            .held()
            .iter()
            .any(|line| line.starts_with("+498955501000 ")),
        "{made}"
    );
    story.ends().await;
}

async fn where_several_are_meant_nobody_gets_it(database: &Database) {
    let mut story = empty(database).await;
    // One number for two people, of whom one is there already and wants none.
    story.change("otto", json!({"employeeId": "4711"}));
    story.reserve_for(NUMBER, "4711", &[]).await;
    story.joins_with("anna", "München", &[E5], json!({"employeeId": "4711"}));
    // Two numbers for one person.
    story.reserve_for("+498955501006", &upn("bert"), &[]).await;
    story.reserve_for("+498955501007", "4712", &[]).await;
    story.joins_with("bert", "München", &[E5], json!({"employeeId": "4712"}));
    let made = story.sync(0).await;
    made.changes(&[]).notes(&["conflict anna", "conflict bert"]);
    let report = made.report();
    let detail = |name: &str| {
        let mut notes = report["notes"].as_array().expect("notes").iter();
        let note =
            notes.find(|note| note["kind"] == "conflict" && short(&note["user"]["upn"]) == name);
        note.expect("a note")["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert!(detail("anna").contains("means several people"), "{made}");
    assert!(
        detail("bert").contains("+498955501006, +498955501007 are all reserved"),
        "{made}"
    );
    for name in ["anna", "bert"] {
        let told = story.text(&["explain", &upn(name)]).await;
        assert!(told.contains("reserved for"), "{told}");
        assert!(told.contains("conflict"), "{told}");
    }
    story.repeats(0).await;
    // Once it is clear who is meant, they are served.
    story.numbers("unreserve", "+498955501006", &[], 0).await;
    story.change("otto", json!({"employeeId": "9"}));
    story.sync(0).await.changes(&[
        "assign anna +498955501005 pinned succeeded",
        "assign bert +498955501007 pinned succeeded",
    ]);
    story.ends().await;
}

async fn somebody_who_is_there_already_is_served_next(database: &Database) {
    let mut story = empty(database).await;
    story.joins("carl", "Hamburg", &[E5]);
    story.sync(0).await.notes(&["no-range carl"]);
    story.sync(0).await.notes(&[]);
    story.reserve_for(NUMBER, &upn("carl"), &[]).await;
    let told = story.text(&["explain", &upn("carl")]).await;
    assert!(told.contains("reserved for carl@contoso.example"), "{told}");
    story
        .sync(0)
        .await
        .changes(&["assign carl +498955501005 pinned succeeded"]);
    story.ends().await;
}

async fn a_leaver_s_number_waits_for_the_successor(database: &Database) {
    let mut story = empty(database).await;
    story.joins("anna", "München", &[E5]);
    story.sync(0).await;
    story.reserve_for("+498955501000", &upn("bert"), &[]).await;
    let told = story.text(&["explain", "+498955501000"]).await;
    assert!(
        told.contains("reserved for bert@contoso.example, once it is to be had"),
        "{told}"
    );
    story.joins("bert", "München", &[E5]);
    // The successor waits for that number, and gets no other; a change by hand is as good as a leave.
    story.sync(0).await.changes(&[]).notes(&["conflict bert"]);
    story.assign("anna", &["+498955501003"], 0).await;
    story.sync(0).await.changes(&[]).notes(&["conflict bert"]);
    story.numbers("free", "+498955501000", &[], 0).await;
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501000 pinned succeeded"]);
    story.ends().await;
}
