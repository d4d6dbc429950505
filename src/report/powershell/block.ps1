# Made by linekeeper: numbers order block
#
# tenant   contoso (6D9B9F57-6c4a-4c43-8a0d-0d3c0a1b2c3d)
# range    muc (operator-connect)
# numbers  as they were read from Teams at 2026-11-20T08:00:00Z
#
# What it does when it is run with -Execute:
#   has Teams give 8 number(s) that nobody holds to nobody, for 30 day(s).
#   Linekeeper cannot give a blocked number either. -Execute -Remove takes the blocks off again.
#   A number that is assigned by now, or blocked already, is left as it is.
#   CAUTION: the range is not suspended in Linekeeper. Its rules go on giving these numbers, and
#   Teams will refuse each: first run linekeeper ranges suspend.
#
# Without -Execute it changes nothing: it says what it would do, and needs no connection.
# It stops at the first error; what was done before that stays done.
#
# How to run it:
#   1. Read it, the numbers at the end above all.
#   2. Connect-MicrosoftTeams, as a Teams administrator of this tenant.
#   3. Run it as it is, then with -Execute.
#   4. linekeeper sync, so that Linekeeper reads the numbers again.
#
# Numbers of the range that are left out:
#   4, because: somebody holds them: `linekeeper release` takes them back first
#     +498955501005 to +498955501008
#   1, because: the range lists them under `never`
#     +498955501009

[CmdletBinding()]
param(
    # Without it nothing is changed.
    [switch] $Execute,
    # Takes the blocks off again instead.
    [switch] $Remove
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$TenantId = '6d9b9f57-6c4a-4c43-8a0d-0d3c0a1b2c3d'
$Range = 'muc'
$Version = '7.5.0'
$Cmdlets = @('Set-CsPhoneNumberAssignmentBlock', 'Remove-CsPhoneNumberAssignmentBlock', 'Get-CsPhoneNumberAssignment', 'Get-CsTenant')

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

# Days that a block lasts; 0: until it is taken off.
$Days = 30

# 8 number(s).
$Numbers = @(
    '+498955501000', '+498955501001', '+498955501002', '+498955501003', '+498955501004', '+498955501010',
    '+498955501011', '+498955501012'
)

foreach ($Number in $Numbers) {
    if ($Remove) {
        Remove-Block $Number
    } else {
        Set-Block $Number
    }
}

if (-not $Execute) {
    Write-Host 'Nothing was changed. Run the script with -Execute to do what is said above.'
}
