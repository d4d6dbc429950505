//! Goal 7: reads over HTTP, of the service and of what people would write first, each a process of its own, asked by
//! the same client over connections that stay open.

mod made_up;
mod measure;
mod served;
mod tenant;

use measure::{Scale, figure, thousands};
use served::{RANGES, fill, free_address, write_files};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Requests of one kind, one after another.
const ASKED: u64 = 4_000;
/// Connections that ask at once when it is about how many a second.
const AT_ONCE: u64 = 8;

fn main() {
    let scale = Scale::of_command_line();
    for users in [10_000, 100_000].map(|full| scale.size(full)) {
        let size = format!("{} users", thousands(users));
        let folder = tempfile::tempdir().expect("a temporary folder");
        write_files(folder.path(), users);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let numbers = runtime.block_on(fill(folder.path(), users));
        let service = Server::of_ours(folder.path());
        let number = |at: u64| numbers[(made_up::mix(at) % numbers.len() as u64) as usize];
        service.ask("Linekeeper", &size, &|kind, at| match kind {
            Kind::User => format!("/api/v1/users/{}", tenant::id(made_up::mix(at) % users)),
            Kind::Users => "/api/v1/users?limit=100".to_owned(),
            Kind::Ranges => "/api/v1/ranges?limit=100".to_owned(),
            Kind::Number => format!("/api/v1/numbers/{}", number(at)),
        });
        drop(service);
        let Some(theirs) = Server::of_python(folder.path(), users) else {
            say_it_is_missing();
            continue;
        };
        theirs.ask("FastAPI with SQLite", &size, &|kind, at| match kind {
            Kind::User => format!("/users/{:032x}", made_up::mix(at) % users),
            Kind::Users => "/users?limit=100".to_owned(),
            Kind::Ranges => "/ranges?limit=100".to_owned(),
            Kind::Number => format!("/numbers/+4930{:08}", made_up::mix(at) % users),
        });
    }
}

#[expect(clippy::print_stderr, reason = "the figures go to standard output")]
fn say_it_is_missing() {
    eprintln!(
        "no FastAPI here (`pip install fastapi 'uvicorn[standard]'`): row 7 stands without its comparison"
    );
}

/// What is asked for.
#[derive(Clone, Copy)]
enum Kind {
    User,
    Users,
    Ranges,
    Number,
}

impl Kind {
    const ALL: [(Self, &str); 4] = [
        (Self::User, "one user"),
        (Self::Number, "one number"),
        (Self::Users, "100 users"),
        (Self::Ranges, "100 ranges"),
    ];
}

/// A server under measurement.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn of_ours(folder: &Path) -> Self {
        let address = free_address();
        let mut command = Command::new(env!("CARGO_BIN_EXE_linekeeper"));
        command.current_dir(folder).arg("serve");
        command.env("LINEKEEPER__SERVER__LISTEN", address.to_string());
        command.env("LINEKEEPER_LOG", "error").stdout(Stdio::null());
        let process = command.spawn().expect("the service starts");
        let server = Self { process, address };
        server.wait();
        server
    }

    fn of_python(folder: &Path, users: u64) -> Option<Self> {
        let python = std::env::args().find_map(|a| a.strip_prefix("--python=").map(str::to_owned));
        let mut command = Command::new(python.as_deref().unwrap_or("python3"));
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/compare/read_api.py"));
        command.arg(folder.join("fastapi.db"));
        command.args([users.to_string(), RANGES.to_string()]);
        let mut process = command.stdout(Stdio::piped()).spawn().ok()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take()?)
            .read_line(&mut line)
            .ok()?;
        let Ok(port) = line.trim().parse::<u16>() else {
            let _ = process.wait();
            return None;
        };
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let server = Self { process, address };
        server.wait();
        Some(server)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "no runtime here, and nothing to do meanwhile"
    )]
    fn wait(&self) {
        for _ in 0..600 {
            if TcpStream::connect(self.address).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("nobody listens on {}", self.address);
    }

    /// Prints how long each kind of read takes one after another, and how many a second are answered at once.
    fn ask(&self, who: &str, size: &str, path: &(dyn Fn(Kind, u64) -> String + Sync)) {
        for (kind, name) in Kind::ALL {
            let mut client = Client::new(self.address);
            for at in 0..200 {
                client.get(&path(kind, at));
            }
            let mut times: Vec<Duration> = (0..ASKED)
                .map(|at| {
                    let path = path(kind, at);
                    measure::timed(|| client.get(&path)).0
                })
                .collect();
            times.sort_unstable();
            let micros = |time: Duration| time.as_secs_f64() * 1e6;
            let p50 = micros(times[times.len() / 2]);
            let p99 = micros(times[times.len() * 99 / 100]);
            figure(7, &format!("{who}, p50"), size, p50, &format!("µs, {name}"));
            figure(
                7,
                &format!("{who}, p99"),
                size,
                p99,
                &format!("µs in the worst case but 1 %, {name}"),
            );
            let rate = self.rate(|at| path(kind, at));
            figure(7, who, size, rate, &format!("a second, {name}"));
        }
    }

    fn rate(&self, path: impl Fn(u64) -> String + Sync) -> f64 {
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for thread in 0..AT_ONCE {
                let path = &path;
                scope.spawn(move || {
                    let mut client = Client::new(self.address);
                    for at in 0..ASKED / AT_ONCE {
                        client.get(&path(thread * ASKED + at));
                    }
                });
            }
        });
        ASKED as f64 / begun.elapsed().as_secs_f64()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The least a client can be: it costs the machine next to nothing.
struct Client {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Client {
    fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        Self {
            stream,
            answer: Vec::new(),
        }
    }

    /// Asks for a path, which must be there, and reads the whole answer.
    fn get(&mut self, path: &str) {
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        self.stream
            .write_all(request.as_bytes())
            .expect("it is sent");
        self.answer.clear();
        let mut part = [0; 65536];
        loop {
            let read = self.stream.read(&mut part).expect("an answer");
            assert!(read > 0, "an answer to {path}");
            self.answer.extend_from_slice(&part[..read]);
            if let Some(length) = whole(&self.answer)
                && self.answer.len() >= length
            {
                break;
            }
        }
        let shown = || String::from_utf8_lossy(&self.answer);
        assert!(
            self.answer.starts_with(b"HTTP/1.1 200"),
            "{path}: {}",
            shown()
        );
    }
}

/// The length of an answer, once its head is there.
fn whole(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&answer[..head])
        .ok()?
        .to_ascii_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))?;
    Some(head + 4 + length.trim().parse::<usize>().ok()?)
}
