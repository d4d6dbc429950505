//! Files that name people: pins, numbers for the profiles of guests, and the counts of the licences.

use super::MUNICH;
use super::files::{brings, town};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{CALLING_PLAN, E5, Tenant};
use serde_json::{Value, json};

on_both_engines!(
    a_file_pins_people_who_change_numbers_with_each_other,
    pins_without_a_row_are_dropped_when_asked_to,
    guests_get_a_number_in_their_profile_only,
    in_observe_no_profile_is_written,
    licences_are_counted_with_every_file,
);

const PIN: [&str; 3] = ["users", "pin", "--file"];

async fn a_file_pins_people_who_change_numbers_with_each_other(database: &Database) {
    let mut story = Scenario::new(database, town(&["anna", "bert"]), MUNICH).await;
    story.configure("mode = \"observe\"", "");
    story.sync(0).await;
    story.configure("mode = \"apply\"", "");
    let rows =
        "user,number\nanna@contoso.example,+498955501001\nBERT@contoso.example,+498955501000\n";
    brings(&story, &PIN, rows, &[], 0)
        .await
        .has("/new_matches", 2)
        .has("/total_after", 2)
        .has("/users_without_row", 0);
    story.sync(0).await.changes(&[
        "assign anna +498955501001 pinned succeeded",
        "assign bert +498955501000 pinned succeeded",
    ]);
    let changed =
        "user,number\nanna@contoso.example,+498955501000\nbert@contoso.example,+498955501001\n";
    // Each number is with the other one, whose pin ends with the same file; the numbers themselves stay for now.
    let refused = brings(&story, &PIN, changed, &[], 1).await;
    assert_eq!(refused.report()["errors"][0]["code"], "taken", "{refused}");
    brings(&story, &PIN, changed, &["--force"], 0)
        .await
        .has("/new_matches", 2)
        .has("/total_after", 2);
    story
        .sync(0)
        .await
        .changes(&[])
        .notes(&["pin-differs anna", "pin-differs bert"]);
    let one = "user,number\nanna@contoso.example,+498955501001\n";
    let refused = brings(&story, &PIN, one, &["--force"], 1).await;
    assert_eq!(
        refused.report()["errors"][0]["code"],
        "pinned-to-another",
        "{refused}"
    );
    // Left out, a row leaves its person's pin where it is, and with it the row of whoever wants that number.
    let both =
        "user,number\nanna@contoso.example,+498955501002\nbert@contoso.example,+498955507777\n";
    brings(&story, &PIN, both, &["--skip-invalid"], 0)
        .await
        .has("/new_matches", 1)
        .has("/wrong_rows", 1);
    let wanted =
        "user,number\nanna@contoso.example,+498955507777\nbert@contoso.example,+498955501002\n";
    brings(&story, &PIN, wanted, &["--skip-invalid"], 0)
        .await
        .has("/new_matches", 0)
        .has("/wrong_rows", 2)
        .has("/changed", false);
    story.joins("carl", "München", &[E5]);
    story.sync(0).await;
    story.ends().await;
}

async fn pins_without_a_row_are_dropped_when_asked_to(database: &Database) {
    let story = Scenario::new(database, town(&["anna", "bert", "carl", "dora"]), MUNICH).await;
    story.sync(0).await;
    let first = "user,number\nanna@contoso.example,+498955501005\nbert@contoso.example,+498955501006\ncarl@contoso.example,+498955501007\n";
    brings(&story, &PIN, first, &[], 0)
        .await
        .has("/users_without_row", 1);
    // The number of a pin that is dropped may go to somebody else in the same file.
    let second = "user,number\nanna@contoso.example,+498955501006\n";
    brings(&story, &PIN, second, &["--replace", "--preview"], 0)
        .await
        .has("/to_remove", 2)
        .has("/new_matches", 1)
        .has("/total_after", 1)
        .has("/changed", false);
    let wrong =
        "user,number\nanna@contoso.example,+498955501006\ncarl@contoso.example,4.98955E+11\n";
    brings(&story, &PIN, wrong, &["--replace"], 1).await;
    brings(&story, &PIN, wrong, &["--replace", "--skip-invalid"], 0)
        .await
        .has("/to_remove", 1)
        .has("/total_after", 2);
    let pins = |users: Vec<Value>| -> Vec<String> {
        let pinned = users.iter().filter(|user| !user["pin"].is_null());
        let line = |user: &Value| format!("{} {}", user["upn"], user["pin"]);
        pinned.map(line).collect()
    };
    let listed = story.run(&["users", "list"]).await;
    assert_eq!(
        pins(listed.items()),
        [
            "\"anna@contoso.example\" \"+498955501006\"",
            "\"carl@contoso.example\" \"+498955501007\""
        ]
    );
    let empty = brings(&story, &PIN, "user,number\n", &["--replace"], 1).await;
    assert_eq!(empty.report()["errors"][0]["code"], "no-rows", "{empty}");
    brings(&story, &PIN, second, &["--replace"], 0)
        .await
        .has("/to_remove", 1);
    brings(&story, &PIN, second, &["--replace"], 0)
        .await
        .has("/changed", false);
    story.sync(0).await;
    story.ends().await;
}

fn with_guests() -> Tenant {
    let guest = |more: Value| {
        let mut all = json!({"userType": "Guest", "businessPhones": []});
        all.as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("one").clone());
        all
    };
    town(&["anna"])
        .person_with("gina", "München", &[], guest(json!({})))
        .person_with(
            "gus",
            "München",
            &[],
            guest(json!({"businessPhones": ["+49 89 5550-1006"]})),
        )
        .person_with(
            "gerd",
            "München",
            &[],
            guest(json!({"onPremisesSyncEnabled": true})),
        )
        .person_with("greta", "München", &[], guest(json!({})))
}

const PHONES: &str = "user,number\ngina@contoso.example,+498955501005\ngus@contoso.example,+498955501006\n\
                      gerd@contoso.example,+498955501007\n";

async fn guests_get_a_number_in_their_profile_only(database: &Database) {
    let story = Scenario::new(database, with_guests(), MUNICH).await;
    story.sync(0).await;
    let more = ["--profile-only"];
    brings(&story, &PIN, PHONES, &["--profile-only", "--preview"], 0)
        .await
        .has("/new_matches", 1)
        .has("/unchanged", 1)
        .has("/total_after", 2)
        .has("/users_without_row", 1)
        .has("/changed", false);
    assert_eq!(patched(&story), [""; 0]);
    let done = brings(&story, &PIN, PHONES, &more, 0).await;
    let reports = done.reports();
    assert_eq!(reports[0]["new_matches"], 1, "{done}");
    assert_eq!(reports[0]["changed"], true, "{done}");
    assert!(
        reports[0]["notes"][0].to_string().contains("gerd@"),
        "{done}"
    );
    assert_eq!(reports[1]["changes"][0]["action"], "profile", "{done}");
    assert_eq!(reports[1]["changes"][0]["status"], "succeeded", "{done}");
    assert_eq!(
        reports[1]["changes"].as_array().map(Vec::len),
        Some(1),
        "{done}"
    );
    assert_eq!(patched(&story), ["gina"]);
    // Nothing in Teams, and no pin.
    story.teams(&["+498955501000 anna"]);
    let users = story.run(&["users", "list"]).await;
    assert!(
        users.items().iter().all(|user| user["pin"].is_null()),
        "{users}"
    );
    // Delta tells of the change; the second time there is nothing to do.
    story.sync(0).await.changes(&[]);
    brings(&story, &PIN, PHONES, &more, 0)
        .await
        .has("/new_matches", 0)
        .has("/unchanged", 2);
    let persons = "user,number\nanna@contoso.example,+498955501005\n";
    let refused = brings(&story, &PIN, persons, &more, 1).await;
    assert_eq!(
        refused.report()["errors"][0]["code"],
        "no-guest",
        "{refused}"
    );
    let taken = "user,number\ngreta@contoso.example,+498955501000\n";
    let refused = brings(&story, &PIN, taken, &more, 1).await;
    assert_eq!(refused.report()["errors"][0]["code"], "taken", "{refused}");
    brings(&story, &PIN, taken, &["--profile-only", "--force"], 0).await;
    assert_eq!(patched(&story), ["gina", "greta"]);
    brings(&story, &PIN, taken, &["--profile-only", "--replace"], 2).await;
    story.ends().await;
}

/// Whose profiles were written, by name.
fn patched(story: &Scenario) -> Vec<&'static str> {
    let written = story.writes();
    let names = ["anna", "gina", "gus", "gerd", "greta"].into_iter();
    let is = |name: &&str| written.contains(&format!("PATCH {}", story.id_of(name)));
    names.filter(is).collect()
}

async fn in_observe_no_profile_is_written(database: &Database) {
    let story = Scenario::new(database, with_guests(), MUNICH).await;
    story.configure("mode = \"observe\"", "");
    story.sync(0).await;
    let done = brings(&story, &PIN, PHONES, &["--profile-only"], 0).await;
    done.says(&["the mode is observe: nothing was written"]);
    assert_eq!(done.reports()[0]["changed"], false, "{done}");
    assert_eq!(patched(&story), [""; 0]);
    story.configure("mode = \"apply\"", "");
    story.sync(0).await;
    story.ends().await;
}

async fn licences_are_counted_with_every_file(database: &Database) {
    let story = Scenario::new(database, town(&["anna", "bert"]), MUNICH).await;
    let product = |id: &str, plan: &str, units: Value, consumed: u64| {
        json!({"skuId": id, "skuPartNumber": "X", "capabilityStatus": "Enabled", "prepaidUnits": units,
            "consumedUnits": consumed, "servicePlans": [
                {"servicePlanId": plan, "servicePlanName": "P"},
                {"servicePlanId": "57ff2da0-773e-42df-b2af-ffb7a2317929", "servicePlanName": "TEAMS1"}]})
    };
    let (phone, calling) = (
        "4828c8ec-dc2e-4779-b502-87ac9ce28ab7",
        "4ed3ff63-69d7-4fb7-b984-5aec7f605ca8",
    );
    let grace = json!({"enabled": 10, "warning": 3, "suspended": 50});
    let products = json!([
        product(E5, phone, grace, 2),
        product(CALLING_PLAN, calling, json!({"enabled": 4}), 4),
    ]);
    story.control("PUT", "/_sim/skus", products);
    story.sync(0).await;
    let rows = "user,number\nanna@contoso.example,+498955501000\n";
    let counted = brings(&story, &PIN, rows, &["--preview"], 0).await;
    counted
        .has("/licences/phone_system/total", 13)
        .has("/licences/calling_plan/total", 4)
        .has("/new_matches", 1)
        .has("/users_without_row", 1);
    let available = &counted.report()["licences"]["phone_system"]["available"];
    assert!(
        available.as_i64().is_some_and(|n| (0..=13).contains(&n)),
        "{counted}"
    );
    let text = story.folder().join("rows.csv").display().to_string();
    let text = story
        .text(&["users", "pin", "--file", &text, "--preview"])
        .await;
    for line in [
        "licences with Phone System",
        "licences with a calling plan",
        "This is a preview",
    ] {
        assert!(text.contains(line), "{text}");
    }
    // Without Graph the counts of the licences are missing, and nothing else.
    story.fault("/subscribedSkus", 100, json!({"status": 403}));
    let uncounted = brings(&story, &PIN, rows, &[], 0).await;
    uncounted
        .has("/licences", Value::Null)
        .has("/new_matches", 1);
    uncounted.says(&["the licences could not be counted"]);
    story.no_more_faults();
    story.sync(0).await;
    story.ends().await;
}
