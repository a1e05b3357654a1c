//! Labels of series that came as OTLP, built when the store asks for them: it asks for series that it does not
//! know yet.

pub(crate) mod origin;
mod set;

use crate::metrics::attribute_text::text_of_bound;
use crate::metrics::labels::origin::{MetricOrigin, Origins, Part, SeriesOrigin};
use crate::metrics::labels::set::LabelSet;
use crate::metrics::name::NameError;
use crate::metrics::settings::{LabelLimits, TranslationSettings};
use crate::request::ContentKind;
use bytes::Bytes;
use std::sync::Arc;
use tacho_model::labels::{BUCKET_LABEL, Labels, METRIC_NAME, QUANTILE_LABEL};
use tacho_model::sink::PointPlace;
use tacho_model::value::ValueRef;
use tacho_storage::error::{Error, Result as StoreResult};
use tacho_storage::samples::batch::LabelSource;
use tacho_wire::otlp::{DecodeOptions, decode_metrics, json_decode};

/// The metric that tells what is known about a resource.
pub(crate) const TARGET_INFO: &str = "target_info";

/// Gives the labels of a request's series.
pub(crate) struct OtlpLabels {
    pub(crate) body: Bytes,
    pub(crate) content: ContentKind,
    pub(crate) options: DecodeOptions,
    pub(crate) settings: Arc<TranslationSettings>,
    /// `None` at replay: what is in the log was within limits.
    pub(crate) limits: Option<LabelLimits>,
    pub(crate) origins: Origins,
}

impl OtlpLabels {
    fn series_labels(&self, origin: &SeriesOrigin) -> StoreResult<Labels> {
        if let Part::TargetInfo = origin.part {
            let resource = self.origins.resources.get(origin.owner as usize);
            let resource = resource.ok_or_else(unknown)?;
            return resource.target_info(&self.settings).map_err(invalid);
        }
        let metric = self.origins.metrics.get(origin.owner as usize);
        let metric = metric.ok_or_else(unknown)?;
        let mut set = LabelSet::default();
        self.point_attributes(metric, origin.place, &mut set)?;
        set.merge(&self.settings).map_err(invalid)?;
        if let Some(resource) = self.origins.resources.get(metric.resource as usize) {
            let own = resource.own(&self.settings).map_err(invalid)?;
            own.promoted
                .iter()
                .for_each(|(name, value)| set.add(name, value));
            own.identity
                .iter()
                .for_each(|(name, value)| set.put(name, value));
        }
        if let Some(scope) = self.origins.scopes.get(metric.scope as usize) {
            let own = scope.own(&self.settings).map_err(invalid)?;
            own.iter().for_each(|(name, value)| set.put(name, value));
        }
        let suffix = match origin.part {
            Part::Whole | Part::Quantile(_) | Part::TargetInfo => "",
            Part::Sum => "_sum",
            Part::Count => "_count",
            Part::Bucket(_) => "_bucket",
        };
        match origin.part {
            Part::Bucket(bound) => set.put(BUCKET_LABEL, &text_of_bound(bound)),
            Part::Quantile(quantile) => set.put(QUANTILE_LABEL, &text_of_bound(quantile)),
            _ => {}
        }
        set.put(METRIC_NAME, &format!("{}{suffix}", metric.name));
        Ok(set.into_labels())
    }

    fn point_attributes(
        &self,
        metric: &MetricOrigin,
        place: PointPlace,
        set: &mut LabelSet,
    ) -> StoreResult<()> {
        let mut each = |key: &str, value: ValueRef<'_>| set.attribute(key, value);
        let outcome = match self.content {
            ContentKind::Protobuf => decode_metrics::point_attributes(
                &self.body,
                place,
                metric.data,
                &self.options,
                &mut each,
            ),
            ContentKind::Json => {
                json_decode::point_attributes(&self.body, place, &self.options, &mut each)
            }
        };
        outcome.map_err(|error| Error::invalid(error.to_string()))
    }
}

impl LabelSource for OtlpLabels {
    fn labels(&self, series: usize) -> StoreResult<Labels> {
        let origin = self.origins.series.get(series).ok_or_else(unknown)?;
        let labels = self.series_labels(origin)?;
        match &self.limits {
            Some(limits) => check_limits(labels, limits),
            None => Ok(labels),
        }
    }
}

fn unknown() -> Error {
    Error::internal("labels of a series that the request does not have")
}

fn invalid(error: NameError) -> Error {
    Error::invalid(error.to_string())
}

/// Labels if they are within limits.
pub(crate) fn check_limits(labels: Labels, limits: &LabelLimits) -> StoreResult<Labels> {
    let mut count = 0;
    for (name, value) in labels.iter() {
        count += 1;
        if name.len() > limits.name_bytes {
            return Err(Error::invalid(format!(
                "label name of {} bytes is over the limit of {}",
                name.len(),
                limits.name_bytes
            )));
        }
        if value.len() > limits.value_bytes {
            return Err(Error::invalid(format!(
                "value of label {name} has {} bytes, over the limit of {}",
                value.len(),
                limits.value_bytes
            )));
        }
    }
    if count > limits.labels {
        return Err(Error::invalid(format!(
            "{count} labels are over the limit of {}",
            limits.labels
        )));
    }
    Ok(labels)
}
