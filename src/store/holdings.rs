//! Who holds which number, now and ever. An open holding is one without an end; the database lets a number and a user
//! have one each.

use super::audit::{Entry, digits, number_of, user_of};
use super::bulk::Batch;
use super::engine::{Tx, fetch_all};
use super::error::Fault;
use super::names::{name, named};
use super::writing::Writing;
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{Change, EndReason, Former, Holding, HoldingOrigin, Missing, Reason};
use jiff::Timestamp;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const CHUNK: usize = 4096;

/// A holding that begins, with what the history will say of it.
pub(super) struct Beginning<'a> {
    pub(super) holding: &'a Holding,
    pub(super) change: Option<&'a Change>,
}

/// A holding that ends.
pub(super) struct End {
    pub(super) number: E164,
    pub(super) user: UserId,
    pub(super) reason: EndReason,
    /// Until when the number rests then; `None`: somebody else has it at once.
    pub(super) rest_until: Option<Timestamp>,
}

/// Begins holdings, with an audit record each. Answers the numbers that could not begin: they, or their users, are
/// taken.
pub(super) async fn begin(w: &mut Writing, new: &[Beginning<'_>]) -> Result<BTreeSet<E164>, Fault> {
    const ADD: &str = "INSERT INTO holdings (tenant, id, number, user_id, upn, number_type, range_name, origin, reason,
            why, sync, since, seen_licensed, missing_since, last_in_place)
        SELECT $1, id, number, user_id, upn, number_type, range_name, origin, reason, why, sync, since, seen_licensed,
            missing_since, last_in_place
        FROM {batch} WHERE true ON CONFLICT DO NOTHING RETURNING number";
    let mut refused = BTreeSet::new();
    for chunk in new.chunks(CHUNK) {
        let first = w.head.next_holding;
        w.head.next_holding += i64::try_from(chunk.len()).unwrap_or_default();
        let batch = batch_of(chunk, first..w.head.next_holding, &w.sync_id())?;
        let begun: Vec<(i64,)> = batch.fetch(&mut w.tx, ADD, &[w.tenant]).await?;
        w.written.holders(chunk.iter().map(|new| new.holding.user));
        let begun: BTreeSet<i64> = begun.into_iter().map(|(number,)| number).collect();
        for Beginning { holding, change } in chunk {
            if !begun.contains(&digits(holding.number)) {
                refused.insert(holding.number);
                continue;
            }
            w.record(Entry {
                event: event_of(holding.origin),
                number: Some(holding.number),
                user: Some(holding.user),
                detail: json!({
                    "range": holding.range, "type": holding.number_type,
                    "reason": change.map(|change| change.reason.name()),
                }),
            });
        }
    }
    Ok(refused)
}

fn batch_of(
    chunk: &[Beginning<'_>],
    ids: std::ops::Range<i64>,
    sync: &str,
) -> Result<Batch, Fault> {
    let holdings = || chunk.iter().map(|new| new.holding);
    let changes = || chunk.iter().map(|new| new.change);
    let origins: Vec<String> = holdings()
        .map(|h| name(h.origin))
        .collect::<Result<_, _>>()?;
    let reason = |change: Option<&Change>| change.map_or(Reason::Adopted, |change| change.reason);
    let missing = |part: fn(&Missing) -> Timestamp| {
        move |h: &Holding| {
            h.missing
                .as_ref()
                .map(|missing| part(missing).as_microsecond())
        }
    };
    Ok(Batch::default()
        .int("id", ids)
        .int("number", holdings().map(|h| digits(h.number)))
        .text("user_id", holdings().map(|h| h.user.to_string()))
        .text(
            "upn",
            changes().map(|c| c.map(|c| c.upn.replace('\0', "")).unwrap_or_default()),
        )
        .text(
            "number_type",
            holdings().map(|h| h.number_type.name().to_owned()),
        )
        .maybe_text("range_name", holdings().map(|h| h.range.clone()))
        .text("origin", origins)
        .text("reason", changes().map(|c| reason(c).name().to_owned()))
        .text(
            "why",
            changes().map(|c| c.map(|c| c.why.replace('\0', "")).unwrap_or_default()),
        )
        .text("sync", chunk.iter().map(|_| sync.to_owned()))
        .int("since", holdings().map(|h| h.since.as_microsecond()))
        .int(
            "seen_licensed",
            holdings().map(|h| i64::from(h.seen_licensed)),
        )
        .maybe_int("missing_since", holdings().map(missing(|m| m.since)))
        .maybe_int(
            "last_in_place",
            holdings().map(missing(|m| m.last_in_place)),
        ))
}

/// Ends open holdings, with an audit record for each that was there.
pub(super) async fn end(
    w: &mut Writing,
    endings: &[End],
    event: &'static str,
) -> Result<(), Fault> {
    const END: &str = "UPDATE holdings SET ended = $2, end_reason = batch.reason, end_sync = batch.sync FROM {batch}
        WHERE holdings.tenant = $1 AND holdings.number = batch.number AND holdings.user_id = batch.user_id
            AND holdings.ended IS NULL RETURNING holdings.number, holdings.range_name";
    let sync = w.sync_id();
    for chunk in endings.chunks(CHUNK) {
        let reasons: Vec<String> = chunk
            .iter()
            .map(|end| name(end.reason))
            .collect::<Result<_, _>>()?;
        let batch = Batch::default()
            .int("number", chunk.iter().map(|end| digits(end.number)))
            .text("user_id", chunk.iter().map(|end| end.user.to_string()))
            .text("reason", reasons)
            .text("sync", chunk.iter().map(|_| sync.clone()));
        let scalars = [w.tenant, w.now.as_microsecond()];
        let ended: Vec<(i64, Option<String>)> = batch.fetch(&mut w.tx, END, &scalars).await?;
        w.written.holders(chunk.iter().map(|end| end.user));
        let ended: BTreeMap<i64, Option<String>> = ended.into_iter().collect();
        for end in chunk {
            let Some(range) = ended.get(&digits(end.number)) else {
                continue;
            };
            w.record(Entry {
                event,
                number: Some(end.number),
                user: Some(end.user),
                detail: json!({
                    "reason": end.reason, "range": range, "rest_until": end.rest_until,
                }),
            });
        }
    }
    Ok(())
}

/// Ends what stands in the way of a holding that Graph has shown: the number's other holder, the user's other number.
pub(super) async fn end_others(w: &mut Writing, number: E164, user: UserId) -> Result<(), Fault> {
    const FIND: &str = "SELECT number, user_id FROM holdings
        WHERE tenant = $1 AND ended IS NULL AND (number = $2 OR user_id = $3)";
    let rows: Vec<(i64, String)> =
        fetch_all!(&mut w.tx, FIND, w.tenant, digits(number), user.to_string())?;
    let mut others = Vec::new();
    for (held, by) in rows {
        let (held, by) = (number_of(held)?, user_of(&by)?);
        let reason = match by == user {
            true => EndReason::ChangedOutside,
            false => EndReason::RemovedOutside,
        };
        others.push(End {
            number: held,
            user: by,
            reason,
            rest_until: None,
        });
    }
    end(w, &others, "ended").await
}

/// Writes what changed about open holdings: whether their holder was seen licensed, and whether Teams shows them.
pub(super) async fn update(w: &mut Writing, holdings: &[Holding]) -> Result<(), Fault> {
    const PUT: &str = "UPDATE holdings SET seen_licensed = batch.seen_licensed, missing_since = batch.missing_since,
            last_in_place = batch.last_in_place FROM {batch}
        WHERE holdings.tenant = $1 AND holdings.number = batch.number AND holdings.user_id = batch.user_id
            AND holdings.ended IS NULL";
    for chunk in holdings.chunks(CHUNK) {
        let batch = Batch::default()
            .int("number", chunk.iter().map(|h| digits(h.number)))
            .text("user_id", chunk.iter().map(|h| h.user.to_string()))
            .int(
                "seen_licensed",
                chunk.iter().map(|h| i64::from(h.seen_licensed)),
            )
            .maybe_int(
                "missing_since",
                chunk
                    .iter()
                    .map(|h| h.missing.map(|m| m.since.as_microsecond())),
            )
            .maybe_int(
                "last_in_place",
                chunk
                    .iter()
                    .map(|h| h.missing.map(|m| m.last_in_place.as_microsecond())),
            );
        batch.execute(&mut w.tx, PUT, &[w.tenant]).await?;
        w.written.holders(chunk.iter().map(|h| h.user));
    }
    Ok(())
}

pub(super) type OpenRow = (
    i64,
    String,
    String,
    Option<String>,
    String,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
);

/// All open holdings, by number.
pub(super) async fn open(tx: &mut Tx, tenant: i64) -> Result<Vec<Holding>, Fault> {
    const READ: &str = "SELECT number, user_id, number_type, range_name, origin, since, seen_licensed, missing_since,
        last_in_place FROM holdings WHERE tenant = $1 AND ended IS NULL ORDER BY number";
    let rows: Vec<OpenRow> = fetch_all!(tx, READ, tenant)?;
    rows.into_iter().map(holding_of).collect()
}

/// The open holdings of these users.
pub(super) async fn open_of(
    tx: &mut Tx,
    tenant: i64,
    users: impl Iterator<Item = UserId>,
) -> Result<Vec<Holding>, Fault> {
    const READ: &str = "SELECT h.number, h.user_id, h.number_type, h.range_name, h.origin, h.since, h.seen_licensed,
            h.missing_since, h.last_in_place
        FROM {batch} CROSS JOIN holdings h
        WHERE h.tenant = $1 AND h.user_id = batch.id AND h.ended IS NULL";
    let batch = Batch::default().text("id", users.map(|user| user.to_string()));
    let rows: Vec<OpenRow> = batch.fetch(tx, READ, &[tenant]).await?;
    rows.into_iter().map(holding_of).collect()
}

/// The holding of a row.
pub(super) fn holding_of(row: OpenRow) -> Result<Holding, Fault> {
    let missing = match (row.7, row.8) {
        (Some(since), Some(last)) => Some(Missing {
            since: Timestamp::from_microsecond(since)?,
            last_in_place: Timestamp::from_microsecond(last)?,
        }),
        _ => None,
    };
    Ok(Holding {
        number: number_of(row.0)?,
        user: user_of(&row.1)?,
        number_type: named(row.2)?,
        range: row.3,
        origin: named(row.4)?,
        since: Timestamp::from_microsecond(row.5)?,
        seen_licensed: row.6 != 0,
        missing,
    })
}

type FormerRow = (String, i64, String, i64, String, i64);

/// The last number of everyone who has none now, by user.
pub(super) async fn former(tx: &mut Tx, tenant: i64) -> Result<Vec<Former>, Fault> {
    const READ: &str = "SELECT h.user_id, h.number, h.number_type, h.ended, h.end_reason, h.seen_licensed
        FROM holdings h WHERE h.tenant = $1 AND h.ended IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM holdings x WHERE x.tenant = h.tenant AND x.user_id = h.user_id AND x.id > h.id)
        ORDER BY h.user_id";
    let rows: Vec<FormerRow> = fetch_all!(tx, READ, tenant)?;
    rows.into_iter().map(former_of_row).collect()
}

/// The last number of those of these users who have none now.
pub(super) async fn former_of(
    tx: &mut Tx,
    tenant: i64,
    users: impl Iterator<Item = UserId>,
) -> Result<Vec<Former>, Fault> {
    const READ: &str =
        "SELECT h.user_id, h.number, h.number_type, h.ended, h.end_reason, h.seen_licensed
        FROM {batch} CROSS JOIN holdings h WHERE h.tenant = $1 AND h.ended IS NOT NULL AND h.id =
            (SELECT MAX(x.id) FROM holdings x WHERE x.tenant = $1 AND x.user_id = batch.id)";
    let batch = Batch::default().text("id", users.map(|user| user.to_string()));
    let rows: Vec<FormerRow> = batch.fetch(tx, READ, &[tenant]).await?;
    rows.into_iter().map(former_of_row).collect()
}

fn former_of_row(row: FormerRow) -> Result<Former, Fault> {
    let (user, number, number_type, ended, reason, seen) = row;
    Ok(Former {
        user: user_of(&user)?,
        number: number_of(number)?,
        number_type: named(number_type)?,
        ended: Timestamp::from_microsecond(ended)?,
        reason: named(reason)?,
        seen_licensed: seen != 0,
    })
}

const fn event_of(origin: HoldingOrigin) -> &'static str {
    match origin {
        HoldingOrigin::Assigned => "assigned",
        HoldingOrigin::Adopted => "adopted",
    }
}
