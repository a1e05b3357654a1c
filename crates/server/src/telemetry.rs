//! Our own telemetry: counters for `/metrics`, our own log, our own spans.
//!
//! `exposition.rs` is the format, `metrics.rs` gathers everything for one answer; `log.rs` and
//! `spans.rs` are set up once at start.

mod alerting;
pub mod connections;
pub mod exposition;
pub mod file;
pub mod log;
pub mod metrics;
pub mod process;
pub mod requests;
mod scraping;
pub mod spans;
