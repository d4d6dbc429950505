//! `audit list` and `audit verify`.

use super::args::{AuditListArgs, AuditVerifyArgs};
use super::exit::{Exit, Failure};
use super::inventory::read_number;
use super::output::{Format, Output};
use super::people::{known, unknown};
use crate::app::App;
use crate::directory::UserId;
use crate::report::inert;
use crate::store::{AuditFilter, TenantStore};
use crate::views::{AuditItem, AuditVerdict, MOST, audit_items};
use std::collections::BTreeMap;
use std::sync::Arc;

/// `audit list`: as it is read, so that a trail of any length may be listed.
pub(super) async fn list(
    app: &App,
    args: &AuditListArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let trails = wanted(app, args).await?;
    let mut printer = Printer {
        several: app.chosen(args.tenants.tenant.as_deref())?.len() > 1,
        shown: 0,
    };
    printer.begin(output)?;
    for trail in trails.iter().filter(|_| args.limit != Some(0)) {
        let mut after = match args.limit {
            Some(limit) => trail.store.audit_before_last(&trail.filter, limit).await?,
            None => 0,
        };
        loop {
            let page = audit_items(&trail.store, &trail.filter, after, MOST).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            printer.page(trail, page, output).await?;
        }
    }
    printer.end(output)?;
    if let (0, Some(event)) = (printer.shown, &args.event) {
        warn_of_event(&trails, event, output).await?;
    }
    Ok(Exit::Done)
}

/// The trail of one tenant, and what of it is wanted.
struct Trail<'a> {
    tenant: &'a str,
    store: Arc<TenantStore>,
    filter: AuditFilter,
}

/// The trails of the tenants, but for those who do not know the person that is asked for.
async fn wanted<'a>(app: &'a App, args: &AuditListArgs) -> anyhow::Result<Vec<Trail<'a>>> {
    let number = args.number.as_deref().map(read_number).transpose()?;
    let mut trails = Vec::new();
    for config in app.chosen(args.tenants.tenant.as_deref())? {
        let store = app.store_of(config).await?;
        let user = match args.user.as_deref() {
            None => None,
            Some(text) => match user_of(&store, text).await? {
                Some(user) => Some(user),
                None => continue,
            },
        };
        let filter = AuditFilter {
            since: args.since,
            until: args.until,
            user,
            number,
            event: args.event.clone(),
            sync: args.sync.clone(),
        };
        trails.push(Trail {
            tenant: &config.name,
            store,
            filter,
        });
    }
    match &args.user {
        Some(user) if trails.is_empty() => Err(unknown(user).into()),
        _ => Ok(trails),
    }
}

/// Somebody known; somebody who is not, by the id: the trail may be about people whom the directory never showed.
async fn user_of(store: &TenantStore, text: &str) -> anyhow::Result<Option<UserId>> {
    match text.parse() {
        Ok(id) => Ok(Some(id)),
        Err(_) => known(store, text).await,
    }
}

async fn warn_of_event(
    trails: &[Trail<'_>],
    event: &str,
    output: &mut Output,
) -> anyhow::Result<()> {
    let mut there: Vec<String> = Vec::new();
    for trail in trails {
        there.extend(trail.store.audit_events().await?);
    }
    there.sort();
    there.dedup();
    if !there.iter().any(|known| known == event) {
        let there = there.join(", ");
        let event = inert(event);
        output.warning(&format!(
            "no record is of the kind `{event}`; the trail has {there}"
        ));
    }
    Ok(())
}

/// Prints a list part by part.
struct Printer {
    several: bool,
    shown: u64,
}

impl Printer {
    fn begin(&self, output: &mut Output) -> anyhow::Result<()> {
        match output.format {
            Format::Json => output.text("{\"items\":[")?,
            Format::Text => {
                let tenant = if self.several { "tenant  " } else { "" };
                output.line(&format!(
                    "{tenant}{:>8}  {:<19}  {:<14}  {:<16}  {:<36}  {:<12}  why",
                    "record", "at", "event", "number", "user", "by"
                ))?;
            }
        }
        Ok(())
    }

    async fn page(
        &mut self,
        trail: &Trail<'_>,
        page: Vec<AuditItem>,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        let mut text = String::new();
        match output.format {
            Format::Json => {
                for item in page {
                    let tenant = self.several.then(|| trail.tenant.to_owned());
                    let item = AuditItem { tenant, ..item };
                    text.push_str(if self.shown > 0 { "," } else { "" });
                    text.push_str(&serde_json::to_string(&item)?);
                    self.shown += 1;
                }
            }
            Format::Text => {
                let upns = trail
                    .store
                    .upns(page.iter().filter_map(|item| item.user))
                    .await?;
                for item in &page {
                    if self.several {
                        text.push_str(&format!("{}  ", inert(trail.tenant)));
                    }
                    text.push_str(&row(item, &upns));
                    self.shown += 1;
                }
            }
        }
        Ok(output.text(&text)?)
    }

    fn end(&self, output: &mut Output) -> anyhow::Result<()> {
        match output.format {
            Format::Json => output.line("]}")?,
            Format::Text => output.line(&format!("{} records", self.shown))?,
        }
        Ok(())
    }
}

fn row(item: &AuditItem, upns: &BTreeMap<UserId, String>) -> String {
    let user = item.user.map(|id| match upns.get(&id).map(String::as_str) {
        Some("") | None => id.to_string(),
        Some(upn) => inert(upn),
    });
    let line = format!(
        "{:>8}  {}  {:<14}  {:<16}  {:<36}  {:<12}  {}",
        item.seq,
        item.at.strftime("%Y-%m-%d %H:%M:%S"),
        inert(&item.event),
        item.number
            .map(|number| number.to_string())
            .unwrap_or_default(),
        user.unwrap_or_default(),
        inert(item.by.as_deref().unwrap_or_default()),
        why(item)
    );
    format!("{}\n", line.trim_end())
}

/// `rule, range muc, rules 1a2b3c4d5e6f`.
fn why(item: &AuditItem) -> String {
    let mut parts = Vec::new();
    parts.extend(item.reason.as_deref().map(inert));
    parts.extend(
        item.range
            .as_deref()
            .map(|range| format!("range {}", inert(range))),
    );
    parts.extend(item.commit.as_deref().map(|commit| {
        let short: String = commit.chars().take(12).collect();
        format!("rules {}", inert(&short))
    }));
    parts.join(", ")
}

/// `audit verify` of the database.
pub(super) async fn verify(
    app: &App,
    args: &AuditVerifyArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let chosen = app.chosen(args.tenants.tenant.as_deref())?;
    if args.expect.is_some() && chosen.len() > 1 {
        let text = "a mark is of one tenant's trail; name it with --tenant";
        return Err(Failure::new(Exit::Usage, text).into());
    }
    let mut exits = Vec::new();
    for config in chosen {
        let store = app.store_of(config).await?;
        let check = store.verify_audit_against(args.expect.clone()).await?;
        exits.push(tell(&AuditVerdict::new(&config.name, check), output)?);
    }
    Ok(Exit::worst(exits))
}

/// Prints what a check came to.
pub(super) fn tell(verdict: &AuditVerdict, output: &mut Output) -> anyhow::Result<Exit> {
    match output.format {
        Format::Json => output.json(verdict)?,
        Format::Text => output.text(&text(verdict))?,
    }
    Ok(if verdict.valid {
        Exit::Done
    } else {
        Exit::Error
    })
}

fn text(verdict: &AuditVerdict) -> String {
    let tenant = inert(&verdict.tenant);
    let (records, hash) = (verdict.records, &verdict.hash);
    if verdict.valid && records == 0 {
        return format!("{tenant}: the audit trail holds no record yet\n");
    }
    if verdict.valid {
        return format!(
            "{tenant}: {records} records, each follows from the one before\n  its mark is {records}:{hash}\n  note it down \
             elsewhere: `linekeeper audit verify --expect MARK` then finds also a trail that was made anew as a whole\n"
        );
    }
    let mut out = format!(
        "{tenant}: the audit trail is not what was written: of {records} records the first that is wrong is {}\n",
        verdict.broken_at.unwrap_or_default()
    );
    for finding in &verdict.findings {
        out.push_str(&format!(
            "  record {}: {}\n    expected: {}\n    found:    {}\n",
            finding.seq,
            finding.problem.sentence(),
            inert(&finding.expected),
            inert(&finding.found)
        ));
    }
    let more = verdict.found.saturating_sub(verdict.findings.len() as u64);
    if more > 0 {
        out.push_str(&format!("  and {more} more\n"));
    }
    out.push_str(
        "What to do: keep a copy of it as it is now. The database was written to past Linekeeper, by a person or by a broken \
         disk: find out who can write to it, and compare with the last export (`linekeeper audit verify --file FILE`) or \
         backup. Records are never mended. Syncs do not depend on them and go on\n",
    );
    out
}
