//! A plan in the making: changes, notes and effects, collected user by user and then put in order.

use super::{
    Action, Advance, Change, ChangeStatus, Ending, Expected, FactsUpdate, Holding, Mover, Note,
    NumberFacts, Part, Plan, PlanStatus, PolicyName, Reason, StoredUser,
};
use crate::directory::{Licences, UserId};
use crate::numbering::{E164, Listed, NumberType};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// A finished draft: the plan for people and for applying, and what else has to be written when it is claimed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The plan.
    pub plan: Plan,
    /// What else is written in the claiming transaction.
    pub effects: Effects,
    /// UPNs of the users that the notes are about.
    pub names: BTreeMap<UserId, String>,
    /// Managed holders left alone.
    pub keep: u64,
    /// Users who wait for something.
    pub waiting: u64,
    /// Managed holders before this plan, for the brake.
    pub holders: u64,
    /// Products that bring Phone System to managed holders, of those looked at.
    pub holder_skus: BTreeMap<crate::directory::SkuId, String>,
    /// Of each planned release for lost licence: the product that once brought the licence and is gone or dead.
    pub dead_skus: BTreeMap<crate::directory::SkuId, u64>,
    /// Losses that no licence explains, which this plan concludes.
    pub losses_concluded: u64,
}

/// What a plan changes in memory without a write to Graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Holdings that begin by adoption.
    pub adopted: Vec<Holding>,
    /// Holdings that end because somebody else ended them.
    pub ended: Vec<Ending>,
    /// Holdings whose marks changed.
    pub holdings: Vec<Holding>,
    /// New facts of users.
    pub facts: Vec<FactsUpdate>,
    /// New facts of numbers.
    pub numbers: Vec<(E164, NumberFacts)>,
    /// Movers of whom something was seen, as they stand now.
    pub movers: Vec<Mover>,
    /// Waves that begin, and migrations that end.
    pub advances: Vec<Advance>,
    /// Every user that was decided.
    pub decided: Vec<UserId>,
}

/// What a change is about, before it has its place in the plan.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// What is done.
    pub action: Action,
    /// The number.
    pub number: E164,
    /// Its type.
    pub number_type: NumberType,
    /// The range it lies in.
    pub range: Option<String>,
    /// Why.
    pub reason: Reason,
    /// The sentence for people.
    pub why: String,
    /// Emergency location.
    pub location: Option<String>,
    /// Already done by Teams.
    pub by_teams: bool,
    /// Rest after a release, in seconds.
    pub rest_seconds: i64,
    /// The step before it, by its place in the user's own list.
    pub after: Option<usize>,
    /// What else follows from it.
    pub part: Part,
}

impl Step {
    /// A step with nothing special about it.
    #[must_use]
    pub(super) fn new(
        action: Action,
        number: E164,
        number_type: NumberType,
        reason: Reason,
    ) -> Self {
        Self {
            action,
            number,
            number_type,
            range: None,
            reason,
            why: String::new(),
            location: None,
            by_teams: false,
            rest_seconds: 0,
            after: None,
            part: Part::Plain,
        }
    }
}

/// Puts the steps of users into one ordered list of changes: releases first, then adoptions, then assignments in the
/// order given, each with the steps that follow it.
#[must_use]
pub(super) fn in_order(steps: Vec<(UserRecord, Vec<Step>)>) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let rank = |list: &[Step]| match list.first().map(|step| &step.action) {
        Some(Action::Release) => 0,
        Some(Action::Adopt) => 1,
        _ => 2,
    };
    let mut ordered = steps;
    ordered.sort_by_key(|(_, list)| rank(list));
    for (user, list) in ordered {
        let first = u32::try_from(changes.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        for (place, step) in (0u32..).zip(list) {
            let after = step.after.and_then(|at| u32::try_from(at).ok());
            changes.push(change(
                &user,
                step,
                first + place,
                after.map(|at| first + at),
            ));
        }
    }
    changes
}

/// What a change has to know of its user.
#[derive(Clone, Debug)]
pub(super) struct UserRecord {
    /// Object id.
    pub id: UserId,
    /// UPN as of now.
    pub upn: String,
    /// Digest of what decided about the user.
    pub user_digest: String,
    /// Digest of what was known of the number.
    pub number_digest: String,
}

impl UserRecord {
    /// The record of a stored user and the listing of the number concerned.
    #[must_use]
    pub(super) fn of(stored: &StoredUser, listed: Option<&Listed>) -> Self {
        Self {
            id: stored.user.id,
            upn: stored.user.upn().to_owned(),
            user_digest: user_digest(stored),
            number_digest: number_digest(listed),
        }
    }
}

fn change(user: &UserRecord, step: Step, seq: u32, after: Option<u32>) -> Change {
    Change {
        seq,
        after,
        action: step.action,
        user: user.id,
        upn: user.upn.clone(),
        number: step.number,
        number_type: step.number_type,
        range: step.range,
        reason: step.reason,
        location: step.location,
        expects: Expected {
            user: user.user_digest.clone(),
            number: user.number_digest.clone(),
        },
        by_teams: step.by_teams,
        approved: false,
        bulk: false,
        part: step.part,
        rest_seconds: step.rest_seconds,
        status: ChangeStatus::Planned,
        why: step.why,
        error: None,
        noted: None,
    }
}

/// The plan of these changes and notes; its id is the digest of its content.
#[must_use]
pub(super) fn plan(changes: Vec<Change>, mut notes: Vec<Note>) -> Plan {
    notes.sort();
    notes.dedup();
    let id = plan_id(&changes, &notes);
    Plan {
        id,
        changes,
        notes,
        status: PlanStatus::Planned,
        held_because: Vec::new(),
    }
}

fn plan_id(changes: &[Change], notes: &[Note]) -> String {
    let mut hash = Sha256::new();
    let mut content = Vec::new();
    for change in changes {
        content.clear();
        // Writing to memory cannot fail, nor is there anything in a change that JSON cannot hold.
        let _ = serde_json::to_writer(&mut content, change);
        hash.update(&content);
    }
    for note in notes {
        hash.update(note.kind.name());
        hash.update(serde_json::to_vec(note).unwrap_or_default());
    }
    hex(&hash.finalize())
}

/// Digest of what decides about a user: everything of the record that rules, licences and the table look at.
#[must_use]
pub fn user_digest(stored: &StoredUser) -> String {
    let user = &stored.user;
    // Everything of variable length comes after its length, so that no two users write the same bytes.
    let mut bytes = Vec::with_capacity(2048);
    bytes.extend(user.id.0.as_bytes());
    write_length(&mut bytes, user.attributes.iter().count());
    for (attribute, text) in user.attributes.iter() {
        write_text(&mut bytes, attribute.name());
        write_text(&mut bytes, text);
    }
    write_licences(&mut bytes, &user.licences);
    let dates = user.plan_dates;
    for date in [user.created, dates.phone_system, dates.calling_plan] {
        bytes.push(u8::from(date.is_some()));
        bytes.extend(date.map_or(0, Timestamp::as_nanosecond).to_le_bytes());
    }
    let marks = [user.enabled, user.guest, user.on_premises_synced];
    bytes.extend(marks.map(u8::from));
    bytes.push(u8::from(stored.gone.is_some()));
    hex(&Sha256::digest(bytes)[..16])
}

fn write_licences(bytes: &mut Vec<u8>, licences: &Licences) {
    write_length(bytes, licences.assigned.len());
    for licence in &licences.assigned {
        bytes.extend(licence.sku.0.as_bytes());
        write_length(bytes, licence.disabled.len());
        bytes.extend(licence.disabled.iter().flat_map(|plan| plan.0.as_bytes()));
    }
    write_length(bytes, licences.plans.len());
    for plan in &licences.plans {
        bytes.extend(plan.plan.0.as_bytes());
        write_text(bytes, plan.status.name());
    }
}

fn write_text(bytes: &mut Vec<u8>, text: &str) {
    write_length(bytes, text.len());
    bytes.extend(text.as_bytes());
}

fn write_length(bytes: &mut Vec<u8>, length: usize) {
    bytes.extend((length as u64).to_le_bytes());
}

/// Digest of what Teams says of a number.
#[must_use]
pub fn number_digest(listed: Option<&Listed>) -> String {
    let content = serde_json::to_vec(&listed).unwrap_or_default();
    hex(&Sha256::digest(content)[..16])
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    let digits = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    digits.collect()
}

/// A policy step that follows the first step of its user.
#[must_use]
pub(super) fn policy_step(lead: &Step, policy: PolicyName, id: Option<String>) -> Step {
    let verb = if id.is_some() { "gives" } else { "takes away" };
    let why = format!("{verb} {} \"{}\"", policy.policy_type, policy.name);
    Step {
        range: lead.range.clone(),
        why,
        after: Some(0),
        ..Step::new(
            Action::Policy { policy, id },
            lead.number,
            lead.number_type,
            lead.reason,
        )
    }
}

impl Draft {
    /// The same draft with only the changes that are wanted: whom the others concern stays undecided, and no effect
    /// of theirs is written.
    #[must_use]
    pub fn limited_to(mut self, wanted: impl Fn(&Change) -> bool) -> Self {
        self.plan.changes.retain(|change| wanted(change));
        let users: BTreeSet<UserId> = self.plan.changes.iter().map(|change| change.user).collect();
        let effects = &mut self.effects;
        effects
            .adopted
            .retain(|holding| users.contains(&holding.user));
        effects.ended.retain(|ending| users.contains(&ending.user));
        effects
            .holdings
            .retain(|holding| users.contains(&holding.user));
        effects.facts.retain(|update| users.contains(&update.user));
        effects.movers.retain(|mover| users.contains(&mover.user));
        effects.advances.clear();
        effects.decided.retain(|user| users.contains(user));
        self
    }
}
