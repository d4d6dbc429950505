//! Makes a checked range of its own properties and the defaults of its file.

use super::check_numbers::CheckedEntry;
use super::checked::{CheckedRange, Condition};
use super::findings::{Findings, Spot};
use super::keyword::Keyword;
use super::plans::NumberingPlans;
use super::settings::{Draft, DraftLocation, DraftPolicy};
use super::syntax::Spelled;
use super::{Dated, EmergencyModel, LocationRule, Operator, PolicyRule, Range};
use crate::directory::Kind;
use crate::numbering::{Country, NumberType, Spans};
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};

/// What a range is checked against.
pub(super) struct Surroundings<'a> {
    pub(super) findings: &'a mut Findings,
    pub(super) plans: &'a mut NumberingPlans,
    pub(super) operators: &'a [Operator],
    pub(super) operator_names: &'a BTreeMap<String, usize>,
    pub(super) defaults: Option<&'a Draft>,
    pub(super) file: &'a str,
    pub(super) line: usize,
}

/// Checks one range. `None` when something it cannot do without is missing or wrong.
pub(super) fn range(
    name: &Spelled,
    own: Draft,
    around: &mut Surroundings<'_>,
) -> Option<CheckedRange> {
    let draft = match around.defaults {
        Some(defaults) => with_defaults(own, defaults),
        None => own,
    };
    let number_type = required(draft.number_type, Keyword::Type, name, &draft, around);
    let numbers = (!draft.numbers.is_empty()).then_some(());
    required(numbers, Keyword::Numbers, name, &draft, around)?;
    let operator = operator(&draft, around);
    let country = country(&draft, operator, number_type, name, around);
    let number_type = number_type?;
    inside(&draft, around.findings);
    conditions_once(&draft, around.findings);
    locations(&draft, operator, number_type, country, name, around);
    if draft.quarantine.is_none() && !draft.places.contains_key(&Keyword::Quarantine) {
        let message = format!("numbers of `{}` are given again at once", name.value);
        let help = "write quarantine 30 days, or quarantine 0 days if that is meant".to_owned();
        around
            .findings
            .warning(name.at, "no-quarantine", message, Some(help));
    }
    Some(assemble(
        name,
        draft,
        operator,
        number_type,
        country,
        around,
    ))
}

fn assemble(
    name: &Spelled,
    mut draft: Draft,
    operator: Option<usize>,
    number_type: NumberType,
    country: Option<Country>,
    around: &Surroundings<'_>,
) -> CheckedRange {
    let anyone = || Condition::All(Vec::new());
    let when = draft.when.take().map(|inner| inner.unwrap_or_else(anyone));
    let mut kinds = BTreeSet::from([Kind::Person]);
    kinds.extend(when.iter().flat_map(Condition::admitted_kinds));
    CheckedRange {
        when_at: draft.places.get(&Keyword::When).copied().unwrap_or(name.at),
        entries: draft
            .numbers
            .iter()
            .map(|entry| (entry.span, entry.at))
            .collect(),
        overflow: draft.overflow.take().unwrap_or_default(),
        when,
        policies: draft
            .policies
            .iter()
            .map(|policy| policy.when.clone())
            .collect(),
        locations: draft
            .locations
            .iter()
            .map(|location| location.when.clone())
            .collect(),
        range: Range {
            operator,
            country,
            kinds,
            file: around.file.to_owned(),
            line: around.line,
            ..unconditional(name.value.clone(), number_type, draft)
        },
    }
}

/// The range as its own properties say, the conditions aside: those are compiled when all ranges are known.
fn unconditional(name: String, number_type: NumberType, draft: Draft) -> Range {
    let dated = |entry: &CheckedEntry| {
        Some(Dated {
            span: entry.span,
            from: entry.from?,
        })
    };
    Range {
        name,
        description: draft.description,
        number_type,
        numbers: spans(&draft.numbers),
        dated: draft.numbers.iter().filter_map(dated).collect(),
        country: None,
        never: spans(&draft.never),
        reserve: spans(&draft.reserve),
        unlisted: draft.unlisted.unwrap_or_default(),
        when: None,
        kinds: BTreeSet::new(),
        priority: draft.priority.unwrap_or(100),
        overflow: Vec::new(),
        select: draft.select.unwrap_or_default(),
        grace: draft.grace,
        deleted_grace: draft.deleted_grace,
        release: draft.release.unwrap_or_default(),
        quarantine: draft.quarantine.unwrap_or(SignedDuration::ZERO),
        keep_free: draft.keep_free.unwrap_or_default(),
        low_stock: draft.low_stock,
        locations: draft.locations.into_iter().map(location).collect(),
        operator: None,
        policies: draft.policies.into_iter().map(policy).collect(),
        file: String::new(),
        line: 0,
    }
}

fn spans(entries: &[CheckedEntry]) -> Spans {
    entries.iter().map(|entry| entry.span).collect()
}

fn location(draft: DraftLocation) -> LocationRule {
    LocationRule {
        id: draft.id,
        when: None,
    }
}

fn policy(draft: DraftPolicy) -> PolicyRule {
    PolicyRule {
        policy_type: draft.policy_type,
        name: draft.name,
        when: None,
    }
}

/// A range's own property replaces the default; a policy replaces the defaults of its type.
fn with_defaults(mut own: Draft, defaults: &Draft) -> Draft {
    macro_rules! inherit {
        ($($field:ident $keyword:ident),*) => {
            $(if !own.places.contains_key(&Keyword::$keyword) {
                own.$field = defaults.$field.clone();
            })*
        };
    }
    inherit!(
        number_type Type, country Country, unlisted Unlisted, priority Priority, overflow Overflow, select Select,
        grace Grace, deleted_grace DeletedGrace, release Release, quarantine Quarantine, keep_free KeepFree,
        low_stock LowStock, operator Operator, locations Location
    );
    let is_own = |policy_type: &str| {
        let same = |own: &DraftPolicy| own.policy_type.eq_ignore_ascii_case(policy_type);
        own.policies.iter().any(same)
    };
    let inherited: Vec<_> = defaults
        .policies
        .iter()
        .filter(|policy| !is_own(&policy.policy_type))
        .cloned()
        .collect();
    own.policies.extend(inherited);
    for (keyword, at) in &defaults.places {
        own.places.entry(*keyword).or_insert(*at);
    }
    own
}

fn required<T>(
    value: Option<T>,
    keyword: Keyword,
    name: &Spelled,
    draft: &Draft,
    around: &mut Surroundings<'_>,
) -> Option<T> {
    if value.is_none() && !draft.places.contains_key(&keyword) {
        let message = format!("range `{}` has no `{}`", name.value, keyword.spelling());
        let help = match keyword {
            Keyword::Type => "write type direct-routing, calling-plan or operator-connect",
            _ => "write numbers +49 89 5550 1000 to 1999",
        };
        around
            .findings
            .error(name.at, "missing-property", message, Some(help.into()));
    }
    value
}

fn operator(draft: &Draft, around: &mut Surroundings<'_>) -> Option<usize> {
    let named = draft.operator.as_ref()?;
    let at = around.operator_names.get(&named.value).copied();
    if at.is_none() {
        let message = format!(
            "there is no operator \"{}\"",
            super::findings::shorten(&named.value)
        );
        let known = around
            .operators
            .iter()
            .map(|operator| operator.name.as_str());
        let help = around
            .findings
            .did_you_mean(&named.value, known)
            .unwrap_or_else(|| "declare it: operator \"name\" { … }".into());
        around
            .findings
            .error(named.at, "unknown-operator", message, Some(help));
    }
    at
}

fn country(
    draft: &Draft,
    operator: Option<usize>,
    number_type: Option<NumberType>,
    name: &Spelled,
    around: &mut Surroundings<'_>,
) -> Option<Country> {
    let first = draft.numbers.first()?;
    let (code, by_plan) = around.plans.country(first.span.first());
    one_country(draft, first, code, around);
    let of_operator = operator
        .map(|at| &around.operators[at].countries)
        .filter(|countries| countries.len() == 1)
        .and_then(|countries| countries.first().copied());
    let country = draft
        .country
        .map(|(stated, _)| stated)
        .or(by_plan)
        .or(of_operator);
    let bound = number_type.is_some_and(NumberType::is_bound_to_country);
    if country.is_none() && bound && !draft.places.contains_key(&Keyword::Country) {
        let message = format!(
            "the country of `{}` cannot be told from +{}",
            name.value,
            code.unwrap_or_default()
        );
        let help =
            "several countries share this code: write country \"US\", \"GB\" or whichever it is";
        around
            .findings
            .error(name.at, "country-required", message, Some(help.into()));
    }
    if let (Some(operator), Some(country)) = (operator, country) {
        let at = draft.operator.as_ref().map_or(name.at, |named| named.at);
        served(&around.operators[operator], country, at, around.findings);
    }
    country
}

fn one_country(
    draft: &Draft,
    first: &CheckedEntry,
    code: Option<i32>,
    around: &mut Surroundings<'_>,
) {
    let mut is_other = |entry: &&CheckedEntry| around.plans.country(entry.span.first()).0 != code;
    if let Some(other) = draft.numbers.iter().find(|entry| is_other(entry)) {
        let message = format!(
            "{} and {} are numbers of two countries",
            first.span.first(),
            other.span.first()
        );
        let help = Some("a range has numbers of one country: make two of it".to_owned());
        around
            .findings
            .error(other.at, "two-countries", message, help);
    }
}

fn served(operator: &Operator, country: Country, at: Spot, findings: &mut Findings) {
    if !operator.countries.is_empty() && !operator.countries.contains(&country) {
        let message = format!("operator \"{}\" does not serve {country}", operator.name);
        let help =
            format!("add \"{country}\" to the countries of the operator, or take `operator` out");
        findings.error(at, "operator-country", message, Some(help));
    }
}

/// `never` and `reserve` lie inside `numbers`.
fn inside(draft: &Draft, findings: &mut Findings) {
    if draft.never.is_empty() && draft.reserve.is_empty() {
        return;
    }
    let numbers: Spans = draft.numbers.iter().map(|entry| entry.span).collect();
    let both = [(&draft.never, "never"), (&draft.reserve, "reserve")];
    for (entries, what) in both {
        for entry in entries {
            let wanted = Spans::from_iter([entry.span]);
            let inside = wanted.intersection(&numbers).count();
            if inside != entry.span.count() {
                let message = format!("`{what}` holds numbers that are not in `numbers`");
                let help = "take them out, or add them to `numbers`".to_owned();
                findings.error(entry.at, "outside-numbers", message, Some(help));
            }
        }
    }
}

/// Of each policy type, and of the locations, one may stand without `when`; what follows it is never reached.
fn conditions_once(draft: &Draft, findings: &mut Findings) {
    let mut settled: BTreeSet<String> = BTreeSet::new();
    for policy in &draft.policies {
        let kind = policy.policy_type.to_ascii_lowercase();
        if policy.when.is_none() && !settled.insert(kind.clone()) {
            let message = format!("{} is given twice without `when`", policy.policy_type);
            let help = Some("of each type the first that holds counts".to_owned());
            findings.error(policy.at, "duplicate-policy", message, help);
        } else if policy.when.is_some() && settled.contains(&kind) {
            let message = format!("an earlier {} holds for everyone", policy.policy_type);
            let help = Some("put the one without `when` last".to_owned());
            findings.warning(policy.at, "never-reached", message, help);
        }
    }
    let after_all = draft
        .locations
        .iter()
        .skip_while(|location| location.when.is_some())
        .skip(1);
    for location in after_all {
        let message = "an earlier location holds for everyone".to_owned();
        let help = Some("put the one without `when` last".to_owned());
        findings.warning(location.at, "never-reached", message, help);
    }
}

fn locations(
    draft: &Draft,
    operator: Option<usize>,
    number_type: NumberType,
    country: Option<Country>,
    name: &Spelled,
    around: &mut Surroundings<'_>,
) {
    // A location that could not be read has been reported; it is none the less there.
    let at: Option<Spot> = draft.places.get(&Keyword::Location).copied();
    let operator = operator.map(|at| &around.operators[at]);
    let model = operator.and_then(|operator| operator.emergency);
    let of_operator = operator.map_or("", |operator| operator.name.as_str());
    let (spot, code, message) = match (model, at) {
        (Some(EmergencyModel::Locked), Some(at)) => (
            at,
            "location-forbidden",
            format!("only operator \"{of_operator}\" can set emergency addresses"),
        ),
        (Some(EmergencyModel::Tenant), None) => (
            name.at,
            "location-required",
            format!("operator \"{of_operator}\" wants an emergency location with each number"),
        ),
        (_, None) if number_type.needs_location(country) => (
            name.at,
            "location-required",
            "calling-plan numbers of the US and Canada need an emergency location".to_owned(),
        ),
        _ => return,
    };
    let help = if at.is_some() {
        "take `location` out"
    } else {
        "write location \"<emergency location id>\""
    };
    around
        .findings
        .error(spot, code, message, Some(help.into()));
}
