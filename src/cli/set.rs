//! The sentences of what is set by hand: `users exempt|unexempt|pin|unpin|resume`, `numbers reserve|…`, `ranges
//! suspend|resume`, `pause`, `resume`.

use super::args::{ExemptArgs, NumberArgs, PauseArgs, PinArgs, ReserveArgs, RestArgs, SuspendArgs};
use super::args::{RangeArgs, TenantArgs, UserArgs};
use super::exit::Exit;
use super::output::Output;
use super::overrides::{Bureau, Ruled, change_to_pin, details, tell};
use super::pin_file::pin_file;
use super::plan_and_sync::ended;
use crate::app::App;
use crate::config::TenantConfig;
use crate::directory::UserId;
use crate::numbering::E164;
use crate::reconcile;
use crate::report::{NumberOverrides, RangeSuspension, TenantPause, UserOverrides, inert};

/// `users exempt USER`.
pub(super) async fn exempt(
    app: &App,
    args: &ExemptArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (bureau, user) = whose(app, &args.who).await?;
    let set = reconcile::exempt(&bureau.desk(), user, &args.reason, args.until).await;
    let sentence = |set: &UserOverrides| {
        let details = details(Some(&args.reason), args.until);
        format!("{} is exempt{details}", who(set))
    };
    tell(set, sentence, output)
}

/// `users unexempt USER`.
pub(super) async fn unexempt(
    app: &App,
    args: &UserArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (bureau, user) = whose(app, args).await?;
    let set = reconcile::unexempt(&bureau.desk(), user).await;
    let sentence = |set: &UserOverrides| match set.changed {
        true => format!(
            "{} is no longer exempt; the rules decide at the next sync",
            who(set)
        ),
        false => format!("{} was not exempt by hand", who(set)),
    };
    tell(set, sentence, output)
}

/// `users pin USER NUMBER`.
pub(super) async fn pin(app: &App, args: &PinArgs, output: &mut Output) -> anyhow::Result<Exit> {
    let (Some(user), Some(number)) = (args.user.as_deref(), args.number.as_deref()) else {
        return pin_file(app, args, output).await;
    };
    let tenant = args.tenants.tenant.as_deref();
    let (bureau, user) = Bureau::with_user(app, tenant, user).await?;
    let number = super::inventory::read_number(number)?;
    let rules = bureau.rules(app)?;
    let set = reconcile::pin(&bureau.desk(), &rules, user, number, args.force).await;
    let held = set.as_ref().ok().and_then(|set| set.number);
    let sentence = |set: &UserOverrides| {
        let now = match set.number {
            Some(held) if held == number => "which is there already".to_owned(),
            Some(held) if !args.r#move => {
                format!("but keeps {held}; --move, or `linekeeper assign`, changes it")
            }
            Some(held) => format!("which takes the place of {held}"),
            None => "which comes with the next sync if the licence allows it".to_owned(),
        };
        format!("{} is pinned to {number}, {now}", who(set))
    };
    let exit = tell(set, sentence, output)?;
    match held.filter(|held| args.r#move && *held != number) {
        Some(_) => change_to_pin(app, &bureau, user, number, args.wait, output).await,
        None => Ok(exit),
    }
}

/// `users unpin USER`.
pub(super) async fn unpin(app: &App, args: &UserArgs, output: &mut Output) -> anyhow::Result<Exit> {
    let (bureau, user) = whose(app, args).await?;
    let set = reconcile::unpin(&bureau.desk(), user).await;
    let sentence = |set: &UserOverrides| match set.changed {
        true => format!(
            "{} is no longer pinned; the number stays where it is",
            who(set)
        ),
        false => format!("{} was not pinned", who(set)),
    };
    tell(set, sentence, output)
}

/// `users resume USER`.
pub(super) async fn resume_user(
    app: &App,
    args: &UserArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (bureau, user) = whose(app, args).await?;
    let set = reconcile::resume_user(&bureau.desk(), user).await;
    let sentence = |set: &UserOverrides| match set.changed {
        true => format!("{}: the rules decide again at the next sync", who(set)),
        false => format!("{} waits for nobody; nothing to resume", who(set)),
    };
    tell(set, sentence, output)
}

/// `numbers reserve NUMBER`.
pub(super) async fn reserve(
    app: &App,
    args: &ReserveArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (ruled, number) = which(app, &args.which).await?;
    let set = reconcile::reserve(
        &ruled.bureau.desk(),
        &ruled.rules,
        number,
        &args.reason,
        args.until,
        args.whom.as_deref(),
    )
    .await;
    if let (Ok(_), Some(whom)) = (&set, &args.whom) {
        ruled.bureau.look_again_at(whom).await?;
    }
    let sentence = |set: &NumberOverrides| {
        let whom = args.whom.as_ref();
        let whom = whom.map_or_else(String::new, |whom| format!(" for {}", inert(whom)));
        let details = details(Some(&args.reason), args.until);
        format!(
            "{} is set aside{whom}{details}; it is {} now",
            set.number, set.state
        )
    };
    tell(set, sentence, output)
}

/// `numbers unreserve NUMBER`.
pub(super) async fn unreserve(
    app: &App,
    args: &NumberArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (ruled, number) = which(app, args).await?;
    let set = reconcile::unreserve(&ruled.bureau.desk(), &ruled.rules, number).await;
    tell(set, |set| stands(set, "was not set aside by hand"), output)
}

/// `numbers unblock NUMBER`.
pub(super) async fn unblock(
    app: &App,
    args: &NumberArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (ruled, number) = which(app, args).await?;
    let set = reconcile::unblock(&ruled.bureau.desk(), &ruled.rules, number).await;
    tell(set, |set| stands(set, "was not blocked"), output)
}

/// `numbers free NUMBER`.
pub(super) async fn free(
    app: &App,
    args: &NumberArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (ruled, number) = which(app, args).await?;
    let set = reconcile::free(&ruled.bureau.desk(), &ruled.rules, number).await;
    tell(set, |set| stands(set, "was not resting"), output)
}

/// `numbers rest NUMBER --until DATE`.
pub(super) async fn rest(app: &App, args: &RestArgs, output: &mut Output) -> anyhow::Result<Exit> {
    let (ruled, number) = which(app, &args.which).await?;
    let set = reconcile::rest(&ruled.bureau.desk(), &ruled.rules, number, args.until).await;
    let sentence = |set: &NumberOverrides| format!("{} rests until {}", set.number, args.until);
    tell(set, sentence, output)
}

/// `ranges suspend NAME --reason R`.
pub(super) async fn suspend(
    app: &App,
    args: &SuspendArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let tenant = args.range.tenants.tenant.as_deref();
    let ruled = Ruled::with_range(app, tenant, &args.range.name).await?;
    let (desk, rules) = (ruled.bureau.desk(), &ruled.rules);
    let set = reconcile::suspend_range(&desk, rules, &args.range.name, &args.reason).await;
    let reason = details(Some(&args.reason), None);
    let sentence = |set: &RangeSuspension| {
        format!(
            "the range {} gives no number until it is resumed{reason}",
            inert(&set.range)
        )
    };
    tell(set, sentence, output)
}

/// `ranges resume NAME`.
pub(super) async fn resume_range(
    app: &App,
    args: &RangeArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let ruled = Ruled::with_range(app, args.tenants.tenant.as_deref(), &args.name).await?;
    let set = reconcile::resume_range(&ruled.bureau.desk(), &ruled.rules, &args.name).await;
    let sentence = |set: &RangeSuspension| match (&set.reason, set.changed) {
        (Some(reason), _) => format!(
            "the range {} still gives no number: {}; `linekeeper operators resume` ends that",
            inert(&set.range),
            inert(reason)
        ),
        (None, true) => format!("the range {} gives numbers again", inert(&set.range)),
        (None, false) => format!("the range {} was not suspended", inert(&set.range)),
    };
    tell(set, sentence, output)
}

/// `pause --reason R`. A tenant that cannot be paused does not keep the others from it.
pub(super) async fn pause(
    app: &App,
    args: &PauseArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let mut exits = Vec::new();
    for config in app.chosen(args.tenants.tenant.as_deref())? {
        let done = pause_one(app, config, args, output).await;
        exits.push(ended(config, done, output));
    }
    Ok(Exit::worst(exits))
}

async fn pause_one(
    app: &App,
    config: &TenantConfig,
    args: &PauseArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let bureau = Bureau::of(app, config).await?;
    let set = reconcile::pause(&bureau.desk(), &args.reason, args.until).await;
    let details = details(Some(&args.reason), args.until);
    let sentence = |set: &TenantPause| format!("{} is paused{details}", inert(&set.tenant));
    tell(set, sentence, output)
}

/// `resume`.
pub(super) async fn resume(
    app: &App,
    args: &TenantArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let mut exits = Vec::new();
    for config in app.chosen(args.tenant.as_deref())? {
        let done = resume_one(app, config, output).await;
        exits.push(ended(config, done, output));
    }
    Ok(Exit::worst(exits))
}

async fn resume_one(app: &App, config: &TenantConfig, output: &mut Output) -> anyhow::Result<Exit> {
    let bureau = Bureau::of(app, config).await?;
    let set = reconcile::resume(&bureau.desk()).await;
    let sentence = |set: &TenantPause| match set.changed {
        true => format!("{} writes again", inert(&set.tenant)),
        false => format!("{} was not paused", inert(&set.tenant)),
    };
    tell(set, sentence, output)
}

async fn whose<'a>(app: &'a App, args: &UserArgs) -> anyhow::Result<(Bureau<'a>, UserId)> {
    Bureau::with_user(app, args.tenants.tenant.as_deref(), &args.user).await
}

async fn which<'a>(app: &'a App, args: &NumberArgs) -> anyhow::Result<(Ruled<'a>, E164)> {
    Ruled::with_number(app, args.tenants.tenant.as_deref(), &args.number).await
}

fn who(set: &UserOverrides) -> String {
    match set.user.upn.as_str() {
        "" => set.user.id.to_string(),
        upn => inert(upn),
    }
}

fn stands(set: &NumberOverrides, unchanged: &str) -> String {
    let until = details(None, set.until);
    let now = format!("it is {}{until} now", set.state);
    match set.changed {
        true => format!("{}: done; {now}", set.number),
        false => format!("{} {unchanged}; {now}", set.number),
    }
}
