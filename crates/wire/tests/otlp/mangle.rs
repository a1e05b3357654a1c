//! Changes the bytes of a request without changing its meaning: fields in another order, unknown
//! fields of every wire type at every level, and scalars that a later field overrides.

use crate::random::Random;
use std::collections::BTreeMap;
use tacho_wire::pb::{FieldValue, Reader, Writer};

/// Messages of OTLP that can be walked over.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Message {
    Traces,
    SpanGroup,
    SpanScope,
    Span,
    Event,
    Link,
    Status,
    Logs,
    LogGroup,
    LogScope,
    Record,
    Metrics,
    MetricGroup,
    MetricScope,
    Metric,
    Gauge,
    Sum,
    Histogram,
    Exponential,
    Summary,
    Number,
    HistogramPoint,
    ExponentialPoint,
    SummaryPoint,
    Buckets,
    Exemplar,
    Resource,
    Entity,
    Scope,
    Pair,
    Any,
    Array,
    Map,
}

fn child(message: Message, number: u32) -> Option<Message> {
    Some(match (message, number) {
        (Message::Traces, 1) => Message::SpanGroup,
        (Message::SpanGroup | Message::LogGroup, 1) => Message::Resource,
        (Message::SpanGroup, 2) => Message::SpanScope,
        (Message::SpanScope | Message::LogScope, 1) => Message::Scope,
        (Message::SpanScope, 2) => Message::Span,
        (Message::Span, 11) => Message::Event,
        (Message::Span, 13) => Message::Link,
        (Message::Span, 15) => Message::Status,
        (Message::Logs, 1) => Message::LogGroup,
        (Message::LogGroup, 2) => Message::LogScope,
        (Message::LogScope, 2) => Message::Record,
        (Message::Record, 5) | (Message::Pair, 2) | (Message::Array, 1) => Message::Any,
        (Message::Metrics, 1) => Message::MetricGroup,
        (Message::MetricGroup, 1) => Message::Resource,
        (Message::MetricGroup, 2) => Message::MetricScope,
        (Message::MetricScope, 1) => Message::Scope,
        (Message::MetricScope, 2) => Message::Metric,
        (Message::Metric, 5) => Message::Gauge,
        (Message::Metric, 7) => Message::Sum,
        (Message::Metric, 9) => Message::Histogram,
        (Message::Metric, 10) => Message::Exponential,
        (Message::Metric, 11) => Message::Summary,
        (Message::Gauge | Message::Sum, 1) => Message::Number,
        (Message::Histogram, 1) => Message::HistogramPoint,
        (Message::Exponential, 1) => Message::ExponentialPoint,
        (Message::Summary, 1) => Message::SummaryPoint,
        (Message::Number, 5) | (Message::HistogramPoint, 8) | (Message::ExponentialPoint, 11) => {
            Message::Exemplar
        }
        (Message::ExponentialPoint, 8 | 9) => Message::Buckets,
        (Message::Number | Message::SummaryPoint | Message::Exemplar, 7)
        | (Message::HistogramPoint, 9)
        | (Message::ExponentialPoint, 1)
        | (Message::Metric, 12) => Message::Pair,
        (Message::Resource, 3) => Message::Entity,
        (Message::Resource | Message::Map, 1)
        | (Message::Scope | Message::Event, 3)
        | (Message::Link, 4)
        | (Message::Span, 9)
        | (Message::Record, 6) => Message::Pair,
        (Message::Any, 5) => Message::Array,
        (Message::Any, 6) => Message::Map,
        _ => return None,
    })
}

fn is_packed(message: Message, number: u32) -> bool {
    matches!(
        (message, number),
        (Message::HistogramPoint, 6 | 7) | (Message::Buckets, 2)
    )
}

/// One field for each number of a packed list.
fn unpack(message: Message, number: u32, mut content: &[u8], out: &mut Writer) {
    if message == Message::HistogramPoint {
        for chunk in content.as_chunks::<8>().0 {
            out.fixed64(number, u64::from_le_bytes(*chunk));
        }
        return;
    }
    while !content.is_empty() {
        let length = content.iter().position(|byte| *byte < 0x80).unwrap() + 1;
        // A field of its own, in front of the bytes as they are.
        let field = [&[(number << 3) as u8], &content[..length]].concat();
        let field = Reader::new(&field).next().unwrap().unwrap();
        if let FieldValue::Varint(value) = field.value {
            out.varint(number, value);
        }
        content = &content[length..];
    }
}

fn unknown(random: &mut Random) -> Vec<u8> {
    let number = 1000 + random.below(100) as u32;
    let mut out = Writer::new();
    match random.below(4) {
        0 => out.varint(number, random.number()),
        1 => out.fixed64(number, random.number()),
        2 => out.bytes(number, &vec![0xff; random.below(200)]),
        _ => out.fixed32(number, 7),
    }
    out.into_bytes()
}

/// The message with its meaning kept.
pub(crate) fn mangle(bytes: &[u8], message: Message, random: &mut Random) -> Vec<u8> {
    let mut queues: BTreeMap<u32, Vec<Vec<u8>>> = BTreeMap::new();
    for field in Reader::new(bytes) {
        let field = field.unwrap();
        let mut out = Writer::new();
        match field.value {
            FieldValue::Varint(value) => out.varint(field.number, value),
            FieldValue::Fixed64(value) => out.fixed64(field.number, value),
            FieldValue::Fixed32(value) => out.fixed32(field.number, value),
            FieldValue::Len(content) => match child(message, field.number) {
                Some(inner) => out.bytes(field.number, &mangle(content, inner, random)),
                None if is_packed(message, field.number) && random.one_in(2) => {
                    unpack(message, field.number, content, &mut out);
                }
                None => out.bytes(field.number, content),
            },
        }
        queues
            .entry(field.number)
            .or_default()
            .push(out.into_bytes());
    }
    if message == Message::Span
        && let Some(names) = queues.get_mut(&5)
    {
        let mut decoy = Writer::new();
        decoy.bytes(5, b"overridden by the field after it");
        names.insert(0, decoy.into_bytes());
    }
    while random.one_in(3) {
        queues.entry(u32::MAX).or_default().push(unknown(random));
    }
    let mut queues: Vec<_> = queues.into_values().map(Vec::into_iter).collect();
    let mut out = Vec::new();
    while !queues.is_empty() {
        let index = random.below(queues.len());
        match queues[index].next() {
            Some(field) => out.extend(field),
            None => drop(queues.swap_remove(index)),
        }
    }
    out
}
