//! What can be typed, what cannot, and what it means.

use super::{Cli, Command, SyncsCommand};
use crate::cli::output::Format;
use clap::{CommandFactory, Parser};
use std::time::Duration;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("linekeeper").chain(line.split_whitespace()))
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_of_the_contract_is_understood() {
    for line in [
        "plan",
        "plan --tenant contoso --user a@b.c --save p.json --exit-code",
        "plan --full --output json",
        "--config x.toml --output json sync",
        "sync --tenant contoso --full --accept-empty --approve --wait 5m",
        "sync --plan p.json --approve",
        "explain anna@contoso.com --tenant contoso",
        "explain +498955501000",
        "doctor",
        "doctor --tenant contoso --output json",
        "doctor --numbers --tenant contoso",
        "init",
        "init --folder new",
        "assign anna@contoso.com",
        "assign anna@contoso.com +498955501000 --tenant contoso --wait 5m",
        "assign anna@contoso.com --from muc",
        "release anna@contoso.com --renumber",
        "release --stale --yes",
        "rules check",
        "rules check rules",
        "rules fmt --check rules",
        "rules explain missing-quotes",
        "ranges list",
        "numbers list --range muc --state free --limit 10",
        "numbers history +498955501000",
        "numbers history +498955501000 --at 2026-11-22T17:55:00Z",
        "users list --note no-range --limit 5",
        "users resume anna@contoso.com --tenant contoso",
        "users exempt anna@contoso.com --reason leave --until 2030-01-01",
        "users unexempt anna@contoso.com",
        "users pin anna@contoso.com +498955501000 --move --force --wait 5m",
        "users unpin anna@contoso.com",
        "numbers reserve +498955501000 --reason vip --until 2030-01-01T17:00:00Z",
        "numbers unreserve +498955501000",
        "numbers unblock +498955501000",
        "numbers free +498955501000",
        "numbers rest +498955501000 --until 2030-01-01",
        "ranges suspend muc --reason porting",
        "ranges resume muc --tenant contoso",
        "numbers order upload muc",
        "numbers order release muc --save release.ps1 --tenant contoso",
        "numbers order block muc --days 30 --state never --state quarantined",
        "operators list --tenant contoso",
        "operators suspend Alp --country CH --reason fraud",
        "operators resume Alp --country ch --tenant contoso",
        "operators remove Alp",
        "pause --reason audit --until 2030-01-01",
        "resume --tenant contoso",
        "syncs list",
        "syncs show 1",
        "syncs approve 1 --except a@b.c --except d@e.f --wait 5m",
        "syncs reject 1",
        "audit list",
        "audit list --tenant contoso --since 2026-01-01 --until 2026-02-01T00:00:00Z --user a@b.c --limit 5",
        "audit list --number +498955501000 --event assigned --sync 0000001-abc",
        "audit verify --tenant contoso",
        "audit verify --file trail.jsonl",
        "audit export",
        "audit export trail.jsonl --tenant contoso",
        "simulate --tenant-file t.json --listen 127.0.0.1:0",
        "simulate --generate 10 --seed 7",
        "demo --once",
        "demo --folder new --listen 127.0.0.1:8081",
    ] {
        if let Err(error) = parse(line) {
            panic!("{line}: {error}");
        }
    }
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    for line in [
        "",
        "synch",
        "sync --wait soon",
        "sync --wait 5",
        "sync --user a --full",
        "sync --plan p.json --user a",
        "sync --plan p.json --full",
        "sync --accept-empty",
        "plan --output yaml",
        "assign",
        "assign anna +498955501000 --from muc",
        "release",
        "release anna --stale",
        "numbers rest +498955501000",
        "users exempt anna --until tomorrow",
        "users pin anna +498955501000 --wait 5m",
        "ranges suspend muc",
        "numbers order",
        "numbers order buy muc",
        "numbers order block muc --days 366",
        "numbers order block muc --state assigned",
        "operators suspend Alp",
        "operators suspend Alp --country UK --reason x",
        "operators remove Alp --country CH",
        "pause",
        "release anna --yes",
        "release --stale --renumber",
        "numbers list --limit -1",
        "numbers history +498955501000 --at noon",
        "audit",
        "audit list --since yesterday",
        "audit verify --expect 5",
        "audit verify --expect 5:abc",
        "audit verify --file f --tenant contoso",
        "simulate",
        "simulate --generate 5 --tenant-file t.json",
        "simulate --tenant-file t.json --seed 3",
        "demo --once --listen 127.0.0.1:8080",
        "demo --once --folder new",
    ] {
        let error = parse(line).expect_err(line);
        assert_eq!(error.exit_code(), 2, "{line}");
    }
    for line in ["--help", "--version", "sync --help"] {
        assert_eq!(parse(line).expect_err(line).exit_code(), 0, "{line}");
    }
}

#[test]
fn options_arrive() {
    let cli = parse("sync --wait 5m --output json").expect("valid");
    assert_eq!(cli.output, Format::Json);
    assert!(
        matches!(cli.command, Command::Sync(sync) if sync.wait == Some(Duration::from_secs(300)) && !sync.approve)
    );
    let cli = parse("syncs approve 7 --except a --except b").expect("valid");
    assert!(
        matches!(cli.command, Command::Syncs(SyncsCommand::Approve { except, .. }) if except == ["a", "b"])
    );
}
