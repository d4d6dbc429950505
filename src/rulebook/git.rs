//! The rule files of a revision, read through the system's git.
//!
//! The tree of one commit is listed and its files are read out of the object store: nothing is checked out, the index
//! and the work tree are left alone, and what is read is one commit, whatever happens to the folder meanwhile. The
//! system's git knows every kind of repository it was ever made to write (worktrees, alternates, packs, SHA-256), and
//! two short processes a reading cost nothing beside it; a library would bring a hundred crates for the same answer.

use super::revision::git_in;
use crate::rules::SourceFile;
use jiff::Timestamp;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use thiserror::Error;

/// All files of a revision together may be so large; as [`crate::rules::load`] has it.
const LARGEST: u64 = 256 << 20;

/// The rule files of one commit.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The commit, in full.
    pub commit: String,
    /// The files, in byte order of their names; each is called by commit and path.
    pub files: Vec<SourceFile>,
}

/// Where a folder lies: the repository, and the way from its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// A folder in which git finds the repository.
    pub repository: PathBuf,
    /// The folder from the root of the tree, with `/` between its parts; empty: the root.
    pub folder: String,
}

/// Why a revision gives no rule files.
#[derive(Debug, Error)]
pub enum GitError {
    /// The system has no git.
    #[error(
        "git could not be started; a revision of the rules is read through it, so it has to be installed"
    )]
    NoGit(#[source] std::io::Error),
    /// The folder lies in no repository that git would use.
    #[error("{} lies in no git work tree that can be used: {said}", .folder.display())]
    NoRepository {
        /// The folder.
        folder: PathBuf,
        /// What git said.
        said: String,
    },
    /// The repository knows no such revision.
    #[error("the repository of {} has no revision `{revision}`; a branch, a tag, a commit or something like HEAD~1 is expected{hint}", .repository.display())]
    NoRevision {
        /// Where it was looked for.
        repository: PathBuf,
        /// What was asked for.
        revision: String,
        /// What may be behind it.
        hint: &'static str,
    },
    /// The revision has no such folder.
    #[error("the revision {revision} has no folder `{folder}`")]
    NoFolder {
        /// The revision.
        revision: String,
        /// The folder from the root.
        folder: String,
    },
    /// The folder holds no rule file in that revision.
    #[error("the folder `{folder}` holds no file that ends in .rules in the revision {revision}")]
    NoRuleFile {
        /// The revision.
        revision: String,
        /// The folder from the root.
        folder: String,
    },
    /// A rule file is a symbolic link, whose target a commit does not hold.
    #[error("{file} is a symbolic link in the revision {revision}; put the rules themselves there")]
    Link {
        /// The revision.
        revision: String,
        /// The file from the root.
        file: String,
    },
    /// The files are too large.
    #[error(
        "the rule files of the revision {revision} hold {megabytes} MB; together they may hold 256 MB"
    )]
    TooLarge {
        /// The revision.
        revision: String,
        /// How large they are.
        megabytes: u64,
    },
    /// git failed in another way.
    #[error("git could not read the revision {revision}: {said}")]
    Failed {
        /// The revision.
        revision: String,
        /// What git said.
        said: String,
    },
}

/// One file of a tree.
struct Blob {
    id: String,
    name: String,
    size: u64,
    link: bool,
}

/// All `*.rules` directly in a folder of the repository as a revision has them, in byte order of their names. Hidden
/// files and sub-folders are ignored, as in a folder on disk. `folder` is the way from the root of the tree.
///
/// # Errors
/// When the revision, the folder or its rule files are not there, or git cannot read them.
pub fn files_at(repository: &Path, revision: &str, folder: &str) -> Result<Snapshot, GitError> {
    let commit = commit_of(repository, revision)?;
    let folder = folder.trim_matches('/');
    let blobs = rule_files(repository, revision, &commit, folder)?;
    if blobs.is_empty() {
        return Err(GitError::NoRuleFile {
            revision: revision.to_owned(),
            folder: folder.to_owned(),
        });
    }
    if let Some(link) = blobs.iter().find(|blob| blob.link) {
        return Err(GitError::Link {
            revision: revision.to_owned(),
            file: joined(folder, &link.name),
        });
    }
    let bytes: u64 = blobs.iter().map(|blob| blob.size).sum();
    if bytes > LARGEST {
        return Err(GitError::TooLarge {
            revision: revision.to_owned(),
            megabytes: bytes >> 20,
        });
    }
    let contents = contents(repository, revision, &blobs)?;
    let short = commit.get(..12).unwrap_or(&commit);
    let file = |(blob, bytes): (&Blob, Vec<u8>)| SourceFile {
        name: format!("{short}:{}", joined(folder, &blob.name)),
        bytes,
    };
    Ok(Snapshot {
        files: blobs.iter().zip(contents).map(file).collect(),
        commit,
    })
}

/// Where a folder of a work tree lies in its repository.
///
/// # Errors
/// When it lies in no work tree.
pub fn place_of(folder: &Path) -> Result<Place, GitError> {
    let mut ask = git_in(folder);
    let output = run(ask.args(["rev-parse", "--show-prefix"]))?;
    match output.status.success() {
        true => Ok(Place {
            repository: folder.to_owned(),
            folder: said(&output.stdout).trim_end_matches('/').to_owned(),
        }),
        false => Err(GitError::NoRepository {
            folder: folder.to_owned(),
            said: said(&output.stderr),
        }),
    }
}

/// The commit a revision names, in full.
///
/// # Errors
/// When there is none.
pub fn commit_of(repository: &Path, revision: &str) -> Result<String, GitError> {
    let unknown = |hint| GitError::NoRevision {
        repository: repository.to_owned(),
        revision: revision.to_owned(),
        hint,
    };
    // What begins with a dash would be an option to git.
    if revision.is_empty() || revision.starts_with('-') || revision.contains(char::is_control) {
        return Err(unknown(""));
    }
    let asked = format!("{revision}^{{commit}}");
    let mut ask = git_in(repository);
    let output = run(ask.args([
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &asked,
    ]))?;
    let commit = said(&output.stdout);
    let is_commit = !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    if output.status.success() && is_commit {
        return Ok(commit);
    }
    place_of(repository)?;
    let mut ask = git_in(repository);
    let shallow = run(ask.args(["rev-parse", "--is-shallow-repository"]))?;
    Err(unknown(match said(&shallow.stdout).as_str() {
        "true" => {
            "; the clone is shallow, so that older commits are missing: fetch with more depth"
        }
        _ => "",
    }))
}

/// When a commit was written by its author; `None` where it cannot be read.
#[must_use]
pub fn authored(repository: &Path, commit: &str) -> Option<Timestamp> {
    let commit = commit_of(repository, commit).ok()?;
    let mut ask = git_in(repository);
    let output = run(ask.args(["cat-file", "commit", &commit])).ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let author = text.lines().find_map(|line| line.strip_prefix("author "))?;
    let mut words = author.rsplit(' ');
    let (_zone, seconds) = (words.next()?, words.next()?);
    Timestamp::from_second(seconds.parse().ok()?).ok()
}

fn rule_files(
    repository: &Path,
    revision: &str,
    commit: &str,
    folder: &str,
) -> Result<Vec<Blob>, GitError> {
    let tree = format!("{commit}:{folder}");
    let mut ask = git_in(repository);
    let output = run(ask.args(["ls-tree", "-z", "-l", "--full-tree", &tree]))?;
    if !output.status.success() {
        return Err(GitError::NoFolder {
            revision: revision.to_owned(),
            folder: folder.to_owned(),
        });
    }
    let entries = output.stdout.split(|byte| *byte == 0);
    let mut blobs: Vec<Blob> = entries.filter_map(rule_file).collect();
    blobs.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(blobs)
}

/// `100644 blob 0123…   42<TAB>name`; `None` for what is no rule file.
fn rule_file(entry: &[u8]) -> Option<Blob> {
    let tab = entry.iter().position(|byte| *byte == b'\t')?;
    let name = String::from_utf8_lossy(&entry[tab + 1..]).into_owned();
    let head = std::str::from_utf8(&entry[..tab]).ok()?;
    let mut words = head.split_ascii_whitespace();
    let (mode, kind, id, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let wanted = kind == "blob" && !name.starts_with('.') && name.ends_with(".rules");
    wanted.then(|| Blob {
        id: id.to_owned(),
        name,
        size: size.parse().unwrap_or_default(),
        link: mode == "120000",
    })
}

fn contents(repository: &Path, revision: &str, blobs: &[Blob]) -> Result<Vec<Vec<u8>>, GitError> {
    let failed = |said: String| GitError::Failed {
        revision: revision.to_owned(),
        said,
    };
    let mut child = git_in(repository)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(GitError::NoGit)?;
    let wanted: String = blobs.iter().map(|blob| format!("{}\n", blob.id)).collect();
    let input = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // Written beside the reading: git answers while it is asked, and neither pipe may fill up.
        scope.spawn(move || input.map(|mut input| input.write_all(wanted.as_bytes())));
        child.wait_with_output()
    });
    let output = output.map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(said(&output.stderr)));
    }
    let mut rest = &output.stdout[..];
    let mut all = Vec::with_capacity(blobs.len());
    for blob in blobs {
        let missing = || {
            failed(format!(
                "the file {} is missing from its objects",
                blob.name
            ))
        };
        all.push(next_content(&mut rest, &blob.id).ok_or_else(missing)?);
    }
    Ok(all)
}

/// `0123… blob 42<LF>content<LF>`.
fn next_content(rest: &mut &[u8], id: &str) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(&rest[..end]).ok()?;
    let size = head.strip_prefix(id)?.strip_prefix(" blob ")?;
    let size: usize = size.parse().ok()?;
    let content = rest.get(end + 1..end + 1 + size)?.to_vec();
    *rest = rest.get(end + size + 2..)?;
    Some(content)
}

fn run(command: &mut Command) -> Result<Output, GitError> {
    command
        .stderr(Stdio::piped())
        .output()
        .map_err(GitError::NoGit)
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

fn joined(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}

#[cfg(test)]
mod tests;
