//! One rule set over the people of a tenant: who gets what, who gets nothing and why, and what nobody needs.

mod combination;
mod told;

use super::everyone::{Everyone, EveryoneError, InHand, members};
use super::rules_diff::{RulesAsked, side};
use crate::directory::{Attribute, Kind, Licensing, VoiceLicence};
use crate::plan::{Lot, Row, StoredUser, candidacy, lot};
use crate::reconcile::Tenant;
use crate::report::{CoverageSummary, NearestRange, RulesCoverage};
use crate::rules::{Alias, Exercise, NearValue, Pick, RuleSet, Subject, nearest_miss, normal_form};
use crate::store::TenantStore;
use combination::{Combinations, Stage};
use std::collections::{BTreeMap, HashMap};

/// So many groups of people without a range are told apart; in a tenant whose rules fit it there are a few.
const GROUPS: usize = 10_000;

/// So many people of a group are named.
const EXAMPLES: usize = 3;

/// What a rule set is to everybody of a tenant. Memory grows with the different values there are, not with the people.
///
/// # Errors
/// When people cannot be read.
pub async fn rules_coverage(
    tenant: &Tenant,
    store: &TenantStore,
    rules: &RulesAsked,
    live: bool,
) -> Result<RulesCoverage, EveryoneError> {
    let everyone = Everyone::of(tenant, store, live).await?;
    let set = rules.rules.active();
    let groups = members(tenant, set.groups().iter().copied()).await;
    let mut seen = Seen::new(&set);
    let directory = everyone
        .each(|stored, number| {
            if stored.gone.is_some() {
                return;
            }
            seen.aliases(stored);
            match candidacy(&tenant.settings, &everyone.book, everyone.now, stored) {
                Ok(licensing) => {
                    let subject = everyone.subject(stored, licensing.kind, &groups);
                    seen.person(stored, &licensing, subject, number);
                }
                Err(row) => {
                    let kind = everyone.book.read(&stored.user).kind;
                    seen.apart(&row, everyone.subject(stored, kind, &groups));
                }
            }
        })
        .await?;
    seen.summary.users = directory.users;
    let nearest = |stored: &StoredUser| {
        let licensing = everyone.book.read(&stored.user);
        nearest(
            &set,
            everyone.subject(stored, licensing.kind, &groups),
            licensing.voice,
        )
    };
    Ok(RulesCoverage {
        tenant: tenant.settings.tenant.clone(),
        rules: side(rules),
        directory,
        ranges: seen.ranges(),
        without_range: seen.without_range(nearest),
        without_range_ungrouped: seen.ungrouped,
        ambiguous: seen.ambiguous(),
        clauses: seen.clauses(),
        aliases: seen.idle_aliases(),
        summary: seen.summary,
    })
}

/// The range that a value which is nearly right would lead somebody to, else the one whose condition fails by least.
fn nearest(rules: &RuleSet, subject: Subject<'_>, voice: VoiceLicence) -> Option<NearestRange> {
    let considered = rules.considered(subject, voice);
    let near = rules.near_miss(subject, voice);
    let range = match &near {
        Some(near) => near.range,
        None => nearest_miss(&considered)?.range,
    };
    let fails = considered
        .iter()
        .find(|considered| considered.range == range);
    let values = near.iter().flat_map(|near| &near.values);
    Some(NearestRange {
        range: rules.ranges()[range].name.clone(),
        fails: fails.map_or_else(Vec::new, |considered| considered.misses.clone()),
        aliases: values.filter_map(NearValue::alias).collect(),
    })
}

/// What was seen of people so far.
struct Seen<'r> {
    rules: &'r RuleSet,
    summary: CoverageSummary,
    /// By range: holders and joiners it is picked for.
    picked: Vec<(u64, u64)>,
    /// By range: one that came first where this one held as well.
    held_behind: Vec<Option<usize>>,
    exercise: Exercise<'r>,
    /// Attributes by which people without a range are grouped.
    grouped_by: Vec<Attribute>,
    without: HashMap<(VoiceLicence, Vec<String>), Group>,
    ungrouped: u64,
    several: BTreeMap<(usize, Vec<usize>), (u64, Vec<String>)>,
    /// Aliases nobody was seen to need so far.
    unused: Vec<Alias>,
    known: Combinations,
}

/// People without a range who are alike.
struct Group {
    people: u64,
    holders: u64,
    examples: Vec<String>,
    first: StoredUser,
}

impl<'r> Seen<'r> {
    fn new(rules: &'r RuleSet) -> Self {
        let of_many = |attribute: &Attribute| attribute.is_shared_by_many();
        Self {
            rules,
            summary: CoverageSummary::default(),
            picked: vec![(0, 0); rules.ranges().len()],
            held_behind: vec![None; rules.ranges().len()],
            exercise: Exercise::of(rules),
            grouped_by: rules.reads().iter().copied().filter(of_many).collect(),
            without: HashMap::new(),
            ungrouped: 0,
            several: BTreeMap::new(),
            unused: rules.aliases(),
            known: Combinations::default(),
        }
    }

    /// Somebody about whom the rules are not asked; what exempts is asked of everybody.
    fn apart(&mut self, row: &Row, subject: Subject<'_>) {
        *self.summary.not_asked.entry(reason(row)).or_default() += 1;
        if self.known.is_new(self.rules, Stage::Apart, None, subject) {
            self.exercise.everyone(subject);
        }
    }

    fn person(
        &mut self,
        stored: &StoredUser,
        licensing: &Licensing,
        subject: Subject<'_>,
        number: InHand,
    ) {
        self.summary.asked += 1;
        let rules = self.rules;
        let lot = lot(rules, subject, licensing.voice);
        let stage = match lot {
            Lot::Picked(_) | Lot::NoRange => Stage::Eligible,
            _ => Stage::RuledOut,
        };
        if self
            .known
            .is_new(rules, stage, Some(licensing.voice), subject)
        {
            self.ask(&lot, licensing.voice, subject);
        }
        match lot {
            Lot::Picked(pick) => self.picked(&pick, stored, number),
            Lot::NoRange if licensing.kind == Kind::Person => {
                self.nothing(stored, licensing, number);
            }
            Lot::NoRange => self.summary.not_served += 1,
            Lot::Excluded(name) => self.ruled_out(format!("exclude {name:?}")),
            Lot::Exempt(name) => self.ruled_out(format!("exempt {name:?}")),
            Lot::OutOfScope => self.ruled_out("scope".to_owned()),
            Lot::GroupUnread => self.ruled_out("group unread".to_owned()),
        }
    }

    fn ruled_out(&mut self, by: String) {
        *self.summary.ruled_out.entry(by).or_default() += 1;
    }

    /// Puts every clause to the question that is put to such people.
    fn ask(&mut self, lot: &Lot<'_>, voice: VoiceLicence, subject: Subject<'_>) {
        self.exercise.everyone(subject);
        if !matches!(lot, Lot::Exempt(_) | Lot::OutOfScope) {
            self.exercise.licensed(subject);
        }
        if !matches!(lot, Lot::Picked(_) | Lot::NoRange) {
            return;
        }
        self.exercise.eligible(subject, voice);
        if let Some(range) = lot.range() {
            self.exercise.given(range, subject);
            for holds in self.rules.that_hold(subject, voice) {
                if holds != range {
                    self.held_behind[holds].get_or_insert(range);
                }
            }
        }
    }

    fn picked(&mut self, pick: &Pick, stored: &StoredUser, number: InHand) {
        self.summary.with_range += 1;
        match number {
            InHand::Nothing => self.picked[pick.range].1 += 1,
            InHand::Managed(_) | InHand::Other => self.picked[pick.range].0 += 1,
        }
        if !pick.ambiguous.is_empty() {
            self.summary.ambiguous += 1;
            let key = (pick.range, pick.ambiguous.clone());
            let (people, examples) = self.several.entry(key).or_default();
            *people += 1;
            name_one(examples, stored);
        }
    }

    fn nothing(&mut self, stored: &StoredUser, licensing: &Licensing, number: InHand) {
        self.summary.without_range += 1;
        let value = |attribute: &Attribute| {
            let text = stored.user.attributes.get(*attribute);
            text.map_or_else(String::new, normal_form)
        };
        let key = (licensing.voice, self.grouped_by.iter().map(value).collect());
        if self.without.len() >= GROUPS && !self.without.contains_key(&key) {
            self.ungrouped += 1;
            return;
        }
        let group = self.without.entry(key).or_insert_with(|| Group {
            people: 0,
            holders: 0,
            examples: Vec::new(),
            first: stored.clone(),
        });
        group.people += 1;
        group.holders += u64::from(number != InHand::Nothing);
        name_one(&mut group.examples, stored);
    }

    fn aliases(&mut self, stored: &StoredUser) {
        self.unused.retain(|alias| {
            let value = stored.user.attributes.get(alias.attribute);
            value.is_none_or(|text| normal_form(text) != alias.spelling)
        });
    }
}

fn name_one(examples: &mut Vec<String>, stored: &StoredUser) {
    if examples.len() < EXAMPLES {
        examples.push(stored.user.upn().to_owned());
    }
}

/// Why the rules are not asked, in a word.
const fn reason(row: &Row) -> &'static str {
    match row {
        Row::Exempt(_) => "exempt-by-hand",
        Row::Gone(_) => "gone",
        Row::InDoubt(_) => "licence-in-doubt",
        Row::Unlicensed => "no-voice-licence",
        Row::NoTeams => "no-teams",
        Row::Disabled => "disabled",
        Row::AwaitsPerson(_) => "waits-for-a-person",
        Row::Pinned(_) => "pinned",
        Row::Excluded(_) | Row::Eligible | Row::GroupUnread => "asked",
    }
}
