//! Work that goes on when whoever asked for it goes away.

use super::problem::Problem;
use tokio::task::JoinError;

/// Does work in a task of its own: a connection that ends takes its request's handler with it, in the middle of
/// anything, but not this.
pub(super) async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::spawn(work).await.map_err(JoinError::try_into_panic) {
        Ok(done) => done,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        Err(Err(_)) => Err(Problem::unavailable("the service is stopping")),
    }
}
