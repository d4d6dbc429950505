//! Orders that take time, and what became of them (docs/graph.md 4.2, 4.3).

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::exchange::{Answer, Call, GraphError, Reply};
use super::number_store::number_id;
use super::order::{self, Action, Order};
use super::switches::RefuseIn;
use super::world::World;

/// All operations ever begun, by id.
#[derive(Debug, Default)]
pub(super) struct Operations {
    by_id: BTreeMap<String, Operation>,
    /// Open ones by due time, then by order of arrival.
    open: BTreeSet<(Instant, u64, String)>,
}

#[derive(Debug)]
struct Operation {
    order: Order,
    created: Timestamp,
    began: Instant,
    due: Instant,
    /// A fault wants it to fail with this text.
    doomed: Option<String>,
    end: Option<Result<(), String>>,
}

impl Operations {
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.open.first().map(|(due, _, _)| *due)
    }

    /// The id of the earliest open operation whose time has come.
    pub(super) fn take_due(&mut self, at: Instant) -> Option<String> {
        let first = self.open.first().filter(|(due, _, _)| *due <= at)?.clone();
        self.open.remove(&first);
        Some(first.2)
    }

    /// Open orders.
    fn open(&self) -> impl Iterator<Item = &Order> {
        self.open
            .iter()
            .filter_map(|(_, _, id)| self.by_id.get(id))
            .map(|operation| &operation.order)
    }
}

impl World {
    /// Ends an operation: what is possible now decides, not what was when it was ordered.
    pub(super) fn finish(&mut self, id: &str, now: Timestamp, at: Instant) {
        let Some(operation) = self.operations.by_id.get(id) else {
            return;
        };
        let order = operation.order.clone();
        let verdict = match &operation.doomed {
            Some(text) => Err(text.clone()),
            None => self.check(&order, now).map_err(|refusal| refusal.message),
        };
        if verdict.is_ok() {
            let delay = self.switches.readback_delay.0;
            if !delay.is_zero() {
                self.numbers.shade(&order.number, at + delay);
            }
            self.carry_out(&order);
        }
        if let Some(operation) = self.operations.by_id.get_mut(id) {
            operation.end = Some(verdict);
        }
    }

    /// Looks whether a careful client would have sent this, and notes it if not.
    fn watch(&mut self, order: &Order, now: Timestamp) {
        let Some(user) = order.target() else { return };
        let primary =
            matches!(&order.action, Action::Assign { category, .. } if category == "primary");
        let mut found = Vec::new();
        let holder = self
            .numbers
            .get(&order.number)
            .and_then(|number| number.assignment_target_id);
        if let Some(holder) = holder.filter(|holder| *holder != user) {
            found.push(("number-held-by-another", format!("held by {holder}")));
        }
        for open in self.operations.open() {
            if open.number == order.number {
                found.push(("number-in-open-operation", format!("{open:?}")));
            } else if primary && open.target() == Some(user) {
                found.push(("user-in-open-operation", format!("{open:?}")));
            }
        }
        for held in self.numbers.of(user) {
            if primary && held.is_primary() && held.telephone_number != order.number {
                found.push(("second-primary", format!("holds {}", held.telephone_number)));
            }
        }
        for (kind, detail) in found {
            self.violated(kind, &order.number, user, detail, now);
        }
    }

    fn begin(&mut self, order: Order, doomed: Option<String>, call: &Call, at: Instant) -> String {
        let kind = if order.target().is_some() {
            "Assignment"
        } else {
            "Unassignment"
        };
        let id = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .encode(format!("{kind}|{}", call.request_id));
        let due = at + self.switches.operation_time.0;
        let operation = Operation {
            order,
            created: call.now,
            began: at,
            due,
            doomed,
            end: None,
        };
        self.operations
            .open
            .insert((due, self.operations.by_id.len() as u64, id.clone()));
        self.operations.by_id.insert(id.clone(), operation);
        id
    }
}

/// `POST …/assignNumber` and `POST …/unassignNumber`.
pub(super) fn start(
    world: &mut World,
    call: &Call,
    doomed: Option<String>,
    assign: bool,
) -> Answer {
    call.query.only(&[])?;
    let order = if assign {
        order::assignment(call)?
    } else {
        order::unassignment(call)?
    };
    if let Err(refusal) = world.check(&order, call.now)
        && (refusal.at_once || world.switches.refuse_in == RefuseIn::Request)
    {
        return Err(GraphError::bad("BadRequest", refusal.message));
    }
    world.watch(&order, call.now);
    let at = Instant::now();
    let id = world.begin(order, doomed, call, at);
    world.settle(call.now, at);
    let location = format!(
        "{}/admin/teams/telephoneNumberManagement/operations('{id}')",
        call.base()
    );
    Ok(Reply::empty(202).with("location", location))
}

/// `GET …/operations/{id}`.
pub(super) fn get(world: &World, call: &Call, id: &str) -> Answer {
    call.query.only(&["$select"])?;
    let operation = world.operations.by_id.get(id).ok_or_else(|| {
        GraphError::new(404, "NotFound", format!("Operation '{id}' is not found."))
    })?;
    Ok(Reply::json(
        200,
        &super::numbers::wrapped(world, call, "operations", &shown(operation, id, call)),
    ))
}

fn shown(operation: &Operation, id: &str, call: &Call) -> Value {
    let (status, detail) = match &operation.end {
        Some(Ok(())) => ("succeeded", None),
        Some(Err(message)) => ("failed", Some(message.as_str())),
        None => (progress(operation, Instant::now()), None),
    };
    let number = number_id(uuid::Uuid::nil(), &operation.order.number);
    json!({
        "id": id,
        "createdDateTime": operation.created.strftime("%Y-%m-%dT%H:%M:%S.0000000+00:00").to_string(),
        "status": status,
        "numbers": [{
            "resourceLocation": format!(
                "{}/admin/teams/telephoneNumberManagement/numberAssignments('{number}')", call.base()),
            "status": status,
            "statusDetail": detail,
        }],
    })
}

/// The first quarter of its time an operation has not started.
fn progress(operation: &Operation, at: Instant) -> &'static str {
    let whole = operation.due.saturating_duration_since(operation.began);
    let passed = at.saturating_duration_since(operation.began);
    if passed * 4 < whole {
        "notStarted"
    } else {
        "running"
    }
}
