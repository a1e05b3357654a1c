//! What of the machine is durable: rows of kind, key and JSON value.
//!
//! `shape.rs` has the shapes of the values (each with its version), `write.rs` makes rows of state,
//! `machine/restore.rs` makes state of rows. Rows are written only for what changed; what comes again by
//! itself within a minute (the put-off end of an alert) is written coarsely.

pub(crate) mod shape;
pub(crate) mod write;

use crate::notification_log::LogKey;
use std::collections::BTreeSet;
use tacho_model::alert::Fingerprint;

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKind {
    /// Numbers that count up; one row.
    Meta,
    /// An alert; the key is its fingerprint.
    Alert,
    /// A group; the key is its id.
    Group,
    /// What an integration was told about a group.
    Log,
    /// A message on its way; the key is its id.
    Outbox,
    /// A silence; the key is its id.
    Silence,
    /// Storm control of a receiver; the key is its name.
    Storm,
    /// Somebody on call out of turn; the key is its number.
    Override,
}

impl RowKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Meta,
        Self::Alert,
        Self::Group,
        Self::Log,
        Self::Outbox,
        Self::Silence,
        Self::Storm,
        Self::Override,
    ];

    /// Its name, for storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Alert => "alert",
            Self::Group => "group",
            Self::Log => "log",
            Self::Outbox => "outbox",
            Self::Silence => "silence",
            Self::Storm => "storm",
            Self::Override => "override",
        }
    }

    /// The kind of a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A stored row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is about.
    pub kind: RowKind,
    /// Which one; unique within the kind.
    pub key: String,
    /// JSON.
    pub value: Vec<u8>,
}

/// A row to write or, without a value, to delete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// What it is about.
    pub kind: RowKind,
    /// Which one.
    pub key: String,
    /// JSON; nothing if the row is to go.
    pub value: Option<Vec<u8>>,
}

/// A row that could not be read; it is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreProblem {
    /// What it is about.
    pub kind: RowKind,
    /// Which one.
    pub key: String,
    /// What is wrong with it.
    pub message: String,
}

/// What changed since the rows were last taken.
#[derive(Debug, Default)]
pub(crate) struct Dirty {
    pub(crate) meta: bool,
    pub(crate) alerts: BTreeSet<Fingerprint>,
    pub(crate) groups: BTreeSet<u64>,
    pub(crate) log: BTreeSet<LogKey>,
    pub(crate) outbox: BTreeSet<u64>,
    pub(crate) silences: BTreeSet<String>,
    pub(crate) storms: BTreeSet<String>,
    pub(crate) overrides: BTreeSet<u64>,
}
