//! Template files that an `alertmanager.yml` names: all that can be read, and what is wrong with the others.

use std::path::{Path, PathBuf};
use tacho_export::message::Templates;
use tacho_ingest::scrape::config::glob;
use tacho_storage::io::{Io, read_limited};

/// Longest file that is read.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Files that are read.
const FILES_MAX: usize = 200;

/// Reads the files of some patterns. A file that cannot be read as templates is left out: messages then go
/// out with the default text.
pub(super) fn read(patterns: &[String], io: &dyn Io) -> (Templates, Vec<String>) {
    let mut warnings = Vec::new();
    let mut paths: Vec<PathBuf> = Vec::new();
    for pattern in patterns {
        let found = glob::expand(io, Path::new(pattern));
        if found.is_empty() {
            warnings.push(format!("templates: no file fits {pattern:?}"));
        }
        for path in found {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    if paths.len() > FILES_MAX {
        let count = paths.len();
        warnings.push(format!(
            "{count} template files, at most {FILES_MAX} are read"
        ));
        paths.truncate(FILES_MAX);
    }
    let mut texts = Vec::new();
    for path in paths {
        match text(&path, io) {
            Ok(text) => texts.push((name_of(&path), text)),
            Err(reason) => warnings.push(format!(
                "template {} cannot be read: {reason}",
                path.display()
            )),
        }
    }
    match Templates::new(texts.clone()) {
        Ok(templates) => (templates, warnings),
        Err(_) => (sound(texts, &mut warnings), warnings),
    }
}

/// The files that can be read as templates, found one by one.
fn sound(texts: Vec<(String, String)>, warnings: &mut Vec<String>) -> Templates {
    let mut kept: Vec<(String, String)> = Vec::new();
    for one in texts {
        kept.push(one);
        if let Err(reason) = Templates::new(kept.clone()) {
            warnings.push(format!("template left out: {reason}"));
            kept.pop();
        }
    }
    Templates::new(kept).unwrap_or_default()
}

fn text(path: &Path, io: &dyn Io) -> Result<String, String> {
    let bytes = read_limited(io, path, FILE_BYTES_MAX).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|_| "is no UTF-8 text".to_owned())
}

/// The name of the file without its folder, as Go names it.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
