//! The audit trail as a file: JSON Lines that hold all it takes to check the trail without the database.

use crate::store::{AuditCheck, AuditFinding, AuditProblem, ChainCheck, ChainMark, ChainedRecord};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// So many lines that are no records are told one by one.
const TOLD: usize = 20;

/// What a check of a trail found, for people and programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditVerdict {
    /// Whose trail.
    pub tenant: String,
    /// Whether nothing is wrong with it.
    pub valid: bool,
    /// How many records it should have.
    pub records: i64,
    /// The hash of the last one.
    pub hash: String,
    /// The first place that is wrong; null: none.
    pub broken_at: Option<i64>,
    /// What is wrong, the first findings in the order of the trail.
    pub findings: Vec<AuditFinding>,
    /// How many findings there are in all.
    pub found: u64,
}

impl AuditVerdict {
    /// What a check of the tenant's trail comes to.
    #[must_use]
    pub fn new(tenant: &str, check: AuditCheck) -> Self {
        Self {
            tenant: tenant.to_owned(),
            valid: check.found == 0,
            records: check.records,
            hash: check.hash,
            broken_at: check.broken_at,
            findings: check.findings,
            found: check.found,
        }
    }
}

/// One line as it is written. The detail stands there to the byte, because the hash is over its text.
#[derive(Serialize)]
struct Written<'a> {
    tenant: &'a str,
    seq: &'a RawValue,
    at: &'a str,
    event: &'a str,
    number: Option<&'a str>,
    user: Option<&'a str>,
    sync_id: Option<&'a str>,
    detail: &'a RawValue,
    hash: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    last: bool,
}

/// One line as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    tenant: String,
    seq: i64,
    at: String,
    event: String,
    number: Option<String>,
    user: Option<String>,
    sync_id: Option<String>,
    detail: Box<RawValue>,
    hash: String,
    #[serde(default)]
    last: bool,
}

/// A record as a line of the file, without its end. `last`: the trail ends with it; a file whose end was cut off has
/// no such line.
///
/// # Errors
/// What cannot be written as JSON.
pub fn audit_line(
    tenant: &str,
    record: &ChainedRecord,
    last: bool,
) -> Result<String, serde_json::Error> {
    let at = record.at.parse().ok().and_then(written_time);
    let number = record.number.as_ref().map(|digits| format!("+{digits}"));
    serde_json::to_string(&Written {
        tenant,
        seq: &raw(&record.seq)?,
        at: at.as_ref().unwrap_or(&record.at),
        event: &record.event,
        number: number.as_deref(),
        user: record.user.as_deref(),
        sync_id: record.sync.as_deref(),
        detail: &raw(&record.detail)?,
        hash: &record.hash,
        last,
    })
}

/// A text as the JSON it is; one that is none, or takes more than a line, as a JSON text.
fn raw(text: &str) -> Result<Box<RawValue>, serde_json::Error> {
    let whole = Some(text.to_owned()).filter(|text| !text.contains(['\n', '\r']));
    let json = whole.and_then(|text| RawValue::from_string(text).ok());
    match json.filter(|json| json.get() == text) {
        Some(json) => Ok(json),
        None => RawValue::from_string(serde_json::to_string(text)?),
    }
}

fn written_time(micros: i64) -> Option<String> {
    let at = Timestamp::from_microsecond(micros).ok()?;
    Some(at.to_string())
}

/// The record of a line. What is spelt otherwise than it is written stays as it is, and fits no hash.
fn record_of(read: Read) -> (String, ChainedRecord, bool) {
    let time = read.at.parse::<Timestamp>().ok();
    let micros = time.map(Timestamp::as_microsecond);
    let micros = micros.filter(|micros| written_time(*micros).as_ref() == Some(&read.at));
    let digits = |number: String| match number.strip_prefix('+') {
        Some(digits) => digits.to_owned(),
        None => format!("no plus sign: {number}"),
    };
    let record = ChainedRecord {
        seq: read.seq.to_string(),
        at: micros.map_or(read.at, |micros| micros.to_string()),
        event: read.event,
        number: read.number.map(digits),
        user: read.user,
        sync: read.sync_id,
        detail: read.detail.get().to_owned(),
        hash: read.hash,
    };
    (read.tenant, record, read.last)
}

/// A check of a file, line by line.
#[derive(Debug, Default)]
pub struct AuditFileCheck {
    tenants: BTreeMap<String, Trail>,
    noted: Option<ChainMark>,
    wrong: Vec<String>,
    lines: u64,
    unread: u64,
}

#[derive(Debug)]
struct Trail {
    check: ChainCheck,
    end: Option<ChainMark>,
}

impl AuditFileCheck {
    /// Begins. `noted`: a place and its hash as they were once.
    #[must_use]
    pub fn new(noted: Option<ChainMark>) -> Self {
        Self {
            noted,
            ..Self::default()
        }
    }

    /// Takes the next line.
    pub fn take(&mut self, line: &str) {
        self.lines += 1;
        let read: Read = match serde_json::from_str(line) {
            Ok(read) => read,
            Err(error) => {
                self.unread += 1;
                if self.wrong.len() < TOLD {
                    self.wrong
                        .push(format!("line {} is no record: {error}", self.lines));
                }
                return;
            }
        };
        let (tenant, record, last) = record_of(read);
        let noted = &self.noted;
        let trail = self
            .tenants
            .entry(tenant)
            .or_insert_with_key(|tenant| Trail {
                check: ChainCheck::new(tenant, noted.clone()),
                end: None,
            });
        // Of two that call themselves the last one the second is behind the end.
        if last && trail.end.is_none() {
            trail.end = record.seq.parse().ok().map(|seq| ChainMark {
                seq,
                hash: record.hash.clone(),
            });
        }
        trail.check.take(&record);
    }

    /// What it comes to for each tenant, and the lines that are no records: the first ones, and how many.
    #[must_use]
    pub fn end(self) -> (Vec<AuditVerdict>, Vec<String>, u64) {
        let verdict = |(tenant, trail): (String, Trail)| {
            let check = match &trail.end {
                Some(end) => trail.check.end(Some(end)),
                None => cut_off(trail.check.end(None)),
            };
            AuditVerdict::new(&tenant, check)
        };
        let verdicts = self.tenants.into_iter().map(verdict).collect();
        (verdicts, self.wrong, self.unread)
    }
}

/// The trail goes on behind what the file holds.
fn cut_off(mut check: AuditCheck) -> AuditCheck {
    let seq = check.records + 1;
    check.found += 1;
    check.broken_at = check.broken_at.or(Some(seq));
    check.findings.push(AuditFinding {
        seq,
        problem: AuditProblem::Missing,
        expected: "the last record of the trail, which says `\"last\":true`".to_owned(),
        found: format!("the end of the file behind record {}", check.records),
    });
    check
}

#[cfg(test)]
#[path = "audit_file_tests.rs"]
mod tests;
