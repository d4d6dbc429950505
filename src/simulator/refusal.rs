//! Why Teams says no to an order (docs/graph.md 4.4, 7, 10).

use jiff::Timestamp;
use uuid::Uuid;

use super::number_store::Number;
use super::order::{Action, Order};
use super::switches::LicenceLoss;
use super::user_store::{Place, Presence};
use super::world::World;

/// What is said of an emergency address that only the operator can change.
pub(super) const CONTACT_YOUR_OPERATOR: &str =
    "Contact your operator to change the emergency address for this number.";

/// A refusal, worded as the same back end words it in PowerShell.
#[derive(Debug)]
pub(super) struct Refusal {
    /// Shown on the POST whatever the switches say.
    pub(super) at_once: bool,
    pub(super) message: String,
}

fn at_once(message: String) -> Refusal {
    Refusal {
        at_once: true,
        message,
    }
}

fn late(message: String) -> Refusal {
    Refusal {
        at_once: false,
        message,
    }
}

impl World {
    /// Whether Teams would carry out the order as things stand now.
    pub(super) fn check(&self, order: &Order, now: Timestamp) -> Result<(), Refusal> {
        match &order.action {
            Action::Assign {
                target,
                category,
                location,
            } => {
                let place = self
                    .users
                    .by_id(*target)
                    .filter(|place| self.users.presence(*place) == Presence::Here)
                    .ok_or_else(|| at_once(format!("User '{target}' is not found.")))?;
                self.check_number(order, *target)?;
                self.check_user(order, place, category, now)?;
                self.check_country(order, place, location.as_deref())
            }
            Action::Unassign => self.check_release(order),
        }
    }

    fn listed(&self, order: &Order) -> Result<Option<&Number>, Refusal> {
        let not_found = || {
            at_once(format!(
                "Telephone Number '{}' is not found from tenant.",
                order.number
            ))
        };
        match self.numbers.get(&order.number) {
            Some(number) if number.number_type == order.number_type => Ok(Some(number)),
            None if order.number_type == "directRouting" => Ok(None),
            _ => Err(not_found()),
        }
    }

    fn check_number(&self, order: &Order, target: Uuid) -> Result<(), Refusal> {
        let number = &order.number;
        if self.switches.blocked_numbers.contains(number) {
            return Err(late(format!(
                "Telephone Number '{number}' is blocked from assignment."
            )));
        }
        let Some(listed) = self.listed(order)? else {
            return Ok(());
        };
        if listed.is_on_premises() {
            return Err(late(format!(
                "Telephone Number '{number}' is managed in the on-premises Active Directory."
            )));
        }
        match listed.assignment_target_id {
            Some(holder) if holder != target => {
                return Err(late(format!(
                    "Telephone Number '{number}' has already been assigned to another user."
                )));
            }
            Some(_) => return Ok(()),
            None => {}
        }
        if listed.activation_state != "activated" {
            return Err(late(format!(
                "Telephone Number '{number}' is not activated ({}).",
                listed.activation_state
            )));
        }
        if !listed
            .capabilities
            .iter()
            .any(|capability| capability == "userAssignment")
        {
            return Err(late(format!(
                "Telephone Number '{number}' cannot be assigned to a user."
            )));
        }
        match listed.port_in_status.as_deref() {
            None | Some("completed") => Ok(()),
            Some(status) => Err(late(format!(
                "Telephone Number '{number}' is still being ported in ({status})."
            ))),
        }
    }

    fn check_user(
        &self,
        order: &Order,
        place: Place,
        category: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let user = self.users.id(place);
        let can = self.digested(place, now);
        let teams = can.teams || can.virtual_user || !self.switches.teams_plan_required;
        if !(teams && can.can_hold(&order.number_type)) {
            return Err(late(lacks_licence(&user.to_string(), &order.number_type)));
        }
        for held in self.numbers.of(user) {
            if held.telephone_number == order.number {
                continue;
            }
            if held.is_on_premises() {
                return Err(late(format!(
                    "The user '{user}' already has a telephone number set in the on-premises Active Directory."
                )));
            }
            if category == "primary" && held.is_primary() {
                return Err(late(format!(
                    "User '{user}' already has the primary telephone number '{}'.",
                    held.telephone_number
                )));
            }
        }
        Ok(())
    }

    /// Carrier numbers need the user's country and, in the US and Canada, an emergency location; some operators let
    /// nobody else change it.
    fn check_country(
        &self,
        order: &Order,
        place: Place,
        location: Option<&str>,
    ) -> Result<(), Refusal> {
        let Some(listed) = self.numbers.get(&order.number) else {
            return Ok(());
        };
        if order.number_type == "directRouting" {
            return Ok(());
        }
        let usage = self.users.text(place, "usageLocation");
        let country = listed.iso_country_code.as_deref();
        if country.is_some() && country != usage.as_deref() {
            return Err(late(format!(
                "Telephone Number '{}' belongs to {}, the user's usage location is {}.",
                order.number,
                country.unwrap_or_default(),
                usage.as_deref().unwrap_or("not set"),
            )));
        }
        let needs_location =
            order.number_type == "callingPlan" && matches!(country, Some("US" | "CA"));
        if needs_location && location.is_none() && listed.location_id.is_none() {
            return Err(at_once(format!(
                "LocationId is required to assign the telephone number '{}' to a user.",
                order.number
            )));
        }
        let changes = location.is_some() && location != listed.location_id.as_deref();
        if changes && listed.has_locked_location() {
            return Err(late(CONTACT_YOUR_OPERATOR.to_owned()));
        }
        Ok(())
    }

    fn check_release(&self, order: &Order) -> Result<(), Refusal> {
        let number = &order.number;
        let not_found = || {
            at_once(format!(
                "Telephone Number '{number}' is not found from tenant."
            ))
        };
        let listed = self.listed(order)?.ok_or_else(not_found)?;
        let Some(holder) = listed.assignment_target_id else {
            return Err(late(format!(
                "Telephone Number '{number}' is not assigned."
            )));
        };
        if listed.is_on_premises() {
            return Err(late(format!(
                "Telephone Number '{number}' is managed in the on-premises Active Directory."
            )));
        }
        if self.switches.release_refused {
            return Err(late("Service is unavailable. Please try again.".to_owned()));
        }
        let glued = self.switches.loss_rule(&order.number_type).mode == LicenceLoss::Glue;
        let unlicensed = self.users.by_id(holder).is_some_and(|place| {
            self.users.presence(place) == Presence::Here
                && !self.capabilities(place).can_hold(&order.number_type)
        });
        if glued && unlicensed {
            return Err(late(lacks_licence(&holder.to_string(), &order.number_type)));
        }
        Ok(())
    }
}

fn lacks_licence(user: &str, number_type: &str) -> String {
    format!("User '{user}' lacks appropriate licenses to assign a '{number_type}' number.")
}
