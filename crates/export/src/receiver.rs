//! Receivers as they are configured.
