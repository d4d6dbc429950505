//! One run of the real binary, and what is expected of it. Names are short: `anna`, not `anna@contoso.example`.

use serde_json::Value;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Output};

/// What is run.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    pub(crate) config: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, OsString)>,
    pub(crate) format: &'static str,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Run {
    arguments: Vec<String>,
    output: Output,
}

impl Invocation {
    /// Prints for people.
    pub(crate) fn in_text(self) -> Self {
        let format = "text";
        Self { format, ..self }
    }

    /// Runs the binary to its end without stopping the simulator, which lives in the same runtime.
    pub(crate) async fn run(self) -> Run {
        let arguments = self.arguments.clone();
        let output = tokio::task::spawn_blocking(move || self.command().output());
        let output = output.await.expect("no panic").expect("the binary starts");
        Run { arguments, output }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_linekeeper"));
        command
            .env_remove("LINEKEEPER_CLOCK_OFFSET")
            .env_remove("LINEKEEPER_LOG");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
            .arg("--config")
            .arg(&self.config)
            .args(["--output", self.format])
            .args(&self.arguments);
        command
    }
}

/// The part of an address before the domain.
pub(crate) fn short(upn: &Value) -> &str {
    upn.as_str()
        .unwrap_or_default()
        .split('@')
        .next()
        .unwrap_or_default()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// `assign anna +498955501000 rule succeeded`; a policy change ends with its type and name.
fn change_line(change: &Value) -> String {
    let mut line = format!(
        "{} {} {} {} {}",
        text(change, "action"),
        short(&change["user"]["upn"]),
        text(change, "number"),
        text(change, "reason"),
        text(change, "status")
    );
    if change["policy"].is_object() {
        line += &format!(
            " {} {}",
            text(&change["policy"], "type"),
            text(&change["policy"], "name")
        );
    }
    line
}

/// `drift anna`, or the kind alone.
fn note_line(note: &Value) -> String {
    format!("{} {}", text(note, "kind"), short(&note["user"]["upn"]))
        .trim_end()
        .to_owned()
}

impl Run {
    /// The exit code, or -1 of a process that was killed.
    pub(crate) fn code(&self) -> i32 {
        self.output.status.code().unwrap_or(-1)
    }

    /// The exit code must be this.
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(
            self.output.status.code(),
            Some(code),
            "the exit code of {self}"
        );
        self
    }

    /// The reports, one a tenant, of a command that prints JSON lines.
    #[track_caller]
    pub(crate) fn reports(&self) -> Vec<Value> {
        let lines = std::str::from_utf8(&self.output.stdout)
            .expect("UTF-8")
            .lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e} in {self}")))
            .collect()
    }

    /// The one report.
    #[track_caller]
    pub(crate) fn report(&self) -> Value {
        let mut reports = self.reports();
        assert_eq!(reports.len(), 1, "one report from {self}");
        reports.remove(0)
    }

    /// The items of a list.
    #[track_caller]
    pub(crate) fn items(&self) -> Vec<Value> {
        self.report()["items"]
            .as_array()
            .unwrap_or_else(|| panic!("a list from {self}"))
            .clone()
    }

    /// The id of the sync that ran.
    #[track_caller]
    pub(crate) fn sync_id(&self) -> String {
        text(&self.report(), "sync_id").to_owned()
    }

    /// All changes, as lines, in their order.
    #[track_caller]
    pub(crate) fn change_lines(&self) -> Vec<String> {
        self.report()["changes"]
            .as_array()
            .expect("changes")
            .iter()
            .map(change_line)
            .collect()
    }

    /// Exactly these changes in this order: `assign anna +498955501000 rule succeeded`.
    #[track_caller]
    pub(crate) fn changes(&self, expected: &[&str]) -> &Self {
        assert_eq!(self.change_lines(), expected, "the changes of {self}");
        self
    }

    /// Exactly these notes in any order: `drift anna`.
    #[track_caller]
    pub(crate) fn notes(&self, expected: &[&str]) -> &Self {
        let report = self.report();
        let mut notes: Vec<String> = report["notes"]
            .as_array()
            .expect("notes")
            .iter()
            // The number that keeps the list from being empty lies in no range, in every scenario.
            .filter(|note| note["kind"] != "undeclared")
            .map(note_line)
            .collect();
        notes.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(notes, expected, "the notes of {self}");
        self
    }

    /// A field of the report, by JSON pointer.
    #[track_caller]
    pub(crate) fn has(&self, pointer: &str, expected: impl Into<Value>) -> &Self {
        let report = self.report();
        assert_eq!(
            report.pointer(pointer),
            Some(&expected.into()),
            "{pointer} of {self}"
        );
        self
    }

    /// What was printed.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// What was logged, on standard error.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// Standard error says all of this.
    #[track_caller]
    pub(crate) fn says(&self, texts: &[&str]) -> &Self {
        let stderr = String::from_utf8_lossy(&self.output.stderr);
        for text in texts {
            assert!(
                stderr.contains(text),
                "`{text}` on standard error of {self}"
            );
        }
        self
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "`linekeeper {}`, which ended with {:?}\n--- standard output\n{}\n--- standard error\n{}",
            self.arguments.join(" "),
            self.output.status.code(),
            String::from_utf8_lossy(&self.output.stdout),
            String::from_utf8_lossy(&self.output.stderr)
        )
    }
}
