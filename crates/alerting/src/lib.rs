//! Who is told what, and when: grouping, inhibition, silences, mute times, routing, acknowledgement,
//! escalation and storm control. A pure state machine: values in, values out, time is an argument.
//!
//! Start at `config.rs` (an `alertmanager.yml` or our own blocks as values), then `machine.rs`.

pub mod acknowledge;
pub mod alerts;
pub mod brief;
pub mod config;
pub mod error;
pub mod escalate;
pub mod explain;
pub mod group;
mod inhibit;
pub mod limits;
pub mod machine;
pub mod matcher;
mod notification_log;
pub mod record;
pub mod route;
pub mod silence;
mod storm;
pub mod suppression;
pub mod time_interval;
pub mod view;
