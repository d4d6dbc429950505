//! The real service, asked over real HTTP.

use super::scenario::Scenario;
use reqwest::Method;
use serde_json::Value;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A service under way; killed when it is forgotten.
pub(crate) struct Service {
    child: Option<Child>,
    address: SocketAddr,
    client: reqwest::Client,
    log: PathBuf,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) kind: String,
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The status must be this.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

/// A port nobody listens on just now.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address")
}

impl Scenario {
    /// Starts `serve` and waits until it is ready. The scenario's configuration must leave `[server]` out.
    pub(crate) async fn serve(&self) -> Service {
        let service = self.serve_anyhow();
        service.until_answering().await;
        service
    }

    /// Starts `serve` without waiting for it.
    pub(crate) fn serve_anyhow(&self) -> Service {
        let address = free_address();
        let log = self.folder().join(format!("serve-{}.log", address.port()));
        let file = std::fs::File::create(&log).expect("a file for the log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_linekeeper"));
        for (name, value) in self.invocation(&[]).environment {
            command.env(name, value);
        }
        let child = command
            .env("LINEKEEPER__SERVER__LISTEN", address.to_string())
            .env("LINEKEEPER_LOG", "info")
            .arg("--config")
            .arg(self.folder().join("linekeeper.toml"))
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .expect("the binary starts");
        Service {
            child: Some(child),
            address,
            client: reqwest::Client::new(),
            log,
        }
    }
}

impl Service {
    /// Starts `demo --folder` and waits until its service answers; what it prints is in its log.
    pub(crate) async fn demo(folder: &Path, log: PathBuf) -> Self {
        let address = free_address();
        let file = std::fs::File::create(&log).expect("a file for the log");
        let child = Command::new(env!("CARGO_BIN_EXE_linekeeper"))
            .env_remove("LINEKEEPER_LOG")
            .args(["demo", "--listen", &address.to_string(), "--folder"])
            .arg(folder)
            .stdout(file.try_clone().expect("the same file"))
            .stderr(file)
            .spawn()
            .expect("the binary starts");
        let service = Self {
            child: Some(child),
            address,
            client: reqwest::Client::new(),
            log,
        };
        service.logs("The service runs now").await;
        service.until_answering().await;
        service
    }

    /// Waits until it answers.
    async fn until_answering(&self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        let url = self.url("/livez");
        while self.client.get(&url).send().await.is_err() {
            assert!(
                Instant::now() < deadline,
                "no answer; its log:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("its log")
    }

    /// A request with headers and a body of JSON, `null` for none.
    pub(crate) async fn ask_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let method: Method = method.parse().expect("a method");
        let mut request = self.client.request(method, self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let response = request.send().await.unwrap_or_else(|error| {
            panic!("{path}: {error:?}; its log:\n{}", self.log());
        });
        let header = |name: &str| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        Answer {
            status: response.status().as_u16(),
            location: header("location"),
            kind: header("content-type").unwrap_or_default(),
            text: response.text().await.expect("a body"),
        }
    }

    /// A request.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Value) -> Answer {
        self.ask_with(method, path, &[], &body).await
    }

    /// `GET` below `/api/v1`, which must succeed.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self
            .ask("GET", &format!("/api/v1{path}"), Value::Null)
            .await;
        answer.is(200).json()
    }

    /// Bytes as they are, and what comes back first.
    pub(crate) async fn raw(&self, bytes: &str) -> String {
        let mut stream = tokio::net::TcpStream::connect(self.address)
            .await
            .expect("it listens");
        // The answer may come, and the connection end, before everything is written.
        drop(stream.write_all(bytes.as_bytes()).await);
        let mut answer = vec![0; 4096];
        let read = stream.read(&mut answer).await.expect("an answer");
        String::from_utf8_lossy(&answer[..read]).into_owned()
    }

    /// Says nothing, and waits until the connection is ended.
    pub(crate) async fn silence(&self) -> Duration {
        let begun = Instant::now();
        let stream = tokio::net::TcpStream::connect(self.address).await;
        let mut stream = stream.expect("it listens");
        let mut nothing = Vec::new();
        let ended = stream.read_to_end(&mut nothing);
        let ended = tokio::time::timeout(Duration::from_secs(60), ended).await;
        ended.expect("the silent are not waited for").ok();
        begun.elapsed()
    }

    /// Sends a request without a body, its headers as lines, and is gone before its answer.
    pub(crate) async fn ask_and_leave(&self, request: &str, headers: &str) {
        let stream = tokio::net::TcpStream::connect(self.address).await;
        let mut stream = stream.expect("it listens");
        let head =
            format!("{request} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: 0\r\n\r\n");
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        tokio::time::sleep(Duration::from_millis(300)).await;
        drop(stream);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }

    /// Waits until a sync has ended, and answers it.
    pub(crate) async fn ended(&self, id: &str) -> Value {
        self.until(&format!("the end of {id}"), async || {
            let sync = self.get(&format!("/syncs/{id}")).await;
            (!sync["finished"].is_null()).then_some(sync)
        })
        .await
    }

    /// `POST /syncs` to its end.
    pub(crate) async fn sync(&self) -> Value {
        let begun = self
            .ask("POST", "/api/v1/syncs", serde_json::json!({}))
            .await;
        assert!(matches!(begun.status, 200 | 202), "{begun:?}");
        let id = begun.json()["sync_id"].as_str().expect("an id").to_owned();
        self.ended(&id).await
    }

    /// Waits until `look` answers something.
    pub(crate) async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(found) = look().await {
                return found;
            }
            assert!(
                Instant::now() < deadline,
                "waited in vain for {what}; the log:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the log says something.
    pub(crate) async fn logs(&self, text: &str) {
        self.until(text, async || self.log().contains(text).then_some(()))
            .await;
    }

    /// Its process id.
    pub(crate) fn process(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let child = self.child.as_ref().expect("it runs");
        let done = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(child.id().to_string())
            .status();
        assert!(done.expect("kill runs").success());
    }

    /// Waits for its end; answers the exit code, -1 of one that was killed.
    pub(crate) async fn exit(mut self) -> (i32, String) {
        let mut child = self.child.take().expect("it runs");
        let waited = tokio::task::spawn_blocking(move || {
            let status = child.wait().expect("it ends");
            status.code().unwrap_or(-1)
        });
        let code = tokio::time::timeout(Duration::from_secs(60), waited).await;
        (
            code.expect("it ends in time").expect("no panic"),
            self.log(),
        )
    }

    /// SIGTERM, and the end in good order.
    pub(crate) async fn stop(self) -> String {
        self.signal("TERM");
        let (code, log) = self.exit().await;
        assert_eq!(code, 0, "{log}");
        log
    }

    /// SIGKILL.
    pub(crate) async fn kill(self) {
        self.signal("KILL");
        self.exit().await;
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            drop(child.kill());
            drop(child.wait());
        }
    }
}
