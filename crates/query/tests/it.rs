//! Tests of the engine over the oracle, through its public interface.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

#[path = "it/support.rs"]
mod support;

#[path = "it/counts.rs"]
mod counts;
#[path = "it/live.rs"]
mod live;
#[path = "it/logql.rs"]
mod logql;
#[path = "it/logs.rs"]
mod logs;
#[path = "it/names.rs"]
mod names;
#[path = "it/outline.rs"]
mod outline;
#[path = "it/overview.rs"]
mod overview;
#[path = "it/patterns.rs"]
mod patterns;
#[path = "it/promql_scripts.rs"]
mod promql_scripts;
#[path = "it/random.rs"]
mod random;
#[path = "it/red.rs"]
mod red;
#[path = "it/resolve.rs"]
mod resolve;
#[path = "it/service_map.rs"]
mod service_map;
#[path = "it/spans.rs"]
mod spans;
#[path = "it/traceql.rs"]
mod traceql;
#[path = "it/traces.rs"]
mod traces;
