//! What Teams says, against what is remembered.

use crate::apply::{Voice, VoiceError};
use crate::directory::ReadError;
use crate::numbering::NumberType;
use crate::plan::tests::world::{id, listed, number};
use crate::views::teams::compare;
use insta::assert_snapshot;

fn voice(last: Option<u64>) -> Voice {
    Voice {
        features: vec!["PhoneSystem".to_owned(), "Teams".to_owned()],
        primary: last.map(number),
        policies: [("TenantDialPlan".to_owned(), "DE".to_owned())].into(),
    }
}

#[test]
fn agreement_difference_and_silence() {
    let anna = id("anna");
    let line = |holder| {
        Some(Ok(Some(listed(
            number(1000),
            NumberType::DirectRouting,
            holder,
        ))))
    };
    let down = || ReadError::Unreachable("127.0.0.1:1 cannot be reached".to_owned());
    let ours = Some(number(1000));
    let told = |(says, unread): (Option<crate::report::TeamsExplanation>, Option<String>)| {
        let says = says.map_or_else(
            || "nothing".to_owned(),
            |says| {
                let number = says
                    .number
                    .map_or_else(|| "-".to_owned(), |number| number.to_string());
                format!(
                    "{number}; {}; {}",
                    says.listed.unwrap_or_default(),
                    says.differences.join("; ")
                )
            },
        );
        format!("{says} | {}", unread.unwrap_or_default())
    };
    let lines = [
        told(compare(
            anna,
            ours,
            Ok(Some(voice(Some(1000)))),
            line(Some(anna)),
        )),
        told(compare(anna, ours, Ok(Some(voice(Some(1001)))), line(None))),
        told(compare(
            anna,
            ours,
            Ok(Some(voice(None))),
            line(Some(id("bert"))),
        )),
        told(compare(anna, None, Ok(Some(voice(Some(1001)))), None)),
        told(compare(anna, None, Ok(None), None)),
        told(compare(
            anna,
            ours,
            Err(VoiceError::NotGranted),
            line(Some(anna)),
        )),
        told(compare(
            anna,
            ours,
            Err(VoiceError::Read(down())),
            Some(Err(down())),
        )),
        told(compare(anna, None, Err(VoiceError::NotGranted), None)),
    ];
    assert_snapshot!(lines.join("\n"), @r"
    +498955501000; +498955501000 is listed as direct-routing, assigned to a user as primary line;  | 
    +498955501001; +498955501000 is listed as direct-routing, assigned to nobody; Teams shows +498955501001 with the person, Linekeeper has +498955501000; Teams shows +498955501000 with nobody, Linekeeper with 616e6e61-0000-0000-0000-000000000000 | 
    -; +498955501000 is listed as direct-routing, assigned to a user as primary line; Teams shows no number with the person, Linekeeper has +498955501000; Teams shows +498955501000 with 62657274-0000-0000-0000-000000000000, Linekeeper with 616e6e61-0000-0000-0000-000000000000 | 
    +498955501001; ; Teams shows +498955501001 with the person, which Linekeeper does not manage | 
    -; ; Teams knows no such person | 
    -; +498955501000 is listed as direct-routing, assigned to a user as primary line;  | the person's Teams configuration is not read: the permission TeamsUserConfiguration.Read.All is not granted
    nothing | Teams could not be asked: 127.0.0.1:1 cannot be reached
    nothing | the person's Teams configuration is not read: the permission TeamsUserConfiguration.Read.All is not granted
    ");
}
