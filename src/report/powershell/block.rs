//! Assignment blocks: one number after the other.

use super::{elements, in_lots};
use crate::numbering::Spans;
use crate::report::number_order::NumberOrder;

/// What is said before everything.
pub(super) fn says(order: &NumberOrder, days: Option<u16>) -> Vec<String> {
    let count = order.numbers.count();
    if count == 0 {
        return vec!["nothing: no number of the range is fit for it.".to_owned()];
    }
    let how_long = match days {
        Some(days) => format!("for {days} day(s)"),
        None => "until the block is taken off".to_owned(),
    };
    let mut said = vec![
        format!("has Teams give {count} number(s) that nobody holds to nobody, {how_long}."),
        "Linekeeper cannot give a blocked number either. -Execute -Remove takes the blocks off again.".to_owned(),
        "A number that is assigned by now, or blocked already, is left as it is.".to_owned(),
    ];
    if !order.suspended {
        said.push("CAUTION: the range is not suspended in Linekeeper. Its rules go on giving these numbers, and".to_owned());
        said.push("Teams will refuse each: first run linekeeper ranges suspend.".to_owned());
    }
    said
}

/// The numbers, and what is done with each.
pub(super) fn calls(numbers: &Spans, days: Option<u16>) -> String {
    let all = in_lots(numbers, usize::MAX);
    let Some(all) = all.first() else {
        return "\nWrite-Host 'There is no number to do anything with.'\n".to_owned();
    };
    format!(
        "
# Days that a block lasts; 0: until it is taken off.
$Days = {}

# {} number(s).
$Numbers = @(
{}
)

foreach ($Number in $Numbers) {{
    if ($Remove) {{
        Remove-Block $Number
    }} else {{
        Set-Block $Number
    }}
}}
",
        days.unwrap_or_default(),
        all.len(),
        elements(all)
    )
}

pub(super) const FUNCTIONS: &str = "
# Whether a block is on the number. Stops when the tenant does not have it.
function Test-Block([string] $Number, $Assignment) {
    if ($null -eq $Assignment) {
        throw ('{0} is not in the tenant: linekeeper sync, and make the script anew' -f $Number)
    }
    return @('BlockedUntil', 'BlockedForever') -contains [string] $Assignment.AssignmentBlockedState
}

# Blocks one number, or says so.
function Set-Block([string] $Number) {
    if (-not $Execute) {
        Write-Host ('would block {0} of the range {1}' -f $Number, $Range)
        return
    }
    $Assignment = Get-CsPhoneNumberAssignment -TelephoneNumber $Number
    if (Test-Block $Number $Assignment) {
        Write-Host ('{0} is blocked already' -f $Number)
        return
    }
    if ([string] $Assignment.PstnAssignmentStatus -ne 'Unassigned') {
        Write-Host ('{0} is {1}: left as it is' -f $Number, $Assignment.PstnAssignmentStatus)
        return
    }
    if ($Days -eq 0) {
        Set-CsPhoneNumberAssignmentBlock -TelephoneNumber $Number -AssignmentBlockedForever
    } else {
        Set-CsPhoneNumberAssignmentBlock -TelephoneNumber $Number -AssignmentBlockedDays $Days
    }
    Write-Host ('{0} is blocked' -f $Number)
}

# Takes the block off one number, or says so.
function Remove-Block([string] $Number) {
    if (-not $Execute) {
        Write-Host ('would take the block off {0} of the range {1}' -f $Number, $Range)
        return
    }
    $Assignment = Get-CsPhoneNumberAssignment -TelephoneNumber $Number
    if (-not (Test-Block $Number $Assignment)) {
        Write-Host ('{0} is not blocked' -f $Number)
        return
    }
    Remove-CsPhoneNumberAssignmentBlock -TelephoneNumber $Number
    Write-Host ('{0} is not blocked any more' -f $Number)
}
";
