//! OTLP in and out, compared with `opentelemetry-proto` and fed with hostile bytes.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, like the tests themselves"
)]

mod conformance;
mod corpus;
mod deep;
mod generate;
mod generate_metrics;
mod json_oracle;
mod limits;
mod malformed;
mod mangle;
mod metrics;
mod normal;
mod oracle;
mod random;
mod room;
mod sample;
