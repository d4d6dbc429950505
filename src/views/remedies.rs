//! What to do about a number that something is wrong with, in this order.

pub(super) const STUCK: &[&str] = &[
    "license the holder again, with Phone System and what else the number's type needs",
    "wait until Teams has seen it: minutes, at most a day",
    "`linekeeper sync --user USER` ends the release that was begun: somebody who is licensed again keeps the number",
    "`linekeeper release USER`",
    "take the licence away again once the number is gone",
];
pub(super) const STUCK_DELETED: &[&str] = &[
    "restore the user: within 30 days of the deletion, in Entra under deleted users",
    "license the user again, with Phone System and what else the number's type needs",
    "wait until Teams has seen it: minutes, at most a day",
    "`linekeeper sync --user USER` ends the release that was begun: somebody who is licensed again keeps the number",
    "`linekeeper release USER`",
    "take the licence away and delete the user again once the number is gone",
];
pub(super) const UNLICENSED: &[&str] = &[
    "nothing, if the number is to go: the next sync releases it once the range's `grace` is over, or `linekeeper release USER` does at once",
    "else license the holder again before that",
];
pub(super) const STALE: &[&str] = &[
    "license the holder, if the number is needed",
    "else `linekeeper release USER`; `linekeeper release --stale` shows them all and releases them with --yes",
];
pub(super) const NOT_ADOPTED: &[&str] = &[
    "`linekeeper sync`, which adopts the number unless `ownership.adopt` is off",
    "license the holder, if the number is needed; else `linekeeper release USER`",
];
pub(super) const FOREIGN: &[&str] = &[
    "license the holder, if the number is needed",
    "else take it away in the Teams admin centre: Linekeeper touches no number outside its ranges",
];
pub(super) const DELETED: &[&str] = &[
    "nothing: the next sync releases it once the range's `deleted-grace` is over, or `linekeeper release USER` does at once",
    "if Teams refuses: restore the user (30 days), license, release, take the licence away, delete again",
];
pub(super) const DELETED_FOREIGN: &[&str] = &[
    "take the number away in the Teams admin centre, or `Remove-CsPhoneNumberAssignment` in PowerShell",
    "if Teams refuses: restore the user (30 days), license, take the number away, take the licence away, delete again",
];
pub(super) const UNKNOWN: &[&str] = &[
    "look the id up in Entra, deleted users too: `linekeeper sync --full` learns of users who are new",
    "if it is a user who was deleted: restore (30 days), license, take the number away, take the licence away, delete again",
    "if Entra knows nothing of it either: open a ticket with Microsoft and name number and id",
];
pub(super) const TWO_PRIMARIES: &[&str] = &[
    "find out which of the numbers the person uses",
    "if the other one is the managed one: `linekeeper release USER --renumber`; else take it away in the Teams admin centre",
    "`linekeeper sync`, which adopts the one that stays if a range declares it",
];
pub(super) const FURTHER_LINE: &[&str] = &[
    "nothing, if the further line is wanted: Linekeeper manages primary lines and leaves it alone",
    "else take it away in the Teams admin centre; the next sync sees that it is free",
];
pub(super) const ON_PREMISES: &[&str] = &[
    "clear the line on-premises: `Set-ADUser USER -Clear msRTCSIP-Line`, or `Set-CsUser USER -LineURI $null` on the Skype server",
    "wait for the directory synchronisation, then until Teams lists the number as unassigned",
    "`linekeeper sync` gives the person a number by the rules",
];
pub(super) const LOCATION: &[&str] = &[
    "find out where the person sits: a wrong location sends the ambulance there",
    "if the rules are right: set it in the Teams admin centre, or `Set-CsPhoneNumberAssignment -PhoneNumber NUMBER -LocationId LOCATION`",
    "if Teams is right: correct `location` of the range",
];
pub(super) const LOCATION_LOCKED: &[&str] = &[
    "find out where the person sits: a wrong location sends the ambulance there",
    "if the rules are right: ask the operator, who alone can change it",
    "if Teams is right: correct `location` of the range",
];
pub(super) const UNDECLARED: &[&str] = &[
    "declare them in the `numbers` of a range, if Linekeeper is to give them; mark those that are not to be given as `never` or \
     `reserve`",
    "else nothing: Linekeeper leaves them alone",
];
