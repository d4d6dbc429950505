//! A whole system for one scenario: the real binary, real HTTP to a simulated tenant, a real database.

use super::database::Database;
use super::run::{Invocation, Run};
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
    pub(super) ids: BTreeMap<String, String>,
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
            format: "json",
        }
    }

    /// The object id of somebody.
    pub(crate) fn id_of(&self, name: &str) -> &str {
        &self.ids[name]
    }

    /// Runs a command.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Run {
        self.invocation(arguments).run().await
    }

    /// What a command that ends well prints for people.
    pub(crate) async fn text(&self, arguments: &[&str]) -> String {
        let run = self.invocation(arguments).in_text().run().await;
        run.exits(0).text()
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
}
