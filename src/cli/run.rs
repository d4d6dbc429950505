//! From the arguments to the exit code: which command does what.

use super::args::{
    AuditCommand, AuditVerifyArgs, Cli, Command, DemoArgs, DoctorArgs, NumbersCommand,
    OperatorsCommand, RangesCommand, RulesCommand, SyncsCommand, UsersCommand,
};
use super::exit::{self, Exit};
use super::output::{Format, Output};
use super::{
    audit, audit_file, by_hand, demo, doctor, explain, files, forecast, history, init, inventory,
    migrate, numbers_export, numbers_import, operators, order, people, plan_and_sync, renumber,
    resume, revert, rules, rules_coverage, rules_diff, rules_status, rules_test, serve, set,
    simulate, syncs,
};
use crate::app::App;
use crate::config::{Config, Sources, load};
use crate::sheets::{NUMBERS, PINS};
use crate::telemetry;
use clap::Parser;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;

/// Parses, runs, prints the error once, and answers the exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let mut output = Output::of_process(cli.output);
    if let Err(error) = telemetry::start(cli.output == Format::Json, usual_level(&cli.command)) {
        output.error(&anyhow::Error::new(error));
        return Exit::Invalid.into();
    }
    match run(cli, &mut output) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output.error(&error);
            exit::of_error(&error).into()
        }
    }
}

/// A command prints its outcome itself; a service tells each thing it has done.
const fn usual_level(command: &Command) -> LevelFilter {
    match command {
        Command::Serve | Command::Demo(DemoArgs { once: false, .. }) => LevelFilter::INFO,
        _ => LevelFilter::WARN,
    }
}

/// Help and version are asked for and go to standard output with 0; everything else is 2.
fn usage(error: &clap::Error) -> ExitCode {
    // clap writes in colour on a terminal only, and where it cannot write there is nobody to tell.
    let _ = error.print();
    match error.use_stderr() {
        true => Exit::Usage.into(),
        false => Exit::Done.into(),
    }
}

/// One line per command.
fn run(cli: Cli, output: &mut Output) -> anyhow::Result<Exit> {
    let file = cli.config;
    match cli.command {
        Command::Rules(RulesCommand::Check { path }) => {
            rules::check(|| configuration(file), path.as_deref(), output)
        }
        Command::Rules(RulesCommand::Test(args)) => {
            rules_test::test(|| configuration(file), &args, output)
        }
        Command::Rules(RulesCommand::Fmt { path, check }) => {
            rules::fmt(|| configuration(file), path.as_deref(), check, output)
        }
        Command::Rules(RulesCommand::Explain { code }) => rules::explain(code.as_deref(), output),
        // Templates need neither configuration nor database.
        Command::Numbers(NumbersCommand::Import(args)) if args.template => {
            files::template(&NUMBERS, output)
        }
        Command::Users(UsersCommand::Pin(args)) if args.many.template => {
            files::template(&PINS, output)
        }
        Command::Simulate(args) => wait_for(simulate::simulate(&args, output)),
        Command::Demo(args) => wait_for(demo::demo(&args, output)),
        Command::Doctor(DoctorArgs {
            tenants,
            numbers: false,
        }) => wait_for(doctor::doctor(file, tenants.tenant.as_deref(), output)),
        Command::Audit(AuditCommand::Verify(AuditVerifyArgs {
            file: Some(trail),
            expect,
            ..
        })) => audit_file::verify(&trail, expect, output),
        Command::Init(args) => init::init(args.folder.as_deref(), output),
        Command::Serve => {
            let config = configuration(file.clone())?;
            config.warnings.iter().for_each(|text| output.warning(text));
            wait_for(serve::serve(config, file))
        }
        command => {
            let config = configuration(file)?;
            config.warnings.iter().for_each(|text| output.warning(text));
            wait_for(with_database(config, command, output))
        }
    }
}

async fn with_database(
    config: Config,
    command: Command,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let app = App::open(config).await?;
    let done = match command {
        Command::Plan(args) => plan_and_sync::plan(&app, &args, output).await,
        Command::Sync(args) => plan_and_sync::sync(&app, &args, output).await,
        Command::Explain(args) => {
            explain::explain(&app, args.tenants.tenant.as_deref(), &args.whom, output).await
        }
        Command::Assign(args) => by_hand::assign(&app, &args, output).await,
        Command::Release(args) => by_hand::release(&app, &args, output).await,
        Command::Pause(args) => set::pause(&app, &args, output).await,
        Command::Resume(args) => set::resume(&app, &args, output).await,
        Command::Ranges(command) => ranges(&app, &command, output).await,
        Command::Numbers(command) => numbers(&app, &command, output).await,
        Command::Operators(command) => operators(&app, &command, output).await,
        Command::Users(command) => users(&app, &command, output).await,
        Command::Syncs(command) => past(&app, &command, output).await,
        Command::Migrate(command) => migrate::migrate(&app, &command, output).await,
        Command::Rules(RulesCommand::Coverage(args)) => {
            rules_coverage::coverage(&app, &args, output).await
        }
        Command::Rules(RulesCommand::Diff(args)) => rules_diff::diff(&app, &args, output).await,
        Command::Rules(RulesCommand::Status(args)) => {
            rules_status::status(&app, &args, output).await
        }
        Command::Doctor(args) => {
            doctor::numbers(&app, args.tenants.tenant.as_deref(), output).await
        }
        Command::Audit(AuditCommand::List(args)) => audit::list(&app, &args, output).await,
        Command::Audit(AuditCommand::Verify(args)) => audit::verify(&app, &args, output).await,
        Command::Audit(AuditCommand::Export(args)) => audit_file::export(&app, &args, output).await,
        Command::Serve
        | Command::Rules(_)
        | Command::Simulate(_)
        | Command::Demo(_)
        | Command::Init(_) => Ok(Exit::Done),
    };
    app.store.close().await;
    done
}

async fn ranges(app: &App, command: &RangesCommand, output: &mut Output) -> anyhow::Result<Exit> {
    match command {
        RangesCommand::List { tenants } => {
            inventory::ranges(app, tenants.tenant.as_deref(), output).await
        }
        RangesCommand::Forecast(args) => forecast::forecast(app, args, output).await,
        RangesCommand::Suspend(args) => set::suspend(app, args, output).await,
        RangesCommand::Resume(args) => set::resume_range(app, args, output).await,
    }
}

async fn numbers(app: &App, command: &NumbersCommand, output: &mut Output) -> anyhow::Result<Exit> {
    match command {
        NumbersCommand::List {
            tenants,
            range,
            state,
            golden,
            limit,
        } => {
            let wanted = inventory::Wanted {
                golden: *golden,
                tenant: tenants.tenant.as_deref(),
                range: range.as_deref(),
                state: state.as_deref(),
                limit: *limit,
            };
            inventory::numbers(app, &wanted, output).await
        }
        NumbersCommand::History {
            tenants,
            number,
            at,
        } => {
            let tenant = tenants.tenant.as_deref();
            match at {
                Some(at) => history::then(app, tenant, number, *at, output).await,
                None => history::history(app, tenant, number, output).await,
            }
        }
        NumbersCommand::Reserve(args) => set::reserve(app, args, output).await,
        NumbersCommand::Unreserve(args) => set::unreserve(app, args, output).await,
        NumbersCommand::Unblock(args) => set::unblock(app, args, output).await,
        NumbersCommand::Free(args) => set::free(app, args, output).await,
        NumbersCommand::Rest(args) => set::rest(app, args, output).await,
        NumbersCommand::Import(args) => numbers_import::import(app, args, output).await,
        NumbersCommand::Export(args) => numbers_export::export(app, args, output).await,
        NumbersCommand::Order(command) => order::order(app, command, output).await,
    }
}

async fn operators(
    app: &App,
    command: &OperatorsCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    match command {
        OperatorsCommand::List(args) => operators::list(app, args.tenant.as_deref(), output).await,
        OperatorsCommand::Suspend(args) => operators::suspend(app, args, output).await,
        OperatorsCommand::Resume(args) => operators::resume(app, args, output).await,
        OperatorsCommand::Remove(args) => operators::remove(app, args, output).await,
    }
}

async fn users(app: &App, command: &UsersCommand, output: &mut Output) -> anyhow::Result<Exit> {
    match command {
        UsersCommand::List {
            tenants,
            note,
            limit,
        } => {
            people::list(
                app,
                tenants.tenant.as_deref(),
                note.as_deref(),
                *limit,
                output,
            )
            .await
        }
        UsersCommand::Exempt(args) => set::exempt(app, args, output).await,
        UsersCommand::Unexempt(args) => set::unexempt(app, args, output).await,
        UsersCommand::Pin(args) => set::pin(app, args, output).await,
        UsersCommand::Unpin(args) => set::unpin(app, args, output).await,
        UsersCommand::Resume(args) => resume::resume(app, args, output).await,
        UsersCommand::Renumber(args) => renumber::renumber(app, args, output).await,
    }
}

async fn past(app: &App, command: &SyncsCommand, output: &mut Output) -> anyhow::Result<Exit> {
    match command {
        SyncsCommand::List { tenants } => syncs::list(app, tenants.tenant.as_deref(), output).await,
        SyncsCommand::Show { id } => syncs::show(app, id, output).await,
        SyncsCommand::Approve { id, except, wait } => {
            syncs::approve(app, id, except, *wait, output).await
        }
        SyncsCommand::Reject { id } => syncs::reject(app, id, output).await,
        SyncsCommand::Revert(args) => revert::revert(app, args, output).await,
    }
}

fn configuration(file: Option<PathBuf>) -> anyhow::Result<Config> {
    Ok(load(&Sources::of_process(file)?)?)
}

/// Runs asynchronous work to its end on a runtime of its own.
fn wait_for(work: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
