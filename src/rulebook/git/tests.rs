//! What a revision gives.

use super::*;
use std::fs;

fn git(folder: &Path, arguments: &[&str]) {
    let done = git_in(folder)
        .args(["-c", "user.name=n", "-c", "user.email=n@example.org"])
        .args(["-c", "commit.gpgsign=false"])
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("git runs");
    assert!(done.success(), "{arguments:?}");
}

/// Two commits of a folder `my rules`: in the second, `b.rules` is changed and `a.rules` gone.
fn repository() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    let rules = root.path().join("my rules");
    fs::create_dir_all(rules.join("sub.rules")).expect("a folder");
    let write = |name: &str, text: &str| {
        fs::write(rules.join(name), text).expect("written");
    };
    git(root.path(), &["init", "--quiet"]);
    write("b.rules", "# first\r\n");
    write("a.rules", "");
    write("ü.rules", "# ü");
    write(".hidden.rules", "no");
    write("note.txt", "no");
    write("sub.rules/c.rules", "no");
    git(root.path(), &["add", "-A"]);
    git(root.path(), &["commit", "--quiet", "-m", "first"]);
    write("b.rules", "# second");
    fs::remove_file(rules.join("a.rules")).expect("there");
    git(root.path(), &["add", "-A"]);
    git(root.path(), &["commit", "--quiet", "-m", "second"]);
    write("b.rules", "# not committed");
    root
}

fn read(root: &Path, revision: &str) -> Result<Vec<(String, String)>, GitError> {
    let place = place_of(&root.join("my rules"))?;
    assert_eq!(place.folder, "my rules");
    let snapshot = files_at(&place.repository, revision, &place.folder)?;
    let file = |file: SourceFile| {
        let (commit, name) = file.name.split_once(':').expect("a commit");
        assert!(snapshot.commit.starts_with(commit));
        let text = String::from_utf8(file.bytes).expect("text");
        (name.to_owned(), text)
    };
    Ok(snapshot.files.into_iter().map(file).collect())
}

#[test]
fn a_revision_is_read_as_it_was_committed() {
    let root = repository();
    let file = |name: &str, text: &str| (format!("my rules/{name}"), text.to_owned());
    assert_eq!(
        read(root.path(), "HEAD~1").expect("readable"),
        [
            file("a.rules", ""),
            file("b.rules", "# first\r\n"),
            file("ü.rules", "# ü")
        ]
    );
    assert_eq!(
        read(root.path(), "HEAD").expect("readable"),
        [file("b.rules", "# second"), file("ü.rules", "# ü")]
    );
}

#[test]
fn what_is_not_there_is_said() {
    let root = repository();
    let path = root.path();
    let error = |found: Result<Vec<_>, GitError>| found.expect_err("refused").to_string();
    assert!(error(read(path, "HEAD~7")).contains("has no revision `HEAD~7`"));
    assert!(error(read(path, "--output=x")).contains("has no revision"));
    let no_folder = files_at(path, "HEAD", "gone").expect_err("refused");
    assert!(
        no_folder.to_string().contains("has no folder `gone`"),
        "{no_folder}"
    );
    let no_file = files_at(path, "HEAD", "").expect_err("refused");
    assert!(matches!(no_file, GitError::NoRuleFile { .. }), "{no_file}");
    let outside = tempfile::tempdir().expect("a folder");
    let outside = place_of(outside.path()).expect_err("refused");
    assert!(
        matches!(outside, GitError::NoRepository { .. }),
        "{outside}"
    );
    std::os::unix::fs::symlink("b.rules", path.join("my rules/l.rules")).expect("a link");
    git(path, &["add", "-A"]);
    git(path, &["commit", "--quiet", "-m", "link"]);
    assert!(error(read(path, "HEAD")).contains("my rules/l.rules is a symbolic link"));
}
