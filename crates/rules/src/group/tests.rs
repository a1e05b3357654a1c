//! Groups that are evaluated.
