//! Reports as people see them.

use super::text;
use crate::directory::UserId;
use crate::numbering::{E164, NumberType};
use crate::plan::{ChangeStatus, Mode, NoteKind, PolicyName, Reason};
use crate::report::{
    ChangeReport, DirectoryReport, NoteReport, ReadMode, RulesReport, Summary, SyncReport,
    SyncStatus, UnmatchedReport, UserRef,
};

fn user(upn: &str) -> UserRef {
    UserRef {
        id: UserId::from_u128(7),
        upn: upn.to_owned(),
    }
}

fn number(last: u64) -> E164 {
    E164::from_digits(498_955_501_000 + last).expect("a number")
}

fn change(action: &str, upn: &str, last: u64, status: ChangeStatus) -> ChangeReport {
    ChangeReport {
        action: action.to_owned(),
        user: user(upn),
        number: number(last),
        range: Some("muc-garden".to_owned()),
        number_type: NumberType::DirectRouting,
        reason: match action {
            "release" => Reason::Delicensed,
            "adopt" => Reason::Adopted,
            _ => Reason::Rule,
        },
        policy: None,
        status,
        error: None,
        why: String::new(),
    }
}

fn note(kind: NoteKind, upn: &str, detail: &str) -> NoteReport {
    NoteReport {
        kind,
        user: Some(user(upn)),
        number: None,
        range: None,
        detail: detail.to_owned(),
    }
}

fn report() -> SyncReport {
    SyncReport {
        tenant: "contoso".to_owned(),
        plan_id: "0".repeat(64),
        sync_id: None,
        status: SyncStatus::Planned,
        mode: Mode::Observe,
        rules: RulesReport {
            commit: Some("3f2a9c1d77e0aa41".to_owned()),
            dirty: false,
            digest: "9d1e4b7c2a3355ff".to_owned(),
        },
        directory: DirectoryReport {
            mode: ReadMode::Full,
            complete: true,
            users: 1,
        },
        summary: Summary::default(),
        changes: Vec::new(),
        notes: Vec::new(),
        rule_change: None,
    }
}

#[test]
fn rules_that_are_held_tell_how_to_take_them_up() {
    let held = SyncReport {
        sync_id: Some("20261122T170000-1".to_owned()),
        status: SyncStatus::Held,
        rule_change: Some(UnmatchedReport {
            had_range: 10,
            left_without: 5,
            max_percent: 20,
            held: true,
        }),
        ..report()
    };
    insta::assert_snapshot!(text(&held, &[]), @r#"
    tenant     contoso
    status     held (sync 20261122T170000-1)
    mode       observe: nothing is written to Teams
    rules      commit 3f2a9c1d77e0, digest 9d1e4b7c2a33
    directory  1 user, read in full, complete
    new rules  5 of 10 people without a number who had a range are left without one (20% allowed)

    No changes.

    summary    nothing
    The changed rules are not taken up until somebody decides, or until they are put right:
      linekeeper syncs approve 20261122T170000-1    takes them up; the other brakes stay
      linekeeper rules diff OLD NEW --tenant contoso    names everybody they touch
    "#);
}

#[test]
fn nothing_to_do() {
    insta::assert_snapshot!(text(&report(), &[]), @r#"
    tenant     contoso
    status     planned (plan)
    mode       observe: nothing is written to Teams
    rules      commit 3f2a9c1d77e0, digest 9d1e4b7c2a33
    directory  1 user, read in full, complete

    No changes.

    summary    nothing
    "#);
}

#[test]
fn a_held_sync_tells_what_to_do() {
    let mut policy = change("policy", "anna@contoso.com", 0, ChangeStatus::Succeeded);
    policy.policy = Some(PolicyName {
        policy_type: "OnlineVoiceRoutingPolicy".to_owned(),
        name: "DE-Munich".to_owned(),
    });
    let mut failed = change(
        "assign",
        "bernhard.von.langenname@contoso.com",
        12,
        ChangeStatus::Failed,
    );
    failed.error = Some("Teams refused the number: \u{1b}[31mnot in this country".to_owned());
    let report = SyncReport {
        sync_id: Some("20261122T170000-1".to_owned()),
        status: SyncStatus::Held,
        mode: Mode::Apply,
        rules: RulesReport {
            dirty: true,
            ..report().rules
        },
        directory: DirectoryReport {
            mode: ReadMode::Delta,
            complete: false,
            users: 1234,
        },
        summary: Summary {
            assign: 2,
            release: 1,
            policy: 1,
            keep: 900,
            failed: 1,
            notes: 2,
            ..Summary::default()
        },
        changes: vec![
            change("assign", "anna@contoso.com", 0, ChangeStatus::Succeeded),
            policy,
            failed,
            change("release", "carla@contoso.com", 3, ChangeStatus::Held),
        ],
        notes: vec![
            note(
                NoteKind::NoRange,
                "moc.\u{202e}osotnoc@a",
                "No rule picks a range for this user.",
            ),
            note(
                NoteKind::NoRange,
                "dora@contoso.com",
                "No rule picks a range for this user.",
            ),
            NoteReport {
                kind: NoteKind::Exhausted,
                user: None,
                number: None,
                range: Some("ber-1".to_owned()),
                detail: "No number is free.".to_owned(),
            },
        ],
        ..report()
    };
    let because = ["21 releases in 24 hours exceed the limit of 20.".to_owned()];
    insta::assert_snapshot!(text(&report, &because), @r#"
    tenant     contoso
    status     held (sync 20261122T170000-1)
    mode       apply
    rules      commit 3f2a9c1d77e0 with uncommitted changes, digest 9d1e4b7c2a33
    directory  1234 users, read what changed, INCOMPLETE: nobody is released
    held       21 releases in 24 hours exceed the limit of 20.

    release (1)
      held  +498955501003  carla@contoso.com  muc-garden  direct-routing  delicensed

    assign (2)
      failed     +498955501012  bernhard.von.langenname@contoso.com  muc-garden  direct-routing  rule: Teams refused the number: \u{1b}[31mnot in this country
      succeeded  +498955501000  anna@contoso.com                     muc-garden  direct-routing  rule

    policy (1)
      succeeded  +498955501000  anna@contoso.com  muc-garden  direct-routing  rule: OnlineVoiceRoutingPolicy "DE-Munich"

    note no-range (2)
      moc.\u{202e}osotnoc@a  No rule picks a range for this user.
      dora@contoso.com       No rule picks a range for this user.

    note exhausted (1)
      ber-1  No number is free.

    summary    assign 2, release 1, policy 1, keep 900, failed 1, notes 2
    1 change held for up to 24 hours, until somebody decides:
      linekeeper syncs approve 20261122T170000-1    makes exactly these changes
      linekeeper syncs reject 20261122T170000-1     drops them
    "#);
}

#[test]
fn a_plan_that_would_be_held_names_the_other_command() {
    let report = SyncReport {
        status: SyncStatus::Held,
        changes: vec![change(
            "release",
            "carla@contoso.com",
            3,
            ChangeStatus::Held,
        )],
        ..report()
    };
    let shown = text(&report, &[]);
    assert!(shown.ends_with("1 change would be held. To make them in one sync, without the brakes:\n  linekeeper sync --tenant contoso --approve\n"), "{shown}");
    let paused = SyncReport {
        changes: Vec::new(),
        ..report
    };
    let shown = text(&paused, &["The tenant is paused.".to_owned()]);
    assert!(
        shown.contains("Nothing of this waits for an approval"),
        "{shown}"
    );
}

#[test]
fn long_lists_are_cut_and_say_so() {
    let many = SyncReport {
        changes: (0..70)
            .map(|last| change("assign", "a@contoso.com", last, ChangeStatus::Planned))
            .chain([change(
                "release",
                "b@contoso.com",
                99,
                ChangeStatus::Planned,
            )])
            .collect(),
        notes: (0..9)
            .map(|_| note(NoteKind::Drift, "a@contoso.com", "Would be elsewhere now."))
            .collect(),
        ..report()
    };
    let shown = text(&many, &[]);
    assert_eq!(shown.matches("+49895550").count(), 50, "{shown}");
    assert!(shown.contains("\nrelease (1)\n"), "{shown}");
    assert!(shown.contains("\nassign (70)\n"), "{shown}");
    assert!(
        shown.contains("  … and 21 more (--output json shows all)\n"),
        "{shown}"
    );
    assert!(shown.contains("  … and 4 more\n"), "{shown}");
}
