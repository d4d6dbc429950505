//! What can be looked at over HTTP is what the command line shows, page by page.

use super::MUNICH;
use crate::harness::database::{Database, on_both_engines};
use crate::harness::scenario::Scenario;
use crate::harness::service::Service;
use crate::harness::tenant::{E3, E5, Tenant, nth_id};
use serde_json::{Value, json};

on_both_engines!(
    http_and_command_line_show_the_same,
    lists_come_in_parts,
    what_is_not_there_or_not_understood_is_a_problem,
    with_several_tenants_one_is_named,
    looking_during_a_sync_disturbs_nothing,
    rules_are_read_again_when_asked,
);

async fn office(database: &Database) -> Scenario {
    let tenant = Tenant::default()
        .people("user", 3, "München", &[E5])
        .person("bert", "Bonn", &[E5])
        .person("cora", "München", &[E3]);
    Scenario::new(database, tenant, MUNICH).await
}

/// All items of a list, read with parts of this size.
async fn all(service: &Service, path: &str, limit: usize) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    let sign = if path.contains('?') { '&' } else { '?' };
    loop {
        let part = service
            .get(&format!("{path}{sign}limit={limit}{cursor}"))
            .await;
        let some = part["items"].as_array().expect("items");
        assert!(some.len() <= limit, "{path}: {part}");
        items.extend(some.iter().cloned());
        match part["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

async fn http_and_command_line_show_the_same(database: &Database) {
    let story = office(database).await;
    let service = story.serve().await;
    service.sync().await;
    for (path, command) in [
        ("/users", "users list"),
        ("/users?note=no-range", "users list --note no-range"),
        ("/ranges", "ranges list"),
        ("/numbers", "numbers list"),
        ("/numbers?state=assigned", "numbers list --state assigned"),
        (
            "/numbers?range=muc&state=free",
            "numbers list --range muc --state free",
        ),
        (
            "/numbers/+498955501000/history",
            "numbers history +498955501000",
        ),
    ] {
        let arguments: Vec<&str> = command.split(' ').collect();
        let shown = story.run(&arguments).await.items();
        assert!(!shown.is_empty(), "{command} shows something");
        assert_eq!(service.get(path).await["items"], json!(shown), "{path}");
    }
    let user = service.get(&format!("/users/{}", nth_id(1))).await;
    assert_eq!(user["number"], "+498955501000");
    assert_eq!(user["range"], "muc");
    assert_eq!(service.get("/users/USER-A@contoso.example").await, user);
    for name in ["user-a", "bert"] {
        let upn = format!("{name}@contoso.example");
        let explained = story.run(&["explain", &upn]).await.report();
        let answer = service.get(&format!("/users/{upn}/explain")).await;
        assert_eq!(answer, explained, "{name}");
    }
    let range = service.get("/ranges/muc").await;
    assert_eq!(
        (&range["total"], &range["assigned"], &range["free"]),
        (&json!(10), &json!(3), &json!(7))
    );
    let number = service.get("/numbers/%2B49%2089%205550-1000").await;
    assert_eq!(number["state"], "assigned");
    assert_eq!(number["user"]["upn"], "user-a@contoso.example");
    let rules = service.get("/rules").await;
    assert_eq!(rules["ranges"][0]["when"], "city = \"München\"");
    assert_eq!(rules["problem"], Value::Null);
    let tenants = service.get("/tenants").await;
    assert_eq!(tenants["items"][0]["users"], 5);
    assert_eq!(tenants["items"][0]["pause"], Value::Null);
    let audit = service.get("/audit").await;
    assert_eq!(audit["items"][0]["seq"], 1);
    service.stop().await;
    story.ends().await;
}

async fn lists_come_in_parts(database: &Database) {
    let story = office(database).await;
    let service = story.serve().await;
    service.sync().await;
    story.takes("+498955501000");
    service.sync().await;
    story.gives("bert", "+498955501000");
    service.sync().await;
    for path in [
        "/users",
        "/users?note=no-range",
        "/ranges",
        "/numbers",
        "/numbers?state=free",
        "/audit",
        "/syncs",
        "/tenants",
        "/numbers/+498955501000/history",
    ] {
        let whole = all(&service, path, 1000).await;
        for limit in [1, 2, 3] {
            assert_eq!(
                all(&service, path, limit).await,
                whole,
                "{path}, {limit} at once"
            );
        }
    }
    service.stop().await;
}

async fn what_is_not_there_or_not_understood_is_a_problem(database: &Database) {
    let shared = json!({"mail": "desk@contoso.example"});
    let tenant = Tenant::default()
        .person_with("anna", "München", &[E5], shared.clone())
        .person_with("bert", "München", &[E5], shared);
    let story = Scenario::new(database, tenant, MUNICH).await;
    let service = story.serve().await;
    service.sync().await;
    let page = service.get("/audit?limit=1").await;
    let cursor = page["next_cursor"].as_str().expect("it goes on");
    for (path, status, said) in [
        (
            "/users/nobody@contoso.example",
            404,
            "nobody@contoso.example",
        ),
        ("/users/00000000-0000-4000-8000-00000000dead", 404, "dead"),
        ("/users/desk@contoso.example", 409, &nth_id(2)),
        ("/users?note=tired", 400, "no-range"),
        ("/users?limit=0", 400, "1 to 1000"),
        ("/users?limit=1001", 400, "1 to 1000"),
        ("/users?limit=many", 400, "limit"),
        ("/users?page=2", 400, "page"),
        ("/users?cursor=x", 400, "cursor"),
        (&format!("/users?cursor={cursor}"), 400, "cursor"),
        ("/users?tenant=fabrikam", 404, "contoso"),
        ("/ranges/bonn", 404, "bonn"),
        ("/numbers?state=tired", 400, "quarantined"),
        ("/numbers?range=bonn", 404, "bonn"),
        ("/numbers/498955501000", 400, "+498955501000"),
        ("/numbers/+498955509999", 404, "+498955509999"),
        ("/numbers/+12/history", 400, "7 to 15"),
        ("/nothing", 404, "openapi.json"),
    ] {
        let answer = service
            .ask("GET", &format!("/api/v1{path}"), Value::Null)
            .await;
        answer.is(status);
        assert_eq!(answer.kind, "application/problem+json", "{path}");
        let problem = answer.json();
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains(said), "{path}: {detail}");
        assert_eq!(problem["status"], status, "{path}");
    }
    service.stop().await;
}

async fn with_several_tenants_one_is_named(database: &Database) {
    let (contoso, fabrikam) = (office(database).await, office(database).await);
    let (origin, folder) = (
        fabrikam.simulator.origin(),
        fabrikam.folder().display().to_string(),
    );
    fabrikam.rules(&MUNICH.replace("1000 to 1009", "2000 to 2009"));
    let second = format!(
        "[[tenant]]\nname = \"fabrikam\"\ntenant_id = \"00000000-0000-4000-a000-000000000002\"\nclient_id = \"linekeeper\"\n\
         client_secret_file = \"{folder}/secret\"\ngraph_url = \"{origin}/v1.0\"\nlogin_url = \"{origin}\"\n\
         rules_path = \"{folder}/rules\"\n"
    );
    contoso.configure("mode = \"observe\"", &second);
    let service = contoso.serve().await;
    let tenants = all(&service, "/tenants", 1).await;
    assert_eq!(tenants.len(), 2, "{tenants:?}");
    for path in ["/users", "/ranges/muc", "/numbers", "/audit", "/rules"] {
        let answer = service
            .ask("GET", &format!("/api/v1{path}"), Value::Null)
            .await;
        let problem = answer.is(400).json();
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains("contoso, fabrikam"), "{path}: {detail}");
    }
    let first = async |tenant: &str| {
        let page = service
            .get(&format!("/numbers?limit=1&tenant={tenant}"))
            .await;
        page["items"][0]["number"].as_str().map(str::to_owned)
    };
    assert_eq!(first("contoso").await.as_deref(), Some("+498955501000"));
    assert_eq!(first("fabrikam").await.as_deref(), Some("+498955502000"));
    let tenants = service.get("/tenants").await;
    let names: Vec<&Value> = tenants["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|t| &t["tenant"])
        .collect();
    assert_eq!(names, ["contoso", "fabrikam"]);
    service.stop().await;
}

/// Many look at everything while people get their numbers: everybody gets one, and afterwards the figures are right.
async fn looking_during_a_sync_disturbs_nothing(database: &Database) {
    let tenant = Tenant::default().people("user", 9, "München", &[E5]);
    let story = Scenario::new(database, tenant, MUNICH).await;
    let service = story.serve().await;
    let look = async || {
        for path in [
            "/users",
            "/users/user-c@contoso.example",
            "/ranges",
            "/numbers",
            "/audit",
            "/tenants",
        ] {
            let answer = service
                .ask("GET", &format!("/api/v1{path}"), Value::Null)
                .await;
            // Before the first page of users is stored nobody is known.
            assert!(answer.status == 200 || answer.status == 404, "{answer:?}");
        }
    };
    let looking = async {
        for _ in 0..20 {
            futures::join!(look(), look(), look());
        }
    };
    let (_, sync) = futures::join!(looking, service.sync());
    assert_eq!(sync["status"], "succeeded", "{sync}");
    let range = service.get("/ranges/muc").await;
    assert_eq!((&range["assigned"], &range["free"]), (&json!(9), &json!(1)));
    service.stop().await;
    story.ends().await;
}

async fn rules_are_read_again_when_asked(database: &Database) {
    let story = office(database).await;
    let service = story.serve().await;
    service.sync().await;
    let before = service.get("/rules").await;
    story.rules(&MUNICH.replace("city =", "cty ="));
    let refused = service
        .ask("POST", "/api/v1/rules/reload", Value::Null)
        .await;
    let problem = refused.is(409).json();
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(detail.contains("offices.rules:6"), "{detail}");
    let broken = service.get("/rules").await;
    assert_eq!(broken["digest"], before["digest"]);
    assert!(broken["problem"]["text"].is_string(), "{broken}");
    story.rules(&MUNICH.replace("1009", "1019"));
    let reloaded = service
        .ask("POST", "/api/v1/rules/reload", Value::Null)
        .await;
    assert_eq!(reloaded.is(200).json()["problem"], Value::Null);
    assert_eq!(service.get("/ranges/muc").await["total"], 20);
    service.stop().await;
}
