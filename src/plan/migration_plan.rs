//! Who would move to another number type, in which wave, and what stands in the way. Pure, as every plan.

use super::case::Case;
use super::grant::another_country;
use super::hand_check::who;
use super::holder::known_type;
use super::judge::Row;
use super::moving_steps::is_voice_routing;
use super::{Holding, Index, MigrationRefusal, StoredUser, World};
use crate::directory::{UserId, VoiceLicence};
use crate::numbering::{E164, Listed, NumberType};
use crate::rules::{EmergencyModel, MigrationWay, Range};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationWish {
    /// The range, by name.
    pub range: String,
    /// The type its numbers are to have.
    pub to: NumberType,
    /// People in a wave, at most.
    pub wave_size: usize,
    /// Only these people; empty: everybody with a number of the range.
    pub only: Vec<UserId>,
    /// The agreed date.
    pub not_before: Option<Timestamp>,
}

/// What would come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationPlan {
    /// The range.
    pub range: String,
    /// The new type.
    pub to: NumberType,
    /// The operator's way.
    pub way: MigrationWay,
    /// The operator, where the range names one.
    pub operator: Option<String>,
    /// The agreed date.
    pub not_before: Option<Timestamp>,
    /// Who moves, wave by wave, by number.
    pub waves: Vec<Vec<Traveller>>,
    /// What stands in the way: whom it is about is in no wave.
    pub obstacles: Vec<Obstacle>,
    /// How many people have their number with the new type already.
    pub arrived: usize,
    /// Voice routing policies that are taken off.
    pub takes_off: Vec<String>,
}

/// Somebody who would move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traveller {
    /// Who.
    pub user: UserId,
    /// The UPN.
    pub upn: String,
    /// The number.
    pub number: E164,
    /// The type it is listed with.
    pub from: NumberType,
}

/// What stands in the way of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// Of what kind.
    pub kind: ObstacleKind,
    /// Whom it concerns.
    pub user: Option<(UserId, String)>,
    /// Which number.
    pub number: Option<E164>,
    /// The sentence for people.
    pub detail: String,
}

/// The kinds of obstacles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObstacleKind {
    /// No usable Phone System licence, or one in doubt.
    Licence,
    /// The usage location is not the country of the range.
    Country,
    /// The range names a policy that the tenant lacks.
    Policy,
    /// The operator wants an emergency location, and the range has none for the person.
    Location,
    /// The number is written from on-premises.
    OnPremises,
    /// The number is held by something Linekeeper does not manage.
    Unmanaged,
    /// The number is listed with a type that is not known, or not at all.
    Type,
    /// The person is no longer there, is left alone by the rules, or something else is under way.
    Person,
    /// Somebody asked for has no number of the range.
    NotInRange,
}

impl Obstacle {
    /// Whether a migration is started only without whom it concerns. What Linekeeper does not manage is not moved anyway.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.kind != ObstacleKind::Unmanaged
    }
}

impl ObstacleKind {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Licence => "licence",
            Self::Country => "country",
            Self::Policy => "policy",
            Self::Location => "location",
            Self::OnPremises => "on-premises",
            Self::Unmanaged => "unmanaged",
            Self::Type => "type",
            Self::Person => "person",
            Self::NotInRange => "not-in-range",
        }
    }
}

/// Whose records a plan of this range needs: everybody who holds a number of it.
///
/// # Errors
/// When there is no such range.
pub fn people_of(world: &World<'_>, range: &str) -> Result<Vec<UserId>, MigrationRefusal> {
    let (_, declared) = declared(world, range)?;
    let held = holdings(world, declared).map(|held| held.user);
    let lines = lines_of(world, declared).filter_map(|line| line.target.map(UserId));
    let people: BTreeSet<UserId> = held.chain(lines).collect();
    Ok(people.into_iter().collect())
}

/// The plan of a migration.
///
/// # Errors
/// Why there can be none.
pub fn migration_plan(
    world: &World<'_>,
    wish: &MigrationWish,
    people: Vec<StoredUser>,
) -> Result<MigrationPlan, MigrationRefusal> {
    let (at, range) = declared(world, &wish.range)?;
    if wish.to != NumberType::OperatorConnect {
        return Err(MigrationRefusal::Direction { to: wish.to });
    }
    let index = Index::new(world);
    if index.migration_of(&range.name).is_some() {
        let range = range.name.clone();
        return Err(MigrationRefusal::UnderWay { range });
    }
    let cases: BTreeMap<UserId, Case> = people
        .into_iter()
        .map(|stored| (stored.user.id, Case::open(world, stored)))
        .collect();
    let mut survey = Survey {
        index: &index,
        at,
        range,
        wish,
        cases: &cases,
        travellers: Vec::new(),
        obstacles: Vec::new(),
        arrived: 0,
    };
    survey.holders();
    survey.others();
    if survey.travellers.is_empty() && survey.obstacles.is_empty() {
        return Err(MigrationRefusal::NothingToMove {
            range: range.name.clone(),
            to: wish.to,
        });
    }
    Ok(survey.plan())
}

fn declared<'w>(world: &World<'w>, name: &str) -> Result<(usize, &'w Range), MigrationRefusal> {
    let mut ranges = world.rules.ranges().iter().enumerate();
    let found = ranges.find(|(_, range)| range.name == name);
    found.ok_or_else(|| MigrationRefusal::UnknownRange {
        range: name.to_owned(),
    })
}

fn holdings<'w>(world: &World<'w>, range: &'w Range) -> impl Iterator<Item = &'w Holding> {
    let held = world.state.holdings.iter();
    held.filter(|held| range.numbers.contains(held.number))
}

/// What the list shows of the range.
fn lines_of<'w>(world: &World<'w>, range: &'w Range) -> impl Iterator<Item = &'w Listed> {
    let lines = world.listing.iter();
    lines.filter(|line| range.numbers.contains(line.number))
}

struct Survey<'s, 'w> {
    index: &'s Index<'w>,
    at: usize,
    range: &'w Range,
    wish: &'s MigrationWish,
    cases: &'s BTreeMap<UserId, Case>,
    travellers: Vec<Traveller>,
    obstacles: Vec<Obstacle>,
    arrived: usize,
}

impl Survey<'_, '_> {
    /// People with a managed number of the range.
    fn holders(&mut self) {
        for held in holdings(self.index.world, self.range) {
            let Some(case) = self.cases.get(&held.user) else {
                continue;
            };
            if !self.is_wanted(held.user) {
                continue;
            }
            let from = self.index.listed(held.number).and_then(known_type);
            if from == Some(self.wish.to) && self.index.in_place(held) {
                self.arrived += 1;
                continue;
            }
            match (self.against(case, held), from) {
                (None, Some(from)) => self.travellers.push(Traveller {
                    user: held.user,
                    upn: case.stored.user.upn().to_owned(),
                    number: held.number,
                    from,
                }),
                (Some((kind, detail)), _) => self.note(kind, Some(case), Some(held.number), detail),
                (None, None) => {
                    let detail = format!("Teams does not list {} with a known type", held.number);
                    self.note(ObstacleKind::Type, Some(case), Some(held.number), detail);
                }
            }
        }
    }

    /// Numbers of the range that something else holds, and people who were asked for and have none of it.
    fn others(&mut self) {
        let index = self.index;
        for line in lines_of(index.world, self.range) {
            let wanted = line
                .target
                .is_none_or(|target| self.is_wanted(UserId(target)));
            if index.holding(line.number).is_some() || line.is_unassigned() || !wanted {
                continue;
            }
            let case = line.target.and_then(|id| self.cases.get(&UserId(id)));
            let (kind, detail) = match line.profile.on_premises {
                true => (
                    ObstacleKind::OnPremises,
                    format!("{} is still written from on-premises", line.number),
                ),
                false => (
                    ObstacleKind::Unmanaged,
                    format!("{} is held by what Linekeeper does not manage", line.number),
                ),
            };
            self.note(kind, case, Some(line.number), detail);
        }
        for user in &self.wish.only {
            let holds = |held: &Holding| held.user == *user;
            if !holdings(index.world, self.range).any(holds) {
                let detail = format!("{user} holds no managed number of the range");
                self.note(ObstacleKind::NotInRange, None, None, detail);
            }
        }
    }

    fn is_wanted(&self, user: UserId) -> bool {
        self.wish.only.is_empty() || self.wish.only.contains(&user)
    }

    fn note(
        &mut self,
        kind: ObstacleKind,
        case: Option<&Case>,
        number: Option<E164>,
        detail: String,
    ) {
        self.obstacles.push(Obstacle {
            kind,
            user: case.map(|case| (case.id(), case.stored.user.upn().to_owned())),
            number,
            detail,
        });
    }

    /// What stands against moving somebody.
    fn against(&self, case: &Case, held: &Holding) -> Option<(ObstacleKind, String)> {
        let who = who(case);
        if let Some(why) = self.against_person(case, held) {
            return Some((ObstacleKind::Person, format!("{who} {why}")));
        }
        if case.judged.licensing.voice == VoiceLicence::None {
            let detail = format!("{who} has no usable Phone System licence");
            return Some((ObstacleKind::Licence, detail));
        }
        if let Some(detail) = another_country(case, self.range) {
            return Some((ObstacleKind::Country, format!("{who}: {detail}")));
        }
        if let Some(policy) = self.missing_policy(case) {
            let detail = format!("the range names the {policy}, which the tenant lacks");
            return Some((ObstacleKind::Policy, detail));
        }
        let detail =
            format!("{who}: the operator wants an emergency location, and the range has none");
        self.lacks_location(case)
            .then_some((ObstacleKind::Location, detail))
    }

    fn against_person(&self, case: &Case, held: &Holding) -> Option<String> {
        if case.stored.gone.is_some() {
            return Some("is no longer in the directory".to_owned());
        }
        if let Row::Exempt(reason) = &case.judged.row {
            return Some(format!("is left alone ({reason})"));
        }
        if let Some(step) = self.index.open_step_of(case.id()) {
            let action = step.change.action.name();
            return Some(format!(
                "has an {action} under way that has not come to its end"
            ));
        }
        if self.index.mover_of(case.id()).is_some() {
            return Some("moves in another migration".to_owned());
        }
        let in_place = self.index.in_place(held);
        (!in_place).then(|| format!("does not hold {} in Teams just now", held.number))
    }

    fn missing_policy(&self, case: &Case) -> Option<String> {
        let world = self.index.world;
        let wanted = world.rules.policies_for(self.at, case.subject(world));
        let mut kept = wanted
            .into_iter()
            .filter(|policy| !is_voice_routing(&policy.policy_type))
            .map(|policy| (policy.policy_type.clone(), policy.name.clone()));
        kept.find(|policy| !matches!(world.policies.get(policy), Some(Some(_))))
            .map(|(policy_type, name)| format!("{policy_type} \"{name}\""))
    }

    fn lacks_location(&self, case: &Case) -> bool {
        let rules = self.index.world.rules;
        let operator = self.range.operator.and_then(|at| rules.operators().get(at));
        let wants =
            operator.is_some_and(|operator| operator.emergency == Some(EmergencyModel::Tenant));
        let subject = case.subject(self.index.world);
        wants && rules.location_for(self.at, subject).is_none()
    }

    fn plan(mut self) -> MigrationPlan {
        let rules = self.index.world.rules;
        let operator = self.range.operator.and_then(|at| rules.operators().get(at));
        self.travellers.sort_by_key(|traveller| traveller.number);
        let direct = |t: &Traveller| t.from == NumberType::DirectRouting;
        let named = self.range.policies.iter();
        let mut takes_off: Vec<String> = named
            .filter(|policy| is_voice_routing(&policy.policy_type))
            .map(|policy| policy.name.clone())
            .collect();
        takes_off.dedup();
        if !self.travellers.iter().any(direct) {
            takes_off.clear();
        }
        let size = self.wish.wave_size.max(1);
        MigrationPlan {
            range: self.range.name.clone(),
            to: self.wish.to,
            way: operator
                .map(|operator| operator.migration)
                .unwrap_or_default(),
            operator: operator.map(|operator| operator.name.clone()),
            not_before: self.wish.not_before,
            waves: self.travellers.chunks(size).map(<[_]>::to_vec).collect(),
            obstacles: self.obstacles,
            arrived: self.arrived,
            takes_off,
        }
    }
}
