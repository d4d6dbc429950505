//! A change of number by hand, as one chain: the old number goes, the new one comes, or the old one is given back.

use super::case::Case;
use super::draft::{Step, policy_step};
use super::grant::{Grant, grant};
use super::hand_check::who;
use super::holder::known_type;
use super::refusal::Refusal;
use super::release::release_step;
use super::{Action, Holding, HoldingOrigin, Index, Mode, Part, Reason};
use crate::numbering::{E164, Listed};

/// The old number goes, the new one comes, and the old one is given back if the new one cannot be had.
pub(super) fn exchange(
    index: &Index<'_>,
    case: &mut Case,
    line: &Listed,
    given: Grant,
) -> Result<(), Refusal> {
    let old = taken_back(index, case, line)?;
    let new = given.number;
    let makes_room = release_step(index, &old, Some(line), Reason::Manual);
    let gives_back = Step {
        range: makes_room.range.clone(),
        location: location_of(index, case, old.number),
        why: format!("given back, because {new} could not be had"),
        after: Some(1),
        part: Part::GivesBack,
        ..Step::new(
            Action::Assign,
            old.number,
            makes_room.number_type,
            Reason::Manual,
        )
    };
    case.steps.push(Step {
        why: format!("makes room for {new}"),
        part: Part::MakesRoom,
        ..makes_room
    });
    grant(index, case, given);
    case.steps[1].part = Part::TakesOver { from: old.number };
    let outlived = policies_left_over(case);
    case.steps.insert(2, gives_back);
    case.steps.extend(outlived);
    Ok(())
}

fn location_of(index: &Index<'_>, case: &Case, number: E164) -> Option<String> {
    let rules = index.world.rules;
    let range = rules.range_of(number)?;
    let location = rules.location_for(range, case.subject(index.world));
    location.map(str::to_owned)
}

/// Policies that went with the old number and that the new one does not replace.
fn policies_left_over(case: &Case) -> Vec<Step> {
    let given = |policy_type: &str| {
        case.steps.iter().any(|step| match &step.action {
            Action::Policy { policy, .. } => policy.policy_type == policy_type,
            _ => false,
        })
    };
    let left = case
        .facts
        .policies
        .iter()
        .filter(|policy| !given(&policy.policy_type));
    left.map(|policy| Step {
        after: Some(1),
        part: Part::LeftOver,
        ..policy_step(&case.steps[1], policy.clone(), None)
    })
    .collect()
}

/// The number in Teams that may be taken from its holder.
pub(super) fn taken_back(
    index: &Index<'_>,
    case: &Case,
    line: &Listed,
) -> Result<Holding, Refusal> {
    if index.world.settings.mode == Mode::AssignOnly {
        return Err(Refusal::AssignOnly);
    }
    let managed = index
        .holding_of(case.id())
        .filter(|held| held.number == line.number);
    let range = index.world.rules.range_of(line.number);
    let touchable = line.holder() == Some(case.id().0) && (managed.is_some() || range.is_some());
    let number_type = known_type(line).filter(|_| touchable);
    let Some(number_type) = number_type else {
        return Err(Refusal::Unmanaged {
            who: who(case),
            number: line.number,
        });
    };
    Ok(managed.cloned().unwrap_or_else(|| Holding {
        number: line.number,
        user: case.id(),
        number_type,
        range: range.map(|at| index.world.rules.ranges()[at].name.clone()),
        origin: HoldingOrigin::Adopted,
        since: index.world.now,
        seen_licensed: false,
        missing: None,
    }))
}
