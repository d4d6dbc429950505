//! Properties that come back empty for everybody: a lost permission shows as nothing else.

use super::item::Item;
use crate::cli::exit::Exit;
use crate::directory::{Attribute, User};
use crate::rules::RuleSet;

/// With fewer people than this on a page, that nobody has something is no sign.
const CROWD: usize = 10;

/// What nobody on a page of users has although somebody should.
pub(super) fn checks(tenant: Option<&str>, users: &[User], rules: Option<&RuleSet>) -> Vec<Item> {
    let mut items: Vec<Item> = licences(tenant, users).into_iter().collect();
    items.extend(attributes(tenant, users, rules));
    if items.is_empty() && !users.is_empty() {
        items.push(Item::ok(
            "user properties",
            tenant,
            "licences, plans and what the rules read come back",
        ));
    }
    items
}

fn licences(tenant: Option<&str>, users: &[User]) -> Option<Item> {
    let licensed = users.iter().any(|user| !user.licences.assigned.is_empty());
    let planned = users.iter().any(|user| !user.licences.plans.is_empty());
    let count = users.len();
    let remedy = "check that User.Read.All is granted as an application permission with admin consent, and that no \
                  policy restricts the application; as long as it is so, nobody's number is given or taken";
    let missing = match (licensed, planned) {
        (true, false) => "assignedPlans",
        (false, true) => "assignedLicenses",
        (false, false) if count >= CROWD => "assignedLicenses and assignedPlans",
        _ => return None,
    };
    let detail = format!(
        "none of {count} users came back with {missing}: User.Read.All seems to be curtailed"
    );
    Some(Item::error(
        Exit::Unreachable,
        "user properties",
        tenant,
        detail,
        remedy,
    ))
}

fn attributes(tenant: Option<&str>, users: &[User], rules: Option<&RuleSet>) -> Option<Item> {
    if users.len() < CROWD {
        return None;
    }
    let blank = |attribute: &&Attribute| {
        let mut values = users
            .iter()
            .filter_map(|user| user.attributes.get(**attribute));
        values.all(|value| value.trim().is_empty())
    };
    let empty: Vec<&str> = rules?
        .reads()
        .iter()
        .filter(blank)
        .map(|attribute| attribute.name())
        .collect();
    let count = users.len();
    (!empty.is_empty()).then(|| {
        let detail = format!("none of {count} users on the first page has {}, which the rules read", empty.join(", "));
        let remedy = "fill them in the directory, or correct the rules; if they are filled in Entra, User.Read.All is curtailed";
        Item::warning("user properties", tenant, detail, remedy)
    })
}

#[cfg(test)]
mod tests {
    use super::checks;
    use crate::cli::doctor::item::State;
    use crate::directory::tests::licences;
    use crate::directory::{Attribute, User, UserId};
    use crate::rules::{LoadOptions, RuleSet, SourceFile, load};
    use std::sync::Arc;

    fn people(count: u128, words: &str) -> Vec<User> {
        let person = |n| {
            let mut user = User::new(UserId::from_u128(n));
            user.licences = Arc::new(licences(words));
            user
        };
        (0..count).map(person).collect()
    }

    fn rules() -> RuleSet {
        let text =
            "range \"r\" { type direct-routing numbers +49 89 5550 1000 when city = \"Bonn\" }";
        let file = SourceFile {
            name: "r.rules".to_owned(),
            bytes: text.as_bytes().to_vec(),
        };
        load(&[file], LoadOptions::default())
            .expect("good rules")
            .rule_set
    }

    #[test]
    fn what_nobody_has_is_named() {
        let said = |users: &[User]| -> Vec<(State, String)> {
            let items = checks(None, users, Some(&rules()));
            items
                .into_iter()
                .map(|item| (item.state, item.detail))
                .collect()
        };
        let curtailed = said(&people(3, "E5"));
        assert_eq!(curtailed.len(), 1);
        assert!(
            curtailed[0].0 == State::Error && curtailed[0].1.contains("assignedPlans"),
            "{curtailed:?}"
        );
        assert_eq!(said(&people(3, "E5+"))[0].0, State::Ok);
        assert_eq!(said(&people(3, ""))[0].0, State::Ok);
        assert_eq!(said(&[]), []);
        let crowd = said(&people(10, "E5+"));
        assert!(
            crowd[0].0 == State::Warning && crowd[0].1.contains("city"),
            "{crowd:?}"
        );
        let mut one_in_bonn = people(10, "E5+");
        one_in_bonn[4]
            .attributes
            .set(Attribute::City, Some("Bonn".into()));
        assert_eq!(said(&one_in_bonn)[0].0, State::Ok);
        assert_eq!(said(&people(10, ""))[0].0, State::Error);
    }
}
