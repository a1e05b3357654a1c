//! `/metrics`: every name of the catalogue is there, with its help, type, unit and labels, and with
//! the values of what happened.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};

use super::collector::{Collector, attributes, number};
use super::{Running, eventually, options};
use crate::metrics::catalogue::{Kind, TABLE};
use crate::options::{MetricsListen, Options};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0";

/// Lines of values: name with labels, and value.
type Samples = BTreeMap<String, f64>;

/// Opens a listener first, as `tacho demo` does, so that its address is known.
fn listen(options: &mut Options) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    options.metrics_listen = MetricsListen::Open(listener);
    address
}

async fn scrape(address: SocketAddr, accept: &str) -> (String, String) {
    let client = reqwest::Client::new();
    let request = client.get(format!("http://{address}/metrics"));
    let response = request.header("accept", accept).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let kind = response.headers()["content-type"].to_str().unwrap();
    (kind.to_owned(), response.text().await.unwrap())
}

fn samples(text: &str) -> Samples {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let line = line.split(" # ").next().unwrap();
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap())
    };
    lines.map(sample).collect()
}

fn value(samples: &Samples, key: &str) -> f64 {
    let found = samples.get(key);
    *found.unwrap_or_else(|| panic!("no {key} in {samples:#?}"))
}

/// The sum over all series whose name begins like this.
fn sum(samples: &Samples, start: &str) -> f64 {
    let fitting = samples.iter().filter(|(key, _)| key.starts_with(start));
    fitting.map(|(_, value)| value).sum()
}

fn check_catalogue(text: &str, samples: &Samples) {
    for row in &TABLE {
        let kind = match row.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        let name = row.name;
        assert!(
            text.contains(&format!("# HELP {name} {}\n", row.help)),
            "{name}"
        );
        assert!(text.contains(&format!("# TYPE {name} {kind}\n")), "{name}");
        let sample = match row.kind {
            Kind::Histogram(_) => format!("{name}_bucket"),
            Kind::Counter | Kind::Gauge => name.to_owned(),
        };
        let series = samples.keys().filter(|key| {
            let rest = key.strip_prefix(&sample);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('{'))
        });
        let mut count = 0;
        for key in series {
            count += 1;
            for label in row.labels {
                assert!(key.contains(&format!("{label}=\"")), "{key} lacks {label}");
            }
            for label in ["run_id", "task_id", "session_id"] {
                assert!(!key.contains(label), "{key}");
            }
        }
        assert!(count > 0, "{name} has no series");
    }
}

fn check_work(found: &Samples) {
    let tasks = sum(found, "orchestrator_tasks_total{");
    assert_eq!(
        tasks,
        sum(found, "orchestrator_task_duration_seconds_count{")
    );
    let failed = found
        .iter()
        .filter(|(key, _)| key.contains("status=\"failed\""));
    let failed = failed.filter(|(key, _)| key.starts_with("orchestrator_tasks_total{"));
    assert_eq!(failed.map(|(_, value)| value).sum::<f64>(), 1.0);
    assert_eq!(sum(found, "orchestrator_task_retries_total{"), 2.0);
    assert_eq!(sum(found, "orchestrator_agent_errors_total{"), 3.0);
    assert_eq!(sum(found, "agent_execution_total{"), tasks + 2.0);
}

fn check_upkeep(found: &Samples) {
    for gauge in [
        "orchestrator_tasks_active{",
        "orchestrator_agent_active{",
        "orchestrator_agent_memory_bytes{",
    ] {
        assert_eq!(sum(found, gauge), 0.0, "{gauge}");
    }
    assert_eq!(
        value(found, "orchestrator_health_status{component=\"queue\"}"),
        1.0
    );
    assert_eq!(
        value(found, "orchestrator_task_queue_size{priority=\"high\"}"),
        0.0
    );
    assert_eq!(
        value(
            found,
            "orchestrator_mcp_tools_available{plugin=\"notifier\"}"
        ),
        1.0
    );
    let requests = "gateway_requests_total{gateway_id=\"api\",method=\"POST\",status=\"202\"}";
    assert_eq!(value(found, requests), 3.0);
    assert!(value(found, "gateway_active_connections{gateway_id=\"api\"}") >= 1.0);
    assert!(value(found, "team_spend_usd{team=\"maintenance\"}") > 0.0);
    let efficiency = value(found, "orchestrator_parallelism_efficiency");
    assert!(efficiency > 0.0 && efficiency <= 1.0, "{efficiency}");
    assert!(value(found, "orchestrator_memory_bytes") > 1e6);
    let latency = |name: &str| {
        value(
            found,
            &format!("orchestrator_latency_{name}_ms{{operation=\"task\"}}"),
        )
    };
    assert!(latency("p50") <= latency("p95") && latency("p95") <= latency("p99"));
    assert!(
        value(
            found,
            "orchestrator_throughput_ops_sec{operation_type=\"task\"}"
        ) > 0.0
    );
    let sample =
        "agent_execution_total{agent_id=\"coder-3\",workspace=\"sample\",status=\"success\"}";
    assert!(value(found, sample) >= 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_name_of_the_catalogue_is_exposed_with_what_happened() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let mut options = options(folder.path(), &collector);
    let address = listen(&mut options);
    let running = Running::start(options).await;
    for workflow in ["fix-and-test", "test-failure", "alert-notification"] {
        running.trigger(workflow, "").await;
        running.ended(workflow, 1).await;
    }
    let (kind, text) = scrape(address, "text/plain").await;
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    let found = samples(&text);
    check_catalogue(&text, &found);

    check_work(&found);
    check_upkeep(&found);

    running.stop().await;
    let calls = collector.take().spans;
    let calls = calls.iter().filter(|span| span.name == "llm_call");
    let input =
        |all: &super::collector::Attributes| number(all, "gen_ai.usage.input_tokens") as f64;
    let spent: f64 = calls.map(|span| input(&attributes(&span.attributes))).sum();
    let inputs = found
        .iter()
        .filter(|(key, _)| key.starts_with("llm_tokens_total{"));
    let inputs = inputs.filter(|(key, _)| key.contains("direction=\"input\""));
    assert_eq!(inputs.map(|(_, value)| value).sum::<f64>(), spent);
    assert!(
        reqwest::get(format!("http://{address}/metrics"))
            .await
            .is_err()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn open_metrics_is_given_if_asked_for_with_runs_as_exemplars() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let mut options = options(folder.path(), &collector);
    let address = listen(&mut options);
    let running = Running::start(options).await;
    let id = running.trigger("alert-notification", "").await;
    running.ended("alert-notification", 1).await;
    let (kind, text) = scrape(address, OPEN_METRICS).await;
    assert_eq!(
        kind,
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    assert!(text.ends_with("# EOF\n"));
    for row in TABLE.iter().filter(|row| !row.unit.is_empty()) {
        assert!(
            text.contains(&format!("# UNIT {} {}\n", row.family_name(), row.unit)),
            "{}",
            row.name
        );
    }
    let exemplars: Vec<_> = text
        .lines()
        .filter_map(|line| line.split_once(" # "))
        .collect();
    assert!(!exemplars.is_empty());
    for (sample, exemplar) in exemplars {
        assert!(sample.contains("_bucket{"), "{sample}");
        assert!(exemplar.contains(&format!("run_id=\"{id}\"")), "{exemplar}");
        assert!(exemplar.contains("trace_id=\"") && exemplar.contains("task_id=\"task-"));
    }
    assert!(text.contains("le=\"1.0\""), "canonical bounds");

    let client = reqwest::Client::new();
    let foreign = client.get(format!("http://{address}/metrics"));
    let foreign = foreign.header("host", "evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_side_is_asked_for_its_health_and_that_is_no_span() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let mut options = options(folder.path(), &collector);
    let address = listen(&mut options);
    let running = Running::start(options).await;
    let healthy = || async {
        let found = samples(&scrape(address, "").await.1);
        let healthy = found.get("orchestrator_health_status{component=\"http\"}");
        (healthy == Some(&1.0)).then_some(found)
    };
    let found = eventually("the health of the HTTP side", healthy).await;
    let requests = "gateway_requests_total{gateway_id=\"api\",method=\"GET\",status=\"200\"}";
    assert_eq!(value(&found, requests), 1.0);
    running.stop().await;
    assert!(collector.take().spans.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn work_in_progress_is_seen() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let mut options = options(folder.path(), &collector);
    options.speed = 2.0;
    options.concurrency = 1;
    let address = listen(&mut options);
    let running = Running::start(options).await;
    for workflow in ["fix-and-test", "alert-notification", "fix-and-test"] {
        running.trigger(workflow, "").await;
    }
    let busy = || async {
        let found = samples(&scrape(address, "").await.1);
        let active = sum(&found, "orchestrator_tasks_active{");
        let agents = sum(&found, "orchestrator_agent_active{");
        let memory = sum(&found, "orchestrator_agent_memory_bytes{");
        let waiting = sum(&found, "orchestrator_task_queue_size{");
        (active >= 1.0 && agents >= active && memory > 1_000.0 && waiting == 2.0).then_some(found)
    };
    let found = eventually("agents to be busy", busy).await;
    let waiting = |priority| {
        value(
            &found,
            &format!("orchestrator_task_queue_size{{priority=\"{priority}\"}}"),
        )
    };
    assert_eq!(
        (waiting("high"), waiting("normal"), waiting("low")),
        (1.0, 1.0, 0.0)
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn taken_port_is_an_error_that_names_the_address() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let mut options = options(folder.path(), &collector);
    options.metrics_listen = MetricsListen::At(address);
    let error = crate::run(options, std::future::pending())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains(&address.to_string()),
        "{error:#}"
    );
}
