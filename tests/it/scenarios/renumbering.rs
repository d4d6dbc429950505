//! `users renumber`: other numbers for many people, as one plan. And many who are served again at once.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::Run;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::json;

on_both_engines!(
    people_of_a_file_get_other_numbers,
    people_who_have_moved_get_numbers_of_their_range,
    wrong_lines_are_listed_and_nothing_is_planned,
    what_one_cannot_have_stops_nobody_else,
    a_stale_plan_of_numbers_is_not_made_at_all,
    the_release_brake_counts_changes_of_number,
    many_are_served_again_at_once,
);

const TWO_OFFICES: &str = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1009
  quarantine 30 days
  when       city = "München"
}
range "cgn" {
  type       direct-routing
  numbers    +49 221 5550 100 to 103
  quarantine 0 days
  when       city = "Köln"
}
"#;

const PEOPLE: &str = "people.csv";
const PLAN: &str = "numbers.json";

impl Scenario {
    /// `users renumber …`, which must end with this code.
    async fn renumber(&self, whom: &[&str], code: i32) -> Run {
        let plan = self.folder().join(PLAN).display().to_string();
        let people = self.folder().join(PEOPLE).display().to_string();
        let whom: Vec<&str> = whom
            .iter()
            .map(|it| if *it == PEOPLE { people.as_str() } else { it })
            .collect();
        let run = self
            .run(&[&["users", "renumber", "--save", &plan], &whom[..]].concat())
            .await;
        run.exits(code);
        run
    }

    /// `sync --plan` of what was saved, which must end with this code.
    async fn apply(&self, more: &[&str], code: i32) -> Run {
        let plan = self.folder().join(PLAN).display().to_string();
        let run = self.run(&[&["sync", "--plan", &plan], more].concat()).await;
        run.exits(code);
        run
    }
}

async fn three_people(database: &Database) -> Scenario {
    let tenant = Tenant::default()
        .person("anna", "München", &[E5])
        .person("bert", "München", &[E5])
        .person("carl", "München", &[E5]);
    let story = Scenario::new(database, tenant, TWO_OFFICES).await;
    story.sync(0).await;
    story.teams(&[
        "+498955501000 anna",
        "+498955501001 bert",
        "+498955501002 carl",
    ]);
    story
}

async fn people_of_a_file_get_other_numbers(database: &Database) {
    let story = three_people(database).await;
    story.write(
        PEOPLE,
        "\u{feff}user;number\r\n# the board\r\nanna@contoso.example;+49 89 5550-1003\r\n\r\nBERT@contoso.example  # next one\r\n",
    );
    story.forget_log();
    let lines = |status: &str| {
        [
            "release anna +498955501000",
            "assign anna +498955501003",
            "release bert +498955501001",
            "assign bert +498955501004",
        ]
        .map(|line| format!("{line} manual {status}"))
    };
    let planned = story.renumber(&["--file", PEOPLE], 0).await;
    assert_eq!(planned.change_lines(), lines("planned"), "{planned}");
    assert_eq!(story.writes(), [""; 0]);
    let made = story.apply(&[], 0).await;
    assert_eq!(made.change_lines(), lines("succeeded"), "{made}");
    story.teams(&[
        "+498955501002 carl",
        "+498955501003 anna",
        "+498955501004 bert",
    ]);
    story.history("+498955501003", &["anna"]).await;
    story.number("+498955501000", "quarantined").await;
    // It is a sync like any, and can be undone as one; what it took back counts for the brake of the day.
    let plan = story.folder().join(PLAN).display().to_string();
    let back = story
        .run(&["syncs", "revert", &made.sync_id(), "--save", &plan])
        .await;
    back.exits(5);
    story.apply(&["--approve"], 0).await;
    story.teams(&[
        "+498955501000 anna",
        "+498955501001 bert",
        "+498955501002 carl",
    ]);
    story.ends().await;
}

async fn people_who_have_moved_get_numbers_of_their_range(database: &Database) {
    let story = three_people(database).await;
    story.change("anna", json!({"city": "Köln"}));
    story.change("bert", json!({"city": "Köln"}));
    story
        .sync(0)
        .await
        .changes(&[])
        .notes(&["drift anna", "drift bert"]);
    story
        .renumber(&["--drift", "--range", "cgn"], 0)
        .await
        .changes(&[]);
    story
        .renumber(&["--drift", "--range", "nowhere"], 1)
        .await
        .says(&["no range is called `nowhere`"]);
    let planned = story.renumber(&["--drift", "--range", "muc"], 0).await;
    planned.changes(&[
        "release anna +498955501000 manual planned",
        "assign anna +492215550100 manual planned",
        "release bert +498955501001 manual planned",
        "assign bert +492215550101 manual planned",
    ]);
    story.apply(&[], 0).await;
    story.teams(&[
        "+492215550100 anna",
        "+492215550101 bert",
        "+498955501002 carl",
    ]);
    story.sync(0).await.notes(&[]);
    story.renumber(&["--drift"], 0).await.changes(&[]);
    story.ends().await;
}

async fn wrong_lines_are_listed_and_nothing_is_planned(database: &Database) {
    let story = three_people(database).await;
    story.write(
        PEOPLE,
        "user,number\nanna@contoso.example,+498955501003\nnobody@x.test\nbert@contoso.example,4.98955E+11\n\
         anna@contoso.example\ncarl@contoso.example,+498955501003\na,b,c\n",
    );
    let wrong = story.renumber(&["--file", PEOPLE], 1).await;
    wrong.says(&[
        "nothing was changed",
        "line 3: no user with the UPN, mail or id `nobody@x.test`",
        "line 4: `4.98955E+11`",
        "line 5: the same user as in line 2",
        "line 6: +498955501003 is in line 2 already",
        "line 7: expected `user` or `user,number`",
    ]);
    assert!(!story.folder().join(PLAN).exists(), "no plan is saved");
    story.write(PEOPLE, "# nobody yet\n");
    story
        .renumber(&["--file", PEOPLE], 1)
        .await
        .says(&["names nobody"]);
    story
        .renumber(&["--file", "missing.csv"], 1)
        .await
        .says(&["missing.csv", "cannot be read"]);
    story.renumber(&["--drift", "--file", PEOPLE], 2).await;
    story.ends().await;
}

async fn what_one_cannot_have_stops_nobody_else(database: &Database) {
    let story = three_people(database).await;
    story
        .numbers("rest", "+498955501007", &["--until", "2099-01-01"], 0)
        .await;
    story.write(
        PEOPLE,
        "anna@contoso.example,+498955501001\nbert@contoso.example,+498955501007\ncarl@contoso.example,+498955501009\n",
    );
    let planned = story.renumber(&["--file", PEOPLE], 0).await;
    planned
        .changes(&[
            "release carl +498955501002 manual planned",
            "assign carl +498955501009 manual planned",
        ])
        .notes(&["conflict anna", "conflict bert"]);
    let said = planned.text();
    assert!(
        said.contains("+498955501001 is with bert@contoso.example"),
        "{planned}"
    );
    assert!(said.contains("+498955501007 rests until"), "{planned}");
    story.apply(&[], 0).await;
    story.teams(&[
        "+498955501000 anna",
        "+498955501001 bert",
        "+498955501009 carl",
    ]);
    // One who is pinned keeps the number, and one without a number has none to be changed.
    story.users("pin", "anna", &["+498955501000"], 0).await;
    story.release("bert", &[], 0).await;
    story.write(PEOPLE, "anna@contoso.example\nbert@contoso.example\n");
    story
        .renumber(&["--file", PEOPLE], 0)
        .await
        .changes(&[])
        .notes(&["conflict anna", "conflict bert"]);
    story.ends().await;
}

async fn a_stale_plan_of_numbers_is_not_made_at_all(database: &Database) {
    let mut story = three_people(database).await;
    story.write(PEOPLE, "anna@contoso.example\nbert@contoso.example\n");
    story.renumber(&["--file", PEOPLE], 0).await;
    // Numbers that are given to others do not push the plan about; those it names are another matter.
    story.joins("dora", "München", &[E5]);
    story.assign("dora", &["+498955501004"], 0).await;
    story.forget_log();
    let stale = story.apply(&[], 7).await;
    stale.says(&[
        "assign bert@contoso.example +498955501004",
        "is with dora@contoso.example",
    ]);
    assert_eq!(story.writes(), [""; 0], "nothing of a stale plan is made");
    story.renumber(&["--file", PEOPLE], 0).await;
    story.joins("emil", "München", &[E5]);
    story.assign("emil", &["+498955501008"], 0).await;
    story.apply(&[], 0).await;
    story.teams(&[
        "+498955501002 carl",
        "+498955501003 anna",
        "+498955501004 dora",
        "+498955501005 bert",
        "+498955501008 emil",
    ]);
    story.ends().await;
}

async fn the_release_brake_counts_changes_of_number(database: &Database) {
    let tenant = Tenant::default().people("x", 4, "München", &[E5]);
    let many = MUNICH.replace("1009", "1099");
    let story = Scenario::new(database, tenant, &many).await;
    story.sync(0).await;
    let all = ["x-a", "x-b", "x-c", "x-d"].map(|name| format!("{name}@contoso.example\n"));
    story.write(PEOPLE, &all.concat());
    story.renumber(&["--file", PEOPLE], 5).await;
    story.forget_log();
    let held = story.apply(&[], 5).await;
    assert!(
        held.change_lines()
            .iter()
            .all(|line| line.ends_with(" held")),
        "{held}"
    );
    assert_eq!(story.writes(), [""; 0]);
    story.apply(&["--approve"], 0).await;
    // What was made without approval counts for a day.
    story.write(PEOPLE, &all[..2].concat());
    story.renumber(&["--file", PEOPLE], 0).await;
    story.apply(&[], 0).await;
    story.write(PEOPLE, &all[2..].concat());
    story.renumber(&["--file", PEOPLE], 5).await;
    story.ends().await;
}

async fn many_are_served_again_at_once(database: &Database) {
    let story = three_people(database).await;
    for name in ["anna", "bert", "carl"] {
        story.release(name, &[], 0).await;
    }
    story.sync(0).await.notes(&[
        "released-by-hand anna",
        "released-by-hand bert",
        "released-by-hand carl",
    ]);
    let file = story.folder().join(PEOPLE).display().to_string();
    let resume = async |more: &[&str], code: i32| {
        let run = story.run(&[&["users", "resume"], more].concat()).await;
        run.exits(code);
        run
    };
    story.write(
        PEOPLE,
        "anna@contoso.example\nnobody@x.test\nbert@contoso.example,+498955501003\n",
    );
    resume(&["--file", &file], 1)
        .await
        .says(&["line 2: no user", "line 3: expected one user"]);
    story.sync(0).await.changes(&[]);
    story.write(PEOPLE, "anna@contoso.example\n");
    let resumed = resume(&["--file", &file], 0).await.items();
    assert_eq!((resumed.len(), &resumed[0]["changed"]), (1, &json!(true)));
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 returning succeeded"]);
    resume(&["--range", "nowhere"], 1).await;
    assert_eq!(resume(&["--range", "cgn"], 0).await.items().len(), 0);
    assert_eq!(resume(&["--range", "muc"], 0).await.items().len(), 2);
    story.sync(0).await.changes(&[
        "assign bert +498955501001 returning succeeded",
        "assign carl +498955501002 returning succeeded",
    ]);
    resume(&["--range", "muc", "anna@contoso.example"], 2).await;
    story.ends().await;
}
