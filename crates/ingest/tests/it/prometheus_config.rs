//! The files of Prometheus' own tests: which are refused, and for what.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use tacho_ingest::scrape::config::load::{Loaded, Sources, load, load_text};
use tacho_storage::io::std_io::StdIo;
use tacho_yaml::problem::Problem;

/// The folder of the files, or `None` with a notice if it is not there.
#[expect(
    clippy::disallowed_methods,
    reason = "the conformance files lie outside the repository"
)]
fn folder() -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance");
    let root = std::env::var("TACHO_CONFORMANCE_DIR").unwrap_or_else(|_| default.to_owned());
    let folder = Path::new(&root).join("prometheus-config");
    if folder.is_dir() {
        return Some(folder);
    }
    // not println, which is captured: the notice must be seen
    let notice = format!("SKIPPED: {} is not there\n", folder.display());
    let _ = std::io::stderr().write_all(notice.as_bytes());
    None
}

fn read(path: &Path, agent: bool) -> Result<Loaded, Problem> {
    load(
        path,
        &Sources {
            io: &StdIo,
            env: &|_| None,
            agent,
        },
    )
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the conformance files lie outside the repository"
)]
fn files_are_taken_and_refused_as_prometheus_does() {
    let Some(folder) = folder() else { return };
    let mut count = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".yml") {
            continue;
        }
        count += 1;
        let refused = name.contains(".bad.")
            || name.contains(".incompatible.")
            || name.starts_with("config_with_deprecated_");
        let refused_for_agent = refused || name.starts_with("agent_mode.with_");
        for (agent, refused) in [(false, refused), (true, refused_for_agent)] {
            let outcome = read(&path, agent);
            // other files may have parts that the agent mode refuses
            let undecided = agent && !name.starts_with("agent_mode") && !refused;
            if !undecided && outcome.is_err() != refused {
                wrong.push(format!("{name} (agent {agent}): {outcome:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 100, "only {count} files");
}

#[test]
fn reasons_are_prometheus_own_and_know_their_line() {
    let Some(folder) = folder() else { return };
    for (name, line, reason) in [
        ("jobname.bad.yml", 2, "job_name is empty"),
        (
            "jobname_dup.bad.yml",
            7,
            "found multiple scrape configs with job name \"prometheus\"",
        ),
        (
            "scrape_interval.bad.yml",
            4,
            "scrape timeout greater than scrape interval for scrape config with job name \"prometheus\"",
        ),
        (
            "labeldrop3.bad.yml",
            4,
            "labeldrop action requires only 'regex', and no other fields",
        ),
        (
            "unknown_attr.bad.yml",
            19,
            "field consult_sd_configs not found in scrape_config",
        ),
        (
            "url_in_targetgroup.bad.yml",
            2,
            "\"http://bad\" is not a valid hostname",
        ),
        ("http_url_no_host.bad.yml", 3, "host is missing in URL"),
        (
            "remote_read_url_missing.bad.yml",
            2,
            "url for remote_read is empty",
        ),
        (
            "tsdb_retention_size.bad.yml",
            4,
            "must be greater than or equal to 0",
        ),
        (
            "scrape_config_files_global_duplicate.bad.yml",
            2,
            "found multiple scrape configs with job name \"prometheus\"",
        ),
    ] {
        let problem = read(&folder.join(name), false).unwrap_err();
        assert!(problem.message.contains(reason), "{name}: {problem}");
        assert_eq!(problem.line, line, "{name}: {problem}");
    }
    let unknown = read(&folder.join("unknown_attr.bad.yml"), false).unwrap_err();
    assert_eq!(
        unknown.hint.as_deref(),
        Some("did you mean consul_sd_configs?")
    );
}

#[test]
fn what_is_in_force_is_read_and_the_rest_warned_about() {
    let Some(folder) = folder() else { return };
    let loaded = read(&folder.join("conf.good.yml"), false).unwrap();
    let jobs = &loaded.config.jobs;
    let job = |name: &str| jobs.iter().find(|job| job.name == name).unwrap();
    assert_eq!(job("service-x").interval.as_secs(), 50);
    assert_eq!(job("service-x").timeout.as_secs(), 5);
    assert_eq!(job("prometheus").interval.as_secs(), 15);
    assert_eq!(job("prometheus").limits.samples, 1500);
    assert_eq!(job("prometheus").limits.body_bytes, 15 << 20);
    assert_eq!(job("prometheus").relabel.len(), 6);
    assert!(job("prometheus").honor_labels);
    let warned = |part: &str| {
        let found = loaded
            .warnings
            .iter()
            .any(|warning| warning.message.contains(part));
        assert!(found, "{part}: {:#?}", loaded.warnings);
    };
    for part in [
        "remote_write",
        "alerting",
        "storage",
        "consul_sd_configs of job \"service-y\"",
    ] {
        warned(part);
    }
    assert!(
        !format!("{loaded:?}").contains("mysecret"),
        "secrets are not printed"
    );
    let external = read(&folder.join("external_labels.good.yml"), false).unwrap();
    let labels = external.config.global.external_labels;
    assert!(
        labels.contains(&("xyz".to_owned(), "foo$bar".to_owned())),
        "{labels:?}"
    );
}

const SMALL: &str = "global: {scrape_interval: 15s, external_labels: {a: '$X'}}
otlp: {promote_resource_attributes: [a, b]}
scrape_configs:
- job_name: j
  tls_config: {ca_file: x, min_version: TLS12}
  http_headers: {x: {values: [a], files: [b]}}
  params: {m: [1, 2]}
  body_size_limit: 15MB
  static_configs: [{targets: ['h:1'], labels: {a: b}}]
  dns_sd_configs: [{names: [x], type: A, port: 1}]
  relabel_configs:
  - {source_labels: [a], regex: '(.*)', target_label: b, action: replace, modulus: 8}
";

#[test]
fn damaged_files_are_refused_or_taken_but_never_end_the_program() {
    let sources = Sources {
        io: &StdIo,
        env: &|_| None,
        agent: false,
    };
    assert!(load_text(SMALL, &sources).is_ok());
    let characters: Vec<char> = SMALL.chars().collect();
    for at in (0..characters.len()).step_by(2) {
        let cut: String = characters.iter().take(at).collect();
        let _ = load_text(&cut, &sources);
        for other in [':', '{', '-', '\n', '!'] {
            let mut damaged = characters.clone();
            damaged[at] = other;
            let _ = load_text(&damaged.iter().collect::<String>(), &sources);
        }
    }
}
