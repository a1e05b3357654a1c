//! Damaged blocks: wrong bytes give `Corrupt` or right data, never a panic; golden files stay readable.

use crate::block_support::{Folder, log_batch, many_spans, span_batch, span_row};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::log::{LogRecord, SeverityNumber};
use tacho_model::resource::{Resource, Scope};
use tacho_model::signal::Signal;
use tacho_model::span::{Span, SpanEvent, SpanKind, SpanStatus};
use tacho_model::time::Timestamp;
use tacho_model::value::{Attributes, Value};
use tacho_storage::block::hash::{id_hash, token_hash, trace_hash};
use tacho_storage::block::reader::Block;
use tacho_storage::block::write::{encode_logs, encode_spans};
use tacho_storage::block::{BlockFacts, BlockId};
use tacho_storage::columns::shared::LargeContent;
use tacho_storage::error::ErrorKind;
use tacho_storage::fuzzing;
use tacho_storage::io::std_io::StdIo;
use tacho_storage::read::ReadStats;
use tacho_storage::values::ValueFileId;
use tacho_storage::values::memory::MemoryValues;
use tacho_storage::values::partition::PartitionValues;
use tacho_storage::values::write::write_value_file;

fn mixed(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    (*seed >> 33) as usize
}

#[test]
fn flipped_bits_are_found_or_do_no_harm() {
    let folder = Folder::new();
    let batch = many_spans(9_000);
    let (block, rows) = folder.write_spans(&batch).remove(0);
    let expected = block.read_all_spans(&ReadStats::default()).unwrap();
    let trace = batch.trace_ids[rows[4_000] as usize];
    let mut seed = 7;
    for path in [
        BlockId(0).parquet_path(&folder.dir()),
        BlockId(0).sidecar_path(&folder.dir()),
    ] {
        let good = std::fs::read(&path).unwrap();
        for round in 0..60 {
            let mut bad = good.clone();
            let at = match round {
                0..8 => round * 4,
                8..16 => good.len() - 1 - (round - 8) * 4,
                _ => mixed(&mut seed) % good.len(),
            };
            bad[at] ^= 1 << (mixed(&mut seed) % 8);
            std::fs::write(&path, &bad).unwrap();
            block.drop_caches();
            match block.read_all_spans(&ReadStats::default()) {
                Ok(batch) => {
                    assert_eq!(batch.len, expected.len);
                    for row in (0..batch.len).step_by(500) {
                        assert_eq!(span_row(&batch, row), span_row(&expected, row));
                    }
                }
                Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}"),
            }
            match block.rows_of_trace(&trace) {
                Ok(found) => assert!(found.into_iter().eq(std::iter::once(4_000..4_010))),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}"),
            }
            match block.may_contain_id(trace_hash(&trace)) {
                Ok(found) => assert!(found),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}"),
            }
            assert!(block.verify().is_err(), "byte {at} of {}", path.display());
        }
        for length in [0, 1, 50, 96, good.len() / 2, good.len() - 1] {
            std::fs::write(&path, &good[..length]).unwrap();
            block.drop_caches();
            let error = block.read_all_spans(&ReadStats::default()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
        }
        std::fs::write(&path, &good).unwrap();
    }
    block.drop_caches();
    block.verify().unwrap();
}

/// Right checksums over wrong bytes: what only the Parquet decoder can notice.
#[test]
fn a_decoder_that_meets_nonsense_gives_an_error() {
    let folder = Folder::new();
    let batch = many_spans(300);
    let rows: Vec<u32> = (0..300).collect();
    let (files, facts) = encode_spans(BlockId(0), &batch, &rows).unwrap();
    let mut seed = 3;
    let mut failed = 0;
    for _ in 0..300 {
        let mut parquet = files.parquet.to_vec();
        let at = 4 + mixed(&mut seed) % (parquet.len() - 4);
        parquet[at] ^= 1 << (mixed(&mut seed) % 8);
        let sidecar = tacho_storage::block::sidecar::reseal(&files.sidecar, &parquet).unwrap();
        std::fs::write(BlockId(0).parquet_path(&folder.dir()), &parquet).unwrap();
        std::fs::write(BlockId(0).sidecar_path(&folder.dir()), &sidecar).unwrap();
        let facts = BlockFacts {
            index_bytes: sidecar.len() as u64,
            ..facts
        };
        let block = folder.open(0, Signal::Spans, facts);
        match block.read_all_spans(&ReadStats::default()) {
            Ok(batch) => assert_eq!(batch.len, 300),
            Err(error) => {
                failed += 1;
                let kind = error.kind();
                assert!(
                    matches!(kind, ErrorKind::Corrupt | ErrorKind::Invalid),
                    "{error}"
                );
            }
        }
    }
    assert!(failed > 30, "{failed}");
}

proptest! {
    #[test]
    fn any_bytes_of_a_sidecar_or_value_index_do_no_harm(data in proptest::collection::vec(any::<u8>(), 0..300)) {
        fuzzing::sidecar(&data);
        fuzzing::value_index(&data);
    }
}

#[test]
fn the_corpus_does_no_harm() {
    for (folder, target) in [
        ("sidecar", fuzzing::sidecar as fn(&[u8])),
        ("value_index", fuzzing::value_index),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/corpus")
            .join(folder);
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let data = std::fs::read(entry.unwrap().path()).unwrap();
            target(&data);
            for at in 0..data.len() {
                let mut mutated = data.clone();
                mutated[at] ^= 1 << (at % 8);
                target(&mutated);
                target(&data[..at]);
            }
            count += 1;
        }
        assert!(count > 1, "the corpus is there");
    }
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

/// A span with something in every field.
fn golden_span(number: u8) -> Span {
    let attributes = vec![
        ("text".to_owned(), Value::from("hällo")),
        ("number".to_owned(), Value::Int(i64::from(number))),
        ("double".to_owned(), Value::Double(f64::NAN)),
        ("flag".to_owned(), Value::Bool(true)),
        ("bytes".to_owned(), Value::Bytes(vec![0, 255])),
        (
            "list".to_owned(),
            Value::Array(vec![Value::Empty, Value::Int(1)]),
        ),
        ("nothing".to_owned(), Value::Empty),
        ("odd#i64".to_owned(), Value::from("in the rest")),
        ("text".to_owned(), Value::from("again")),
        ("prompt".to_owned(), Value::String("long ".repeat(1000))),
        ("run_id".to_owned(), Value::from("run-7")),
    ];
    Span {
        trace_id: TraceId([number / 2 + 1; 16]),
        span_id: SpanId([number + 1; 8]),
        parent_span_id: SpanId([number; 8]),
        trace_state: "a=b".to_owned(),
        flags: 0x101,
        name: "work".to_owned(),
        kind: SpanKind::Client,
        start: Timestamp(1_795_169_720_000_000_000 + i64::from(number)),
        end: Timestamp(1_795_169_720_000_000_500),
        attributes: Attributes(attributes),
        dropped_attributes_count: 1,
        events: vec![SpanEvent {
            time: Timestamp(1_795_169_720_000_000_100),
            name: "event".to_owned(),
            attributes: Attributes(vec![("k".to_owned(), Value::Int(1))]),
            dropped_attributes_count: 0,
        }],
        dropped_events_count: 2,
        links: Vec::new(),
        dropped_links_count: 3,
        status: SpanStatus::Error,
        status_message: "broken".to_owned(),
        aliases: None,
    }
}

fn golden_record(number: u8) -> LogRecord {
    LogRecord {
        time: Timestamp(1_795_169_720_000_000_000 + i64::from(number)),
        observed_time: Timestamp(1_795_169_720_000_000_900),
        severity_number: SeverityNumber(9),
        severity_text: "INFO".to_owned(),
        body: if number == 1 {
            Value::Array(vec![Value::Double(0.5)])
        } else {
            Value::from("connection refused by peer")
        },
        event_name: "e".to_owned(),
        attributes: Attributes(vec![("session.id".to_owned(), Value::from("s-1"))]),
        dropped_attributes_count: 4,
        flags: 1,
        trace_id: TraceId([1; 16]),
        span_id: SpanId([2; 8]),
        trace_alias: None,
        span_alias: Some("span-1".to_owned()),
    }
}

fn origins() -> (Resource, Scope) {
    let resource = Resource {
        attributes: Attributes(vec![("service.name".to_owned(), Value::from("golden"))]),
        dropped_attributes_count: 1,
        schema_url: "https://opentelemetry.io/schemas/1.37.0".to_owned(),
    };
    let scope = Scope {
        name: "lib".to_owned(),
        version: "1".to_owned(),
        attributes: Attributes(vec![("k".to_owned(), Value::Bool(true))]),
        ..Scope::default()
    };
    (resource, scope)
}

/// Facts of the golden files; they stand in no manifest.
fn golden_facts(name: &str, rows: u32) -> BlockFacts {
    let length = |extension: &str| {
        let path = golden(&format!("{name}.{extension}"));
        std::fs::metadata(path).unwrap().len()
    };
    BlockFacts {
        rows,
        parquet_bytes: length("parquet"),
        index_bytes: length("idx"),
        filter_blocks: 1,
        ..BlockFacts::default()
    }
}

/// Writes golden files, once for each version of a format; they are committed and never change.
fn make_golden() {
    let (resource, scope) = origins();
    let spans: Vec<Span> = (0..4).map(golden_span).collect();
    let spans = span_batch(
        &spans,
        std::slice::from_ref(&resource),
        std::slice::from_ref(&scope),
    );
    let records: Vec<LogRecord> = (0..4).map(golden_record).collect();
    let records = log_batch(&records, &[resource], &[scope]);
    let span_files = encode_spans(BlockId(0x11), &spans, &[0, 1, 2, 3]).unwrap();
    let log_files = encode_logs(BlockId(0x12), &records, &[0, 1, 2, 3]).unwrap();
    for (name, (files, facts)) in [
        ("0000000000000011", span_files),
        ("0000000000000012", log_files),
    ] {
        assert_eq!(facts.filter_blocks, 1);
        std::fs::write(golden(&format!("{name}.parquet")), &files.parquet).unwrap();
        std::fs::write(golden(&format!("{name}.idx")), &files.sidecar).unwrap();
    }
    let mut memory = MemoryValues::default();
    for content in golden_values() {
        memory.add(&content);
    }
    let none = PartitionValues::open(Arc::new(StdIo), &golden(""), &[], None);
    let id = ValueFileId(0x13);
    write_value_file(&StdIo, &golden(""), id, &memory, &none).unwrap();
}

fn golden_values() -> Vec<LargeContent> {
    let text = "long ".repeat(1000);
    let longer = format!("{text}and so on {}", "more ".repeat(3000));
    [text, longer]
        .into_iter()
        .map(|text| LargeContent {
            hash: *blake3::hash(text.as_bytes()).as_bytes(),
            bytes: text.as_bytes().into(),
        })
        .collect()
}

/// With `TACHO_MAKE_GOLDEN` set it writes the files; remove the old ones by hand before.
#[test]
fn golden_files_are_there() {
    if std::env::var_os("TACHO_MAKE_GOLDEN").is_some() {
        make_golden();
    }
    for name in [
        "0000000000000011.parquet",
        "0000000000000012.idx",
        "0000000000000013.val",
    ] {
        assert!(golden(name).exists(), "{name} is committed");
    }
}

#[test]
fn golden_blocks_of_version_1_are_read() {
    let io = Arc::new(StdIo);
    let io_again = Arc::new(StdIo);
    let facts = golden_facts("0000000000000011", 4);
    let block = Block::open(io_again, &golden(""), BlockId(0x11), Signal::Spans, facts);
    block.verify().unwrap();
    let batch = block.read_all_spans(&ReadStats::default()).unwrap();
    let (resource, scope) = origins();
    for row in 0..4u8 {
        let mut found = batch.span(usize::from(row));
        let expected = golden_span(row);
        let Some(Value::Reference(reference)) = found.attributes.find("prompt").cloned() else {
            panic!("no reference");
        };
        assert_eq!(reference.hash, golden_values()[0].hash);
        for (key, value) in &mut found.attributes.0 {
            if key == "prompt" {
                *value = Value::String("long ".repeat(1000));
            }
        }
        let sorted = crate::block_support::sorted;
        found.attributes = sorted(found.attributes);
        let expected = Span {
            attributes: sorted(expected.attributes.clone()),
            ..expected
        };
        assert_eq!(found, expected);
        assert_eq!(**batch.shared.resource(usize::from(row)).unwrap(), resource);
        assert_eq!(**batch.shared.scope(usize::from(row)).unwrap(), scope);
    }
    assert!(block.may_contain_id(id_hash("run_id", "run-7")).unwrap());
    assert!(block.may_contain_id(trace_hash(&TraceId([1; 16]))).unwrap());
    let found = block.rows_of_trace(&TraceId([2; 16])).unwrap();
    assert!(found.into_iter().eq(std::iter::once(2..4)));
    let references = block.references(&ReadStats::default()).unwrap();
    assert!(references.into_iter().eq([golden_values()[0].hash]));

    let facts = golden_facts("0000000000000012", 4);
    let block = Block::open(io, &golden(""), BlockId(0x12), Signal::Logs, facts);
    block.verify().unwrap();
    let batch = block.read_all_logs(&ReadStats::default()).unwrap();
    for row in 0..4u8 {
        assert_eq!(batch.record(usize::from(row)), golden_record(row));
        assert_eq!(batch.record_id(usize::from(row)).0, 1000 + u64::from(row));
    }
    assert_eq!(block.pages_with(token_hash("refused")).unwrap(), [true]);
    assert_eq!(
        block.pages_with(id_hash("session.id", "s-1")).unwrap(),
        [true]
    );
}

#[test]
fn golden_values_of_version_1_are_read() {
    let values = PartitionValues::open(Arc::new(StdIo), &golden(""), &[ValueFileId(0x13)], None);
    values.verify().unwrap();
    for content in golden_values() {
        assert_eq!(
            values.get(&content.hash).unwrap().as_deref(),
            Some(&*content.bytes)
        );
    }
}
