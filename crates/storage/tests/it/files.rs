//! Files that are given out for other programs: what is in them, and how long they stay.

use crate::engine_support::{Bench, clock, open, small, trace_of};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_model::time::TimeRange;
use tacho_storage::io::Io;
use tacho_storage::options::Config;
use tacho_storage::status::{DeleteSelector, FilesReport};
use tacho_testkit::fault_fs::{Fault, FaultIo, Operation};

const EXPORTS: &str = "/data/exports";

fn fresh(config: Config) -> (FaultIo, Arc<dyn Io>, Bench) {
    let files = FaultIo::new(1);
    let io: Arc<dyn Io> = Arc::new(files.clone());
    let bench = open(&io, &clock(), config).unwrap();
    (files, io, bench)
}

fn write(bench: &Bench, signal: Signal, numbers: std::ops::Range<u64>) {
    bench.write(signal, &numbers.collect::<Vec<_>>()).unwrap();
}

fn rows(report: &FilesReport, signal: Signal) -> u64 {
    let of_signal = report.files.iter().filter(|file| file.signal == signal);
    of_signal.map(|file| file.rows).sum()
}

fn exports(io: &Arc<dyn Io>) -> Vec<PathBuf> {
    let entries = io.list(Path::new(EXPORTS)).unwrap_or_default();
    let names = entries.into_iter().map(|entry| entry.name);
    names.map(|name| Path::new(EXPORTS).join(name)).collect()
}

#[track_caller]
fn assert_readable(io: &Arc<dyn Io>, report: &FilesReport) {
    for file in &report.files {
        let read = io.open_read(&file.path).unwrap();
        assert_eq!(read.len(), file.bytes, "{}", file.path.display());
        let mut magic = [0; 4];
        read.read_exact_at(&mut magic, file.bytes - 4).unwrap();
        assert_eq!(&magic, b"PAR1");
    }
}

#[test]
fn the_files_hold_what_a_query_finds() {
    let (_, io, bench) = fresh(small());
    write(&bench, Signal::Spans, 0..40);
    write(&bench, Signal::Logs, 0..40);
    bench.store.flush(false).unwrap();
    // Sent again, and new; still in memory.
    write(&bench, Signal::Spans, 30..50);
    let selector = DeleteSelector::Trace(trace_of(15));
    let deleted = bench.store.delete(&bench.tenant, &selector, TimeRange::ALL);
    assert_eq!(deleted.unwrap().spans, 3);
    let report = bench.store.files(&bench.tenant).unwrap();
    assert_eq!(rows(&report, Signal::Spans), 47);
    assert_eq!(rows(&report, Signal::Logs), 37);
    assert_eq!(exports(&io), std::slice::from_ref(&report.dir));
    for file in &report.files {
        let below = file.path.strip_prefix(&report.dir).unwrap();
        assert!(below.starts_with(file.signal.as_str()), "{below:?}");
        assert_eq!(below.components().count(), 3, "{below:?}");
        assert!(file.time_min <= file.time_max);
    }
    assert_readable(&io, &report);

    let stranger = TenantId::new("stranger").unwrap();
    assert!(bench.store.files(&stranger).unwrap().files.is_empty());
}

#[test]
fn the_files_stay_while_merges_and_deletions_replace_the_blocks() {
    let (_, io, bench) = fresh(small());
    for start in 0..20 {
        write(&bench, Signal::Spans, start * 10..start * 10 + 10);
        bench.store.flush(false).unwrap();
    }
    let report = bench.store.files(&bench.tenant).unwrap();
    bench.store.flush(true).unwrap();
    bench
        .store
        .delete(&bench.tenant, &DeleteSelector::Tenant, TimeRange::ALL)
        .unwrap();
    bench.store.maintain().unwrap();
    assert_eq!(bench.spans().unwrap(), Vec::<u64>::new());
    assert_eq!(rows(&report, Signal::Spans), 200);
    assert_readable(&io, &report);
}

#[test]
fn the_files_go_within_a_day_in_a_running_store_and_at_its_start() {
    let (_, io, bench) = fresh(small());
    write(&bench, Signal::Spans, 0..10);
    bench.store.files(&bench.tenant).unwrap();
    let hours = |hours: u64| bench.clock.advance(Duration::from_secs(hours * 3_600));
    hours(20);
    bench.store.files(&bench.tenant).unwrap();
    bench.store.maintain().unwrap();
    assert_eq!(exports(&io).len(), 2);
    hours(4);
    bench.store.maintain().unwrap();
    assert_eq!(exports(&io).len(), 1);
    hours(24);
    bench.store.close().unwrap();
    let again = open(&io, &bench.clock, small()).unwrap();
    assert_eq!(exports(&io).len(), 0);
    assert_eq!(again.spans().unwrap().len(), 10);
}

#[test]
fn a_bounded_number_of_lists_is_kept() {
    let (_, io, bench) = fresh(small());
    write(&bench, Signal::Spans, 0..10);
    let first = bench.store.files(&bench.tenant).unwrap();
    // What is not ours stays.
    io.create_dir_all(&Path::new(EXPORTS).join("mine")).unwrap();
    for _ in 0..20 {
        bench.store.files(&bench.tenant).unwrap();
    }
    assert_eq!(exports(&io).len(), 17);
    assert!(!io.exists(&first.dir).unwrap());
}

#[test]
fn a_disk_that_is_nearly_full_keeps_no_files_for_others() {
    let config = Config {
        min_free_bytes: 1 << 20,
        ..small()
    };
    let (files, io, bench) = fresh(config);
    files.set_capacity(Some(8 << 20));
    write(&bench, Signal::Spans, 0..10);
    bench.store.files(&bench.tenant).unwrap();
    files.set_capacity(Some(1 << 20));
    bench.clock.advance(Duration::from_secs(120));
    bench.store.maintain().unwrap();
    assert_eq!(exports(&io).len(), 0);
    assert!(bench.store.files(&bench.tenant).is_err());
    assert_eq!(bench.spans().unwrap().len(), 10);
}

#[test]
fn a_list_is_whole_or_not_there_and_links_may_be_copies() {
    let mut whole = 0;
    for n in 1..=8 {
        let (files, io, bench) = fresh(small());
        write(&bench, Signal::Spans, 0..10);
        write(&bench, Signal::Logs, 0..10);
        bench.store.flush(false).unwrap();
        files.fail_nth(Operation::Create, n, Fault::Eio);
        match bench.store.files(&bench.tenant) {
            Ok(report) => {
                assert_eq!(rows(&report, Signal::Spans), 10);
                assert_eq!(rows(&report, Signal::Logs), 10);
                assert_readable(&io, &report);
                whole += 1;
            }
            Err(_) => assert_eq!(exports(&io), Vec::<PathBuf>::new()),
        }
    }
    assert!(whole >= 3, "links can be copies instead: {whole}");
}
