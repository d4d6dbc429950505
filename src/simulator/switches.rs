//! What is unknown about Graph, or should be tried both ways, as switches.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// All switches. `PUT /_sim/switches` takes any part of this as JSON; durations are `"500ms"`,
/// `"2s"`, `"10m"`, `"24h"`, `"7d"`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// What happens to a number whose holder loses a plan it needs, by `numberType` (docs/graph.md 3.3).
    pub on_licence_loss: BTreeMap<String, LossRule>,
    /// What a soft or hard deletion does to the holder's numbers.
    pub on_delete: OnDelete,
    /// Time from licensing until Teams honours the licence (featureTypes, assignNumber). Simulator clock.
    pub readiness_delay: Span,
    /// Time after an operation during which numbers are shown as before. Real time.
    pub readback_delay: Span,
    /// Time an operation takes; zero: at once. Real time.
    pub operation_time: Span,
    /// Users on one delta page.
    pub page_size: usize,
    /// Begin every delta round with an empty page that carries a next link.
    pub empty_first_page: bool,
    /// Show soft-deleted users as removed in the first round too.
    pub removed_in_first_round: bool,
    /// Answer 410 with `Location` instead of 400 `syncStateNotFound` for an expired delta token.
    pub expired_delta_is_410: bool,
    /// Life of an access token. Simulator clock.
    pub token_lifetime: Span,
    /// The client secret counts as expired.
    pub secret_expired: bool,
    /// The issuer that the application's federated credential names; any when not set.
    pub federated_issuer: Option<String>,
    /// The subject that it names; any when not set.
    pub federated_subject: Option<String>,
    /// Client ids of the machine's managed identities, the first being its own; any when not set.
    pub machine_identities: Option<Vec<String>>,
    /// Application permissions that were granted.
    pub grants: Vec<String>,
    /// Where a refusal shows that could show in either place.
    pub refuse_in: RefuseIn,
    /// Assigning needs a usable Teams plan beside Phone System.
    pub teams_plan_required: bool,
    /// Every unassignment fails.
    pub release_refused: bool,
    /// Numbers under an assignment block, which Graph does not show.
    pub blocked_numbers: Vec<String>,
    /// Users (id or UPN) whose effective TeamsUpgradePolicy is `Islands`.
    pub not_teams_only: Vec<String>,
    /// Direct-routing numbers stay listed, unassigned, when they are taken from a user.
    pub direct_routing_stays_listed: bool,
    /// The number list carries `@odata.nextLink` while there is more.
    pub number_next_link: bool,
    /// How single entities of the Teams administration are wrapped.
    pub wrap: Wrap,
    /// User properties shown as null to everyone, as when a permission was lost.
    pub hidden_properties: Vec<String>,
    /// Seconds added to the `Date` header only.
    pub date_skew_seconds: i64,
    /// Seconds added to the simulator's clock.
    pub clock_offset_seconds: i64,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            on_licence_loss: ["directRouting", "callingPlan", "operatorConnect"]
                .map(|kind| (kind.to_owned(), LossRule::default()))
                .into(),
            on_delete: OnDelete::Keep,
            readiness_delay: Span::default(),
            readback_delay: Span::default(),
            operation_time: Span::default(),
            page_size: 500,
            empty_first_page: false,
            removed_in_first_round: false,
            expired_delta_is_410: false,
            token_lifetime: Span(Duration::from_secs(3599)),
            secret_expired: false,
            federated_issuer: None,
            federated_subject: None,
            machine_identities: None,
            grants: DEFAULT_GRANTS.map(str::to_owned).to_vec(),
            refuse_in: RefuseIn::Operation,
            teams_plan_required: true,
            release_refused: false,
            blocked_numbers: Vec::new(),
            not_teams_only: Vec::new(),
            direct_routing_stays_listed: false,
            number_next_link: false,
            wrap: Wrap::Bare,
            hidden_properties: Vec::new(),
            date_skew_seconds: 0,
            clock_offset_seconds: 0,
        }
    }
}

/// The least application permissions of docs/graph.md 0, and the one for group members.
const DEFAULT_GRANTS: [&str; 8] = [
    "User.Read.All",
    "LicenseAssignment.Read.All",
    "TeamsTelephoneNumber.Read.All",
    "TeamsTelephoneNumber.ReadWrite.All",
    "TeamsUserConfiguration.Read.All",
    "TeamsPolicyUserAssign.ReadWrite.All",
    "User-Phone.ReadWrite.All",
    "GroupMember.Read.All",
];

impl Switches {
    /// These switches with some of them replaced.
    ///
    /// # Errors
    /// Names the switch that is unknown or has a wrong value.
    pub fn with(&self, part: &serde_json::Value) -> Result<Self, String> {
        let mut whole = serde_json::to_value(self).map_err(|error| error.to_string())?;
        let (Some(known), Some(given)) = (whole.as_object_mut(), part.as_object()) else {
            return Err("switches are given as one JSON object".to_owned());
        };
        for (name, value) in given {
            match (known.get_mut(name), value) {
                (Some(serde_json::Value::Object(old)), serde_json::Value::Object(new)) => {
                    old.extend(new.clone())
                }
                _ => {
                    known.insert(name.clone(), value.clone());
                }
            }
        }
        serde_path_to_error::deserialize(whole)
            .map_err(|error| format!("switch '{}': {}", error.path(), error.inner()))
    }

    /// The rule for numbers of this type.
    pub(super) fn loss_rule(&self, number_type: &str) -> LossRule {
        self.on_licence_loss
            .get(number_type)
            .copied()
            .unwrap_or_default()
    }
}

/// What happens when a holder loses the licence, and how long it takes. Simulator clock.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct LossRule {
    /// What happens.
    pub mode: LicenceLoss,
    /// When, after the loss.
    pub delay: Span,
}

/// The worlds of docs/graph.md 3.3.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LicenceLoss {
    /// Teams takes the number away; a direct-routing number leaves the list.
    #[default]
    Strip,
    /// The number stays and cannot be unassigned until the holder is licensed again.
    Glue,
    /// The number stays and can be unassigned.
    Keep,
}

/// What a deletion does to the user's numbers.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OnDelete {
    /// The numbers are taken away at once.
    Strip,
    /// The numbers stay with the object id.
    Keep,
}

/// Where Teams says no.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RefuseIn {
    /// 400 on the POST.
    Request,
    /// 202, then an operation that fails.
    Operation,
}

/// The shapes seen in documentation samples (docs/graph.md 4.3).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Wrap {
    /// The entity itself.
    Bare,
    /// `{"value": {…}}`.
    Value,
    /// `{"value": [{…}]}`.
    List,
}

/// A duration that reads and prints as people write it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Span(pub Duration);

impl Span {
    /// The same for instants of the simulator's clock.
    pub(super) fn signed(self) -> jiff::SignedDuration {
        jiff::SignedDuration::try_from(self.0).unwrap_or(jiff::SignedDuration::MAX)
    }
}

impl std::str::FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is no duration; write 500ms, 2s, 10m, 24h or 7d");
        let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let amount: u64 = text[..digits].parse().map_err(|_| wrong())?;
        let unit_ms = match &text[digits..] {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(wrong()),
        };
        Ok(Self(Duration::from_millis(
            amount.checked_mul(unit_ms).ok_or_else(wrong)?,
        )))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{}ms", self.0.as_millis()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn part_of_the_switches_may_be_given() {
        let switches = Switches::default()
            .with(&json!({"operation_time": "2s", "on_licence_loss": {"callingPlan": {"mode": "glue"}}}))
            .expect("known switches");
        assert_eq!(switches.operation_time.0, Duration::from_secs(2));
        assert_eq!(switches.loss_rule("callingPlan").mode, LicenceLoss::Glue);
        assert_eq!(switches.loss_rule("directRouting").mode, LicenceLoss::Strip);
    }

    #[test]
    fn a_wrong_switch_is_named() {
        let error = Switches::default()
            .with(&json!({"operation_time": "soon"}))
            .expect_err("no duration");
        assert!(
            error.contains("operation_time") && error.contains("soon"),
            "{error}"
        );
        assert!(Switches::default().with(&json!({"nonsense": 1})).is_err());
    }
}
