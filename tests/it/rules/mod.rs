//! The rule language over whole files.

mod analysis;
mod canonical;
mod claims;
mod corpus;
mod deciding;
mod fuzz;
mod generated;
mod naive;
mod pages;
mod people;
mod size;
mod testing;
mod wrong;

use linekeeper::directory::{
    Attribute, Kind, LicenceBook, PlanCatalogue, User, UserId, VoiceLicence,
};
use linekeeper::rules::{Diagnostic, GroupMembers, LoadOptions, Loaded, SourceFile, Subject, load};

fn source(name: &str, text: &str) -> SourceFile {
    SourceFile {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

fn read(text: &str) -> Result<Loaded, Vec<Diagnostic>> {
    load(&[source("a.rules", text)], LoadOptions::default())
}

fn rendered(diagnostics: &[Diagnostic]) -> String {
    let all: Vec<String> = diagnostics.iter().map(|d| d.render(false)).collect();
    all.join("\n\n")
}

#[test]
fn contoso_loads_and_picks() {
    let text = include_str!("../../data/contoso/contoso.rules");
    let loaded = read(text).unwrap_or_else(|errors| panic!("{}", rendered(&errors)));
    assert_eq!(rendered(&loaded.warnings), "");
    let rules = &loaded.rule_set;
    let book = LicenceBook::new(PlanCatalogue::default(), None);
    let groups = GroupMembers::new();
    let pick = |values: &[(Attribute, &str)], voice| {
        let mut user = User::new(UserId::from_u128(1));
        user.attributes = values.iter().copied().collect();
        let subject = Subject {
            user: &user,
            kind: Kind::Person,
            book: &book,
            groups: &groups,
        };
        let pick = rules.pick(subject, voice)?;
        Some(rules.ranges()[pick.range].name.clone())
    };
    let munich = [
        (Attribute::City, "muenchen"),
        (Attribute::Office, "ENGLISCHER  Garten"),
    ];
    assert_eq!(
        pick(&munich, VoiceLicence::PhoneSystem).as_deref(),
        Some("muc-garden")
    );
    assert_eq!(pick(&munich, VoiceLicence::CallingPlan), None);
    assert_eq!(pick(&munich, VoiceLicence::None), None);
    let london = [
        (Attribute::City, "London"),
        (Attribute::UsageLocation, "gb"),
    ];
    assert_eq!(
        pick(&london, VoiceLicence::CallingPlan).as_deref(),
        Some("lon-calling-plan")
    );
    assert_eq!(
        pick(&london, VoiceLicence::PhoneSystem).as_deref(),
        Some("lon")
    );
    let seattle = [
        (Attribute::Office, "Pioneer Square"),
        (Attribute::UsageLocation, "US"),
    ];
    assert_eq!(
        pick(&seattle, VoiceLicence::CallingPlan).as_deref(),
        Some("sea")
    );
    let number = "+498955501299".parse().expect("a number");
    assert_eq!(rules.range_of(number), Some(0));
    assert_eq!(
        rules.range_of("+498955501300".parse().expect("a number")),
        None
    );
}

#[test]
fn the_examples_are_one_valid_set() {
    let files: Vec<SourceFile> = [
        (
            "10-people.rules",
            include_str!("../../../rules/10-people.rules"),
        ),
        (
            "20-germany.rules",
            include_str!("../../../rules/20-germany.rules"),
        ),
        (
            "30-united-states.rules",
            include_str!("../../../rules/30-united-states.rules"),
        ),
    ]
    .into_iter()
    .map(|(name, text)| source(name, text))
    .collect();
    let loaded = load(&files, LoadOptions::default());
    let loaded = loaded.unwrap_or_else(|errors| panic!("{}", rendered(&errors)));
    assert_eq!(rendered(&loaded.warnings), "");
    assert_eq!(loaded.rule_set.ranges().len(), 7);
}
