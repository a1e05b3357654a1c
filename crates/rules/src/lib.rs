//! Decides that something is wrong: recording and alerting rules, their files, evaluation, tests and
//! back-tests. What is done about it is decided in `alerting`.
//!
//! Start at `file.rs` (a rule file as values), then `group.rs` (evaluation of a group).

