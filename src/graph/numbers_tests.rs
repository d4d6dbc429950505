use super::*;

fn listed(item: &str) -> Listed {
    let json = format!(r#"{{"value":[{item}]}}"#);
    let page = page(json.as_bytes(), &mut Interner::new()).expect("a page of numbers");
    page.listed.into_iter().next().expect("a number")
}

#[test]
fn the_documented_sample_is_read() {
    let sample = listed(
        r#"{"id":"MTc5","telephoneNumber":"+12052582895","operatorId":"83d289bc-a4d3-41e6-8a3f-cff260a3f091",
        "numberType":"callingPlan","activationState":"activated",
        "capabilities":["conferenceAssignment","voiceApplicationAssignment","userAssignment"],
        "assignmentStatus":"userAssigned","assignmentTargetId":"4b9e1b8b-1a9c-4a0e-9e1d-0d4f6f2b1a11",
        "assignmentCategory":"primary","locationId":null,"civicAddressId":null,"networkSiteId":null,
        "portInStatus":null,"isoCountryCode":"US","city":"Birmingham","numberSource":"online",
        "supportedCustomerActions":["locationUpdate","release"],"reverseNumberLookupOptions":[]}"#,
    );
    let json = serde_json::to_string(&sample).expect("JSON");
    insta::assert_snapshot!(json, @r#"{"number":"+12052582895","target":"4b9e1b8b-1a9c-4a0e-9e1d-0d4f6f2b1a11","profile":{"number_type":{"Known":"calling-plan"},"activated":true,"for_users":true,"status":"UserAssigned","category":"Primary","ported":true,"on_premises":false,"extension":false,"operator":"83d289bc-a4d3-41e6-8a3f-cff260a3f091","country":"US","location_update":true}}"#);
    assert!(sample.holder().is_some());
}

#[test]
fn unknown_words_are_kept_and_never_assignable() {
    let free = r#""telephoneNumber":"+4989555010001","activationState":"Activated","capabilities":["UserAssignment"]"#;
    let of = |rest: &str| listed(&format!("{{{free},{rest}}}"));
    let assignable = |rest: &str| of(rest).is_assignable_as(NumberType::DirectRouting);
    assert!(assignable(
        r#""numberType":"DirectRouting","assignmentStatus":"unassigned""#
    ));
    assert!(assignable(r#""numberType":"directRouting""#));
    assert!(!assignable(
        r#""numberType":"internalError","assignmentStatus":"unassigned""#
    ));
    assert!(!assignable(
        r#""numberType":"directRouting","assignmentStatus":"unknownFutureValue""#
    ));
    assert!(!assignable(
        r#""numberType":"directRouting","portInStatus":"firmOrderCommitmentAccepted""#
    ));
    assert!(!assignable(
        r#""numberType":"directRouting","numberSource":"onPremises""#
    ));
    assert!(!assignable(
        r#""numberType":"directRouting","assignmentTargetId":"4b9e1b8b-1a9c-4a0e-9e1d-0d4f6f2b1a11""#
    ));
    assert!(!assignable(
        r#""numberType":"directRouting","assignmentTargetId":"Tag:Policy""#
    ));
    assert!(assignable(
        r#""numberType":"directRouting","assignmentTargetId":"00000000-0000-0000-0000-000000000000""#
    ));
    assert_eq!(
        of(r#""numberType":"satellite""#).profile.number_type,
        ListedType::Other("satellite".into())
    );
}

#[test]
fn extensions_are_split_off() {
    let number: E164 = "+4989555010001".parse().expect("a number");
    assert_eq!(split("+4989555010001"), Some((number, false)));
    assert_eq!(split("+4989555010001;ext=12"), Some((number, true)));
    assert_eq!(split("4989555010001"), Some((number, false)));
    assert_eq!(split("tel:+4989555010001"), Some((number, false)));
    assert_eq!(split("+49 89"), None);
    assert_eq!(split(""), None);
}

#[test]
fn a_list_that_decodes_to_nothing_is_an_error() {
    let of = |json: &str| {
        let page = page(json.as_bytes(), &mut Interner::new());
        page.map(|page| (page.listed.len(), page.items))
    };
    assert_eq!(of(r#"{"value":[]}"#), Ok((0, 0)));
    assert_eq!(
        of(r#"{"value":{"telephoneNumber":"+4989555010001"}}"#),
        Ok((1, 1))
    );
    assert_eq!(
        of(r#"{"value":[{"telephoneNumber":"+4989555010001"},{"telephoneNumber":"911"}]}"#),
        Ok((1, 2))
    );
    assert!(of(r#"{"value":[{"telephoneNumber":"911"}]}"#).is_err());
    assert!(of(r#"{"value":[{"number":"+4989555010001"}]}"#).is_err());
    assert!(of("{}").is_err());
}
