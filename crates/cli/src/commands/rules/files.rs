//! Files that are named on the command line or in other files.

use std::path::Path;
use tacho_ingest::scrape::config::glob;
use tacho_rules::unit_test::Files;
use tacho_storage::io::std_io::StdIo;

/// Bytes of the longest file that is read.
const FILE_BYTES_MAX: u64 = 8 << 20;

/// The text of a file; the error says why there is none.
pub(super) fn read(path: &str) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if size.len() > FILE_BYTES_MAX {
        return Err(format!("{} bytes, more than {FILE_BYTES_MAX}", size.len()));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|_| "text that is not UTF-8".to_owned())
}

/// The files of this machine.
pub(super) struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<String, String> {
        read(path)
    }

    fn matching(&self, pattern: &str, beside: &str) -> Vec<String> {
        let folder = Path::new(beside).parent().unwrap_or(Path::new(""));
        let found = glob::expand(&StdIo, &folder.join(pattern));
        found
            .iter()
            .map(|path| path.to_string_lossy().into_owned())
            .collect()
    }
}
