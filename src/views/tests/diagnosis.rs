//! Each thing that can be wrong with a number, and what is said of it.

use crate::directory::UserId;
use crate::numbering::{Category, E164, Listed, ListedStatus};
use crate::plan::tests::world::{Town, id, listed, number, ruled_by, town, type_of};
use crate::plan::{GoneHow, Note, NoteKind};
use crate::views::diagnosis::{Ailment, Finding, Holder, Inspected, assigned_to, findings};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// What is found in a town; holders who are no users of it are nobody.
fn found(town: &Town) -> Vec<Finding> {
    found_with(town, |_| Holder::Nobody)
}

fn found_with(town: &Town, stranger: impl Fn(Uuid) -> Holder) -> Vec<Finding> {
    let users: BTreeMap<Uuid, _> = town
        .users
        .iter()
        .map(|user| (user.user.id.0, user))
        .collect();
    let holder = |target: Uuid| match users.get(&target) {
        Some(stored) => Holder::Known(Box::new((*stored).clone())),
        None => stranger(target),
    };
    let targets = town.listing.values().filter_map(assigned_to);
    let holders = targets.map(|target| (target, holder(target))).collect();
    town.look(|world| {
        findings(&Inspected {
            rules: world.rules,
            book: world.book,
            groups: world.groups,
            state: world.state,
            listing: world.listing,
            holders: &holders,
        })
    })
}

/// `unlicensed-holder 1000 anna`, with the first step of what to do.
fn lines(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| {
        let kind = serde_json::to_value(finding.kind).expect("JSON");
        let user = finding.user.as_ref().map(|user| format!(" {}", user.upn));
        let last = finding.number.digits() % 10_000;
        let kind = kind.as_str().unwrap_or_default();
        format!(
            "{kind} {last:04}{}: {}",
            user.unwrap_or_default(),
            finding.to_do[0]
        )
    };
    findings.iter().map(line).collect()
}

#[track_caller]
fn check(town: &Town, expected: &[&str]) {
    assert_eq!(lines(&found(town)), expected);
}

#[test]
fn what_is_as_it_should_be_is_not_told() {
    let town = town()
        .user("anna", "E5+")
        .holds("anna", 1000)
        .user("vera", "VU+")
        .listed(1001, Some("vera"))
        .listed_as(1002, None, |profile| {
            profile.status = ListedStatus::Other("policyAssigned".to_owned())
        })
        .listed(1003, None);
    check(&town, &[]);
}

#[test]
fn holders_without_a_licence_are_told_apart_by_what_is_to_be_done() {
    let outside = |town: Town| {
        let mut town = town.user("dora", "E3+");
        let number: E164 = "+498955505000".parse().expect("a number");
        town.listing
            .insert(number, listed(number, type_of(5000), Some(id("dora"))));
        town
    };
    let town = outside(
        town()
            .user("anna", "E3+")
            .holds("anna", 1000)
            .user("bert", "E3+")
            .holds("bert", 1001)
            .holding(1001, |holding| holding.seen_licensed = false)
            .user("carl", "E3+")
            .listed(1002, Some("carl")),
    );
    check(
        &town,
        &[
            "unlicensed-holder 1000 anna: nothing, if the number is to go: the next sync releases it once the range's `grace` is over, or `linekeeper release USER` does at once",
            "unlicensed-holder 1001 bert: license the holder, if the number is needed",
            "unlicensed-holder 1002 carl: `linekeeper sync`, which adopts the number unless `ownership.adopt` is off",
            "unlicensed-holder 5000 dora: license the holder, if the number is needed",
            "undeclared 5000: declare them in the `numbers` of a range, if Linekeeper is to give them; mark those that are not to be given as `never` or `reserve`",
        ],
    );
    let all = found(&town);
    let steps = |at: usize| all[at].to_do.join("; ");
    assert!(steps(1).contains("release --stale"), "{}", steps(1));
    assert!(steps(3).contains("admin centre"), "{}", steps(3));
}

#[test]
fn a_number_that_teams_keeps_names_the_way_out_in_its_order() {
    let note = Note {
        kind: NoteKind::ReleaseBlocked,
        user: Some(id("anna")),
        number: None,
        range: None,
        detail: String::new(),
    };
    let town = town()
        .user("anna", "E3+")
        .holds("anna", 1000)
        .with("anna", |stored| stored.facts.notes.push(note));
    let all = found(&town);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].kind, Ailment::ReleaseBlocked);
    let steps = all[0].to_do;
    let order = [
        "license the holder",
        "wait",
        "sync --user USER",
        "release USER",
        "take the licence away",
    ];
    assert_eq!(steps.len(), order.len());
    for (step, part) in steps.iter().zip(order) {
        assert!(step.contains(part), "{part} in {step}");
    }
    let gone = found(&town.gone("anna", GoneHow::SoftDeleted, 5));
    assert_eq!(gone[0].kind, Ailment::ReleaseBlocked);
    assert!(gone[0].to_do[0].contains("restore"), "{:?}", gone[0].to_do);
}

#[test]
fn the_deleted_and_the_unknown_are_told_apart() {
    let town = town()
        .user("anna", "E5+")
        .holds("anna", 1000)
        .gone("anna", GoneHow::Deleted, 5)
        .user("bert", "E5+")
        .listed(1001, Some("bert"))
        .gone("bert", GoneHow::Absent, 5)
        .listed(1002, Some("nobody"));
    let all = found(&town);
    let kinds: Vec<_> = all.iter().map(|finding| finding.kind).collect();
    assert_eq!(
        kinds,
        [
            Ailment::DeletedHolder,
            Ailment::DeletedHolder,
            Ailment::UnknownHolder
        ]
    );
    assert!(all[0].to_do[0].contains("the next sync releases it"));
    assert!(all[1].to_do[0].contains("admin centre"));
    assert!(all[2].detail.contains(&id("nobody").to_string()), "{all:?}");
    assert!(all[2].to_do[0].contains("Entra"));
    let unread = found_with(&town, |_| Holder::Unread);
    assert_eq!(
        unread.len(),
        2,
        "nothing is said of whom nobody could look up"
    );
}

#[test]
fn each_line_of_somebody_with_two_is_told() {
    let second = |category| {
        town()
            .user("anna", "E5+")
            .holds("anna", 1000)
            .listed_as(1001, Some("anna"), |profile| profile.category = category)
            .user("bert", "E5+")
            .holds("bert", 1002)
    };
    let all = found(&second(Category::Primary));
    let told: Vec<_> = all
        .iter()
        .map(|finding| (finding.number, finding.detail.as_str()))
        .collect();
    let managed = "the primary line that Linekeeper manages; beside it: +498955501001";
    assert_eq!(
        told,
        [
            (number(1000), managed),
            (number(1001), "a primary line; beside it: +498955501000"),
        ]
    );
    assert!(all[0].to_do[0].contains("which of the numbers"));
    let further = found(&second(Category::Other));
    assert_eq!(further.len(), 2);
    assert!(further[1].detail.starts_with("a private or alternate line"));
    assert!(further[1].to_do[0].starts_with("nothing"));
}

#[test]
fn lines_from_on_premises_are_told_where_a_range_declares_them() {
    let town = town()
        .user("anna", "E5+")
        .listed_as(1000, Some("anna"), |profile| profile.on_premises = true)
        .listed_as(5000, None, |profile| profile.on_premises = true);
    let all = found(&town);
    let kinds: Vec<_> = all.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [Ailment::OnPremises, Ailment::Undeclared]);
    assert!(all[0].to_do[0].contains("msRTCSIP-Line"));
}

#[test]
fn a_location_is_compared_with_that_of_the_holder() {
    const HERE: &str = "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f";
    const THERE: &str = "6f2a51d8-3f0e-4d51-9c0d-2d5f3f0c8a11";
    let rules = format!(
        r#"range "us" {{ type calling-plan numbers +1 206 555 0100 to 0109 country "US" location "{HERE}" when city = "Seattle"
            location "{THERE}" quarantine 0 days when city = "Seattle" }}"#
    );
    let shown = |city: &str, location: Option<&str>| {
        let location = location.map(|text| text.parse().expect("an id"));
        let town = ruled_by(&rules)
            .user_in(city, "US", "anna", "E5+ CP+")
            .booked("anna", 100)
            .listed_as(100, Some("anna"), |profile| profile.location = location);
        found(&town)
    };
    for (city, location) in [("Seattle", HERE), ("Austin", THERE)] {
        assert_eq!(shown(city, Some(location)), []);
    }
    let differs = shown("Seattle", Some(THERE));
    assert_eq!(differs[0].kind, Ailment::LocationDiffers);
    for part in [HERE, THERE] {
        assert!(differs[0].detail.contains(part), "{differs:?}");
    }
    let none = shown("Austin", None);
    assert!(none[0].detail.starts_with("Teams has no location"));
}

#[test]
fn numbers_in_a_row_that_no_range_declares_are_one_finding() {
    let mut town = town().user("anna", "E5+");
    let operator = Uuid::from_u128(9);
    for last in [5000_u64, 5001, 5002, 5004, 5005, 5010] {
        let holder = (last == 5001).then(|| id("anna"));
        let mut line = listed(number(last), type_of(last), holder);
        if last == 5005 {
            Arc::make_mut(&mut line.profile).operator = Some(operator);
        }
        town.listing.insert(number(last), line);
    }
    let runs: Vec<_> = found(&town)
        .into_iter()
        .map(|f| (f.number, f.to, f.count, f.detail))
        .collect();
    let alone = |last: u64, detail: &str| (number(last), None, 1, detail.to_owned());
    assert_eq!(
        runs,
        [
            (
                number(5000),
                Some(number(5002)),
                3,
                "direct-routing; in use: 1".to_owned()
            ),
            alone(5004, "direct-routing; in use: 0"),
            alone(
                5005,
                &format!("direct-routing of the operator {operator}; in use: 0")
            ),
            alone(5010, "direct-routing; in use: 0"),
        ]
    );
}

#[test]
fn a_hundred_thousand_numbers_are_looked_at_in_no_time() {
    let mut town = town();
    for last in 0..100_000_u64 {
        let number = E164::from_digits(498_955_600_000 + last).expect("a number");
        let holder = UserId::from_u128(u128::from(last) + 1);
        let line: Listed = listed(number, type_of(5000), Some(holder));
        town.listing.insert(number, line);
    }
    let all = found(&town);
    assert_eq!(all.len(), 100_001, "each holder, and one run");
    assert_eq!(all[100_000].count, 100_000);
}
