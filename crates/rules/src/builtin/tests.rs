//! Every shipped rule is whole, and fires and resolves when it should.

use super::{Builtin, builtin, runbooks};
use crate::backtest::{BacktestAlert, BacktestWorld, backtest};
use crate::condition::Settings;
use crate::rule::Rule;
use crate::signal_rule::SignalEvaluator;
use std::collections::BTreeSet;
use std::sync::Arc;
use tacho_model::id::{SpanId, TenantId, TraceId};
use tacho_model::labels::Labels;
use tacho_model::resource::{Resource, Scope};
use tacho_model::sample::SampleValue;
use tacho_model::severity::Severity;
use tacho_model::span::Span;
use tacho_model::time::{SECOND_NS, Timestamp};
use tacho_model::value::Value;
use tacho_query::engine::Engine;
use tacho_query::limits::Limits;
use tacho_query::promql::engine::{Options, PromEngine};
use tacho_query::promql::script::memory::MemorySeries;
use tacho_stdx::clock::ManualClock;
use tacho_storage::read::ReadContext;
use tacho_syntax::promql::series_text::{self, SeriesItem};
use tacho_testkit::oracle::{OracleStore, Placed};

const BEGIN_MS: i64 = 1_700_000_000_000;
/// Time between samples; all series have 240 of them, an hour.
const STEP_MS: i64 = 15_000;
const STEPS: i64 = 240;

/// Rules, the series that make them fire, and a label that the alert has.
const CASES: [(&str, &[&str], &str); 35] = [
    (
        "WorkflowFailureRate",
        &[
            r#"workflow_runs_total{status="FAILED"} 0+1x80 80x160"#,
            r#"workflow_runs_total{status="SUCCESS"} 0+1x240"#,
        ],
        "critical",
    ),
    (
        "HighWorkflowDuration",
        &[
            r#"workflow_duration_bucket{workflow_id="w", status="SUCCESS", le="300000"} 0x240"#,
            r#"workflow_duration_bucket{workflow_id="w", status="SUCCESS", le="+Inf"} 0+1x80 80x160"#,
        ],
        "w",
    ),
    (
        "ServiceDown",
        &[
            r#"up{job="orchestrator/orchestration-service", instance="a"} 1x20 0x40 1x180"#,
            r#"up{job="orchestration-service", instance="b"} 1x20 _x60 1x160"#,
        ],
        "orchestration-service",
    ),
    (
        "HighErrorRate",
        &[r#"http_server_requests_total{status="500"} 0+20x80 1600x160"#],
        "critical",
    ),
    (
        "AgentFailureSpike",
        &[r#"agent_errors_total{agent_id="devops-2"} 0x5 0+1x20 20x215"#],
        "devops-2",
    ),
    (
        "HighMemoryUsage",
        &[
            r#"container_memory_working_set_bytes{container="c"} 90x60 10x180"#,
            r#"container_spec_memory_limit_bytes{container="c"} 100x240"#,
            r#"node_memory_MemAvailable_bytes{instance="n"} 10x60 90x180"#,
            r#"node_memory_MemTotal_bytes{instance="n"} 100x240"#,
        ],
        "c",
    ),
    (
        "High Error Rate",
        &[r#"agent_execution_total{agent_id="a", status="failed"} 0+3x60 180x180"#],
        "a",
    ),
    (
        "Budget Threshold",
        &[r#"team_spend_usd{team="quality"} 0+1x60 10x180"#],
        "quality",
    ),
    (
        "SLOAtRisk",
        &[
            r#"workflow_runs_total{status="FAILED"} 0+1x80 80x160"#,
            r#"workflow_runs_total{status="SUCCESS"} 0+1x240"#,
        ],
        "HIGH",
    ),
    (
        "orchestrator_down",
        &[r#"orchestrator_health_status{component="queue"} 1x10 0x20 1x210"#],
        "queue",
    ),
    (
        "task_failure_rate_critical",
        &[
            r#"orchestrator_tasks_total{status="failed"} 0+1x80 80x160"#,
            r#"orchestrator_tasks_total{status="success"} 0+1x240"#,
        ],
        "CRITICAL",
    ),
    (
        "high_latency_p95",
        &[r#"orchestrator_latency_p95_ms{operation="task"} 70000x80 100x160"#],
        "task",
    ),
    (
        "agent_error_spike",
        &[r#"orchestrator_agent_errors_total{agent_type="Coder", error_code="x"} 0+10x80 800x160"#],
        "Coder",
    ),
    (
        "queue_backlog",
        &[r#"orchestrator_task_queue_size{priority="high"} 25x100 0x140"#],
        "high",
    ),
    (
        "memory_usage_high",
        &["orchestrator_memory_bytes 600000000x150 1x90"],
        "MEDIUM",
    ),
    (
        "low_parallel_efficiency",
        &["orchestrator_parallelism_efficiency 0.3x150 0.9x90"],
        "LOW",
    ),
    (
        "KPITaskThroughputLow",
        &[
            r#"orchestrator_tasks_total{status="success"} 0+0.5x120 60+5x120"#,
            "orchestrator_task_queue_size 3x240",
        ],
        "MEDIUM",
    ),
    (
        "KPISuccessRateLow",
        &[
            r#"orchestrator_tasks_total{status="success"} 0+1x240"#,
            r#"orchestrator_tasks_total{status="failed"} 0+1x80 80x160"#,
        ],
        "HIGH",
    ),
    (
        "KPIAgentUtilization",
        &[
            r#"orchestrator_tasks_active{agent="a"} 4x130 3x110"#,
            r#"orchestrator_agent_active{agent_type="a"} 4x240"#,
        ],
        "LOW",
    ),
    (
        "KPIQueueWaitHigh",
        &[
            "orchestrator_task_queue_size 100x100 0x140",
            "orchestrator_tasks_total 0+1x240",
        ],
        "MEDIUM",
    ),
    (
        "HostMemoryHigh",
        &[r#"process_memory_usage_bytes{job="j", instance="i"} 700000000x60 1x180"#],
        "memory",
    ),
    (
        "HostMemoryCritical",
        &[r#"process_resident_memory_bytes{job="j", instance="i"} 2000000000x60 1x180"#],
        "memory",
    ),
    (
        "HostCPUHigh",
        &[r#"system_cpu_utilization_ratio{job="j", instance="i", state="idle"} 0.1x80 0.9x160"#],
        "cpu",
    ),
    (
        "HostCPUCritical",
        &[r#"node_cpu_seconds_total{job="j", instance="i", mode="idle"} 0+0.1x80 8+15x160"#],
        "cpu",
    ),
    (
        "HostDiskHigh",
        &[r#"system_filesystem_utilization_ratio{device="d", state="used"} 0.9x60 0.1x180"#],
        "disk",
    ),
    (
        "HostDiskCritical",
        &[
            r#"node_filesystem_avail_bytes{mountpoint="/", fstype="ext4"} 1x60 90x180"#,
            r#"node_filesystem_size_bytes{mountpoint="/", fstype="ext4"} 100x240"#,
        ],
        "/",
    ),
    (
        "HostFileDescriptorsHigh",
        &[r#"process_unix_file_descriptor_count{job="j", instance="i"} 600x60 5x180"#],
        "file_descriptors",
    ),
    (
        "HostFileDescriptorsCritical",
        &[r#"process_open_fds{job="j", instance="i"} 2000x60 5x180"#],
        "file_descriptors",
    ),
    ("Watchdog", &["x 1x240"], "none"),
    (
        "TachoStorageFailing",
        &["tacho_storage_failed 1x20 0x220"],
        "critical",
    ),
    (
        "TachoRefusesData",
        &[r#"tacho_ingest_refused_items_total{instance="t"} 0+1x80 80x160"#],
        "t",
    ),
    (
        "TachoDiskFillsUp",
        &["tacho_storage_disk_free_bytes 500000000x60 50000000000x180"],
        "critical",
    ),
    (
        "TachoScrapesFail",
        &[r#"tacho_scrape_failures_total{instance="t", reason="timeout"} 0+1x80 80x160"#],
        "timeout",
    ),
    (
        "TachoRulesFail",
        &[r#"tacho_rules_evaluations_failed_total{instance="t"} 0+1x80 80x160"#],
        "t",
    ),
    (
        "TachoNotificationsFail",
        &[r#"tacho_export_dead_letters{instance="t"} 0x10 3x40 0x190"#],
        "t",
    ),
];

fn settings() -> Settings {
    Settings {
        budgets: [("quality".to_owned(), 50.0)].into(),
        ..Settings::default()
    }
}

fn memory(series: &[&str]) -> MemorySeries {
    let mut memory = MemorySeries::default();
    for text in series {
        let parsed = series_text::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let labels = Labels::from_pairs(parsed.labels);
        let mut at = 0;
        for item in parsed.items {
            let (value, step, count) = match item {
                SeriesItem::Omitted { count } => {
                    at += count as i64;
                    continue;
                }
                SeriesItem::Float { value, step, count } => (value, step, count),
                SeriesItem::Histogram { .. } => panic!("{text}"),
            };
            for position in 0..count {
                let value = SampleValue::Float(value + step * position as f64);
                let time = BEGIN_MS + at * STEP_MS;
                memory.append(&labels, time, value, 0).unwrap();
                at += 1;
            }
        }
    }
    memory
}

/// Spans of tasks, one of which took long.
fn tasks() -> Arc<OracleStore> {
    let store = OracleStore::new();
    for (number, seconds) in [(1u8, 10i64), (2, 300)] {
        let end = BEGIN_MS / 1000 + 600;
        store.append_spans(
            &TenantId::default(),
            vec![Placed {
                resource: Resource::default(),
                scope: Scope::default(),
                item: Span {
                    trace_id: TraceId([number; 16]),
                    span_id: SpanId([number; 8]),
                    name: "agent.execute_task".into(),
                    start: Timestamp((end - seconds) * SECOND_NS),
                    end: Timestamp(end * SECOND_NS),
                    attributes: [("task.id", Value::from(format!("task-{number}").as_str()))]
                        .into_iter()
                        .collect(),
                    ..Span::default()
                },
            }],
        );
    }
    store
}

/// The alerts of a rule over these series.
fn alerts(shipped: &Builtin, name: &str, series: &[&str]) -> Vec<BacktestAlert> {
    let has = |rule: &Rule| rule.name() == name;
    let group = shipped
        .groups
        .iter()
        .find(|group| group.rules.iter().any(has));
    let mut group = group.unwrap_or_else(|| panic!("no rule {name}")).clone();
    group.rules.retain(has);
    let memory = memory(series);
    let clock = ManualClock::at(0);
    let options = Options {
        aliases: true,
        ..Options::default()
    };
    let engine = Engine::new(tasks(), Limits::default());
    let context = ReadContext::default();
    let signals = SignalEvaluator {
        engine: &engine,
        tenant: &TenantId::default(),
        context: &context,
    };
    let world = BacktestWorld {
        engine: &PromEngine::new(options, Arc::new(ManualClock::at(0))),
        view: &memory,
        context: &context,
        signals: Some(&signals),
        clock: &clock,
        external_labels: &Labels::default(),
        external_url: "http://t",
        query_offset_ms: 0,
        interval_ms: 30_000,
    };
    let range = (BEGIN_MS, BEGIN_MS + (STEPS - 1) * STEP_MS);
    let report = backtest(&Arc::new(group), range, world).unwrap();
    assert_eq!(report.failures, [], "{name}");
    report.alerts
}

fn check_texts(name: &str, alert: &BacktestAlert) {
    for (key, text) in &alert.annotations {
        let bad = ["<error", "<no value>", "%!", "NaN", "<nil>"];
        assert!(
            !bad.iter().any(|part| text.contains(part)),
            "{name} {key}: {text}"
        );
        assert!(!text.trim().is_empty(), "{name} {key}");
    }
}

#[test]
fn every_shipped_rule_fires_and_resolves() {
    let shipped = builtin(&settings()).unwrap();
    let mut tested: BTreeSet<&str> = ["slow_task_detected"].into();
    for (name, series, label) in CASES {
        tested.insert(name);
        let alerts = alerts(&shipped, name, series);
        let fired: Vec<&BacktestAlert> = alerts
            .iter()
            .filter(|alert| alert.fired_at_ms.is_some())
            .collect();
        assert!(!fired.is_empty(), "{name} did not fire: {alerts:?}");
        for alert in &fired {
            assert_eq!(
                alert.resolved_at_ms.is_some(),
                name != "Watchdog",
                "{name}: {alert:?}"
            );
            check_texts(name, alert);
        }
        let has_label =
            |alert: &&BacktestAlert| alert.labels.iter().any(|(_, value)| value == label);
        assert!(fired.iter().any(has_label), "{name}: {fired:?}");
    }
    let all: BTreeSet<&str> = shipped
        .groups
        .iter()
        .flat_map(|group| group.rules.iter().map(Rule::name))
        .collect();
    assert_eq!(tested, all);
}

#[test]
fn a_slow_task_is_one_alert_with_its_id() {
    let shipped = builtin(&settings()).unwrap();
    let alerts = alerts(&shipped, "slow_task_detected", &[]);
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    let alert = &alerts[0];
    assert_eq!(alert.labels.value("task_id"), "task-2");
    assert_eq!(alert.annotations["summary"], "task-2 took 300s");
    assert_eq!(
        alert.annotations["traces_url"],
        "/traces/02020202020202020202020202020202?span=0202020202020202"
    );
    let over = alert.resolved_at_ms.unwrap() - alert.fired_at_ms.unwrap();
    assert!((570_000..=630_000).contains(&over), "{over}");
}

#[test]
fn the_spike_is_of_one_agent_and_leads_to_its_traces() {
    let shipped = builtin(&settings()).unwrap();
    let series = [
        r#"agent_errors_total{agent_id="a b"} 0x5 0+1x20 20x215"#,
        r#"agent_errors_total{agent_id="calm"} 0x5 0+1x4 4x231"#,
    ];
    let alerts = alerts(&shipped, "AgentFailureSpike", &series);
    assert_eq!(alerts.len(), 1);
    let url = &alerts[0].annotations["traces_url"];
    assert_eq!(url, "/traces?attr=agent.id%3Da+b&status=error");
    assert_eq!(alerts[0].pending_at_ms, alerts[0].fired_at_ms.unwrap());
}

#[test]
fn every_shipped_rule_is_whole() {
    let builtin = builtin(&Settings::default()).unwrap_or_else(|found| panic!("{found:#?}"));
    let mut names = BTreeSet::new();
    for group in &builtin.groups {
        for rule in &group.rules {
            let name = rule.name();
            assert!(names.insert(name.to_owned()), "{name} is there twice");
            let severity = rule.labels.get("severity").map(String::as_str);
            assert!(severity.and_then(Severity::of_label).is_some(), "{name}");
            for key in ["summary", "description", "runbook_url"] {
                assert!(rule.annotations.contains_key(key), "{name} has no {key}");
            }
            assert!(
                rule.runbook
                    .as_deref()
                    .is_some_and(|url| url.starts_with("/runbooks/"))
            );
            for text in rule.annotations.values() {
                assert_eq!(crate::expand::check(text, name), Ok(()), "{name}");
            }
        }
    }
    assert_eq!(names.len(), 36);
    let off: Vec<&str> = builtin
        .groups
        .iter()
        .flat_map(|group| &group.rules)
        .filter(|rule| !rule.enabled)
        .map(Rule::name)
        .collect();
    assert_eq!(off, ["Budget Threshold"]);
    assert_eq!(
        runbooks(&builtin),
        [
            "agent-errors",
            "agent-failure-spike",
            "budget",
            "dead-mans-switch",
            "down",
            "failures",
            "host-cpu",
            "host-disk",
            "host-file-descriptors",
            "host-memory",
            "http-errors",
            "kpi",
            "latency",
            "memory",
            "parallelism",
            "queue",
            "service-down",
            "slo-at-risk",
            "slow-tasks",
            "tacho-disk",
            "tacho-notifications",
            "tacho-refused",
            "tacho-rules",
            "tacho-scrape",
            "tacho-wal",
            "workflow-duration",
            "workflow-failures",
        ]
    );
}

#[test]
fn the_reference_names_every_rule_and_its_examples_can_be_read() {
    let page = include_str!("../../../../docs/reference/rules.md");
    let shipped = builtin(&settings()).unwrap();
    for rule in shipped.groups.iter().flat_map(|group| &group.rules) {
        let name = format!("`{}`", rule.name());
        assert!(page.contains(&name), "{name}");
    }
    let source = crate::rule::Source::new(crate::rule::SourceKind::Own, "page");
    let examples: Vec<&str> = page.split("```yaml\n").skip(1).collect();
    assert_eq!(examples.len(), 2);
    for example in examples {
        let (text, _) = example.split_once("```").unwrap();
        let read = crate::own::read(text, &source, &settings());
        assert!(read.is_ok(), "{read:?}");
    }
}

#[test]
fn conditions_of_the_reference_give_what_it_says() {
    let page = include_str!("../../../../docs/reference/rules.md");
    let (_, table) = page
        .split_once("| Condition | With `metric` | Gives |")
        .unwrap();
    let mut checked = 0;
    for row in table.lines().skip(2).take_while(|row| row.starts_with('|')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, condition, metric, gives, _] = cells[..] else {
            panic!("{row}");
        };
        let plain = |cell: &str| cell.split('`').nth(1).map(str::to_owned);
        let (Some(condition), Some(metric)) = (plain(condition), plain(metric)) else {
            panic!("{row}");
        };
        let compiled = crate::condition::compile(&metric, &condition, &settings()).unwrap();
        if let Some(gives) = plain(gives).filter(|_| gives.starts_with('`')) {
            assert_eq!(compiled.expr, gives, "{condition}");
            checked += 1;
        }
    }
    assert_eq!(checked, 6);
}
