//! A service to be measured: its files, and a database full of people.

use crate::made_up;
use crate::tenant::{self, Maker};
use jiff::Timestamp;
use linekeeper::clock::{Clock as _, SystemClock};
use linekeeper::directory::{Link, Next, Observed, Page};
use linekeeper::numbering::{E164, NumberType};
use linekeeper::plan::{Anchor, Holding, HoldingOrigin, Settings};
use linekeeper::reconcile::{Begin, Claim, Ledger as _, Trigger};
use linekeeper::report::TriggerKind;
use linekeeper::store::{Options, Store};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

pub(crate) const RANGES: u64 = 1_000;
const TENANT_ID: &str = "00000000-0000-4000-8000-0000000000de";

pub(crate) fn free_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

/// A configuration whose service never syncs by itself: there is no Graph.
pub(crate) fn write_files(folder: &Path, users: u64) {
    let configuration = format!(
        "[database]\nurl = \"sqlite:bench.db\"\n[schedule]\ncron = \"0 0 0 1 1 *\"\nfull_cron = \"0 0 0 1 1 *\"\non_start = false\n\
         [[tenant]]\nname = \"bench\"\ntenant_id = \"{TENANT_ID}\"\nclient_id = \"bench\"\nclient_secret_file = \"secret\"\n\
         graph_url = \"http://127.0.0.1:9/v1.0\"\nlogin_url = \"http://127.0.0.1:9\"\n"
    );
    let rules = made_up::rules(RANGES, 2 * users / RANGES);
    std::fs::create_dir(folder.join("rules")).expect("a folder for rules");
    std::fs::write(folder.join("rules/bench.rules"), rules).expect("rules are written");
    std::fs::write(folder.join("secret"), "bench").expect("the secret is written");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(folder.join("secret"), private).expect("our own file");
    std::fs::write(folder.join("linekeeper.toml"), configuration).expect("a configuration");
}

/// Everybody holds a number, and half the numbers are free. Answers the numbers that are held.
pub(crate) async fn fill(folder: &Path, users: u64) -> Vec<E164> {
    let url = format!("sqlite:{}", folder.join("bench.db").display());
    let store = Store::open(&url, Options::default())
        .await
        .expect("a database");
    let settings = Arc::new(Settings {
        tenant: "bench".to_owned(),
        ..Settings::default()
    });
    let ledger = store
        .tenant("bench", TENANT_ID, settings)
        .await
        .expect("a tenant");
    let now = SystemClock::default().now();
    let trigger = Trigger {
        kind: TriggerKind::Cli,
        by: "bench".to_owned(),
    };
    let Begin::Ours(fence, sync) = ledger.begin(&trigger, now).await.expect("begins") else {
        panic!("somebody else syncs")
    };
    let mut round = ledger
        .begin_full(fence, "bench", now)
        .await
        .expect("a round");
    let mut maker = Maker::new(RANGES);
    let mut at = 0;
    while at < users {
        let part = at..(at + 1_000).min(users);
        at = part.end;
        let link = Link(format!("link-{at}"));
        let next = match at == users {
            true => Next::End { delta: link },
            false => Next::More(link),
        };
        let users = part
            .map(|at| Observed::Present(Box::new(maker.user(at))))
            .collect();
        let pages = [Page { users, next }];
        ledger
            .store_pages(fence, &mut round, &pages, now)
            .await
            .expect("stores");
    }
    let link = Link(format!("link-{users}"));
    ledger
        .end_round(fence, &round, &link, false, now)
        .await
        .expect("ends the round");
    let rules = tenant::rule_set(&made_up::rules(RANGES, 2 * users / RANGES));
    let each = (users / RANGES) as usize;
    let numbers: Vec<E164> = rules
        .ranges()
        .iter()
        .flat_map(|range| range.numbers.iter().take(each))
        .collect();
    let adopted = numbers
        .iter()
        .zip(0..)
        .map(|(number, at)| holding(*number, at, now));
    let claim = Claim {
        adopted: adopted.collect(),
        anchor: Anchor {
            skus: tenant::skus(),
            ..Anchor::default()
        },
        ..Claim::default()
    };
    ledger
        .claim(fence, &sync, &claim, now)
        .await
        .expect("adopts");
    ledger.abandon().await.expect("ends");
    store.close().await;
    numbers
}

fn holding(number: E164, at: u64, now: Timestamp) -> Holding {
    Holding {
        number,
        user: tenant::id(at),
        number_type: NumberType::DirectRouting,
        range: None,
        origin: HoldingOrigin::Adopted,
        since: now,
        seen_licensed: true,
        missing: None,
    }
}
