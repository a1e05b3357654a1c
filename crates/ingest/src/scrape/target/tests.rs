//! Labels and URLs of targets, made from configurations as they stand in files.

use super::{Built, Target};
use crate::scrape::config::job::Job;
use crate::scrape::config::load::{Sources, load_text};
use std::time::Duration;
use tacho_model::labels::Labels;
use tacho_storage::io::std_io::StdIo;

/// The only job of a configuration.
fn job(fields: &str) -> Job {
    let text = format!("scrape_configs:\n  - job_name: j\n{fields}");
    let sources = Sources {
        io: &StdIo,
        env: &|_| None,
        agent: false,
    };
    let config = load_text(&text, &sources).unwrap();
    config.jobs.into_iter().next().unwrap()
}

fn build(job: &Job, own: &[(&str, &str)], group: &[(&str, &str)]) -> Result<Built, String> {
    Target::build(
        job,
        &Labels::from_pairs(own.iter().copied()),
        &Labels::from_pairs(group.iter().copied()),
    )
}

fn active(job: &Job, own: &[(&str, &str)], group: &[(&str, &str)]) -> Target {
    match build(job, own, group).unwrap() {
        Built::Active(target) => *target,
        Built::Dropped { discovered } => panic!("dropped: {discovered}"),
    }
}

const HOST: &[(&str, &str)] = &[("__address__", "host:80")];

#[test]
fn labels_come_from_target_group_and_configuration_in_this_order() {
    let job = job("    scrape_interval: 30s\n    scrape_timeout: 5s\n");
    let target = active(
        &job,
        &[("__address__", "host:80"), ("a", "own")],
        &[("a", "group"), ("b", "group"), ("__meta_x", "y")],
    );
    assert_eq!(
        target.public.to_string(),
        r#"{a="own", b="group", instance="host:80", job="j"}"#
    );
    assert_eq!(target.discovered.value("__meta_x"), "y");
    assert_eq!(target.discovered.value("__scrape_interval__"), "30s");
    assert_eq!(target.labels.get("__meta_x"), None);
    assert_eq!(target.labels.value("__scheme__"), "http");
    assert_eq!(target.url, "http://host:80/metrics");
    assert_eq!(target.interval, Duration::from_secs(30));
    assert_eq!(target.timeout, Duration::from_secs(5));
}

#[test]
fn rules_change_address_path_parameters_and_times() {
    let job = job("    params:
      module: [http, tcp]
      'q x': ['a&b']
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {target_label: __address__, replacement: 'prober:9115'}
      - {target_label: __metrics_path__, replacement: 'pro be/é'}
      - {target_label: __scheme__, replacement: https}
      - {target_label: __scrape_interval__, replacement: 20s}
      - {target_label: __param_module, replacement: dns}
      - {source_labels: [__param_target], target_label: instance}
");
    let target = active(&job, HOST, &[]);
    assert_eq!(
        target.url,
        "https://prober:9115/pro%20be/%C3%A9?module=dns&module=tcp&q+x=a%26b&target=host%3A80"
    );
    assert_eq!(target.public.value("instance"), "host:80");
    assert_eq!(target.interval, Duration::from_secs(20));
}

#[test]
fn dropped_targets_keep_their_discovered_labels() {
    let job = job("    relabel_configs:\n      - {source_labels: [a], regex: x, action: drop}\n");
    let own = [("__address__", "h"), ("a", "x")];
    let Built::Dropped { discovered } = build(&job, &own, &[]).unwrap() else {
        panic!("it is not dropped");
    };
    assert_eq!(discovered.value("a"), "x");
    assert!(matches!(build(&job, HOST, &[]), Ok(Built::Active(_))));
}

#[test]
fn targets_that_cannot_be_scraped_say_why() {
    let refused = |fields: &str, own: &[(&str, &str)], part: &str| {
        let message = build(&job(fields), own, &[]).unwrap_err();
        assert!(message.contains(part), "{message}");
    };
    refused("", &[("a", "b")], "no address");
    let set = |label: &str, value: &str| {
        format!("    relabel_configs:\n      - {{target_label: {label}, replacement: '{value}'}}\n")
    };
    refused(
        &set("__address__", "http://x"),
        HOST,
        "is not a valid hostname",
    );
    refused(
        &set("__scrape_interval__", "0"),
        HOST,
        "scrape interval cannot be 0",
    );
    refused(
        &set("__scrape_interval__", "x"),
        HOST,
        "error parsing scrape interval",
    );
    refused(
        &set("__scrape_timeout__", "2m"),
        HOST,
        "scrape timeout cannot be greater than scrape interval (\"2m\" > \"1m\")",
    );
    refused(
        &set("__scrape_native_histograms__", "maybe"),
        HOST,
        "error parsing scrape native histograms",
    );
}

#[test]
fn scrapes_are_spread_over_the_interval_and_stay_there() {
    let job = job("    scrape_interval: 10s\n");
    let mut offsets = Vec::new();
    for host in 0..200 {
        let address = format!("h{host}:1");
        let target = active(&job, &[("__address__", address.as_str())], &[]);
        let now = 1_700_000_000_123_456_789;
        let next = now + i64::try_from(target.offset(now, 7).as_nanos()).unwrap();
        let later = now + 3_210_000_000;
        let again = later + i64::try_from(target.offset(later, 7).as_nanos()).unwrap();
        assert_eq!((again - next) % 10_000_000_000, 0, "the phase stays");
        offsets.push(target.offset(now, 7));
        assert!(target.offset(now, 7) <= Duration::from_secs(10));
    }
    offsets.sort_unstable();
    assert!(offsets[0] < Duration::from_secs(1) && offsets[199] > Duration::from_secs(9));
}
