//! Months in a minute: people come, move and go while Graph throttles, rules break and are mended, and the service is
//! killed. In the end everything is as the rules say.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::service::Service;
use crate::harness::tenant::{E5, Tenant};
use serde_json::json;
use std::collections::BTreeSet;

on_both_engines!(everything_ends_as_the_rules_say);

/// A sync every second.
const EVERY_SECOND: &str = "mode = \"apply\"\n[schedule]\ncron = \"* * * * * *\"";

fn holders(story: &Scenario) -> Vec<String> {
    let held = story.held();
    let names = held.iter().filter_map(|line| line.split_once(' '));
    let mut names: Vec<String> = names.map(|(_, name)| name.to_owned()).collect();
    names.sort();
    names
}

/// Waits until exactly these hold a number, one each.
async fn until_held_by(service: &Service, story: &Scenario, expected: &[&str]) {
    let what = format!("{expected:?} to hold a number each");
    service
        .until(&what, async || (holders(story) == expected).then_some(()))
        .await;
}

async fn everything_ends_as_the_rules_say(database: &Database) {
    let tenant = Tenant::default().people("user", 5, "München", &[E5]);
    let mut story = Scenario::new(database, tenant, MUNICH).await;
    story.configure(
        EVERY_SECOND,
        "[tenant.safety]\nmax_releases = 100\nmax_release_percent = 100",
    );
    story.switch(json!({"on_licence_loss": {"directRouting": {"mode": "keep"}}}));
    let service = story.serve().await;
    let first = ["user-a", "user-b", "user-c", "user-d", "user-e"];
    until_held_by(&service, &story, &first).await;
    let kept: BTreeSet<String> = story.held().into_iter().collect();

    // Somebody joins while Graph throttles, somebody moves, somebody leaves.
    story.fault("users/delta", 2, json!({"status": 429, "retry_after": "1"}));
    story.fault("ssignNumber", 2, json!({"status": 429, "retry_after": "1"}));
    story.joins("joiner", "München", &[E5]);
    story.change("user-a", json!({"city": "Köln"}));
    story.unlicense("user-b", E5);
    story.delete("user-c", false);
    until_held_by(&service, &story, &["joiner", "user-a", "user-d", "user-e"]).await;

    // The rules break; life goes on with the last good ones. Then they are mended and say more.
    story.rules("range \"muc\" {");
    service.logs("the newest rules cannot be used").await;
    story.joins("late", "München", &[E5]);
    until_held_by(
        &service,
        &story,
        &["joiner", "late", "user-a", "user-d", "user-e"],
    )
    .await;
    let cologne = MUNICH
        .replace("muc", "cgn")
        .replace("+49 89 5550", "+49 221 5550")
        .replace("München", "Köln");
    story.joins("kurt", "Köln", &[E5]);
    story.rules(&format!("{MUNICH}\n{cologne}"));
    until_held_by(
        &service,
        &story,
        &["joiner", "kurt", "late", "user-a", "user-d", "user-e"],
    )
    .await;

    // Killed with writes under way.
    story.switch(json!({"operation_time": "1s"}));
    for name in ["x", "y", "z"] {
        story.joins(name, "München", &[E5]);
    }
    let sent = story.sent("assignNumber");
    service
        .until("a write under way", async || {
            (story.sent("assignNumber") > sent).then_some(())
        })
        .await;
    service.kill().await;
    story.switch(json!({"operation_time": "0s"}));
    let service = story.serve().await;
    let all = [
        "joiner", "kurt", "late", "user-a", "user-d", "user-e", "x", "y", "z",
    ];
    until_held_by(&service, &story, &all).await;
    // What the killed one had under way is settled by a sync of this one, once the dead one's lease has run out.
    service.logs("sync ended").await;
    let log = service.stop().await;
    assert!(!log.contains("defect"), "{log}");

    // Who stayed kept the number, nobody has two, and nothing is left to do.
    let held = story.held();
    let stayed = kept.iter().filter(|line| {
        ["user-a", "user-d", "user-e"]
            .iter()
            .any(|name| line.ends_with(name))
    });
    assert!(
        stayed.into_iter().all(|line| held.contains(line)),
        "{kept:?} {held:?}"
    );
    story.forget_log();
    let last = story.sync(0).await;
    last.changes(&[]);
    assert_eq!(story.writes(), [""; 0]);
    story.agrees().await;
}
