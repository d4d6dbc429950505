//! The queue for numbers: who is served when, from which range, and who waits for what.

use super::lines::check;
use super::world::{Town, ago, id, number, ruled_by, town};
use crate::directory::Attribute;
use crate::plan::{
    Action, Change, ChangeStatus, Expected, NoteKind, OpenStep, Reason, StepError, StepState,
    Suspension, Wait,
};

/// Ranges of direct routing, each a line of `name: from to, properties`.
fn ranges(lines: &str) -> Town {
    let declare = |line: &str| {
        let (name, rest) = line.split_once(':').expect("a name");
        let (numbers, properties) = rest.split_once(',').expect("numbers");
        let (first, last) = numbers.trim().split_once(' ').expect("two numbers");
        format!(
            "range \"{}\" {{ type direct-routing numbers +49 89 5550 {first} to {last} quarantine 0 days {properties} }}\n",
            name.trim()
        )
    };
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    ruled_by(&lines.map(declare).collect::<String>())
}

fn crowd(town: Town, names: &[&str]) -> Town {
    names.iter().fold(town, |town, name| town.user(name, "E5+"))
}

fn suspend(town: Town, range: &str) -> Town {
    let suspension = Suspension {
        reason: "cut-over".to_owned(),
        since: ago(1),
    };
    town.but(|town| drop(town.state.suspended.insert(range.to_owned(), suspension)))
}

#[test]
fn the_queue_goes_by_creation_with_unknown_last_then_by_id() {
    let created = |town: Town, name, at| town.with(name, |u| u.user.created = at);
    let town = crowd(town(), &["dora", "anna", "carl", "bert"]);
    let town = created(town, "anna", None);
    let town = created(town, "dora", Some(ago(9000)));
    check(
        &town,
        "assign dora 1000 rule
         assign bert 1001 rule
         assign carl 1002 rule
         assign anna 1003 rule",
    );
}

#[test]
fn lower_priority_is_tried_first_then_file_order() {
    let town = ranges(
        "a: 1000 1009, when city = \"Munich\" priority 20
         b: 1010 1019, when city = \"Munich\" priority 10",
    );
    check(&town.user("anna", "E5+"), "assign anna 1010 rule");
}

#[test]
fn ambiguity_is_noted_of_those_who_are_assigned_only() {
    let two = || {
        ranges(
            "a: 1000 1000, when city = \"Munich\"
             b: 1010 1019, when usage_location = \"DE\"",
        )
    };
    let town = crowd(two(), &["anna", "bert"]);
    check(
        &town,
        "assign anna 1000 rule\nnote anna ambiguous\nnote bert exhausted",
    );
    check(&two().user("anna", "E5+").holds("anna", 1000), "keep 1");
    check(
        &two().user("anna", "E5+").had("anna", 1015, 3),
        "assign anna 1015 returning",
    );
}

#[test]
fn an_exhausted_range_never_leads_to_the_next_that_matches() {
    let town = ranges(
        "a: 1000 1000, when city = \"Munich\"
         b: 1010 1019, when anyone priority 200",
    );
    check(
        &crowd(town, &["anna", "bert"]),
        "assign anna 1000 rule\nnote bert exhausted",
    );
}

#[test]
fn overflow_goes_depth_first_each_range_once() {
    let town = ranges(
        "a: 1000 1000, when city = \"Munich\" overflow \"b\", \"d\"
         b: 1010 1010, overflow \"c\", \"a\"
         c: 1020 1020, overflow \"b\", \"d\" when city = \"Nowhere\"
         d: 1030 1030, when city = \"Nowhere\"",
    );
    let town = crowd(town, &["anna", "bert", "carl", "dora", "emil"]);
    check(
        &town,
        "assign anna 1000 rule
         assign bert 1010 rule
         assign carl 1020 rule
         assign dora 1030 rule
         note emil exhausted",
    );
    // A suspended overflow is passed by, and so is what it lacks.
    check(
        &suspend(town, "b"),
        "assign anna 1000 rule
         assign bert 1020 rule
         assign carl 1030 rule
         note dora exhausted
         note emil exhausted",
    );
}

#[test]
fn overflow_keeps_its_own_reserve_of_free_numbers() {
    let town = ranges(
        "a: 1000 1000, when city = \"Munich\" overflow \"b\"
         b: 1010 1012, keep-free 2",
    );
    let town = crowd(town, &["anna", "bert", "carl"]);
    check(
        &town,
        "assign anna 1000 rule
         assign bert 1010 rule
         note carl exhausted",
    );
}

#[test]
fn a_suspended_range_makes_its_people_wait() {
    check(
        &suspend(town().user("anna", "E5+"), "muc"),
        "note anna suspended",
    );
    check(
        &suspend(town().user("anna", "E5+").holds("anna", 1000), "muc"),
        "keep 1",
    );
    let resumed = suspend(town().user("anna", "E5+"), "zrh");
    check(&resumed, "assign anna 1000 rule");
}

#[test]
fn policies_follow_the_assignment_or_are_missing() {
    let town = ranges(
        "a: 1000 1009, when city = \"Munich\" policy TenantDialPlan \"DE\" when department = \"Sales\" \
         policy TenantDialPlan \"ALL\" policy CallingLineIdentity \"Main\"",
    );
    let anna = town.user("anna", "E5+");
    check(&anna, "note anna policy-missing");
    let has = |town: &mut Town, kind: &str, name: &str| {
        let id = Some(format!("id of {name}"));
        town.policies.insert((kind.to_owned(), name.to_owned()), id);
    };
    let anna = anna.but(|town| has(town, "TenantDialPlan", "ALL"));
    check(&anna, "note anna policy-missing");
    let anna = anna.but(|town| has(town, "CallingLineIdentity", "Main"));
    check(
        &anna,
        "assign anna 1000 rule
         policy anna +TenantDialPlan:ALL rule
         policy anna +CallingLineIdentity:Main rule",
    );
    // The one that holds for this person is the one that counts.
    let sales = anna.attribute("anna", Attribute::Department, "sales");
    check(&sales, "note anna policy-missing");
}

#[test]
fn the_country_must_be_the_usage_location_where_numbers_are_bound_to_it() {
    let zurich = |country: &str| {
        let town = town().user_in("Zurich", country, "anna", "E5+");
        town.listed(2003, None)
    };
    check(&zurich("CH"), "assign anna 2003 rule");
    check(&zurich("ch"), "assign anna 2003 rule");
    check(&zurich("DE"), "note anna country-mismatch");
    check(&zurich(""), "note anna country-mismatch");
    check(&zurich("Switzerland"), "note anna country-mismatch");
    let munich = town().user_in("Munich", "FR", "anna", "E5+");
    check(&munich, "assign anna 1000 rule");
}

#[test]
fn a_location_that_is_needed_and_missing_makes_the_person_wait() {
    let rules = |condition: &str| {
        let text = format!(
            r#"range "us" {{ type calling-plan numbers +1 206 555 0100 to 0109 country "US" quarantine 0 days
                location "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f" {condition} priority 5 when city = "Seattle" }}"#
        );
        let town = ruled_by(&text).user_in("Seattle", "US", "anna", "E5+ CP+");
        town.listed(105, None)
    };
    check(&rules(""), "assign anna 0105 rule at 9b11");
    check(&rules(r#"when office = "SLU""#), "note anna no-location");
    let there = rules(r#"when office = "SLU""#).attribute("anna", Attribute::Office, "SLU");
    check(&there, "assign anna 0105 rule at 9b11");
}

#[test]
fn an_operator_that_leaves_addresses_to_the_tenant_needs_a_location() {
    let rules = |emergency: &str| {
        let text = format!(
            r#"operator "Alp" {{ id "0f0f0f0f-1a2b-4c3d-8e4f-5a6b7c8d9e0f" countries ["CH"] emergency {emergency} }}
            range "zrh" {{ type operator-connect numbers +41 43 555 20 00 to 20 09 operator "Alp" quarantine 0 days
                location "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f" when office = "HQ" priority 5 when city = "Zurich" }}"#
        );
        let town = ruled_by(&text).user_in("Zurich", "CH", "anna", "E5+");
        town.listed(2003, None)
    };
    check(&rules("tenant"), "note anna no-location");
    check(&rules("operator"), "assign anna 2003 rule");
    let there = rules("tenant").attribute("anna", Attribute::Office, "hq");
    check(&there, "assign anna 2003 rule at 9b11");
}

#[test]
fn a_refused_number_is_offered_again_only_when_no_other_is_free() {
    let refused =
        |town: Town| town.with("anna", |u| u.facts.refused = vec![(number(1000), ago(2))]);
    check(
        &refused(town().user("anna", "E5+")),
        "assign anna 1001 rule",
    );
    let one = ranges("a: 1000 1000, when city = \"Munich\"").user("anna", "E5+");
    check(&refused(one), "assign anna 1000 rule");
}

#[test]
fn two_refusals_make_the_person_wait_a_day() {
    let waits = |h| {
        town().user("anna", "E5+").with("anna", |u| {
            u.facts.refused = vec![(number(1000), ago(h)), (number(1001), ago(h))];
            u.facts.wait = Some(Wait::Refused { since: ago(h) });
        })
    };
    check(&waits(20), "due anna +4h\nnote anna refused");
    check(&waits(24), "assign anna 1000 rule\nwait anna over");
}

#[test]
fn teams_that_is_not_ready_is_tried_again_in_its_time_or_by_hand() {
    let waits = |kind, until| {
        town().user("anna", "E5+").with("anna", |u| {
            u.facts.wait = Some(Wait::Teams {
                kind,
                since: ago(9),
                until,
                attempts: 3,
            });
        })
    };
    let not_ready = waits(NoteKind::LicenceNotReady, ago(-2));
    check(&not_ready, "due anna +2h\nnote anna licence-not-ready");
    check(
        &waits(NoteKind::NotTeamsOnly, ago(-2)),
        "due anna +2h\nnote anna not-teams-only",
    );
    check(
        &waits(NoteKind::LicenceNotReady, ago(0)),
        "assign anna 1000 rule",
    );
    check(
        &not_ready
            .clone()
            .but(|town| town.circumstances.by_hand = true),
        "assign anna 1000 rule",
    );
    // Who lost the licence meanwhile waits for nothing any more.
    let unlicensed = not_ready.with("anna", |u| u.user.licences = std::sync::Arc::default());
    check(&unlicensed, "wait anna over");
}

#[test]
fn an_open_step_keeps_its_person_and_number() {
    let change = Change {
        seq: 1,
        after: None,
        action: Action::Assign,
        user: id("anna"),
        upn: "anna".to_owned(),
        number: number(1000),
        number_type: crate::numbering::NumberType::DirectRouting,
        range: Some("muc".to_owned()),
        reason: Reason::Rule,
        location: None,
        expects: Expected::default(),
        by_teams: false,
        approved: false,
        bulk: false,
        part: crate::plan::Part::Plain,
        rest_seconds: 0,
        status: ChangeStatus::Planned,
        why: String::new(),
        error: None,
        noted: None,
    };
    let open = |action, error| OpenStep {
        id: 1,
        sync: "s".to_owned(),
        change: Change {
            action,
            ..change.clone()
        },
        state: StepState::Waiting,
        claims_number: true,
        claims_user: true,
        claimed: ago(1),
        started: Some(ago(1)),
        operation: None,
        not_before: None,
        attempts: 1,
        error,
    };
    let with = |step| crowd(town(), &["anna", "bert"]).but(|town| town.state.open_steps.push(step));
    let not_ready = Some(StepError::LicenceNotReady("no".to_owned()));
    check(
        &with(open(Action::Assign, not_ready)),
        "assign bert 1001 rule\nnote anna licence-not-ready",
    );
    let blocked = Some(StepError::ReleaseBlocked("no".to_owned()));
    check(
        &with(open(Action::Release, blocked)).holds("anna", 1000),
        "assign bert 1001 rule\nnote anna release-blocked\nkeep 1",
    );
}

#[test]
fn the_profile_shows_the_number_where_it_can_be_written() {
    let town = town()
        .user("anna", "E5+")
        .but(|town| town.settings.business_phone = true);
    check(
        &town,
        "assign anna 1000 rule\nprofile anna +498955501000 rule",
    );
    let synced = town.with("anna", |u| u.user.on_premises_synced = true);
    check(
        &synced,
        "assign anna 1000 rule\nnote anna profile-read-only",
    );
}

#[test]
fn the_profile_of_a_kept_holder_is_put_right() {
    let shows = |text: Option<&str>| {
        town()
            .user("anna", "E5+")
            .holds("anna", 1004)
            .but(|town| town.settings.business_phone = true)
            .with("anna", |u| u.user.business_phone = text.map(Into::into))
    };
    check(&shows(Some("+49 (89) 5550-1004")), "keep 1");
    let written = "profile anna +498955501004 rule\nkeep 1";
    check(&shows(None), written);
    check(&shows(Some("+49 89 1")), written);
    let synced = shows(None).with("anna", |u| u.user.on_premises_synced = true);
    check(&synced, "note anna profile-read-only\nkeep 1");
    let off = shows(None).but(|town| town.settings.business_phone = false);
    check(&off, "keep 1");
    check(
        &town()
            .user("anna", "E5+")
            .listed(1004, Some("anna"))
            .but(|town| town.settings.business_phone = true),
        "adopt anna 1004 adopted\nprofile anna +498955501004 adopted",
    );
}

#[test]
fn policies_of_kept_holders_are_enforced_where_configured() {
    let town = ranges("a: 1000 1009, when city = \"Munich\" policy TenantDialPlan \"DE\"")
        .user("anna", "E5+")
        .holds("anna", 1004)
        .but(|town| {
            let key = ("TenantDialPlan".to_owned(), "DE".to_owned());
            town.policies.insert(key, Some("id".to_owned()));
        });
    check(&town, "keep 1");
    let enforced = town.but(|town| town.settings.enforce_policies = true);
    check(&enforced, "policy anna +TenantDialPlan:DE rule\nkeep 1");
}
