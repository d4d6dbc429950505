//! `doctor --numbers`: numbers that something is wrong with, and what to do about each, in which order.

use crate::app::App;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{Format, Output};
use crate::cli::rules_diff::failure;
use crate::report::inert;
use crate::views::{Ailment, Finding, NumberDiagnosis, diagnose_numbers};

/// So many of a group are shown; JSON has them all.
const SHOWN: usize = 10;

/// Looks at the numbers of each tenant. What is found does not change the exit code.
pub(in crate::cli) async fn numbers(
    app: &App,
    tenant: Option<&str>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    for (place, config) in app.chosen(tenant)?.into_iter().enumerate() {
        let (tenant, records) = app.tenant(config).await?;
        let found = diagnose_numbers(&tenant, &records.store).await;
        let found = found.map_err(|error| failure(&error))?;
        if found.people_as_of.is_none() {
            let text = format!(
                "no sync has read the people of {} yet, so that nobody can be told from a stranger; run `linekeeper sync` first",
                config.name
            );
            return Err(Failure::new(Exit::Error, text).into());
        }
        match output.format {
            Format::Json => output.json(&found)?,
            Format::Text => {
                let gap = if place > 0 { "\n" } else { "" };
                output.text(&format!("{gap}{}", text(&found)))?;
            }
        }
    }
    Ok(Exit::Done)
}

fn text(found: &NumberDiagnosis) -> String {
    let as_of = found.people_as_of.map(|at| {
        let at = at.strftime("%Y-%m-%d %H:%M");
        format!(", people as of {at}")
    });
    let mut out = format!(
        "{}: {} numbers in Teams{}\n",
        inert(&found.tenant),
        found.numbers,
        as_of.unwrap_or_default()
    );
    for (kind, to_do, group) in groups(&found.items) {
        let count: u64 = group.iter().map(|finding| finding.count).sum();
        out.push_str(&format!("\n{}: {count}\n", kind.sentence()));
        for (place, step) in (1..).zip(to_do) {
            out.push_str(&format!("  {place}. {step}\n"));
        }
        for finding in group.iter().take(SHOWN) {
            out.push_str(&line(finding));
        }
        if group.len() > SHOWN {
            let more = group.len() - SHOWN;
            out.push_str(&format!(
                "     … and {more} more lines; --output json has all\n"
            ));
        }
    }
    if found.items.is_empty() {
        out.push_str("nothing is wrong with them\n");
    }
    if found.unread > 0 {
        let unread = found.unread;
        out.push_str(&format!(
            "\nholders who are not known and could not be looked up: {unread}; `linekeeper sync --full` reads everybody\n"
        ));
    }
    out
}

/// Findings that the same is to be done about, in the order of their kinds.
fn groups(items: &[Finding]) -> Vec<(Ailment, &'static [&'static str], Vec<&Finding>)> {
    let mut groups: Vec<(Ailment, &'static [&'static str], Vec<&Finding>)> = Vec::new();
    for item in items {
        let same = |group: &&mut (Ailment, &'static [&'static str], Vec<&Finding>)| {
            (group.0, group.1) == (item.kind, item.to_do)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.2.push(item),
            None => groups.push((item.kind, item.to_do, vec![item])),
        }
    }
    groups
}

/// `+498955501000  anna@contoso.com  muc  what was found`.
fn line(finding: &Finding) -> String {
    let to = finding.to.map(|to| format!(" to {to} ({})", finding.count));
    let user = finding.user.as_ref().map(|user| match user.upn.as_str() {
        "" => user.id.to_string(),
        upn => inert(upn),
    });
    let range = finding.range.as_deref().map(inert);
    let parts: Vec<String> = [
        Some(format!("{}{}", finding.number, to.unwrap_or_default())),
        user,
        range,
        Some(inert(&finding.detail)),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!("     {}\n", parts.join("  "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::UserId;
    use crate::report::UserRef;

    fn finding(kind: Ailment, last: u64, to_do: &'static [&'static str]) -> Finding {
        Finding {
            kind,
            number: crate::numbering::E164::from_digits(498_955_500_000 + last).expect("a number"),
            to: None,
            count: 1,
            user: Some(UserRef {
                id: UserId::from_u128(1),
                upn: "anna\u{202e}@contoso.example".to_owned(),
            }),
            range: Some("muc".to_owned()),
            detail: "it is so".to_owned(),
            to_do,
        }
    }

    #[test]
    fn a_hundred_thousand_findings_are_a_page() {
        let mut items: Vec<Finding> = (0..100_000)
            .map(|last| finding(Ailment::UnlicensedHolder, last, &["license", "release"]))
            .collect();
        items.push(finding(Ailment::UnlicensedHolder, 7, &["release"]));
        items.push(Finding {
            to: crate::numbering::E164::from_digits(498_955_599_999),
            count: 99_999,
            ..finding(Ailment::Undeclared, 1, &["declare"])
        });
        let text = text(&NumberDiagnosis {
            tenant: "contoso".to_owned(),
            numbers: 200_000,
            people_as_of: Some(jiff::Timestamp::UNIX_EPOCH),
            unread: 3,
            items,
        });
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 26, "{text}");
        for part in [
            "contoso: 200000 numbers in Teams, people as of 1970-01-01 00:00\n",
            "held by somebody without a voice licence: 100000\n  1. license\n  2. release\n     +498955500000  anna\\u{202e}@",
            "     … and 99990 more lines; --output json has all\n",
            "held by somebody without a voice licence: 1\n  1. release\n",
            "declared by no range: 99999\n  1. declare\n     +498955500001 to +498955599999 (99999)  anna",
            "could not be looked up: 3",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }

    #[test]
    fn nothing_wrong_is_said() {
        let text = text(&NumberDiagnosis {
            tenant: "contoso".to_owned(),
            numbers: 2,
            people_as_of: None,
            unread: 0,
            items: Vec::new(),
        });
        assert_eq!(
            text,
            "contoso: 2 numbers in Teams\nnothing is wrong with them\n"
        );
    }
}
