//! What the standard library lacks: clock, cancellation, sizes and durations as text, backoff.
//!
//! No domain words. Time is nanoseconds as `i64` since the Unix epoch, because this crate knows
//! no other. Start at `clock.rs`.

pub mod backoff;
pub mod cancel;
pub mod clock;
pub mod duration;
pub mod re2;
pub mod size;
pub mod task;
