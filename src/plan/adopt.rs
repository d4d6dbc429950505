//! Taking numbers under management that Teams shows with people already.

use super::case::Case;
use super::draft::Step;
use super::holder::{known_type, range_of};
use super::judge::Row;
use super::{Action, Holding, HoldingOrigin, Index, Reason};
use crate::numbering::{E164, Listed, NumberType};

/// Whether a number that Teams shows with this user is taken under management.
pub(super) fn may_adopt(index: &Index<'_>, case: &Case, line: &Listed) -> bool {
    let left_alone = matches!(case.judged.row, Row::Exempt(_) | Row::GroupUnread);
    let admitted =
        range_of(index, line.number).is_some_and(|range| range.kinds.contains(&case.kind()));
    let manageable = line.holder() == Some(case.id().0);
    index.world.settings.adopt
        && manageable
        && admitted
        && !left_alone
        && index.open_step(line.number).is_none()
}

/// The holding and the change of an adoption.
pub(super) fn adoption(index: &Index<'_>, case: &Case, line: &Listed) -> (Holding, Step) {
    let range = range_of(index, line.number);
    let fallback = range.map_or(NumberType::DirectRouting, |r| r.number_type);
    let number_type = known_type(line).unwrap_or(fallback);
    let held_before = index.world.state.former.iter().any(|former| {
        former.user == case.id() && former.number == line.number && former.seen_licensed
    });
    let holding = Holding {
        number: line.number,
        user: case.id(),
        number_type,
        range: range.map(|r| r.name.clone()),
        origin: HoldingOrigin::Adopted,
        since: index.world.now,
        seen_licensed: held_before || case.judged.is_licensed_or_in_doubt(false),
        missing: None,
    };
    let step = Step {
        range: holding.range.clone(),
        why: "Teams shows the number with this person already".to_owned(),
        ..Step::new(Action::Adopt, line.number, number_type, Reason::Adopted)
    };
    (holding, step)
}

/// The sentence of a stale holder.
pub(super) fn stale_detail(number: E164) -> String {
    format!(
        "holds {number} without ever having been seen licensed; `linekeeper release` takes it back"
    )
}
