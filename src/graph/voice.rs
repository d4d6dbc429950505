//! What Teams itself says of a user (docs/graph.md 5).

use super::Graph;
use super::decode::{Malformed, Text, decode_list, decode_one};
use super::numbers::split;
use super::route::Route;
use crate::apply::{EffectivePage, Voice, VoiceError};
use crate::directory::{Link, ReadError, UserId};
use crate::numbering::E164;
use reqwest::StatusCode;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireVoice<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    feature_types: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    telephone_numbers: Option<Vec<WireLine<'a>>>,
    #[serde(borrow)]
    effective_policy_assignments: Option<Vec<WireEffective<'a>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireLine<'a> {
    #[serde(borrow)]
    telephone_number: Option<Text<'a>>,
    #[serde(borrow)]
    assignment_category: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireEffective<'a> {
    #[serde(borrow)]
    policy_type: Option<Text<'a>>,
    #[serde(borrow)]
    policy_assignment: Option<WirePolicy<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePolicy<'a> {
    #[serde(borrow)]
    display_name: Option<Text<'a>>,
}

impl Graph {
    pub(super) async fn read_voice(&self, user: UserId) -> Result<Option<Voice>, VoiceError> {
        let path = format!("/admin/teams/userConfigurations/{user}");
        let url = self.transport.base.at(&path)?;
        let read = self
            .transport
            .read(Route::Voice, url, |answer| voice(&answer.body, user));
        match read.await {
            Ok(voice) => Ok(voice),
            Err(failure) if failure.is(StatusCode::FORBIDDEN) => Err(VoiceError::NotGranted),
            Err(failure) if failure.is(StatusCode::NOT_FOUND) => Ok(None),
            Err(failure) => Err(VoiceError::Read(failure.into())),
        }
    }

    /// A page of all configurations, as far as policies are concerned. Neither page size nor next link is documented:
    /// whoever is not listed is simply not known.
    pub(super) async fn read_effective_policies(
        &self,
        after: Option<&Link>,
    ) -> Result<EffectivePage, VoiceError> {
        let base = &self.transport.base;
        let url = match after {
            None => base.at("/admin/teams/userConfigurations")?,
            Some(link) => base.follow(link)?,
        };
        let read = self
            .transport
            .read(Route::Voice, url, |answer| listed(&answer.body));
        let (people, next) = match read.await {
            Ok(page) => page,
            Err(failure) if failure.is(StatusCode::FORBIDDEN) => {
                return Err(VoiceError::NotGranted);
            }
            Err(failure) => return Err(VoiceError::Read(failure.into())),
        };
        if next.is_some() && next.as_ref() == after {
            let text =
                "the next link of a page of Teams user configurations leads to the same page";
            return Err(VoiceError::Read(ReadError::Broken(text.into())));
        }
        Ok((people, next))
    }
}

fn listed(body: &[u8]) -> Result<EffectivePage, Malformed> {
    let (items, next) = decode_list::<WireVoice<'_>>(body)?;
    let people = items.iter().filter_map(|wire| {
        let effective = wire.effective_policy_assignments.as_deref()?;
        Some((wire.id.parse().ok()?, policies(effective)))
    });
    Ok((people.collect(), next.map(|link| Link(link.to_string()))))
}

fn voice(body: &[u8], user: UserId) -> Result<Option<Voice>, Malformed> {
    let Some(wire) = decode_one::<WireVoice<'_>>(body)? else {
        return Ok(None);
    };
    if wire.id.parse() != Ok(user) {
        return Err(Malformed::Wrong(format!(
            "asked for the configuration of {user}, got that of somebody else"
        )));
    }
    let features = wire.feature_types.iter().flatten();
    Ok(Some(Voice {
        features: features.map(|text| text.to_string()).collect(),
        primary: primary(wire.telephone_numbers.as_deref().unwrap_or_default())?,
        policies: policies(
            wire.effective_policy_assignments
                .as_deref()
                .unwrap_or_default(),
        ),
    }))
}

/// The primary line. One that cannot be read is an error, because taking it for none would give a second number.
fn primary(lines: &[WireLine<'_>]) -> Result<Option<E164>, Malformed> {
    let is_primary = |line: &&WireLine<'_>| {
        let category = line.assignment_category.as_deref();
        category.is_none_or(|text| text.eq_ignore_ascii_case("primary"))
    };
    let number = |line: &WireLine<'_>| line.telephone_number.as_deref().map(str::to_owned);
    let Some(text) = lines.iter().filter(is_primary).find_map(number) else {
        return Ok(None);
    };
    match split(&text) {
        Some((number, _)) => Ok(Some(number)),
        None if text.trim().is_empty() => Ok(None),
        None => Err(Malformed::Wrong(
            "the user's primary number is no telephone number".into(),
        )),
    }
}

fn policies(effective: &[WireEffective<'_>]) -> BTreeMap<String, String> {
    let pair = |entry: &WireEffective<'_>| {
        let name = entry.policy_assignment.as_ref()?.display_name.as_deref()?;
        let name = name.strip_prefix("Tag:").unwrap_or(name);
        Some((entry.policy_type.as_deref()?.to_owned(), name.to_owned()))
    };
    effective.iter().filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: UserId = UserId::from_u128(0x18bc6b62_0bd9_45ff_8d8f_e3d2ee6de65c);

    #[test]
    fn reads_the_documented_configuration_bare_and_wrapped() {
        let entity = r#"{"@odata.context":"x","id":"18bc6b62-0bd9-45ff-8d8f-e3d2ee6de65c","accountType":"user",
            "isEnterpriseVoiceEnabled":true,"featureTypes":["Teams","PhoneSystem"],
            "telephoneNumbers":[{"telephoneNumber":"+4989555010009","assignmentCategory":"private"},
                {"telephoneNumber":"+4989555010001;ext=1","assignmentCategory":"primary"}],
            "effectivePolicyAssignments":[{"policyType":"TeamsUpgradePolicy","policyAssignment":
                {"displayName":"UpgradeToTeams","assignmentType":"direct","policyId":"x","groupId":null}},
                {"policyType":"TeamsMeetingPolicy","policyAssignment":{"displayName":"Tag:AllOn"}}]}"#;
        let expected = Some(Voice {
            features: vec!["Teams".into(), "PhoneSystem".into()],
            primary: Some("+4989555010001".parse().expect("a number")),
            policies: BTreeMap::from([
                ("TeamsMeetingPolicy".into(), "AllOn".into()),
                ("TeamsUpgradePolicy".into(), "UpgradeToTeams".into()),
            ]),
        });
        assert_eq!(voice(entity.as_bytes(), USER), Ok(expected.clone()));
        let wrapped = format!(r#"{{"value":{entity}}}"#);
        assert_eq!(voice(wrapped.as_bytes(), USER), Ok(expected));
    }

    #[test]
    fn a_list_tells_the_policies_of_everybody_it_tells_any_of() {
        let body = br#"{"value":[{"id":"18bc6b62-0bd9-45ff-8d8f-e3d2ee6de65c","effectivePolicyAssignments":[
            {"policyType":"TenantDialPlan","policyAssignment":{"displayName":"Tag:DE"}}]},
            {"id":"00000000-0000-0000-0000-000000000001"},{"id":"nobody","effectivePolicyAssignments":[]}],
            "@odata.nextLink":"https://graph/next"}"#;
        let policies = BTreeMap::from([("TenantDialPlan".into(), "DE".into())]);
        let expected = (
            vec![(USER, policies)],
            Some(Link("https://graph/next".into())),
        );
        assert_eq!(listed(body), Ok(expected));
    }

    #[test]
    fn doubt_about_the_primary_line_is_an_error() {
        let of = |rest: &str| {
            let json = format!(r#"{{"id":"18bc6b62-0bd9-45ff-8d8f-e3d2ee6de65c"{rest}}}"#);
            voice(json.as_bytes(), USER)
        };
        assert_eq!(of(""), Ok(Some(Voice::default())));
        assert!(of(r#","telephoneNumbers":[{"telephoneNumber":"secret line"}]"#).is_err());
        assert!(voice(br#"{"id":"00000000-0000-0000-0000-000000000001"}"#, USER).is_err());
        assert!(voice(b"{}", USER).is_err());
        assert_eq!(voice(br#"{"value":[]}"#, USER), Ok(None));
    }
}
