//! The lock of a tenant on SQLite: a file beside the database, locked by the operating system, which lets it go with
//! the process however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Held until dropped.
#[derive(Debug)]
pub(super) struct FileLock(#[expect(dead_code, reason = "the open file is the lock")] File);

/// What became of the wish for a lock.
pub(super) enum Taken {
    Ours(FileLock),
    /// Somebody has it: process id and host, for people.
    Held(String),
}

/// `<database>.<tenant>.lock`; of an unusual tenant name the odd characters are spelled in hexadecimal.
pub(super) fn path_of(database: &Path, tenant: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".");
    for c in tenant.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => name.push(c.to_string()),
            other => name.push(format!("%{:x}", u32::from(other))),
        }
    }
    name.push(".lock");
    PathBuf::from(name)
}

/// The lock under which a database is brought up to date: `<database>.lock`, which is no tenant's.
pub(super) fn path_of_setup(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// The lock of the one service on a database: `<database>.serve.lock`.
pub(super) fn path_of_service(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".serve.lock");
    PathBuf::from(name)
}

/// Waits for a lock, in the calling thread.
pub(super) fn wait_for(path: &Path) -> io::Result<FileLock> {
    let file = open(path)?;
    file.lock()?;
    Ok(FileLock(file))
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

pub(super) fn take(path: &Path) -> io::Result<Taken> {
    let mut file = open(path)?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(holder().as_bytes())?;
            Ok(Taken::Ours(FileLock(file)))
        }
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            Ok(Taken::Held(text))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Who holds a lock, looked up in the kernel's list without touching the lock itself; `None` when nobody does, or
/// where there is no such list.
pub(super) fn holder_of(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let inode = format!(":{}", std::fs::metadata(path).ok()?.ino());
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let is_ours = |line: &&str| {
        let mut words = line.split_whitespace();
        line.contains("FLOCK") && !line.contains("->") && words.any(|word| word.ends_with(&inode))
    };
    locks.lines().find(is_ours)?;
    let holder = std::fs::read_to_string(path).ok()?;
    Some(match holder.trim() {
        "" => "a process that has not named itself".to_owned(),
        named => named.to_owned(),
    })
}

/// This process, for people.
pub(super) fn holder() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = match host.trim() {
        "" => "this machine",
        host => host,
    };
    format!("process {} on {host}", std::process::id())
}
