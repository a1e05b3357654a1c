//! Who is told what, and when: grouping, inhibition, silences, mute times, routing, acknowledgement,
//! escalation and storm control. A pure state machine: values in, values out, time is an argument.
//!
//! Start at `config.rs` (an `alertmanager.yml` or our own blocks as values), then `machine.rs`.

pub mod config;
pub mod error;
pub mod matcher;
pub mod route;
pub mod suppression;
pub mod time_interval;
