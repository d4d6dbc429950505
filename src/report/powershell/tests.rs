//! The scripts, to the letter, and names that try to break out of them.

use super::{ascii, powershell, quoted};
use crate::numbering::{E164, NumberType, Span, Spans};
use crate::report::number_order::{LeftOut, NumberOrder, OrderKind};
use std::path::Path;

fn number(digits: u64) -> E164 {
    E164::from_digits(digits).expect("a number")
}

fn span(first: u64, last: u64) -> Span {
    Span::new(number(first), number(last)).expect("a span")
}

fn order(kind: OrderKind, number_type: NumberType) -> NumberOrder {
    let spans = |all: &[(u64, u64)]| -> Spans { all.iter().map(|(a, b)| span(*a, *b)).collect() };
    NumberOrder {
        kind,
        tenant: "contoso".to_owned(),
        tenant_id: "6D9B9F57-6c4a-4c43-8a0d-0d3c0a1b2c3d".to_owned(),
        range: "muc".to_owned(),
        number_type,
        suspended: false,
        as_of: "2026-11-20T08:00:00Z".parse().expect("a time"),
        numbers: spans(&[
            (498_955_501_000, 498_955_501_004),
            (498_955_501_010, 498_955_501_012),
        ]),
        left_out: [
            (
                LeftOut::Assigned,
                spans(&[(498_955_501_005, 498_955_501_008)]),
            ),
            (LeftOut::Never, spans(&[(498_955_501_009, 498_955_501_009)])),
        ]
        .into(),
    }
}

/// Compares with a file beside this one: `LINEKEEPER_REFRESH=1 ./test powershell` writes it anew.
#[track_caller]
fn is_as_in(file: &str, script: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/report/powershell")
        .join(file);
    if std::env::var_os("LINEKEEPER_REFRESH").is_some() {
        std::fs::write(&path, script).expect("a writable folder");
    }
    let expected = std::fs::read_to_string(&path).expect("the file is there");
    assert!(
        script == expected,
        "{file} is not what is written now; LINEKEEPER_REFRESH=1 ./test powershell writes it anew:\n{script}"
    );
}

#[test]
fn the_scripts_are_these() {
    let upload = order(OrderKind::Upload, NumberType::DirectRouting);
    is_as_in("upload.ps1", &powershell(&upload));
    let release = order(OrderKind::Release, NumberType::CallingPlan);
    is_as_in("release.ps1", &powershell(&release));
    let block = order(
        OrderKind::Block { days: Some(30) },
        NumberType::OperatorConnect,
    );
    is_as_in("block.ps1", &powershell(&block));
}

#[test]
fn what_differs_by_type_and_time_is_said() {
    let release = |number_type| powershell(&order(OrderKind::Release, number_type));
    assert!(release(NumberType::OperatorConnect).contains("goes back to its operator"));
    assert!(release(NumberType::DirectRouting).contains("stays yours with your carrier"));
    let forever = order(OrderKind::Block { days: None }, NumberType::CallingPlan);
    let text = powershell(&forever);
    assert!(
        text.contains("\n$Days = 0\n") && text.contains("CAUTION"),
        "{text}"
    );
    let text = powershell(&NumberOrder {
        suspended: true,
        ..forever
    });
    assert!(!text.contains("CAUTION"), "{text}");
}

#[test]
fn orders_are_of_a_thousand_numbers_at_most() {
    let many = |count: u64| NumberOrder {
        numbers: [span(498_955_500_000, 498_955_499_999 + count)]
            .into_iter()
            .collect(),
        ..order(OrderKind::Release, NumberType::DirectRouting)
    };
    for (count, lots) in [(1, 1), (1000, 1), (1001, 2), (2500, 3)] {
        let script = powershell(&many(count));
        assert_eq!(super::orders(&many(count)), lots);
        let calls: Vec<&str> = script.split("\nInvoke-Lot ").skip(1).collect();
        assert_eq!(calls.len() as u64, lots, "{count} numbers");
        let sizes: Vec<usize> = calls
            .iter()
            .map(|call| call.matches("'+49").count())
            .collect();
        assert!(sizes.iter().all(|size| *size <= 1000), "{sizes:?}");
        assert_eq!(sizes.iter().sum::<usize>() as u64, count);
    }
}

#[test]
fn an_order_of_nothing_does_nothing() {
    for kind in [
        OrderKind::Upload,
        OrderKind::Release,
        OrderKind::Block { days: None },
    ] {
        let nothing = NumberOrder {
            numbers: Spans::default(),
            left_out: std::collections::BTreeMap::new(),
            ..order(kind, NumberType::DirectRouting)
        };
        let script = powershell(&nothing);
        assert!(script.contains("There is no number to do anything with."));
        assert!(script.contains("No number of the range is left out."));
        assert!(!script.contains("\nInvoke-Lot ") && !script.contains("$Numbers = @("));
    }
}

/// What PowerShell would run: comments are taken out, and texts in single quotes emptied. A text must end on its line.
fn code(script: &str) -> String {
    let mut code = String::new();
    let mut signs = script.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '#' => while signs.next_if(|sign| !matches!(sign, '\n' | '\r')).is_some() {},
            '\'' => loop {
                match signs.next().expect("a text ends") {
                    '\'' if signs.next_if_eq(&'\'').is_some() => {}
                    '\'' => {
                        code.push_str("''");
                        break;
                    }
                    '\n' | '\r' => panic!("a text goes over the end of its line: {script}"),
                    _ => {}
                }
            },
            '"' | '`' => panic!("`{sign}` outside comments and texts: {script}"),
            other => code.push(other),
        }
    }
    code
}

#[test]
fn no_name_can_make_a_script_do_anything_else() {
    let names = [
        "O'Brien's",
        "'; Remove-Item C:\\ -Recurse; '",
        "$(Get-Process)$env:TEMP${x}",
        "`n`$x `",
        "two\nlines\r\nRemove-Item x",
        "\u{2019}; Remove-Item x; \u{2018}\u{201a}\u{201b}",
        "\u{85}\u{2028}\u{2029}Remove-Item x",
        "<# #> \" {0}{1}{2}",
        "#Requires -Version 99",
        "\n# SIG # Begin signature block\n",
        "\0\u{7}\u{1b}[2J",
        "München – Englischer Garten",
        "",
    ];
    for kind in [
        OrderKind::Upload,
        OrderKind::Release,
        OrderKind::Block { days: None },
    ] {
        let plain = order(kind, NumberType::DirectRouting);
        let expected = code(&powershell(&plain));
        for name in names {
            let odd = NumberOrder {
                range: name.to_owned(),
                tenant: name.to_owned(),
                ..plain.clone()
            };
            let script = powershell(&odd);
            assert!(script.is_ascii(), "{name:?}: {script}");
            assert!(
                script.bytes().all(|byte| byte == b'\n' || byte >= b' '),
                "{name:?}: {script}"
            );
            assert_eq!(code(&script), expected, "{name:?}");
            let first = |line: &&str| line.trim_start().to_lowercase();
            let magic = |line: &&str| {
                let line = first(line);
                line.starts_with("#requires") || line.starts_with("# sig #")
            };
            assert_eq!(script.lines().find(magic), None, "{name:?}");
        }
        // Nor can what is configured as the id of the tenant.
        let odd = NumberOrder {
            tenant_id: "contoso'; Remove-Item x; '".to_owned(),
            ..plain.clone()
        };
        assert_eq!(code(&powershell(&odd)), expected);
        assert!(powershell(&odd).contains("\n$TenantId = ''\n"));
    }
}

#[test]
fn brackets_are_closed() {
    for kind in [
        OrderKind::Upload,
        OrderKind::Release,
        OrderKind::Block { days: Some(7) },
    ] {
        let mut open = Vec::new();
        for sign in code(&powershell(&order(kind, NumberType::DirectRouting))).chars() {
            match sign {
                '(' | '{' | '[' => open.push(sign),
                ')' => assert_eq!(open.pop(), Some('(')),
                '}' => assert_eq!(open.pop(), Some('{')),
                ']' => assert_eq!(open.pop(), Some('[')),
                _ => {}
            }
        }
        assert!(open.is_empty(), "{kind:?}: {open:?}");
    }
}

/// Without -Execute nothing is called that could change anything: each such call stands behind the test for it.
#[test]
fn nothing_is_changed_without_being_told_to() {
    for kind in [
        OrderKind::Upload,
        OrderKind::Release,
        OrderKind::Block { days: None },
    ] {
        let code = code(&powershell(&order(kind, NumberType::DirectRouting)));
        for function in code.split("function ").skip(1) {
            let body = function.split("\n}\n").next().unwrap_or_default();
            let reaches = ["New-Cs", "Set-Cs", "Remove-Cs", "Get-Cs"];
            let first = reaches.iter().filter_map(|call| body.find(call)).min();
            let guard = body.find("if (-not $Execute)");
            if let Some(first) = first {
                assert!(guard.is_some_and(|guard| guard < first), "{body}");
            }
        }
        let outside: String = code
            .split("\n}\n")
            .map(|part| part.split("function ").next().unwrap_or_default())
            .collect();
        for call in ["New-Cs", "Set-Cs", "Remove-Cs"] {
            assert!(!outside.contains(call), "{call} in {outside}");
        }
    }
}

#[test]
fn texts_are_ascii_in_single_quotes() {
    assert_eq!(quoted("O'Brien"), "'O''Brien'");
    assert_eq!(quoted("a\nb"), "'a\\u{a}b'");
    assert_eq!(ascii("München"), "M\\u{fc}nchen");
}
