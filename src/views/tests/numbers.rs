//! Why a number is in its state.

use crate::numbering::{ListedStatus, ListedType, NumberType};
use crate::plan::tests::world::{Town, ago, number, ruled_by, town};
use crate::plan::{Reservation, Suspension, standing};
use insta::assert_snapshot;

fn why(town: &Town, last: u64) -> String {
    town.index(|index| {
        let (entry, because) = standing(index, number(last));
        let state = entry.map_or_else(|| "no range".to_owned(), |entry| entry.state.to_string());
        format!("{state}: {}", because.join("; "))
    })
}

#[test]
fn a_number_says_why_it_is_not_free() {
    let reserved = |until| Reservation {
        by: "helga".to_owned(),
        reason: "new reception".to_owned(),
        until,
        whom: None,
    };
    let stocked = ruled_by(
        r#"range "muc" { type direct-routing numbers +49 89 5550 1000 to 1009, +49 89 5550 1020 from 2027-01-01
            never +49 89 5550 1008 reserve +49 89 5550 1009 quarantine 0 days when city = "Munich" }"#,
    );
    let lines = [
        why(&town(), 1000),
        why(&town(), 5000),
        why(&town().user("anna", "E5+").holds("anna", 5000), 5000),
        why(&town().user("anna", "E5+").holds("anna", 1000), 1000),
        why(&town().rests(1000, 48), 1000),
        why(
            &town().number(1000, |facts| facts.blocked_until = Some(ago(-24))),
            1000,
        ),
        why(
            &town().number(1000, |facts| {
                facts.reserved = Some(reserved(Some(ago(-24))))
            }),
            1000,
        ),
        why(&town().user("anna", "E5+").pinned("anna", 1000), 1000),
        why(&stocked, 1008),
        why(&stocked, 1009),
        why(&stocked, 1020),
        why(&town(), 2000),
        why(
            &town().listed_as(2000, None, |profile| profile.activated = false),
            2000,
        ),
        why(
            &town().listed_as(1000, None, |p| {
                p.number_type = ListedType::Known(NumberType::OperatorConnect)
            }),
            1000,
        ),
        why(
            &town().listed_as(1000, Some("anna"), |profile| profile.on_premises = true),
            1000,
        ),
        why(
            &town().listed_as(1000, None, |p| {
                p.status = ListedStatus::Other("conference".to_owned())
            }),
            1000,
        ),
        why(
            &town().but(|town| {
                let reason = "trunk is down".to_owned();
                town.state.suspended.insert(
                    "muc".to_owned(),
                    Suspension {
                        reason,
                        since: ago(1),
                    },
                );
            }),
            1000,
        ),
    ];
    assert_snapshot!(lines.join("\n"), @r"
    free: it can be given to the next person
    no range: no range declares it, so that Linekeeper neither gives nor takes it
    assigned: no range declares it any more; its holder stays managed until it is released
    assigned: it is in the hands of a managed holder
    quarantined: it rests until 2026-03-04T08:00:00Z after its last holder
    blocked: Teams refused it twice: it is not offered until 2026-03-03T08:00:00Z; `linekeeper numbers unblock` tries it sooner
    reserved: helga has set it aside until 2026-03-03T08:00:00Z: new reception
    reserved: a pin keeps it for somebody
    never: the range muc lists it under `never`
    reserved: the range muc lists it under `reserve`: people may give it, the rules may not
    absent: the range says that it may not be given before 2027-01-01T00:00:00Z (port-in)
    absent: Teams does not list it, as it has to list numbers of the type operator-connect
    absent: Teams lists it as not activated yet
    absent: Teams lists it as operator-connect, the range muc is direct-routing
    foreign: it is written by synchronisation from on-premises, where alone it can be changed
    foreign: Teams uses it for something else (conference)
    free: it can be given to the next person; the range muc is suspended since 2026-03-02T07:00:00Z: trunk is down
    ");
}
