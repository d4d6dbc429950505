//! A check finds whatever is done to a trail, and says where.

use super::{AuditProblem, ChainCheck, ChainMark, ChainedRecord};
use proptest::prelude::*;

/// A whole trail of so many records, and its end.
fn trail(records: i64) -> (Vec<ChainedRecord>, ChainMark) {
    let (mut all, mut hash) = (Vec::new(), String::new());
    for seq in 1..=records {
        let mut record = ChainedRecord {
            seq: seq.to_string(),
            at: (1_700_000_000_000_000 + seq).to_string(),
            event: "assigned".to_owned(),
            number: (seq % 3 > 0).then(|| (498_955_501_000 + seq).to_string()),
            user: (seq % 2 > 0).then(|| format!("user {seq}")),
            sync: (seq % 4 > 0).then(|| "0000001-abc".to_owned()),
            detail: format!(r#"{{"step":{seq}}}"#),
            hash: String::new(),
        };
        hash = next_hash(&hash, &record);
        record.hash.clone_from(&hash);
        all.push(record);
    }
    (all, ChainMark { seq: records, hash })
}

fn next_hash(before: &str, record: &ChainedRecord) -> String {
    let hash = record.hash_behind("contoso", before);
    hash.expect("place, time and number are digits")
}

/// Place and kind of each finding.
fn found(
    records: &[ChainedRecord],
    end: Option<&ChainMark>,
    noted: Option<ChainMark>,
) -> Vec<(i64, AuditProblem)> {
    let mut check = ChainCheck::new("contoso", noted);
    records.iter().for_each(|record| check.take(record));
    let check = check.end(end);
    let findings: Vec<_> = check.findings.iter().map(|f| (f.seq, f.problem)).collect();
    assert_eq!(check.broken_at, findings.iter().map(|found| found.0).min());
    findings
}

/// One way to tamper with a record.
type Tampering = fn(&mut ChainedRecord);

/// Every field of a record, changed.
const TAMPERINGS: [(&str, Tampering); 12] = [
    ("at", |r| r.at.push('0')),
    ("at, no number", |r| r.at = "5.5".to_owned()),
    ("event", |r| r.event = "released".to_owned()),
    ("number", |r| r.number = Some("498955509999".to_owned())),
    ("number, spelt otherwise", |r| {
        r.number = Some(format!("0{}", r.number.clone().unwrap_or_default()));
    }),
    ("user", |r| r.user = Some("somebody else".to_owned())),
    ("user, empty", |r| {
        r.user = r.user.is_none().then(String::new);
    }),
    ("sync", |r| r.sync = Some("0000002-abc".to_owned())),
    ("sync, empty", |r| {
        r.sync = r.sync.is_none().then(String::new);
    }),
    ("detail", |r| r.detail = r#"{"step":99}"#.to_owned()),
    ("detail, a blank more", |r| r.detail.push(' ')),
    ("hash", |r| r.hash = "0".repeat(64)),
];

#[test]
fn a_whole_trail_is_whole() {
    for records in 0..9 {
        let (all, end) = trail(records);
        assert_eq!(found(&all, Some(&end), None), Vec::new());
        assert_eq!(found(&all, Some(&end), Some(end.clone())), Vec::new());
    }
}

#[test]
fn a_changed_record_is_the_only_finding() {
    let (all, end) = trail(7);
    for place in 0..all.len() {
        for (what, tamper) in TAMPERINGS {
            let mut damaged = all.clone();
            tamper(&mut damaged[place]);
            let expected = [(place as i64 + 1, AuditProblem::Changed)];
            assert_eq!(found(&damaged, Some(&end), None), expected, "{what}");
        }
    }
}

#[test]
fn a_missing_record_is_missed_also_at_the_end() {
    let (all, end) = trail(7);
    for place in 0..all.len() {
        let mut damaged = all.clone();
        damaged.remove(place);
        let expected = [(place as i64 + 1, AuditProblem::Missing)];
        assert_eq!(found(&damaged, Some(&end), None), expected);
        let truncated = &all[..place];
        assert_eq!(found(truncated, Some(&end), None), expected);
    }
}

#[test]
fn neighbours_that_changed_places_are_found_at_the_first_of_them() {
    let (all, end) = trail(7);
    for place in 0..all.len() - 1 {
        let mut damaged = all.clone();
        damaged.swap(place, place + 1);
        // In a file the lines changed places; in a database each has the place of the other.
        let first = found(&damaged, Some(&end), None)[0];
        assert_eq!(first, (place as i64 + 1, AuditProblem::Missing));
        let seq = damaged[place].seq.clone();
        damaged[place].seq = std::mem::replace(&mut damaged[place + 1].seq, seq);
        let first = found(&damaged, Some(&end), None)[0];
        assert_eq!(first, (place as i64 + 1, AuditProblem::Changed));
    }
}

#[test]
fn a_record_too_many_is_found() {
    let (all, end) = trail(4);
    for (seq, place) in [("0", 0), ("-3", 0), ("2", 2), ("2", 4), ("x", 4)] {
        let mut damaged = all.clone();
        let added = ChainedRecord {
            seq: seq.to_owned(),
            ..all[0].clone()
        };
        damaged.insert(place, added);
        let findings = found(&damaged, Some(&end), None);
        assert_eq!(findings.len(), 1, "{seq}: {findings:?}");
        assert_eq!(findings[0].1, AuditProblem::OutOfPlace, "{seq}");
    }
    let mut longer = all.clone();
    let mut added = ChainedRecord {
        seq: "5".to_owned(),
        ..all[0].clone()
    };
    added.hash = next_hash(&end.hash, &added);
    longer.push(added);
    let expected = [(5, AuditProblem::OutOfPlace)];
    assert_eq!(found(&longer, Some(&end), None), expected);
}

#[test]
fn a_record_made_to_fit_is_found_at_the_next_one_or_at_the_end() {
    let (all, end) = trail(4);
    for place in 0..all.len() {
        let mut damaged = all.clone();
        damaged[place].event = "released".to_owned();
        let before = place.checked_sub(1).map(|at| all[at].hash.clone());
        damaged[place].hash = next_hash(&before.unwrap_or_default(), &damaged[place]);
        let expected = match place {
            3 => (4, AuditProblem::OtherEnd),
            _ => (place as i64 + 2, AuditProblem::Changed),
        };
        assert_eq!(found(&damaged, Some(&end), None), [expected]);
    }
}

#[test]
fn a_trail_made_anew_is_found_by_a_mark_that_was_noted() {
    let (all, end) = trail(6);
    let noted = ChainMark {
        seq: 4,
        hash: all[3].hash.clone(),
    };
    let (mut anew, mut hash) = (all.clone(), String::new());
    anew[1].event = "released".to_owned();
    for record in &mut anew {
        hash = next_hash(&hash, record);
        record.hash.clone_from(&hash);
    }
    let other = ChainMark { seq: 6, hash };
    assert_eq!(found(&anew, Some(&other), None), Vec::new());
    let expected = [(4, AuditProblem::Rewritten)];
    assert_eq!(found(&anew, Some(&other), Some(noted.clone())), expected);
    let (short, short_end) = trail(3);
    let expected = [(4, AuditProblem::Missing)];
    assert_eq!(found(&short, Some(&short_end), Some(noted)), expected);
    let foreign = ChainMark {
        hash: "0".repeat(64),
        ..end
    };
    let expected = [(6, AuditProblem::OtherEnd)];
    assert_eq!(found(&all, Some(&foreign), None), expected);
}

#[test]
fn findings_beyond_the_first_are_counted() {
    let (mut all, end) = trail(100);
    all.iter_mut().for_each(|record| record.event.push('!'));
    let mut check = ChainCheck::new("contoso", None);
    all.iter().for_each(|record| check.take(record));
    let check = check.end(Some(&end));
    assert_eq!((check.found, check.findings.len()), (100, 20));
    assert_eq!((check.records, check.broken_at), (100, Some(1)));
}

proptest! {
    #[test]
    fn whatever_is_done_to_a_trail_is_found(
        records in 1_i64..12,
        deeds in prop::collection::vec((0_usize..12, 0_usize..TAMPERINGS.len() + 3), 1..4),
    ) {
        let (whole, end) = trail(records);
        let mut damaged = whole.clone();
        for (place, deed) in deeds {
            let place = place % damaged.len().max(1);
            match deed.checked_sub(TAMPERINGS.len()) {
                _ if damaged.is_empty() => {}
                None => TAMPERINGS[deed].1(&mut damaged[place]),
                Some(0) => drop(damaged.remove(place)),
                Some(1) => damaged.insert(place, damaged[place].clone()),
                Some(_) => damaged.rotate_left(place),
            }
        }
        prop_assert_eq!(found(&damaged, Some(&end), None).is_empty(), damaged == whole);
    }
}
