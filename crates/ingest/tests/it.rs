//! Tests of this crate from outside.

#[path = "it/prometheus_config.rs"]
mod prometheus_config;
