//! What people do and set by hand over HTTP.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::service::{Answer, Service};
use crate::harness::tenant::{E5, Tenant};
use serde_json::{Value, json};

on_both_engines!(
    a_number_is_given_changed_and_taken_back,
    what_is_set_shows_and_can_be_taken_back,
    what_is_refused_changes_nothing,
    a_number_is_reserved_by_name,
    hands_have_a_limit_by_the_hour,
);

async fn office(database: &Database) -> (Scenario, Service) {
    let tenant = Tenant::default()
        .people("user", 2, "München", &[E5])
        .person("bert", "Bonn", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    let service = story.serve().await;
    service.sync().await;
    (story, service)
}

async fn ask(service: &Service, method: &str, path: &str, body: Value) -> Answer {
    service.ask(method, &format!("/api/v1{path}"), body).await
}

/// The changes of the answer's sync once it has ended: `assign bert +498955501005 succeeded`.
async fn changes(service: &Service, answer: &Answer) -> Vec<String> {
    let id = answer.is(202).json()["sync_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let sync = service.ended(&id).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let changes = sync["changes"].as_array().expect("changes").iter();
    changes
        .map(|c| {
            format!(
                "{} {} {}",
                text(&c["action"]),
                text(&c["number"]),
                text(&c["status"])
            )
        })
        .collect()
}

async fn a_number_is_given_changed_and_taken_back(database: &Database) {
    let (story, service) = office(database).await;
    let bert = "/users/bert@contoso.example/number";
    let given = ask(&service, "PUT", bert, json!({"number": "+49 89 5550 1005"})).await;
    assert_eq!(
        changes(&service, &given).await,
        ["assign +498955501005 succeeded"]
    );
    assert!(given.location.is_some());
    assert_eq!(
        service.get("/users/bert@contoso.example").await["number"],
        "+498955501005"
    );
    let taken = ask(&service, "PUT", bert, json!({"number": "+498955501000"})).await;
    assert!(
        taken.is(409).json()["detail"]
            .as_str()
            .expect("why")
            .contains("user-a")
    );
    let back = ask(&service, "DELETE", bert, Value::Null).await;
    assert_eq!(
        changes(&service, &back).await,
        ["release +498955501005 succeeded"]
    );
    let next = ask(&service, "PUT", bert, json!({"range": "muc"})).await;
    assert_eq!(changes(&service, &next).await.len(), 1);
    service.stop().await;
    story.ends().await;
}

async fn what_is_set_shows_and_can_be_taken_back(database: &Database) {
    let (story, service) = office(database).await;
    let anna = "/users/user-a@contoso.example";
    let because = json!({"reason": "a fair", "until": "2099-01-01"});
    let set = async |method: &str, path: &str, body: Value| {
        let answer = ask(&service, method, path, body).await;
        answer.is(200).json()
    };
    let exempt = set("PUT", &format!("{anna}/exemption"), because.clone()).await;
    assert_eq!(exempt["exempt"]["reason"], "a fair");
    assert_eq!(service.get(anna).await["exempt"], true);
    set("DELETE", &format!("{anna}/exemption"), Value::Null).await;
    assert_eq!(service.get(anna).await["exempt"], false);
    set(
        "PUT",
        &format!("{anna}/pin"),
        json!({"number": "+498955501000"}),
    )
    .await;
    assert_eq!(service.get(anna).await["pin"], "+498955501000");
    set("DELETE", &format!("{anna}/pin"), Value::Null).await;
    assert_eq!(service.get(anna).await["pin"], Value::Null);
    set("POST", &format!("{anna}/resume"), Value::Null).await;
    set("PUT", "/numbers/+498955501009/reservation", because.clone()).await;
    assert_eq!(
        service.get("/numbers/+498955501009").await["state"],
        "reserved"
    );
    assert_eq!(service.get("/ranges/muc").await["reserved"], 1);
    set("DELETE", "/numbers/+498955501009/reservation", Value::Null).await;
    assert_eq!(service.get("/ranges/muc").await["reserved"], 0);
    set("PUT", "/ranges/muc/suspension", json!({"reason": "moving"})).await;
    assert_eq!(service.get("/ranges/muc").await["suspended"], true);
    set("DELETE", "/ranges/muc/suspension", Value::Null).await;
    assert_eq!(service.get("/ranges/muc").await["suspended"], false);
    set("PUT", "/tenants/contoso/pause", because).await;
    assert_eq!(
        service.get("/tenants").await["items"][0]["pause"]["reason"],
        "a fair"
    );
    assert_eq!(service.sync().await["status"], "held");
    set("DELETE", "/tenants/contoso/pause", Value::Null).await;
    assert_eq!(service.sync().await["status"], "succeeded");
    service.stop().await;
    story.ends().await;
}

async fn what_is_refused_changes_nothing(database: &Database) {
    let (story, service) = office(database).await;
    let anna = "/users/user-a@contoso.example";
    let because = json!({"reason": "a fair"});
    for (method, path, body, status) in [
        ("PUT", format!("{anna}/exemption"), json!({}), 400),
        (
            "PUT",
            format!("{anna}/exemption"),
            json!({"reason": "x", "until": "soon"}),
            400,
        ),
        (
            "PUT",
            format!("{anna}/exemption"),
            json!({"reason": "x", "until": "2001-01-01"}),
            400,
        ),
        (
            "PUT",
            "/users/nobody/exemption".to_owned(),
            because.clone(),
            404,
        ),
        ("PUT", format!("{anna}/pin"), json!({"number": "12"}), 400),
        (
            "PUT",
            format!("{anna}/pin"),
            json!({"number": "+498955501001"}),
            409,
        ),
        (
            "PUT",
            format!("{anna}/pin"),
            json!({"number": "+498955509999"}),
            404,
        ),
        (
            "PUT",
            format!("{anna}/number"),
            json!({"number": "+498955501005", "range": "muc"}),
            400,
        ),
        (
            "PUT",
            "/numbers/+498955509999/reservation".to_owned(),
            because.clone(),
            404,
        ),
        (
            "PUT",
            "/ranges/bonn/suspension".to_owned(),
            because.clone(),
            404,
        ),
        ("PUT", "/tenants/fabrikam/pause".to_owned(), because, 404),
    ] {
        let answer = ask(&service, method, &path, body.clone()).await;
        assert_eq!(answer.status, status, "{path} {body}: {answer:?}");
        assert_eq!(answer.kind, "application/problem+json", "{path}");
    }
    let user = service.get(anna).await;
    assert_eq!(
        (&user["exempt"], &user["pin"]),
        (&json!(false), &Value::Null)
    );
    service.stop().await;
    story.ends().await;
}

async fn a_number_is_reserved_by_name(database: &Database) {
    let (story, service) = office(database).await;
    let path = "/numbers/+498955501005/reservation";
    let wish = json!({"reason": "board", "for": "bert@contoso.example"});
    let set = ask(&service, "PUT", path, wish).await;
    assert_eq!(
        set.is(200).json()["reserved"]["for"],
        "bert@contoso.example"
    );
    let number = service.get("/numbers/+498955501005").await;
    assert_eq!(number["for"], "bert@contoso.example");
    ask(
        &service,
        "PUT",
        path,
        json!({"reason": "board", "for": " "}),
    )
    .await
    .is(400);
    let taken = ask(
        &service,
        "PUT",
        "/users/user-a@contoso.example/number",
        json!({"number": "+498955501005"}),
    )
    .await;
    assert!(
        taken.is(409).json()["detail"]
            .as_str()
            .is_some_and(|why| why.contains("is reserved for bert"))
    );
    // Nobody in Bonn gets a number by rule, but for this one.
    service.sync().await;
    assert_eq!(
        service.get("/users/bert@contoso.example").await["number"],
        "+498955501005"
    );
    assert_eq!(
        service.get("/numbers/+498955501005").await["for"],
        Value::Null
    );
    service.stop().await;
    story.ends().await;
}

async fn hands_have_a_limit_by_the_hour(database: &Database) {
    let tenant = Tenant::default().people("user", 2, "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    story.configure("mode = \"apply\"", "[tenant.safety]\nmax_by_hand = 1");
    let service = story.serve().await;
    service.sync().await;
    let change = json!({"number": "+498955501005"});
    let given = ask(
        &service,
        "PUT",
        "/users/user-a@contoso.example/number",
        change,
    )
    .await;
    assert_eq!(changes(&service, &given).await.len(), 2);
    let refused = ask(
        &service,
        "DELETE",
        "/users/user-b@contoso.example/number",
        Value::Null,
    )
    .await;
    let why = refused.is(429).json()["detail"].clone();
    assert!(
        why.as_str()
            .is_some_and(|why| why.contains("api has changed 1 numbers")),
        "{why}"
    );
    service.stop().await;
    // A command line user is another caller.
    story.release("user-b", &[], 0).await;
    story.ends().await;
}
