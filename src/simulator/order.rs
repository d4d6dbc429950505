//! The bodies of `assignNumber`, `unassignNumber` and `updateNumber` (docs/graph.md 4.2).

use serde::Deserialize;
use uuid::Uuid;

use super::exchange::{Call, GraphError};

/// What an operation is to bring about.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// With a leading `+`, however it was sent.
    pub(super) number: String,
    pub(super) number_type: String,
    pub(super) action: Action,
}

/// Assign or unassign.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Assign {
        target: Uuid,
        category: String,
        location: Option<String>,
    },
    Unassign,
}

impl Order {
    /// The user who is to get the number.
    pub(super) fn target(&self) -> Option<Uuid> {
        match self.action {
            Action::Assign { target, .. } => Some(target),
            Action::Unassign => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AssignBody {
    telephone_number: String,
    assignment_target_id: String,
    number_type: NumberType,
    #[serde(default)]
    assignment_category: Option<Category>,
    #[serde(default)]
    location_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UnassignBody {
    telephone_number: String,
    number_type: NumberType,
}

/// The body of `updateNumber`: absent and null keep, the empty text clears.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct UpdateBody {
    pub(super) telephone_number: String,
    #[serde(default)]
    pub(super) location_id: Option<String>,
    #[serde(default)]
    pub(super) network_site_id: Option<String>,
    #[serde(default)]
    pub(super) reverse_number_lookup_options: Option<Vec<String>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum NumberType {
    DirectRouting,
    CallingPlan,
    OperatorConnect,
}

impl NumberType {
    fn name(self) -> &'static str {
        match self {
            Self::DirectRouting => "directRouting",
            Self::CallingPlan => "callingPlan",
            Self::OperatorConnect => "operatorConnect",
        }
    }
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Category {
    #[default]
    Primary,
    Private,
    Alternate,
}

/// Reads the body of `assignNumber`.
pub(super) fn assignment(call: &Call) -> Result<Order, Box<GraphError>> {
    let body: AssignBody = call.read()?;
    let target = body.assignment_target_id.parse().map_err(|_| {
        GraphError::bad(
            "BadRequest",
            format!(
                "assignmentTargetId '{}' is no object id.",
                body.assignment_target_id
            ),
        )
    })?;
    let category = match body.assignment_category.unwrap_or_default() {
        Category::Primary => "primary",
        Category::Private => "private",
        Category::Alternate => "alternate",
    };
    Ok(Order {
        number: telephone_number(&body.telephone_number)?,
        number_type: body.number_type.name().to_owned(),
        action: Action::Assign {
            target,
            category: category.to_owned(),
            location: body.location_id.filter(|location| !location.is_empty()),
        },
    })
}

/// Reads the body of `unassignNumber`.
pub(super) fn unassignment(call: &Call) -> Result<Order, Box<GraphError>> {
    let body: UnassignBody = call.read()?;
    Ok(Order {
        number: telephone_number(&body.telephone_number)?,
        number_type: body.number_type.name().to_owned(),
        action: Action::Unassign,
    })
}

/// A number with its `+`; an extension is kept.
pub(super) fn telephone_number(text: &str) -> Result<String, Box<GraphError>> {
    let bare = text.strip_prefix('+').unwrap_or(text);
    let digits = bare.split_once(";ext=").map_or(bare, |(digits, _)| digits);
    let plausible =
        (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plausible {
        Ok(format!("+{bare}"))
    } else {
        Err(GraphError::bad(
            "BadRequest",
            format!("'{text}' is not a valid telephone number."),
        ))
    }
}
