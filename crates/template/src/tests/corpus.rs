//! Templates of rules and configurations in the wild, where the folder with them is there: each is a
//! template, but for the few that are meant to be none.

use super::functions;
use crate::prometheus_data::RuleTemplate;
use crate::set::TemplateSet;
use std::path::{Path, PathBuf};
use tacho_yaml::node::{Data, Node, parse};

/// In a template that is wrong on purpose.
const WRONG: &str = "$label.foo";

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = folder.read_dir() else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files(&path, out);
        } else if path
            .extension()
            .is_some_and(|ext| ext == "yml" || ext == "yaml")
        {
            out.push(path);
        }
    }
}

/// Texts with actions below these keys, or all of them.
fn templates(node: &Node, keys: Option<&[&str]>, below: bool, out: &mut Vec<String>) {
    match &node.data {
        Data::Scalar { text, .. } if (below || keys.is_none()) && text.contains("{{") => {
            out.push(text.clone());
        }
        Data::Null | Data::Scalar { .. } => {}
        Data::Sequence(items) => items
            .iter()
            .for_each(|item| templates(item, keys, below, out)),
        Data::Mapping(entries) => {
            for entry in entries {
                let below = below || keys.is_some_and(|keys| keys.contains(&entry.key.as_str()));
                templates(&entry.value, keys, below, out);
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test reads outside data")]
fn texts(folder: &str, keys: Option<&[&str]>) -> Vec<(PathBuf, String)> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    let mut paths = Vec::new();
    files(&shared.join(folder), &mut paths);
    let mut all = Vec::new();
    for path in paths {
        let text = std::fs::read(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let Ok(root) = parse(&text.unwrap_or_default()) else {
            continue;
        };
        let mut found = Vec::new();
        templates(&root, keys, false, &mut found);
        all.extend(found.into_iter().map(|text| (path.clone(), text)));
    }
    all
}

#[test]
fn templates_of_rules_are_read() {
    let functions = functions();
    for folder in ["rules", "promtool-unittest"] {
        for (path, text) in texts(folder, Some(&["annotations", "labels"])) {
            let read = RuleTemplate::parse("corpus", &text, &functions);
            let path = path.display();
            assert_eq!(
                read.is_ok(),
                !text.contains(WRONG),
                "{path}: {text}: {read:?}"
            );
        }
    }
}

#[test]
fn templates_of_alertmanager_are_read() {
    let set = TemplateSet::new(functions());
    for (path, text) in texts("alertmanager", None) {
        let read = set.check_text(&text);
        assert!(read.is_ok(), "{}: {text}: {read:?}", path.display());
    }
}
