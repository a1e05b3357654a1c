//! OTLP/JSON into the same sinks as protobuf: one walk that pulls values out of the text, no tree.
//!
//! Keys in lowerCamelCase or snake_case, ids in hexadecimal or as aliases (`alias.rs`), 64-bit
//! integers and enums as numbers or text, bytes in base64; unknown keys and nulls are ignored, of
//! a repeated key the last one counts. Source: OTLP specification "JSON Protobuf Encoding".

mod envelope;
mod log;
mod metric;
mod point;
mod span;
mod value;

use crate::error::{Error, Malformed};
use crate::json::reader::Reader;
use crate::otlp::json_decode::envelope::Names;
use crate::otlp::json_decode::log::Records;
use crate::otlp::json_decode::metric::Metrics;
use crate::otlp::json_decode::span::Spans;
use crate::otlp::{Context, DecodeOptions, DecodeStats};
use tacho_model::sink::{LogSink, MetricSink, PointPlace, SpanSink};
use tacho_model::value::ValueRef;

/// Decodes an `ExportTraceServiceRequest` into a sink.
///
/// # Errors
/// `Invalid`, with line and column, if the text is no such message. The sink may have been given
/// items by then; the caller drops them all.
pub fn decode_traces<S: SpanSink + ?Sized>(
    body: &[u8],
    options: &DecodeOptions,
    sink: &mut S,
) -> Result<DecodeStats, Error> {
    let names = Names {
        groups: ["resourceSpans", "resource_spans"],
        scopes: ["scopeSpans", "scope_spans"],
        items: ["spans", "spans"],
    };
    let mut json = Reader::new(body);
    envelope::walk(&mut json, &names, &mut Spans(sink), Context::new(options))
        .map_err(|malformed| Error::json(body, malformed))
}

/// Decodes an `ExportLogsServiceRequest` into a sink.
///
/// # Errors
/// As `decode_traces`.
pub fn decode_logs<S: LogSink + ?Sized>(
    body: &[u8],
    options: &DecodeOptions,
    sink: &mut S,
) -> Result<DecodeStats, Error> {
    let names = Names {
        groups: ["resourceLogs", "resource_logs"],
        scopes: ["scopeLogs", "scope_logs"],
        items: ["logRecords", "log_records"],
    };
    let mut json = Reader::new(body);
    envelope::walk(&mut json, &names, &mut Records(sink), Context::new(options))
        .map_err(|malformed| Error::json(body, malformed))
}

/// Decodes an `ExportMetricsServiceRequest` into a sink. The hash of a point's attributes is that of the
/// decoded pairs. The items of the statistics are data points.
///
/// # Errors
/// As `decode_traces`.
pub fn decode_metrics<S: MetricSink + ?Sized>(
    body: &[u8],
    options: &DecodeOptions,
    sink: &mut S,
) -> Result<DecodeStats, Error> {
    let names = Names {
        groups: ["resourceMetrics", "resource_metrics"],
        scopes: ["scopeMetrics", "scope_metrics"],
        items: ["metrics", "metrics"],
    };
    let mut json = Reader::new(body);
    envelope::walk(&mut json, &names, &mut Metrics(sink), Context::new(options))
        .map_err(|malformed| Error::json(body, malformed))
}

/// Hands over the attributes of a point that `PointFields::place` tells the place of.
///
/// # Errors
/// `Invalid` if no point stands there.
pub fn point_attributes(
    body: &[u8],
    place: PointPlace,
    options: &DecodeOptions,
    each: &mut dyn FnMut(&str, ValueRef<'_>),
) -> Result<(), Error> {
    let start = place.offset as usize;
    let text = body.get(start..start.saturating_add(place.length as usize));
    let Some(text) = text else {
        let what = "a data point within the body";
        return Err(Error::json(body, Malformed::expected(start, what)));
    };
    let mut json = Reader::new(text);
    point::read_attributes(&mut json, &mut Context::new(options), each)
        .map_err(|malformed| Error::json(text, malformed))
}
