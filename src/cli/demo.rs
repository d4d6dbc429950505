//! `demo`: simulator, sample rules and a temporary database in one process. First the plan, the sync, the stock; then,
//! unless `--once`, the service with the hour shortened to half a minute, while people come and go. With `--folder` rules
//! and configuration lie where they can be changed meanwhile.

use super::args::{DemoArgs, PlanArgs, SyncArgs, TenantArgs};
use super::demo_folder::{MARK, advice, provide_rules, refuse_strangers};
use super::exit::Exit;
use super::output::{Format, Output};
use super::serve::told_to_stop;
use super::{inventory, plan_and_sync};
use crate::app::{App, CountingSyncs, Serving, serve};
use crate::clock::SystemClock;
use crate::config::{Config, Sources, load};
use crate::simulator::{Options, Simulator, sample_office_tenant};
use crate::telemetry::Metrics;
use anyhow::Context as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Something happens in the organisation so often.
const BUSTLE: Duration = Duration::from_secs(6);

/// What a first sync on a real tenant would look like, with people who do not exist; then the days after it.
pub(super) async fn demo(args: &DemoArgs, output: &mut Output) -> anyhow::Result<Exit> {
    let temporary = tempfile::tempdir()?;
    let folder = match &args.folder {
        Some(folder) => std::path::absolute(folder)?,
        None => temporary.path().to_owned(),
    };
    refuse_strangers(&folder)?;
    let rules = provide_rules(&folder)?;
    let clock = Arc::new(SystemClock::default());
    let simulator =
        Simulator::on_free_port(sample_office_tenant(), Options::default(), clock).await?;
    let file = folder.join("linekeeper.toml");
    configure(&file, temporary.path(), &simulator, args)?;
    let app = App::open(read(&file, &folder)?).await?;
    let exit = first_sync(&app, output, args.once).await?;
    if args.once {
        app.store.close().await;
        return Ok(exit);
    }
    if output.format == Format::Text {
        output.text(&while_it_runs(args))?;
        if let Some(folder) = &args.folder {
            output.text(&advice(folder, rules))?;
        }
    }
    let metrics = Metrics::start()?;
    let serving = Serving {
        reload: Box::new(move || read(&file, &folder)),
        observer: Arc::new(CountingSyncs),
        metrics: Arc::new(move || metrics.render()),
        stop: Box::pin(told_to_stop()?),
        listening: Box::new(|_| {}),
    };
    let bustle = tokio::spawn(bustle(simulator));
    let served = serve(app, serving).await;
    bustle.abort();
    served?;
    Ok(Exit::Done)
}

fn read(file: &Path, folder: &Path) -> anyhow::Result<Config> {
    let sources = Sources {
        file: Some(file.to_owned()),
        folder: folder.to_owned(),
        environment: Vec::new(),
    };
    Ok(load(&sources)?)
}

/// People come, move and go.
async fn bustle(simulator: Simulator) {
    for n in 0.. {
        tokio::time::sleep(BUSTLE).await;
        tracing::info!(
            happened = simulator.happening(n),
            "meanwhile in the organisation"
        );
    }
}

async fn first_sync(app: &App, output: &mut Output, once: bool) -> anyhow::Result<Exit> {
    let people = output.format == Format::Text;
    if people {
        output.text(INTRODUCTION)?;
        let plan = PlanArgs {
            tenants: TenantArgs::default(),
            user: None,
            full: false,
            save: None,
            exit_code: false,
        };
        plan_and_sync::plan(app, &plan, output).await?;
        output.text("\nNow the same as a sync, which makes the changes:\n\n")?;
    }
    let sync = SyncArgs {
        tenants: TenantArgs::default(),
        user: None,
        full: false,
        plan: None,
        approve: false,
        accept_empty: false,
        wait: None,
    };
    let exit = plan_and_sync::sync(app, &sync, output).await?;
    if people {
        output.text("\nThe stock of each range afterwards:\n\n")?;
        inventory::ranges(app, None, output).await?;
    }
    if people && once {
        output.text(NEXT)?;
    }
    Ok(exit)
}

/// The configuration as an administrator would write it. Database and secret stay in the temporary folder: what they
/// belong to ends with the demonstration.
fn configure(
    file: &Path,
    temporary: &Path,
    simulator: &Simulator,
    args: &DemoArgs,
) -> anyhow::Result<()> {
    let secret = temporary.join("secret");
    let database = format!("sqlite:{}", temporary.join("demo.db").display());
    let configuration = format!(
        "{MARK}\nmode = \"apply\"\n\n[database]\nurl = {database:?}\n\n[safety]\nmax_assignments = 0        # a first roll-out gives everybody a number at once\n\
         max_releases = 1000\nmax_release_percent = 100\n\n\
         [server]\nlisten = \"{}\"\n\n[schedule]\ncron = \"0/30 * * * * *\"        # the hour shortened to half a minute\n\n\
         [graph]\noperation_poll = \"50ms\"\n\n\
         [[tenant]]\nname = \"demo\"\ntenant_id = \"00000000-0000-4000-8000-0000000000de\"\nclient_id = \"demo\"\nclient_secret_file = {secret:?}\n\
         graph_url = \"{}\"\nlogin_url = \"{}\"\n",
        args.listen,
        simulator.graph_url(),
        simulator.origin()
    );
    write_secret(&secret)?;
    std::fs::write(file, configuration)
        .with_context(|| format!("{} cannot be written", file.display()))
}

/// A secret file is readable by its owner only, in the demo as anywhere.
fn write_secret(path: &Path) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(b"demo")
}

const INTRODUCTION: &str = "\
A made-up organisation of six offices, served by a simulator that speaks Microsoft Graph's language: umlauts, stray
blanks, guests, meeting rooms, disabled and half-licensed accounts, and numbers that people already have. Nothing
leaves this machine. First the plan: who gets which number and why, before anything is changed.

";

fn while_it_runs(args: &DemoArgs) -> String {
    let address = args.listen;
    format!(
        "\nThe service runs now, with the hour shortened to half a minute; people come, move and leave meanwhile, which the\n\
         log shows. Ctrl-C ends it. Try in another window:\n  \
         curl http://{address}/api/v1/syncs                    past syncs\n  \
         curl -X POST http://{address}/api/v1/syncs            one now\n  \
         curl http://{address}/readyz?verbose                  how it is\n  \
         curl http://{address}/api/v1/openapi.json             everything that can be asked\n\n"
    )
}

const NEXT: &str = "
What to try next:
  linekeeper simulate --generate 1000 --listen 127.0.0.1:9000   a larger tenant to try your own rules on
  linekeeper rules check rules                                  the example rules, checked
  linekeeper demo --folder northwind                            rules to change while the service runs
  linekeeper --help                                             everything else
README.md leads from here to the first plan for a real tenant, in which nothing is written either.
";
