//! A whole system for one scenario: the real binary, real HTTP to a simulated tenant, a real database.

use super::database::Database;
use super::run::{Invocation, Run, short};
use super::tenant::{Tenant, nth_id, person, upn};
use linekeeper::clock::SystemClock;
use linekeeper::simulator::{Options, Simulator, TenantFile};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// Short waits; modes and brakes as a scenario wants them.
const CONFIG: &str = r#"
[database]
url = "DATABASE"
[graph]
operation_poll = "20ms"
operation_timeout = "3s"
retries = 1
[[tenant]]
name = "contoso"
tenant_id = "00000000-0000-4000-a000-000000000001"
client_id = "linekeeper"
client_secret_file = "secret"
graph_url = "ORIGIN/v1.0"
login_url = "ORIGIN"
"#;

const SECRET: &str = "s3cret-of-the-scenarios";

/// A system under test.
pub(crate) struct Scenario {
    pub(crate) simulator: Simulator,
    folder: TempDir,
    database: String,
    ids: BTreeMap<String, String>,
    clock: Option<String>,
}

impl Scenario {
    /// A tenant, its rules, and mode `apply`.
    pub(crate) async fn new(database: &Database, tenant: Tenant, rules: &str) -> Self {
        let (file, ids) = tenant.build();
        let mut scenario = Self::of_file(database, file, rules).await;
        scenario.ids = ids;
        scenario
    }

    /// The same with a tenant file.
    pub(crate) async fn of_file(database: &Database, tenant: TenantFile, rules: &str) -> Self {
        let options = Options {
            client_secret: Some(SECRET.to_owned()),
            ..Options::default()
        };
        let simulator = Simulator::on_free_port(tenant, options, Arc::new(SystemClock::default()))
            .await
            .expect("a free port");
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("rules")).expect("a folder for rules");
        let scenario = Self {
            simulator,
            folder,
            database: database.url.clone(),
            ids: BTreeMap::new(),
            clock: None,
        };
        scenario.write("secret", SECRET);
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(scenario.folder().join("secret"), private).expect("our own file");
        scenario.rules(rules);
        scenario.configure("mode = \"apply\"", "");
        scenario
    }

    /// Where configuration and rules lie.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file beside the configuration.
    pub(crate) fn write(&self, file: &str, text: &str) {
        std::fs::write(self.folder().join(file), text).expect("a writable folder");
    }

    /// Other rules.
    pub(crate) fn rules(&self, rules: &str) {
        self.write("rules/offices.rules", rules);
    }

    /// Another configuration: lines for the head of the file, and for its end, where the tenant stands.
    pub(crate) fn configure(&self, head: &str, tail: &str) {
        let config = CONFIG
            .replace("DATABASE", &self.database)
            .replace("ORIGIN", &self.simulator.origin());
        self.write("linekeeper.toml", &format!("{head}\n{config}{tail}\n"));
    }

    /// From now on the product's clock is ahead by so much, such as `40d`.
    pub(crate) fn later(&mut self, offset: &str) {
        self.clock = Some(offset.to_owned());
    }

    /// A command of this system, not run yet.
    pub(crate) fn invocation(&self, arguments: &[&str]) -> Invocation {
        let offset = self
            .clock
            .iter()
            .map(|by| ("LINEKEEPER_CLOCK_OFFSET".to_owned(), OsString::from(by)));
        Invocation {
            config: self.folder().join("linekeeper.toml"),
            arguments: arguments.iter().map(|a| (*a).to_owned()).collect(),
            environment: offset.collect(),
        }
    }

    /// Runs a command.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Run {
        self.invocation(arguments).run().await
    }

    /// `sync`, which must end with this code.
    pub(crate) async fn sync(&self, code: i32) -> Run {
        let run = self.run(&["sync"]).await;
        run.exits(code);
        run
    }

    /// Asks a control endpoint of the simulator, which must agree. `{anna}` stands for her object id.
    #[track_caller]
    pub(crate) fn control(&self, method: &str, target: &str, body: Value) -> Value {
        let (status, answer) = self
            .simulator
            .control(method, &self.with_ids(target), &body);
        assert!(status < 300, "{method} {target} {body}: {status} {answer}");
        answer
    }

    fn with_ids(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (name, id)| {
            text.replace(&format!("{{{name}}}"), id)
        })
    }

    /// Sets switches of the simulator.
    #[track_caller]
    pub(crate) fn switch(&self, switches: Value) {
        self.control("PUT", "/_sim/switches", switches);
    }

    /// Orders a misfortune: which requests, and what befalls them.
    #[track_caller]
    pub(crate) fn fault(&self, path: &str, times: u64, effect: Value) {
        let method = if path.contains("ssignNumber") || path.contains("userAssignments") {
            "POST"
        } else {
            "GET"
        };
        let matching = json!({"method": method, "path_contains": path});
        self.control(
            "POST",
            "/_sim/faults",
            json!({"match": matching, "times": times, "do": effect}),
        );
    }

    /// Ends all misfortunes.
    pub(crate) fn no_more_faults(&self) {
        self.control("DELETE", "/_sim/faults", Value::Null);
    }

    /// Somebody joins.
    #[track_caller]
    pub(crate) fn joins(&mut self, name: &str, city: &str, licences: &[&str]) {
        self.joins_with(name, city, licences, json!({}));
    }

    /// Somebody joins, with more properties or others.
    #[track_caller]
    pub(crate) fn joins_with(&mut self, name: &str, city: &str, licences: &[&str], more: Value) {
        let id = nth_id(self.ids.len() + 1);
        let mut user = person(&id, name, city, licences);
        if let (Value::Object(user), Value::Object(more)) = (&mut user, more) {
            user.extend(more);
        }
        self.control("POST", "/_sim/users", user);
        self.ids.insert(name.to_owned(), id);
    }

    /// Properties of somebody change.
    #[track_caller]
    pub(crate) fn change(&self, name: &str, properties: Value) {
        self.control("PATCH", &format!("/_sim/users/{{{name}}}"), properties);
    }

    /// Somebody gets a licence.
    #[track_caller]
    pub(crate) fn license(&self, name: &str, sku: &str) {
        self.control(
            "POST",
            &format!("/_sim/users/{{{name}}}/license"),
            json!({"skuId": sku}),
        );
    }

    /// Somebody loses a licence.
    #[track_caller]
    pub(crate) fn unlicense(&self, name: &str, sku: &str) {
        self.control(
            "POST",
            &format!("/_sim/users/{{{name}}}/unlicense"),
            json!({"skuId": sku}),
        );
    }

    /// Somebody is deleted, into the deleted items or for good.
    #[track_caller]
    pub(crate) fn delete(&self, name: &str, hard: bool) {
        let query = if hard { "?hard=true" } else { "" };
        self.control(
            "DELETE",
            &format!("/_sim/users/{{{name}}}{query}"),
            Value::Null,
        );
    }

    /// An administrator gives a number in the Teams admin centre.
    #[track_caller]
    pub(crate) fn gives(&self, name: &str, number: &str) {
        self.control(
            "POST",
            "/_sim/assign",
            json!({"user": upn(name), "number": number}),
        );
    }

    /// An administrator takes a number away there.
    #[track_caller]
    pub(crate) fn takes(&self, number: &str) {
        self.control("POST", "/_sim/unassign", json!({"number": number}));
    }

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
