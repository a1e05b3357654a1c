//! The WAL on this machine's disk: append alone, a commit per request, group commit, replay.
//!
//! `cargo bench -p tacho-storage --bench wal`. The temporary folder decides the disk (`TMPDIR`).

use divan::Bencher;
use divan::counter::BytesCount;
use std::path::Path;
use std::sync::Arc;
use tacho_model::id::{RecordId, TenantId};
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;
use tacho_stdx::clock::SystemClock;
use tacho_storage::io::std_io::StdIo;
use tacho_storage::wal::frame::{FrameHeader, FrameKind, WalPosition};
use tacho_storage::wal::{Config, Durability, Wal};

fn main() {
    divan::main();
}

fn header() -> FrameHeader {
    FrameHeader {
        kind: FrameKind::Traces,
        tenant: TenantId::default(),
        received: Timestamp(1_700_000_000_000_000_000),
        first_record_id: RecordId(1),
        encoding: 0,
        content: 0,
        config_epoch: 1,
    }
}

fn open(folder: &Path, durability: Durability) -> Wal {
    let config = Config {
        durability,
        ..Config::standard()
    };
    let clock = Arc::new(SystemClock::new());
    Wal::open(Arc::new(StdIo), folder, Signal::Spans, config, clock).expect("open")
}

/// Appends and drops what is on disk now and then; no waiting for the disk.
#[divan::bench(args = [2_000, 100_000])]
fn append_buffered(bencher: Bencher, body_bytes: usize) {
    let folder = tempfile::tempdir().expect("folder");
    let wal = open(folder.path(), Durability::Buffered);
    let (header, body) = (header(), vec![7u8; body_bytes]);
    let mut count = 0u64;
    bencher
        .counter(BytesCount::new(body_bytes))
        .bench_local(|| {
            let appended = wal.append(&header, b"", &body).expect("append");
            count += 1;
            if count.is_multiple_of(1000) {
                wal.wait_durable(appended.end).expect("commit");
                let end = wal.rotate().expect("rotate");
                wal.truncate_before(end).expect("truncate");
            }
        });
}

/// One sender that waits for each request.
#[divan::bench(args = [2_000, 100_000], sample_count = 20, sample_size = 10)]
fn append_and_wait_for_fsync(bencher: Bencher, body_bytes: usize) {
    let folder = tempfile::tempdir().expect("folder");
    let wal = open(folder.path(), Durability::Fsync);
    let (header, body) = (header(), vec![7u8; body_bytes]);
    bencher
        .counter(BytesCount::new(body_bytes))
        .bench_local(|| {
            let appended = wal.append(&header, b"", &body).expect("append");
            wal.wait_durable(appended.end).expect("commit");
        });
}

/// Sixty-four senders, ten requests each.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn group_commit_of_64_senders(bencher: Bencher) {
    let folder = tempfile::tempdir().expect("folder");
    let wal = open(folder.path(), Durability::Fsync);
    let (header, body) = (header(), vec![7u8; 4000]);
    bencher.bench_local(|| {
        std::thread::scope(|scope| {
            for _ in 0..64 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        let appended = wal.append(&header, b"", &body).expect("append");
                        wal.wait_durable(appended.end).expect("commit");
                    }
                });
            }
        });
    });
}

/// Reads 64 MiB of frames back.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn replay(bencher: Bencher) {
    let folder = tempfile::tempdir().expect("folder");
    let wal = open(folder.path(), Durability::Buffered);
    let (header, body) = (header(), vec![7u8; 50_000]);
    for _ in 0..1300 {
        wal.append(&header, b"", &body).expect("append");
    }
    wal.close().expect("close");
    let wal = open(folder.path(), Durability::Buffered);
    bencher
        .counter(BytesCount::new(wal.end().0))
        .bench_local(|| {
            wal.replay(WalPosition(0), &mut |_, _| Ok(()))
                .expect("replay")
        });
}
