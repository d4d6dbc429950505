//! `users resume`: lets the rules decide again for somebody who waits for a person, or for many at once.

use super::args::{ResumeArgs, UserArgs};
use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use super::overrides::{Bureau, Ruled};
use super::plan_and_sync::refused;
use super::roster::{self, Columns};
use super::set;
use crate::app::App;
use crate::directory::UserId;
use crate::plan::{Refusal, State, Wait};
use crate::reconcile;
use crate::report::UserOverrides;
use crate::rules::RuleSet;
use std::collections::BTreeSet;

/// `users resume USER`, `--file FILE` or `--range RANGE`.
pub(super) async fn resume(
    app: &App,
    args: &ResumeArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let tenant = args.tenants.tenant.as_deref();
    match (&args.user, &args.range, &args.file) {
        (Some(user), ..) => {
            let who = UserArgs {
                tenants: args.tenants.clone(),
                user: user.clone(),
            };
            set::resume_user(app, &who, output).await
        }
        (None, Some(range), _) => {
            let ruled = Ruled::with_range(app, tenant, range).await?;
            if ruled.rules.range(range).is_none() {
                let range = range.clone();
                return Err(refused(&Refusal::UnknownRange { range }).into());
            }
            let state = ruled.bureau.desk().records.state(app.clock.now()).await?;
            let people = waiting_of(&state, &ruled.rules, range);
            resume_all(&ruled.bureau, &people, output).await
        }
        (None, None, Some(file)) => {
            let [config] = app.chosen(tenant)?[..] else {
                let text = "the people of a file are of one tenant; name it with --tenant";
                return Err(Failure::new(Exit::Usage, text).into());
            };
            let store = app.store_of(config).await?;
            let listed = roster::read(&store, file, Columns::User).await?;
            let people: Vec<UserId> = listed.into_iter().map(|listed| listed.user).collect();
            let bureau = Bureau::of(app, config).await?;
            resume_all(&bureau, &people, output).await
        }
        (None, None, None) => Err(Failure::new(Exit::Usage, "name somebody").into()),
    }
}

async fn resume_all(
    bureau: &Bureau<'_>,
    people: &[UserId],
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let set = reconcile::resume_users(&bureau.desk(), people).await?;
    match output.format {
        Format::Json => output.items(&set)?,
        Format::Text => output.line(&sentence(&set))?,
    }
    Ok(Exit::Done)
}

fn sentence(set: &[UserOverrides]) -> String {
    let changed = set.iter().filter(|set| set.changed).count();
    let others = match set.len() - changed {
        0 => String::new(),
        others => format!("; {others} waited for nobody"),
    };
    format!("{changed} people: the rules decide again at the next sync{others}")
}

/// Who waits for a person, or after refused numbers, and had the last number in the range, or was refused one of it.
fn waiting_of(state: &State, rules: &RuleSet, range: &str) -> Vec<UserId> {
    let lies_in = |number| {
        let at = rules.range_of(number);
        at.is_some_and(|at| rules.ranges()[at].name == range)
    };
    let former = state.former.iter().filter(|former| lies_in(former.number));
    let former: BTreeSet<UserId> = former.map(|former| former.user).collect();
    let waits = state.facts.iter().filter(|(id, facts)| match facts.wait {
        Some(Wait::RemovedOutside | Wait::ReleasedByHand) => former.contains(id),
        Some(Wait::Refused { .. }) => facts.refused.iter().any(|(number, _)| lies_in(*number)),
        Some(Wait::Teams { .. }) | None => false,
    });
    waits.map(|(id, _)| *id).collect()
}
