//! The manifest's content: which files there are, which WAL they cover, what is deleted.
//! Format: `docs/formats/manifest.md`. Everything in it is JSON; the envelope is
//! `manifest_file.rs`.

use crate::block::{BlockFacts, BlockId};
use crate::error::{Error, Result};
use crate::partition::Partition;
use serde::{Deserialize, Serialize};
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;

/// Version of this shape.
pub const VERSION: u32 = 1;

/// The whole content.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this shape.
    pub version: u32,
    /// The next file (block or value file) gets this id or a larger one.
    pub next_file_id: u64,
    /// Spans.
    pub spans: SignalManifest,
    /// Log records.
    pub logs: SignalManifest,
    /// Samples; manifests of before metrics were stored have none.
    #[serde(default)]
    pub samples: SignalManifest,
    /// Deletions that are not carried out on disk yet.
    pub tombstones: Vec<TombstoneEntry>,
    /// Files that could not be read and were set aside.
    pub quarantined: Vec<QuarantineEntry>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            version: VERSION,
            next_file_id: 1,
            spans: SignalManifest::default(),
            logs: SignalManifest::default(),
            samples: SignalManifest::default(),
            tombstones: Vec::new(),
            quarantined: Vec::new(),
        }
    }
}

/// What there is of one signal.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SignalManifest {
    /// Everything before this position of the WAL is in blocks.
    pub covered: u64,
    /// The next record gets this id or a larger one.
    pub next_record_id: u64,
    /// Blocks.
    pub blocks: Vec<BlockEntry>,
    /// Files of large values.
    pub values: Vec<ValueEntry>,
}

/// One block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockEntry {
    /// Its id.
    pub id: u64,
    /// Its tenant.
    pub tenant: String,
    /// Its partition.
    pub partition: String,
    /// How often its rows have been rewritten by merges.
    pub level: u8,
    /// When its latest row arrived at the latest, nanoseconds since the epoch.
    pub arrived: i64,
    /// Number of rows.
    pub rows: u32,
    /// Length of the Parquet file.
    pub parquet_bytes: u64,
    /// Length of the sidecar.
    pub index_bytes: u64,
    /// About the bytes of all rows in memory.
    pub decoded_bytes: u64,
    /// Smallest and largest start of a span or time of a record.
    pub time: (i64, i64),
    /// Smallest and largest end of a span.
    pub end: (i64, i64),
    /// Smallest and largest record id.
    pub record_id: (u64, u64),
    /// Size of the filter of ids, in blocks of it.
    pub filter_blocks: u32,
}

impl BlockEntry {
    /// What readers need to know.
    pub fn facts(&self) -> BlockFacts {
        BlockFacts {
            rows: self.rows,
            parquet_bytes: self.parquet_bytes,
            index_bytes: self.index_bytes,
            decoded_bytes: self.decoded_bytes,
            time_min: self.time.0,
            time_max: self.time.1,
            end_min: self.end.0,
            end_max: self.end.1,
            record_id_min: self.record_id.0,
            record_id_max: self.record_id.1,
            filter_blocks: self.filter_blocks,
        }
    }

    /// The entry of a block that was written.
    pub fn new(id: BlockId, place: &(TenantId, Partition), facts: &BlockFacts) -> Self {
        Self {
            id: id.0,
            tenant: place.0.to_string(),
            partition: place.1.to_string(),
            level: 0,
            arrived: 0,
            rows: facts.rows,
            parquet_bytes: facts.parquet_bytes,
            index_bytes: facts.index_bytes,
            decoded_bytes: facts.decoded_bytes,
            time: (facts.time_min, facts.time_max),
            end: (facts.end_min, facts.end_max),
            record_id: (facts.record_id_min, facts.record_id_max),
            filter_blocks: facts.filter_blocks,
        }
    }
}

/// One file of large values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueEntry {
    /// Its id.
    pub id: u64,
    /// Its tenant.
    pub tenant: String,
    /// Its partition.
    pub partition: String,
    /// Its length.
    pub bytes: u64,
}

/// A deletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TombstoneEntry {
    /// The signal it concerns.
    pub signal: String,
    /// The tenant it concerns.
    pub tenant: String,
    /// Blocks with a smaller id are concerned; younger data is not.
    pub below: u64,
    /// When it was made, nanoseconds since the epoch.
    pub created: i64,
    /// Items that overlap this half-open range of time are concerned.
    pub range: (i64, i64),
    /// Which items.
    pub what: TombstoneWhat,
}

/// Which items a deletion concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TombstoneWhat {
    /// Items of these traces, in hexadecimal.
    Traces(Vec<String>),
    /// Items that have all of these attributes, as text.
    Attributes(Vec<(String, String)>),
    /// All items.
    Everything,
}

/// A file that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineEntry {
    /// What it was: `block`, `values` or `wal`.
    pub what: String,
    /// Its name, below the data folder.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl Manifest {
    /// What there is of a signal.
    pub fn signal(&self, signal: Signal) -> &SignalManifest {
        match signal {
            Signal::Spans => &self.spans,
            Signal::Logs => &self.logs,
            Signal::Samples => &self.samples,
        }
    }

    /// What there is of a signal.
    pub fn signal_mut(&mut self, signal: Signal) -> &mut SignalManifest {
        match signal {
            Signal::Spans => &mut self.spans,
            Signal::Logs => &mut self.logs,
            Signal::Samples => &mut self.samples,
        }
    }

    /// The bytes of the file.
    pub fn encode(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self)
            .map_err(|error| Error::internal(format!("encode the manifest: {error}")))
    }

    /// Reads the bytes of the file; a version from the future is `Invalid`.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|error| Error::corrupt(format!("decode the manifest: {error}")))?;
        if manifest.version > VERSION {
            return Err(Error::invalid(format!(
                "read the manifest: its version {} is newer than this program, which knows {VERSION}",
                manifest.version
            )));
        }
        Ok(manifest)
    }
}
