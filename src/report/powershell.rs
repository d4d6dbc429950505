//! An order for numbers as a PowerShell script for a person to run, because Graph has no such call (docs/graph.md 4.4).
//!
//! Plain ASCII, which Windows PowerShell 5.1 reads alike whatever it takes the encoding to be. Names of other people's
//! making stand in comments and in single quotes only, where nothing in them can do anything.

mod block;
mod lots;

use super::number_order::{NumberOrder, OrderKind};
use crate::numbering::{E164, Spans};
use std::fmt::Write as _;

/// Most numbers of one order (docs/graph.md 7).
const LOT: usize = 1000;

/// The script, the same for the same order.
#[must_use]
pub fn powershell(order: &NumberOrder) -> String {
    let mut script = head(order);
    script += &parameters(order.kind);
    script += &constants(order);
    script += match order.kind {
        OrderKind::Upload => lots::UPLOAD,
        OrderKind::Release => lots::RELEASE,
        OrderKind::Block { .. } => block::FUNCTIONS,
    };
    script += READY;
    script += &match order.kind {
        OrderKind::Block { days } => block::calls(&order.numbers, days),
        _ => lots::calls(&order.numbers),
    };
    script += END;
    script
}

/// How many orders the numbers make; a block is one for each number.
#[must_use]
pub fn orders(order: &NumberOrder) -> u64 {
    match order.kind {
        OrderKind::Block { .. } => order.numbers.count(),
        _ => order.numbers.count().div_ceil(LOT as u64),
    }
}

const READY: &str = "
# Stops unless this session is one of the right tenant, with the cmdlets that are needed.
if ($Execute) {
    foreach ($Name in $Cmdlets) {
        if ($null -eq (Get-Command -Name $Name -ErrorAction SilentlyContinue)) {
            throw ('{0} is not there: Install-Module MicrosoftTeams, version {1} or newer' -f $Name, $Version)
        }
    }
    $Connected = [string] (Get-CsTenant).TenantId
    if ($TenantId -ne '' -and $Connected -ne $TenantId) {
        throw ('connected to the tenant {0}, but these numbers are of {1}: Connect-MicrosoftTeams -TenantId {1}' -f $Connected, $TenantId)
    }
}
";

const END: &str = "
if (-not $Execute) {
    Write-Host 'Nothing was changed. Run the script with -Execute to do what is said above.'
}
";

fn head(order: &NumberOrder) -> String {
    let mut lines = vec![
        format!("Made by linekeeper: numbers order {}", order.kind.name()),
        String::new(),
        format!(
            "tenant   {} ({})",
            ascii(&order.tenant),
            ascii(&order.tenant_id)
        ),
        format!("range    {} ({})", ascii(&order.range), order.number_type),
        format!("numbers  as they were read from Teams at {}", order.as_of),
        String::new(),
        "What it does when it is run with -Execute:".to_owned(),
    ];
    let says = match order.kind {
        OrderKind::Block { days } => block::says(order, days),
        _ => lots::says(order, orders(order)),
    };
    lines.extend(says.into_iter().map(|line| format!("  {line}")));
    lines.extend(USAGE.lines().map(str::to_owned));
    lines.extend(left_out(order));
    lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{}", format!("# {line}").trim_end());
        text
    })
}

const USAGE: &str = "
Without -Execute it changes nothing: it says what it would do, and needs no connection.
It stops at the first error; what was done before that stays done.

How to run it:
  1. Read it, the numbers at the end above all.
  2. Connect-MicrosoftTeams, as a Teams administrator of this tenant.
  3. Run it as it is, then with -Execute.
  4. linekeeper sync, so that Linekeeper reads the numbers again.
";

/// Which numbers of the range are left out, and why.
fn left_out(order: &NumberOrder) -> Vec<String> {
    if order.left_out.is_empty() {
        return vec![
            String::new(),
            "No number of the range is left out.".to_owned(),
        ];
    }
    let mut lines = vec![
        String::new(),
        "Numbers of the range that are left out:".to_owned(),
    ];
    for (why, numbers) in &order.left_out {
        lines.push(format!("  {}, because: {}", numbers.count(), why.why()));
        let runs: Vec<String> = numbers.runs().map(|run| run.to_string()).collect();
        lines.extend(runs.chunks(3).map(|few| format!("    {}", few.join(", "))));
    }
    lines
}

fn parameters(kind: OrderKind) -> String {
    let more = match kind {
        OrderKind::Block { .. } => {
            ",\n    # Takes the blocks off again instead.\n    [switch] $Remove"
        }
        _ => "",
    };
    format!(
        "
[CmdletBinding()]
param(
    # Without it nothing is changed.
    [switch] $Execute{more}
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
"
    )
}

fn constants(order: &NumberOrder) -> String {
    // A tenant that is configured by a domain name cannot be compared.
    let tenant_id =
        uuid::Uuid::try_parse(&order.tenant_id).map_or_else(|_| String::new(), |id| id.to_string());
    let (version, cmdlets) = match order.kind {
        OrderKind::Upload => (
            "6.7.1",
            "'New-CsOnlineDirectRoutingTelephoneNumberUploadOrder'",
        ),
        OrderKind::Release => (
            "6.7.1",
            "'New-CsOnlineTelephoneNumberReleaseOrder', 'Get-CsPhoneNumberAssignment'",
        ),
        OrderKind::Block { .. } => (
            "7.5.0",
            "'Set-CsPhoneNumberAssignmentBlock', 'Remove-CsPhoneNumberAssignmentBlock', 'Get-CsPhoneNumberAssignment'",
        ),
    };
    format!(
        "
$TenantId = {}
$Range = {}
$Version = '{version}'
$Cmdlets = @({cmdlets}, 'Get-CsTenant')
",
        quoted(&tenant_id),
        quoted(&order.range)
    )
}

/// Text as PowerShell's single quotes hold it: nothing in it is replaced, and only the quote itself is doubled. The
/// typographic quotes, which PowerShell takes for the same, are not ASCII.
fn quoted(text: &str) -> String {
    format!("'{}'", ascii(text).replace('\'', "''"))
}

/// Text without line ends, control characters and whatever else is not printable ASCII: those are shown as their code
/// points, as rule files may write them.
fn ascii(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            ' '..='~' => shown.push(sign),
            other => shown.extend(other.escape_unicode()),
        }
    }
    shown
}

/// The elements of an array of numbers, a few on each line.
fn elements(numbers: &[E164]) -> String {
    let lines: Vec<String> = numbers
        .chunks(6)
        .map(|few| {
            let few: Vec<String> = few.iter().map(|number| format!("'{number}'")).collect();
            format!("    {}", few.join(", "))
        })
        .collect();
    lines.join(",\n")
}

/// The numbers, in lots of so many.
fn in_lots(numbers: &Spans, most: usize) -> Vec<Vec<E164>> {
    let all: Vec<E164> = numbers.iter().collect();
    all.chunks(most).map(<[E164]>::to_vec).collect()
}

#[cfg(test)]
mod tests;
