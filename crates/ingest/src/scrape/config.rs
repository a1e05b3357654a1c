//! A `prometheus.yml` as values. Start at `load.rs`.
//!
//! Everything is checked as Prometheus 3.14 checks it; `global`, `scrape_configs`,
//! `scrape_config_files` and `otlp` are in force here, the rest gives a warning.

pub mod discovery;
mod elsewhere;
mod fields;
pub mod glob;
pub mod global;
pub mod job;
pub mod load;
pub mod otlp;
pub mod protocol;
mod rule;
