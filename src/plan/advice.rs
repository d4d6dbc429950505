//! What each kind of note means for the person, and what can be done about it.

use super::NoteKind;

/// What a help desk can say about a note of this kind: one sentence that names the next step, if there is one.
#[must_use]
pub fn advice(kind: NoteKind) -> &'static str {
    let found = ADVICE.iter().find(|(known, _)| *known == kind);
    found.map_or("", |(_, text)| *text)
}

const ADVICE: &[(NoteKind, &str)] = &[
    (
        NoteKind::UnknownPlanStatus,
        "Microsoft uses a licence status this version does not know; report it, and update Linekeeper.",
    ),
    (
        NoteKind::CallingPlanWithoutPhoneSystem,
        "Assign a licence with Phone System as well; the calling plan alone gives no number.",
    ),
    (
        NoteKind::Lapsing,
        "Renew the subscription, or take the licence away; until then nothing changes.",
    ),
    (
        NoteKind::LicencePending,
        "Nothing to do: Microsoft usually takes minutes, sometimes a day; after 72 hours it counts as no licence.",
    ),
    (
        NoteKind::Exempt,
        "`linekeeper users exempt` and the `exempt` and `scope` rules decide who is left alone.",
    ),
    (
        NoteKind::NoTeams,
        "Switch the Teams plan on in the person's licence.",
    ),
    (
        NoteKind::Disabled,
        "Enable the account in Entra; the number follows at the next sync.",
    ),
    (
        NoteKind::RemovedOutside,
        "Find out who took the number away in Teams; `linekeeper users resume` lets the rules decide again.",
    ),
    (
        NoteKind::ReleasedByHand,
        "`linekeeper users resume` lets the rules give a number again.",
    ),
    (
        NoteKind::PinDiffers,
        "`linekeeper users pin USER NUMBER --move` changes the number at once, `linekeeper users unpin USER` drops the pin.",
    ),
    (
        NoteKind::Drift,
        "Nothing has to be done: a move never changes a number; `linekeeper release --renumber` lets the rules choose anew.",
    ),
    (
        NoteKind::NoRange,
        "Correct the person's attributes in the directory, or add a range; the failing clauses are listed above.",
    ),
    (
        NoteKind::NearMiss,
        "Correct the spelling in the directory, or declare it as an alias in the rules.",
    ),
    (
        NoteKind::UnmanagedNumber,
        "The number was given in Teams and lies in no range of ours, or is not adopted; declare it in a range, or leave it.",
    ),
    (
        NoteKind::StaleHolder,
        "If the person should not have a number, `linekeeper release` takes it back.",
    ),
    (
        NoteKind::Ambiguous,
        "Give the ranges different priorities if the other one was meant.",
    ),
    (
        NoteKind::Suspended,
        "`linekeeper ranges resume` ends the suspension, `linekeeper operators resume` that of an operator.",
    ),
    (
        NoteKind::PolicyMissing,
        "Create the policy in the Teams admin centre, or correct its name in the rules.",
    ),
    (
        NoteKind::CountryMismatch,
        "Correct the usage location in Entra: a number of this type must be of the same country.",
    ),
    (
        NoteKind::NoLocation,
        "Add a `location` to the range that fits this person.",
    ),
    (
        NoteKind::Exhausted,
        "Add numbers to the range, or an overflow range; the person is served as soon as one is free.",
    ),
    (
        NoteKind::Refused,
        "Look at the person in the Teams admin centre; it is tried again by itself, and at once by `linekeeper users resume`.",
    ),
    (
        NoteKind::RangeRefused,
        "Look at the numbers of the range in Teams, then `linekeeper ranges resume`.",
    ),
    (
        NoteKind::TypeMismatch,
        "Nothing is at risk; change the type of the range if the carrier has moved the number.",
    ),
    (
        NoteKind::Conflict,
        "Somebody else changed the same number or person; the next sync looks again.",
    ),
    (
        NoteKind::LicenceNotReady,
        "Nothing to do: Teams has not digested the licence; it is retried with growing pauses, at once by a sync by hand.",
    ),
    (
        NoteKind::NotTeamsOnly,
        "Give the person the TeamsUpgradePolicy UpgradeToTeams.",
    ),
    (
        NoteKind::Blocked,
        "Teams refused the number twice; `linekeeper numbers unblock` tries it sooner.",
    ),
    (
        NoteKind::ReleaseBlocked,
        "Teams does not let the number go; it is retried. Licensing the person again, or support, frees it.",
    ),
    (
        NoteKind::IncompleteRead,
        "The directory could not be read to the end, so nothing is released; the next sync reads again.",
    ),
    (
        NoteKind::Undeclared,
        "Declare the numbers in a range if Linekeeper should manage them.",
    ),
    (
        NoteKind::EmergencyMismatch,
        "Ask the operator who sets emergency addresses, and correct `emergency` in the rules.",
    ),
    (
        NoteKind::ProfileReadOnly,
        "A profile that is synchronised from on-premises is set there; that of somebody with an administrator's role, by hand in Entra.",
    ),
    (
        NoteKind::UnknownPlan,
        "Correct the plan's name in the rule; until then the test never holds.",
    ),
    (
        NoteKind::ReleaseDue,
        "License or restore the person before then, and the number stays.",
    ),
    (
        NoteKind::Migrating,
        "Nothing to do here: the syncs carry the migration on; `linekeeper migrate status` shows how far it is.",
    ),
];
