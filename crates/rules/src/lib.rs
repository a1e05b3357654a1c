//! Decides that something is wrong: recording and alerting rules, their files, evaluation, tests and
//! back-tests. What is done about it is decided in `alerting`.
//!
//! Start at `rule.rs` (what a rule is), then `file.rs` (a rule file as values) and `group.rs` (evaluation
//! of a group).

pub mod backtest;
pub mod builtin;
pub mod check;
pub mod condition;
pub mod cost;
pub mod error;
pub mod evaluate;
pub mod expand;
pub mod explain;
pub mod file;
pub mod grafana;
pub mod group;
pub mod own;
pub mod rule;
pub mod schedule;
pub mod selector;
pub mod signal_rule;
pub mod unit_test;
