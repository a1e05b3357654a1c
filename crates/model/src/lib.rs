//! The signals of OpenTelemetry as values: identifiers, times, resources, scopes, spans, log records, metrics.
//!
//! No sockets, no clock, no async, no serialisation for any API. `value.rs` is the place to start:
//! everything else is made of it. `sink.rs` holds the traits through which a decoder hands data to
//! a store without building these structures first.

pub mod alert;
pub mod histogram;
pub mod id;
pub mod json;
pub mod kahan;
pub mod labels;
pub mod log;
pub mod metric;
pub mod number_text;
pub mod resource;
pub mod sample;
pub mod severity;
pub mod signal;
pub mod sink;
pub mod span;
pub mod time;
pub mod value;
