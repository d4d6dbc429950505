//! People on their way to another number type, and what a sync makes of them and of what Teams lists.

use super::lines::check;
use super::world::{Town, ago, id, listed, number, ruled_by};
use crate::directory::Attribute;
use crate::numbering::NumberType;
use crate::plan::{
    Advance, GoneHow, Migration, MigrationRefusal, MigrationWish, Mode, Mover, ObstacleKind, Pace,
    Stage, migration_plan, people_of,
};
use crate::rules::MigrationWay;

const RULES: &str = r#"
    range "muc" {
      type direct-routing
      numbers +49 89 5550 1000 to 1009
      quarantine 30 days
      when city = "Munich"
      policy OnlineVoiceRoutingPolicy "DE"
      policy TenantDialPlan "DE"
    }
"#;

const OC: NumberType = NumberType::OperatorConnect;
const DR: NumberType = NumberType::DirectRouting;

/// Anna and bert hold 1001 and 1002; a migration moves anna in the first wave, which has begun, and bert in the second.
fn moving() -> Town {
    let town = ruled_by(RULES).user("anna", "E5+").user("bert", "E5+");
    let town = town.holds("anna", 1001).holds("bert", 1002);
    town.but(|town| {
        for policy in ["OnlineVoiceRoutingPolicy", "TenantDialPlan"] {
            let key = (policy.to_owned(), "DE".to_owned());
            town.policies.insert(key, Some(format!("id-{policy}")));
        }
        town.state.migrations.insert(1, migration());
        town.state.movers = vec![mover("anna", 1001, 1), mover("bert", 1002, 2)];
    })
}

fn migration() -> Migration {
    Migration {
        id: 1,
        range: "muc".to_owned(),
        to: OC,
        way: MigrationWay::AfterUpload,
        operator: None,
        not_before: None,
        pace: Pace::Running,
        begun: 1,
        waves: 2,
        started: ago(5),
        by: "admin".to_owned(),
        ended: None,
    }
}

fn mover(name: &str, last: u64, wave: u32) -> Mover {
    Mover {
        migration: 1,
        wave,
        number: number(last),
        user: id(name),
        upn: name.to_owned(),
        from: DR,
        stage: Stage::Planned,
        back: false,
        since: ago(5),
        trouble: None,
    }
}

impl Town {
    fn migrates(self, change: impl FnOnce(&mut Migration)) -> Self {
        self.but(|town| change(town.state.migrations.get_mut(&1).expect("it is there")))
    }

    /// Changes anna as a mover.
    fn anna(self, change: impl FnOnce(&mut Mover)) -> Self {
        self.but(|town| change(&mut town.state.movers[0]))
    }

    /// Anna's number is free, and listed with this type; `None`: not listed.
    fn freed(self, number_type: Option<NumberType>) -> Self {
        self.but(|town| {
            town.listing.remove(&number(1001));
            if let Some(number_type) = number_type {
                let line = listed(number(1001), number_type, None);
                town.listing.insert(number(1001), line);
            }
        })
    }

    /// Anna's number is hers, and listed with this type.
    fn hers(self, number_type: NumberType) -> Self {
        self.but(|town| {
            let line = listed(number(1001), number_type, Some(id("anna")));
            town.listing.insert(number(1001), line);
        })
    }

    /// Anna's number is listed a second time, free and with this type.
    fn beside(self, number_type: NumberType) -> Self {
        self.but(|town| {
            let line = listed(number(1001), number_type, None);
            town.beside.insert(number(1001), line);
        })
    }

    /// What a plan sees of the movers: `anna verified`, with what it says of a wave or the end.
    fn sees(&self) -> String {
        let effects = self.plan().effects;
        let movers = effects.movers.iter().map(|mover| {
            let trouble = mover.trouble.as_deref().map(|why| format!(" ({why})"));
            format!(
                "{} {}{}",
                mover.upn,
                mover.stage.name(),
                trouble.unwrap_or_default()
            )
        });
        let advances = effects.advances.iter().map(|advance| match advance {
            Advance { ended: true, .. } => "ended".to_owned(),
            Advance { begun, .. } => format!("wave {begun}"),
        });
        movers.chain(advances).collect::<Vec<_>>().join(", ")
    }
}

#[test]
fn nothing_is_released_before_the_operator_has_uploaded_or_the_date_has_come() {
    let waits = "note anna migrating\nkeep 2";
    check(&moving(), waits);
    let released =
        "release anna 1001 manual\npolicy anna -OnlineVoiceRoutingPolicy:DE manual\nkeep 1";
    check(&moving().beside(OC), released);
    check(&moving().migrates(|m| m.not_before = Some(ago(-1))), waits);
    check(
        &moving().migrates(|m| m.not_before = Some(ago(0))),
        released,
    );
    check(
        &moving().migrates(|m| m.way = MigrationWay::ReleaseFirst),
        released,
    );
    let in_place = moving().migrates(|m| m.way = MigrationWay::InPlace);
    check(&in_place.clone().beside(OC), waits);
    assert_eq!(in_place.hers(OC).sees(), "anna verified, wave 2");
}

#[test]
fn what_is_released_waits_and_comes_back_to_the_same_person() {
    let released = moving().anna(|anna| anna.stage = Stage::Released);
    for list in [None, Some(DR), Some(NumberType::CallingPlan)] {
        let town = released.clone().freed(list);
        check(&town, "note anna migrating\nkeep 2");
        assert_eq!(town.sees(), "");
    }
    let given = "assign anna 1001 manual\npolicy anna +TenantDialPlan:DE manual\nkeep 2";
    check(&released.clone().freed(Some(OC)), given);
    check(&released.clone().freed(None).beside(OC), given);
    let held = released
        .clone()
        .freed(Some(OC))
        .attribute("anna", Attribute::City, "Bonn");
    check(&held, given);
    // Whoever took it away: nobody else's, and no loss.
    check(&moving().freed(Some(OC)), given);
    assert_eq!(moving().freed(None).sees(), "anna released");
    let later = moving().but(|town| {
        town.listing.remove(&number(1002));
    });
    assert_eq!(later.sees(), "bert released");
}

#[test]
fn what_is_back_with_the_new_type_is_verified_and_the_next_wave_begins() {
    let assigned = moving().anna(|anna| anna.stage = Stage::Assigned).hers(OC);
    check(&assigned, "keep 2");
    assert_eq!(assigned.sees(), "anna verified, wave 2");
    let last = assigned
        .migrates(|m| m.begun = 2)
        .but(|town| town.state.movers[1].stage = Stage::Verified);
    assert_eq!(last.sees(), "anna verified, ended");
    let in_trouble = moving().anna(|anna| {
        anna.stage = Stage::Released;
        anna.trouble = Some("Teams said no".to_owned());
    });
    assert_eq!(in_trouble.freed(Some(OC)).sees(), "");
}

#[test]
fn a_pause_and_a_mode_stop_what_they_forbid() {
    let paused = |pace| moving().migrates(|m| m.pace = pace).beside(OC);
    check(&paused(Pace::Paused), "note anna migrating\nkeep 2");
    check(&paused(Pace::RollingBack), "note anna migrating\nkeep 2");
    let modes = moving()
        .beside(OC)
        .but(|town| town.settings.mode = Mode::AssignOnly);
    check(&modes, "note anna migrating\nkeep 2");
    let unread = moving()
        .beside(OC)
        .but(|town| town.circumstances.complete = false);
    check(&unread, "note anna migrating\nkeep 2");
    let out = moving()
        .anna(|anna| anna.stage = Stage::Released)
        .freed(Some(OC));
    check(
        &out.clone().migrates(|m| m.pace = Pace::Paused),
        "note anna migrating\nkeep 2",
    );
}

#[test]
fn who_is_rolled_back_gets_the_old_type_as_far_as_teams_lists_it() {
    let back = moving()
        .anna(|anna| anna.back = true)
        .migrates(|m| m.pace = Pace::RollingBack);
    assert_eq!(back.sees(), "anna returned");
    let out = back.anna(|anna| anna.stage = Stage::Released);
    let given = "assign anna 1001 manual\npolicy anna +OnlineVoiceRoutingPolicy:DE manual
        policy anna +TenantDialPlan:DE manual\nkeep 2";
    check(&out.clone().freed(None), given);
    check(&out.clone().freed(Some(DR)), given);
    check(&out.clone().freed(Some(OC)).beside(DR), given);
    let only = "anna released (Teams lists +498955501001 as operator-connect only: the operator has to list it as \
                direct-routing again)";
    assert_eq!(out.clone().freed(Some(OC)).sees(), only);
    let moved = out.anna(|anna| anna.stage = Stage::Verified).hers(OC);
    check(&moved, "note anna migrating\nkeep 2");
    assert_eq!(moved.sees(), only.replace("released", "verified"));
    check(
        &moved.clone().beside(DR),
        "release anna 1001 manual\nkeep 1",
    );
    let home = moved.hers(DR);
    assert_eq!(home.sees(), "anna returned");
    // The operator has brought it back: what was taken off on the way out is given again.
    let given = "policy anna +OnlineVoiceRoutingPolicy:DE manual\npolicy anna +TenantDialPlan:DE manual\nkeep 2";
    check(&home, given);
}

#[test]
fn who_can_have_no_number_any_more_is_left_out_and_decided_about_as_ever() {
    let gone = moving().gone("anna", GoneHow::Deleted, 1).beside(OC);
    assert_eq!(
        gone.sees(),
        "anna left-out (is no longer in the directory), wave 2"
    );
    check(&gone, "release anna 1001 deleted\nkeep 1");
    let unlicensed = moving().with("anna", |anna| anna.user.licences = Default::default());
    check(&unlicensed, "release anna 1001 delicensed\nkeep 1");
    let elsewhere = moving().but(|town| {
        let line = listed(number(1001), DR, Some(id("bert")));
        town.listing.insert(number(1001), line);
    });
    assert_eq!(
        elsewhere.sees(),
        "anna left-out (+498955501001 is with somebody else in Teams), wave 2"
    );
}

#[test]
fn a_range_on_its_way_gives_numbers_with_the_type_they_are_listed_with() {
    let joins = moving().user("cora", "E5+").but(|town| {
        let line = listed(number(1000), OC, None);
        town.listing.insert(number(1000), line);
    });
    let change = joins
        .plan()
        .plan
        .changes
        .into_iter()
        .find(|c| c.user == id("cora"));
    let change = change.expect("cora is given one");
    assert_eq!((change.number, change.number_type), (number(1000), OC));
}

fn wish(only: &[&str]) -> MigrationWish {
    MigrationWish {
        range: "muc".to_owned(),
        to: OC,
        wave_size: 2,
        only: only.iter().map(|name| id(name)).collect(),
        not_before: None,
    }
}

fn asked(
    town: &Town,
    wish: &MigrationWish,
) -> Result<(Vec<usize>, Vec<ObstacleKind>), MigrationRefusal> {
    town.look(|world| {
        let people = people_of(world, &wish.range)?;
        let people = town
            .users
            .iter()
            .filter(|user| people.contains(&user.user.id));
        let plan = migration_plan(world, wish, people.cloned().collect())?;
        let waves = plan.waves.iter().map(Vec::len).collect();
        Ok((waves, plan.obstacles.iter().map(|it| it.kind).collect()))
    })
}

#[test]
fn a_plan_puts_people_into_waves_and_names_what_stands_in_the_way() {
    let town = moving().but(|town| town.state.migrations.clear());
    let town = town.but(|town| town.state.movers.clear());
    let town = town.user("cora", "E5+").holds("cora", 1003);
    assert_eq!(asked(&town, &wish(&[])), Ok((vec![2, 1], vec![])));
    assert_eq!(asked(&town, &wish(&["cora"])), Ok((vec![1], vec![])));
    let abroad = town
        .clone()
        .attribute("cora", Attribute::UsageLocation, "AT");
    assert_eq!(
        asked(&abroad, &wish(&[])),
        Ok((vec![2], vec![ObstacleKind::Country]))
    );
    let unlicensed = town
        .clone()
        .with("cora", |cora| cora.user.licences = Default::default());
    assert_eq!(
        asked(&unlicensed, &wish(&[])),
        Ok((vec![2], vec![ObstacleKind::Licence]))
    );
    let premises = town
        .clone()
        .listed_as(1005, Some("cora"), |line| line.on_premises = true);
    assert_eq!(
        asked(&premises, &wish(&[])),
        Ok((vec![2, 1], vec![ObstacleKind::OnPremises]))
    );
    let lacking = town.clone().but(|town| town.policies.clear());
    assert_eq!(
        asked(&lacking, &wish(&["anna"])),
        Ok((vec![], vec![ObstacleKind::Policy]))
    );
    let none = MigrationWish {
        to: DR,
        ..wish(&[])
    };
    assert_eq!(
        asked(&town, &none),
        Err(MigrationRefusal::Direction { to: DR })
    );
    let elsewhere = MigrationWish {
        range: "nowhere".to_owned(),
        ..wish(&[])
    };
    assert_eq!(
        asked(&town, &elsewhere).map_err(|it| it.code()),
        Err("unknown-range")
    );
    assert_eq!(
        asked(&moving(), &wish(&[])).map_err(|it| it.code()),
        Err("under-way")
    );
}
