//! What the standard library lacks: clock, randomness, bounded queue, background task, backoff, sizes
