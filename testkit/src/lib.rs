//! Test doubles and helpers: in-memory oracle, faulty file system, data makers

pub mod arbitrary;
pub mod fault_fs;
pub mod oracle;
