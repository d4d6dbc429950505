//! How long the numbers of each range last.

use super::tenant::Look;
use super::{Cursor, Golden, MOST, NumberFilter, RangeItem, TenantView, ViewError};
use crate::directory::{UserId, VoiceLicence};
use crate::numbering::{E164, NumberState};
use crate::plan::{Numbers, StoredUser, Trend, lot};
use crate::reconcile::{Ledger as _, Scope};
use crate::rules::{GroupMembers, Range, RuleSet, Subject};
use crate::store::Turnover;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// So far back the history is looked at.
const LOOKBACK_DAYS: u64 = 90;

/// Users are read back in pages of this size.
const PAGE: usize = 5_000;

/// A history that is younger counts as one of so many days: a roll-out says nothing about the days after it.
const LEAST_DAYS: u64 = 14;

/// One range of `ranges forecast`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForecastItem {
    /// The tenant, where several are shown together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Its name.
    pub range: String,
    /// Free numbers that the rules can give, those of `keep_free` included.
    pub free: u64,
    /// So many of them the rules leave free.
    pub keep_free: u64,
    /// Free numbers that the rules leave to people because they are memorable.
    pub golden: u64,
    /// Days of history that were counted.
    pub days: u64,
    /// Numbers given in that time, by rule or by hand.
    pub assigned: u64,
    /// Numbers that came back in that time.
    pub freed: u64,
    /// By how many numbers a day the range shrinks; negative: grows.
    pub per_day: f64,
    /// Numbers that rest now, by the day on which they are free.
    pub resting: Vec<DayItem>,
    /// People who are known to join and have no number, by the day; none where hire dates are not read.
    pub joining: Vec<DayItem>,
    /// The first day on which the rules have no number left to give; null: none within ten years.
    pub runs_dry: Option<Date>,
}

/// Numbers that come out of quarantine on one day, or people who join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DayItem {
    /// The day, in UTC.
    pub day: Date,
    /// How many.
    pub count: u64,
}

impl TenantView {
    /// How long each range lasts at the rate of the last ninety days, or one of them, in the order of the rule files.
    ///
    /// # Errors
    /// An unknown range, or what the database says.
    pub async fn forecast(&self, only: Option<&str>) -> Result<Vec<ForecastItem>, ViewError> {
        let look = self.look().await?;
        let stocks = match only {
            Some(name) => vec![self.range(name).await?],
            None => self.all_ranges().await?,
        };
        let back = SignedDuration::from_hours(24 * LOOKBACK_DAYS.cast_signed());
        let since = look.now.checked_sub(back).unwrap_or(Timestamp::MIN);
        let turnover = self.store.turnover(since).await?;
        let resting = self.resting(only).await?;
        let joining = match self.settings.hire_dates {
            true => self.joining(&look).await?,
            false => BTreeMap::new(),
        };
        let past = Past {
            rules: &look.rules,
            settings: self.settings.numbers,
            days: days_counted(turnover.first, look.now),
            turnover,
            resting,
            joining,
            now: look.now,
        };
        let ranges = look.rules.ranges().iter();
        let wanted = ranges.filter_map(|range| {
            let stock = stocks.iter().find(|stock| stock.range == range.name)?;
            Some(past.forecast(range, stock))
        });
        Ok(wanted.collect())
    }

    async fn all_ranges(&self) -> Result<Vec<RangeItem>, ViewError> {
        let (mut all, mut after) = (Vec::new(), None::<Cursor>);
        loop {
            let page = self.ranges(after.as_ref(), MOST).await?;
            all.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// People who join on a later day and have no number, by range and by the days until then.
    async fn joining(
        &self,
        look: &Look,
    ) -> Result<BTreeMap<String, BTreeMap<u64, u64>>, ViewError> {
        let state = self.store.state(look.now).await?;
        let held: BTreeSet<UserId> = state.holdings.iter().map(|held| held.user).collect();
        let mut joining: BTreeMap<String, BTreeMap<u64, u64>> = BTreeMap::new();
        let mut after = None;
        loop {
            let page = self.store.users(&Scope::Everyone, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(joining);
            };
            after = Some(last.user.id);
            let without =
                |stored: &&StoredUser| stored.gone.is_none() && !held.contains(&stored.user.id);
            for stored in page.iter().filter(without) {
                let later = stored.user.hired.filter(|day| *day > date(look.now));
                if let Some(day) = later
                    && let Some(range) = range_of_joiner(look, stored)
                {
                    let days = joining.entry(range.to_owned()).or_default();
                    *days.entry(days_until(look.now, day)).or_default() += 1;
                }
            }
        }
    }

    /// Numbers that rest, with the end of each.
    async fn resting(&self, only: Option<&str>) -> Result<Vec<(E164, Timestamp)>, ViewError> {
        let filter = NumberFilter {
            range: only,
            state: Some(NumberState::Quarantined),
            golden: None::<Golden>,
        };
        let (mut all, mut after) = (Vec::new(), None::<Cursor>);
        loop {
            let page = self.numbers(filter, after.as_ref(), MOST).await?;
            let ends = page.items.iter();
            all.extend(ends.filter_map(|item| Some((item.number, item.until?))));
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }
}

/// The range the rules would pick for somebody who joins on a later day and has no number; a licence that is not there
/// yet is taken for Phone System.
fn range_of_joiner<'r>(look: &'r Look, stored: &StoredUser) -> Option<&'r str> {
    let licensing = look.known.book.read(&stored.user);
    let voice = match licensing.voice {
        VoiceLicence::None => VoiceLicence::PhoneSystem,
        known => known,
    };
    let subject = Subject {
        user: &stored.user,
        kind: licensing.kind,
        book: &look.known.book,
        groups: &GroupMembers::new(),
    };
    let at = lot(&look.rules, subject, voice).range()?;
    Some(look.rules.ranges()[at].name.as_str())
}

/// What was, for all ranges.
struct Past<'a> {
    rules: &'a RuleSet,
    settings: Numbers,
    days: u64,
    turnover: Turnover,
    resting: Vec<(E164, Timestamp)>,
    joining: BTreeMap<String, BTreeMap<u64, u64>>,
    now: Timestamp,
}

impl Past<'_> {
    fn forecast(&self, range: &Range, stock: &RangeItem) -> ForecastItem {
        let trend = Trend {
            free: stock.supply.free,
            keep: stock.supply.keep,
            days: self.days,
            assigned: self.counted(range, &self.turnover.given),
            freed: self.counted(range, &self.turnover.ended),
            rest_days: days_up(range.quarantine),
            resting: self.resting_of(range),
            joiners: self.joining.get(&range.name).cloned().unwrap_or_default(),
        };
        let by_day = |days: &BTreeMap<u64, u64>| {
            let item = |(ahead, count): (&u64, &u64)| {
                let (day, count) = (self.day(*ahead)?, *count);
                Some(DayItem { day, count })
            };
            days.iter().filter_map(item).collect()
        };
        ForecastItem {
            tenant: None,
            range: range.name.clone(),
            free: trend.free,
            keep_free: trend.keep,
            golden: stock.supply.golden,
            days: trend.days,
            assigned: trend.assigned,
            freed: trend.freed,
            per_day: (trend.per_day() * 100.0).round() / 100.0,
            resting: by_day(&trend.resting),
            joining: by_day(&trend.joiners),
            runs_dry: trend.dry_in().and_then(|days| self.day(days)),
        }
    }

    /// How often numbers were given or came back that the rules can give.
    fn counted(&self, range: &Range, numbers: &[(E164, u64)]) -> u64 {
        let of = numbers
            .iter()
            .filter(|(number, _)| self.is_ruled(range, *number));
        of.map(|(_, count)| count).sum()
    }

    /// Whether the rules give this number of the range, when it is free.
    fn is_ruled(&self, range: &Range, number: E164) -> bool {
        let lies_in = self
            .rules
            .range_of(number)
            .map(|at| &self.rules.ranges()[at].name);
        lies_in == Some(&range.name)
            && !range.reserve.contains(number)
            && !range.never.contains(number)
            && !self.settings.leaves_to_people(number)
    }

    /// By the days until they are free; what is free in the course of a day can be given from that day on.
    fn resting_of(&self, range: &Range) -> BTreeMap<u64, u64> {
        let mut days = BTreeMap::new();
        let of = self
            .resting
            .iter()
            .filter(|(number, _)| self.is_ruled(range, *number));
        for (_, until) in of {
            *days.entry(days_until(self.now, date(*until))).or_default() += 1;
        }
        days
    }

    /// The day so many days from today.
    fn day(&self, days: u64) -> Option<Date> {
        let ahead = jiff::Span::new().try_days(i64::try_from(days).ok()?).ok()?;
        date(self.now).checked_add(ahead).ok()
    }
}

/// How many days from today to a day; 0 of one that has passed.
fn days_until(now: Timestamp, day: Date) -> u64 {
    let ahead = day.since(date(now)).map_or(0, |span| span.get_days());
    u64::try_from(ahead).unwrap_or_default()
}

fn date(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// For how many days there is a history, within what is looked at.
fn days_counted(first: Option<Timestamp>, now: Timestamp) -> u64 {
    let age = first.map_or(0, |first| now.duration_since(first).as_hours() / 24);
    u64::try_from(age)
        .unwrap_or_default()
        .clamp(LEAST_DAYS, LOOKBACK_DAYS)
}

/// A length of time in days, those begun counted whole.
fn days_up(length: SignedDuration) -> u64 {
    const DAY: u64 = 24 * 60 * 60;
    let seconds = length.unsigned_abs().as_secs();
    seconds.div_ceil(DAY)
}
