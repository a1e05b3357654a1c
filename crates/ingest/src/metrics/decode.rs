//! From decompressed bytes to a batch: the part that a live request and replay share.

use crate::judge::Ruling;
use crate::limits::ItemLimits;
use crate::meter::Meter;
use crate::metrics::labels::{OtlpLabels, check_limits};
use crate::metrics::remote_write::{self, Written};
use crate::metrics::settings::{LabelLimits, TranslationSettings};
use crate::metrics::translate::{Translated, Translator};
use crate::request::ContentKind;
use bytes::Bytes;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::time::Timestamp;
use tacho_storage::error::Result as StoreResult;
use tacho_storage::samples::batch::LabelSource;
use tacho_wire::error::Error;
use tacho_wire::otlp::{DecodeStats, decode_metrics, json_decode};
use tacho_wire::remote_write::{Version, decode};

/// How a request is judged.
#[derive(Clone)]
pub(crate) struct Judging<'a> {
    /// When the request arrived.
    pub(crate) receive_time: Timestamp,
    /// Who decides.
    pub(crate) ruling: Ruling<'a>,
    /// What labels may be; `None` at replay.
    pub(crate) label_limits: Option<LabelLimits>,
}

/// A request of OTLP metrics.
pub(crate) struct Otlp<'a> {
    pub(crate) content: ContentKind,
    pub(crate) limits: &'a ItemLimits,
    pub(crate) settings: Arc<TranslationSettings>,
}

/// Labels that the report holds too.
pub(crate) struct SharedOtlp(pub(crate) Arc<OtlpLabels>);

impl LabelSource for SharedOtlp {
    fn labels(&self, series: usize) -> StoreResult<Labels> {
        self.0.labels(series)
    }
}

/// Decodes and translates OTLP metrics.
///
/// # Errors
/// If the bytes are no such message, with the place; nothing of it may be used then.
pub(crate) fn otlp(
    body: &Bytes,
    request: &Otlp<'_>,
    judging: &Judging<'_>,
    meter: &mut Meter<'_>,
) -> Result<(Translated, Arc<OtlpLabels>, DecodeStats), Error> {
    let options = request.limits.decode_options();
    let mut sink = Translator::new(
        &request.settings,
        request.limits,
        judging.receive_time,
        judging.ruling,
        meter,
    );
    let stats = match request.content {
        _ if body.is_empty() => DecodeStats::default(),
        ContentKind::Protobuf => decode_metrics::decode_metrics(body, &options, &mut sink)?,
        ContentKind::Json => json_decode::decode_metrics(body, &options, &mut sink)?,
    };
    let mut translated = sink.finish();
    let labels = OtlpLabels {
        body: body.clone(),
        content: request.content,
        options,
        settings: Arc::clone(&request.settings),
        limits: judging.label_limits,
        origins: std::mem::take(&mut translated.origins),
    };
    Ok((translated, Arc::new(labels), stats))
}

/// Decodes and judges remote write.
///
/// # Errors
/// If the bytes are no such message, with the place, or memory ends; nothing of it may be used then.
pub(crate) fn remote_write(
    body: Bytes,
    version: Version,
    judging: &Judging<'_>,
    meter: &mut Meter<'_>,
) -> Result<Written, Error> {
    let request = decode(&body, version, &mut |bytes| meter.charge(bytes))?;
    let judging = remote_write::Judging {
        receive_time: judging.receive_time,
        ruling: judging.ruling,
        limits: judging.label_limits,
        version,
    };
    Ok(remote_write::judge(body, request, &judging, meter))
}

/// Labels of a batch that were asked for once, within limits.
pub(crate) fn known_labels(
    source: &dyn LabelSource,
    series: usize,
    limits: &LabelLimits,
) -> StoreResult<Labels> {
    check_limits(source.labels(series)?, limits)
}
