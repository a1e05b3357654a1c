//! Tests of this crate from outside.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "it/conformance.rs"]
mod conformance;
