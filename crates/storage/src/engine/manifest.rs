//! The manifest's content: which files there are, which WAL they cover, what is deleted.
//! Format: `docs/formats/manifest.md`. Everything in it is JSON; the envelope is
//! `manifest_file.rs`.

use crate::block::{BlockFacts, BlockId};
use crate::error::{Error, Result};
use crate::partition::Partition;
use crate::samples::block::SampleBlockFacts;
use serde::{Deserialize, Serialize};
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;

/// Version of this shape: 1 knew no samples, and would take their files for leftovers.
pub const VERSION: u32 = 2;

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
    pub samples: SamplesManifest,
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
            samples: SamplesManifest::default(),
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

/// What there is of samples.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SamplesManifest {
    /// Everything before this position of the WAL is in blocks.
    pub covered: u64,
    /// The file with the state of active series at that position; none before the first flush.
    pub state: Option<StateEntry>,
    /// Blocks.
    pub blocks: Vec<SampleBlockEntry>,
}

/// A file with the state of active series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateEntry {
    /// Its name in the folder `state`.
    pub name: String,
    /// Its length.
    pub bytes: u64,
}

/// One block of samples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleBlockEntry {
    /// Its id.
    pub id: u64,
    /// Its tenant.
    pub tenant: String,
    /// Its partition.
    pub partition: String,
    /// How often its samples have been rewritten by merges.
    pub level: u8,
    /// Of samples of one series and time in several blocks, the one in the block of the highest order
    /// counts.
    pub order: u64,
    /// When its latest sample arrived at the latest, nanoseconds since the epoch.
    pub arrived: i64,
    /// Number of series.
    pub series: u64,
    /// Number of samples.
    pub samples: u64,
    /// Number of samples as PromQL sees them.
    pub points: u64,
    /// Number of exemplars.
    pub exemplars: u64,
    /// Length of the file.
    pub bytes: u64,
    /// Earliest and latest sample, milliseconds since the epoch.
    pub time_ms: (i64, i64),
    /// About the bytes of memory that its index takes.
    pub index_memory: u64,
}

impl SampleBlockEntry {
    /// The entry of a block that was written.
    pub fn new(id: BlockId, place: &(TenantId, Partition), facts: &SampleBlockFacts) -> Self {
        Self {
            id: id.0,
            tenant: place.0.to_string(),
            partition: place.1.to_string(),
            level: 0,
            order: id.0,
            arrived: 0,
            series: facts.series,
            samples: facts.samples,
            points: facts.points,
            exemplars: facts.exemplars,
            bytes: facts.bytes,
            time_ms: (facts.time_min, facts.time_max),
            index_memory: facts.index_memory,
        }
    }

    /// What readers need to know.
    pub fn facts(&self) -> SampleBlockFacts {
        SampleBlockFacts {
            series: self.series,
            samples: self.samples,
            points: self.points,
            exemplars: self.exemplars,
            bytes: self.bytes,
            time_min: self.time_ms.0,
            time_max: self.time_ms.1,
            index_memory: self.index_memory,
        }
    }
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
    /// Samples of series that match all of one of these lists.
    Series(Vec<Vec<MatcherEntry>>),
    /// Exemplars that have one of these labels.
    Exemplars(Vec<(String, String)>),
}

/// A condition on a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatcherEntry {
    /// The label.
    pub name: String,
    /// `=`, `!=`, `=~` or `!~`.
    pub op: String,
    /// With what it is compared.
    pub value: String,
}

/// A file that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineEntry {
    /// What it was: `block`, `values`, `state` or `wal`.
    pub what: String,
    /// Its name, below the data folder.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl Manifest {
    /// What there is of a signal of `Signal::TABLES`; samples have a shape of their own.
    pub fn signal(&self, signal: Signal) -> &SignalManifest {
        match signal {
            Signal::Spans => &self.spans,
            Signal::Logs | Signal::Samples => &self.logs,
        }
    }

    /// What there is of a signal of `Signal::TABLES`; samples have a shape of their own.
    pub fn signal_mut(&mut self, signal: Signal) -> &mut SignalManifest {
        match signal {
            Signal::Spans => &mut self.spans,
            Signal::Logs | Signal::Samples => &mut self.logs,
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
        Ok(Self {
            version: VERSION,
            ..manifest
        })
    }
}
