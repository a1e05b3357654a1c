//! The metrics that go out over OTLP, made with the official SDK: the dotted names of REQUIREMENTS
//! R34 to R44 and those of the GenAI conventions. What is scraped is in `catalogue.rs`.

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter, UpDownCounter};

/// Milliseconds, from "very fast" to "timeout risk" (REQUIREMENTS R78).
pub(crate) const LATENCY_MS: [f64; 10] = [
    100.0, 500.0, 1_000.0, 2_500.0, 5_000.0, 10_000.0, 30_000.0, 60_000.0, 120_000.0, 300_000.0,
];
/// Milliseconds, as the conventions give them in seconds for HTTP.
const HTTP_MS: [f64; 14] = [
    5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1_000.0, 2_500.0, 5_000.0, 7_500.0,
    10_000.0,
];
/// Seconds, as the conventions give them for databases.
const DATABASE_S: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];
/// Seconds, as the GenAI conventions give them.
const GEN_AI_S: [f64; 14] = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
/// Tokens, as the GenAI conventions give them: powers of four.
const GEN_AI_TOKENS: [f64; 14] = [
    1.0,
    4.0,
    16.0,
    64.0,
    256.0,
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];

/// Everything that is counted and timed by hand; what is looked up at export is in `runtime.rs`.
#[derive(Debug)]
pub(crate) struct Instruments {
    pub(crate) workflow_runs: Counter<u64>,
    pub(crate) workflow_duration: Histogram<f64>,
    pub(crate) workflows_active: UpDownCounter<i64>,
    pub(crate) approval_wait: Histogram<f64>,
    pub(crate) agent_runs: Counter<u64>,
    pub(crate) agent_duration: Histogram<f64>,
    pub(crate) agent_errors: Counter<u64>,
    pub(crate) agent_retries: Counter<u64>,
    pub(crate) http_duration: Histogram<f64>,
    pub(crate) http_requests: Counter<u64>,
    pub(crate) database_duration: Histogram<f64>,
    pub(crate) token_usage: Histogram<u64>,
    pub(crate) model_duration: Histogram<f64>,
}

impl Instruments {
    pub(crate) fn new(meter: &Meter) -> Self {
        let counter = |name: &'static str, about: &'static str| {
            let builder = meter.u64_counter(name).with_unit("1");
            builder.with_description(about).build()
        };
        let timer =
            |name: &'static str, unit: &'static str, bounds: &[f64], about: &'static str| {
                let builder = meter.f64_histogram(name).with_unit(unit);
                let builder = builder.with_boundaries(bounds.to_vec());
                builder.with_description(about).build()
            };
        Self {
            workflow_runs: counter("workflow.runs.total", "Workflow runs that ended."),
            workflow_duration: timer(
                "workflow.duration",
                "ms",
                &LATENCY_MS,
                "Time of a workflow run.",
            ),
            workflows_active: meter
                .i64_up_down_counter("workflows.active")
                .with_unit("1")
                .with_description("Workflow runs in progress.")
                .build(),
            approval_wait: timer(
                "workflow.approval.wait_time",
                "ms",
                &LATENCY_MS,
                "Time that a workflow run waited for an approval.",
            ),
            agent_runs: counter("agent.runs.total", "Attempts of agents at tasks."),
            agent_duration: timer(
                "agent.duration",
                "ms",
                &LATENCY_MS,
                "Time of an attempt of an agent.",
            ),
            agent_errors: counter("agent.errors.total", "Attempts of agents that failed."),
            agent_retries: counter("agent.retry.count", "Attempts after a failed one."),
            http_duration: timer(
                "http.server.duration",
                "ms",
                &HTTP_MS,
                "Time to answer a request.",
            ),
            http_requests: counter("http.server.requests.total", "Requests that were answered."),
            database_duration: timer(
                "db.client.operation.duration",
                "s",
                &DATABASE_S,
                "Time of an operation on the queue's database.",
            ),
            token_usage: meter
                .u64_histogram("gen_ai.client.token.usage")
                .with_unit("{token}")
                .with_boundaries(GEN_AI_TOKENS.to_vec())
                .with_description("Tokens of a call to a language model.")
                .build(),
            model_duration: timer(
                "gen_ai.client.operation.duration",
                "s",
                &GEN_AI_S,
                "Time of a call to a language model.",
            ),
        }
    }
}

/// Attributes with text values.
pub(crate) fn tags<const N: usize>(pairs: [(&'static str, &str); N]) -> Vec<KeyValue> {
    pairs
        .into_iter()
        .map(|(key, value)| KeyValue::new(key, value.to_owned()))
        .collect()
}
