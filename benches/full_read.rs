//! Goal 2: a cold full sync of a large tenant and the unchanged one after it, as processes of their own.
//!
//! The simulator is a process too. Time is processor time, user and system, of the process that is measured; memory is
//! its largest resident size, both as the kernel counts them.

mod measure;

use linekeeper::simulator::generated_rules;
use measure::{Scale, figure, thousands};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Rules that are about nobody: what is left is reading, storing and deciding.
const NOBODY: &str = "scope when city = \"Nowhere\"\n\nrange \"nobody\" {\n  type direct-routing\n  numbers +4930200000 to +4930200099\n  \
     when city = \"Nowhere\"\n}\n";

fn main() {
    let scale = Scale::of_command_line();
    for users in [100_000, 1_000_000].map(|full| scale.size(full)) {
        let simulator = Simulator::start(users);
        let size = format!("{} users", thousands(users));
        syncs(
            &simulator,
            NOBODY,
            "nobody gets a number",
            &size,
            users <= 100_000,
        );
        requests(&simulator, &size);
        let rules = generated_rules(users);
        syncs(
            &simulator,
            &rules,
            "nine of ten are to get a number, held by the brake",
            &size,
            false,
        );
    }
}

/// A simulator with generated users.
struct Simulator {
    process: Child,
    origin: String,
}

impl Simulator {
    fn start(users: u64) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_linekeeper"))
            .args([
                "--output",
                "json",
                "simulate",
                "--listen",
                "127.0.0.1:0",
                "--generate",
            ])
            .arg(users.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the simulator starts");
        let mut line = String::new();
        let out = process.stdout.take().expect("its output");
        BufReader::new(out)
            .read_line(&mut line)
            .expect("it says where it listens");
        let said: serde_json::Value = serde_json::from_str(&line).expect("as JSON");
        let origin = said["login_url"].as_str().expect("its address").to_owned();
        Self { process, origin }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn syncs(simulator: &Simulator, rules: &str, which: &str, size: &str, several: bool) {
    let runs = if several { 5 } else { 1 };
    let (mut cold, mut again) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let folder = tempfile::tempdir().expect("a temporary folder");
        write_files(folder.path(), simulator, rules);
        cold.push(Usage::of(sync(folder.path(), &["sync"])));
        again.push(Usage::of(sync(folder.path(), &["sync", "--full"])));
    }
    Usage::print(&mut cold, &format!("cold full sync, {which}"), size);
    Usage::print(&mut again, &format!("unchanged full sync, {which}"), size);
}

fn write_files(folder: &Path, simulator: &Simulator, rules: &str) {
    let origin = &simulator.origin;
    let configuration = format!(
        "mode = \"observe\"\n\n[[tenant]]\nname = \"bench\"\ntenant_id = \"00000000-0000-4000-8000-0000000000de\"\n\
         client_id = \"bench\"\nclient_secret_file = \"secret\"\ngraph_url = \"{origin}/v1.0\"\nlogin_url = \"{origin}\"\n"
    );
    std::fs::create_dir(folder.join("rules")).expect("a folder for rules");
    std::fs::write(folder.join("rules/bench.rules"), rules).expect("rules are written");
    write_secret(&folder.join("secret"));
    std::fs::write(folder.join("linekeeper.toml"), configuration)
        .expect("the configuration is written");
}

/// Readable by its owner only, or every sync warns of it.
fn write_secret(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = file.open(path).expect("a file for the secret");
    file.write_all(b"bench").expect("the secret is written");
}

fn sync(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linekeeper"));
    command
        .current_dir(folder)
        .args(["--output", "json"])
        .args(arguments);
    command
}

/// What people would write first: the `requests` library and a loop that parses.
fn requests(simulator: &Simulator, size: &str) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/compare/read_users.py");
    let python =
        std::env::args().find_map(|argument| Some(argument.strip_prefix("--python=")?.to_owned()));
    let Some(python) = python else { return };
    let mut runs: Vec<Usage> = (0..3)
        .map(|_| {
            let mut command = Command::new(&python);
            command.args([script, &simulator.origin]);
            Usage::of(command)
        })
        .collect();
    Usage::print(
        &mut runs,
        "python with requests: reads and parses, keeps nothing",
        size,
    );
}

/// What a process used.
#[derive(Clone, Copy)]
struct Usage {
    seconds: f64,
    megabytes: f64,
}

impl Usage {
    /// Runs the command under GNU time, which asks the kernel.
    fn of(command: Command) -> Self {
        let report = tempfile::NamedTempFile::new().expect("a temporary file");
        let mut timed = Command::new("/usr/bin/time");
        timed
            .args(["--quiet", "--format", "%U %S %M", "--output"])
            .arg(report.path());
        timed.arg(command.get_program()).args(command.get_args());
        if let Some(folder) = command.get_current_dir() {
            timed.current_dir(folder);
        }
        let done = timed.stdout(Stdio::null()).status().expect("GNU time runs");
        assert!(
            matches!(done.code(), Some(0 | 4 | 5)),
            "{done} of {command:?}"
        );
        let text = std::fs::read_to_string(report.path()).expect("what time says");
        let parts: Vec<f64> = text
            .split_whitespace()
            .filter_map(|part| part.parse().ok())
            .collect();
        let [user, system, kilobytes] = parts[..] else {
            panic!("time says {text}")
        };
        Self {
            seconds: user + system,
            megabytes: kilobytes / 1024.0,
        }
    }

    fn print(runs: &mut [Self], what: &str, size: &str) {
        runs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        let middle = runs[runs.len() / 2];
        figure(2, what, size, middle.seconds, "CPU s");
        figure(2, &format!("{what}: memory"), size, middle.megabytes, "MB");
    }
}
