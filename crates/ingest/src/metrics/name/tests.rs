//! Names by strategy, with the examples of the documentation and the rows of the requirements.

use super::{label_name, metric_name, unit_name};
use crate::metrics::settings::{Strategy, TranslationSettings};
use tacho_model::metric::{MetricData, Temporality};

const COUNTER: MetricData = MetricData::Sum {
    temporality: Temporality::Cumulative,
    is_monotonic: true,
};
const UP_DOWN: MetricData = MetricData::Sum {
    temporality: Temporality::Cumulative,
    is_monotonic: false,
};
const HISTOGRAM: MetricData = MetricData::Histogram(Temporality::Cumulative);

fn check(name: &str, unit: &str, data: MetricData, expected: [&str; 4]) {
    let names = Strategy::ALL.map(|strategy| metric_name(strategy, name, unit, data).unwrap());
    assert_eq!(names, expected, "{name} {unit}");
}

#[test]
fn each_strategy_has_its_name() {
    check(
        "http.server.duration",
        "s",
        HISTOGRAM,
        [
            "http_server_duration_seconds",
            "http_server_duration",
            "http.server.duration_seconds",
            "http.server.duration",
        ],
    );
    check(
        "requests.total",
        "1",
        COUNTER,
        [
            "requests_total",
            "requests_total",
            "requests_total",
            "requests.total",
        ],
    );
    check(
        "disk.used",
        "1",
        MetricData::Gauge,
        [
            "disk_used_ratio",
            "disk_used",
            "disk.used_ratio",
            "disk.used",
        ],
    );
    check(
        "net.throughput",
        "By/s",
        MetricData::Gauge,
        [
            "net_throughput_bytes_per_second",
            "net_throughput",
            "net.throughput_bytes_per_second",
            "net.throughput",
        ],
    );
}

#[test]
fn rows_of_the_requirements_have_their_names() {
    let name = |name, unit, data| metric_name(Strategy::default(), name, unit, data).unwrap();
    assert_eq!(
        name("workflow.runs.total", "1", COUNTER),
        "workflow_runs_total"
    );
    assert_eq!(
        name("workflow.duration", "ms", HISTOGRAM),
        "workflow_duration_milliseconds"
    );
    assert_eq!(name("workflows.active", "1", UP_DOWN), "workflows_active");
    assert_eq!(
        name("agent.retry.count", "1", COUNTER),
        "agent_retry_count_total"
    );
    assert_eq!(
        name(
            "process.runtime.nodejs.memory.heap",
            "By",
            MetricData::Gauge
        ),
        "process_runtime_nodejs_memory_heap_bytes"
    );
    assert_eq!(
        name("orchestrator_task_duration_seconds", "s", HISTOGRAM),
        "orchestrator_task_duration_seconds"
    );
    assert_eq!(
        name("team_spend_usd", "USD", MetricData::Gauge),
        "team_spend_usd_USD"
    );
}

#[test]
fn odd_names_and_units() {
    let name = |name, unit, data| metric_name(Strategy::default(), name, unit, data);
    assert_eq!(name("3xx", "", UP_DOWN), Ok("_3xx".to_owned()));
    assert_eq!(
        name("a__b..c", "{request}", UP_DOWN),
        Ok("a_b_c".to_owned())
    );
    assert_eq!(name("a", "foo bar", UP_DOWN), Ok("a_foo_bar".to_owned()));
    assert_eq!(name("a", "s/{x}", UP_DOWN), Ok("a_seconds".to_owned()));
    assert_eq!(name("a", "/min", UP_DOWN), Ok("a_per_min".to_owned()));
    assert!(name("", "s", UP_DOWN).is_ok_and(|name| name == "seconds"));
    assert!(name("é", "", UP_DOWN).is_err());
    assert!(
        metric_name(
            Strategy::UnderscoreEscapingWithoutSuffixes,
            "..",
            "",
            UP_DOWN
        )
        .is_err()
    );
    assert!(metric_name(Strategy::NoTranslation, "", "", UP_DOWN).is_err());
    assert_eq!(unit_name("By/s"), "bytes_per_second");
    assert_eq!(unit_name("1"), "");
    assert_eq!(unit_name("{request}/s"), "per_second");
}

#[test]
fn labels_are_sanitised() {
    let default = TranslationSettings::default();
    let label = |name| label_name(&default, name).unwrap().into_owned();
    assert_eq!(label("http.method"), "http_method");
    assert_eq!(label("1st"), "key_1st");
    assert_eq!(label("_private"), "key_private");
    assert_eq!(label("__reserved__"), "__reserved__");
    assert_eq!(label("a..b"), "a__b");
    assert!(label_name(&default, "").is_err());
    assert!(label_name(&default, "__").is_err());
    let single = TranslationSettings {
        label_name_preserve_multiple_underscores: false,
        ..TranslationSettings::default()
    };
    assert_eq!(label_name(&single, "a..b").unwrap(), "a_b");
    assert_eq!(label_name(&single, "__a..b__").unwrap(), "__a_b__");
    let utf8 = TranslationSettings {
        strategy: Strategy::NoTranslation,
        ..TranslationSettings::default()
    };
    assert_eq!(label_name(&utf8, "a.b").unwrap(), "a.b");
}
