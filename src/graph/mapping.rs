//! From Graph's user to ours. Texts are kept exactly; an unknown status is kept, too; a date that is none is nothing.

use super::decode::{Malformed, Text, decode};
use super::interner::Interner;
use super::user_wire::{WireLicence, WirePage, WirePlan, WireUser};
use crate::directory::{
    AssignedLicence, AssignedPlan, Attribute, Attributes, Licences, Link, Next, Observed, Page,
    PlanCatalogue, PlanDates, PlanId, PlanStatus, User, UserId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::str::FromStr;
use std::sync::Arc;

/// Reads pages of users, sharing what repeats between them.
#[derive(Debug)]
pub(super) struct UserMapper<'s> {
    pub(super) catalogue: &'s PlanCatalogue,
    pub(super) interner: &'s mut Interner,
    scratch: Licences,
}

impl<'s> UserMapper<'s> {
    pub(super) fn new(catalogue: &'s PlanCatalogue, interner: &'s mut Interner) -> Self {
        Self {
            catalogue,
            interner,
            scratch: Licences::default(),
        }
    }

    /// One page of a delta round. One with both links or none is broken: the round would not end, or end too early.
    pub(super) fn page(&mut self, body: &[u8]) -> Result<Page, Malformed> {
        let wire: WirePage<'_> = decode(body)?;
        let next = match (wire.next, wire.delta) {
            (Some(next), None) => Next::More(Link(next.to_string())),
            (None, Some(delta)) => Next::End {
                delta: Link(delta.to_string()),
            },
            (None, None) => return Err(wrong("the page has neither a next nor a delta link")),
            (Some(_), Some(_)) => return Err(wrong("the page has both a next and a delta link")),
        };
        let users = wire.value.ok_or_else(|| wrong("the page has no `value`"))?;
        let users = users
            .into_iter()
            .enumerate()
            .map(|(at, user)| {
                self.observed(&user)
                    .map_err(|what| wrong(&format!("user {at} of the page cannot be read: {what}")))
            })
            .collect::<Result<_, _>>()?;
        Ok(Page { users, next })
    }

    /// One user read by its id.
    pub(super) fn single(&mut self, body: &[u8]) -> Result<User, Malformed> {
        let wire: WireUser<'_> = decode(body)?;
        let id = id_of(&wire).map_err(wrong)?;
        self.user(id, &wire).map_err(wrong)
    }

    fn observed(&mut self, wire: &WireUser<'_>) -> Result<Observed, &'static str> {
        let id = id_of(wire)?;
        if let Some(removed) = &wire.removed {
            // An unknown reason is taken for the one from which there is a way back.
            let for_good = removed.reason.as_deref() == Some("deleted");
            return Ok(Observed::Removed { id, for_good });
        }
        Ok(Observed::Present(Box::new(self.user(id, wire)?)))
    }

    fn user(&mut self, id: UserId, wire: &WireUser<'_>) -> Result<User, &'static str> {
        let plans = wire.assigned_plans.as_deref().unwrap_or_default();
        let licences =
            self.licences(wire.assigned_licenses.as_deref().unwrap_or_default(), plans)?;
        Ok(User {
            id,
            attributes: self.attributes(wire),
            licences,
            plan_dates: self.plan_dates(plans),
            enabled: wire.account_enabled.unwrap_or(true),
            guest: wire
                .user_type
                .as_deref()
                .is_some_and(|kind| kind.eq_ignore_ascii_case("guest")),
            on_premises_synced: wire.on_premises_sync_enabled.unwrap_or(false),
            created: wire.created_date_time.as_deref().and_then(instant),
            hired: wire.employee_hire_date.as_deref().and_then(day),
            business_phone: wire
                .business_phones
                .as_ref()
                .and_then(|phones| phones.first())
                .map(|phone| Arc::from(&**phone)),
        })
    }

    fn licences(
        &mut self,
        licences: &[WireLicence<'_>],
        plans: &[WirePlan<'_>],
    ) -> Result<Arc<Licences>, &'static str> {
        // An entry that cannot be read must not be left out: its user would look unlicensed.
        self.scratch.assigned.clear();
        self.scratch.plans.clear();
        for licence in licences {
            let sku = guid(&licence.sku_id, "a `skuId` is no GUID")?;
            let off = licence.disabled_plans.as_deref().unwrap_or_default();
            let mut disabled = off
                .iter()
                .map(|plan| guid(plan, "one of `disabledPlans` is no GUID"))
                .collect::<Result<Vec<PlanId>, _>>()?;
            disabled.sort_unstable();
            self.scratch
                .assigned
                .push(AssignedLicence { sku, disabled });
        }
        for plan in plans {
            self.scratch.plans.push(AssignedPlan {
                plan: guid(&plan.service_plan_id, "a `servicePlanId` is no GUID")?,
                status: status(plan.capability_status.as_deref().unwrap_or_default()),
            });
        }
        self.scratch.assigned.sort_unstable();
        self.scratch.plans.sort_unstable();
        Ok(self.interner.licences(&self.scratch))
    }

    fn plan_dates(&self, plans: &[WirePlan<'_>]) -> PlanDates {
        let mut dates = PlanDates::default();
        for plan in plans {
            let Ok(id) = PlanId::from_str(&plan.service_plan_id) else {
                continue;
            };
            let class = if self.catalogue.phone_system.contains(&id) {
                &mut dates.phone_system
            } else if self.catalogue.calling.contains(&id) {
                &mut dates.calling_plan
            } else {
                continue;
            };
            if status(plan.capability_status.as_deref().unwrap_or_default()).is_usable() {
                let assigned = plan.assigned_date_time.as_deref().and_then(instant);
                *class = (*class).max(assigned);
            }
        }
        dates
    }

    fn attributes(&mut self, wire: &WireUser<'_>) -> Attributes {
        let mut all = Attributes::default();
        let mut put = |attribute, text: &Option<Text<'_>>| {
            if let Some(text) = text {
                all.set(attribute, Some(self.interner.text(attribute, text)));
            }
        };
        // In the order of the attributes, so that each is appended.
        put(Attribute::City, &wire.city);
        put(Attribute::Office, &wire.office_location);
        put(Attribute::UsageLocation, &wire.usage_location);
        put(Attribute::Country, &wire.country);
        put(Attribute::State, &wire.state);
        put(Attribute::PostalCode, &wire.postal_code);
        put(Attribute::Street, &wire.street_address);
        put(Attribute::Department, &wire.department);
        put(Attribute::Company, &wire.company_name);
        put(Attribute::JobTitle, &wire.job_title);
        put(Attribute::EmployeeId, &wire.employee_id);
        put(Attribute::EmployeeType, &wire.employee_type);
        if let Some(organisation) = &wire.employee_org_data {
            put(Attribute::CostCenter, &organisation.cost_center);
            put(Attribute::Division, &organisation.division);
        }
        put(Attribute::Upn, &wire.user_principal_name);
        put(Attribute::Mail, &wire.mail);
        put(Attribute::DisplayName, &wire.display_name);
        put(Attribute::GivenName, &wire.given_name);
        put(Attribute::Surname, &wire.surname);
        put(Attribute::PreferredLanguage, &wire.preferred_language);
        if let Some(e) = &wire.on_premises_extension_attributes {
            put(Attribute::ExtensionAttribute1, &e.e1);
            put(Attribute::ExtensionAttribute2, &e.e2);
            put(Attribute::ExtensionAttribute3, &e.e3);
            put(Attribute::ExtensionAttribute4, &e.e4);
            put(Attribute::ExtensionAttribute5, &e.e5);
            put(Attribute::ExtensionAttribute6, &e.e6);
            put(Attribute::ExtensionAttribute7, &e.e7);
            put(Attribute::ExtensionAttribute8, &e.e8);
            put(Attribute::ExtensionAttribute9, &e.e9);
            put(Attribute::ExtensionAttribute10, &e.e10);
            put(Attribute::ExtensionAttribute11, &e.e11);
            put(Attribute::ExtensionAttribute12, &e.e12);
            put(Attribute::ExtensionAttribute13, &e.e13);
            put(Attribute::ExtensionAttribute14, &e.e14);
            put(Attribute::ExtensionAttribute15, &e.e15);
        }
        all
    }
}

fn id_of(wire: &WireUser<'_>) -> Result<UserId, &'static str> {
    let text = wire.id.as_deref().ok_or("it has no `id`")?;
    guid(text, "its `id` is no GUID")
}

fn guid<T: FromStr>(text: &str, otherwise: &'static str) -> Result<T, &'static str> {
    text.parse().map_err(|_| otherwise)
}

fn wrong(what: &str) -> Malformed {
    Malformed::Wrong(what.to_owned())
}

/// As the conversion from a text, but without making one for the known states.
fn status(text: &str) -> PlanStatus {
    match text {
        "Enabled" => PlanStatus::Enabled,
        "Warning" => PlanStatus::Warning,
        "Suspended" => PlanStatus::Suspended,
        "LockedOut" => PlanStatus::LockedOut,
        "Deleted" => PlanStatus::Deleted,
        other => PlanStatus::from(other.to_owned()),
    }
}

/// An instant to the microsecond, which is what the product keeps; Graph sends up to seven decimals.
/// The day of an instant, or a day by itself.
fn day(text: &str) -> Option<Date> {
    let instant = text.parse::<Timestamp>().ok();
    let day = instant.map(|at| at.to_zoned(TimeZone::UTC).date());
    day.or_else(|| text.parse().ok())
}

fn instant(text: &str) -> Option<Timestamp> {
    let exact: Timestamp = text.parse().ok()?;
    Timestamp::from_microsecond(exact.as_microsecond()).ok()
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
