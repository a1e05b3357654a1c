//! YAML that is read with care: a tree of nodes that know their lines (`node.rs`), mappings that are
//! read field by field and refuse what they do not know (`section.rs`), scalars as Prometheus and
//! Alertmanager write them (`scalar.rs`), and what is wrong with a file (`problem.rs`).
//!
//! Knows no file format: `prometheus.yml`, rule files and `alertmanager.yml` are read with it elsewhere.

pub mod node;
pub mod print;
pub mod problem;
pub mod scalar;
pub mod section;
