//! One process per data folder: an advisory lock on a file that says who holds it.
//!
//! The lock goes with the process, however it dies; the file stays and means nothing by itself.

use crate::error::{Error, Result};
use crate::io::{FileLock, Io, LockAttempt};
use std::path::Path;

/// Name of the lock file in the data folder.
pub const LOCK_FILE: &str = "lock";

/// Keeps the data folder ours until dropped.
#[derive(Debug)]
pub struct FolderLock {
    _guard: Box<dyn FileLock>,
}

/// Takes the lock of a data folder, which must exist. `started_ns` is the time of start, for the
/// message that a second process shows. `Conflict` if another process holds it.
pub fn lock_folder(io: &dyn Io, folder: &Path, started_ns: i64) -> Result<FolderLock> {
    let content = format!("pid {}\nstarted_ns {started_ns}\n", std::process::id());
    match io.try_lock(&folder.join(LOCK_FILE), content.as_bytes())? {
        LockAttempt::Held(guard) => Ok(FolderLock { _guard: guard }),
        LockAttempt::Busy(held_by) => {
            let holder = holder(&held_by);
            Err(Error::conflict(format!(
                "data folder {} is in use by {holder}; stop it or choose another --data-dir",
                folder.display()
            )))
        }
    }
}

/// Words for the process that wrote this content; it may be in the middle of writing it.
fn holder(content: &[u8]) -> String {
    std::str::from_utf8(content)
        .ok()
        .and_then(|text| text.lines().next())
        .and_then(|line| line.strip_prefix("pid "))
        .and_then(|pid| pid.parse::<u32>().ok())
        .map_or_else(
            || "another process".to_owned(),
            |pid| format!("process {pid}"),
        )
}

#[cfg(test)]
mod tests {
    use super::{LOCK_FILE, holder, lock_folder};
    use crate::error::ErrorKind;
    use crate::io::std_io::StdIo;

    #[test]
    fn the_second_one_is_told_who_holds_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = lock_folder(&StdIo, folder.path(), 5).unwrap();
        let error = lock_folder(&StdIo, folder.path(), 6).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        let expected = format!("is in use by process {};", std::process::id());
        assert!(error.to_string().contains(&expected), "{error}");
        drop(first);
        lock_folder(&StdIo, folder.path(), 7).unwrap();
        assert!(folder.path().join(LOCK_FILE).exists());
    }

    #[test]
    fn a_half_written_lock_file_names_nobody() {
        for content in [&b""[..], b"pid", b"pid 12x", b"\xff\xfe"] {
            assert_eq!(holder(content), "another process");
        }
        assert_eq!(holder(b"pid 123\nstarted_ns 4\n"), "process 123");
    }
}
