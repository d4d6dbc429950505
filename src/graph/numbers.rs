//! The tenant's numbers as Teams lists them (docs/graph.md 4.1).

use super::Graph;
use super::decode::{Malformed, Text, decode_list};
use super::interner::Interner;
use super::route::Route;
use crate::directory::{Link, ReadError};
use crate::numbering::{
    Category, Country, E164, Listed, ListedProfile, ListedStatus, ListedType, NumberType,
};
use reqwest::Url;
use serde::Deserialize;
use uuid::Uuid;

pub(super) const ASSIGNMENTS: &str = "/admin/teams/telephoneNumberManagement/numberAssignments";

/// The most that `$top` takes.
const PAGE: usize = 1000;

/// What a service that pays no attention to `$top` sends.
const DEFAULT_PAGE: usize = 500;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireNumber<'a> {
    #[serde(borrow)]
    telephone_number: Option<Text<'a>>,
    #[serde(borrow)]
    operator_id: Option<Text<'a>>,
    #[serde(borrow)]
    number_type: Option<Text<'a>>,
    #[serde(borrow)]
    activation_state: Option<Text<'a>>,
    #[serde(borrow)]
    capabilities: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    assignment_status: Option<Text<'a>>,
    #[serde(borrow)]
    assignment_target_id: Option<Text<'a>>,
    #[serde(borrow)]
    assignment_category: Option<Text<'a>>,
    #[serde(borrow)]
    port_in_status: Option<Text<'a>>,
    #[serde(borrow)]
    number_source: Option<Text<'a>>,
    #[serde(borrow)]
    iso_country_code: Option<Text<'a>>,
    #[serde(borrow)]
    supported_customer_actions: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    location_id: Option<Text<'a>>,
}

/// One page, as far as paging is concerned.
struct NumberPage {
    listed: Vec<Listed>,
    items: usize,
    next: Option<Link>,
}

impl Graph {
    pub(super) async fn read_numbers(
        &self,
        after: Option<&Link>,
    ) -> Result<(Vec<Listed>, Option<Link>), ReadError> {
        let base = &self.transport.base;
        let url = match after {
            None => base.at(&format!("{ASSIGNMENTS}?$top={PAGE}&$skip=0"))?,
            Some(link) => base.follow(link)?,
        };
        let skipped = skip_of(&url);
        let read = self.transport.read(Route::Numbers, url, |answer| {
            page(&answer.body, &mut self.interner())
        });
        let page = read.await?;
        let next = match (page.next, skipped) {
            (Some(next), _) => {
                base.follow(&next)?;
                if Some(&next) == after {
                    return Err(ReadError::Broken(
                        "the next link of a page of numbers leads to the same page".into(),
                    ));
                }
                Some(next)
            }
            // No next link is documented: a page that is not short is followed by another one.
            (None, Some(skip)) if page.items >= PAGE || page.items == DEFAULT_PAGE => {
                let skip = skip.saturating_add(page.items);
                let path = format!("{ASSIGNMENTS}?$top={PAGE}&$skip={skip}");
                Some(Link(base.at(&path)?.into()))
            }
            (None, _) => None,
        };
        Ok((page.listed, next))
    }

    pub(super) async fn read_number(&self, number: E164) -> Result<Option<Listed>, ReadError> {
        let entries = self.read_entries(number).await?;
        let told = |l: &Listed| (l.profile.extension, l.is_unassigned());
        Ok(entries.into_iter().min_by_key(told))
    }

    pub(super) async fn read_entries(&self, number: E164) -> Result<Vec<Listed>, ReadError> {
        let digits = number.digits();
        let path = format!("{ASSIGNMENTS}?$filter=telephoneNumber%20eq%20%27%2B{digits}%27");
        let url = self.transport.base.at(&path)?;
        let read = self.transport.read(Route::Numbers, url, |answer| {
            page(&answer.body, &mut self.interner())
        });
        let page = read.await?;
        let mut entries = page.listed;
        entries.retain(|listed| listed.number == number);
        // Without this a service that ignores the filter would make every number look unlisted.
        if entries.is_empty() && page.items > 0 {
            return Err(ReadError::Broken(format!(
                "asked for the number {number}, Graph answered with other numbers"
            )));
        }
        Ok(entries)
    }
}

fn skip_of(url: &Url) -> Option<usize> {
    let (_, text) = url
        .query_pairs()
        .find(|(key, _)| key.eq_ignore_ascii_case("$skip"))?;
    text.parse().ok()
}

fn page(body: &[u8], interner: &mut Interner) -> Result<NumberPage, Malformed> {
    let (items, next) = decode_list::<WireNumber<'_>>(body)?;
    let mut listed = Vec::with_capacity(items.len());
    let mut foreign = 0_usize;
    for (at, item) in items.iter().enumerate() {
        let text = item
            .telephone_number
            .as_deref()
            .ok_or_else(|| Malformed::Wrong(format!("number {at} has no `telephoneNumber`")))?;
        match split(text) {
            Some((number, extension)) => listed.push(Listed {
                number,
                target: target_of(item).unwrap_or_default(),
                profile: interner.profile(profile(item, extension)),
            }),
            None => foreign += 1,
        }
    }
    if foreign > 0 && listed.is_empty() {
        return Err(Malformed::Wrong(format!(
            "none of {foreign} listed numbers is a telephone number"
        )));
    }
    if foreign > 0 {
        tracing::debug!(
            count = foreign,
            "listed numbers that are no E.164 numbers are left aside"
        );
    }
    Ok(NumberPage {
        listed,
        items: items.len(),
        next: next.map(|link| Link(link.to_string())),
    })
}

/// The number and whether it has an extension: `+49…;ext=12` (docs/graph.md, trap 24). A missing plus sign is forgiven.
pub(super) fn split(text: &str) -> Option<(E164, bool)> {
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let (number, rest) = text.split_once(';').unwrap_or((text, ""));
    let number = match number.parse() {
        Err(crate::numbering::NumberError::NoPlus) => format!("+{number}").parse(),
        other => other,
    };
    Some((number.ok()?, !rest.is_empty()))
}

/// The target, or an error when there is one that is no object id.
fn target_of(wire: &WireNumber<'_>) -> Result<Option<Uuid>, ()> {
    match wire.assignment_target_id.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => match Uuid::try_parse(text) {
            Ok(id) => Ok(Some(id).filter(|id| !id.is_nil())),
            Err(_) => Err(()),
        },
    }
}

fn profile(wire: &WireNumber<'_>, extension: bool) -> ListedProfile {
    let is = |text: &Option<Text<'_>>, wanted: &str| {
        text.as_deref()
            .is_some_and(|text| text.eq_ignore_ascii_case(wanted))
    };
    let has = |list: &Option<Vec<Text<'_>>>, wanted: &str| {
        list.iter()
            .flatten()
            .any(|text| text.eq_ignore_ascii_case(wanted))
    };
    let primary = wire.assignment_category.is_none() || is(&wire.assignment_category, "primary");
    ListedProfile {
        number_type: number_type(wire.number_type.as_deref().unwrap_or_default()),
        activated: is(&wire.activation_state, "activated"),
        for_users: has(&wire.capabilities, "userAssignment"),
        status: status(wire),
        category: if primary {
            Category::Primary
        } else {
            Category::Other
        },
        ported: wire.port_in_status.is_none() || is(&wire.port_in_status, "completed"),
        on_premises: is(&wire.number_source, "onPremises"),
        extension,
        operator: wire
            .operator_id
            .as_deref()
            .and_then(|text| Uuid::try_parse(text).ok())
            .filter(|id| !id.is_nil()),
        country: wire
            .iso_country_code
            .as_deref()
            .and_then(Country::from_code),
        location_update: has(&wire.supported_customer_actions, "locationUpdate"),
        location: wire
            .location_id
            .as_deref()
            .and_then(|text| Uuid::try_parse(text.trim()).ok())
            .filter(|id| !id.is_nil()),
    }
}

fn number_type(text: &str) -> ListedType {
    match text.to_ascii_lowercase().as_str() {
        "directrouting" => ListedType::Known(NumberType::DirectRouting),
        "callingplan" => ListedType::Known(NumberType::CallingPlan),
        "operatorconnect" => ListedType::Known(NumberType::OperatorConnect),
        _ => ListedType::Other(text.to_owned()),
    }
}

fn status(wire: &WireNumber<'_>) -> ListedStatus {
    let target = target_of(wire);
    match wire.assignment_status.as_deref() {
        // Somebody holds it whose id this version cannot read: not to be touched.
        _ if target.is_err() => ListedStatus::Other("assigned to what is no object id".into()),
        None if target == Ok(None) => ListedStatus::Unassigned,
        None => ListedStatus::Other("null".into()),
        Some(text) if text.eq_ignore_ascii_case("unassigned") => ListedStatus::Unassigned,
        Some(text) if text.eq_ignore_ascii_case("userAssigned") => ListedStatus::UserAssigned,
        Some(text) => ListedStatus::Other(text.to_owned()),
    }
}

#[cfg(test)]
#[path = "numbers_tests.rs"]
mod tests;
