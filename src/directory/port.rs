//! The port to a directory: what an adapter must offer so that a sync can read who is there.

use super::{GroupId, Seats, Sku, User, UserId};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A link handed out by the directory service: opaque, replayed as it is, its origin checked by the adapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Link(pub String);

/// Where a round of reading stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// At the beginning of a full read.
    Full,
    /// At a stored link: a delta link, or the next link of an interrupted round.
    At(Link),
}

/// What one item of a page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// The user exists; a restored user looks like a new one (docs/graph.md 1.2).
    Present(Box<User>),
    /// The user was removed.
    Removed {
        /// Who.
        id: UserId,
        /// `false`: in the recycle bin, restorable for 30 days; `true`: gone for good.
        for_good: bool,
    },
}

/// What follows a page. A page with neither link is [`ReadError::Broken`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The round goes on there.
    More(Link),
    /// The round ended; the next one starts there.
    End {
        /// The delta link of the next round.
        delta: Link,
    },
}

/// One page of users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The items in the order sent; a user may occur more than once in a round.
    pub users: Vec<Observed>,
    /// What follows.
    pub next: Next,
}

/// Why something could not be read. The texts are for people; programs branch on the variant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// The link is no longer valid: a full read is due (docs/graph.md 1.4).
    #[error("the stored link is no longer valid")]
    Resync,
    /// Nobody answered properly, also after the retries.
    #[error("{0}")]
    Unreachable(String),
    /// The service answered and refuses: a missing permission, a wrong secret.
    #[error("{0}")]
    Refused(String),
    /// An answer came that cannot be what it should be.
    #[error("{0}")]
    Broken(String),
}

/// Reads a tenant's directory. Every method is read-only and may be repeated.
#[async_trait]
pub trait Directory: Send + Sync {
    /// One page of users. Retries are the adapter's; what it answers is final for this round.
    async fn page(&self, at: &Cursor) -> Result<Page, ReadError>;

    /// The tenant's subscribed products.
    async fn skus(&self) -> Result<Vec<Sku>, ReadError>;

    /// How many licences of each product for users there are, and how many of them are free.
    async fn seats(&self) -> Result<Vec<Seats>, ReadError>;

    /// One user as of now; `None` when the directory has no such user (or only in its recycle bin).
    async fn user(&self, id: UserId) -> Result<Option<User>, ReadError>;

    /// One user by UPN, for people who ask for somebody no read has shown yet; `None` when there is no such user.
    async fn user_named(&self, upn: &str) -> Result<Option<User>, ReadError>;

    /// The users of a group, through nested groups too.
    async fn members(&self, group: GroupId) -> Result<Vec<UserId>, ReadError>;

    /// A digest of the properties that pages carry: a stored link made with another selection is not continued.
    fn selection(&self) -> String;
}
