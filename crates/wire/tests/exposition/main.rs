//! Expositions from outside, judged by the conformance data of OpenMetrics and Prometheus; and the
//! fuzz target over its corpus.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, like the tests themselves"
)]

mod conformance;
mod corpus;
