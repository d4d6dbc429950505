//! The chain of the audit trail: how each record follows from the one before, and what a check of it finds. Knows no
//! SQL and no file, so that a trail is checked the same way wherever it lies.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// So many findings are told one by one; the rest are counted.
const TOLD: usize = 20;

/// A record as it lies there, each field as text, so that one that was tampered with can be looked at as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainedRecord {
    /// Its place, from 1 without gaps.
    pub seq: String,
    /// When it was written, in microseconds since 1970.
    pub at: String,
    /// What happened.
    pub event: String,
    /// The digits of the number concerned.
    pub number: Option<String>,
    /// The id of the user concerned.
    pub user: Option<String>,
    /// The sync that did it.
    pub sync: Option<String>,
    /// More of it, as JSON.
    pub detail: String,
    /// SHA-256 over the hash of the record before and this record, hexadecimal.
    pub hash: String,
}

/// A place in the trail with the hash it has: the end of one, or one that somebody noted down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainMark {
    /// The place; 0 before the first record.
    pub seq: i64,
    /// The hash of the record there; empty before the first one.
    pub hash: String,
}

/// What is wrong at one place of a trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditProblem {
    /// The record does not follow from the one before: its content, its hash or its place is another one.
    Changed,
    /// A record is not where it should be.
    Missing,
    /// A record stands where none should.
    OutOfPlace,
    /// The end is another one than the tenant's.
    OtherEnd,
    /// The record has another hash than somebody noted down.
    Rewritten,
}

impl AuditProblem {
    /// The same for people, of a record.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Changed => {
                "it does not follow from the one before it: its content, its hash or its place was changed, or the record before"
            }
            Self::Missing => "it is not there",
            Self::OutOfPlace => "it does not belong there",
            Self::OtherEnd => "it is not the last one that was written",
            Self::Rewritten => "it is not the one that was noted down: the trail was made anew",
        }
    }
}

/// One finding of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFinding {
    /// The place it is about.
    pub seq: i64,
    /// What is wrong.
    pub problem: AuditProblem,
    /// What was expected there.
    pub expected: String,
    /// What is there.
    pub found: String,
}

/// What a check of a whole trail found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditCheck {
    /// How many records there should be.
    pub records: i64,
    /// The hash of the last one.
    pub hash: String,
    /// The first place that is wrong; `None`: the trail is whole.
    pub broken_at: Option<i64>,
    /// What is wrong, the first findings in the order of the trail.
    pub findings: Vec<AuditFinding>,
    /// How many findings there are in all.
    pub found: u64,
}

/// A check under way: takes the records in their order, and keeps none of them.
#[derive(Clone, Debug)]
pub struct ChainCheck {
    tenant: String,
    noted: Option<ChainMark>,
    next: i64,
    /// The hashes from which the next record may follow: after one that is wrong, the one it has and the one it should
    /// have, so that what stands behind it can be told apart from it.
    before: Vec<String>,
    check: AuditCheck,
}

impl ChainCheck {
    /// Begins before the first record. `noted`: a place and its hash as they were once.
    #[must_use]
    pub fn new(tenant: &str, noted: Option<ChainMark>) -> Self {
        Self {
            tenant: tenant.to_owned(),
            noted,
            next: 1,
            before: vec![String::new()],
            check: AuditCheck::default(),
        }
    }

    /// Takes the next record.
    pub fn take(&mut self, record: &ChainedRecord) {
        let Ok(seq) = record.seq.parse::<i64>() else {
            let found = format!("a record whose place is `{}`", record.seq);
            return self.find(self.next, AuditProblem::OutOfPlace, self.wanted(), found);
        };
        if seq < self.next {
            let found = format!("record {seq}");
            return self.find(seq, AuditProblem::OutOfPlace, self.wanted(), found);
        }
        let follows = |before: &String| record.hash_behind(&self.tenant, before);
        let computed: Vec<String> = self.before.iter().filter_map(follows).collect();
        if seq > self.next {
            let found = format!("record {seq}");
            self.find(self.next, AuditProblem::Missing, self.wanted(), found);
            self.before = vec![record.hash.clone()];
        } else if computed.contains(&record.hash) {
            self.before = vec![record.hash.clone()];
        } else {
            let expected = match computed.first() {
                Some(hash) => format!("the hash {hash}"),
                None => "a time and a number written as digits".to_owned(),
            };
            let found = format!("the hash {}", record.hash);
            self.find(seq, AuditProblem::Changed, expected, found);
            self.before = std::iter::once(record.hash.clone())
                .chain(computed)
                .collect();
        }
        self.compare_with_note(seq, &record.hash);
        self.next = seq.saturating_add(1);
    }

    /// Ends the check. `end`: where the trail should end; `None`: nothing says where.
    #[must_use]
    pub fn end(mut self, end: Option<&ChainMark>) -> AuditCheck {
        let last = self.next - 1;
        if let Some(end) = end {
            let found = match last {
                0 => "nothing".to_owned(),
                _ => format!("record {last} as the last one"),
            };
            let expected = format!(
                "record {} with the hash {} as the last one",
                end.seq, end.hash
            );
            if last < end.seq {
                self.find(self.next, AuditProblem::Missing, expected, found);
            } else if last > end.seq {
                self.find(end.seq + 1, AuditProblem::OutOfPlace, expected, found);
            } else if !self.before.contains(&end.hash) {
                let hash = self.before.first().cloned().unwrap_or_default();
                let found = format!("record {last} with the hash {hash}");
                self.find(last, AuditProblem::OtherEnd, expected, found);
            }
        }
        if let Some(noted) = self.noted.take_if(|noted| noted.seq > last) {
            let expected = format!("the hash {}, as it was noted", noted.hash);
            self.find(
                noted.seq,
                AuditProblem::Missing,
                expected,
                "nothing".to_owned(),
            );
        }
        let known = end.cloned().unwrap_or_else(|| ChainMark {
            seq: last,
            hash: self.before.first().cloned().unwrap_or_default(),
        });
        AuditCheck {
            records: known.seq,
            hash: known.hash,
            broken_at: self.check.findings.iter().map(|finding| finding.seq).min(),
            ..self.check
        }
    }

    fn compare_with_note(&mut self, seq: i64, hash: &str) {
        let differs = |noted: &&ChainMark| noted.seq == seq && noted.hash != hash;
        if let Some(noted) = self.noted.as_ref().filter(differs) {
            let expected = format!("the hash {}, as it was noted", noted.hash);
            let found = format!("the hash {hash}");
            self.find(seq, AuditProblem::Rewritten, expected, found);
        }
    }

    fn wanted(&self) -> String {
        format!("record {}", self.next)
    }

    fn find(&mut self, seq: i64, problem: AuditProblem, expected: String, found: String) {
        self.check.found += 1;
        if self.check.findings.len() < TOLD {
            self.check.findings.push(AuditFinding {
                seq,
                problem,
                expected,
                found,
            });
        }
    }
}

impl ChainedRecord {
    /// The hash it has to have behind a record with that one; `None`: its place, its time or its number is no integer,
    /// which none ever was.
    #[must_use]
    pub fn hash_behind(&self, tenant: &str, before: &str) -> Option<String> {
        let number = match &self.number {
            Some(digits) => Some(plain(digits)?),
            None => None,
        };
        let content = Content {
            tenant,
            seq: plain(&self.seq)?,
            at: plain(&self.at)?,
            event: &self.event,
            number,
            user: self.user.as_deref(),
            sync: self.sync.as_deref(),
            detail: &self.detail,
        };
        Some(chained(before, &content.text().ok()?))
    }
}

/// An integer written as integers are written: another spelling of it is another text.
fn plain(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// What of a record its hash is made of.
pub(super) struct Content<'a> {
    pub(super) tenant: &'a str,
    pub(super) seq: i64,
    pub(super) at: i64,
    pub(super) event: &'a str,
    pub(super) number: Option<i64>,
    pub(super) user: Option<&'a str>,
    pub(super) sync: Option<&'a str>,
    pub(super) detail: &'a str,
}

impl Content<'_> {
    /// The canonical form: a JSON array of the fields in their order.
    pub(super) fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&(
            self.tenant,
            self.seq,
            self.at,
            self.event,
            self.number,
            self.user,
            self.sync,
            self.detail,
        ))
    }
}

/// The hash of a record, from the one before and its canonical form.
pub(super) fn chained(previous: &str, content: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(previous.as_bytes());
    hash.update(b"\n");
    hash.update(content.as_bytes());
    hex(&hash.finalize())
}

/// Hexadecimal, lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    let digits = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    digits.collect()
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
