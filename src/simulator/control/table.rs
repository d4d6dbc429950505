//! Which control endpoint does what.

use serde_json::{Value, json};

use super::super::exchange::{Answer, Call, GraphError, Reply};
use super::super::faults::Fault;
use super::super::server::Server;
use super::{licences, numbers, operator, people, report};

const HELP: &str = "\
Control endpoints of the simulator (JSON, no authentication)

POST   /_sim/users                     create or replace a user: a Graph user object (id is made up if missing)
PATCH  /_sim/users/{id or UPN}         change properties
DELETE /_sim/users/{id}[?hard=true]    delete into the deleted items, or for good
POST   /_sim/users/{id}/restore        restore from the deleted items
POST   /_sim/users/{id}/license        {\"skuId\", \"disabledPlans\"?}: assignedPlans follow
POST   /_sim/users/{id}/unlicense      {\"skuId\"}: its plans become Deleted, numbers follow on_licence_loss
POST   /_sim/users/{id}/policy         {\"type\", \"name\"|null}: granted or taken away by an administrator
PUT    /_sim/numbers                   add or replace numberAssignment objects (one, a list, or {\"numbers\": […]})
DELETE /_sim/numbers/{e164}            take a number off the list
POST   /_sim/assign                    {\"user\", \"number\", \"numberType\"?, \"category\"?, \"force\"?}, at once
POST   /_sim/unassign                  {\"number\"}, at once
POST   /_sim/operator                  an operator takes numbers over: {\"numbers\": [e164], \"numberType\"?, \"operatorId\"?,
                                       \"isoCountryCode\"?, \"how\"?: \"upload\" | \"in-place\", \"shown\"?: \"once\" | \"twice\",
                                       \"after\"?: \"2s\"}; an upload is listed with the new type so long after the number is
                                       free of the old one, or (twice: a guess about Graph) so long after the order beside
                                       the old entry; numbers that are not named fail to arrive
DELETE /_sim/operator                  forgets what has not arrived
PUT    /_sim/skus                      replace subscribedSkus
PUT    /_sim/policies                  replace the policies: [{\"type\", \"name\", \"id\"}]
PUT    /_sim/groups                    [{\"id\", \"members\": [ids]}]
GET    /_sim/switches                  PUT changes any part of them
POST   /_sim/faults                    {\"match\": {\"method\"?, \"path_contains\"?}, \"after\"?, \"times\"?, \"do\": {…}} or a list;
                                       do: delay, status, retry_after, code, body, content_type, drop, lose_answer, cut,
                                       drip, pad, empty_value, no_links, append, replace, foreign_next_link,
                                       repeat_next_link, expire_delta, fail_operation
GET    /_sim/faults                    what is still to come; DELETE clears it
GET    /_sim/log                       every request; DELETE clears it
GET    /_sim/state                     numbers with holders, users' numbers, policies, office telephones
GET    /_sim/violations                what no correct client would have sent; DELETE clears it
";

/// Answers a request under `/_sim/`.
pub(in super::super) fn answer(server: &Server, call: &Call) -> Reply {
    let segments: Vec<&str> = call.segments.iter().skip(1).map(String::as_str).collect();
    let reply = dispatch(server, call, &segments);
    let reply = reply.unwrap_or_else(|error| error.into_reply(call));
    // What was changed takes its consequences at once, not with the next Graph request.
    drop(server.world_mut(call.now));
    reply
}

fn dispatch(server: &Server, call: &Call, segments: &[&str]) -> Answer {
    let world = || server.world_mut(call.now);
    match (call.method.as_str(), segments) {
        ("GET", []) => Ok(Reply::text(200, HELP)),
        ("POST", ["users"]) => people::put(&mut world(), call, super::super::server::guid(server)),
        ("PATCH", ["users", user]) => people::patch(&mut world(), call, user),
        ("DELETE", ["users", user]) => people::delete(&mut world(), call, user),
        ("POST", ["users", user, "restore"]) => people::restore(&mut world(), user),
        ("POST", ["users", user, "license"]) => licences::license(&mut world(), call, user),
        ("POST", ["users", user, "unlicense"]) => licences::unlicense(&mut world(), call, user),
        ("POST", ["users", user, "policy"]) => licences::grant_policy(&mut world(), call, user),
        ("PUT", ["skus"]) => licences::replace_skus(&mut world(), call),
        ("PUT", ["policies"]) => licences::replace_policies(&mut world(), call),
        ("PUT", ["groups"]) => licences::replace_groups(&mut world(), call),
        ("PUT", ["numbers"]) => numbers::put(&mut world(), call),
        ("DELETE", ["numbers", number]) => numbers::remove(&mut world(), number),
        ("POST", ["assign"]) => numbers::assign(&mut world(), call),
        ("POST", ["operator"]) => operator::take_over(&mut world(), call),
        ("DELETE", ["operator"]) => operator::forget(&mut world()),
        ("POST", ["unassign"]) => numbers::unassign(&mut world(), call),
        ("GET", ["state"]) => Ok(report::state(&world())),
        (_, rest) => tools(server, call, rest),
    }
}

fn tools(server: &Server, call: &Call, segments: &[&str]) -> Answer {
    let done = || Ok(Reply::empty(204));
    match (call.method.as_str(), segments) {
        ("GET", ["switches"]) => Ok(Reply::json(200, &json!(server.world(call.now).switches))),
        ("PUT", ["switches"]) => {
            let part: Value = call.read()?;
            let mut world = server.world_mut(call.now);
            world.switches = world
                .switches
                .with(&part)
                .map_err(|error| GraphError::bad("BadRequest", error))?;
            Ok(Reply::json(200, &json!(world.switches)))
        }
        ("POST", ["faults"]) => {
            let faults: Vec<Fault> = one_or_many(call, None)?;
            faults
                .into_iter()
                .for_each(|fault| server.faults().add(fault));
            done()
        }
        ("GET", ["faults"]) => Ok(Reply::json(200, &json!({"items": server.faults().all()}))),
        ("DELETE", ["faults"]) => {
            server.faults().clear();
            done()
        }
        ("GET", ["log"]) => Ok(report::log(server)),
        ("DELETE", ["log"]) => {
            server.log().clear();
            done()
        }
        ("GET", ["violations"]) => Ok(Reply::json(
            200,
            &json!({"items": server.world(call.now).violations}),
        )),
        ("DELETE", ["violations"]) => {
            server.world_mut(call.now).violations.clear();
            done()
        }
        _ => Err(GraphError::new(
            404,
            "NotFound",
            "No such control endpoint; GET /_sim/ lists them.",
        )),
    }
}

/// A body that is one object, a list, or a list under a name.
pub(super) fn one_or_many<T: serde::de::DeserializeOwned>(
    call: &Call,
    name: Option<&str>,
) -> Result<Vec<T>, Box<GraphError>> {
    let mut body: Value = call.read()?;
    if let Some(list) = name.and_then(|name| body.get_mut(name)) {
        body = list.take();
    }
    let list = if body.is_array() {
        body
    } else {
        Value::Array(vec![body])
    };
    serde_path_to_error::deserialize(list).map_err(|error| {
        GraphError::bad(
            "BadRequest",
            format!("Invalid body at '{}': {}", error.path(), error.inner()),
        )
    })
}
