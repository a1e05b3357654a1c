//! Model to OTLP: protobuf bytes and JSON text. Defaults are left out, as proto3 does; the
//! normalisations are listed in `docs/formats/otlp.md`.

pub mod json;
pub mod metrics_json;
pub mod metrics_protobuf;
pub mod protobuf;

use crate::alias;
use tacho_model::span::{SpanLink, alias_key};
use tacho_model::time::Timestamp;
use tacho_model::value::Value;

/// A time as OTLP sends it; what lies before 1970 becomes 0.
fn unsigned_ns(time: Timestamp) -> u64 {
    u64::try_from(time.0).unwrap_or(0)
}

/// Takes the trailing attribute `key` off, if it is text that `belongs` recognises.
fn detach_text<'a>(
    attributes: &'a [(String, Value)],
    key: &str,
    belongs: impl Fn(&str) -> bool,
) -> (&'a [(String, Value)], Option<&'a str>) {
    match attributes.split_last() {
        Some(((name, Value::String(text)), others)) if name == key && belongs(text) => {
            (others, Some(text))
        }
        _ => (attributes, None),
    }
}

/// What a link says, with the texts of its ids that JSON gives out.
struct LinkTexts<'a> {
    attributes: &'a [(String, Value)],
    trace_alias: Option<&'a str>,
    span_alias: Option<&'a str>,
}

impl<'a> LinkTexts<'a> {
    /// Takes the reserved attributes that the JSON decoder appended back off.
    fn detach(link: &'a SpanLink) -> Self {
        let (attributes, span_alias) = detach_text(&link.attributes.0, alias_key::SPAN, |text| {
            alias::span_id(text) == Ok((link.span_id, true))
        });
        let (attributes, trace_alias) = detach_text(attributes, alias_key::TRACE, |text| {
            alias::trace_id(text) == Ok((link.trace_id, true))
        });
        Self {
            attributes,
            trace_alias,
            span_alias,
        }
    }
}
