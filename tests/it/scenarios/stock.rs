//! What the rules may give, what they leave to people, and when a range runs low or dry.

use super::figures::figures;
use super::{MUNICH, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::Run;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use linekeeper::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

on_both_engines!(
    golden_numbers_are_given_by_name_only,
    numbers_that_end_like_an_emergency_call_are_nobodys_where_that_is_on,
    a_range_that_runs_low_is_told_of_once,
    a_forecast_counts_what_was_given_and_what_comes_back,
    a_forecast_sees_people_who_are_to_join,
);

const GOLDEN: &str = "[tenant.numbers]\ngolden_score = 45";

/// Number and score of each item.
fn scores(run: &Run) -> Vec<String> {
    let line = |item: &Value| {
        format!(
            "{} {}",
            item["number"].as_str().unwrap_or("?"),
            item["golden"]
        )
    };
    run.exits(0).items().iter().map(line).collect()
}

async fn golden_numbers_are_given_by_name_only(database: &Database) {
    let people = Tenant::default()
        .person("anna", "München", &[E5])
        .person("bert", "Bonn", &[E5]);
    let story = Scenario::new(database, people, MUNICH).await;
    story.switch(keep());
    story.configure("mode = \"apply\"", GOLDEN);
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501002 rule succeeded"]);
    // +498955501000 is round, +498955501001 a mirror.
    let golden = story.run(&["numbers", "list", "--golden"]).await;
    assert_eq!(scores(&golden), ["+498955501000 50", "+498955501001 45"]);
    let better = story.run(&["numbers", "list", "--golden=50"]).await;
    assert_eq!(scores(&better), ["+498955501000 50"]);
    let text = story.text(&["numbers", "list", "--golden"]).await;
    assert!(
        text.contains("golden") && text.contains("2 numbers"),
        "{text}"
    );
    let plain = story.run(&["numbers", "list"]).await.items();
    assert!(
        plain.iter().all(|item| item.get("golden").is_none()),
        "{plain:?}"
    );
    story.number("+498955501000", "free").await;
    let why = story.text(&["explain", "+498955501000"]).await;
    assert!(why.contains("numbers.golden_score"), "{why}");
    story
        .assign("bert", &["--from", "muc"], 0)
        .await
        .changes(&["assign bert +498955501003 manual succeeded"]);
    story.assign("bert", &["+498955501000"], 0).await;
    story.teams(&["+498955501000 bert", "+498955501002 anna"]);
    // It was theirs: who comes back gets it back, by whatever it scores.
    story.unlicense("bert", E5);
    story
        .sync(0)
        .await
        .changes(&["release bert +498955501000 delicensed succeeded"]);
    story.license("bert", E5);
    story
        .sync(0)
        .await
        .changes(&["assign bert +498955501000 returning succeeded"]);
    story.ends().await;
}

async fn numbers_that_end_like_an_emergency_call_are_nobodys_where_that_is_on(database: &Database) {
    let rules = MUNICH.replace("1000 to 1009", "1110 to 1113");
    let people = Tenant::default().people("person", 3, "München", &[E5]);
    let story = Scenario::new(database, people, &rules).await;
    story.configure(
        "mode = \"apply\"",
        "[tenant.numbers]\nemergency_tails = true",
    );
    let given = [
        "assign person-a +498955501111 rule succeeded",
        "assign person-b +498955501113 rule succeeded",
    ];
    story
        .sync(0)
        .await
        .changes(&given)
        .notes(&["exhausted person-c"]);
    story.number("+498955501110", "never").await;
    story.number("+498955501112", "never").await;
    story
        .refuses("person-c", &["+498955501112"], &["never"])
        .await;
    let why = story.text(&["explain", "+498955501112"]).await;
    assert!(why.contains("emergency number of DE"), "{why}");
    // One switch turns it off, and the next sync decides anew.
    story.configure("mode = \"apply\"", "");
    story
        .sync(0)
        .await
        .changes(&["assign person-c +498955501110 rule succeeded"]);
    story.ends().await;
}

/// What was logged of ranges that run low: name, free numbers, threshold.
fn low(run: &Run) -> Vec<String> {
    let log = run.log();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let about = lines.filter(|line| {
        let message = line["message"].as_str().unwrap_or_default();
        message.starts_with("the range runs low")
    });
    let line = |line: Value| {
        let range = line["range"].as_str().unwrap_or("?").to_owned();
        format!("{range} {} of {}", line["count"], line["threshold"])
    };
    about.map(line).collect()
}

/// Nine of ten numbers of Munich have to be free, and both of the board's.
async fn a_range_that_runs_low_is_told_of_once(database: &Database) {
    let munich = MUNICH.replace("30 days", "0 days\n  low-stock  9");
    let board = "range \"board\" {\n  type direct-routing\n  numbers +49 89 5550 3000 to 3001\n  \
                 quarantine 0 days\n  low-stock 2\n}\n";
    let people = Tenant::default()
        .person("anna", "München", &[E5])
        .person("gina", "Bonn", &[E5]);
    let mut story = Scenario::new(database, people, &format!("{munich}{board}")).await;
    story.switch(keep());
    let nothing = [""; 0];
    assert_eq!(low(&story.sync(0).await), nothing);
    assert!(figures(&story).await.low_stock.is_empty());
    story.joins("bert", "München", &[E5]);
    // A plan says nothing of it, and does not spoil it for the sync.
    assert_eq!(low(&story.run(&["plan"]).await), nothing);
    assert_eq!(low(&story.sync(0).await), ["muc 8 of 9"]);
    let shown = figures(&story).await;
    assert!(
        shown.low_stock.contains("muc") && shown.givable["muc"] == 8,
        "{shown:?}"
    );
    assert_eq!(low(&story.sync(0).await), nothing);
    story.joins("carl", "München", &[E5]);
    assert_eq!(low(&story.sync(0).await), nothing);
    // By hand as well.
    let given = story.assign("gina", &["+498955503000"], 0).await;
    assert_eq!(low(&given), ["board 1 of 2"]);
    // Two come back: there are nine again, and the next fall is told of again.
    story.unlicense("bert", E5);
    story.unlicense("carl", E5);
    assert_eq!(low(&story.sync(0).await), nothing);
    assert!(!figures(&story).await.low_stock.contains("muc"));
    story.joins("dora", "München", &[E5]);
    assert_eq!(low(&story.sync(0).await), ["muc 8 of 9"]);
    story.ends().await;
}

/// The days that lie so many days ahead of now and of the clock's offset, as they may have been while a command ran.
fn ahead(days: i64) -> [String; 2] {
    let at = |more: i64| {
        let then = SystemClock::default().now() + SignedDuration::from_hours(24 * days)
            - SignedDuration::from_secs(more);
        then.to_zoned(TimeZone::UTC).date().to_string()
    };
    [at(0), at(60)]
}

async fn a_forecast_counts_what_was_given_and_what_comes_back(database: &Database) {
    let people =
        Tenant::default()
            .person("anna", "München", &[E5])
            .person("bert", "München", &[E5]);
    let mut story = Scenario::new(database, people, MUNICH).await;
    story.switch(keep());
    story.sync(0).await;
    story.later("20d");
    story.joins("carl", "München", &[E5]);
    story.unlicense("bert", E5);
    story.sync(0).await;
    let run = story.run(&["ranges", "forecast"]).await;
    let item = run.exits(0).items().remove(0);
    for (key, expected) in [
        ("range", Value::from("muc")),
        ("free", 7.into()),
        ("keep_free", 0.into()),
        ("golden", 0.into()),
        ("days", 20.into()),
        ("assigned", 3.into()),
        ("freed", 1.into()),
        ("per_day", 0.1.into()),
    ] {
        assert_eq!(item[key], expected, "{key} of {run}");
    }
    // Bert's number rests for thirty days from the twentieth on.
    let resting = item["resting"].as_array().expect("a list");
    assert_eq!(resting.len(), 1, "{run}");
    assert_eq!(resting[0]["count"], 1, "{run}");
    let day = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    assert!(ahead(50).contains(&day(&resting[0]["day"])), "{run}");
    // Seven free ones, three given and one back in twenty days: 7 + 1 + (d - 30)/20 - 3d/20 ends after 65 days.
    assert!(ahead(85).contains(&day(&item["runs_dry"])), "{run}");
    let text = story.text(&["ranges", "forecast", "--range", "muc"]).await;
    assert!(
        text.contains("runs dry on 20") && text.contains("at the present rate"),
        "{text}"
    );
    let unknown = story
        .run(&["ranges", "forecast", "--range", "nowhere"])
        .await;
    unknown
        .exits(1)
        .says(&["nowhere", "linekeeper ranges list"]);
    // Whom it asks, it changes nothing.
    story.ends().await;
}

/// Ten numbers, one person who has one, and nine who join in a month, not licensed yet.
async fn a_forecast_sees_people_who_are_to_join(database: &Database) {
    let [day, _] = ahead(30);
    let hired = json!({"employeeHireDate": format!("{day}T00:00:00Z")});
    let people = (0..9).fold(
        Tenant::default().person("anna", "München", &[E5]),
        |tenant, n| tenant.person_with(&format!("joiner-{n}"), "München", &[], hired.clone()),
    );
    // Somebody elsewhere, and somebody who has joined long ago.
    let people = people
        .person_with("zoe", "Bonn", &[], hired.clone())
        .person_with(
            "yves",
            "München",
            &[],
            json!({"employeeHireDate": "2020-01-01T00:00:00Z"}),
        );
    let story = Scenario::new(database, people, MUNICH).await;
    story.sync(0).await;
    let forecast = async || {
        story
            .run(&["ranges", "forecast"])
            .await
            .exits(0)
            .items()
            .remove(0)
    };
    assert_eq!(forecast().await["joining"], json!([]));
    story.configure("mode = \"apply\"", "[tenant.directory]\nhire_date = true");
    let run = story.sync(0).await;
    run.changes(&[]).has("/directory/mode", "full");
    let item = forecast().await;
    assert_eq!(item["joining"], json!([{"day": day, "count": 9}]), "{item}");
    assert_eq!(item["runs_dry"], Value::from(day), "{item}");
    story.ends().await;
}
