//! Alertmanager's own files and routing cases, which lie outside of the repository.

use crate::config::Config;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tacho_model::labels::Labels;

/// The folder of the files, or `None` with a notice if it is not there.
#[expect(
    clippy::disallowed_methods,
    reason = "the conformance files lie outside the repository"
)]
fn folder() -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance");
    let root = std::env::var("TACHO_CONFORMANCE_DIR").unwrap_or_else(|_| default.to_owned());
    let folder = Path::new(&root).join("alertmanager");
    if folder.is_dir() {
        return Some(folder);
    }
    // not println, which is captured: the notice must be seen
    let notice = format!("SKIPPED: {} is not there\n", folder.display());
    let _ = std::io::stderr().write_all(notice.as_bytes());
    None
}

#[expect(
    clippy::disallowed_methods,
    reason = "the conformance files lie outside the repository"
)]
fn text_of(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[derive(serde::Deserialize)]
struct Verdict {
    valid: bool,
    #[serde(default)]
    why: String,
}

#[derive(serde::Deserialize)]
struct Case {
    config: String,
    labels: BTreeMap<String, String>,
    receivers: Vec<String>,
}

#[test]
fn files_are_taken_and_refused_as_alertmanager_does() {
    let Some(folder) = folder() else { return };
    let folder = folder.join("config");
    let verdicts = text_of(&folder.join("expectations.json"));
    let verdicts: BTreeMap<String, Verdict> = serde_json::from_str(&verdicts).unwrap();
    assert!(verdicts.len() >= 31, "{}", verdicts.len());
    let mut wrong = Vec::new();
    for (name, verdict) in verdicts {
        match (
            Config::from_alertmanager(&text_of(&folder.join(&name))),
            verdict.valid,
        ) {
            (Ok(_), true) | (Err(_), false) => {}
            (Ok(_), false) => wrong.push(format!("{name} is taken: {}", verdict.why)),
            (Err(error), true) => wrong.push(format!("{name} is refused: {error:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn examples_are_taken() {
    let Some(folder) = folder() else { return };
    for name in [
        "examples/ha-alertmanager.yml",
        "examples/simple.yml",
        "routing/conf.good.yml",
    ] {
        let read = Config::from_alertmanager(&text_of(&folder.join(name)));
        assert!(read.is_ok(), "{name}: {read:?}");
    }
    let simple = Config::from_alertmanager(&text_of(&folder.join("examples/simple.yml"))).unwrap();
    let said = simple
        .warnings
        .iter()
        .map(|warning| warning.message.as_str());
    assert!(said.into_iter().any(|text| text.starts_with("tracing")));
    assert!(Config::from_alertmanager(&text_of(&folder.join("routing/conf.bad.yml"))).is_err());
}

#[test]
fn alerts_reach_the_receivers_that_alertmanager_names() {
    let Some(folder) = folder() else { return };
    let cases = text_of(&folder.join("routing/routing-cases.json"));
    let cases: Vec<Case> = serde_json::from_str(&cases).unwrap();
    assert!(cases.len() >= 112, "{}", cases.len());
    let mut configs: BTreeMap<String, Config> = BTreeMap::new();
    for case in cases {
        let config = configs.entry(case.config.clone()).or_insert_with(|| {
            Config::from_alertmanager(&text_of(&folder.join(&case.config))).unwrap()
        });
        let labels = Labels::from_pairs(&case.labels);
        let found = config.route.find(&labels);
        let receivers: Vec<&str> = found
            .iter()
            .flat_map(|route| route.receivers.iter().map(String::as_str))
            .collect();
        assert_eq!(receivers, case.receivers, "{} {labels}", case.config);
        let way = config.route.way(&labels);
        assert_eq!(way.taken(), found);
        assert_eq!(way.receivers(), receivers);
    }
}
