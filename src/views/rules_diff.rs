//! Two rule sets over the people of a tenant.

use super::everyone::{Everyone, EveryoneError, InHand, members};
use super::ranges::RangeItem;
use super::{TenantView, ViewError};
use crate::numbering::E164;
use crate::plan::{Asked, Compared, Comparison, Effect, Lot, StoredUser};
use crate::reconcile::{RuleSource, Tenant};
use crate::report::{
    ChangedReport, DiffSummary, Move, NumberDiff, PersonDiff, RangeChange, RangeDiff, RangeShare,
    RuleSide, RulesDiff, UnmatchedReport, UserRef,
};
use crate::rules::{Changed, RuleSet, Subject};
use crate::store::TenantStore;
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// A rule set somebody asks about.
#[derive(Clone)]
pub struct RulesAsked {
    /// As it was asked for.
    pub source: String,
    /// The set.
    pub rules: Arc<dyn RuleSource>,
}

/// Why two rule sets cannot be compared over a tenant.
#[derive(Debug, Error)]
pub enum DiffError {
    /// The people.
    #[error(transparent)]
    Everyone(#[from] EveryoneError),
    /// The stock of numbers.
    #[error(transparent)]
    View(#[from] ViewError),
}

/// Compares what two rule sets make of everybody.
///
/// # Errors
/// When people or numbers cannot be read.
pub async fn rules_diff(
    tenant: &Tenant,
    store: &Arc<TenantStore>,
    (old, new): (&RulesAsked, &RulesAsked),
    live: bool,
) -> Result<RulesDiff, DiffError> {
    let everyone = Everyone::of(tenant, store, live).await?;
    let (old_rules, new_rules) = (old.rules.active(), new.rules.active());
    let named = old_rules.groups().union(new_rules.groups()).copied();
    let groups = members(tenant, named.collect::<Vec<_>>()).await;
    let asked = Asked {
        settings: &tenant.settings,
        book: &everyone.book,
        groups: &groups,
        now: everyone.now,
    };
    let mut seen = Seen::new(&old_rules, &new_rules);
    let directory = everyone
        .each(|stored, number| seen.person(asked, stored, number))
        .await?;
    let stocks = [
        stock(tenant, store, old).await?,
        stock(tenant, store, new).await?,
    ];
    let max_percent = tenant.settings.safety.max_unmatched_percent;
    let unmatched = seen.comparison.unmatched();
    let unmatched = UnmatchedReport {
        had_range: unmatched.had_range,
        left_without: unmatched.left_without,
        max_percent,
        held: unmatched.is_over(max_percent),
    };
    let ranges = seen.ranges(&stocks);
    let statements = old_rules.statement_changes(&new_rules);
    Ok(RulesDiff {
        tenant: tenant.settings.tenant.clone(),
        differs: old_rules.digest() != new_rules.digest(),
        old: side(old),
        new: side(new),
        directory,
        summary: seen.summary,
        unmatched,
        statements: statements.into_iter().map(changed).collect(),
        ranges,
        moves: moves(&seen.people),
        people: in_order(seen.people),
        numbers: seen.numbers,
    })
}

pub(super) fn side(side: &RulesAsked) -> RuleSide {
    let described = side.rules.described();
    RuleSide {
        source: side.source.clone(),
        commit: described.commit,
        dirty: described.dirty,
        digest: described.digest,
    }
}

/// What every range of a set has.
async fn stock(
    tenant: &Tenant,
    store: &Arc<TenantStore>,
    side: &RulesAsked,
) -> Result<Vec<RangeItem>, ViewError> {
    let view = TenantView::new(
        Arc::clone(store),
        Arc::clone(&side.rules),
        Arc::clone(&tenant.settings),
        Arc::clone(&tenant.clock),
    );
    Ok(view.ranges(None, u32::MAX).await?.items)
}

fn changed(changed: Changed) -> ChangedReport {
    ChangedReport {
        what: changed.what,
        old: changed.old,
        new: changed.new,
    }
}

/// What was seen of people so far.
struct Seen<'r> {
    old: &'r RuleSet,
    new: &'r RuleSet,
    comparison: Comparison<'r>,
    summary: DiffSummary,
    /// By range: who is picked, and how many numbers are held.
    shares: [Vec<RangeShare>; 2],
    people: Vec<PersonDiff>,
    numbers: Vec<NumberDiff>,
}

impl<'r> Seen<'r> {
    fn new(old: &'r RuleSet, new: &'r RuleSet) -> Self {
        let shares = |rules: &RuleSet| vec![RangeShare::default(); rules.ranges().len()];
        Self {
            old,
            new,
            comparison: Comparison::new(old, new),
            summary: DiffSummary::default(),
            shares: [shares(old), shares(new)],
            people: Vec::new(),
            numbers: Vec::new(),
        }
    }

    fn person(&mut self, asked: Asked<'_>, stored: &StoredUser, number: InHand) {
        if let InHand::Managed(number) = number {
            self.number(stored, number);
        }
        let joins = number == InHand::Nothing;
        let Some(compared) = self.comparison.see(asked, stored, joins) else {
            return;
        };
        self.summary.people += 1;
        for (shares, lot) in (self.shares.iter_mut()).zip([&compared.before, &compared.after]) {
            if let Some(range) = lot.range() {
                shares[range].picked += 1;
                shares[range].takers += u64::from(joins);
            }
        }
        match joins {
            true => self.summary.joiners.count(compared.effect),
            false => self.summary.holders.count(compared.effect),
        }
        if compared.effect != Effect::Same {
            self.different(asked, stored, number, &compared);
        }
    }

    fn different(
        &mut self,
        asked: Asked<'_>,
        stored: &StoredUser,
        number: InHand,
        compared: &Compared<'_>,
    ) {
        let subject = Subject {
            user: &stored.user,
            kind: compared.licensing.kind,
            book: asked.book,
            groups: asked.groups,
        };
        let name = |rules: &RuleSet, lot: &Lot<'_>| {
            lot.range().map(|range| rules.ranges()[range].name.clone())
        };
        self.people.push(PersonDiff {
            user: user(stored),
            number: match number {
                InHand::Managed(number) => Some(number),
                InHand::Other | InHand::Nothing => None,
            },
            joins: number == InHand::Nothing,
            effect: compared.effect,
            from: name(self.old, &compared.before),
            to: name(self.new, &compared.after),
            why: self.why(compared, subject),
        });
    }

    fn why(&self, compared: &Compared<'_>, subject: Subject<'_>) -> String {
        match compared.effect {
            Effect::Loses => match &compared.after {
                Lot::Excluded(name) => format!("the exclude \"{name}\" holds"),
                Lot::Exempt(name) => format!("the exempt \"{name}\" holds"),
                Lot::OutOfScope => "outside scope".to_owned(),
                _ => self.left(compared, subject),
            },
            Effect::Moves => self.left(compared, subject),
            Effect::Gains => match &compared.before {
                Lot::Excluded(name) => format!("was excluded by \"{name}\""),
                Lot::Exempt(name) => format!("was exempt by \"{name}\""),
                Lot::OutOfScope => "was outside scope".to_owned(),
                _ => compared
                    .after
                    .range()
                    .and_then(|at| self.new.condition(at))
                    .unwrap_or_default(),
            },
            Effect::Terms => self.terms(compared, subject),
            Effect::Unknown => "a group that decides could not be read".to_owned(),
            Effect::Same => String::new(),
        }
    }

    /// Why the range of the old set is not picked any more.
    fn left(&self, compared: &Compared<'_>, subject: Subject<'_>) -> String {
        let Some(was) = compared.before.range() else {
            return String::new();
        };
        let name = &self.old.ranges()[was].name;
        let Some(follower) = self.comparison.follows()[was] else {
            return format!("the range {name} is gone");
        };
        match (self.new.why_not(follower, subject), compared.after.range()) {
            (Some(clause), _) => format!("not {clause}"),
            (None, Some(is)) => format!("{} comes before {name}", self.new.ranges()[is].name),
            (None, None) => format!("{name} is not offered to this licence any more"),
        }
    }

    fn terms(&self, compared: &Compared<'_>, subject: Subject<'_>) -> String {
        let told = |rules: &RuleSet, lot: &Lot<'_>| {
            let Some(range) = lot.range() else {
                return String::new();
            };
            let policies = rules.policies_for(range, subject);
            let mut told: Vec<String> = policies
                .iter()
                .map(|policy| format!("{} \"{}\"", policy.policy_type, policy.name))
                .collect();
            let location = rules.location_for(range, subject);
            told.extend(location.map(|id| format!("location {id}")));
            match told.is_empty() {
                true => "nothing".to_owned(),
                false => told.join(", "),
            }
        };
        format!(
            "{} instead of {}",
            told(self.new, &compared.after),
            told(self.old, &compared.before)
        )
    }

    /// A managed number stays with its holder whatever the rules say; told is who declares it.
    fn number(&mut self, stored: &StoredUser, number: E164) {
        let places = [self.old.range_of(number), self.new.range_of(number)];
        for (shares, place) in self.shares.iter_mut().zip(places) {
            if let Some(range) = place {
                shares[range].holders += 1;
            }
        }
        let [was, is] = places;
        let follows = was.and_then(|was| self.comparison.follows()[was]);
        match (was, is) {
            (Some(_), None) => self.summary.undeclared += 1,
            (Some(_), Some(_)) if follows != is => self.summary.redeclared += 1,
            _ => return,
        }
        let name = |rules: &RuleSet, range: usize| rules.ranges()[range].name.clone();
        self.numbers.push(NumberDiff {
            number,
            user: user(stored),
            from: was.map(|range| name(self.old, range)),
            to: is.map(|range| name(self.new, range)),
        });
    }

    /// Every range of either set: those of the new one in their order, then those that are gone.
    fn ranges(&self, stocks: &[Vec<RangeItem>; 2]) -> Vec<RangeDiff> {
        let follows = self.comparison.follows();
        let mut comes_from: BTreeMap<usize, usize> = BTreeMap::new();
        for (was, is) in follows.iter().enumerate() {
            comes_from.extend(is.map(|is| (is, was)));
        }
        let share = |set: usize, at: usize| filled(self.shares[set][at], &stocks[set][at]);
        let new = self.new.ranges().iter().enumerate();
        let mut all: Vec<RangeDiff> = new
            .map(|(is, range)| {
                let was = comes_from.get(&is).copied();
                let properties = was.map(|was| self.old.range_changes(was, self.new, is));
                let properties = properties.unwrap_or_default();
                let old_name = was.map(|was| self.old.ranges()[was].name.clone());
                RangeDiff {
                    range: range.name.clone(),
                    change: match was {
                        None => RangeChange::Added,
                        Some(_) if properties.is_empty() => RangeChange::Same,
                        Some(_) => RangeChange::Changed,
                    },
                    renamed_from: old_name.filter(|name| *name != range.name),
                    properties: properties.into_iter().map(changed).collect(),
                    old: was.map(|was| share(0, was)),
                    new: Some(share(1, is)),
                }
            })
            .collect();
        let gone = (0..follows.len()).filter(|was| follows[*was].is_none());
        all.extend(gone.map(|was| RangeDiff {
            range: self.old.ranges()[was].name.clone(),
            change: RangeChange::Removed,
            renamed_from: None,
            properties: Vec::new(),
            old: Some(share(0, was)),
            new: None,
        }));
        all
    }
}

fn filled(share: RangeShare, stock: &RangeItem) -> RangeShare {
    RangeShare {
        free: stock.supply.free,
        keep_free: stock.supply.keep,
        total: stock.total,
        ..share
    }
}

fn user(stored: &StoredUser) -> UserRef {
    UserRef {
        id: stored.user.id,
        upn: stored.user.upn().to_owned(),
    }
}

fn moves(people: &[PersonDiff]) -> Vec<Move> {
    let mut ways: BTreeMap<(&Option<String>, &Option<String>), Move> = BTreeMap::new();
    for person in people.iter().filter(|person| person.from != person.to) {
        let way = ways.entry((&person.from, &person.to));
        let way = way.or_insert_with(|| Move {
            from: person.from.clone(),
            to: person.to.clone(),
            joiners: 0,
            holders: 0,
        });
        match person.joins {
            true => way.joiners += 1,
            false => way.holders += 1,
        }
    }
    let mut moves: Vec<Move> = ways.into_values().collect();
    moves.sort_by_key(|step| std::cmp::Reverse(step.joiners + step.holders));
    moves
}

/// Losses first, people without a number before others, by name.
fn in_order(mut people: Vec<PersonDiff>) -> Vec<PersonDiff> {
    people.sort_by(|a, b| {
        let key = |p: &PersonDiff| (p.effect, !p.joins);
        (key(a), &a.user.upn, a.user.id).cmp(&(key(b), &b.user.upn, b.user.id))
    });
    people
}
