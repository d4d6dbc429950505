//! How numbers come to users and leave them.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::licensing::Capabilities;
use super::number_store::Number;
use super::order::{Action, Order};
use super::switches::LicenceLoss;
use super::user_store::Presence;
use super::world::World;

/// A number that Teams will take from an unlicensed holder.
#[derive(Debug)]
pub(super) struct Strip {
    pub(super) due: Timestamp,
    user: Uuid,
    number: String,
}

impl World {
    /// Makes an order true that was checked before.
    pub(super) fn carry_out(&mut self, order: &Order) {
        match &order.action {
            Action::Assign {
                target,
                category,
                location,
            } => {
                let listed = self
                    .numbers
                    .get(&order.number)
                    .map(|listed| Number::clone(listed));
                let number =
                    listed.unwrap_or_else(|| Number::new(order.number.clone(), &order.number_type));
                let mut number = number.held_by(*target, category);
                if location.is_some() {
                    number.location_id.clone_from(location);
                }
                self.numbers.put(number);
            }
            Action::Unassign => {
                if let Some(number) = self.numbers.get(&order.number).cloned() {
                    self.take_away(&number, false);
                }
            }
        }
    }

    /// Takes a number from its holder. A direct-routing number that was never uploaded leaves the
    /// list, and any that Teams itself takes does (docs/graph.md 3.3).
    pub(super) fn take_away(&mut self, number: &Arc<Number>, by_teams: bool) {
        let stays = number.inventory && !by_teams || self.switches.direct_routing_stays_listed;
        if number.number_type == "directRouting" && !stays {
            self.numbers.remove(&number.telephone_number);
        } else {
            self.numbers.put(Number::clone(number).freed());
        }
    }

    /// Notes which numbers Teams will take after a change of licences.
    pub(super) fn plan_strips(&mut self, user: Uuid, after: Capabilities, now: Timestamp) {
        self.strips.retain(|strip| strip.user != user);
        for number in self.numbers.of(user) {
            let rule = self.switches.loss_rule(&number.number_type);
            let lost = !after.can_hold(&number.number_type) && !number.is_on_premises();
            if lost && rule.mode == LicenceLoss::Strip {
                let due = now
                    .checked_add(rule.delay.signed())
                    .unwrap_or(Timestamp::MAX);
                self.strips.push(Strip {
                    due,
                    user,
                    number: number.telephone_number.clone(),
                });
            }
        }
    }

    /// Takes what is due from holders who still are unlicensed.
    pub(super) fn strip_due(&mut self, now: Timestamp) {
        let (due, later) = std::mem::take(&mut self.strips)
            .into_iter()
            .partition(|strip| strip.due <= now);
        self.strips = later;
        let due: Vec<Strip> = due;
        for strip in due {
            let licensed = self.users.by_id(strip.user).is_some_and(|place| {
                self.users.presence(place) == Presence::Here
                    && self.numbers.get(&strip.number).is_some_and(|number| {
                        self.capabilities(place).can_hold(&number.number_type)
                    })
            });
            if let Some(number) = self.numbers.get(&strip.number).cloned()
                && number.assignment_target_id == Some(strip.user)
                && !licensed
            {
                self.take_away(&number, true);
            }
        }
    }
}
