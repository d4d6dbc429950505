//! What licences make of a user (points 1 to 4 of the contract's section 2).

use super::{licences, plan, products};
use crate::directory::{LicenceBook, PlanCatalogue};

/// `words` are licences as in [`licences`], with `guest` for a guest. The outcome is written `voice kind`, followed by
/// `teams`, the doubt, `calling-alone` and `status=…` where they apply.
fn read(book: &LicenceBook, words: &str) -> String {
    let guest = words.split_whitespace().any(|word| word == "guest");
    let rest: Vec<&str> = words.split_whitespace().filter(|w| *w != "guest").collect();
    let read = book.read_licences(&licences(&rest.join(" ")), guest);
    let mut said = vec![read.voice.to_string(), read.kind.to_string()];
    said.extend(read.teams.then(|| "teams".to_owned()));
    said.extend(read.doubt.map(|doubt| format!("{doubt:?}").to_lowercase()));
    said.extend(read.calling_plan_alone.then(|| "calling-alone".to_owned()));
    said.extend(read.unknown_status.map(|text| format!("status={text}")));
    said.join(" ")
}

#[track_caller]
fn check(words: &str, expected: &str) {
    let listed = products();
    let book = LicenceBook::new(PlanCatalogue::default(), Some(&listed));
    assert_eq!(read(&book, words), expected, "of `{words}`");
}

#[track_caller]
fn check_unread(words: &str, expected: &str) {
    let book = LicenceBook::new(PlanCatalogue::default(), None);
    assert_eq!(
        read(&book, words),
        expected,
        "of `{words}`, products unreadable"
    );
}

#[test]
fn a_plan_is_usable_when_enabled_or_in_grace_and_not_switched_off() {
    check("", "none person");
    check("E5+", "phone-system person teams");
    check(
        "E5 MCOEV=Warning TEAMS1=Enabled",
        "phone-system person teams",
    );
    check("E3 MCOEV=Deleted TEAMS1=Enabled", "none person teams");
    check("E5-MCOEV MCOEV=Enabled TEAMS1=Enabled", "none person teams");
    check(
        "E5-TEAMS1 MCOEV=Enabled TEAMS1=Enabled",
        "phone-system person",
    );
    check(
        "E5-MCOEV-TEAMS1 MCOEV=Enabled TEAMS1=Enabled",
        "none person",
    );
}

#[test]
fn switched_off_means_by_every_licence_known_to_carry_it() {
    check("E5-MCOEV TP MCOEV=Enabled", "phone-system person");
    check("E5-MCOEV TP-MCOEV MCOEV=Enabled", "none person");
    check("E5-MCOEV E3 MCOEV=Enabled", "none person");
    // A product of which nothing is known does not bring the plan back.
    check("E5-MCOEV OLD MCOEV=Enabled", "none person");
    // Where no assigned licence is known to carry it, the entry counts, whatever an unknown one switches off.
    check("OLD MCOEV=Enabled", "phone-system person");
    check("OLD-MCOEV MCOEV=Enabled", "phone-system person");
    check("MCOEV=Enabled", "phone-system person");
    check_unread("E5-MCOEV MCOEV=Enabled", "phone-system person");
}

#[test]
fn of_a_plan_that_appears_twice_any_usable_entry_wins() {
    check("E5 MCOEV=Deleted MCOEV=Enabled", "phone-system person");
    check("E5 MCOEV=Suspended MCOEV=Warning", "phone-system person");
    check("TP MCOEV=Deleted MCOEV=LockedOut", "none person lapsing");
    // One kind of Phone System plan is dead, another lives.
    check("MCOEV=Deleted MCOEVSMB=Enabled", "phone-system person");
    check("MCOEV_GOV=Enabled", "phone-system person");
}

#[test]
fn an_unknown_status_is_not_usable_and_is_named() {
    check("MCOEV=Dormant", "none person status=Dormant");
    check("MCOEV=enabled", "none person status=enabled");
    check("E5+ MCOPSTN1=Odd", "phone-system person teams status=Odd");
    check("E5+ MCOSTANDARD=Odd", "phone-system person teams");
}

#[test]
fn a_calling_plan_counts_only_with_phone_system() {
    check("E5+ CP+", "calling-plan person teams");
    check("CP+", "none person calling-alone");
    check("E5-MCOEV CP+ MCOEV=Enabled", "none person calling-alone");
    check(
        "E5+ CP-MCOPSTN1 MCOPSTN1=Enabled",
        "phone-system person teams",
    );
    check("E5+ CP MCOPSTN1=Suspended", "phone-system person teams");
    // Communications Credits are no calling plan.
    check("E5+ MCOPSTNC=Enabled", "phone-system person teams");
    check("E5+ MCOPSTN_PAYG_1=Warning", "calling-plan person teams");
}

#[test]
fn doubt_is_lapsing_before_pending() {
    check("E5 MCOEV=Suspended", "none person lapsing");
    check(
        "E5 MCOEV=LockedOut TEAMS1=Enabled",
        "none person teams lapsing",
    );
    check("E5-MCOEV MCOEV=Suspended", "none person");
    check("MCOEV=Suspended", "none person lapsing");
    check("E5", "none person pending");
    check("E5 TEAMS1=Enabled", "none person teams pending");
    check("TP", "none person pending");
    check("E5 MCOEV=Deleted", "none person pending");
    check("E5-MCOEV", "none person");
    check("E5-MCOEV TP", "none person pending");
    // The subscription is dead, or of a product that is not known to carry the plan.
    check("DEAD", "none person");
    check("X5", "none person");
    check("E3 CP", "none person");
    check_unread("E5", "none person");
    check("E5 CP+", "none person pending calling-alone");
}

#[test]
fn a_usable_plan_leaves_no_doubt() {
    check("E5+ TP", "phone-system person teams");
    check("E5+ MCOEVSMB=Suspended", "phone-system person teams");
}

#[test]
fn the_kind_follows_type_then_resource_plan_then_product() {
    check("guest", "none guest");
    check("guest ROOM+", "phone-system guest teams");
    check("VU+", "none resource");
    check("VU+ E5+", "phone-system resource teams");
    check("VU MCOEV_VIRTUALUSER=Deleted", "none person");
    check(
        "VU-MCOEV_VIRTUALUSER MCOEV_VIRTUALUSER=Enabled",
        "none person",
    );
    check("MCOEV_VIRTUALUSER_GOV=Enabled", "none resource");
    check("ROOM+", "phone-system room teams");
    check("DEVICE+", "phone-system device teams");
    check("ROOM+ DEVICE+", "phone-system room teams");
}

#[test]
fn a_room_whose_phone_system_another_licence_brings_is_a_person() {
    check("ROOM+ E5+", "phone-system person teams");
    check("DEVICE+ TP+", "phone-system person teams");
    check("ROOM+ E3", "phone-system room teams");
    check("ROOM+ E5-MCOEV", "phone-system room teams");
    check("ROOM+ CP+", "calling-plan room teams");
    // Not listed by the tenant, and known to carry Phone System.
    check("ROOM+ X5", "phone-system person teams");
    check("ROOM+ X5-MCOEV", "phone-system room teams");
    check("ROOM+ OLD", "phone-system room teams");
    check_unread("ROOM E5 MCOEV=Enabled", "phone-system person");
}

#[test]
fn configuration_extends_the_sets() {
    let listed = products();
    let extra = PlanCatalogue::with_extras(
        &[plan("MCOFMC1")],
        &[plan("MCOPSTNC")],
        &[plan("MCOSTANDARD")],
    );
    let book = LicenceBook::new(extra, Some(&listed));
    let words = "MCOFMC1=Enabled MCOPSTNC=Enabled MCOSTANDARD=Enabled";
    assert_eq!(read(&book, words), "calling-plan person teams");
    check(words, "none person");
}
