//! Goal 8: from the start of the service until it says that it is ready, and the memory it has when nothing happens.

mod made_up;
mod measure;
mod served;
mod tenant;

use measure::{Scale, figure, thousands};
use served::{fill, free_address, write_files};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const STARTS: usize = 7;
/// After the start, until memory is looked at.
const IDLE: Duration = Duration::from_secs(2);

fn main() {
    let scale = Scale::of_command_line();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for users in [0, 100_000, 1_000_000].map(|full| scale.size(full)) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        write_files(folder.path(), users.max(10_000));
        if users > 0 {
            runtime.block_on(fill(folder.path(), users));
        } else {
            drop(started(folder.path()));
        }
        let size = format!("{} users", thousands(users));
        let mut times = Vec::new();
        let mut memory = Vec::new();
        for _ in 0..STARTS {
            let (service, took) = started(folder.path());
            pause(IDLE);
            times.push(took);
            memory.push(resident(service.0.id()));
        }
        times.sort_unstable();
        memory.sort_unstable();
        let ready = times[STARTS / 2].as_secs_f64() * 1e3;
        figure(8, "start until ready", &size, ready, "ms");
        figure(
            8,
            "idle memory",
            &size,
            memory[STARTS / 2] as f64 / 1024.0,
            "MB",
        );
    }
}

/// A service under measurement.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the service; how long it took until `/readyz` said yes.
fn started(folder: &Path) -> (Service, Duration) {
    let address = free_address();
    let mut command = Command::new(env!("CARGO_BIN_EXE_linekeeper"));
    command.current_dir(folder).arg("serve");
    command.env("LINEKEEPER__SERVER__LISTEN", address.to_string());
    command.env("LINEKEEPER_LOG", "error").stdout(Stdio::null());
    let begun = Instant::now();
    let service = Service(command.spawn().expect("the service starts"));
    while !is_ready(address) {
        assert!(begun.elapsed() < Duration::from_secs(60), "never ready");
        pause(Duration::from_millis(1));
    }
    (service, begun.elapsed())
}

fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return false;
    };
    let request = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut answer = String::new();
    stream.write_all(request).is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}

/// Resident memory in kilobytes.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kilobytes.expect("a number")
}

#[expect(
    clippy::disallowed_methods,
    reason = "no runtime here, and nothing to do meanwhile"
)]
fn pause(time: Duration) {
    std::thread::sleep(time);
}
