use super::*;

const KNOWN: &str = "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0";

fn page_of(items: &str, links: &str) -> Result<Page, Malformed> {
    let catalogue = PlanCatalogue::default();
    let mut interner = Interner::new();
    let json = format!(r#"{{"@odata.context":"x",{links}"value":[{items}]}}"#);
    UserMapper::new(&catalogue, &mut interner).page(json.as_bytes())
}

fn observed(items: &str) -> Result<Vec<Observed>, Malformed> {
    page_of(items, r#""@odata.deltaLink":"https://g/d","#).map(|page| page.users)
}

fn user(properties: &str) -> User {
    let items = format!(r#"{{"id":"{KNOWN}"{properties}}}"#);
    match observed(&items).expect("a page").pop() {
        Some(Observed::Present(user)) => *user,
        other => panic!("a user was expected, not {other:?}"),
    }
}

#[test]
fn a_full_user_becomes_ours() {
    let user = user(
        r#","userPrincipalName":"anna.mueller@contoso.example","mail":null,"displayName":"Anna \"A.\" Müller",
        "givenName":"Anna","surname":"Müller","city":"München","state":"","country":"Germany","postalCode":"80331",
        "streetAddress":"Marienplatz 1","officeLocation":" HQ ","usageLocation":"DE","department":"Sales",
        "companyName":"Contoso","jobTitle":"Head","employeeId":"0042","employeeType":"Employee",
        "employeeOrgData":{"division":"EMEA","costCenter":"4711"},"preferredLanguage":"de-DE",
        "onPremisesExtensionAttributes":{"extensionAttribute1":"desk","extensionAttribute2":null,"extensionAttribute15":"x"},
        "accountEnabled":false,"userType":"Guest","onPremisesSyncEnabled":true,
        "createdDateTime":"2017-07-29T03:07:25.1234567Z","businessPhones":["+49 89 555 01000"],
        "assignedLicenses":[{"skuId":"c7df2760-2c81-4ef7-b578-5b5392b571df","disabledPlans":["57ff2da0-773e-42df-b2af-ffb7a2317929"]}],
        "assignedPlans":[
            {"assignedDateTime":"2026-01-02T03:04:05Z","capabilityStatus":"Enabled","service":"MicrosoftCommunicationsOnline","servicePlanId":"4828c8ec-dc2e-4779-b502-87ac9ce28ab7"},
            {"assignedDateTime":"2025-01-02T03:04:05Z","capabilityStatus":"Dormant","service":"x","servicePlanId":"57ff2da0-773e-42df-b2af-ffb7a2317929"}],
        "somethingNew":{"a":[1,2]}"#,
    );
    let attributes: Vec<String> = user
        .attributes
        .iter()
        .map(|(attribute, text)| format!("{}={text}", attribute.name()))
        .collect();
    insta::assert_snapshot!(attributes.join("|"), @r#"city=München|office= HQ |usage_location=DE|country=Germany|state=|postal_code=80331|street=Marienplatz 1|department=Sales|company=Contoso|job_title=Head|employee_id=0042|employee_type=Employee|cost_center=4711|division=EMEA|upn=anna.mueller@contoso.example|display_name=Anna "A." Müller|given_name=Anna|surname=Müller|preferred_language=de-DE|extension_attribute_1=desk|extension_attribute_15=x"#);
    let rest = User {
        attributes: Attributes::default(),
        ..user
    };
    let rest = serde_json::to_string(&rest).expect("JSON");
    insta::assert_snapshot!(rest, @r#"{"id":"6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0","attributes":[],"licences":{"assigned":[{"sku":"c7df2760-2c81-4ef7-b578-5b5392b571df","disabled":["57ff2da0-773e-42df-b2af-ffb7a2317929"]}],"plans":[{"plan":"4828c8ec-dc2e-4779-b502-87ac9ce28ab7","status":"Enabled"},{"plan":"57ff2da0-773e-42df-b2af-ffb7a2317929","status":"Dormant"}]},"plan_dates":{"phone_system":"2026-01-02T03:04:05Z","calling_plan":null},"enabled":false,"guest":true,"on_premises_synced":true,"created":"2017-07-29T03:07:25.123456Z","business_phone":"+49 89 555 01000"}"#);
}

#[test]
fn what_is_absent_or_null_is_nothing_and_blank_is_something() {
    assert_eq!(user(""), User::new(KNOWN.parse().expect("an id")));
    let nulls = user(
        r#","city":null,"accountEnabled":null,"userType":null,"onPremisesSyncEnabled":null,"createdDateTime":null,
        "businessPhones":null,"assignedLicenses":null,"assignedPlans":null,"employeeOrgData":null,
        "onPremisesExtensionAttributes":null"#,
    );
    assert_eq!(nulls, User::new(KNOWN.parse().expect("an id")));
    let blank = user(r#","city":"  ","businessPhones":[]"#);
    assert_eq!(blank.attributes.get(Attribute::City), Some("  "));
    assert_eq!(blank.business_phone, None);
}

#[test]
fn odd_texts_are_kept_exactly() {
    let odd = user(r#","displayName":"\u202e<b>'; DROP\u0000 TABLE\u200b","userType":"Visitor""#);
    assert_eq!(
        odd.attributes.get(Attribute::DisplayName),
        Some("\u{202e}<b>'; DROP\0 TABLE\u{200b}")
    );
    assert!(!odd.guest);
}

#[test]
fn dates_that_are_none_are_nothing() {
    let odd = user(
        r#","createdDateTime":"yesterday","assignedPlans":[{"assignedDateTime":"soon","capabilityStatus":"Enabled",
        "servicePlanId":"4828c8ec-dc2e-4779-b502-87ac9ce28ab7"}]"#,
    );
    assert_eq!((odd.created, odd.plan_dates), (None, PlanDates::default()));
    assert_eq!(odd.licences.plans.len(), 1);
}

#[test]
fn plan_dates_are_the_latest_of_usable_plans() {
    let plan = |date: &str, status: &str, id: &str| {
        format!(
            r#"{{"assignedDateTime":"{date}T00:00:00Z","capabilityStatus":"{status}","servicePlanId":"{id}"}}"#
        )
    };
    let (phone, calling, teams) = (
        "4828c8ec-dc2e-4779-b502-87ac9ce28ab7",
        "4ed3ff63-69d7-4fb7-b984-5aec7f605ca8",
        "57ff2da0-773e-42df-b2af-ffb7a2317929",
    );
    let plans = [
        plan("2026-03-01", "Enabled", phone),
        plan("2026-04-01", "Warning", phone),
        plan("2026-05-01", "Deleted", phone),
        plan("2026-06-01", "Enabled", teams),
        plan("2026-02-01", "Enabled", calling),
    ];
    let dates = user(&format!(r#","assignedPlans":[{}]"#, plans.join(","))).plan_dates;
    let day = |text: &str| format!("{text}T00:00:00Z").parse().ok();
    assert_eq!(dates.phone_system, day("2026-04-01"));
    assert_eq!(dates.calling_plan, day("2026-02-01"));
}

#[test]
fn users_licensed_alike_share_one_value() {
    let item = |n: u8, plans: [&str; 2]| {
        let plans = plans.map(|id| {
            format!(r#"{{"assignedDateTime":"2026-01-0{n}T00:00:00Z","capabilityStatus":"Enabled","servicePlanId":"{id}"}}"#)
        });
        format!(
            r#"{{"id":"00000000-0000-0000-0000-00000000000{n}","city":"Köln","assignedPlans":[{}]}}"#,
            plans.join(",")
        )
    };
    let (a, b) = (
        "4828c8ec-dc2e-4779-b502-87ac9ce28ab7",
        "57ff2da0-773e-42df-b2af-ffb7a2317929",
    );
    let items = format!("{},{}", item(1, [a, b]), item(2, [b, a]));
    let users = observed(&items).expect("a page");
    let [Observed::Present(one), Observed::Present(two)] = &users[..] else {
        panic!("two users were expected");
    };
    assert!(Arc::ptr_eq(&one.licences, &two.licences));
    let city = |user: &User| user.attributes.shared(Attribute::City).cloned();
    let (one, two) = (city(one).expect("a city"), city(two).expect("a city"));
    assert!(Arc::ptr_eq(&one, &two));
}

#[test]
fn removals_tell_whether_there_is_a_way_back() {
    let removed = |notice: &str| {
        let items = format!(r#"{{"id":"{KNOWN}","@removed":{notice}}}"#);
        match observed(&items).expect("a page").pop() {
            Some(Observed::Removed { for_good, .. }) => for_good,
            other => panic!("a removal was expected, not {other:?}"),
        }
    };
    assert!(!removed(r#"{"reason":"changed"}"#));
    assert!(removed(r#"{"reason":"deleted"}"#));
    assert!(!removed(r#"{"reason":"archived"}"#));
    assert!(!removed("{}"));
}

#[test]
fn a_page_has_exactly_one_link() {
    let next = r#""@odata.nextLink":"https://g/n","#;
    let delta = r#""@odata.deltaLink":"https://g/d","#;
    assert_eq!(
        page_of("", next).map(|page| page.next),
        Ok(Next::More(Link("https://g/n".into())))
    );
    assert!(matches!(
        page_of("", delta).map(|p| p.next),
        Ok(Next::End { .. })
    ));
    assert!(matches!(page_of("", ""), Err(Malformed::Wrong(_))));
    assert!(matches!(
        page_of("", &format!("{next}{delta}")),
        Err(Malformed::Wrong(_))
    ));
}

#[test]
fn what_cannot_be_read_is_named_and_never_left_out() {
    let why = |items: &str| match observed(items) {
        Err(Malformed::Wrong(why)) => why,
        other => panic!("an error was expected, not {other:?}"),
    };
    assert_eq!(
        why(&format!(r#"{{"id":"{KNOWN}"}},{{"displayName":"Anna"}}"#)),
        "user 1 of the page cannot be read: it has no `id`"
    );
    assert_eq!(
        why(r#"{"id":"anna"}"#),
        "user 0 of the page cannot be read: its `id` is no GUID"
    );
    assert_eq!(
        why(&format!(
            r#"{{"id":"{KNOWN}","assignedPlans":[{{"servicePlanId":"MCOEV"}}]}}"#
        )),
        "user 0 of the page cannot be read: a `servicePlanId` is no GUID"
    );
    assert_eq!(
        why(&format!(r#"{{"id":"{KNOWN}","accountEnabled":"yes"}}"#)),
        "`value[0].accountEnabled` is not what it should be"
    );
}
