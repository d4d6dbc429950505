# Made by linekeeper: numbers order release
#
# tenant   contoso (6D9B9F57-6c4a-4c43-8a0d-0d3c0a1b2c3d)
# range    muc (calling-plan)
# numbers  as they were read from Teams at 2026-11-20T08:00:00Z
#
# What it does when it is run with -Execute:
#   has Teams release 8 number(s) that nobody holds, in 1 order(s) of at most 1000.
#   A released calling-plan number goes back to Microsoft, who may give it to somebody else: you
#   cannot count on having it again.
#   Before each order every number of it is looked at again; one that is assigned stops it.
#   Take the numbers out of the rule files as well: the rules say what Linekeeper gives.
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
    [switch] $Execute
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$TenantId = '6d9b9f57-6c4a-4c43-8a0d-0d3c0a1b2c3d'
$Range = 'muc'
$Version = '6.7.1'
$Cmdlets = @('New-CsOnlineTelephoneNumberReleaseOrder', 'Get-CsPhoneNumberAssignment', 'Get-CsTenant')

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

$Lots = 1

# Lot 1 of 1: 8 number(s).
Invoke-Lot 1 @(
    '+498955501000', '+498955501001', '+498955501002', '+498955501003', '+498955501004', '+498955501010',
    '+498955501011', '+498955501012'
)

if (-not $Execute) {
    Write-Host 'Nothing was changed. Run the script with -Execute to do what is said above.'
}
