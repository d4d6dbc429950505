//! A progress bar on standard error, for people who wait at a terminal.

use super::output::Output;
use crate::reconcile::{Progress, Request, Snapshot, Stage};
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// Work that is over sooner needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Between two looks at how far the work is.
const LOOK: Duration = Duration::from_millis(100);

/// A bar over a plan or a sync; nothing where nobody would see it.
pub(super) struct Bar(Option<watch::Receiver<Snapshot>>);

impl Bar {
    /// Lets the request tell how far it is, if the output is for a person at a terminal.
    pub(super) fn over(output: &Output, request: &mut Request) -> Self {
        Self(output.is_watched().then(|| {
            let (progress, told) = Progress::watched();
            request.progress = progress;
            told
        }))
    }

    /// Does the work, and shows how far it is once it has lasted a second. The bar goes when the work is done.
    pub(super) async fn during<T>(self, work: impl Future<Output = T>) -> T {
        match self.0 {
            None => work.await,
            Some(told) => tokio::select! {
                biased;
                done = work => done,
                never = draw(&told) => match never {},
            },
        }
    }
}

async fn draw(told: &watch::Receiver<Snapshot>) -> Infallible {
    sleep(PATIENCE).await;
    let bar = ProgressBar::new_spinner().with_finish(ProgressFinish::AndClear);
    let spinner = bar.style();
    let growing = ProgressStyle::with_template("{bar:40} {msg}");
    let growing = growing.unwrap_or_else(|_| spinner.clone());
    loop {
        let so_far = *told.borrow();
        let is_counted = so_far.stage == Stage::Applying;
        bar.set_style(if is_counted { &growing } else { &spinner }.clone());
        if is_counted {
            bar.set_length(so_far.changes);
            bar.set_position(so_far.done);
        }
        bar.set_message(said(&so_far));
        bar.tick();
        sleep(LOOK).await;
    }
}

fn said(so_far: &Snapshot) -> String {
    match so_far.stage {
        Stage::Reading => format!("reading users: {} so far", so_far.users),
        Stage::Numbers => "reading the numbers".to_owned(),
        Stage::Deciding => format!("deciding, with {} numbers listed", so_far.numbers),
        Stage::Applying => format!("{} of {} changes made", so_far.done, so_far.changes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::Format;
    use crate::reconcile::Trigger;
    use crate::report::TriggerKind;

    fn request() -> Request {
        let trigger = Trigger {
            kind: TriggerKind::Cli,
            by: "tests".to_owned(),
        };
        Request::new(trigger, true)
    }

    #[test]
    fn each_stage_says_what_is_known_of_it() {
        let so_far = |stage| Snapshot {
            stage,
            users: 1200,
            numbers: 30,
            changes: 7,
            done: 3,
        };
        let said = |stage| said(&so_far(stage));
        assert_eq!(said(Stage::Reading), "reading users: 1200 so far");
        assert_eq!(said(Stage::Deciding), "deciding, with 30 numbers listed");
        assert_eq!(said(Stage::Applying), "3 of 7 changes made");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_terminal_there_is_no_bar_and_the_work_is_done() {
        let output = Output::new(
            Format::Text,
            false,
            Box::new(std::io::sink()),
            Box::new(std::io::sink()),
        );
        let bar = Bar::over(&output, &mut request());
        assert!(bar.0.is_none());
        assert_eq!(bar.during(async { 5 }).await, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_bar_ends_with_the_work() {
        let (progress, told) = Progress::watched();
        let work = async {
            sleep(PATIENCE * 3).await;
            drop(progress);
            5
        };
        assert_eq!(Bar(Some(told)).during(work).await, 5);
    }
}
