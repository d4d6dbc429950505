//! What the metrics show of a tenant after its syncs.

use super::ONE_NUMBER;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use linekeeper::app::App;
use linekeeper::config::{Sources, load};
use linekeeper::telemetry::TenantFigures;

on_both_engines!(stock_waiting_people_and_brakes_are_shown);

async fn figures(story: &Scenario) -> TenantFigures {
    let sources = Sources {
        file: None,
        folder: story.folder().to_owned(),
        environment: Vec::new(),
    };
    let config = load(&sources).expect("a valid configuration");
    let app = App::open(config).await.expect("the database opens");
    let records = app.records(&app.config.tenants[0]).await;
    let figures = app.figures(&records.expect("the tenant's records")).await;
    app.store.close().await;
    figures.expect("readable records")
}

/// One number, two people: the second waits until there is another.
async fn stock_waiting_people_and_brakes_are_shown(database: &Database) {
    let tenant =
        Tenant::default()
            .person("anna", "München", &[E5])
            .person("bert", "München", &[E5]);
    let story = Scenario::new(database, tenant, ONE_NUMBER).await;
    assert_eq!(figures(&story).await.delta_link, None);
    story.sync(0).await;
    let shown = figures(&story).await;
    assert_eq!(shown.tenant, "contoso");
    assert_eq!(shown.numbers["muc"]["assigned"], 1);
    assert_eq!(shown.numbers["muc"].values().sum::<u64>(), 1);
    assert_eq!(shown.waiting, 1);
    assert_eq!(shown.notes["exhausted"], 1);
    assert_eq!(shown.brake_assignments, 1);
    assert!(shown.delta_link.is_some());
    assert!(!shown.held && !shown.paused && shown.suspended.is_empty());
    // Every release needs approval: the next one is held.
    story.switch(super::keep());
    story.configure("mode = \"apply\"\n[safety]\nmax_releases = 0", "");
    story.unlicense("anna", E5);
    story.sync(5).await;
    assert!(figures(&story).await.held);
}
