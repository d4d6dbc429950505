//! `rules explain`: what an error or warning of a rule file means, and how it is mended.

use super::super::exit::{Exit, Failure};
use super::super::output::{Format, Output};
use crate::rules::{CODES, CodePage, Severity, code_page, nearest_code};
use serde_json::{Value, json};

/// `rules explain [CODE]`: the page of one code, or the list of all.
pub(in crate::cli) fn explain(code: Option<&str>, output: &mut Output) -> anyhow::Result<Exit> {
    let Some(code) = code else {
        return list(output);
    };
    let code = code.trim().to_ascii_lowercase();
    let Some(page) = code_page(&code) else {
        let near = match nearest_code(&code) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`linekeeper rules explain` lists all codes".to_owned(),
        };
        let message = format!("there is no code `{code}`: {near}");
        return Err(Failure::new(Exit::Usage, message).into());
    };
    match output.format {
        Format::Json => output.json(&object(page))?,
        Format::Text => output.text(&text(page))?,
    }
    Ok(Exit::Done)
}

fn list(output: &mut Output) -> anyhow::Result<Exit> {
    if output.format == Format::Json {
        let pages: Vec<Value> = CODES.iter().map(object).collect();
        output.items(&pages)?;
        return Ok(Exit::Done);
    }
    let width = CODES.iter().map(|page| page.code.len()).max();
    let width = width.unwrap_or_default();
    for page in CODES {
        let line = format!("{:width$}  {:7}  {}", page.code, severity(page), page.title);
        output.line(line.trim_end())?;
    }
    Ok(Exit::Done)
}

fn severity(page: &CodePage) -> &'static str {
    match page.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn object(page: &CodePage) -> Value {
    json!({
        "code": page.code,
        "severity": severity(page),
        "title": page.title,
        "meaning": page.meaning,
        "wrong": page.wrong_file(),
        "right": page.right_file(),
    })
}

fn text(page: &CodePage) -> String {
    let inset = |text: &str| {
        let lines = text.trim_matches('\n').lines();
        lines
            .map(|line| format!("    {line}").trim_end().to_owned() + "\n")
            .collect::<String>()
    };
    format!(
        "{} ({}): {}\n\n{}\n\nWrong:\n\n{}\nRight:\n\n{}",
        page.code,
        severity(page),
        page.title,
        page.meaning,
        inset(page.wrong),
        inset(page.right)
    )
}
