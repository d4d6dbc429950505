//! What the service does without being asked.

use super::{ASKED_ONLY, MUNICH};
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{E5, Tenant};
use serde_json::{Value, json};

on_both_engines!(
    joiners_get_numbers_by_the_schedule,
    broken_rules_stay_out_and_mended_ones_come_in,
    a_configuration_is_exchanged_whole_or_not_at_all,
);

async fn joiners_get_numbers_by_the_schedule(database: &Database) {
    let tenant = Tenant::default().person("anna", "München", &[E5]);
    let mut story = Scenario::new(database, tenant, MUNICH).await;
    story.configure("mode = \"apply\"\n[schedule]\ncron = \"* * * * * *\"", "");
    let service = story.serve().await;
    service
        .until("anna", async || {
            story
                .held()
                .iter()
                .any(|line| line.ends_with(" anna"))
                .then_some(())
        })
        .await;
    story.joins("bert", "München", &[E5]);
    service
        .until("bert", async || {
            story
                .held()
                .iter()
                .any(|line| line.ends_with(" bert"))
                .then_some(())
        })
        .await;
    let syncs = service.get("/syncs").await;
    let triggers: Vec<&Value> = syncs["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|sync| &sync["trigger"])
        .collect();
    assert_eq!(triggers.last(), Some(&&json!("start")), "{triggers:?}");
    assert!(triggers.contains(&&json!("schedule")), "{triggers:?}");
    story.teams(&["+498955501000 anna", "+498955501001 bert"]);
    let log = service.stop().await;
    assert!(log.contains("sync ended"), "{log}");
    assert!(
        !log.contains("anna@"),
        "nobody is named below debug:\n{log}"
    );
}

async fn broken_rules_stay_out_and_mended_ones_come_in(database: &Database) {
    let tenant = Tenant::default()
        .person("anna", "München", &[E5])
        .person("carl", "Köln", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.configure(ASKED_ONLY, "");
    let service = story.serve().await;
    service.sync().await;
    story.rules("range \"muc\" { type direct-routing numbers");
    service.logs("the newest rules cannot be used").await;
    let ready = service.ask("GET", "/readyz?verbose", Value::Null).await;
    assert!(
        ready
            .is(200)
            .text
            .contains("[!] contoso: the newest rules cannot be used"),
        "{ready:?}"
    );
    assert_eq!(
        service.sync().await["status"],
        "succeeded",
        "the last good rules are in force"
    );
    let cologne = MUNICH
        .replace("muc", "cgn")
        .replace("+49 89 5550", "+49 221 5550")
        .replace("München", "Köln");
    story.rules(&format!("{MUNICH}\n{cologne}"));
    service
        .until("carl", async || {
            story
                .held()
                .contains(&"+4922155501000 carl".to_owned())
                .then_some(())
        })
        .await;
    let syncs = service.get("/syncs").await;
    assert_eq!(syncs["items"][0]["trigger"], "rules", "{syncs}");
    let log = service.stop().await;
    assert_eq!(
        log.matches("the newest rules cannot be used").count(),
        1,
        "told once:\n{log}"
    );
    assert!(log.contains("the newest rules are in use again"), "{log}");
}

async fn a_configuration_is_exchanged_whole_or_not_at_all(database: &Database) {
    let tenant = Tenant::default().person("anna", "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.configure(&ASKED_ONLY.replace("apply", "observe"), "");
    let service = story.serve().await;
    story.configure("mode = \"aply\"", "");
    service.signal("HUP");
    service
        .logs("the configuration has errors; the old one stays in force")
        .await;
    assert_eq!(service.sync().await["mode"], "observe");
    story.teams(&[]);
    story.configure(ASKED_ONLY, "");
    service.signal("HUP");
    service.logs("the configuration was read again").await;
    assert_eq!(service.sync().await["mode"], "apply");
    story.teams(&["+498955501000 anna"]);
    service.stop().await;
}
