//! The store from outside: what goes in comes out, wherever it lies meanwhile.

use crate::engine_support::{
    Bench, NOW, clock, everything, open, open_at, small, span_of, trace_of,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_storage::backup::restore;
use tacho_storage::columns::projection::Projection;
use tacho_storage::error::ErrorKind;
use tacho_storage::filter::Filter;
use tacho_storage::io::Io;
use tacho_storage::options::{Config, SelectorRetention};
use tacho_storage::read::{AggregateRequest, Order, ReadContext, ReadStore, ScanRequest, TailItem};
use tacho_storage::status::DeleteSelector;
use tacho_testkit::fault_fs::FaultIo;

fn fresh() -> (FaultIo, Arc<dyn Io>, Bench) {
    let files = FaultIo::new(1);
    let io: Arc<dyn Io> = Arc::new(files.clone());
    let bench = open(&io, &clock(), small()).unwrap();
    (files, io, bench)
}

fn numbers(range: std::ops::Range<u64>) -> Vec<u64> {
    range.collect()
}

fn sorted(mut found: Vec<u64>) -> Vec<u64> {
    found.sort_unstable();
    found
}

#[test]
fn items_are_read_from_head_and_blocks_alike() {
    let (_, _, bench) = fresh();
    for chunk in numbers(0..120).chunks(10) {
        bench.write(Signal::Spans, chunk).unwrap();
        bench.write(Signal::Logs, chunk).unwrap();
    }
    assert_eq!(sorted(bench.spans().unwrap()), numbers(0..120));
    bench.store.flush(false).unwrap();
    assert_eq!(sorted(bench.spans().unwrap()), numbers(0..120));
    assert_eq!(sorted(bench.logs().unwrap()), numbers(0..120));
    bench.write(Signal::Spans, &numbers(120..130)).unwrap();
    bench.store.flush(true).unwrap();
    assert_eq!(sorted(bench.spans().unwrap()), numbers(0..130));
    let status = bench.store.status(&bench.tenant);
    assert_eq!(
        (status.signals[0].1.items, status.signals[1].1.items),
        (130, 120)
    );
    assert_eq!(status.wal.bytes, 0, "everything is in blocks");
}

#[test]
fn a_scan_is_newest_first_and_pages_without_gap_or_overlap() {
    let (_, _, bench) = fresh();
    for chunk in numbers(0..200).chunks(7) {
        bench.write(Signal::Spans, chunk).unwrap();
        bench.store.maintain().unwrap();
    }
    for order in [Order::NewestFirst, Order::OldestFirst] {
        let snapshot = bench.snapshot();
        let whole = ScanRequest {
            order,
            ..everything()
        };
        let mut all = Vec::new();
        for batch in snapshot.spans(&whole, &ReadContext::default()).unwrap() {
            let batch = batch.unwrap();
            all.extend((0..batch.len).map(|row| {
                let span = batch.span(row);
                (span.start, span.trace_id, span.span_id)
            }));
        }
        assert_eq!(all.len(), 200);
        let ordered = match order {
            Order::NewestFirst => all.is_sorted_by(|a, b| a > b),
            Order::OldestFirst => all.is_sorted(),
        };
        assert!(ordered, "{order:?}");
        let mut paged = Vec::new();
        loop {
            let after = paged.last().map(|(start, trace, span)| {
                tacho_storage::read::Cursor::Span(*start, *trace, *span)
            });
            let request = ScanRequest {
                after,
                limit: Some(13),
                ..whole.clone()
            };
            let before = paged.len();
            for batch in snapshot.spans(&request, &ReadContext::default()).unwrap() {
                let batch = batch.unwrap();
                paged.extend((0..batch.len).map(|row| {
                    let span = batch.span(row);
                    (span.start, span.trace_id, span.span_id)
                }));
            }
            assert!(paged.len() - before <= 13);
            if paged.len() == before {
                break;
            }
        }
        assert_eq!(paged, all);
    }
}

#[test]
fn a_span_that_is_sent_again_is_there_once_wherever_the_first_is() {
    let (_, _, bench) = fresh();
    bench.write(Signal::Spans, &numbers(0..20)).unwrap();
    bench.write(Signal::Spans, &numbers(10..30)).unwrap();
    assert_eq!(
        sorted(bench.spans().unwrap()),
        numbers(0..30),
        "in the head"
    );
    bench.store.flush(false).unwrap();
    bench.write(Signal::Spans, &numbers(0..40)).unwrap();
    assert_eq!(sorted(bench.spans().unwrap()), numbers(0..40), "in a block");
    bench.store.flush(true).unwrap();
    assert_eq!(sorted(bench.spans().unwrap()), numbers(0..40));
    assert_eq!(bench.store.metrics().duplicate_items, 40);
    assert_eq!(bench.store.status(&bench.tenant).signals[0].1.items, 40);
}

#[test]
fn a_trace_is_assembled_from_head_and_blocks() {
    let (_, _, bench) = fresh();
    // Numbers 0, 1 and 2 are one trace; they arrive hours apart.
    for number in [0u64, 1, 2] {
        bench.write(Signal::Spans, &[number]).unwrap();
        bench.clock.advance(Duration::from_secs(7200));
        if number < 2 {
            bench.store.flush(false).unwrap();
        }
    }
    let ids = [trace_of(0), trace_of(3000)];
    let snapshot = bench.snapshot();
    let traces: Vec<_> = snapshot
        .traces_by_id(&ids, &Projection::all(), &ReadContext::default())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(traces.len(), 1, "the other is unknown");
    assert_eq!(traces[0].len, 3);
    assert!(traces[0].starts.is_sorted());
}

#[test]
fn a_deleted_trace_is_gone_at_once_and_its_bytes_soon() {
    let (files, _, bench) = fresh();
    bench.write(Signal::Spans, &numbers(0..40)).unwrap();
    bench.write(Signal::Logs, &numbers(0..40)).unwrap();
    let selector = DeleteSelector::Trace(trace_of(15));
    let report = bench
        .store
        .delete(&bench.tenant, &selector, TimeRange::ALL)
        .unwrap();
    assert_eq!((report.spans, report.logs), (3, 3));
    let left: Vec<u64> = numbers(0..40)
        .into_iter()
        .filter(|n| !(15..18).contains(n))
        .collect();
    assert_eq!(sorted(bench.spans().unwrap()), left);
    assert_eq!(sorted(bench.logs().unwrap()), left);
    assert!(bench.store.status(&bench.tenant).tombstones > 0);
    bench.store.maintain().unwrap();
    assert_eq!(
        bench.store.status(&bench.tenant).tombstones,
        0,
        "carried out"
    );
    assert_eq!(sorted(bench.spans().unwrap()), left);
    // Sent again after the deletion, it is new.
    bench.write(Signal::Spans, &[15]).unwrap();
    assert_eq!(bench.spans().unwrap().len(), left.len() + 1);
    drop(files);
}

#[test]
fn a_deleted_run_takes_its_traces_with_it() {
    let (_, _, bench) = fresh();
    bench.write(Signal::Spans, &numbers(0..30)).unwrap();
    bench.write(Signal::Logs, &numbers(0..30)).unwrap();
    let selector = DeleteSelector::Run("run-4".to_owned());
    let report = bench
        .store
        .delete(&bench.tenant, &selector, TimeRange::ALL)
        .unwrap();
    assert_eq!(
        (report.spans, report.logs),
        (3, 3),
        "the logs carry the trace only"
    );
    let other = TenantId::new("other").unwrap();
    let none = bench
        .store
        .delete(&other, &selector, TimeRange::ALL)
        .unwrap();
    assert_eq!((none.spans, none.logs), (0, 0));
}

#[test]
fn old_blocks_expire_by_age_from_their_arrival() {
    let (_, _, bench) = fresh();
    bench.write(Signal::Spans, &numbers(0..30)).unwrap();
    bench.write(Signal::Logs, &numbers(0..30)).unwrap();
    bench.store.flush(false).unwrap();
    bench.clock.advance(Duration::from_secs(6 * 86_400));
    bench.store.maintain().unwrap();
    assert_eq!(bench.spans().unwrap().len(), 30);
    bench.clock.advance(Duration::from_secs(86_400 + 3600));
    bench.store.maintain().unwrap();
    assert_eq!(bench.spans().unwrap().len(), 0, "spans are kept 7 days");
    assert_eq!(bench.logs().unwrap().len(), 30, "logs are kept 30 days");
    assert!(bench.store.metrics().expired_blocks > 0);
}

#[test]
fn the_oldest_blocks_go_when_there_is_too_much() {
    let mut config = small();
    config.retention.spans.bytes = Some(12_000);
    let io: Arc<dyn Io> = Arc::new(FaultIo::new(1));
    let bench = open(&io, &clock(), config).unwrap();
    for chunk in numbers(0..300).chunks(50) {
        bench.write(Signal::Spans, chunk).unwrap();
        bench.store.flush(false).unwrap();
    }
    bench.store.flush(true).unwrap();
    let status = bench.store.status(&bench.tenant);
    assert!(
        status.signals[0].1.bytes <= 12_000,
        "{:?}",
        status.signals[0].1
    );
    assert!(bench.spans().unwrap().len() < 300);
}

#[test]
fn a_selector_gives_some_items_a_shorter_life() {
    let mut config = small();
    config.retention.selectors.push(SelectorRetention {
        signal: Signal::Spans,
        attributes: vec![("run_id".to_owned(), "run-3".to_owned())],
        age: Duration::from_secs(3600),
    });
    let io: Arc<dyn Io> = Arc::new(FaultIo::new(1));
    let bench = open(&io, &clock(), config).unwrap();
    bench.write(Signal::Spans, &numbers(0..21)).unwrap();
    bench.store.flush(false).unwrap();
    bench.clock.advance(Duration::from_secs(2 * 3600));
    bench.store.maintain().unwrap();
    let left: Vec<u64> = numbers(0..21).into_iter().filter(|n| n / 3 != 3).collect();
    assert_eq!(sorted(bench.spans().unwrap()), left);
}

#[test]
fn a_backup_is_a_data_folder_of_its_moment() {
    let (_, io, bench) = fresh();
    bench.write(Signal::Spans, &numbers(0..50)).unwrap();
    bench.store.backup(Path::new("/backup")).unwrap();
    bench.write(Signal::Spans, &numbers(50..60)).unwrap();
    let again = bench.store.backup(Path::new("/backup"));
    assert_eq!(again.unwrap_err().kind(), ErrorKind::Conflict);
    restore(&io, Path::new("/backup"), Path::new("/restored")).unwrap();
    let restored = open_at(&io, Path::new("/restored"), &clock(), small()).unwrap();
    assert_eq!(sorted(restored.spans().unwrap()), numbers(0..50));
    restored.write(Signal::Spans, &[77]).unwrap();
    assert_eq!(restored.spans().unwrap().len(), 51);
}

#[test]
fn a_folder_belongs_to_one_process() {
    let (_, io, bench) = fresh();
    let Err(error) = open(&io, &clock(), small()) else {
        panic!("opened twice")
    };
    assert_eq!(error.kind(), ErrorKind::Conflict);
    bench.store.close().unwrap();
    open(&io, &clock(), small()).unwrap();
}

#[test]
fn a_full_disk_refuses_writes_keeps_reads_and_recovers() {
    let files = FaultIo::new(1);
    let io: Arc<dyn Io> = Arc::new(files.clone());
    let config = Config {
        min_free_bytes: 1 << 20,
        ..small()
    };
    files.set_capacity(Some(4 << 20));
    let bench = open(&io, &clock(), config).unwrap();
    bench.write(Signal::Spans, &numbers(0..50)).unwrap();
    files.set_capacity(Some(1 << 20));
    bench.clock.advance(Duration::from_secs(5));
    let error = bench.store.admission(Signal::Spans, 1000).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(bench.spans().unwrap().len(), 50);
    files.set_capacity(Some(16 << 20));
    bench.clock.advance(Duration::from_secs(5));
    bench.store.admission(Signal::Spans, 1000).unwrap();
}

#[test]
fn a_clock_that_jumps_loses_nothing() {
    let (files, io, bench) = fresh();
    bench.write(Signal::Spans, &numbers(0..10)).unwrap();
    bench.clock.jump_to(NOW - 86_400_000_000_000);
    bench.write(Signal::Spans, &numbers(10..20)).unwrap();
    bench.store.flush(false).unwrap();
    bench.clock.jump_to(NOW + 86_400_000_000_000);
    bench.write(Signal::Spans, &numbers(20..30)).unwrap();
    bench.store.maintain().unwrap();
    let clock = Arc::clone(&bench.clock);
    drop((bench, io));
    let io: Arc<dyn Io> = Arc::new(files.kill());
    clock.advance(Duration::from_secs(3 * 3600));
    let bench = open(&io, &clock, small()).unwrap();
    assert_eq!(sorted(bench.spans().unwrap()), numbers(0..30));
}

#[test]
fn another_configuration_replays_the_same() {
    let (files, io, bench) = fresh();
    bench.write(Signal::Spans, &numbers(0..30)).unwrap();
    bench.write(Signal::Logs, &numbers(0..30)).unwrap();
    let before = bench.logs().unwrap();
    drop((bench, io));
    let io: Arc<dyn Io> = Arc::new(files.kill());
    let config = Config {
        head_max_bytes: 1 << 30,
        ..small()
    };
    let bench = open(&io, &clock(), config).unwrap();
    assert_eq!(bench.logs().unwrap(), before);
    assert_eq!(bench.spans().unwrap().len(), 30);
}

#[test]
fn small_blocks_are_merged_and_replaced_files_go() {
    let (_, io, bench) = fresh();
    for chunk in numbers(0..200).chunks(10) {
        bench.write(Signal::Spans, chunk).unwrap();
        bench.store.flush(false).unwrap();
    }
    let many = bench.store.status(&bench.tenant).signals[0].1.blocks;
    let reader = bench.snapshot();
    for _ in 0..20 {
        bench.store.maintain().unwrap();
    }
    let few = bench.store.status(&bench.tenant).signals[0].1.blocks;
    assert!(few < many / 2, "{many} blocks became {few}");
    // A reader that began before still reads what it saw.
    let mut seen = 0;
    for batch in reader
        .spans(&everything(), &ReadContext::default())
        .unwrap()
    {
        seen += batch.unwrap().len;
    }
    assert_eq!(seen, 200);
    drop(reader);
    let mut files = 0;
    let tenant = Path::new("/data/blocks/default/spans");
    for day in io.list(tenant).unwrap() {
        files += io.list(&tenant.join(day.name)).unwrap().len() as u64;
    }
    assert!(files <= few * 2 + 40, "{files} files for {few} blocks");
    assert_eq!(sorted(bench.spans().unwrap()), numbers(0..200));
}

#[test]
fn counts_split_by_time_and_value() {
    let (_, _, bench) = fresh();
    for chunk in numbers(0..100).chunks(9) {
        bench.write(Signal::Spans, chunk).unwrap();
        bench.store.maintain().unwrap();
    }
    let request = AggregateRequest {
        range: TimeRange::ALL,
        filter: Filter::attribute_text("service.name", "bench"),
        step_ns: None,
        by: Some(tacho_storage::filter::Field::Name),
        group_limit: 100,
    };
    let groups = bench
        .snapshot()
        .aggregate(Signal::Spans, &request, &ReadContext::default())
        .unwrap();
    let counts: Vec<_> = groups
        .iter()
        .map(|group| (group.value.clone().unwrap(), group.count))
        .collect();
    let expected: Vec<_> = (0..4)
        .map(|name| (format!("operation {name}"), 25))
        .collect();
    assert_eq!(counts, expected);
    let too_many = AggregateRequest {
        group_limit: 3,
        ..request
    };
    let error = bench
        .snapshot()
        .aggregate(Signal::Spans, &too_many, &ReadContext::default());
    assert_eq!(error.unwrap_err().kind(), ErrorKind::LimitExceeded);
}

#[test]
fn a_tail_sees_what_is_appended_from_now_on() {
    let (_, _, bench) = fresh();
    bench.write(Signal::Spans, &[1]).unwrap();
    let mut tail = bench.store.tail(&bench.tenant, Signal::Spans);
    bench.write(Signal::Spans, &[2]).unwrap();
    let TailItem::Spans(batch) = tail.source.next(Duration::from_secs(1)) else {
        panic!("nothing came")
    };
    assert_eq!(batch.span(0).span_id, span_of(2).span_id);
    assert!(matches!(tail.source.next(Duration::ZERO), TailItem::Idle));
}

#[test]
fn a_broken_block_is_set_aside_and_the_rest_goes_on() {
    let (files, io, bench) = fresh();
    bench.write(Signal::Spans, &numbers(0..20)).unwrap();
    bench.store.flush(false).unwrap();
    let before = bench.spans().unwrap().len();
    let day = Path::new("/data/blocks/default/spans").join(Timestamp(NOW).day().to_string());
    let block = io
        .list(&day)
        .unwrap()
        .into_iter()
        .find(|entry| entry.name.to_string_lossy().ends_with(".parquet"))
        .unwrap();
    bench.store.drop_caches();
    files
        .corrupt(&day.join(&block.name), |bytes| {
            for byte in bytes.iter_mut().skip(4).step_by(3) {
                *byte ^= 0x5a;
            }
        })
        .unwrap();
    let (snapshot, context) = (bench.snapshot(), ReadContext::default());
    let left: usize = snapshot
        .spans(&everything(), &context)
        .unwrap()
        .map(|batch| batch.unwrap().len)
        .sum();
    assert!(left < before, "the broken block is left out");
    assert_eq!(
        context
            .stats
            .blocks_failed
            .load(std::sync::atomic::Ordering::Relaxed),
        1
    );
    drop(snapshot);
    bench.store.maintain().unwrap();
    let status = bench.store.status(&bench.tenant);
    assert_eq!(status.quarantined.len(), 1, "{:?}", status.quarantined);
    bench.write(Signal::Spans, &numbers(20..30)).unwrap();
    assert!(bench.spans().unwrap().len() >= 10);
}

#[test]
fn upkeep_goes_on_around_a_broken_block() {
    let (files, io, bench) = fresh();
    for chunk in numbers(0..90).chunks(10) {
        bench.write(Signal::Spans, chunk).unwrap();
        bench.store.flush(false).unwrap();
    }
    let day = Path::new("/data/blocks/default/spans").join(Timestamp(NOW).day().to_string());
    let is_block = |name: &std::ffi::OsStr| name.to_string_lossy().ends_with(".parquet");
    let entries = io.list(&day).unwrap();
    let block = entries.iter().find(|entry| is_block(&entry.name)).unwrap();
    bench.store.drop_caches();
    files
        .corrupt(&day.join(&block.name), |bytes| {
            bytes.iter_mut().for_each(|byte| *byte ^= 0x5a);
        })
        .unwrap();
    // Nobody reads: the merge itself must find the broken block, set it aside and go on.
    let before = bench.store.status(&bench.tenant).signals[0].1.blocks;
    for _ in 0..10 {
        let _ = bench.store.maintain();
    }
    let status = bench.store.status(&bench.tenant);
    assert_eq!(status.quarantined.len(), 1, "{:?}", status.quarantined);
    assert!(
        status.signals[0].1.blocks < before - 2,
        "the others were merged"
    );
    assert!(bench.spans().unwrap().len() >= 70);
    bench.store.flush(true).unwrap();
}
