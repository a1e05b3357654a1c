//! Samples in the whole store: what survives flushes and restarts beside the samples themselves,
//! merging, retention, damage, backups, imports, limits, and reading while heads go to disk.

use crate::engine_support::{Bench, clock, open, open_at, small};
use crate::samples_support::{batch_of, labels_of, series_of, time_of};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tacho_model::metric::Metadata;
use tacho_model::signal::Signal;
use tacho_model::time::TimeRange;
use tacho_storage::backup::restore;
use tacho_storage::engine::manifest::Manifest;
use tacho_storage::io::Io;
use tacho_storage::options::{Config, SelectorRetention};
use tacho_storage::read::{ReadContext, ReadStore};
use tacho_storage::samples::batch::RefusedReason;
use tacho_storage::samples::matcher::LabelMatcher;
use tacho_storage::samples::read::{CardinalityRequest, NamesRequest, SelectRequest, SeriesView};
use tacho_storage::status::{DeleteSelector, SignalStatus};
use tacho_storage::wal::frame::FrameKind;
use tacho_testkit::fault_fs::FaultIo;

fn bench_of(io: &FaultIo, config: Config) -> Bench {
    let io: Arc<dyn Io> = Arc::new(io.clone());
    open(&io, &clock(), config).unwrap()
}

fn view(bench: &Bench) -> Arc<dyn SeriesView> {
    bench.store.series(&bench.tenant).unwrap()
}

fn always() -> NamesRequest {
    NamesRequest {
        start_ms: i64::MIN,
        end_ms: i64::MAX,
        ..NamesRequest::default()
    }
}

fn status(bench: &Bench) -> SignalStatus {
    let status = bench.store.status(&bench.tenant);
    let found = status
        .signals
        .into_iter()
        .find(|(signal, _)| *signal == Signal::Samples);
    found.unwrap().1
}

fn sorted(bench: &Bench) -> Vec<u64> {
    let mut numbers = bench.samples().unwrap();
    numbers.sort_unstable();
    numbers
}

fn traces(bench: &Bench) -> BTreeSet<String> {
    let found = view(bench).exemplars(&always(), &ReadContext::default());
    found
        .unwrap()
        .iter()
        .flat_map(|(_, list)| list.iter().map(|it| it.labels.value("trace_id").to_owned()))
        .collect()
}

#[test]
fn metadata_exemplars_and_counts_survive_flush_and_restart() {
    let io = FaultIo::new(3);
    let bench = bench_of(&io, small());
    bench.write_samples(&[0, 1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
    let check = |bench: &Bench| {
        assert_eq!(sorted(bench), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        let context = ReadContext::default();
        let metadata = view(bench).metadata(&context).unwrap();
        assert_eq!(metadata.len(), 1);
        assert_eq!(
            (metadata[0].0.as_str(), metadata[0].1.help.as_str()),
            ("level", "A level.")
        );
        let expected: BTreeSet<String> = [0u64, 4, 8].map(|n| format!("{n:032x}")).into();
        assert_eq!(traces(bench), expected);
        let status = status(bench);
        assert_eq!((status.items, status.series), (9, 7));
        assert_eq!(status.oldest.unwrap().0, time_of(0) * 1_000_000);
        assert_eq!(status.newest.unwrap().0, time_of(8) * 1_000_000);
    };
    check(&bench);
    bench.store.flush(false).unwrap();
    check(&bench);
    assert_eq!(status(&bench).head_items, 0);
    drop(bench);
    let bench = bench_of(&io.kill(), small());
    check(&bench);
    // The same exemplars sent again are not there twice.
    bench.write_samples(&[0, 4, 8]).unwrap();
    bench.store.flush(true).unwrap();
    check(&bench);
}

#[test]
fn a_metadata_request_alone_is_kept() {
    let io = FaultIo::new(3);
    let bench = bench_of(&io, small());
    let mut batch = batch_of(&[], &BTreeSet::new());
    let record = Metadata {
        otlp_name: "workflow.duration".to_owned(),
        ..Metadata::default()
    };
    batch.metadata = vec![("workflow_duration_milliseconds".to_owned(), record)];
    bench
        .write_batch(FrameKind::OtlpMetrics, &[], batch)
        .unwrap();
    let found = view(&bench).family_of_alias("workflow_duration");
    assert_eq!(found.as_deref(), Some("workflow_duration_milliseconds"));
    assert_eq!(view(&bench).family_of_alias("workflow"), None);
    bench.store.flush(false).unwrap();
    drop(bench);
    let bench = bench_of(&io.kill(), small());
    let found = view(&bench).family_of_alias("workflow_duration");
    assert_eq!(found.as_deref(), Some("workflow_duration_milliseconds"));
}

#[test]
fn small_blocks_are_merged_and_answers_stay() {
    let bench = bench_of(&FaultIo::new(5), small());
    for round in 0..12u64 {
        let numbers: Vec<u64> = (round * 20..round * 20 + 20).collect();
        bench.write_samples(&numbers).unwrap();
        bench.store.flush(false).unwrap();
    }
    assert_eq!(status(&bench).blocks, 12);
    bench.store.maintain().unwrap();
    assert_eq!(status(&bench).blocks, 1);
    bench.write_samples(&[240, 241]).unwrap();
    bench.store.flush(false).unwrap();
    bench.store.maintain().unwrap();
    assert_eq!(status(&bench).blocks, 2);
    bench.store.flush(true).unwrap();
    assert_eq!(status(&bench).blocks, 1);
    assert_eq!(sorted(&bench), (0..242).collect::<Vec<u64>>());
    assert_eq!(status(&bench).items, 242);
    assert!(bench.store.metrics().compactions >= 2);
}

#[test]
fn old_blocks_expire_by_age_and_by_size() {
    let bench = bench_of(&FaultIo::new(5), small());
    for number in 0..4 {
        bench.write_samples(&[number]).unwrap();
        bench.store.flush(false).unwrap();
    }
    let bytes = status(&bench).bytes;
    bench
        .store
        .reconfigure(|config| config.retention.samples.bytes = Some(bytes / 2));
    bench.clock.advance(Duration::from_secs(120));
    bench.store.maintain().unwrap();
    assert_eq!(sorted(&bench), [2, 3]);
    bench.clock.advance(Duration::from_secs(31 * 86_400));
    bench.store.maintain().unwrap();
    assert!(sorted(&bench).is_empty());
    assert_eq!(status(&bench).blocks, 0);
}

#[test]
fn series_may_have_a_shorter_age_of_their_own() {
    let bench = bench_of(&FaultIo::new(5), small());
    bench.write_samples(&(0..28).collect::<Vec<u64>>()).unwrap();
    bench.store.flush(false).unwrap();
    bench.store.reconfigure(|config| {
        config.retention.selectors = vec![SelectorRetention {
            signal: Signal::Samples,
            attributes: vec![("id".to_owned(), "2".to_owned())],
            age: Duration::from_secs(3600),
        }];
    });
    bench.clock.advance(Duration::from_secs(120));
    bench.store.maintain().unwrap();
    let left: Vec<u64> = (0..28).filter(|number| series_of(*number) != 2).collect();
    assert_eq!(sorted(&bench), left);
    let written = bench.store.metrics().written_bytes;
    bench.clock.advance(Duration::from_secs(120));
    bench.store.maintain().unwrap();
    assert_eq!(sorted(&bench), left);
    assert_eq!(bench.store.metrics().written_bytes, written);
}

fn sample_files(io: &FaultIo, dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in io.list(dir).unwrap_or_default() {
        let path = dir.join(&entry.name);
        if entry.is_dir {
            found.extend(sample_files(io, &path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "samples")
        {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_broken_block_is_set_aside_and_the_rest_answers() {
    let io = FaultIo::new(9);
    let bench = bench_of(&io, small());
    bench.write_samples(&[0, 1, 2]).unwrap();
    bench.store.flush(false).unwrap();
    let first = sample_files(&io, Path::new("/data/blocks"));
    bench.write_samples(&[7, 8, 9]).unwrap();
    bench.store.flush(false).unwrap();
    bench.store.drop_caches();
    let path = &first[0];
    let file = io.open_read(path).unwrap();
    let mut bytes = vec![0; file.len() as usize];
    file.read_exact_at(&mut bytes, 0).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle - 40..middle + 40] {
        *byte ^= 0x55;
    }
    io.remove_file(path).unwrap();
    io.create(path).unwrap().write_all(&bytes).unwrap();
    let context = ReadContext::default();
    let request = SelectRequest {
        matchers: vec![],
        start_ms: i64::MIN,
        end_ms: i64::MAX,
        series_max: 0,
    };
    let mut columns = tacho_model::sample::SampleColumns::default();
    let mut count = 0;
    for selected in view(&bench).select(&request, &context).unwrap() {
        selected
            .data
            .read(i64::MIN, i64::MAX, &mut columns)
            .unwrap();
        count += columns.len();
    }
    assert!(count >= 3, "{count}");
    assert!(context.stats.blocks_failed.load(Ordering::Relaxed) > 0);
    bench.store.maintain().unwrap();
    let status = bench.store.status(&bench.tenant);
    assert_eq!(status.quarantined.len(), 1, "{:?}", status.quarantined);
    assert_eq!(sorted(&bench), [7, 8, 9]);
}

#[test]
fn a_broken_state_is_set_aside_and_samples_stay() {
    let io = FaultIo::new(9);
    let bench = bench_of(&io, small());
    bench.write_samples(&[0, 5, 6]).unwrap();
    bench.store.flush(false).unwrap();
    drop(bench);
    let io = io.kill();
    let dir = Path::new("/data/state");
    let names = io.list(dir).unwrap();
    assert_eq!(names.len(), 1);
    let path = dir.join(&names[0].name);
    io.remove_file(&path).unwrap();
    io.create(&path).unwrap().write_all(b"nonsense").unwrap();
    let bench = bench_of(&io, small());
    assert_eq!(sorted(&bench), [0, 5, 6]);
    let quarantined = bench.store.status(&bench.tenant).quarantined;
    assert_eq!(quarantined[0].what, "state");
    bench.write_samples(&[7]).unwrap();
    bench.store.flush(false).unwrap();
    assert_eq!(sorted(&bench), [0, 5, 6, 7]);
}

#[test]
fn backups_hold_samples_and_state() {
    let io = FaultIo::new(11);
    let bench = bench_of(&io, small());
    bench.write_samples(&[0, 1, 5, 6]).unwrap();
    bench.store.backup(Path::new("/backup")).unwrap();
    bench.write_samples(&[7]).unwrap();
    let io: Arc<dyn Io> = Arc::new(io.clone());
    restore(&io, Path::new("/backup"), Path::new("/again")).unwrap();
    let again = open_at(&io, Path::new("/again"), &clock(), small()).unwrap();
    assert_eq!(sorted(&again), [0, 1, 5, 6]);
    // Totals go on where they were.
    again.write_samples(&[12, 13]).unwrap();
    assert_eq!(sorted(&again), [0, 1, 5, 6, 12, 13]);
}

#[test]
fn a_manifest_of_before_metrics_is_read() {
    let json = br#"{"version":1,"next_file_id":7,
        "spans":{"covered":64,"next_record_id":3,"blocks":[],"values":[]},
        "logs":{"covered":0,"next_record_id":1,"blocks":[],"values":[]},
        "tombstones":[],"quarantined":[]}"#;
    let manifest = Manifest::decode(json).unwrap();
    assert_eq!((manifest.next_file_id, manifest.samples.covered), (7, 0));
    let again = Manifest::decode(&manifest.encode().unwrap()).unwrap();
    assert_eq!(again.spans.covered, 64);
}

#[test]
fn imports_are_of_any_age_and_order() {
    let io = FaultIo::new(13);
    let bench = bench_of(&io, small());
    let body = |numbers: &[u64]| -> Vec<u8> {
        numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect()
    };
    let plain: Vec<u64> = (0..70_000u64)
        .step_by(1000)
        .filter(|number| series_of(*number) < 5)
        .collect();
    let (early, late) = plain.split_at(plain.len() / 2);
    for numbers in [late, early] {
        let batch = batch_of(numbers, &BTreeSet::new());
        let judgement = bench.write_batch(FrameKind::Import, &body(numbers), batch);
        assert_eq!(judgement.unwrap().accepted, numbers.len() as u64);
    }
    bench.write_samples(&plain[3..4]).unwrap();
    assert_eq!(sorted(&bench), plain);
    bench.store.flush(false).unwrap();
    assert_eq!(sorted(&bench), plain);
    drop(bench);
    assert_eq!(sorted(&bench_of(&io.kill(), small())), plain);
}

#[test]
fn deletions_take_series_exemplars_or_everything() {
    let io = FaultIo::new(17);
    let bench = bench_of(&io, small());
    bench.write_samples(&(0..28).collect::<Vec<u64>>()).unwrap();
    let trace = format!("{:032x}", 8);
    assert!(traces(&bench).contains(&trace));
    let selector = DeleteSelector::Trace(tacho_model::id::TraceId::parse(&trace).unwrap());
    bench
        .store
        .delete(&bench.tenant, &selector, TimeRange::ALL)
        .unwrap();
    assert!(!traces(&bench).contains(&trace));
    assert_eq!(sorted(&bench).len(), 28);
    bench.store.maintain().unwrap();
    assert!(!traces(&bench).contains(&trace));

    let series = DeleteSelector::Series(vec![vec![LabelMatcher::equal("id", "3")]]);
    let report = bench
        .store
        .delete(&bench.tenant, &series, TimeRange::ALL)
        .unwrap();
    assert_eq!(report.series, 1);
    let left: Vec<u64> = (0..28).filter(|number| series_of(*number) != 3).collect();
    let check = |bench: &Bench| {
        assert_eq!(sorted(bench), left);
        let sets = view(bench)
            .label_sets(&always(), &ReadContext::default())
            .unwrap();
        assert!(!sets.contains(&labels_of(3)));
        let values = view(bench).label_values("id", &always(), &ReadContext::default());
        assert_eq!(values.unwrap(), ["0", "1", "2", "4", "5", "6"]);
    };
    check(&bench);
    bench.store.maintain().unwrap();
    check(&bench);
    drop(bench);
    let bench = bench_of(&io.kill(), small());
    check(&bench);

    bench
        .store
        .delete(&bench.tenant, &DeleteSelector::Tenant, TimeRange::ALL)
        .unwrap();
    assert!(sorted(&bench).is_empty());
    let context = ReadContext::default();
    assert_eq!(view(&bench).metadata(&context).unwrap(), []);
    assert_eq!(status(&bench).series, 0);
    bench.store.maintain().unwrap();
    assert_eq!((status(&bench).items, status(&bench).blocks), (0, 0));
}

#[test]
fn series_beyond_all_limits_are_refused() {
    let config = Config {
        series_max: 3,
        ..small()
    };
    let bench = bench_of(&FaultIo::new(1), config);
    let judgement = bench.write_samples(&[0, 1, 2, 3, 7, 8]).unwrap();
    assert_eq!((judgement.accepted, judgement.created_series), (5, 3));
    assert_eq!(judgement.refused[0].reason, RefusedReason::SeriesTotal);
    let judgement = bench.write_samples(&[4, 14]).unwrap();
    assert_eq!(judgement.accepted, 1);
    assert_eq!(sorted(&bench), [0, 1, 2, 7, 8, 14]);
}

#[test]
fn queries_that_are_too_large_are_refused() {
    let bench = bench_of(&FaultIo::new(1), small());
    bench.write_samples(&(0..70).collect::<Vec<u64>>()).unwrap();
    for flushed in [false, true] {
        if flushed {
            bench.store.flush(false).unwrap();
        }
        let request = SelectRequest {
            matchers: vec![],
            start_ms: i64::MIN,
            end_ms: i64::MAX,
            series_max: 6,
        };
        let error = view(&bench).select(&request, &ReadContext::default());
        let error = error.err().unwrap().to_string();
        assert!(error.contains("more than 6 series"), "{error}");
        let context = ReadContext {
            memory_bytes_max: 100,
            ..ReadContext::default()
        };
        let request = SelectRequest {
            series_max: 0,
            ..request
        };
        assert!(view(&bench).select(&request, &context).is_err());
    }
}

#[test]
fn cardinality_tells_the_largest_first() {
    let bench = bench_of(&FaultIo::new(1), small());
    bench.write_samples(&(0..70).collect::<Vec<u64>>()).unwrap();
    let request = CardinalityRequest {
        matchers: vec![],
        limit: 2,
    };
    let found = view(&bench).cardinality(&request, &ReadContext::default());
    let found = found.unwrap();
    assert_eq!(
        (found.active_series, found.total_series, found.label_pairs),
        (7, 7, 10)
    );
    assert_eq!(
        found.by_name,
        [("level".to_owned(), 5), ("hits_total".to_owned(), 2)]
    );
    assert_eq!(found.by_pair[0], ("job=bench".to_owned(), 7));
    assert_eq!(found.values_by_label[0], ("id".to_owned(), 7));
    let range = (time_of(0), time_of(69));
    assert_eq!(found.head_range_ms, Some(range));
}

/// One thread writes and flushes, another reads: what was acknowledged before a read began is there,
/// each sample once, totals right.
#[test]
fn reading_while_heads_go_to_disk_misses_nothing() {
    let io = FaultIo::new(23);
    let bench = bench_of(&io, small());
    let (acknowledged, done) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..150u64 {
                let numbers: Vec<u64> = (round * 10..round * 10 + 10).collect();
                bench.write_samples(&numbers).unwrap();
                acknowledged.store(round * 10 + 10, Ordering::SeqCst);
                if round % 7 == 0 {
                    bench.store.flush(round % 14 == 0).unwrap();
                } else {
                    bench.store.maintain().unwrap();
                }
            }
            done.store(true, Ordering::SeqCst);
        });
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                let before = acknowledged.load(Ordering::SeqCst);
                let found = sorted(&bench);
                let expected: Vec<u64> = (0..found.len() as u64).collect();
                assert_eq!(found, expected);
                assert!(found.len() as u64 >= before);
            }
        });
    });
    assert_eq!(sorted(&bench).len(), 1500);
}
