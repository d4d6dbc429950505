//! What a scenario expects of Teams, of the database, and of what was sent.

use super::run::short;
use super::scenario::Scenario;
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl Scenario {
    /// Exactly these numbers are held in Teams: `+498955501000 anna`.
    #[track_caller]
    pub(crate) fn teams(&self, expected: &[&str]) {
        assert_eq!(self.held(), expected, "what Teams shows");
    }

    /// Who holds what in Teams, ascending.
    pub(crate) fn held(&self) -> Vec<String> {
        let names: BTreeMap<&str, &str> = self
            .ids
            .iter()
            .map(|(name, id)| (id.as_str(), name.as_str()))
            .collect();
        let state = self.control("GET", "/_sim/state", Value::Null);
        let numbers = state["numbers"].as_object().expect("numbers");
        let holder = |number: &Value| number["holder"].as_str().map(str::to_owned);
        let line = |(number, listed): (&String, &Value)| {
            let id = holder(listed)?;
            Some(format!(
                "{number} {}",
                names.get(id.as_str()).copied().unwrap_or(&id)
            ))
        };
        numbers.iter().filter_map(line).collect()
    }

    /// Exactly these policies were granted in Teams: `anna OnlineVoiceRoutingPolicy DE`.
    #[track_caller]
    pub(crate) fn policies(&self, expected: &[&str]) {
        let state = self.control("GET", "/_sim/state", Value::Null);
        let of = |id: &str| {
            state["policies"][id]
                .as_object()
                .cloned()
                .unwrap_or_default()
        };
        let line = |(name, id): (&String, &String)| -> Vec<String> {
            of(id)
                .iter()
                .map(|(kind, policy)| format!("{name} {kind} {}", policy.as_str().unwrap_or("?")))
                .collect()
        };
        let granted: Vec<String> = self.ids.iter().flat_map(line).collect();
        assert_eq!(granted, expected, "the policies in Teams");
    }

    /// The state of one number: `quarantined`, or `assigned anna`.
    pub(crate) async fn number(&self, number: &str, expected: &str) {
        let run = self.run(&["numbers", "list"]).await;
        let items = run.exits(0).items();
        let found = items.iter().find(|item| item["number"] == number);
        let item = found.unwrap_or_else(|| panic!("{number} in {run}"));
        let state = format!(
            "{} {}",
            item["state"].as_str().unwrap_or_default(),
            short(&item["user"]["upn"])
        );
        assert_eq!(state.trim_end(), expected, "{number} in {run}");
    }

    /// Who held a number, in their order, and how it ended: `anna delicensed`, `bert`.
    pub(crate) async fn history(&self, number: &str, expected: &[&str]) {
        let run = self.run(&["numbers", "history", number]).await;
        let line = |item: &Value| {
            let ended = item["end_reason"].as_str().unwrap_or_default();
            format!("{} {ended}", short(&item["user"]["upn"]))
                .trim_end()
                .to_owned()
        };
        let mut items = run.exits(0).items();
        items.sort_by_key(|item| item["from"].as_str().unwrap_or_default().to_owned());
        let lines: Vec<String> = items.iter().map(line).collect();
        assert_eq!(lines, expected, "the history in {run}");
    }

    /// Who has a standing note of this kind.
    pub(crate) async fn noted(&self, kind: &str, expected: &[&str]) {
        let run = self.run(&["users", "list", "--note", kind]).await;
        let mut names: Vec<String> = run
            .exits(0)
            .items()
            .iter()
            .map(|item| short(&item["upn"]).to_owned())
            .collect();
        names.sort();
        assert_eq!(names, expected, "people noted `{kind}` in {run}");
    }

    /// What was written to Graph: `POST assignNumber`, in the order of arrival.
    pub(crate) fn writes(&self) -> Vec<String> {
        let log = self.control("GET", "/_sim/log", Value::Null);
        let write = |entry: &Value| {
            let (method, path) = (entry["method"].as_str()?, entry["path"].as_str()?);
            let path = path.split('?').next()?;
            let wanted = method != "GET" && path.starts_with("/v1.0/");
            wanted.then(|| format!("{method} {}", path.rsplit('/').next().unwrap_or_default()))
        };
        log["items"]
            .as_array()
            .expect("a log")
            .iter()
            .filter_map(write)
            .collect()
    }

    /// How often such a write was sent: `assignNumber`.
    pub(crate) fn sent(&self, action: &str) -> usize {
        let suffix = format!(".{action}");
        let is =
            |write: &String| write.ends_with(&format!(" {action}")) || write.ends_with(&suffix);
        self.writes().iter().filter(|write| is(write)).count()
    }

    /// How many requests were sent since the log was forgotten.
    pub(crate) fn requests(&self) -> usize {
        let log = self.control("GET", "/_sim/log", Value::Null);
        log["items"].as_array().map_or(0, Vec::len)
    }

    /// Forgets what was sent so far.
    pub(crate) fn forget_log(&self) {
        self.control("DELETE", "/_sim/log", Value::Null);
    }

    /// The end of a scenario: one more sync changes nothing, and everybody agrees on who holds what.
    pub(crate) async fn ends(self) {
        self.repeats(0).await;
        self.agrees().await;
    }

    /// One more sync ends with this code; it plans nothing that is not held, and writes nothing.
    pub(crate) async fn repeats(&self, code: i32) {
        self.forget_log();
        let again = self.sync(code).await;
        let open = |line: &String| !line.contains(" held");
        let changes: Vec<String> = again.change_lines().into_iter().filter(open).collect();
        assert!(
            changes.is_empty(),
            "a sync with nothing to do makes {changes:?}: {again}"
        );
        assert_eq!(
            self.writes(),
            [""; 0],
            "a sync with nothing to do writes to Graph: {again}"
        );
    }

    /// No number has two holders, nobody two numbers; Teams and the database say the same; nothing careless was sent.
    pub(crate) async fn agrees(&self) {
        let violations = self.control("GET", "/_sim/violations", Value::Null);
        assert_eq!(
            violations["items"],
            json!([]),
            "what no careful client sends"
        );
        let state = self.control("GET", "/_sim/state", Value::Null);
        let held = |(id, numbers): (&String, &Value)| match numbers.as_array().map(Vec::as_slice) {
            Some([one]) => (id.clone(), one.as_str().unwrap_or_default().to_owned()),
            several => panic!("{id} holds {several:?} in Teams"),
        };
        let in_teams: BTreeMap<String, String> = state["users"]
            .as_object()
            .expect("users")
            .iter()
            .map(held)
            .collect();
        let assigned = self.run(&["numbers", "list", "--state", "assigned"]).await;
        let mut booked = BTreeMap::new();
        for item in assigned.exits(0).items() {
            let id = item["user"]["id"].as_str().unwrap_or_default().to_owned();
            let number = item["number"].as_str().unwrap_or_default().to_owned();
            assert_eq!(
                in_teams.get(&id),
                Some(&number),
                "Teams and the database about {id}: {assigned}"
            );
            assert_eq!(
                booked.insert(id, number),
                None,
                "one number each: {assigned}"
            );
        }
        let users = self.run(&["users", "list"]).await;
        for item in users.exits(0).items() {
            let id = item["id"].as_str().unwrap_or_default();
            let number = item["number"].as_str().map(str::to_owned);
            assert_eq!(
                number.as_ref(),
                booked.get(id),
                "users and numbers about {id}: {users}"
            );
        }
    }
}
