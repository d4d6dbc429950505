//! What the service tells others by itself: signed, in order, and nothing lost.

use super::ASKED_ONLY;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::receiver::{Receiver, SECRET};
use crate::harness::scenario::Scenario;
use crate::harness::service::Service;
use crate::harness::tenant::{E5, Tenant, upn};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

on_both_engines!(
    what_happens_is_told_signed_and_in_order,
    nothing_is_lost_while_receiver_and_service_are_away,
    what_a_receiver_does_not_want_holds_nobody_up,
    a_receiver_hears_what_it_asked_for,
);

/// A single number, and an alert when it is gone.
const ONE_NUMBER: &str = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000
  quarantine 30 days
  low-stock  1
  when       city = "München"
}
"#;

const TEN_NUMBERS: &str = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1009
  quarantine 30 days
  when       city = "München"
}
"#;

async fn told(database: &Database, people: &[&str], rules: &str, blocks: &str) -> Scenario {
    let tenant = people.iter().fold(Tenant::default(), |tenant, name| {
        tenant.person(name, "München", &[E5])
    });
    let story = Scenario::new(database, tenant, rules).await;
    story.write("hook", &format!("{SECRET}\n"));
    story.configure(ASKED_ONLY, blocks);
    story
}

/// Nothing secret stands in the log.
#[track_caller]
fn keeps_secrets(log: &str) {
    for secret in ["s3cr3t-of-the-address", &SECRET["whsec_".len()..]] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

/// Long enough for the service to tell what it has to tell.
async fn a_while() {
    tokio::time::sleep(Duration::from_secs(5)).await;
}

async fn what_happens_is_told_signed_and_in_order(database: &Database) {
    let receiver = Receiver::start().await;
    let story = told(database, &["anna", "bert"], ONE_NUMBER, &receiver.block("")).await;
    let service = story.serve().await;
    assert_eq!(service.sync().await["summary"]["assign"], 1);
    let expected = [
        "assigned anna +498955501000 muc rule",
        "low-stock muc",
        "exhausted muc",
    ];
    assert_eq!(receiver.takes(3).await, expected);
    let first = &receiver.all()[0].body;
    assert_eq!(first["data"]["tenant"], "contoso");
    assert_eq!(first["data"]["user"]["id"], story.id_of("anna"));
    assert!(first["data"]["sync"].is_string() && first["timestamp"].is_string());
    assert_eq!(receiver.all()[2].body["data"]["count"], 1);
    // What stands is not told again, and nothing else has happened.
    service.sync().await;
    a_while().await;
    assert_eq!(receiver.lines().len(), 3, "{:?}", receiver.lines());
    // What another process does by hand is told, too.
    story.run(&["release", &upn("anna")]).await.exits(0);
    assert_eq!(
        receiver.takes(4).await[3],
        "released anna +498955501000 muc manual"
    );
    story.rules("range \"muc\" {");
    let refused = receiver.takes(5).await;
    assert!(refused[4].starts_with("rules-refused "), "{refused:?}");
    assert!(refused[4].contains("offices.rules:1:"), "{refused:?}");
    let ids: BTreeSet<String> = receiver.all().into_iter().map(|m| m.id).collect();
    assert_eq!(ids.len(), 5, "each message has an id of its own");
    let text = format!("{:?}", receiver.all());
    assert!(
        !text.contains("displayName") && !text.contains("Anna "),
        "{text}"
    );
    keeps_secrets(&service.stop().await);
}

async fn nothing_is_lost_while_receiver_and_service_are_away(database: &Database) {
    let receiver = Receiver::start().await;
    receiver.answers(500);
    let people = ["anna", "bert", "carl"];
    let mut story = told(database, &people, TEN_NUMBERS, &receiver.block("")).await;
    let service = story.serve().await;
    service.sync().await;
    service.logs("a webhook message was not taken").await;
    let first = receiver.all()[0].id.clone();
    service.kill().await;
    story.joins("dora", "München", &[E5]);
    story.sync(0).await;
    receiver.answers(204);
    let service = story.serve().await;
    let lines = receiver.takes(4).await;
    let expected: BTreeSet<String> = ["anna", "bert", "carl", "dora"]
        .iter()
        .enumerate()
        .map(|(at, name)| format!("assigned {name} +49895550100{at} muc rule"))
        .collect();
    assert_eq!(lines.iter().cloned().collect::<BTreeSet<_>>(), expected);
    assert!(lines[3].contains("dora"), "in their order: {lines:?}");
    let taken: Vec<_> = receiver
        .all()
        .into_iter()
        .filter(|m| m.status < 300)
        .collect();
    assert_eq!(taken[0].id, first, "the same message has the same id");
    a_while().await;
    assert_eq!(receiver.lines().len(), 4, "each once");
    service.stop().await;
    let again = story.serve().await;
    a_while().await;
    assert_eq!(receiver.lines().len(), 4, "a start tells nothing anew");
    keeps_secrets(&again.stop().await);
}

async fn what_a_receiver_does_not_want_holds_nobody_up(database: &Database) {
    let receiver = Receiver::start().await;
    receiver.answers(302);
    let mut story = told(database, &["anna"], TEN_NUMBERS, &receiver.block("")).await;
    let service = story.serve().await;
    assert_eq!(
        service.sync().await["status"],
        "succeeded",
        "no sync waits for it"
    );
    service.logs("redirects are not followed").await;
    receiver.answers(410);
    service.logs("a webhook message is given up").await;
    receiver.answers(204);
    story.joins("bert", "München", &[E5]);
    service.sync().await;
    assert_eq!(
        receiver.takes(1).await,
        ["assigned bert +498955501001 muc rule"]
    );
    let shown = service.ask("GET", "/metrics", Value::Null).await.text;
    let outcome = |outcome: &str| {
        let labels = format!(
            "receiver=\"http://{}\",outcome=\"{outcome}\"",
            receiver.address
        );
        format!("linekeeper_webhook_messages_total{{{labels}}} 1")
    };
    for outcome in [outcome("delivered"), outcome("given-up")] {
        assert!(
            shown.lines().any(|line| line == outcome),
            "{outcome} in {shown}"
        );
    }
    keeps_secrets(&shown);
    keeps_secrets(&service.stop().await);
}

async fn a_receiver_hears_what_it_asked_for(database: &Database) {
    let (all, held, none) = (
        Receiver::start().await,
        Receiver::start().await,
        Receiver::start().await,
    );
    let blocks = format!(
        "{}{}",
        all.block("tenants = [\"contoso\"]"),
        held.block("events = [\"held\"]")
    );
    let story = told(database, &["anna", "bert"], TEN_NUMBERS, &blocks).await;
    let braked = format!("{ASKED_ONLY}\n[safety]\nmax_assignments = 1");
    story.configure(&braked, &blocks);
    let service: Service = story.serve().await;
    assert_eq!(service.sync().await["status"], "held");
    assert_eq!(held.takes(1).await, ["held"]);
    assert_eq!(all.takes(1).await, ["held"]);
    assert_eq!(all.all()[0].id, held.all()[0].id, "one event, one id");
    // The same list, held anew, is no news.
    service.sync().await;
    a_while().await;
    assert_eq!(held.lines().len(), 1);
    // Other receivers from now on, and what was before is nothing to them.
    story.configure(ASKED_ONLY, &none.block(""));
    service.signal("HUP");
    service.logs("the configuration was read again").await;
    service.sync().await;
    let lines = none.takes(2).await;
    assert!(
        lines.iter().all(|line| line.starts_with("assigned ")),
        "{lines:?}"
    );
    assert_eq!((all.lines().len(), held.lines().len()), (1, 1));
    service.stop().await;
}
