//! Who is there: users of a directory, their licences, and what the licences make of them.
//!
//! Knows nothing of numbers, rules or storage. The trait [`Directory`] is the only thing here that waits;
//! everything else is data and pure functions. Facts about Microsoft's identifiers are named with their
//! section of `docs/graph.md`.

mod attribute;
mod catalogue;
mod ids;
mod licence;
mod licensing;
mod port;
mod reasons;
mod user;

pub use attribute::{Attribute, Attributes};
pub use catalogue::{PlanCatalogue, plan_id_by_name, plan_names};
pub use ids::{GroupId, PlanId, SkuId, UserId};
pub use licence::{
    AssignedLicence, AssignedPlan, Licences, PlanStatus, Seats, Sku, SkuPlan, SkuStatus,
};
pub use licensing::{Doubt, Kind, LicenceBook, Licensing, VoiceLicence};
pub use port::{Cursor, Directory, Link, Next, Observed, Page, ReadError};
pub use reasons::{Hindrance, LicenceReason, PlanRole};
pub use user::{PlanDates, User};

#[cfg(test)]
pub(crate) mod tests;
