//! Paths with wildcards (`*`, `?`, `[a-z]`), matched against the files of folders.

use std::path::{Path, PathBuf};
use tacho_storage::io::Io;

/// Files that one pattern may name.
const FILES_MAX: usize = 10_000;

/// Whether a path of rule or scrape configuration files is allowed: a wildcard in the last part only.
pub fn is_rule_path(path: &str) -> bool {
    match path.split_once('*') {
        None => true,
        Some((_, after)) => !after.contains('/'),
    }
}

/// Whether a path of file discovery is allowed: JSON or YAML, one `*`-part at most, at the end.
pub fn is_file_discovery_path(path: &str) -> bool {
    let Some((stem, extension)) = path.rsplit_once('.') else {
        return false;
    };
    let known = ["json", "yml", "yaml", "JSON", "YML", "YAML"].contains(&extension);
    known && is_rule_path(stem)
}

/// Whether a name fits a pattern.
pub fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut pos) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let step = match (pattern.get(at), name.get(pos)) {
            (None, None) => return true,
            (Some('*'), _) => {
                retry = Some((at + 1, pos));
                at += 1;
                continue;
            }
            (Some(_), Some(c)) => match_one(&pattern, at, *c),
            _ => None,
        };
        match (step, retry) {
            (Some(next), _) => (at, pos) = (next, pos + 1),
            (None, Some((after_star, from))) if from < name.len() => {
                retry = Some((after_star, from + 1));
                (at, pos) = (after_star, from + 1);
            }
            _ => return false,
        }
    }
}

/// Where the pattern goes on if its part at `at` fits a character.
fn match_one(pattern: &[char], at: usize, c: char) -> Option<usize> {
    match pattern.get(at)? {
        '?' => Some(at + 1),
        '\\' => (*pattern.get(at + 1)? == c).then_some(at + 2),
        '[' => match_class(pattern, at + 1, c),
        literal => (*literal == c).then_some(at + 1),
    }
}

fn match_class(pattern: &[char], from: usize, c: char) -> Option<usize> {
    let negated = *pattern.get(from)? == '^';
    let first = from + usize::from(negated);
    let mut at = first;
    let mut found = false;
    loop {
        let mut low = *pattern.get(at)?;
        if low == ']' && at > first {
            return (found != negated).then_some(at + 1);
        }
        if low == '\\' {
            at += 1;
            low = *pattern.get(at)?;
        }
        let mut high = low;
        if pattern.get(at + 1) == Some(&'-') && pattern.get(at + 2).is_some_and(|c| *c != ']') {
            high = *pattern.get(at + 2)?;
            at += 2;
        }
        found |= (low..=high).contains(&c);
        at += 1;
    }
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '[', '\\'])
}

/// The files that a pattern names, sorted. A path without wildcards names itself if it is there.
/// Folders that cannot be read have no files.
pub fn expand(io: &dyn Io, pattern: &Path) -> Vec<PathBuf> {
    let text = pattern.to_string_lossy();
    if !has_wildcard(&text) {
        let there = io.exists(pattern).unwrap_or(false);
        return there.then(|| pattern.to_path_buf()).into_iter().collect();
    }
    let (Some(name), folder) = (pattern.file_name(), pattern.parent()) else {
        return Vec::new();
    };
    let name = name.to_string_lossy();
    let folders = match folder {
        None => vec![PathBuf::new()],
        Some(folder) if folder.as_os_str().is_empty() => vec![PathBuf::new()],
        Some(folder) if has_wildcard(&folder.to_string_lossy()) => expand(io, folder),
        Some(folder) => vec![folder.to_path_buf()],
    };
    let mut files = Vec::new();
    for folder in folders {
        let listed = if folder.as_os_str().is_empty() {
            io.list(Path::new("."))
        } else {
            io.list(&folder)
        };
        for entry in listed.unwrap_or_default() {
            if files.len() < FILES_MAX && matches(&name, &entry.name.to_string_lossy()) {
                files.push(folder.join(entry.name));
            }
        }
    }
    files.sort_unstable();
    files
}

#[cfg(test)]
mod tests {
    use super::{is_file_discovery_path, is_rule_path, matches};

    #[test]
    fn wildcards_match_names() {
        for (pattern, name, fits) in [
            ("*.yml", "a.yml", true),
            ("*.yml", "a.yaml", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("?", "é", true),
            ("[a-c]x", "bx", true),
            ("[^a-c]x", "bx", false),
            ("[]", "]", false),
            ("\\*", "*", true),
            ("", "", true),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn paths_of_rules_and_targets() {
        assert!(is_rule_path("my/*.rules") && !is_rule_path("a/*/b"));
        assert!(is_file_discovery_path("foo/*.slow.json"));
        for wrong in ["foo/*/x.json", "foo.txt", "foo"] {
            assert!(!is_file_discovery_path(wrong), "{wrong}");
        }
    }
}
