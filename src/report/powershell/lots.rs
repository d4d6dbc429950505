//! Upload and release: orders of many numbers at once.

use super::{LOT, elements, in_lots};
use crate::numbering::{NumberType, Spans};
use crate::report::number_order::{NumberOrder, OrderKind};
use std::fmt::Write as _;

/// What is said before everything.
pub(super) fn says(order: &NumberOrder, orders: u64) -> Vec<String> {
    let count = order.numbers.count();
    if count == 0 {
        return vec!["nothing: no number of the range is fit for it.".to_owned()];
    }
    let in_orders = format!("in {orders} order(s) of at most {LOT}.");
    let lines: &[&str] = match (order.kind, order.number_type) {
        (OrderKind::Upload, _) => {
            &["Teams lists an uploaded number from then on, also while nobody holds it."]
        }
        (_, NumberType::CallingPlan) => &[
            "A released calling-plan number goes back to Microsoft, who may give it to somebody else: you",
            "cannot count on having it again.",
        ],
        (_, NumberType::OperatorConnect) => {
            &["A released operator-connect number goes back to its operator."]
        }
        (_, NumberType::DirectRouting) => &[
            "A released direct-routing number stays yours with your carrier; Teams only lists it no more.",
        ],
    };
    let first = match order.kind {
        OrderKind::Upload => {
            format!("uploads {count} number(s) that Teams does not list, {in_orders}")
        }
        _ => format!("has Teams release {count} number(s) that nobody holds, {in_orders}"),
    };
    let mut said = vec![first];
    said.extend(lines.iter().map(|line| (*line).to_owned()));
    if order.kind == OrderKind::Release {
        said.push("Before each order every number of it is looked at again; one that is assigned stops it.".to_owned());
        said.push(
            "Take the numbers out of the rule files as well: the rules say what Linekeeper gives."
                .to_owned(),
        );
    }
    said
}

/// One call for each lot.
pub(super) fn calls(numbers: &Spans) -> String {
    let lots = in_lots(numbers, LOT);
    if lots.is_empty() {
        return "\nWrite-Host 'There is no number to do anything with.'\n".to_owned();
    }
    let mut text = format!("\n$Lots = {}\n", lots.len());
    for (at, lot) in lots.iter().enumerate() {
        let _ = write!(
            text,
            "\n# Lot {} of {}: {} number(s).\nInvoke-Lot {} @(\n{}\n)\n",
            at + 1,
            lots.len(),
            lot.len(),
            at + 1,
            elements(lot)
        );
    }
    text
}

pub(super) const UPLOAD: &str = "
# Uploads the numbers of one lot, or says so.
function Invoke-Lot([int] $Lot, [string[]] $Numbers) {
    $What = '{0} number(s) of the range {1}, {2} to {3}' -f $Numbers.Count, $Range, $Numbers[0], $Numbers[-1]
    if (-not $Execute) {
        Write-Host ('Lot {0} of {1}: would upload {2}' -f $Lot, $Lots, $What)
        return
    }
    Write-Host ('Lot {0} of {1}: uploading {2}' -f $Lot, $Lots, $What)
    $Order = New-CsOnlineDirectRoutingTelephoneNumberUploadOrder -TelephoneNumber ($Numbers -join ',')
    Write-Host ('  order {0}: Get-CsOnlineTelephoneNumberOrder -OrderType DirectRoutingNumberCreation -OrderId {0}' -f $Order)
}
";

pub(super) const RELEASE: &str = "
# Releases the numbers of one lot, or says so. One that is assigned by now stops it before anything of the lot is done.
function Invoke-Lot([int] $Lot, [string[]] $Numbers) {
    $What = '{0} number(s) of the range {1}, {2} to {3}' -f $Numbers.Count, $Range, $Numbers[0], $Numbers[-1]
    if (-not $Execute) {
        Write-Host ('Lot {0} of {1}: would release {2}' -f $Lot, $Lots, $What)
        return
    }
    Write-Host ('Lot {0} of {1}: looking at {2}' -f $Lot, $Lots, $What)
    foreach ($Number in $Numbers) {
        $Assignment = Get-CsPhoneNumberAssignment -TelephoneNumber $Number
        if ($null -eq $Assignment) {
            throw ('{0} is not in the tenant: linekeeper sync, and make the script anew' -f $Number)
        }
        if ([string] $Assignment.PstnAssignmentStatus -ne 'Unassigned') {
            throw ('{0} is {1}: nothing of this lot was released' -f $Number, $Assignment.PstnAssignmentStatus)
        }
    }
    $Order = New-CsOnlineTelephoneNumberReleaseOrder -TelephoneNumber ($Numbers -join ',')
    Write-Host ('  order {0}: Get-CsOnlineTelephoneNumberOrder -OrderType Release -OrderId {0}' -f $Order)
}
";
