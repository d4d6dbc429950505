//! Commands that are printed for people to copy.

use std::path::Path;

/// The beginning of a command that uses the same configuration: `linekeeper`, with `--config` where a file was named.
pub(super) fn linekeeper(config: Option<&Path>) -> String {
    match config {
        Some(file) => format!(
            "linekeeper --config {}",
            quoted(&file.display().to_string())
        ),
        None => "linekeeper".to_owned(),
    }
}

/// A text as one word of a POSIX shell, whatever it holds.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::linekeeper;
    use std::path::Path;
    use std::process::Command;

    #[test]
    fn a_shell_reads_the_file_as_it_was_named() {
        assert_eq!(linekeeper(None), "linekeeper");
        for file in [
            "linekeeper.toml",
            "/etc/line keeper/a.toml",
            "it's $HOME/`x`/\"y\"/*.toml",
            "ü\\n;&|",
        ] {
            let command = linekeeper(Some(Path::new(file)));
            let script = format!("linekeeper() {{ printf '%s|' \"$@\"; }}; {command} doctor");
            let read = Command::new("sh").arg("-c").arg(script).output();
            let read = read.expect("a shell").stdout;
            let expected = format!("--config|{file}|doctor|");
            assert_eq!(String::from_utf8(read).expect("UTF-8"), expected);
        }
    }
}
