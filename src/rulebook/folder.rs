//! Reads the rule files of a folder as they stood at one moment.

use super::RulebookError;
use crate::rules::SourceFile;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How often a folder is read again that changes under the reader.
const ATTEMPTS: usize = 20;

/// How the name of a file of rule tests ends.
pub const TEST_FILE: &str = ".test.toml";

/// What tells a file from its earlier and later versions.
pub(super) type Stamp = (PathBuf, u64, Option<SystemTime>);

/// All `*.rules` directly in the folder, in byte order of their names. Hidden files and sub-folders are ignored.
///
/// A folder that changes while it is read is read again, so that no half of one version meets half of another.
///
/// # Errors
///
/// When the folder is missing or holds no rule file, or something cannot be read.
pub fn read(folder: &Path) -> Result<Vec<SourceFile>, RulebookError> {
    if !folder.is_dir() {
        return Err(RulebookError::NoFolder(folder.to_owned()));
    }
    for _ in 0..ATTEMPTS {
        let before = stamps(folder)?;
        if before.is_empty() {
            return Err(RulebookError::NoRuleFile(folder.to_owned()));
        }
        let files = match before.iter().map(|(path, ..)| file(path)).collect() {
            Ok(files) => files,
            // A file that vanished after it was listed is a change, too.
            Err(RulebookError::Unreadable { source, .. })
                if source.kind() == io::ErrorKind::NotFound =>
            {
                continue;
            }
            Err(error) => return Err(error),
        };
        if stamps(folder)? == before {
            return Ok(files);
        }
    }
    Err(RulebookError::Changing(folder.to_owned()))
}

/// All `*.test.toml` directly in the folder, in byte order of their names; hidden files are ignored. They are no rules:
/// changing them changes nothing that decides.
pub fn test_files(folder: &Path) -> Result<Vec<SourceFile>, RulebookError> {
    let unreadable = |source| RulebookError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = name_of(&path);
        if name.ends_with(TEST_FILE.as_bytes()) && !name.starts_with(b".") && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort_by(|a, b| name_of(a).cmp(name_of(b)));
    paths.iter().map(|path| file(path)).collect()
}

pub(super) fn stamps(folder: &Path) -> Result<Vec<Stamp>, RulebookError> {
    let unreadable = |path: &Path, source| RulebookError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut stamps = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        let hidden = path
            .file_name()
            .is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        if hidden
            || path
                .extension()
                .is_none_or(|extension| extension != "rules")
        {
            continue;
        }
        // Follows symbolic links, as configuration mounted into containers needs it.
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => stamps.push(stamp(path, &metadata)),
            Ok(_) => {}
            Err(error) => return Err(unreadable(&path, error)),
        }
    }
    stamps.sort_by(|a, b| name_of(&a.0).cmp(name_of(&b.0)));
    Ok(stamps)
}

fn stamp(path: PathBuf, metadata: &Metadata) -> Stamp {
    (path, metadata.len(), metadata.modified().ok())
}

fn name_of(path: &Path) -> &[u8] {
    path.file_name().map_or(&[], |name| name.as_encoded_bytes())
}

fn file(path: &Path) -> Result<SourceFile, RulebookError> {
    let bytes = fs::read(path).map_err(|source| RulebookError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    Ok(SourceFile {
        name: path.display().to_string(),
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rule_files_in_byte_order_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in [
            "b.rules",
            "B.rules",
            ".hidden.rules",
            "a.txt",
            "10.rules",
            "9.rules",
        ] {
            fs::write(folder.path().join(name), name).expect("written");
        }
        fs::create_dir(folder.path().join("sub.rules")).expect("a folder");
        let files = read(folder.path()).expect("readable");
        let contents: Vec<_> = files
            .iter()
            .map(|file| String::from_utf8_lossy(&file.bytes).into_owned())
            .collect();
        assert_eq!(contents, ["10.rules", "9.rules", "B.rules", "b.rules"]);
    }

    #[test]
    fn tests_of_rules_are_no_rules() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).expect("written");
        };
        put("a.rules", "rules");
        let before = stamps(folder.path()).expect("readable");
        for name in [
            "b.test.toml",
            "a.test.toml",
            ".c.test.toml",
            "linekeeper.toml",
        ] {
            put(name, name);
        }
        assert_eq!(
            stamps(folder.path()).expect("readable"),
            before,
            "nothing to take up"
        );
        assert_eq!(read(folder.path()).expect("readable").len(), 1);
        let tests = test_files(folder.path()).expect("readable");
        let names: Vec<_> = tests.iter().map(|file| file.bytes.as_slice()).collect();
        assert_eq!(names, [b"a.test.toml", b"b.test.toml"]);
    }

    #[test]
    fn tells_a_missing_folder_from_an_empty_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = read(&folder.path().join("gone"));
        assert!(matches!(missing, Err(RulebookError::NoFolder(_))));
        assert!(matches!(
            read(folder.path()),
            Err(RulebookError::NoRuleFile(_))
        ));
    }
}
