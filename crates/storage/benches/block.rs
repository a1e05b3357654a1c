//! Blocks: encode, decode, look-ups, on spans and log records shaped like those of an
//! orchestrator of agents. Prints bytes an item beside the times.
#![expect(
    clippy::print_stdout,
    clippy::too_many_lines,
    reason = "sizes are part of the result; makers of data are long lists"
)]

use divan::Bencher;
use divan::counter::ItemsCount;
use std::ops::Range;
use std::slice::from_ref;
use std::sync::Arc;
use tacho_model::id::{RecordId, SpanId, TraceId};
use tacho_model::log::{LogRecord, SeverityNumber};
use tacho_model::resource::{Resource, Scope};
use tacho_model::signal::Signal;
use tacho_model::span::{Span, SpanEvent, SpanKind, SpanStatus};
use tacho_model::time::Timestamp;
use tacho_model::value::{Attributes, Value};
use tacho_storage::block::order::{split_logs, split_spans};
use tacho_storage::block::reader::Block;
use tacho_storage::block::write::{encode_logs, encode_spans};
use tacho_storage::block::{BlockFacts, BlockId};
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::io::std_io::StdIo;
use tacho_storage::read::ReadStats;

const SPANS: usize = 200_000;
const LOGS: usize = 200_000;

fn main() {
    divan::main();
}

/// Numbers that look random but are the same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn id(&mut self) -> [u8; 8] {
        self.next().to_be_bytes()
    }

    fn trace(&mut self) -> TraceId {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.id());
        id[8..].copy_from_slice(&self.id());
        TraceId(id)
    }

    fn uuid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xfff,
            b >> 52,
            b & 0xffff_ffff_ffff
        )
    }

    /// About exponentially distributed around a mean.
    fn around(&mut self, mean: f64) -> i64 {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        (-(1.0 - unit).ln() * mean) as i64 + 1
    }
}

const AGENTS: [&str; 6] = [
    "Coder",
    "Tester",
    "Planner",
    "Reviewer",
    "Researcher",
    "Writer",
];
const MODELS: [&str; 4] = ["gpt-6", "claude-5-sonnet", "gemini-4-pro", "gpt-6-mini"];
const WORDS: [&str; 8] = [
    "parse", "index", "token", "queue", "graph", "cache", "merge", "trace",
];

fn resource(number: u64) -> Resource {
    let attributes = [
        ("service.name", format!("service-{}", number / 3)),
        ("service.namespace", "agents".to_owned()),
        ("service.version", "2026.8.1".to_owned()),
        ("service.instance.id", format!("host-{number}:8080")),
        ("host.name", format!("host-{number}.internal")),
        ("deployment.environment.name", "production".to_owned()),
        ("telemetry.sdk.language", "rust".to_owned()),
        ("telemetry.sdk.name", "opentelemetry".to_owned()),
        ("telemetry.sdk.version", "0.33.0".to_owned()),
        ("process.pid", format!("{}", 1000 + number)),
    ];
    Resource {
        attributes: Attributes(
            attributes
                .into_iter()
                .map(|(key, value)| (key.to_owned(), Value::String(value)))
                .collect(),
        ),
        schema_url: "https://opentelemetry.io/schemas/1.37.0".to_owned(),
        ..Resource::default()
    }
}

fn span_batch() -> SpanBatch {
    let mut noise = Noise(1);
    let mut batch = SpanBatch::default();
    let resources: Vec<u32> = (0..24)
        .map(|number| batch.shared.add_resource(resource(number)))
        .collect();
    let scopes: Vec<u32> = (0..8)
        .map(|number| {
            batch.shared.add_scope(Scope {
                name: format!("service-{number}.tracer"),
                version: "1.4.0".to_owned(),
                ..Scope::default()
            })
        })
        .collect();
    let mut start = 1_795_169_720_000_000_000i64;
    while batch.len < SPANS {
        start += noise.around(20e6);
        let trace_id = noise.trace();
        let (session, correlation, task) = (
            format!("sess-{:05}", noise.below(20_000)),
            noise.uuid(),
            noise.uuid(),
        );
        let agent = AGENTS[noise.below(6) as usize];
        let mut parent = SpanId::default();
        let mut at = start;
        for step in 0..11 {
            let service = noise.below(8);
            let duration = noise.around(400e6);
            let mut span = Span {
                trace_id,
                span_id: SpanId(noise.id()),
                parent_span_id: parent,
                flags: 1,
                kind: if step == 0 {
                    SpanKind::Server
                } else {
                    SpanKind::Internal
                },
                start: Timestamp(at),
                end: Timestamp(at + duration),
                ..Span::default()
            };
            span.attributes = step_attributes(&mut noise, step, agent, &task);
            span.attributes.push("session.id", session.as_str());
            span.attributes.push("correlation.id", correlation.as_str());
            span.name = match step {
                0 => "orchestrator.execute_request".to_owned(),
                1 => "orchestrator.decompose".to_owned(),
                2 | 5 | 8 => format!("chat {}", MODELS[noise.below(4) as usize]),
                _ => format!("agent.{}", WORDS[noise.below(4) as usize]),
            };
            if step == 3 || noise.below(5) == 0 {
                span.events.push(SpanEvent {
                    time: Timestamp(at + 1000),
                    name: "agent.started".to_owned(),
                    attributes: Attributes(vec![(
                        "slot".to_owned(),
                        Value::Int(noise.below(16) as i64),
                    )]),
                    dropped_attributes_count: 0,
                });
            }
            if noise.below(5) == 0 {
                span.status = SpanStatus::Ok;
            }
            let place = (service * 3 + noise.below(3)) as usize;
            batch.push_span(&span, resources[place], scopes[service as usize]);
            if step < 4 {
                parent = span.span_id;
            }
            at += noise.around(5e6);
        }
    }
    batch
}

fn step_attributes(noise: &mut Noise, step: usize, agent: &str, task: &str) -> Attributes {
    let mut attributes = Attributes::default();
    match step {
        0 | 1 => {
            attributes.push("http.request.method", "POST");
            attributes.push("url.path", "/v1/requests");
            attributes.push("http.response.status_code", 200);
            attributes.push("request.id", noise.uuid().as_str());
            attributes.push(
                "request.kind",
                ["feature", "bugfix", "review"][noise.below(3) as usize],
            );
            attributes.push(
                "tenant.id",
                format!("tenant-{:02}", noise.below(40)).as_str(),
            );
            attributes.push("user.id", format!("user-{:04}", noise.below(3000)).as_str());
            attributes.push("request.priority", noise.below(4) as i64);
            attributes.push("orchestrator.strategy", "parallel");
            attributes.push("request.streaming", noise.below(2) == 0);
        }
        2 | 5 | 8 => {
            let model = MODELS[noise.below(4) as usize];
            let (input, output) = (noise.around(6000.0), noise.around(450.0));
            attributes.push("gen_ai.operation.name", "chat");
            attributes.push("gen_ai.system", "openai");
            attributes.push("gen_ai.request.model", model);
            attributes.push(
                "gen_ai.response.model",
                format!("{model}-20260801").as_str(),
            );
            attributes.push("gen_ai.request.max_tokens", 8192);
            attributes.push(
                "gen_ai.request.temperature",
                if noise.below(10) < 7 { 0.2 } else { 1.0 },
            );
            attributes.push("gen_ai.usage.input_tokens", input);
            attributes.push("gen_ai.usage.output_tokens", output);
            attributes.push(
                "gen_ai.response.id",
                format!("resp_{:024x}", noise.next()).as_str(),
            );
            attributes.push("gen_ai.response.finish_reasons", "stop");
            attributes.push("agent.type", agent);
            attributes.push("llm.cost_usd", (input * 3 + output * 15) as f64 / 1e6);
        }
        _ => {
            attributes.push("agent.type", agent);
            attributes.push("task.id", task);
            attributes.push(
                "tool.call_id",
                format!("call_{:024x}", noise.next()).as_str(),
            );
            attributes.push("tool.attempt", 1);
            attributes.push(
                "thread.name",
                format!("tokio-worker-{}", noise.below(8)).as_str(),
            );
            let word = |noise: &mut Noise| WORDS[noise.below(8) as usize];
            let path = format!("src/{}/{}_{}.rs", word(noise), word(noise), word(noise));
            attributes.push("file.path", path.as_str());
            attributes.push("file.size", noise.around(9000.0));
            attributes.push("file.encoding", "utf-8");
            attributes.push("file.lines", noise.around(240.0));
            attributes.push("cache.hit", noise.below(2) == 0);
        }
    }
    attributes
}

fn log_batch() -> LogBatch {
    let mut noise = Noise(2);
    let mut batch = LogBatch::default();
    let resources: Vec<u32> = (0..24)
        .map(|number| batch.shared.add_resource(resource(number)))
        .collect();
    let scope = batch.shared.add_scope(Scope::default());
    let mut live: Vec<(TraceId, String, String, String)> = Vec::new();
    let mut time = 1_795_169_720_000_000_000i64;
    for number in 0..LOGS {
        if live.len() < 200 || noise.below(25) == 0 {
            let one = (
                noise.trace(),
                noise.uuid(),
                format!("sess-{:05}", noise.below(20_000)),
                noise.uuid(),
            );
            if live.len() < 200 {
                live.push(one);
            } else {
                let place = noise.below(200) as usize;
                live[place] = one;
            }
        }
        let (trace, correlation, session, task) =
            live[noise.below(live.len() as u64) as usize].clone();
        let agent = AGENTS[noise.below(6) as usize];
        let body = match noise.below(6) {
            0 => format!(
                "agent {agent} started task {task} (attempt {})",
                noise.below(3)
            ),
            1 => format!(
                "read file src/{}.rs ({} lines)",
                WORDS[noise.below(8) as usize],
                noise.around(40.0)
            ),
            2 => format!(
                "answered in {} ms with {} output tokens, finish_reason=stop",
                noise.around(300.0),
                noise.around(4000.0)
            ),
            3 => format!("invoking tool fs.read call_{:012x}", noise.next() >> 16),
            4 => format!(
                "POST /v1/requests 200 {}ms {}B",
                noise.around(300.0),
                noise.around(40.0)
            ),
            _ => format!(
                "scheduler tick {}: {} runnable, {} waiting",
                noise.around(40.0),
                noise.around(40.0),
                noise.around(40.0)
            ),
        };
        time += noise.around(1e6);
        let severity = [5u8, 9, 9, 9, 13, 17][noise.below(6) as usize];
        let record = LogRecord {
            time: Timestamp(time),
            observed_time: Timestamp(time + 150_000),
            severity_number: SeverityNumber(severity),
            severity_text: SeverityNumber(severity).name().to_owned(),
            body: Value::String(body),
            attributes: Attributes(vec![
                ("agent.type".to_owned(), Value::from(agent)),
                ("session.id".to_owned(), Value::String(session)),
                ("correlation.id".to_owned(), Value::String(correlation)),
                ("task.id".to_owned(), Value::String(task)),
            ]),
            flags: 1,
            trace_id: trace,
            span_id: SpanId(noise.id()),
            ..LogRecord::default()
        };
        let place = noise.below(24) as usize;
        batch.push_record(&record, RecordId(number as u64), resources[place], scope);
    }
    batch
}

struct Stored {
    _temp: tempfile::TempDir,
    block: Block,
}

fn store(signal: Signal, files: (tacho_storage::block::write::Files, BlockFacts)) -> Stored {
    let temp = tempfile::tempdir().expect("a folder");
    let (files, facts) = files;
    files
        .store(&StdIo, temp.path(), BlockId(1))
        .expect("stored");
    let block = Block::open(Arc::new(StdIo), temp.path(), BlockId(1), signal, facts);
    println!(
        "{signal}: {:.1} bytes an item, {:.2} of it the sidecar",
        (facts.parquet_bytes + facts.index_bytes) as f64 / f64::from(facts.rows),
        facts.index_bytes as f64 / f64::from(facts.rows)
    );
    Stored { _temp: temp, block }
}

fn stored_spans() -> Stored {
    let batch = span_batch();
    let rows = split_spans(&batch).groups.remove(0);
    store(
        Signal::Spans,
        encode_spans(BlockId(1), &batch, &rows).expect("encoded"),
    )
}

fn stored_logs() -> Stored {
    let batch = log_batch();
    let rows = split_logs(&batch).remove(0);
    store(
        Signal::Logs,
        encode_logs(BlockId(1), &batch, &rows).expect("encoded"),
    )
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn split(bencher: Bencher<'_, '_>) {
    let batch = span_batch();
    bencher
        .counter(ItemsCount::new(batch.len))
        .bench_local(|| split_spans(&batch));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn encode_block_of_spans(bencher: Bencher<'_, '_>) {
    let batch = span_batch();
    let rows = split_spans(&batch).groups.remove(0);
    bencher
        .counter(ItemsCount::new(rows.len()))
        .bench_local(|| encode_spans(BlockId(1), &batch, &rows));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn encode_block_of_logs(bencher: Bencher<'_, '_>) {
    let batch = log_batch();
    let rows = split_logs(&batch).remove(0);
    bencher
        .counter(ItemsCount::new(rows.len()))
        .bench_local(|| encode_logs(BlockId(1), &batch, &rows));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn decode_block_of_spans(bencher: Bencher<'_, '_>) {
    let stored = stored_spans();
    bencher
        .counter(ItemsCount::new(stored.block.facts().rows))
        .bench_local(|| stored.block.read_all_spans(&ReadStats::default()));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn decode_block_of_logs(bencher: Bencher<'_, '_>) {
    let stored = stored_logs();
    bencher
        .counter(ItemsCount::new(stored.block.facts().rows))
        .bench_local(|| stored.block.read_all_logs(&ReadStats::default()));
}

fn some_trace(stored: &Stored) -> Vec<Range<u32>> {
    let first = Projection::of(&[Column::TraceId]);
    let batch = stored
        .block
        .read_spans(from_ref(&(90_000..90_001)), &first, &ReadStats::default());
    let id = batch.expect("read").trace_ids[0];
    stored.block.rows_of_trace(&id).expect("found")
}

#[divan::bench(sample_count = 50)]
fn read_trace_all_columns(bencher: Bencher<'_, '_>) {
    let stored = stored_spans();
    let rows = some_trace(&stored);
    bencher.bench_local(|| {
        stored
            .block
            .read_spans(&rows, &Projection::all(), &ReadStats::default())
    });
}

#[divan::bench(sample_count = 50)]
fn read_trace_fixed_columns(bencher: Bencher<'_, '_>) {
    let stored = stored_spans();
    let rows = some_trace(&stored);
    let projection = Projection::of(&Column::ALL);
    bencher.bench_local(|| {
        stored
            .block
            .read_spans(&rows, &projection, &ReadStats::default())
    });
}

#[divan::bench(sample_count = 50)]
fn read_one_attribute_and_duration(bencher: Bencher<'_, '_>) {
    let stored = stored_spans();
    let projection = Projection::of(&[Column::EndTime]).with_attribute("agent.type");
    bencher
        .counter(ItemsCount::new(stored.block.facts().rows))
        .bench_local(|| {
            stored.block.read_spans(
                from_ref(&(0..stored.block.facts().rows)),
                &projection,
                &ReadStats::default(),
            )
        });
}

#[divan::bench(sample_count = 50)]
fn probe_filter(bencher: Bencher<'_, '_>) {
    let stored = stored_spans();
    let mut hash = 1u64;
    bencher.bench_local(|| {
        hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        stored.block.may_contain_id(hash)
    });
}

#[divan::bench(sample_count = 50)]
fn probe_blooms(bencher: Bencher<'_, '_>) {
    let stored = stored_logs();
    let mut hash = 1u64;
    bencher.bench_local(|| {
        hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        stored.block.pages_with(hash)
    });
}

#[divan::bench(sample_count = 20)]
fn open_block(bencher: Bencher<'_, '_>) {
    let stored = stored_spans();
    let projection = Projection::of(&[Column::Kind]);
    bencher.bench_local(|| {
        stored.block.drop_caches();
        stored
            .block
            .read_spans(from_ref(&(0..1)), &projection, &ReadStats::default())
    });
}
