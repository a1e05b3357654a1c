//! Everything that dials out: notification channels, how their messages look, and one delivery with
//! retry, circuit breaker, rate limit and dead letters.
//!
//! Start at `receiver.rs` (what a receiver is configured to be), then `notification.rs` (what it is
//! told), then `delivery.rs` (how it gets there). What is told to whom, and when, is decided in `alerting`.

pub mod channel;
pub mod delivery;
pub mod dial;
pub mod message;
pub mod notification;
pub mod receiver;
pub mod secret;
