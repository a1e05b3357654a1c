//! What the tests of the WAL share: headers, configurations, opening, reading everything back.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use tacho_model::id::{RecordId, TenantId};
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;
use tacho_stdx::clock::ManualClock;
use tacho_storage::error::Result;
use tacho_storage::io::Io;
use tacho_storage::wal::frame::{FrameHeader, FrameKind, WalPosition};
use tacho_storage::wal::{Committer, Config, ReplayReport, Wal};
use tacho_testkit::fault_fs::FaultIo;

pub(crate) const DATA: &str = "/data";

pub(crate) fn header(id: u64) -> FrameHeader {
    FrameHeader {
        kind: FrameKind::Logs,
        tenant: TenantId::default(),
        received: Timestamp(1_700_000_000_000_000_000 + id.cast_signed()),
        first_record_id: RecordId(id),
        encoding: 1,
        content: 2,
        config_epoch: 7,
    }
}

pub(crate) fn by_caller() -> Config {
    Config {
        committer: Committer::Caller,
        ..Config::standard()
    }
}

pub(crate) fn open(io: &FaultIo, config: Config) -> Result<Wal> {
    let io: Arc<dyn Io> = Arc::new(io.clone());
    let clock = Arc::new(ManualClock::at(1_700_000_000_000_000_000));
    Wal::open(io, Path::new(DATA), Signal::Logs, config, clock)
}

/// One frame as it came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) position: WalPosition,
    pub(crate) id: u64,
    pub(crate) verdict: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn read_all(wal: &Wal, from: WalPosition) -> Result<(Vec<Seen>, ReplayReport)> {
    let mut seen = Vec::new();
    let report = wal.replay(from, &mut |position, frame| {
        seen.push(Seen {
            position,
            id: frame.header.first_record_id.0,
            verdict: frame.verdict.to_vec(),
            body: frame.body.to_vec(),
        });
        Ok(())
    })?;
    Ok((seen, report))
}

pub(crate) fn ids(seen: &[Seen]) -> Vec<u64> {
    seen.iter().map(|frame| frame.id).collect()
}

/// Appends frames with these ids, bodies of that length, and commits them.
pub(crate) fn fill(wal: &Wal, ids: std::ops::Range<u64>, body_bytes: usize) -> Vec<WalPosition> {
    let positions = ids
        .map(|id| {
            let body = vec![id.to_le_bytes()[0]; body_bytes];
            wal.append(&header(id), b"verdict", &body).unwrap().position
        })
        .collect();
    wal.commit().unwrap();
    positions
}

pub(crate) fn segment_path(first: u64) -> PathBuf {
    PathBuf::from(format!("{DATA}/wal/logs/{first:020}.wal"))
}
