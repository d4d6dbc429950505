//! Migrations for people.

use super::table;
use crate::report::{
    MigrationPlanReport, MigrationReport, MoverReport, ObstacleReport, WaveStatus, inert,
};
use std::fmt::Write;

/// So many people of a wave, and things in the way, are listed.
const SHOWN: usize = 50;

const HEAD: [&str; 10] = [
    "wave",
    "people",
    "planned",
    "waiting",
    "released",
    "assigned",
    "verified",
    "returning",
    "returned",
    "failed",
];

/// The text form of what `migrate plan` shows.
#[must_use]
pub fn migration_plan_text(report: &MigrationPlanReport) -> String {
    let mut out = String::new();
    let operator = report.operator.as_deref().unwrap_or("no operator named");
    // Writing into a text cannot fail.
    let _ = writeln!(
        out,
        "{} people of {} move to {} in {} waves ({}, {})",
        report.people,
        inert(&report.range),
        report.to,
        report.waves.len(),
        report.way,
        inert(operator)
    );
    if report.arrived > 0 {
        let _ = writeln!(
            out,
            "{} have their number as {} already",
            report.arrived, report.to
        );
    }
    if let Some(date) = report.not_before {
        let _ = writeln!(out, "Agreed date: {date}");
    }
    if !report.takes_off.is_empty() {
        let names: Vec<String> = report.takes_off.iter().map(|name| inert(name)).collect();
        let _ = writeln!(
            out,
            "Voice routing policies taken off: {}",
            names.join(", ")
        );
    }
    let _ = writeln!(out, "Outage: {}", report.outage);
    for wave in &report.waves {
        let _ = writeln!(out, "\nWave {} ({} people)", wave.wave, wave.people.len());
        for person in wave.people.iter().take(SHOWN) {
            let upn = inert(&person.user.upn);
            let _ = writeln!(out, "  {} {upn} ({})", person.number, person.from);
        }
        left_over(&mut out, wave.people.len());
    }
    obstacles(&mut out, &report.obstacles);
    out
}

fn obstacles(out: &mut String, obstacles: &[ObstacleReport]) {
    if obstacles.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nIn the way ({})", obstacles.len());
    for obstacle in obstacles.iter().take(SHOWN) {
        let _ = writeln!(out, "  {}: {}", obstacle.kind, inert(&obstacle.detail));
        for command in &obstacle.commands {
            let _ = writeln!(out, "      {}", inert(command));
        }
    }
    left_over(out, obstacles.len());
}

fn left_over(out: &mut String, count: usize) {
    if count > SHOWN {
        let _ = writeln!(
            out,
            "  … and {} more: --output json lists all",
            count - SHOWN
        );
    }
}

/// The text form of what `migrate status` shows of one migration.
#[must_use]
pub fn migration_text(report: &MigrationReport) -> String {
    let mut out = format!(
        "{} to {} ({}): {}, started {} by {}\n",
        inert(&report.range),
        report.to,
        report.way,
        report.state,
        report.started,
        inert(&report.started_by)
    );
    if let Some(date) = report.not_before {
        let _ = writeln!(out, "agreed date {date}");
    }
    let rows = std::iter::once(HEAD.map(str::to_owned)).chain(report.waves.iter().map(row));
    out.push_str(&table(rows.map(Vec::from)));
    let troubled: Vec<&MoverReport> = report
        .people
        .iter()
        .filter(|person| person.state == "failed")
        .collect();
    for person in troubled.iter().take(SHOWN) {
        let (upn, why) = (
            inert(&person.user.upn),
            person.trouble.as_deref().unwrap_or_default(),
        );
        let _ = writeln!(
            out,
            "  {} {upn}, wave {}, {}: {}",
            person.number,
            person.wave,
            person.stage,
            inert(why)
        );
    }
    left_over(&mut out, troubled.len());
    out
}

fn row(wave: &WaveStatus) -> [String; 10] {
    let begun = if wave.begun { "" } else { " (to come)" };
    [
        format!("{}{begun}", wave.wave),
        wave.people.to_string(),
        wave.planned.to_string(),
        wave.waiting.to_string(),
        wave.released.to_string(),
        wave.assigned.to_string(),
        wave.verified.to_string(),
        wave.returning.to_string(),
        wave.returned.to_string(),
        wave.failed.to_string(),
    ]
}
