//! `/syncs/{id}/events`: a sync followed to its end, as server-sent events.

use super::parameters::{Path, Query, TenantQuery};
use super::problem::Problem;
use super::state::Api;
use super::syncs::find;
use crate::reconcile::{Run, Snapshot};
use crate::service::Served;
use crate::views::SyncItem;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Between two looks at a sync of another process.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Between two comments that keep the connection alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Progress events at most so often: whoever looks wants the latest state, not every one.
const PACE: Duration = Duration::from_millis(100);

/// Follows a sync to its end: `progress` events with how far it is, then one `end` event with the sync as a list shows
/// it. A client that comes late or again is told the state at that moment; of a sync that has ended, the end at once.
#[utoipa::path(get, path = "/syncs/{id}/events", params(("id" = String, Path), TenantQuery),
    responses(
        (status = 200, description = "`progress` events, then one `end`", content_type = "text/event-stream", body = String),
        (status = 404, body = Problem)))]
pub(super) async fn events(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<TenantQuery>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let (served, _) = find(&api, query.tenant.as_deref(), &id).await?;
    let follower = match api.service.runner.find(&id) {
        Some(run) => Follower::Ours {
            progress: run.watch(),
            run,
            told: None,
        },
        None => Follower::Another,
    };
    let start = Some((api, served, id, follower));
    let stream = futures::stream::unfold(start, |state| async {
        let (api, served, id, mut follower) = state?;
        match follower.next(&served, &id).await {
            Some(snapshot) => {
                let event = event("progress", &snapshot);
                Some((Ok(event), Some((api, served, id, follower))))
            }
            None => {
                let event = match find(&api, Some(served.name()), &id).await {
                    Ok((_, item)) => event("end", &SyncItem::without_lists(item)),
                    Err(problem) => event("problem", &problem),
                };
                Some((Ok(event), None))
            }
        }
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

enum Follower {
    /// A run of this process.
    Ours {
        run: Arc<Run>,
        progress: watch::Receiver<Snapshot>,
        told: Option<Snapshot>,
    },
    /// A sync of another process, of which only the end is known.
    Another,
}

impl Follower {
    /// The next news; `None` when there is none any more.
    async fn next(&mut self, served: &Served, id: &str) -> Option<Snapshot> {
        match self {
            Self::Ours {
                run,
                progress,
                told,
            } => {
                if told.is_none() && run.end().is_some() {
                    return None;
                }
                loop {
                    let now = *progress.borrow_and_update();
                    if told.replace(now) != Some(now) {
                        return Some(now);
                    }
                    if run.end().is_some() {
                        return None;
                    }
                    tokio::select! {
                        _ = run.ended() => {}
                        Ok(()) = progress.changed() => tokio::time::sleep(PACE).await,
                    }
                }
            }
            Self::Another => loop {
                match served.view.sync(id).await {
                    Ok(item) if item.finished.is_none() => tokio::time::sleep(LOOK_AGAIN).await,
                    Ok(_) | Err(_) => return None,
                }
            },
        }
    }
}

fn event(name: &str, data: &impl serde::Serialize) -> Event {
    let event = Event::default().event(name);
    event.json_data(data).unwrap_or_default()
}
