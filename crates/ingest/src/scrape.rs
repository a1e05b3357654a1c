//! Scraping, the part without sockets: a `prometheus.yml` is read and checked (`config.rs`), targets
//! are built and relabelled (`target.rs`, `relabel.rs`), and what a target answered becomes samples
//! (`session.rs`). Behaves as Prometheus 3 does; who dials, and when, is the server's business.

pub mod config;
pub mod md5;
pub mod relabel;
pub mod session;
pub mod target;
