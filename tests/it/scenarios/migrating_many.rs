//! A migration of five hundred people: waves, a failure in the middle, a pause, a wave that goes back, and the end.

use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, nth_id, person, products_without};
use linekeeper::simulator::TenantFile;
use serde_json::{Value, json};

on_both_engines!(five_hundred_people_keep_their_numbers);

const PEOPLE: usize = 500;
const WAVE: usize = 100;

const RULES: &str = r#"
operator "Telecom" { countries ["DE"] migration after-upload }
range "muc" {
  type       direct-routing
  operator   "Telecom"
  numbers    +49 89 555 1000 to 1599
  quarantine 30 days
  when       city = "München"
}
"#;

fn number(n: usize) -> String {
    format!("+4989555{}", 1000 + n)
}

fn tenant() -> TenantFile {
    let users = (1..=PEOPLE).map(|n| {
        let mut user = person(&nth_id(n), &format!("user{n}"), "München", &[E5]);
        user["assignedPlans"] = [
            "4828c8ec-dc2e-4779-b502-87ac9ce28ab7",
            "57ff2da0-773e-42df-b2af-ffb7a2317929",
        ]
        .map(|plan| {
            json!({"assignedDateTime": "2024-03-01T08:00:00Z", "capabilityStatus": "Enabled",
                    "service": "MicrosoftCommunicationsOnline", "servicePlanId": plan})
        })
        .into();
        user
    });
    let numbers = (1..=PEOPLE).map(|n| {
        json!({"telephoneNumber": number(n), "numberType": "directRouting", "assignmentStatus": "userAssigned",
            "assignmentTargetId": nth_id(n), "assignmentCategory": "primary"})
    });
    let other = json!({"telephoneNumber": "+498955509999", "numberType": "operatorConnect"});
    let file = json!({"users": users.collect::<Vec<_>>(), "numbers": numbers.chain([other]).collect::<Vec<_>>(),
        "policies": [], "subscribedSkus": products_without(&[])});
    TenantFile::from_value(file).expect("a valid tenant")
}

/// The numbers of a wave, from 1.
fn wave(nth: usize) -> Vec<String> {
    ((nth - 1) * WAVE + 1..=nth * WAVE).map(number).collect()
}

struct Move<'s>(&'s Scenario);

impl Move<'_> {
    async fn order(&self, verb: &str, more: &[&str]) {
        let command = [
            "migrate",
            verb,
            "--range",
            "muc",
            "--to",
            "operator-connect",
        ];
        self.0.run(&[&command[..], more].concat()).await.exits(0);
    }

    fn uploads(&self, nth: usize, more: Value) {
        let mut body = json!({"numbers": wave(nth), "isoCountryCode": "DE", "shown": "twice"});
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        self.0.control("POST", "/_sim/operator", body);
    }

    /// The latest migration, and how many of a wave are in a state.
    async fn status(&self) -> Value {
        let status = self.0.run(&["migrate", "status"]).await;
        status.exits(0).items().remove(0)
    }

    async fn counts(&self, nth: usize, state: &str, expected: usize) {
        let status = self.status().await;
        let wave = &status["waves"][nth - 1];
        assert_eq!(wave[state], expected, "wave {nth} {state}: {wave}");
    }

    async fn until_done(&self) {
        for _ in 0..12 {
            self.0.sync(0).await;
            if self.status().await["state"] == "done" {
                return;
            }
        }
        panic!("it never ends: {}", self.status().await["waves"]);
    }
}

async fn five_hundred_people_keep_their_numbers(database: &Database) {
    let story = Scenario::of_file(database, tenant(), RULES).await;
    let moves = Move(&story);
    story.sync(0).await.has("/summary/adopt", PEOPLE);
    let before = story.held();
    moves
        .order("start", &["--confirm", "--wave-size", "100"])
        .await;
    moves.counts(1, "waiting", WAVE).await;
    moves.uploads(1, json!({}));
    story.sync(0).await.has("/summary/release", WAVE);
    story.sync(0).await.has("/summary/assign", WAVE);
    story.sync(0).await;
    moves.counts(1, "verified", WAVE).await;
    // In the middle of the second wave three people fail, and the migration is paused.
    moves.uploads(2, json!({}));
    story.sync(0).await.has("/summary/release", WAVE);
    story.fault(
        "assignNumber",
        3,
        json!({"fail_operation": "Something went wrong."}),
    );
    story.sync(4).await.has("/summary/failed", 3);
    moves.counts(2, "failed", 3).await;
    moves.counts(3, "planned", WAVE).await;
    moves.order("pause", &[]).await;
    story.repeats(0).await;
    // The second wave goes back: the operator lists its numbers with the old type again.
    moves.order("rollback", &["--wave", "2"]).await;
    moves.uploads(2, json!({"numberType": "directRouting", "how": "in-place"}));
    story.sync(0).await.has("/summary/assign", 3);
    story.sync(0).await;
    moves.counts(2, "returned", WAVE).await;
    moves.counts(3, "planned", WAVE).await;
    // The rest is moved, and then the second wave after all.
    (3..=5).for_each(|nth| moves.uploads(nth, json!({})));
    moves.order("start", &["--confirm"]).await;
    moves.until_done().await;
    for nth in [1, 3, 4, 5] {
        moves.counts(nth, "verified", WAVE).await;
    }
    assert_eq!(story.held(), before, "everybody has the number they had");
    moves
        .order("start", &["--confirm", "--wave-size", "100"])
        .await;
    moves.uploads(2, json!({}));
    moves.until_done().await;
    moves.counts(1, "verified", WAVE).await;
    assert_eq!(story.held(), before, "everybody has the number they had");
    let state = story.control("GET", "/_sim/state", Value::Null);
    let moved = (1..=PEOPLE).filter(|n| state["numbers"][number(*n)]["type"] == "operatorConnect");
    assert_eq!(moved.count(), PEOPLE, "everybody's number has moved");
    story.ends().await;
}
