//! Labels of series that came as OTLP, built when the store asks for them: it asks for series that it does not
//! know yet.

use crate::metrics::attribute_text::{text_of, text_of_bound};
use crate::metrics::name::{NameError, label_name};
use crate::metrics::settings::{LabelLimits, TranslationSettings};
use crate::request::ContentKind;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_model::labels::{BUCKET_LABEL, Labels, METRIC_NAME, QUANTILE_LABEL};
use tacho_model::metric::MetricData;
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::PointPlace;
use tacho_model::value::{Attributes, ValueRef};
use tacho_storage::error::{Error, Result as StoreResult};
use tacho_storage::samples::batch::LabelSource;
use tacho_wire::otlp::{DecodeOptions, ENTITY_REFS_KEY, decode_metrics, json_decode};
use xxhash_rust::xxh3::xxh3_64;

/// The metric that tells what is known about a resource.
pub(crate) const TARGET_INFO: &str = "target_info";
const JOB: &str = "job";
const INSTANCE: &str = "instance";
const SERVICE_NAME: &str = "service.name";
const SERVICE_NAMESPACE: &str = "service.namespace";
const SERVICE_INSTANCE_ID: &str = "service.instance.id";
const IDENTIFYING: [&str; 3] = [SERVICE_NAME, SERVICE_NAMESPACE, SERVICE_INSTANCE_ID];

/// Where the series of a request come from.
#[derive(Default)]
pub(crate) struct Origins {
    pub(crate) resources: Vec<Resource>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) metrics: Vec<MetricOrigin>,
    pub(crate) series: Vec<SeriesOrigin>,
}

/// A metric of the request.
pub(crate) struct MetricOrigin {
    /// Positions of its resource and scope.
    pub(crate) resource: u32,
    pub(crate) scope: u32,
    /// Name of its family.
    pub(crate) name: String,
    pub(crate) data: MetricData,
}

/// A series of the request.
#[derive(Clone, Copy)]
pub(crate) struct SeriesOrigin {
    /// Position of its metric; of its resource for `target_info`.
    pub(crate) owner: u32,
    /// Where its point stands.
    pub(crate) place: PointPlace,
    pub(crate) part: Part,
}

/// What of a point a series holds.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Whole,
    Sum,
    Count,
    Bucket(f64),
    Quantile(f64),
    TargetInfo,
}

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
            return target_info(&self.settings, resource).map_err(invalid);
        }
        let metric = self.origins.metrics.get(origin.owner as usize);
        let metric = metric.ok_or_else(unknown)?;
        let resource = self.origins.resources.get(metric.resource as usize);
        let mut set = LabelSet::new(&self.settings);
        self.point_attributes(metric, origin.place, &mut set)?;
        set.merge().map_err(invalid)?;
        if let Some(resource) = resource {
            set.promote(resource).map_err(invalid)?;
            set.identify(resource);
        }
        if let Some(scope) = self.origins.scopes.get(metric.scope as usize) {
            set.scope(scope).map_err(invalid)?;
        }
        let suffix = match origin.part {
            Part::Whole | Part::Quantile(_) | Part::TargetInfo => "",
            Part::Sum => "_sum",
            Part::Count => "_count",
            Part::Bucket(_) => "_bucket",
        };
        match origin.part {
            Part::Bucket(bound) => set.put(BUCKET_LABEL, text_of_bound(bound)),
            Part::Quantile(quantile) => set.put(QUANTILE_LABEL, text_of_bound(quantile)),
            _ => {}
        }
        set.put(METRIC_NAME, format!("{}{suffix}", metric.name));
        Ok(set.labels())
    }

    fn point_attributes(
        &self,
        metric: &MetricOrigin,
        place: PointPlace,
        set: &mut LabelSet<'_>,
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

/// Labels under construction.
struct LabelSet<'s> {
    settings: &'s TranslationSettings,
    /// Attributes by their own names.
    attributes: BTreeMap<String, String>,
    labels: BTreeMap<String, String>,
}

impl<'s> LabelSet<'s> {
    fn new(settings: &'s TranslationSettings) -> Self {
        Self {
            settings,
            attributes: BTreeMap::new(),
            labels: BTreeMap::new(),
        }
    }

    /// Notes an attribute; of equal keys the last one counts. `__name__` is set apart.
    fn attribute(&mut self, key: &str, value: ValueRef<'_>) {
        if key != METRIC_NAME {
            self.attributes.insert(key.to_owned(), text_of(value));
        }
    }

    /// Attributes become labels; values of those that share a name are joined, by order of their own names.
    fn merge(&mut self) -> Result<(), NameError> {
        for (key, value) in std::mem::take(&mut self.attributes) {
            let name = label_name(self.settings, &key)?;
            match self.labels.get_mut(name.as_ref()) {
                Some(present) if !present.is_empty() => {
                    present.push(';');
                    present.push_str(&value);
                }
                _ => {
                    self.labels.insert(name.into_owned(), value);
                }
            }
        }
        Ok(())
    }

    fn put(&mut self, name: &str, value: String) {
        self.labels.insert(name.to_owned(), value);
    }

    /// Attributes of the resource that are labels, unless the point has such a label.
    fn promote(&mut self, resource: &Resource) -> Result<(), NameError> {
        for (key, value) in &resource.attributes.0 {
            if key != ENTITY_REFS_KEY && self.settings.promoted.includes(key) {
                let name = label_name(self.settings, key)?;
                if self.labels.get(name.as_ref()).is_none_or(String::is_empty) {
                    self.labels.insert(name.into_owned(), text_of(value.view()));
                }
            }
        }
        Ok(())
    }

    fn identify(&mut self, resource: &Resource) {
        let (job, instance) = identity(&resource.attributes);
        for (name, value) in [(JOB, job), (INSTANCE, instance)] {
            if let Some(value) = value {
                self.put(name, value);
            }
        }
    }

    fn scope(&mut self, scope: &Scope) -> Result<(), NameError> {
        let settings = self.settings;
        let all = settings.promote_scope_metadata;
        if scope.name.is_empty() || !(all || settings.scope_name_and_version) {
            return Ok(());
        }
        if all {
            for (key, value) in &scope.attributes.0 {
                let key = format!("otel_scope_{key}");
                let name = label_name(settings, &key)?;
                let name = name.into_owned();
                self.labels.insert(name, text_of(value.view()));
            }
            self.put("otel_scope_schema_url", scope.schema_url.clone());
        }
        self.put("otel_scope_name", scope.name.clone());
        self.put("otel_scope_version", scope.version.clone());
        Ok(())
    }

    fn labels(&self) -> Labels {
        let pairs = self.labels.iter();
        Labels::from_sorted(
            pairs
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )
    }
}

/// `job` and `instance` of a resource. Without an id of its own an instance is named by a hash of all that the
/// resource says.
fn identity(attributes: &Attributes) -> (Option<String>, Option<String>) {
    let text = |key: &str| {
        let value = attributes.find(key);
        value.map(|value| text_of(value.view()))
    };
    let job = text(SERVICE_NAME).map(|name| match text(SERVICE_NAMESPACE) {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name,
    });
    let instance = match text(SERVICE_INSTANCE_ID) {
        Some(id) => Some(id),
        None if attributes.0.is_empty() => None,
        None => Some(format!("{:016x}", resource_hash(attributes))),
    };
    (job, instance)
}

/// A number that is the same for resources with the same attributes in any order.
fn resource_hash(attributes: &Attributes) -> u64 {
    let mut pairs: Vec<(&str, String)> = attributes
        .0
        .iter()
        .map(|(key, value)| (key.as_str(), text_of(value.view())))
        .collect();
    pairs.sort_unstable();
    let mut bytes = Vec::new();
    for (key, value) in &pairs {
        for part in [*key, value.as_str()] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
    }
    xxh3_64(&bytes)
}

/// Whether a resource says more than who it is, and who it is.
pub(crate) fn has_target_info(settings: &TranslationSettings, resource: &Resource) -> bool {
    let attributes = &resource.attributes;
    settings.target_info
        && attributes
            .0
            .iter()
            .any(|(key, _)| key != ENTITY_REFS_KEY && !IDENTIFYING.contains(&key.as_str()))
        && identity(attributes) != (None, None)
}

fn target_info(settings: &TranslationSettings, resource: &Resource) -> Result<Labels, NameError> {
    let mut set = LabelSet::new(settings);
    let keeps_all = settings.keep_identifying_resource_attributes;
    for (key, value) in &resource.attributes.0 {
        if key != ENTITY_REFS_KEY && (keeps_all || !IDENTIFYING.contains(&key.as_str())) {
            set.attribute(key, value.view());
        }
    }
    set.merge()?;
    set.identify(resource);
    set.put(METRIC_NAME, TARGET_INFO.to_owned());
    Ok(set.labels())
}
