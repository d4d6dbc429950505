//! Searches for somebody for whom given conditions come out as wanted.
//!
//! Conjunctions are assumed at once; of what offers a choice, the choices that contradict what is assumed are struck
//! out until one is left or a choice has to be tried. A search that takes too long answers that it cannot tell.

use super::assumption::{Known, Matter, Spellings, Wanted};
use crate::rules::checked::{Condition, Probe};

/// A condition and what it is wanted to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goal<'a> {
    pub(super) condition: &'a Condition,
    pub(super) wanted: Wanted,
    /// Whether the edits of the question apply to it.
    pub(super) edited: bool,
}

/// A question: everything that is wanted, and choices of each of which one is.
#[derive(Clone, Debug, Default)]
pub(super) struct Question<'a> {
    pub(super) goals: Vec<Goal<'a>>,
    pub(super) choices: Vec<Vec<Goal<'a>>>,
    /// Parts of conditions that are taken to hold, or not to.
    pub(super) edits: Vec<(&'a Condition, bool)>,
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub(super) enum Answer<'a> {
    /// There is nobody, which is proved.
    Never,
    /// Somebody of whom this is known; to be confirmed where plans and groups are involved.
    Example(Vec<(Matter<'a>, Known<'a>)>),
    /// Neither is known.
    CannotTell,
}

/// Steps for one question, and for all of them.
const STEPS: u64 = 20_000;
const ALL_STEPS: u64 = 2_000_000;

/// Questions with more choices are not tried.
const CHOICES: usize = 300;

/// Asks questions until there was enough of it.
pub(super) struct Reasoner<'a> {
    spellings: &'a Spellings<'a>,
    left: u64,
}

impl<'a> Goal<'a> {
    pub(super) const fn new(condition: &'a Condition, wanted: Wanted) -> Self {
        Self {
            condition,
            wanted,
            edited: false,
        }
    }
}

impl<'a> Question<'a> {
    pub(super) fn all(goals: impl IntoIterator<Item = (&'a Condition, Wanted)>) -> Self {
        let goals = goals.into_iter();
        Self {
            goals: goals
                .map(|(condition, wanted)| Goal::new(condition, wanted))
                .collect(),
            ..Self::default()
        }
    }
}

impl<'a> Reasoner<'a> {
    pub(super) const fn new(spellings: &'a Spellings<'a>) -> Self {
        Self {
            spellings,
            left: ALL_STEPS,
        }
    }

    /// Whether there is time for more.
    pub(super) const fn is_tired(&self) -> bool {
        self.left == 0
    }

    /// Whether it is proved that there is nobody of that kind.
    pub(super) fn never(&mut self, question: Question<'a>) -> bool {
        matches!(self.ask(question), Answer::Never)
    }

    /// Whether there is somebody of that kind.
    pub(super) fn ask(&mut self, question: Question<'a>) -> Answer<'a> {
        let steps = self.left.min(STEPS);
        let mut search = Search {
            spellings: self.spellings,
            edits: &question.edits,
            facts: Vec::new(),
            trail: Vec::new(),
            steps,
            unsure: false,
        };
        let answer = search.start(&question);
        self.left -= steps - search.steps;
        answer
    }
}

struct Search<'q, 'a> {
    spellings: &'a Spellings<'a>,
    edits: &'q [(&'a Condition, bool)],
    facts: Vec<(Matter<'a>, Known<'a>)>,
    /// What facts were before, to be taken back.
    trail: Vec<(usize, Known<'a>)>,
    steps: u64,
    /// Whether some way was given up without a proof that it leads nowhere.
    unsure: bool,
}

type Choices<'a> = Vec<Vec<Goal<'a>>>;

impl<'a> Search<'_, 'a> {
    fn start(&mut self, question: &Question<'a>) -> Answer<'a> {
        let mut open = question.choices.clone();
        for goal in &question.goals {
            if !self.assume(*goal, &mut open) {
                return self.nothing();
            }
        }
        if open.len() > CHOICES {
            return Answer::CannotTell;
        }
        match self.search(open) {
            Some(found) => Answer::Example(found),
            None => self.nothing(),
        }
    }

    fn nothing(&self) -> Answer<'a> {
        match self.unsure || self.steps == 0 {
            true => Answer::CannotTell,
            false => Answer::Never,
        }
    }

    fn search(&mut self, mut open: Choices<'a>) -> Option<Vec<(Matter<'a>, Known<'a>)>> {
        let mark = self.trail.len();
        if self.take_first(open.clone())
            && let Some(found) = self.found()
        {
            return Some(found);
        }
        self.take_back(mark);
        if !self.strike_out(&mut open) {
            return None;
        }
        let narrowest = (0..open.len()).min_by_key(|at| open[*at].len());
        let Some(narrowest) = narrowest else {
            return self.found();
        };
        for goal in open.swap_remove(narrowest) {
            if self.steps == 0 {
                self.unsure = true;
                return None;
            }
            let mark = self.trail.len();
            let mut rest = open.clone();
            if self.assume(goal, &mut rest)
                && rest.len() <= CHOICES
                && let Some(found) = self.search(rest)
            {
                return Some(found);
            }
            self.take_back(mark);
        }
        None
    }

    /// Takes of every choice the first that goes with what was taken before: mostly that is the answer.
    fn take_first(&mut self, mut open: Choices<'a>) -> bool {
        while let Some(choice) = open.pop() {
            let goes = choice.into_iter().any(|goal| {
                let (mark, before) = (self.trail.len(), open.len());
                let goes = self.assume(goal, &mut open);
                if !goes {
                    self.take_back(mark);
                    open.truncate(before);
                }
                goes
            });
            if !goes {
                return false;
            }
        }
        true
    }

    /// What is known, if every text can be shown.
    fn found(&mut self) -> Option<Vec<(Matter<'a>, Known<'a>)>> {
        let shows = |known: &Known<'a>| match known {
            Known::Text(text) => text.witness().is_some(),
            Known::States(_) => true,
        };
        if self.facts.iter().all(|(_, known)| shows(known)) {
            return Some(self.facts.clone());
        }
        self.unsure = true;
        None
    }

    /// Strikes out what contradicts the assumptions, and assumes what is left alone; whether every choice leaves one.
    fn strike_out(&mut self, open: &mut Choices<'a>) -> bool {
        loop {
            let mut changed = false;
            let mut at = 0;
            while at < open.len() {
                if open[at].iter().any(|goal| self.is_given(*goal)) {
                    open.swap_remove(at);
                    continue;
                }
                let mut choice = std::mem::take(&mut open[at]);
                choice.retain(|goal| self.is_possible(*goal));
                match choice[..] {
                    [] => return self.steps == 0 && self.give_up(),
                    [only] => {
                        open.swap_remove(at);
                        if !self.assume(only, open) {
                            return false;
                        }
                        changed = true;
                    }
                    _ => {
                        open[at] = choice;
                        at += 1;
                    }
                }
            }
            if !changed || self.steps == 0 {
                return true;
            }
        }
    }

    fn give_up(&mut self) -> bool {
        self.unsure = true;
        false
    }

    /// Whether a test comes out like that for everybody of whom only this is assumed.
    fn is_given(&mut self, goal: Goal<'a>) -> bool {
        if !matches!(goal.condition, Condition::Test(..)) {
            return false;
        }
        let opposite = Goal {
            wanted: goal.wanted.opposite(),
            ..goal
        };
        let possible = self.is_possible(opposite);
        // Out of steps, nothing is possible, and nothing follows from it.
        !possible && self.steps > 0
    }

    fn is_possible(&mut self, goal: Goal<'a>) -> bool {
        let mark = self.trail.len();
        let possible = self.assume(goal, &mut Vec::new());
        self.take_back(mark);
        possible
    }

    /// Assumes that a condition comes out as wanted; whether that can be. What leaves a choice is put off.
    fn assume(&mut self, goal: Goal<'a>, open: &mut Choices<'a>) -> bool {
        use Wanted::{False, NotFalse, NotTrue, True};
        let Goal {
            condition,
            wanted,
            edited,
        } = goal;
        let edit = self
            .edits
            .iter()
            .find(|(part, _)| std::ptr::eq(*part, condition));
        if edited && let Some((_, holds)) = edit {
            return matches!(wanted, True | NotFalse) == *holds;
        }
        let inner = |condition| Goal {
            condition,
            wanted,
            edited,
        };
        match (condition, wanted) {
            (Condition::Test(probe, _), _) => self.test(probe, wanted),
            (Condition::Not(negated), _) => {
                let negated = Goal {
                    wanted: wanted.negated(),
                    ..inner(negated)
                };
                self.assume(negated, open)
            }
            (Condition::All(terms), True | NotFalse) | (Condition::Any(terms), False | NotTrue) => {
                terms.iter().all(|term| self.assume(inner(term), open))
            }
            (Condition::All(terms) | Condition::Any(terms), _) => match &terms[..] {
                [] => false,
                [only] => self.assume(inner(only), open),
                several => {
                    open.push(several.iter().map(inner).collect());
                    true
                }
            },
        }
    }

    fn test(&mut self, probe: &'a Probe, wanted: Wanted) -> bool {
        if self.steps == 0 {
            // Nothing is concluded any more.
            return self.give_up();
        }
        let matter = Matter::of(probe);
        let known = self.facts.iter().position(|(other, _)| *other == matter);
        let at = known.unwrap_or_else(|| {
            self.facts.push((matter, matter.unknown()));
            self.facts.len() - 1
        });
        let values = match probe {
            Probe::OneOf(_, values) => values.len(),
            _ => 0,
        };
        let size = values + self.facts[at].1.size();
        self.steps = self.steps.saturating_sub(1 + size as u64 / 8);
        self.trail.push((at, self.facts[at].1.clone()));
        self.facts[at].1.assume(probe, wanted, self.spellings)
    }

    fn take_back(&mut self, mark: usize) {
        for (at, before) in self.trail.drain(mark..).rev() {
            self.facts[at].1 = before;
        }
    }
}
