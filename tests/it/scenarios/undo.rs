//! `syncs revert`: a plan that gives everybody in a past sync what they had before it.

use super::{MUNICH, keep};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::run::Run;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::Value;

on_both_engines!(
    what_a_sync_gave_is_taken_back_and_given_again,
    a_number_released_by_hand_comes_back,
    a_number_changed_by_hand_is_changed_back,
    adopted_numbers_stay_with_their_people,
    what_cannot_be_undone_is_told_of_each_person,
    what_teams_has_done_itself_is_not_undone,
    a_revert_may_be_of_some_only,
    a_stale_revert_is_not_made_at_all,
    the_release_brake_holds_a_revert_of_many,
    a_paused_tenant_reverts_nothing,
);

const PLAN: &str = "undo.json";

impl Scenario {
    /// `syncs revert ID`, which must end with this code.
    async fn revert(&self, sync: &str, more: &[&str], code: i32) -> Run {
        let file = self.folder().join(PLAN).display().to_string();
        let command = ["syncs", "revert", sync, "--save", &file];
        let run = self.run(&[&command, more].concat()).await;
        run.exits(code);
        run
    }

    /// `sync --plan` of what was saved, which must end with this code.
    async fn undo(&self, more: &[&str], code: i32) -> Run {
        let file = self.folder().join(PLAN).display().to_string();
        let run = self.run(&[&["sync", "--plan", &file], more].concat()).await;
        run.exits(code);
        run
    }
}

/// What the notes of one kind say of somebody.
fn told(run: &Run, kind: &str, name: &str) -> String {
    let report = run.report();
    let notes = report["notes"].as_array().expect("notes");
    let of = |note: &&Value| {
        let upn = note["user"]["upn"].as_str().unwrap_or_default();
        note["kind"] == kind && upn.starts_with(name)
    };
    let note = notes
        .iter()
        .find(of)
        .unwrap_or_else(|| panic!("{kind} of {name} in {run}"));
    note["detail"].as_str().unwrap_or_default().to_owned()
}

async fn two_people(database: &Database) -> (Scenario, String) {
    let tenant =
        Tenant::default()
            .person("anna", "München", &[E5])
            .person("bert", "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    let first = story.sync(0).await;
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    (story, first.sync_id())
}

async fn what_a_sync_gave_is_taken_back_and_given_again(database: &Database) {
    let (story, first) = two_people(database).await;
    story.forget_log();
    let lines = |status: &str| {
        ["anna +498955501000", "bert +498955501001"]
            .map(|who| format!("release {who} manual {status}"))
    };
    let planned = story.revert(&first, &[], 0).await;
    assert_eq!(planned.change_lines(), lines("planned"), "{planned}");
    assert_eq!(story.writes(), [""; 0], "a plan writes nothing");
    let undone = story.undo(&[], 0).await;
    assert_eq!(undone.change_lines(), lines("succeeded"), "{undone}");
    story.teams(&[]);
    story.number("+498955501000", "quarantined").await;
    // The rules do not give at once what a person has taken back.
    story.sync(0).await.changes(&[]);
    story.noted("released-by-hand", &["anna", "bert"]).await;
    // Undone, undone again, and the like.
    story.revert(&undone.sync_id(), &[], 0).await;
    let again = story.undo(&[], 0).await;
    again.changes(&[
        "assign anna +498955501000 manual succeeded",
        "assign bert +498955501001 manual succeeded",
    ]);
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    story.sync(0).await.changes(&[]);
    story.noted("released-by-hand", &[]).await;
    // What was taken back before counts for the brake of the day.
    story.revert(&again.sync_id(), &[], 5).await;
    story.undo(&["--approve"], 0).await;
    story.teams(&[]);
    story.ends().await;
}

async fn a_number_released_by_hand_comes_back(database: &Database) {
    let (mut story, _) = two_people(database).await;
    let released = story.release("anna", &[], 0).await.sync_id();
    story.joins("carl", "München", &[E5]);
    story.sync(0).await;
    story.revert(&released, &[], 0).await;
    let undone = story.undo(&[], 0).await;
    undone.changes(&["assign anna +498955501000 manual succeeded"]);
    // What is so already is nothing to undo.
    story.revert(&released, &[], 0).await.changes(&[]);
    story.undo(&[], 0).await.changes(&[]);
    story
        .history("+498955501000", &["anna manual", "anna"])
        .await;
    story.ends().await;
}

async fn a_number_changed_by_hand_is_changed_back(database: &Database) {
    let (story, _) = two_people(database).await;
    let changed = story.assign("anna", &["+498955501005"], 0).await.sync_id();
    // The old number rests for whoever had it, however often it has been changed since.
    story.assign("anna", &["+498955501006"], 0).await;
    story.revert(&changed, &[], 0).await.changes(&[
        "release anna +498955501006 manual planned",
        "assign anna +498955501000 manual planned",
    ]);
    story.undo(&[], 0).await.changes(&[
        "release anna +498955501006 manual succeeded",
        "assign anna +498955501000 manual succeeded",
    ]);
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    story.number("+498955501006", "quarantined").await;
    story.ends().await;
}

async fn adopted_numbers_stay_with_their_people(database: &Database) {
    let tenant = Tenant::default()
        .person("anna", "München", &[E5])
        .held("+498955501003", "anna");
    let story = Scenario::new(database, tenant, MUNICH).await;
    let adopted = story.sync(0).await;
    adopted.changes(&["adopt anna +498955501003 adopted succeeded"]);
    story
        .revert(&adopted.sync_id(), &[], 0)
        .await
        .changes(&[])
        .notes(&[]);
    story.undo(&[], 0).await.changes(&[]);
    story.number("+498955501003", "assigned anna").await;
    // What came of it since is another matter: before that sync the number was hers.
    story.release("anna", &[], 0).await;
    story.revert(&adopted.sync_id(), &[], 0).await;
    story
        .undo(&[], 0)
        .await
        .changes(&["assign anna +498955501003 manual succeeded"]);
    story.ends().await;
}

async fn what_cannot_be_undone_is_told_of_each_person(database: &Database) {
    let tenant = Tenant::default().people("x", 5, "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.configure(
        "mode = \"apply\"",
        "[tenant.safety]\nmax_release_percent = 100",
    );
    story.switch(keep());
    story.sync(0).await;
    for name in ["x-a", "x-b", "x-c"] {
        story.unlicense(name, E5);
    }
    story.delete("x-d", true);
    let left = story.sync(0).await;
    assert_eq!(left.change_lines().len(), 4, "{left}");
    // One is still without licence, one comes back by the rules, the number of one is with somebody else, one is gone.
    story.license("x-b", E5);
    story
        .sync(0)
        .await
        .changes(&["assign x-b +498955501001 returning succeeded"]);
    story.numbers("free", "+498955501002", &[], 0).await;
    story.assign("x-e", &["+498955501002"], 0).await;
    story.license("x-c", E5);
    let planned = story.revert(&left.sync_id(), &[], 0).await;
    planned
        .changes(&[])
        .notes(&["conflict x-a", "conflict x-c", "conflict x-d"]);
    let about = |name: &str| told(&planned, "conflict", name);
    assert!(
        about("x-a").contains("no usable Phone System licence"),
        "{planned}"
    );
    assert!(
        about("x-c").contains("is with x-e@contoso.example"),
        "{planned}"
    );
    assert!(
        about("x-d").contains("no longer in the directory"),
        "{planned}"
    );
    story.undo(&[], 0).await.changes(&[]);
    // Nobody can be given back what was never theirs alone.
    story
        .run(&["syncs", "revert", "nothing", "--save", PLAN])
        .await
        .exits(1)
        .says(&["no sync has the id `nothing`"]);
    story.sync(0).await;
    story.ends().await;
}

async fn what_teams_has_done_itself_is_not_undone(database: &Database) {
    let (story, _) = two_people(database).await;
    story.unlicense("anna", E5);
    story.teams(&["+498955501001 bert"]);
    story.forget_log();
    let taken = story.sync(0).await;
    taken.changes(&["release anna +498955501000 delicensed succeeded"]);
    assert_eq!(story.writes(), [""; 0]);
    story.license("anna", E5);
    let planned = story.revert(&taken.sync_id(), &[], 0).await;
    planned.changes(&[]).notes(&["conflict anna"]);
    assert!(
        told(&planned, "conflict", "anna").contains("Teams itself"),
        "{planned}"
    );
    story
        .sync(0)
        .await
        .changes(&["assign anna +498955501000 returning succeeded"]);
    story.ends().await;
}

async fn a_revert_may_be_of_some_only(database: &Database) {
    let (mut story, first) = two_people(database).await;
    story.joins("carl", "München", &[E5]);
    story.sync(0).await;
    let said = [
        "--only carl@contoso.example: the sync",
        "--only nobody@x.test: no such user",
    ];
    let wrong = ["--only", "carl@contoso.example", "nobody@x.test"];
    story.revert(&first, &wrong, 1).await.says(&said);
    let only = ["--only", "bert@contoso.example"];
    story
        .revert(&first, &only, 0)
        .await
        .changes(&["release bert +498955501001 manual planned"]);
    story.undo(&[], 0).await;
    story.teams(&["+498955501000 anna", "+498955501002 carl"]);
    story.ends().await;
}

async fn a_stale_revert_is_not_made_at_all(database: &Database) {
    let (story, first) = two_people(database).await;
    story.revert(&first, &[], 0).await;
    story.rules(&MUNICH.replace("1009", "1008"));
    story.undo(&[], 7).await.says(&["the rules have changed"]);
    story.rules(MUNICH);
    story.release("anna", &[], 0).await;
    story.forget_log();
    let stale = story.undo(&[], 7).await;
    stale.says(&[
        "1 changes",
        "release anna@contoso.example +498955501000 (it is so already)",
    ]);
    assert_eq!(story.writes(), [""; 0], "nothing of a stale plan is made");
    story.teams(&["+498955501001 bert"]);
    // What has changed since stays as it is: it came otherwise.
    story.assign("anna", &["+498955501004"], 0).await;
    let again = story.revert(&first, &[], 0).await;
    again
        .changes(&["release bert +498955501001 manual planned"])
        .notes(&["conflict anna"]);
    assert!(
        told(&again, "conflict", "anna").contains("+498955501004 by now"),
        "{again}"
    );
    story.undo(&[], 0).await;
    story.teams(&["+498955501004 anna"]);
    story.ends().await;
}

async fn the_release_brake_holds_a_revert_of_many(database: &Database) {
    let tenant = Tenant::default().people("x", 5, "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    let first = story.sync(0).await.sync_id();
    story.forget_log();
    story.revert(&first, &[], 5).await.has("/status", "held");
    let held = story.undo(&[], 5).await;
    assert!(
        held.change_lines()
            .iter()
            .all(|line| line.ends_with(" held")),
        "{held}"
    );
    assert_eq!(story.writes(), [""; 0]);
    let file = story.folder().join(PLAN).display().to_string();
    let text = story
        .invocation(&["sync", "--plan", &file])
        .in_text()
        .run()
        .await;
    assert!(text.exits(5).text().contains("--approve"), "{text}");
    story.undo(&["--approve"], 0).await;
    story.teams(&[]);
    story.ends().await;
}

async fn a_paused_tenant_reverts_nothing(database: &Database) {
    let (story, first) = two_people(database).await;
    story.revert(&first, &[], 0).await;
    story.run(&["pause", "--reason", "audit"]).await.exits(0);
    story.forget_log();
    story.revert(&first, &[], 5).await;
    story.undo(&[], 5).await;
    assert_eq!(story.writes(), [""; 0]);
    story.run(&["resume"]).await.exits(0);
    story.undo(&[], 0).await;
    story.teams(&[]);
    story.ends().await;
}
