//! `numbers order`: scripts for what Graph cannot do.

use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::Run;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{CALLING_PLAN, E5, Tenant};
use serde_json::{Value, json};

on_both_engines!(
    uploads_hold_what_teams_does_not_list,
    releases_never_hold_what_somebody_has,
    blocks_hold_what_nobody_has,
    a_script_is_saved_and_the_same_each_time,
    what_makes_no_script_is_refused,
);

const RULES: &str = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1009, +49 89 5550 1020 from 2100-01-01
  never      +49 89 5550 1008
  reserve    +49 89 5550 1009
  quarantine 30 days
  when       city = "München"
}
range "us" {
  type       calling-plan
  numbers    +1 206 555 0100 to 0103
  country    "US"
  location   "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f"
  quarantine 30 days
  when       city = "Seattle"
}
"#;

/// Uploaded numbers, and some that are not.
fn town() -> Tenant {
    let listed = (1003..1009).fold(Tenant::default(), |tenant, last| {
        tenant.number(&format!("+49895550{last}"), "directRouting", "DE")
    });
    let listed = (100..103).fold(listed, |tenant, last| {
        tenant.number(&format!("+12065550{last}"), "callingPlan", "US")
    });
    let usa = json!({"usageLocation": "US"});
    listed
        .person("anna", "München", &[E5])
        .person("bert", "München", &[E5])
        .person_with("dora", "Seattle", &[E5, CALLING_PLAN], usa)
}

/// The numbers that a script does something with: those outside its comments.
fn numbers(script: &str) -> Vec<String> {
    let code = script.lines().filter(|line| !line.starts_with('#'));
    let texts = code.flat_map(|line| line.split('\'').map(str::to_owned).collect::<Vec<_>>());
    texts.filter(|text| text.starts_with('+')).collect()
}

/// `assigned +498955501000`, a line for each reason and run.
fn left_out(run: &Run) -> Vec<String> {
    let report = run.report();
    let left = report["left_out"].as_array().expect("a list").iter();
    let lines = |left: &Value| -> Vec<String> {
        let why = left["why"].as_str().unwrap_or_default().to_owned();
        let spans = left["spans"].as_array().expect("spans").iter();
        spans
            .map(|span| format!("{why} {}", span.as_str().unwrap_or_default()))
            .collect()
    };
    left.flat_map(lines).collect()
}

/// One number is given by hand, one rests, one is set aside, one is in foreign hands.
async fn lively(database: &Database) -> Scenario {
    let story = Scenario::new(database, town(), RULES).await;
    story.configure("mode = \"apply\"", "[tenant.ownership]\nadopt = false");
    story.gives("bert", "+498955501006");
    story.sync(0).await.changes(&[
        "assign anna +498955501000 rule succeeded",
        "assign dora +12065550100 rule succeeded",
    ]);
    story.assign("anna", &["+498955501003"], 0).await;
    story
        .numbers("reserve", "+498955501004", &["--reason", "board"], 0)
        .await;
    story
        .numbers("rest", "+498955501005", &["--until", "2100-01-01"], 0)
        .await;
    story.sync(0).await.changes(&[]);
    story
}

async fn uploads_hold_what_teams_does_not_list(database: &Database) {
    let story = lively(database).await;
    let order = ["numbers", "order", "upload", "muc"];
    let json = story.run(&order).await;
    json.exits(0)
        .has("/order", "upload")
        .has("/type", "direct-routing")
        .has("/numbers", 4)
        .has("/orders", 1)
        .has("/saved", Value::Null);
    assert_eq!(
        left_out(&json),
        [
            "not-yet +498955501020",
            "listed +498955501003 to +498955501008"
        ],
        "{json}"
    );
    let script = story.text(&order).await;
    assert_eq!(json.report()["script"], script.as_str());
    // One that rests is uploaded as well: whether it may be given is another matter.
    assert_eq!(
        numbers(&script),
        [
            "+498955501000",
            "+498955501001",
            "+498955501002",
            "+498955501009"
        ]
    );
    for said in [
        "New-CsOnlineDirectRoutingTelephoneNumberUploadOrder",
        "[switch] $Execute",
        "00000000-0000-4000-a000-000000000001",
    ] {
        assert!(script.contains(said), "{said} in {script}");
    }
    assert!(script.is_ascii());
    // What was uploaded is not uploaded again.
    for number in numbers(&script) {
        let listed = json!({"telephoneNumber": number, "numberType": "directRouting"});
        story.control("PUT", "/_sim/numbers", listed);
    }
    story.sync(0).await;
    let again = story.run(&order).await;
    again
        .exits(0)
        .has("/numbers", 0)
        .says(&["there is nothing to upload"]);
    story.ends().await;
}

async fn releases_never_hold_what_somebody_has(database: &Database) {
    let story = lively(database).await;
    let json = story.run(&["numbers", "order", "release", "muc"]).await;
    json.exits(0).has("/numbers", 1).has("/orders", 1);
    assert_eq!(
        left_out(&json),
        [
            "assigned +498955501003",
            "foreign +498955501006",
            "reserved +498955501004",
            "reserved +498955501009",
            "quarantined +498955501000",
            "quarantined +498955501005",
            "never +498955501008",
            "not-yet +498955501020",
            "not-listed +498955501001 to +498955501002",
        ],
        "{json}"
    );
    let script = story.text(&["numbers", "order", "release", "muc"]).await;
    assert_eq!(numbers(&script), ["+498955501007"]);
    assert!(script.contains("New-CsOnlineTelephoneNumberReleaseOrder"));
    for said in [
        "# Numbers of the range that are left out:",
        "#   1, because: somebody holds them",
        "#     +498955501003",
    ] {
        assert!(script.contains(said), "{said} in {script}");
    }
    let us = story.run(&["numbers", "order", "release", "us"]).await;
    let script = us.exits(0).report()["script"].clone();
    assert_eq!(
        numbers(script.as_str().unwrap_or_default()),
        ["+12065550101", "+12065550102"]
    );
    // What was given back after the numbers were read is not known to be free in Teams.
    story
        .release("dora", &[], 0)
        .await
        .has("/summary/release", 1);
    story.numbers("free", "+12065550100", &[], 0).await;
    let us = story.run(&["numbers", "order", "release", "us"]).await;
    assert_eq!(
        left_out(&us),
        ["freed-since +12065550100", "not-listed +12065550103"],
        "{us}"
    );
    story.sync(0).await;
    let us = story.run(&["numbers", "order", "release", "us"]).await;
    us.exits(0).has("/numbers", 3);
    story.ends().await;
}

async fn blocks_hold_what_nobody_has(database: &Database) {
    let story = lively(database).await;
    let block = ["numbers", "order", "block", "muc"];
    let run = story
        .run(&[&block[..], &["--days", "30"][..]].concat())
        .await;
    run.exits(0)
        .has("/numbers", 3)
        .says(&["is not suspended", "ranges suspend"]);
    let script = run.report()["script"].clone();
    let script = script.as_str().unwrap_or_default();
    assert_eq!(
        numbers(script),
        ["+498955501005", "+498955501007", "+498955501008"]
    );
    for said in [
        "Set-CsPhoneNumberAssignmentBlock",
        "Remove-CsPhoneNumberAssignmentBlock",
        "$Days = 30",
        "[switch] $Remove",
        "CAUTION",
    ] {
        assert!(script.contains(said), "{said} in {script}");
    }
    let never = story
        .run(
            &[
                &block[..],
                &["--state", "never", "--state", "quarantined"][..],
            ]
            .concat(),
        )
        .await;
    let never_script = never.exits(0).report()["script"].clone();
    assert_eq!(
        numbers(never_script.as_str().unwrap_or_default()),
        ["+498955501005", "+498955501008"]
    );
    assert!(left_out(&never).contains(&"not-asked +498955501007".to_owned()));
    story
        .run(&["ranges", "suspend", "muc", "--reason", "moving"])
        .await
        .exits(0);
    let calm = story.run(&block).await;
    assert!(!calm.exits(0).log().contains("not suspended"), "{calm}");
    story.ends().await;
}

async fn a_script_is_saved_and_the_same_each_time(database: &Database) {
    let story = lively(database).await;
    let file = story.folder().join("release.ps1");
    let path = file.to_string_lossy().into_owned();
    let save = ["numbers", "order", "release", "us", "--save", &path];
    let said = story.text(&save).await;
    assert!(
        said.contains("releases 2 numbers of the range us") && said.contains("1 assigned"),
        "{said}"
    );
    let first = std::fs::read_to_string(&file).expect("it was written");
    let printed = story.text(&["numbers", "order", "release", "us"]).await;
    assert_eq!(first, printed);
    story
        .run(&save)
        .await
        .exits(0)
        .has("/saved", path.as_str())
        .has("/script", Value::Null);
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), first);
    // Names that mean something to a shell mean nothing in a script.
    let odd = r#"range "a'; $(whoami) `" { type direct-routing numbers +49 89 5550 5000 to 5001 quarantine 0 days }"#;
    story.rules(&format!("{RULES}\n{odd}"));
    let script = story
        .text(&["numbers", "order", "upload", "a'; $(whoami) `"])
        .await;
    assert!(
        script.contains("\n$Range = 'a''; $(whoami) `'\n"),
        "{script}"
    );
    assert_eq!(numbers(&script), ["+498955505000", "+498955505001"]);
    story.sync(0).await;
    story.ends().await;
}

async fn what_makes_no_script_is_refused(database: &Database) {
    let story = Scenario::new(database, town(), RULES).await;
    story
        .run(&["numbers", "order", "release", "muc"])
        .await
        .exits(1)
        .says(&["have not been read yet", "linekeeper sync"]);
    story.sync(0).await;
    story
        .run(&["numbers", "order", "upload", "us"])
        .await
        .exits(1)
        .says(&["us is calling-plan", "only direct-routing"]);
    story
        .run(&["numbers", "order", "block", "nowhere"])
        .await
        .exits(1)
        .says(&["no range is called `nowhere`"]);
    let unwritable = [
        "numbers",
        "order",
        "release",
        "us",
        "--save",
        "/no/such/x.ps1",
    ];
    story
        .run(&unwritable)
        .await
        .exits(1)
        .says(&["/no/such/x.ps1 cannot be written"]);
    story.ends().await;
}
