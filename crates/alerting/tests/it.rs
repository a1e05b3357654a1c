//! Tests of the state machine from outside: semantics by example, and a simulated month.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "it/acknowledging.rs"]
mod acknowledging;
#[path = "it/durable.rs"]
mod durable;
#[path = "it/escalating.rs"]
mod escalating;
#[path = "it/grouping.rs"]
mod grouping;
#[path = "it/hiding.rs"]
mod hiding;
#[path = "it/leaping.rs"]
mod leaping;
#[path = "it/limiting.rs"]
mod limiting;
#[path = "it/simulation.rs"]
mod simulation;
#[path = "it/storming.rs"]
mod storming;
#[path = "it/support.rs"]
mod support;
#[path = "it/viewing.rs"]
mod viewing;
