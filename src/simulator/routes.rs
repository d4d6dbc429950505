//! The table of contents: which path is which resource, and what permission it takes (docs/graph.md 0).

use percent_encoding::percent_decode_str;

use super::exchange::{Answer, Call, GraphError};
use super::faults::FaultEffect;
use super::server::Server;
use super::world::World;
use super::{
    batch, configurations, delta, groups, numbers, operations, policies, sku, token, users,
};

const READ_USERS: &[&str] = &[
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const READ_SKUS: &[&str] = &[
    "LicenseAssignment.Read.All",
    "Organization.Read.All",
    "Directory.Read.All",
];
const READ_LICENCES: &[&str] = &[
    "LicenseAssignment.Read.All",
    "User.Read.All",
    "Directory.Read.All",
];
const READ_GROUPS: &[&str] = &[
    "GroupMember.Read.All",
    "Group.Read.All",
    "Directory.Read.All",
];
const READ_NUMBERS: &[&str] = &[
    "TeamsTelephoneNumber.Read.All",
    "TeamsTelephoneNumber.ReadWrite.All",
];
const WRITE_NUMBERS: &[&str] = &["TeamsTelephoneNumber.ReadWrite.All"];
const READ_TEAMS: &[&str] = &["TeamsUserConfiguration.Read.All"];
const POLICIES: &[&str] = &["TeamsPolicyUserAssign.ReadWrite.All"];
const WRITE_PHONE: &[&str] = &[
    "User-Phone.ReadWrite.All",
    "User.ReadUpdate.All",
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
];
const RESTORE: &[&str] = &["User.DeleteRestore.All", "User.ReadWrite.All"];

/// Answers a request under `/v1.0`.
pub(super) fn dispatch(server: &Server, call: &Call, effect: &FaultEffect) -> Answer {
    token::demand(call)?;
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let answer = match (call.method.as_str(), segments.as_slice()) {
        ("POST", ["$batch"]) => return batch::run(server, call),
        ("GET", segments) => get(&server.world(call.now), call, segments, effect),
        (_, segments) => write(&mut server.world_mut(call.now), call, segments, effect),
    };
    answer.unwrap_or_else(|| {
        let message = format!(
            "Resource not found for the segment '{}'.",
            segments.first().unwrap_or(&"")
        );
        Err(GraphError::bad("BadRequest", message))
    })
}

fn get(world: &World, call: &Call, segments: &[&str], effect: &FaultEffect) -> Option<Answer> {
    let may = |permissions| allowed(world, permissions);
    Some(match segments {
        ["users", "delta"] => may(READ_USERS).and_then(|()| {
            if effect.expire_delta {
                Err(delta::expired(world, call))
            } else {
                delta::page(world, call)
            }
        }),
        ["users"] => may(READ_USERS).and_then(|()| users::list(world, call)),
        ["users", "$count"] => may(READ_USERS).and_then(|()| users::count(world, call)),
        ["users", user] => may(READ_USERS).and_then(|()| users::get(world, call, user)),
        ["users", user, "licenseDetails"] => {
            may(READ_LICENCES).and_then(|()| sku::details(world, call, user))
        }
        ["directory", "deletedItems", "user"] => {
            may(READ_USERS).and_then(|()| users::deleted(world, call))
        }
        ["directory", "deletedItems", user] => {
            may(READ_USERS).and_then(|()| users::get_deleted(world, call, user))
        }
        ["subscribedSkus"] => may(READ_SKUS).and_then(|()| sku::list(world, call)),
        ["groups", group, "transitiveMembers", "user"] => {
            may(READ_GROUPS).and_then(|()| groups::members(world, call, group))
        }
        ["admin", "teams", rest @ ..] => return get_teams(world, call, rest),
        _ => return None,
    })
}

fn get_teams(world: &World, call: &Call, segments: &[&str]) -> Option<Answer> {
    let may = |permissions| allowed(world, permissions);
    Some(match segments {
        ["telephoneNumberManagement", "numberAssignments"] => {
            may(READ_NUMBERS).and_then(|()| numbers::list(world, call))
        }
        ["telephoneNumberManagement", "numberAssignments", id] => {
            may(READ_NUMBERS).and_then(|()| numbers::get(world, call, id))
        }
        ["telephoneNumberManagement", "operations", id] => {
            may(READ_NUMBERS).and_then(|()| operations::get(world, call, id))
        }
        ["userConfigurations"] => may(READ_TEAMS).and_then(|()| configurations::list(world, call)),
        ["userConfigurations", user] => {
            may(READ_TEAMS).and_then(|()| configurations::get(world, call, user))
        }
        ["policy", function] => {
            let arguments = function.strip_prefix("getPolicyId(")?.strip_suffix(')')?;
            may(POLICIES).and_then(|()| policies::find(world, call, arguments))
        }
        _ => return None,
    })
}

fn write(
    world: &mut World,
    call: &Call,
    segments: &[&str],
    effect: &FaultEffect,
) -> Option<Answer> {
    let doomed = effect.fail_operation.clone();
    Some(match (call.method.as_str(), segments) {
        ("PATCH", ["users", user]) => {
            allowed(world, WRITE_PHONE).and_then(|()| users::patch(world, call, user))
        }
        ("POST", ["directory", "deletedItems", user, "restore"]) => {
            allowed(world, RESTORE).and_then(|()| users::restore(world, call, user))
        }
        (
            "POST",
            [
                "admin",
                "teams",
                "telephoneNumberManagement",
                "numberAssignments",
                action,
            ],
        ) => {
            let may = allowed(world, WRITE_NUMBERS);
            match *action {
                "assignNumber" => may.and_then(|()| operations::start(world, call, doomed, true)),
                "unassignNumber" => {
                    may.and_then(|()| operations::start(world, call, doomed, false))
                }
                "updateNumber" => may.and_then(|()| numbers::update(world, call)),
                _ => return None,
            }
        }
        ("POST", ["admin", "teams", "policy", "userAssignments", action]) => {
            let may = allowed(world, POLICIES);
            match *action {
                "assign" => may.and_then(|()| policies::assign(world, call)),
                "unassign" => may.and_then(|()| policies::unassign(world, call)),
                _ => return None,
            }
        }
        _ => return None,
    })
}

fn allowed(world: &World, permissions: &[&str]) -> Result<(), Box<GraphError>> {
    let granted = world
        .switches
        .grants
        .iter()
        .any(|grant| permissions.contains(&grant.as_str()));
    if granted { Ok(()) } else { Err(insufficient()) }
}

/// 403 as the directory words it.
pub(super) fn insufficient() -> Box<GraphError> {
    GraphError::new(
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges to complete the operation.",
    )
}

/// Actions, functions and casts that the SDKs qualify with a namespace.
const QUALIFIED: [&str; 8] = [
    "delta",
    "user",
    "getPolicyId",
    "assignNumber",
    "unassignNumber",
    "updateNumber",
    "assign",
    "unassign",
];

/// Brings a path behind `/v1.0/` into one spelling: namespaces off, `()` off, `name('key')` as two segments.
pub(super) fn segments(path: &str) -> Vec<String> {
    let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.flat_map(|part| normal(&decoded(part))).collect()
}

fn normal(segment: &str) -> Vec<String> {
    let segment = unqualified(segment);
    let segment = segment.strip_suffix("()").unwrap_or(segment);
    let keyed = segment
        .strip_suffix("')")
        .and_then(|rest| rest.split_once("('"));
    match keyed {
        Some((set, key)) if set != "getPolicyId" => vec![set.to_owned(), key.replace("''", "'")],
        _ => vec![segment.to_owned()],
    }
}

fn unqualified(segment: &str) -> &str {
    let spellings = [
        "microsoft.graph.teamsAdministration.",
        "graph.teamsAdministration.",
        "microsoft.graph.",
        "graph.",
    ];
    let bare = spellings
        .iter()
        .find_map(|prefix| segment.strip_prefix(prefix))
        .unwrap_or(segment);
    let name = bare.split('(').next().unwrap_or_default();
    if QUALIFIED.contains(&name) {
        bare
    } else {
        segment
    }
}

#[cfg(test)]
mod tests {
    use super::segments;

    #[test]
    fn every_spelling_of_a_path_comes_out_alike() {
        let check = |path: &str, expected: &[&str]| assert_eq!(segments(path), expected, "{path}");
        for spelling in [
            "users/delta",
            "users/delta()",
            "users/microsoft.graph.delta()",
            "users/microsoft.graph.delta",
        ] {
            check(spelling, &["users", "delta"]);
        }
        for cast in ["microsoft.graph.user", "graph.user"] {
            check(
                &format!("directory/deletedItems/{cast}"),
                &["directory", "deletedItems", "user"],
            );
        }
        check("operations('QXNz')", &["operations", "QXNz"]);
        check("operations(%27QXNz%27)", &["operations", "QXNz"]);
        check(
            "users/graph.smith@contoso.example",
            &["users", "graph.smith@contoso.example"],
        );
        check(
            "users/o''hara@contoso.example",
            &["users", "o''hara@contoso.example"],
        );
        check(
            "x/microsoft.graph.teamsAdministration.assignNumber",
            &["x", "assignNumber"],
        );
        check(
            "policy/microsoft.graph.teamsAdministration.getPolicyId(type='T'name='N')",
            &["policy", "getPolicyId(type='T'name='N')"],
        );
    }
}
