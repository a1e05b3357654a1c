//! Writes blocks: the two files, both synced, and their folder.

use super::index::{Gathered, gather_logs, gather_spans};
use super::origin::Origins;
use super::plan::{Plan, plan_logs, plan_spans};
use super::rows::Rows;
use super::{BlockFacts, BlockId, ROWS_MAX, parquet_file, sidecar};
use crate::columns::log_batch::LogBatch;
use crate::columns::span_batch::SpanBatch;
use crate::error::{Error, Result};
use crate::io::{Io, SyncPoint, write_new};
use bytes::Bytes;
use std::path::Path;
use tacho_model::signal::Signal;

/// Writes these rows of a batch (in this order; one group of `split_spans`) as a block. `dir`
/// must exist. On success both files and the folder are durable. On an error files of that id
/// may be left behind; they mean nothing without an entry in the manifest. Large contents of the
/// batch are not written here.
pub fn write_spans(
    io: &dyn Io,
    dir: &Path,
    id: BlockId,
    batch: &SpanBatch,
    rows: &[u32],
) -> Result<BlockFacts> {
    let (files, facts) = encode_spans(id, batch, rows)?;
    files.store(io, dir, id)?;
    Ok(facts)
}

/// Writes these rows of a batch (in this order; one group of `split_logs`) as a block; otherwise
/// like `write_spans`.
pub fn write_logs(
    io: &dyn Io,
    dir: &Path,
    id: BlockId,
    batch: &LogBatch,
    rows: &[u32],
) -> Result<BlockFacts> {
    let (files, facts) = encode_logs(id, batch, rows)?;
    files.store(io, dir, id)?;
    Ok(facts)
}

/// The bytes of the two files of a block.
#[derive(Debug)]
pub struct Files {
    /// The Parquet file.
    pub parquet: Bytes,
    /// The sidecar.
    pub sidecar: Vec<u8>,
}

impl Files {
    /// Writes both files and makes them durable.
    pub fn store(&self, io: &dyn Io, dir: &Path, id: BlockId) -> Result<()> {
        let parquet = id.parquet_path(dir);
        write_new(io, &parquet, &self.parquet, SyncPoint::BlockFile)?;
        let sidecar = id.sidecar_path(dir);
        write_new(io, &sidecar, &self.sidecar, SyncPoint::SidecarFile)?;
        io.sync_dir(dir, SyncPoint::BlockDir)
    }
}

/// The files of a block of spans, without writing them.
pub fn encode_spans(id: BlockId, batch: &SpanBatch, rows: &[u32]) -> Result<(Files, BlockFacts)> {
    check_rows(rows, batch.len)?;
    let rows = Rows::new(rows, batch.len);
    let shared = &batch.shared;
    let resources = Origins::of_resources(&rows, &shared.resource_index, &shared.resources);
    let scopes = Origins::of_scopes(&rows, &shared.scope_index, &shared.scopes);
    let plan = plan_spans(batch, &rows, &resources, &scopes);
    let gathered = gather_spans(batch, &rows, &plan, [&resources, &scopes]);
    encode(Signal::Spans, id, &plan, gathered)
}

/// The files of a block of log records, without writing them.
pub fn encode_logs(id: BlockId, batch: &LogBatch, rows: &[u32]) -> Result<(Files, BlockFacts)> {
    check_rows(rows, batch.len)?;
    let ids = rows.iter().map(|row| batch.record_id(*row as usize).0);
    let (record_id_min, record_id_max) = (ids.clone().min(), ids.max());
    let rows = Rows::new(rows, batch.len);
    let shared = &batch.shared;
    let resources = Origins::of_resources(&rows, &shared.resource_index, &shared.resources);
    let scopes = Origins::of_scopes(&rows, &shared.scope_index, &shared.scopes);
    let plan = plan_logs(batch, &rows, &resources, &scopes);
    let gathered = gather_logs(batch, &rows, &plan, [&resources, &scopes]);
    let (files, mut facts) = encode(Signal::Logs, id, &plan, gathered)?;
    facts.record_id_min = record_id_min.unwrap_or(0);
    facts.record_id_max = record_id_max.unwrap_or(0);
    Ok((files, facts))
}

fn check_rows(rows: &[u32], len: usize) -> Result<()> {
    if rows.is_empty() || rows.len() > ROWS_MAX || rows.iter().any(|row| *row as usize >= len) {
        return Err(Error::invalid(format!(
            "a block takes 1 to {ROWS_MAX} rows of its batch, not {} of {len}",
            rows.len()
        )));
    }
    Ok(())
}

fn encode(
    signal: Signal,
    id: BlockId,
    plan: &Plan<'_>,
    gathered: Gathered,
) -> Result<(Files, BlockFacts)> {
    let encoded = parquet_file::encode(plan, signal.as_str())?;
    let parquet = Bytes::from(encoded.bytes);
    let metadata = parquet_file::parse(&parquet)?;
    let mut ranges = Vec::new();
    let mut rest = &parquet[..];
    for length in parquet_file::ranges(&metadata, parquet.len() as u64)? {
        let (range, after) = rest.split_at(length as usize);
        ranges.push((length, crc32c::crc32c(range)));
        rest = after;
    }
    let rows = gathered.pages.last().map_or(0, |page| page.rows.end);
    let times = |pick: fn(&super::PageFacts) -> i64| gathered.pages.iter().map(pick);
    let mut facts = BlockFacts {
        rows,
        parquet_bytes: parquet.len() as u64,
        decoded_bytes: encoded.decoded_bytes,
        time_min: times(|page| page.time_min).min().unwrap_or(0),
        time_max: times(|page| page.time_max).max().unwrap_or(0),
        end_min: times(|page| page.end_min).min().unwrap_or(0),
        end_max: times(|page| page.end_max).max().unwrap_or(0),
        ..BlockFacts::default()
    };
    let (sidecar, filter_blocks) = sidecar::encode(signal, id, rows, gathered, ranges);
    facts.index_bytes = sidecar.len() as u64;
    facts.filter_blocks = filter_blocks;
    Ok((Files { parquet, sidecar }, facts))
}
