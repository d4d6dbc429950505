//! The real binary between a simulated tenant and a database, to be killed.

use super::database::Database;
use crate::crash::gate::Gate;
use linekeeper::clock::SystemClock;
use linekeeper::simulator::{Options, Simulator, TenantFile};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

/// SPE_E5, whose plans hold Phone System and Teams.
const E5: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
const PHONE: &str = "4828c8ec-dc2e-4779-b502-87ac9ce28ab7";
const TEAMS: &str = "57ff2da0-773e-42df-b2af-ffb7a2317929";

/// People who hold a number and go on holding it.
pub(crate) const STAYERS: std::ops::Range<u32> = 0..3;
/// People who hold a number and lose their licence.
pub(crate) const LEAVERS: std::ops::Range<u32> = 3..7;
/// People who come: the even ones to Munich, whose range has a policy, the odd ones to Cologne.
pub(crate) const JOINERS: std::ops::Range<u32> = 10..18;

/// The policies of the range in Munich, as the simulator shows them.
pub(crate) const POLICY: (&str, &str) = ("OnlineVoiceRoutingPolicy", "DE-Munich");

const RULES: &str = r#"
range "munich" {
  type    direct-routing
  numbers +49 89 5550 100 to 129
  when    city = "Munich"
  policy  OnlineVoiceRoutingPolicy "DE-Munich"
}
range "cologne" {
  type    operator-connect
  numbers +49 221 5550 100 to 129
  when    city = "Cologne"
}
"#;

/// A tenant, a database, and the program between them.
pub(crate) struct Bench<'a> {
    pub(crate) simulator: Simulator,
    pub(crate) gate: Gate,
    pub(crate) database: &'a Database,
    folder: TempDir,
}

/// The program under way; killed when it is forgotten.
pub(crate) struct Running(Option<Child>);

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; none of a killed one.
    pub(crate) code: Option<i32>,
    /// What it printed, as JSON.
    pub(crate) report: Value,
    /// What it complained about.
    pub(crate) complaint: String,
}

impl<'a> Bench<'a> {
    /// With this many writes to Graph at once.
    pub(crate) async fn new(database: &'a Database, operations: u32) -> Self {
        let simulator =
            Simulator::on_free_port(tenant(), options(), Arc::new(SystemClock::default()))
                .await
                .expect("a free port");
        let gate = Gate::before(simulator.origin()).await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let rules = folder.path().join("rules");
        std::fs::create_dir(&rules).expect("a folder");
        std::fs::write(rules.join("offices.rules"), RULES).expect("a file");
        let origin = gate.origin();
        let configuration = format!(
            "mode = \"apply\"\n\n[database]\nurl = \"{}\"\n\n[safety]\nmax_release_percent = 100\n\n\
             [graph]\noperations = {operations}\noperation_poll = \"20ms\"\noperation_timeout = \"1s\"\nretries = 1\n\n\
             [[tenant]]\nname = \"crash\"\ntenant_id = \"00000000-0000-4000-8000-00000000c7a5\"\nclient_id = \"app\"\n\
             graph_url = \"{origin}/v1.0\"\nlogin_url = \"{origin}\"\n",
            database.url
        );
        std::fs::write(folder.path().join("linekeeper.toml"), configuration).expect("a file");
        Self {
            simulator,
            gate,
            database,
            folder,
        }
    }

    /// The same after a first sync, which takes the seven holders under management, and with the twelve changes to come:
    /// four releases and eight assignments, four of these with a policy.
    pub(crate) async fn with_twelve_changes(database: &'a Database, operations: u32) -> Self {
        let bench = Self::new(database, operations).await;
        let first = bench.run(&["sync"]).await;
        assert_eq!(first.code, Some(0), "{first:?}");
        assert_eq!(first.report["summary"]["adopt"], 7, "{first:?}");
        LEAVERS.for_each(|n| bench.unlicense(n));
        JOINERS.for_each(|n| bench.join(n));
        bench
    }

    /// Writes a file into the folder the program runs in.
    pub(crate) fn write(&self, file: &str, text: &str) {
        std::fs::write(self.folder.path().join(file), text).expect("our own folder");
    }

    /// Adds to the configuration of the tenant.
    pub(crate) fn configure(&self, more: &str) {
        let file = self.folder.path().join("linekeeper.toml");
        let configuration = std::fs::read_to_string(&file).expect("our own file");
        std::fs::write(&file, format!("{configuration}\n{more}\n")).expect("our own file");
    }

    /// One more rule file.
    pub(crate) fn rules(&self, file: &str, text: &str) {
        let file = self.folder.path().join("rules").join(file);
        std::fs::write(file, text).expect("our own folder");
    }

    /// Somebody with a licence comes.
    pub(crate) fn join(&self, n: u32) {
        self.control("POST", "/_sim/users", person(n));
    }

    /// Somebody loses the licence.
    pub(crate) fn unlicense(&self, n: u32) {
        let target = format!("/_sim/users/{}/unlicense", id(n));
        self.control("POST", &target, json!({ "skuId": E5 }));
    }

    /// A control request that must succeed.
    pub(crate) fn control(&self, method: &str, target: &str, body: Value) -> Value {
        let (status, answer) = self.simulator.control(method, target, &body);
        assert!(status < 300, "{method} {target}: {status} {answer}");
        answer
    }

    /// How long operations take that begin from now on.
    pub(crate) fn operations_take(&self, span: &str) {
        self.control("PUT", "/_sim/switches", json!({ "operation_time": span }));
    }

    /// Starts the program.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Running {
        let child = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_linekeeper")))
            .args(["--output", "json"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("LINEKEEPER_LOG", "warn")
            .env("LINEKEEPER__TENANT__CRASH__CLIENT_SECRET", "s3cret")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        Running(Some(child))
    }

    /// Runs the program to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        self.spawn(arguments).ended().await
    }

    /// The items a listing command prints.
    pub(crate) async fn items(&self, arguments: &[&str]) -> Vec<Value> {
        let listed = self.run(arguments).await;
        assert_eq!(listed.code, Some(0), "{listed:?}");
        listed.report["items"].as_array().expect("a list").clone()
    }

    /// Plays the half minute in which the lease of a killed process runs out; on SQLite there is nothing to wait for.
    pub(crate) async fn outlive_lease(&self) {
        if !self.database.is_sqlite() {
            self.count("UPDATE tenants SET lease_until = 0 RETURNING no")
                .await;
        }
    }

    /// The one number a statement answers.
    pub(crate) async fn count(&self, statement: &'static str) -> i64 {
        let url = &self.database.url;
        let answer = if self.database.is_sqlite() {
            let mut connection = SqliteConnection::connect(url).await.expect("connects");
            sqlx::query_scalar(statement)
                .fetch_one(&mut connection)
                .await
        } else {
            let mut connection = PgConnection::connect(url).await.expect("connects");
            sqlx::query_scalar(statement)
                .fetch_one(&mut connection)
                .await
        };
        answer.expect("a number")
    }

    /// The one text a statement answers.
    pub(crate) async fn text(&self, statement: &'static str) -> String {
        let url = &self.database.url;
        let answer = if self.database.is_sqlite() {
            let mut connection = SqliteConnection::connect(url).await.expect("connects");
            sqlx::query_scalar(statement)
                .fetch_one(&mut connection)
                .await
        } else {
            let mut connection = PgConnection::connect(url).await.expect("connects");
            sqlx::query_scalar(statement)
                .fetch_one(&mut connection)
                .await
        };
        answer.expect("a text")
    }
}

impl Running {
    /// SIGKILL: nothing is cleaned up by the process itself.
    pub(crate) async fn kill(mut self) -> Ended {
        let child = self.0.as_mut().expect("it runs");
        child.kill().expect("it can be killed");
        self.ended().await
    }

    /// Whether it has ended by itself.
    pub(crate) fn is_over(&mut self) -> bool {
        let child = self.0.as_mut().expect("it was started");
        child.try_wait().expect("it can be asked").is_some()
    }

    /// Waits for the end.
    pub(crate) async fn ended(mut self) -> Ended {
        let child = self.0.take().expect("it runs");
        let waiting = tokio::task::spawn_blocking(move || child.wait_with_output());
        let Output {
            status,
            stdout,
            stderr,
        } = waiting.await.expect("waits").expect("an end");
        Ended {
            code: status.code(),
            report: serde_json::from_slice(&stdout).unwrap_or_default(),
            complaint: String::from_utf8_lossy(&stderr).into_owned(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The id of the n-th person.
pub(crate) fn id(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

/// The number the n-th person holds from the start.
pub(crate) fn number_of(n: u32) -> String {
    match n % 2 {
        0 => format!("+49895550{}", 110 + n),
        _ => format!("+492215550{}", 110 + n),
    }
}

fn person(n: u32) -> Value {
    let plan = |plan: &str| {
        json!({"assignedDateTime": "2024-03-01T08:00:00Z", "capabilityStatus": "Enabled",
            "service": "MicrosoftCommunicationsOnline", "servicePlanId": plan})
    };
    json!({
        "id": id(n), "userPrincipalName": format!("user{n}@contoso.example"), "displayName": format!("User {n}"),
        "city": if n.is_multiple_of(2) { "Munich" } else { "Cologne" }, "usageLocation": "DE", "accountEnabled": true,
        "userType": "Member", "businessPhones": [], "assignedLicenses": [{"skuId": E5, "disabledPlans": []}],
        "assignedPlans": [plan(PHONE), plan(TEAMS)],
    })
}

fn tenant() -> TenantFile {
    let operator_connect = (100..130).map(|n| {
        json!({"telephoneNumber": format!("+492215550{n}"), "numberType": "operatorConnect", "isoCountryCode": "DE"})
    });
    let mut numbers: Vec<Value> = operator_connect.collect();
    for n in STAYERS.chain(LEAVERS) {
        let number = number_of(n);
        numbers.retain(|listed| listed["telephoneNumber"] != number);
        let number_type = if n.is_multiple_of(2) {
            "directRouting"
        } else {
            "operatorConnect"
        };
        numbers.push(json!({"telephoneNumber": number, "numberType": number_type, "isoCountryCode": "DE",
            "assignmentStatus": "userAssigned", "assignmentTargetId": id(n), "assignmentCategory": "primary"}));
    }
    let tenant = json!({
        "users": STAYERS.chain(LEAVERS).map(person).collect::<Vec<_>>(),
        "numbers": numbers,
        "subscribedSkus": [{"skuId": E5, "skuPartNumber": "SPE_E5", "capabilityStatus": "Enabled", "servicePlans": [
            {"servicePlanId": PHONE, "servicePlanName": "MCOEV"}, {"servicePlanId": TEAMS, "servicePlanName": "TEAMS1"}]}],
        "policies": [{"type": POLICY.0, "name": POLICY.1, "id": "policy-munich"}],
    });
    TenantFile::from_value(tenant).expect("a valid tenant")
}

/// Teams leaves numbers with people who lose their licence, so that taking them back is Linekeeper's.
fn options() -> Options {
    let keep = json!({ "mode": "keep" });
    let mut options = Options::default();
    let switches = json!({ "on_licence_loss": { "directRouting": keep, "operatorConnect": keep } });
    options.switches = options.switches.with(&switches).expect("known switches");
    options
}
