//! A file says as much as the database: whatever is done to it is found.

use super::{AuditFileCheck, audit_line};
use crate::store::{AuditProblem, ChainMark, ChainedRecord};
use proptest::prelude::*;

/// The lines of a trail of so many records.
fn lines(tenant: &str, records: i64) -> Vec<String> {
    let mut before = String::new();
    let line = |seq: i64| {
        let mut record = ChainedRecord {
            seq: seq.to_string(),
            at: (1_700_000_000_000_000 + 17 * seq).to_string(),
            event: "pinned".to_owned(),
            number: (seq % 2 > 0).then(|| (498_955_501_000 + seq).to_string()),
            user: Some(format!("00000000-0000-4000-8000-{seq:012}")),
            sync: (seq % 3 > 0).then(|| "0000001-abc".to_owned()),
            detail: format!(r#"{{"by":"anna","reason":"\u00fc \\ {seq}"}}"#),
            hash: String::new(),
        };
        let hash = record.hash_behind(tenant, &before);
        record.hash = hash.expect("place, time and number are digits");
        before.clone_from(&record.hash);
        audit_line(tenant, &record, seq == records).expect("JSON")
    };
    (1..=records).map(line).collect()
}

fn is_whole(lines: &[String]) -> bool {
    let mut check = AuditFileCheck::new(None);
    lines.iter().for_each(|line| check.take(line));
    let (verdicts, wrong, unread) = check.end();
    assert_eq!(wrong.len() as u64, unread);
    !verdicts.is_empty() && unread == 0 && verdicts.iter().all(|verdict| verdict.valid)
}

/// What is found in these lines, of the only tenant: place and kind.
fn found(lines: &[String]) -> Vec<(i64, AuditProblem)> {
    let mut check = AuditFileCheck::new(None);
    lines.iter().for_each(|line| check.take(line));
    let (mut verdicts, ..) = check.end();
    assert_eq!(verdicts.len(), 1);
    let findings = verdicts.remove(0).findings;
    findings.iter().map(|f| (f.seq, f.problem)).collect()
}

#[test]
fn a_line_is_what_it_says() {
    let lines = lines("contoso", 2);
    let first = concat!(
        r#"{"tenant":"contoso","seq":1,"at":"2023-11-14T22:13:20.000017Z","event":"pinned","number":"+498955501001","#,
        r#""user":"00000000-0000-4000-8000-000000000001","sync_id":"0000001-abc","#,
        r#""detail":{"by":"anna","reason":"\u00fc \\ 1"},"hash":""#
    );
    assert!(lines[0].starts_with(first), "{}", lines[0]);
    assert!(!lines[0].contains("last"), "{}", lines[0]);
    assert!(lines[1].ends_with(r#"","last":true}"#), "{}", lines[1]);
}

#[test]
fn a_file_of_several_tenants_is_whole() {
    let both = [lines("contoso", 3), lines("fabrikam", 2)].concat();
    assert!(is_whole(&both));
    let mut check = AuditFileCheck::new(None);
    both.iter().for_each(|line| check.take(line));
    let (verdicts, ..) = check.end();
    let counts: Vec<_> = verdicts
        .iter()
        .map(|verdict| (verdict.tenant.as_str(), verdict.records))
        .collect();
    assert_eq!(counts, [("contoso", 3), ("fabrikam", 2)]);
}

#[test]
fn what_is_taken_out_is_missed() {
    let whole = lines("contoso", 5);
    for place in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged.remove(place);
        let expected = (place as i64 + 1, AuditProblem::Missing);
        assert_eq!(found(&damaged)[0], expected);
    }
    assert!(!is_whole(&[]), "a file without a record proves nothing");
}

#[test]
fn what_is_behind_the_end_does_not_belong_there() {
    let mut longer = lines("contoso", 3);
    longer.push(lines("contoso", 4).remove(3));
    assert_eq!(found(&longer), [(4, AuditProblem::OutOfPlace)]);
}

#[test]
fn other_words_for_the_same_are_a_change() {
    let whole = lines("contoso", 3);
    for (from, to) in [
        ("Z\"", "+00:00\""),
        ("\"+4989", "\"4989"),
        ("\"+4989", "\"+04989"),
        ("{\"by\":\"anna\"", "{\"by\": \"anna\""),
        ("pinned", "unpinned"),
        ("contoso", "Contoso"),
        ("\"seq\":1", "\"seq\":1,\"by\":\"bert\""),
    ] {
        let mut damaged = whole.clone();
        damaged[0] = damaged[0].replacen(from, to, 1);
        assert_ne!(damaged[0], whole[0], "{from}");
        assert!(!is_whole(&damaged), "{from} became {to}");
    }
}

#[test]
fn a_noted_mark_is_looked_for() {
    let whole = lines("contoso", 3);
    for (hash, valid) in [("0", false), (hash_of(&whole[1]), true)] {
        let noted = ChainMark {
            seq: 2,
            hash: hash.to_owned(),
        };
        let mut check = AuditFileCheck::new(Some(noted));
        whole.iter().for_each(|line| check.take(line));
        assert_eq!(check.end().0[0].valid, valid);
    }
}

fn hash_of(line: &str) -> &str {
    let (_, rest) = line.split_once("\"hash\":\"").expect("a hash");
    rest.split('"').next().expect("its end")
}

proptest! {
    #[test]
    fn a_single_other_sign_is_found(place in 0_usize..4, at in 0_usize..500, sign in "[0-9a-z\"{} ]") {
        let mut damaged = lines("contoso", 4);
        let whole = damaged.clone();
        let at = at % damaged[place].len();
        if damaged[place].is_char_boundary(at) && damaged[place].is_char_boundary(at + 1) {
            damaged[place].replace_range(at..=at, &sign);
        }
        prop_assert_eq!(is_whole(&damaged), damaged == whole);
    }
}
