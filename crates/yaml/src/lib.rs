//! YAML that is read with care: a tree of nodes that know their lines (`node.rs`), mappings that are
//! read field by field and refuse what they do not know (`section.rs`), scalars as Prometheus and
//! Alertmanager write them (`scalar.rs`), what is wrong with a file (`problem.rs`), and the section
//! that all their files share (`http_client.rs`).
//!
//! Knows no file format beyond that: `prometheus.yml`, rule files and `alertmanager.yml` are read with it elsewhere.

pub mod http_client;
pub mod node;
pub mod print;
pub mod problem;
pub mod scalar;
pub mod section;
