//! Receivers and processors: decode, judge, log, append
