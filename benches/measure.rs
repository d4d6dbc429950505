//! Medians, and the lines from which `./bench` makes its tables.

#![allow(
    dead_code,
    reason = "each benchmark is a crate of its own and uses a part of this file"
)]

use std::path::Path;
use std::time::{Duration, Instant};

/// How often what is short is measured.
const RUNS: usize = 5;

/// How large the measurements are: as the goals say, or with `--quick` a tenth of it.
pub(crate) struct Scale(u64);

impl Scale {
    /// As the command line says.
    pub(crate) fn of_command_line() -> Self {
        Self(if std::env::args().any(|argument| argument == "--quick") {
            10
        } else {
            1
        })
    }

    /// A size, which is a tenth when it has to be quick.
    pub(crate) fn size(&self, full: u64) -> u64 {
        full / self.0
    }
}

/// The median of several times of the same work.
pub(crate) fn median(mut once: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS).map(|_| once()).collect();
    middle(&mut times)
}

/// The time in the middle.
pub(crate) fn middle(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// How long it takes on the clock, without dropping what came of it: for work that waits for a disk.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let result = work();
    (begun.elapsed(), result)
}

/// How long it keeps a processor busy, without dropping what came of it: for work on one thread, on a machine that
/// others use too.
pub(crate) fn busy<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begun = on_processor();
    let (elapsed, result) = timed(work);
    let busy = begun.and_then(|begun| on_processor()?.checked_sub(begun));
    (busy.unwrap_or(elapsed), result)
}

/// What the threads of this process have had of a processor together; zero where it is not known.
pub(crate) fn on_processors() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let of_thread = |thread: std::io::Result<std::fs::DirEntry>| of(&thread.ok()?.path());
    threads.filter_map(of_thread).sum()
}

/// What this thread has had of a processor, as Linux counts it.
fn on_processor() -> Option<Duration> {
    of(Path::new("/proc/thread-self"))
}

fn of(thread: &Path) -> Option<Duration> {
    let text = std::fs::read_to_string(thread.join("schedstat")).ok()?;
    text.split(' ')
        .next()?
        .parse()
        .ok()
        .map(Duration::from_nanos)
}

/// One measured figure: the row of the goals, what was measured, at which size, how much.
#[expect(
    clippy::print_stdout,
    reason = "the figures are what a benchmark is for"
)]
pub(crate) fn figure(row: u8, what: &str, size: &str, value: f64, unit: &str) {
    println!("figure\t{row}\t{what}\t{size}\t{value}\t{unit}");
}

/// Nanoseconds for each of so many.
pub(crate) fn nanoseconds_each(time: Duration, count: u64) -> f64 {
    time.as_secs_f64() * 1e9 / count as f64
}

/// A count with its thousands set apart.
pub(crate) fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
