//! The tests of the storage crate that need the testkit: one binary, one module a subject.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking, and tests read their own data files"
)]

#[path = "it/block.rs"]
mod block;
#[path = "it/block_damage.rs"]
mod block_damage;
#[path = "it/block_samples.rs"]
mod block_samples;
#[path = "it/block_samples_damage.rs"]
mod block_samples_damage;
#[path = "it/block_samples_support.rs"]
mod block_samples_support;
#[path = "it/block_support.rs"]
mod block_support;
#[path = "it/corpus.rs"]
mod corpus;
#[path = "it/engine.rs"]
mod engine;
#[path = "it/engine_mutation.rs"]
mod engine_mutation;
#[path = "it/engine_simulation.rs"]
mod engine_simulation;
#[path = "it/engine_support.rs"]
mod engine_support;
#[path = "it/files.rs"]
mod files;
#[path = "it/manifest.rs"]
mod manifest;
#[path = "it/mutation.rs"]
mod mutation;
#[path = "it/oracle.rs"]
mod oracle;
#[path = "it/samples_engine.rs"]
mod samples_engine;
#[path = "it/samples_model.rs"]
mod samples_model;
#[path = "it/samples_oracle.rs"]
mod samples_oracle;
#[path = "it/samples_support.rs"]
mod samples_support;
#[path = "it/state_backup.rs"]
mod state_backup;
#[path = "it/values.rs"]
mod values;
#[path = "it/wal.rs"]
mod wal;
#[path = "it/wal_damage.rs"]
mod wal_damage;
#[path = "it/wal_simulation.rs"]
mod wal_simulation;
#[path = "it/wal_support.rs"]
mod wal_support;
