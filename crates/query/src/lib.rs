//! Plans and runs the languages over storage: limits, cancellation, statistics
