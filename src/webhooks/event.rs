//! The events, and what a message says of one.

use crate::directory::UserId;
use crate::numbering::E164;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

macro_rules! events {
    ($($variant:ident $name:literal $meaning:literal),* $(,)?) => {
        /// What a message can be about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Event { $(#[doc = $meaning] $variant),* }

        impl Event {
            /// Every event.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in a message and in the configuration.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

events! {
    Assigned "assigned" "A person was given a number.",
    Released "released" "A number was taken back.",
    Held "held" "A sync holds changes until a person decides.",
    LowStock "low-stock" "A range has fewer free numbers than its `low-stock`.",
    Exhausted "exhausted" "A range has no number for a person who should get one.",
    ReleaseBlocked "release-blocked" "Teams does not let go of a number.",
    RemovedOutside "removed-outside" "Somebody took a number away in Teams.",
    Waiting "waiting" "A person has waited for more than 24 hours.",
    RulesRefused "rules-refused" "The newest rules have errors; older ones stay in force.",
    Failed "failed" "A sync could decide nothing, or a change failed.",
}

impl Event {
    /// The event of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.name() == name)
    }
}

/// Something to be told, before it is known to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub(super) event: Event,
    pub(super) at: Timestamp,
    pub(super) about: About,
}

/// What it is about; what does not apply is left empty and shown as `null`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct About {
    pub(super) sync: Option<String>,
    pub(super) user: Option<UserId>,
    pub(super) number: Option<E164>,
    pub(super) range: Option<String>,
    /// A word: why it was assigned or released, what failed. Of refused rules the errors.
    pub(super) reason: Option<String>,
    /// How many people or changes it concerns.
    pub(super) count: Option<u64>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    tenant: &'a str,
    sync: Option<&'a str>,
    user: Option<User<'a>>,
    number: Option<E164>,
    range: Option<&'a str>,
    reason: Option<&'a str>,
    count: Option<u64>,
}

#[derive(Serialize)]
struct User<'a> {
    id: UserId,
    upn: Option<&'a str>,
}

/// The JSON that is sent. `upns` knows the people of the messages as far as they are known.
pub(super) fn body(
    tenant: &str,
    occurrence: &Occurrence,
    upns: &BTreeMap<UserId, String>,
) -> serde_json::Result<String> {
    let about = &occurrence.about;
    let user = about.user.map(|id| User {
        id,
        upn: upns.get(&id).map(String::as_str),
    });
    serde_json::to_string(&Body {
        r#type: occurrence.event.name(),
        timestamp: occurrence.at,
        data: Data {
            tenant,
            sync: about.sync.as_deref(),
            user,
            number: about.number,
            range: about.range.as_deref(),
            reason: about.reason.as_deref(),
            count: about.count,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_a_fixed_form() {
        let user = UserId::from_u128(7);
        let occurrence = Occurrence {
            event: Event::Assigned,
            at: "2026-11-20T08:00:00Z".parse().expect("a time"),
            about: About {
                sync: Some("1-a".into()),
                user: Some(user),
                number: E164::from_digits(498_955_501_000),
                range: Some("muc".into()),
                reason: Some("rule".into()),
                count: None,
            },
        };
        let upns = BTreeMap::from([(user, "anna@contoso.example".to_owned())]);
        insta::assert_snapshot!(body("contoso", &occurrence, &upns).expect("JSON"), @r#"{"type":"assigned","timestamp":"2026-11-20T08:00:00Z","data":{"tenant":"contoso","sync":"1-a","user":{"id":"00000000-0000-0000-0000-000000000007","upn":"anna@contoso.example"},"number":"+498955501000","range":"muc","reason":"rule","count":null}}"#);
    }

    #[test]
    fn events_are_found_by_their_names() {
        for event in Event::ALL {
            assert_eq!(Event::from_name(event.name()), Some(*event));
        }
        assert_eq!(Event::from_name("assign"), None);
    }
}
