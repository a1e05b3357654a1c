//! Rule files and unit tests of rules as Prometheus, Thanos and Wikimedia have them: which are refused,
//! and what their tests give. The files lie outside the repository.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tacho_rules::file::print::print;
use tacho_rules::file::{ReadOptions, RuleFile, read};
use tacho_rules::rule::{Source, SourceKind};
use tacho_rules::unit_test::report::FileReport;
use tacho_rules::unit_test::{Files, Options, run};
use tacho_stdx::clock::{Clock, SystemClock};
use tacho_yaml::problem::Problem;

/// The folder of outside data; nothing, with a notice, if it is not there.
#[expect(
    clippy::disallowed_methods,
    reason = "the conformance files lie outside the repository"
)]
fn conformance(area: &str) -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance");
    let (root, named) = match std::env::var("TACHO_CONFORMANCE_DIR") {
        Ok(root) => (root, true),
        Err(_) => (default.to_owned(), false),
    };
    let folder = Path::new(&root).join(area);
    if folder.is_dir() {
        return Some(folder);
    }
    let missing = folder.display();
    assert!(
        !named,
        "TACHO_CONFORMANCE_DIR is set, but {missing} is missing"
    );
    // Past the capture of outputs, so that it is seen.
    let notice = format!("SKIPPED: {missing} is not there\n");
    let _ = std::io::stderr().write_all(notice.as_bytes());
    None
}

#[expect(
    clippy::disallowed_methods,
    reason = "the conformance files lie outside the repository"
)]
fn text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}

/// All YAML files below a folder, sorted.
#[expect(
    clippy::disallowed_methods,
    reason = "the conformance files lie outside the repository"
)]
fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = path.extension().and_then(|kind| kind.to_str());
        if path.is_dir() {
            found.extend(yaml_files(&path));
        } else if matches!(kind, Some("yml" | "yaml")) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn load(path: &Path, options: ReadOptions) -> Result<RuleFile, Vec<Problem>> {
    let source = Source::new(SourceKind::Prometheus, &path.to_string_lossy());
    read(&text(path).unwrap(), &source, options)
}

#[test]
fn rule_files_are_taken_and_refused_as_prometheus_does() {
    let Some(folder) = conformance("rules") else {
        return;
    };
    let (mut count, mut wrong) = (0, Vec::new());
    for path in yaml_files(&folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // LogQL comes later, but what is no rule file can be told already
        let is_logql = path.components().any(|part| part.as_os_str() == "loki");
        let is_refused = name.contains(".bad.")
            || name.contains("failure")
            || ["invalid_rules.yaml", "rules-bad.yml"].contains(&name.as_str());
        if is_logql && !is_refused {
            continue;
        }
        count += 1;
        let options = ReadOptions {
            legacy_names: name.starts_with("legacy_"),
            ignore_unknown: false,
        };
        match (load(&path, options), is_refused) {
            (Ok(file), false) => {
                let source = Source::new(SourceKind::Prometheus, &path.to_string_lossy());
                let again = read(&print(&file.groups), &source, options).unwrap();
                assert_eq!(again.groups, file.groups, "{name} printed and read again");
                let expects_warning = name == "rules_multi_doc.yaml";
                assert_eq!(!file.warnings.is_empty(), expects_warning, "{name}");
            }
            (Err(found), true) => assert!(found.iter().all(|it| it.line > 0), "{found:?}"),
            (outcome, _) => wrong.push(format!("{name}: {outcome:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 25, "only {count} files");
}

/// Files on the disk.
struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<String, String> {
        text(Path::new(path))
    }

    fn matching(&self, pattern: &str, beside: &str) -> Vec<String> {
        let folder = Path::new(beside).parent().unwrap();
        let path = folder.join(pattern);
        assert!(!pattern.contains('*'), "{pattern}");
        let found = path.is_file().then(|| path.to_string_lossy().into_owned());
        found.into_iter().collect()
    }
}

fn test(path: &Path, options: &Options) -> FileReport {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    run(&path.to_string_lossy(), &Disk, options, &clock)
}

#[test]
fn unit_tests_of_prometheus_give_what_promtool_gives() {
    let Some(folder) = conformance("promtool-unittest/prometheus") else {
        return;
    };
    let expected = text(&folder.join("expectations.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    for (name, expected) in expected.as_object().unwrap() {
        let report = test(&folder.join(name), &Options::default());
        let expected = expected.as_str().unwrap();
        match expected {
            "pass" => {
                assert_eq!(report.failed(), 0, "{name}: {report:#?}");
            }
            "fail" => assert!(report.failed() > 0, "{name}: {report:#?}"),
            "fail: only the group named 'wrong test'" => {
                for test in &report.tests {
                    assert_eq!(test.is_passed(), test.name != "wrong test", "{test:#?}");
                }
                assert_eq!(report.tests.len(), 2);
            }
            "pass if unknown rule-file fields are ignored, else fail" => {
                assert!(report.failed() > 0, "{name}: {report:#?}");
                let lenient = Options {
                    ignore_unknown: true,
                    ..Options::default()
                };
                let report = test(&folder.join(name), &lenient);
                assert_eq!(report.failed(), 0, "{name}: {report:#?}");
            }
            other => panic!("{name}: {other}"),
        }
    }
}

/// Files whose tests go on for days of evaluations: minutes without optimisation.
const LONG: [&str; 8] = [
    "openstack_apis_response_test.yaml",
    "interfaces_test.yaml",
    "cirrussearch_test.yaml",
    "bgp_test.yaml",
    "navigation_timing_test.yaml",
    "puppet-agent_test.yaml",
    "opensearch_test.yaml",
    "data_pipelines_test.yaml",
];

#[test]
fn unit_tests_in_the_wild_pass() {
    let Some(folder) = conformance("promtool-unittest") else {
        return;
    };
    let (mut passed, mut rules, mut wrong) = (0, 0, Vec::new());
    for area in ["thanos", "wikimedia"] {
        for path in yaml_files(&folder.join(area)) {
            let is_rules = text(&path)
                .unwrap()
                .lines()
                .any(|line| line.starts_with("groups:"));
            if is_rules {
                match load(&path, ReadOptions::default()) {
                    Ok(file) => rules += file.groups.iter().map(|it| it.rules.len()).sum::<usize>(),
                    Err(found) => wrong.push(format!("{}: {found:?}", path.display())),
                }
                continue;
            }
            let is_long = |name: &&str| path.ends_with(name);
            if cfg!(debug_assertions) && LONG.iter().any(is_long) {
                continue;
            }
            let report = test(&path, &Options::default());
            passed += report.passed();
            if report.failed() > 0 {
                wrong.push(format!("{report:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let expected = if cfg!(debug_assertions) { 400 } else { 470 };
    assert!(passed >= expected, "only {passed} checks");
    assert!(rules >= 300, "only {rules} rules");
}
