//! Which rules and settings hold: those of the start, of a changed file, of a configuration read again.

use super::{ASKED_ONLY, MUNICH};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::service::Service;
use crate::harness::tenant::{E5, Tenant};
use jiff::SignedDuration;
use linekeeper::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

on_both_engines!(
    rules_that_were_never_good_end_the_start,
    the_last_good_rules_outlive_a_new_configuration,
    two_tenants_never_come_to_share_a_number,
    a_sync_that_waits_for_its_turn_takes_the_newest_settings,
    a_sync_of_one_person_does_not_stand_for_one_of_all,
);

async fn with_anna(database: &Database) -> Scenario {
    let tenant =
        Tenant::default()
            .person("anna", "München", &[E5])
            .person("bert", "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.configure(ASKED_ONLY, "");
    story
}

/// A second tenant, with rules of its own in `rules-2` and the people of the first.
fn fabrikam(story: &Scenario, rules: &str) -> String {
    let folder = story.folder().join("rules-2");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("a.rules"), rules).expect("a file");
    let origin = story.simulator.origin();
    format!(
        "[[tenant]]\nname = \"fabrikam\"\ntenant_id = \"00000000-0000-4000-a000-000000000001\"\n\
         client_id = \"linekeeper\"\nclient_secret_file = \"secret\"\ngraph_url = \"{origin}/v1.0\"\n\
         login_url = \"{origin}\"\nrules_path = \"rules-2\"\n"
    )
}

async fn verbose(service: &Service) -> String {
    let ready = service.ask("GET", "/readyz?verbose", Value::Null).await;
    ready.is(200).text.clone()
}

async fn rules_that_were_never_good_end_the_start(database: &Database) {
    let story = with_anna(database).await;
    story.rules("range");
    let (code, log) = story.serve_anyhow().exit().await;
    assert_eq!(code, 3, "{log}");
    assert!(log.contains("offices.rules:1:"), "where it is: {log}");
    story.rules(MUNICH);
    let service = story.serve().await;
    assert_eq!(service.sync().await["status"], "succeeded");
    service.stop().await;
}

async fn the_last_good_rules_outlive_a_new_configuration(database: &Database) {
    let story = with_anna(database).await;
    let service = story.serve().await;
    story.rules("range \"muc\" {");
    service.logs("the newest rules cannot be used").await;
    story.configure(&format!("{ASKED_ONLY}\nspread = \"1s\""), "");
    service.signal("HUP");
    service.logs("the configuration was read again").await;
    let ready = verbose(&service).await;
    assert!(
        ready.contains("[!] contoso: the newest rules cannot be used"),
        "{ready}"
    );
    let ended = service.sync().await;
    assert_eq!(
        ended["summary"]["assign"], 2,
        "by the last good rules: {ended}"
    );
    service.stop().await;
}

async fn two_tenants_never_come_to_share_a_number(database: &Database) {
    let story = with_anna(database).await;
    let bonn = MUNICH.replace("89 5550", "228 5550");
    story.configure(ASKED_ONLY, &fabrikam(&story, &bonn));
    let service = story.serve().await;
    std::fs::write(story.folder().join("rules-2/a.rules"), MUNICH).expect("a file");
    service.logs("the newest rules cannot be used").await;
    let ready = verbose(&service).await;
    assert!(
        ready.contains("[!] fabrikam: the newest rules cannot be used"),
        "{ready}"
    );
    assert!(
        ready.contains("contoso") && ready.contains("+498955501000"),
        "{ready}"
    );
    let range = service.get("/numbers?limit=1&tenant=fabrikam").await;
    assert_eq!(
        range["items"][0]["number"], "+4922855501000",
        "the old rules hold"
    );
    std::fs::write(story.folder().join("rules-2/a.rules"), bonn).expect("a file");
    service.logs("the newest rules are in use again").await;
    service.stop().await;
    let (code, log) = {
        std::fs::write(story.folder().join("rules-2/a.rules"), MUNICH).expect("a file");
        story.serve_anyhow().exit().await
    };
    assert_eq!(code, 3, "at the start the same is an error: {log}");
}

async fn a_sync_that_waits_for_its_turn_takes_the_newest_settings(database: &Database) {
    let story = with_anna(database).await;
    let bonn = MUNICH.replace("89 5550", "228 5550");
    let tail = fabrikam(&story, &bonn);
    let head = "[schedule]\nparallel = 1\nspread = \"0s\"\ncron = \"0 0 0 1 1 *\"\nfull_cron = \"0 0 0 1 1 *\"";
    story.configure(&format!("mode = \"apply\"\n{head}"), &tail);
    story.fault("users/delta", 1, json!({"delay": "4s"}));
    let service = story.serve().await;
    story.configure(
        &format!("mode = \"observe\"\n{head}\non_start = false"),
        &tail,
    );
    service.signal("HUP");
    service.logs("the configuration was read again").await;
    let first = async |tenant: &str| {
        let syncs = service.get(&format!("/syncs?tenant={tenant}")).await;
        let sync = &syncs["items"].as_array()?.last()?.clone();
        (!sync["finished"].is_null()).then(|| sync["mode"].as_str().map(str::to_owned))?
    };
    let mut modes = Vec::new();
    for tenant in ["contoso", "fabrikam"] {
        modes.push(service.until(tenant, async || first(tenant).await).await);
    }
    modes.sort();
    assert_eq!(
        modes,
        ["apply", "observe"],
        "the second began after the change"
    );
    service.stop().await;
}

async fn a_sync_of_one_person_does_not_stand_for_one_of_all(database: &Database) {
    let story = with_anna(database).await;
    story.fault("/users/", 1, json!({"delay": "8s"}));
    let service = story.serve().await;
    let wish = json!({"user": crate::harness::tenant::nth_id(2)});
    let begun = service.ask("POST", "/api/v1/syncs", wish).await;
    begun.is(202);
    let soon = SystemClock::default().now() + SignedDuration::from_secs(3);
    let cron = soon.strftime("%S %M %H %d %m *").to_string();
    story.configure(
        &ASKED_ONLY.replacen("0 0 0 1 1 *", &cron, 1),
        "[tenant.schedule]\nspread = \"0s\"",
    );
    service.signal("HUP");
    service.logs("the configuration was read again").await;
    service
        .until("everybody served", async || {
            (story.held().len() == 2).then_some(())
        })
        .await;
    let syncs = service.get("/syncs").await;
    assert_eq!(syncs["items"][0]["trigger"], "schedule", "{syncs}");
    assert_eq!(syncs["items"][1]["trigger"], "api", "{syncs}");
    service.stop().await;
}
