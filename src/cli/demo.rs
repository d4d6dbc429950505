//! `demo --once`: simulator, sample rules and a temporary database in one process: the plan, the sync, the stock.

use super::args::{PlanArgs, SyncArgs, TenantArgs};
use super::exit::Exit;
use super::output::{Format, Output};
use super::{inventory, plan_and_sync};
use crate::app::App;
use crate::clock::SystemClock;
use crate::config::{Sources, load};
use crate::simulator::{Options, SAMPLE_RULES, Simulator, sample_office_tenant};
use std::path::Path;
use std::sync::Arc;

/// What a first sync on a real tenant would look like, with people who do not exist.
pub(super) async fn demo(output: &mut Output) -> anyhow::Result<Exit> {
    let folder = tempfile::tempdir()?;
    let clock = Arc::new(SystemClock::default());
    let simulator =
        Simulator::on_free_port(sample_office_tenant(), Options::default(), clock).await?;
    write_files(folder.path(), &simulator)?;
    let sources = Sources {
        file: Some(folder.path().join("linekeeper.toml")),
        folder: folder.path().to_owned(),
        environment: Vec::new(),
    };
    let app = App::open(load(&sources)?).await?;
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
        plan_and_sync::plan(&app, &plan, output).await?;
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
    let exit = plan_and_sync::sync(&app, &sync, output).await?;
    if people {
        output.text("\nThe stock of each range afterwards:\n\n")?;
        inventory::ranges(&app, None, output).await?;
        output.text(NEXT)?;
    }
    app.store.close().await;
    Ok(exit)
}

/// Rules and configuration as an administrator would write them.
fn write_files(folder: &Path, simulator: &Simulator) -> std::io::Result<()> {
    let rules = folder.join("rules");
    std::fs::create_dir(&rules)?;
    std::fs::write(rules.join("offices.rules"), SAMPLE_RULES)?;
    let configuration = format!(
        "mode = \"apply\"\n\n[safety]\nmax_assignments = 0        # a first roll-out gives everybody a number at once\n\n\
         [graph]\noperation_poll = \"50ms\"\n\n\
         [[tenant]]\nname = \"demo\"\ntenant_id = \"00000000-0000-4000-8000-0000000000de\"\nclient_id = \"demo\"\nclient_secret_file = \"secret\"\n\
         graph_url = \"{}\"\nlogin_url = \"{}\"\n",
        simulator.graph_url(),
        simulator.origin()
    );
    write_secret(&folder.join("secret"))?;
    std::fs::write(folder.join("linekeeper.toml"), configuration)
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

const NEXT: &str = "
What to try next:
  linekeeper simulate --generate 1000 --listen 127.0.0.1:9000   a larger tenant to try your own rules on
  linekeeper rules check rules                                  the example rules, checked
  linekeeper --help                                             everything else
README.md leads from here to the first plan for a real tenant, in which nothing is written either.
";
