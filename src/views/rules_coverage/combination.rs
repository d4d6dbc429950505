//! People who are alike in everything the rules look at: what the rules make of one, they make of all.

use crate::directory::{GroupId, Kind, Licences, VoiceLicence};
use crate::rules::{RuleSet, Subject};
use std::collections::HashMap;
use std::sync::Arc;

/// So many combinations of values are remembered; who comes after that may be asked about again.
const REMEMBERED: usize = 50_000;

/// The combinations of values that were seen so far. The licences are told apart by where they lie, which is why they
/// are held on to.
#[derive(Default)]
pub(super) struct Combinations(HashMap<Combination, Arc<Licences>>);

impl Combinations {
    /// Whether nobody alike was seen before.
    pub(super) fn is_new(
        &mut self,
        rules: &RuleSet,
        stage: Stage,
        voice: Option<VoiceLicence>,
        subject: Subject<'_>,
    ) -> bool {
        let user = subject.user;
        let value = |attribute| user.attributes.shared(attribute).cloned();
        let is_member = |group: &GroupId| {
            let members = subject.groups.get(group);
            members.is_some_and(|members| members.contains(&user.id))
        };
        let combination = Combination {
            stage,
            values: rules.reads().iter().copied().map(value).collect(),
            kind: subject.kind,
            voice,
            synced: user.on_premises_synced,
            licences: Arc::as_ptr(&user.licences).addr(),
            groups: rules.groups().iter().map(is_member).collect(),
        };
        if self.0.contains_key(&combination) {
            return false;
        }
        if self.0.len() < REMEMBERED {
            self.0.insert(combination, Arc::clone(&user.licences));
        }
        true
    }
}

/// Everything that rules look at in a person: who is alike in it is alike to them.
#[derive(PartialEq, Eq, Hash)]
struct Combination {
    stage: Stage,
    values: Vec<Option<Arc<str>>>,
    kind: Kind,
    voice: Option<VoiceLicence>,
    synced: bool,
    licences: usize,
    groups: Vec<bool>,
}

/// How far the rules are asked about a person.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    /// `scope` and `exempt` only.
    Apart,
    /// The excludes as well.
    RuledOut,
    /// The ranges as well.
    Eligible,
}
