//! `migrate plan|start|status|pause|rollback`: numbers to another type, wave by wave, each person keeping the number.

mod site;

use super::args::{
    MigrateCommand, MigratePauseArgs, MigratePlanArgs, MigrateRollbackArgs, MigrateStartArgs,
    MigrateStatusArgs, MigrationArgs,
};
use super::exit::Exit;
use super::output::{Format, Output};
use super::plan_and_sync::by_command_line;
use super::retyped::linekeeper;
use crate::app::App;
use crate::plan::{Migration, MigrationPlan, MigrationRefusal, Mover, Pace, Stage};
use crate::report::{MigrationReport, migration_text};
use crate::store::{MigrationRecord, NewMigration, RollBack};
use site::{Site, no};

/// `migrate …`.
pub(super) async fn migrate(
    app: &App,
    command: &MigrateCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    match command {
        MigrateCommand::Plan(args) => plan(app, args, output).await,
        MigrateCommand::Start(args) => start(app, args, output).await,
        MigrateCommand::Status(args) => status(app, args, output).await,
        MigrateCommand::Pause(args) => pause(app, args, output).await,
        MigrateCommand::Rollback(args) => rollback(app, args, output).await,
    }
}

/// `migrate plan`.
async fn plan(app: &App, args: &MigratePlanArgs, output: &mut Output) -> anyhow::Result<Exit> {
    let site = Site::of(app, &args.migration).await?;
    let wish = site.wish(&args.migration, &args.terms).await?;
    let plan = site.survey(&wish).await?;
    site.show(&plan, output)?;
    Ok(Exit::Done)
}

/// `migrate start`.
async fn start(app: &App, args: &MigrateStartArgs, output: &mut Output) -> anyhow::Result<Exit> {
    app.check_overlaps()?;
    let site = Site::of(app, &args.migration).await?;
    let latest = site.latest(&args.migration).await?;
    match latest.filter(|record| record.migration.ended.is_none()) {
        Some(record) => go_on(&site, &record, args, output).await?,
        None => begin(&site, args, output).await?,
    }
    let exit = site.carry_on(&args.migration, args.wait, output).await?;
    if output.format == Format::Text {
        let linekeeper = linekeeper(app.config.file.as_deref());
        output.line(&format!(
            "Every sync carries it on; {linekeeper} migrate status shows how far it is. When all is verified, change the \
             range's `type` to {} in its rule file and take the voice routing policy out.",
            args.migration.to
        ))?;
    }
    Ok(exit)
}

async fn begin(site: &Site, args: &MigrateStartArgs, output: &mut Output) -> anyhow::Result<()> {
    if args.next || args.wave.is_some() {
        return Err(no(&not_under_way(&args.migration)));
    }
    let wish = site.wish(&args.migration, &args.terms).await?;
    let plan = site.survey(&wish).await?;
    let count = plan.obstacles.iter().filter(|it| it.blocks()).count();
    let stopped = match (count > 0 && !args.leave_out, args.confirm) {
        (true, _) => Some(MigrationRefusal::Obstacles { count }),
        (false, false) => Some(MigrationRefusal::NotConfirmed),
        (false, true) if plan.waves.is_empty() => Some(MigrationRefusal::NothingToMove {
            range: plan.range.clone(),
            to: plan.to,
        }),
        (false, true) => None,
    };
    if stopped.is_some() || output.format == Format::Text {
        site.show(&plan, output)?;
    }
    if let Some(refusal) = stopped {
        return Err(no(&refusal));
    }
    site.may_begin(output).await?;
    let now = site.tenant.clock.now();
    let new = new_migration(&plan, now);
    if site
        .records
        .store
        .start_migration(&new, now)
        .await?
        .is_none()
    {
        let range = plan.range;
        let under_way = site.latest(&args.migration).await?;
        let under_way = under_way.is_some_and(|record| record.migration.ended.is_none());
        return Err(no(&match under_way {
            true => MigrationRefusal::UnderWay { range },
            false => MigrationRefusal::Elsewhere { range },
        }));
    }
    Ok(())
}

fn new_migration(plan: &MigrationPlan, now: jiff::Timestamp) -> NewMigration {
    let wave_of = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
    let waves = plan.waves.iter().enumerate();
    let movers = waves.flat_map(|(at, people)| {
        people.iter().map(move |person| Mover {
            migration: 0,
            wave: wave_of(at),
            number: person.number,
            user: person.user,
            upn: person.upn.clone(),
            from: person.from,
            stage: Stage::Planned,
            back: false,
            since: now,
            trouble: None,
        })
    });
    NewMigration {
        movers: movers.collect(),
        migration: Migration {
            id: 0,
            range: plan.range.clone(),
            to: plan.to,
            way: plan.way,
            operator: plan.operator.clone(),
            not_before: plan.not_before,
            pace: Pace::Running,
            begun: 1,
            waves: u32::try_from(plan.waves.len()).unwrap_or(u32::MAX),
            started: now,
            by: by_command_line().by,
            ended: None,
        },
    }
}

/// Goes on with a migration that is under way.
async fn go_on(
    site: &Site,
    record: &MigrationRecord,
    args: &MigrateStartArgs,
    output: &mut Output,
) -> anyhow::Result<()> {
    let migration = &record.migration;
    let range = migration.range.clone();
    let idle = migration.pace == Pace::Running && !args.next && args.wave.is_none();
    if idle || migration.to != args.migration.to {
        return Err(no(&MigrationRefusal::UnderWay { range }));
    }
    if args.next && migration.begun >= migration.waves {
        return Err(no(&MigrationRefusal::NoNextWave { range }));
    }
    let going_back = |wave| record.movers.iter().any(|m| m.back && m.wave == wave);
    if let Some(wave) = args.wave.filter(|wave| !going_back(*wave)) {
        return Err(no(&MigrationRefusal::NotRolledBack { range, wave }));
    }
    if !args.confirm {
        site.tell(record, output)?;
        return Err(no(&MigrationRefusal::NotConfirmed));
    }
    site.may_begin(output).await?;
    let (store, now) = (&site.records.store, site.tenant.clock.now());
    let by = by_command_line().by;
    if let Some(wave) = args.wave {
        store.take_wave_up(migration.id, wave, &by, now).await?;
    }
    let begun = migration.begun + u32::from(args.next);
    let paced = store.pace_migration(migration.id, Pace::Running, begun, &by, now);
    Ok(paced.await?)
}

/// `migrate status`.
async fn status(app: &App, args: &MigrateStatusArgs, output: &mut Output) -> anyhow::Result<Exit> {
    let mut reports = Vec::new();
    for config in app.chosen(args.tenants.tenant.as_deref())? {
        let store = app.store_of(config).await?;
        let wanted = |record: &MigrationRecord| {
            let migration = &record.migration;
            args.range
                .as_ref()
                .is_none_or(|range| *range == migration.range)
                && args.to.is_none_or(|to| to == migration.to)
        };
        let records = store.migrations().await?.into_iter().filter(wanted);
        reports
            .extend(records.map(|record| {
                MigrationReport::of(&config.name, &record.migration, &record.movers)
            }));
    }
    match output.format {
        Format::Json => output.items(&reports)?,
        Format::Text if reports.is_empty() => output.line("No migration was ever started.")?,
        Format::Text => {
            for report in &reports {
                output.text(&migration_text(report))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// `migrate pause`.
async fn pause(app: &App, args: &MigratePauseArgs, output: &mut Output) -> anyhow::Result<Exit> {
    let site = Site::of(app, &args.migration).await?;
    let record = under_way(&site, &args.migration).await?;
    let (store, now) = (&site.records.store, site.tenant.clock.now());
    let (id, begun) = (record.migration.id, record.migration.begun);
    let by = by_command_line().by;
    store
        .pace_migration(id, Pace::Paused, begun, &by, now)
        .await?;
    if let Some(record) = site.latest(&args.migration).await? {
        site.tell(&record, output)?;
    }
    Ok(Exit::Done)
}

/// `migrate rollback`.
async fn rollback(
    app: &App,
    args: &MigrateRollbackArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let site = Site::of(app, &args.migration).await?;
    let latest = site.latest(&args.migration).await?;
    let fits = |record: &MigrationRecord| record.migration.to == args.migration.to;
    let Some(MigrationRecord { migration, .. }) = latest.filter(fits) else {
        return Err(no(&not_under_way(&args.migration)));
    };
    let wave = args.wave.unwrap_or(migration.begun);
    if wave > migration.begun {
        return Err(no(&MigrationRefusal::UnknownWave {
            range: migration.range,
            wave,
            waves: migration.waves,
            begun: migration.begun,
        }));
    }
    site.may_begin(output).await?;
    let (store, now) = (&site.records.store, site.tenant.clock.now());
    let by = by_command_line().by;
    let turned = store.roll_back_wave(migration.id, wave, &by, now).await?;
    if turned == RollBack::Superseded {
        let range = migration.range;
        return Err(no(&MigrationRefusal::Superseded { range }));
    }
    site.carry_on(&args.migration, args.wait, output).await
}

async fn under_way(site: &Site, args: &MigrationArgs) -> anyhow::Result<MigrationRecord> {
    let latest = site.latest(args).await?;
    let open = |record: &MigrationRecord| {
        record.migration.ended.is_none() && record.migration.to == args.to
    };
    latest.filter(open).ok_or_else(|| no(&not_under_way(args)))
}

fn not_under_way(args: &MigrationArgs) -> MigrationRefusal {
    MigrationRefusal::NotUnderWay {
        range: args.range.clone(),
        to: args.to,
    }
}
