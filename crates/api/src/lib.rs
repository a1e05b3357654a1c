//! Shapes of our HTTP API (serde) and its OpenAPI document (utoipa). No logic, no engine types.
//!
//! Start at `operation.rs`, the one table of operations and their parameters: the server takes its
//! parameter checks from it, `openapi.rs` the document, the reference page its text.
//! All times are RFC 3339 UTC with nanoseconds, all ids lower-case hexadecimal, absent = left out.

pub mod admin;
pub mod alert;
pub mod count;
pub mod error;
pub mod escalation;
pub mod health;
pub mod histogram;
pub mod label;
pub mod log;
pub mod metric;
pub mod notification;
pub mod openapi;
pub mod operation;
pub mod outline;
pub mod overview;
pub mod reference;
pub mod resource;
pub mod route;
pub mod rule;
pub mod service;
pub mod silence;
pub mod stats;
pub mod status;
pub mod trace;
pub mod view;
pub mod webhook;
