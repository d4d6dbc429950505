//! A small office whose numbers move to another type.

use super::database::Database;
use super::run::Run;
use super::scenario::Scenario;
use super::tenant::{E5, Tenant};
use serde_json::{Value, json};

/// One office whose numbers move in some WAY.
const RULES: &str = r#"
operator "Telecom" { countries ["DE"] migration WAY }
range "muc" {
  type       direct-routing
  operator   "Telecom"
  numbers    +49 89 5550 1000 to 1009
  quarantine 30 days
  when       city = "München"
  policy     OnlineVoiceRoutingPolicy "DE-Munich"
  policy     TenantDialPlan "DE"
}
"#;

/// Which migration.
pub(crate) const RANGE: [&str; 4] = ["--range", "muc", "--to", "operator-connect"];

/// The rules with an operator of this way.
pub(crate) fn rules(way: &str) -> String {
    RULES.replace("WAY", way)
}

/// Anna and bert, who get 1000 and 1001 by the first sync.
pub(crate) async fn story(database: &Database, way: &str) -> Scenario {
    let tenant = Tenant::default()
        .person("anna", "München", &[E5])
        .person("bert", "München", &[E5])
        .policy("OnlineVoiceRoutingPolicy", "DE-Munich")
        .policy("TenantDialPlan", "DE");
    let story = Scenario::new(database, tenant, &rules(way)).await;
    story.sync(0).await;
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    story
}

impl Scenario {
    /// `migrate VERB --range muc --to operator-connect …`, which must end with this code.
    pub(crate) async fn migrate(&self, verb: &str, more: &[&str], code: i32) -> Run {
        let run = self
            .run(&[&["migrate", verb][..], &RANGE[..], more].concat())
            .await;
        run.exits(code);
        run
    }

    /// The operator takes numbers over, with more about how.
    pub(crate) fn operator(&self, numbers: &[&str], more: Value) {
        let mut body = json!({"numbers": numbers, "isoCountryCode": "DE"});
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        self.control("POST", "/_sim/operator", body);
    }

    /// How far everybody is: `anna verified, bert planned`.
    pub(crate) async fn stands(&self, state: &str, expected: &str) {
        let run = self.run(&["migrate", "status", "--range", "muc"]).await;
        let items = run.exits(0).items();
        let latest = &items[0];
        assert_eq!(latest["state"], state, "{run}");
        let people = latest["people"].as_array().expect("people");
        let person = |it: &Value| {
            let (upn, state) = (it["user"]["upn"].as_str(), it["state"].as_str());
            let name = upn.and_then(|upn| upn.split('@').next());
            format!("{} {}", name.unwrap_or_default(), state.unwrap_or_default())
        };
        let people: Vec<String> = people.iter().map(person).collect();
        assert_eq!(people.join(", "), expected, "{run}");
    }

    /// The types with which Teams lists these numbers.
    pub(crate) fn types(&self, expected: &[(&str, &str)]) {
        let state = self.control("GET", "/_sim/state", Value::Null);
        for (number, number_type) in expected {
            assert_eq!(state["numbers"][number]["type"], *number_type, "{number}");
        }
    }
}
