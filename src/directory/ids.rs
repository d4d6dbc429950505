//! Identifiers of directory objects: GUIDs, one type each, so that a SKU is never taken for a plan.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! guid {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The identifier whose 128 bits are `value`; for tables of constants and for tests.
            #[must_use]
            pub const fn from_u128(value: u128) -> Self {
                Self(Uuid::from_u128(value))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text.trim()).map(Self)
            }
        }
    };
}

guid! {
    /// A user's object id: the one and only identity of a user.
    UserId
}
guid! {
    /// A subscribed product (`skuId`). Not a plan: `54a152dc-…` is both a SKU and a plan (docs/graph.md, trap 1).
    SkuId
}
guid! {
    /// A service plan inside a product (`servicePlanId`).
    PlanId
}
guid! {
    /// A directory group, as rules name it in `groups has`.
    GroupId
}
