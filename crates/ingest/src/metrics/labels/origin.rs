//! What the series of a request belong to: resources, scopes, metrics, points. Labels that many series share
//! are made once, when the first of them is asked for.

use crate::metrics::attribute_text::text_of;
use crate::metrics::labels::TARGET_INFO;
use crate::metrics::labels::set::LabelSet;
use crate::metrics::name::{NameError, label_name};
use crate::metrics::settings::TranslationSettings;
use std::sync::OnceLock;
use tacho_model::labels::{Labels, METRIC_NAME};
use tacho_model::metric::MetricData;
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::PointPlace;
use tacho_model::value::Attributes;
use tacho_wire::otlp::ENTITY_REFS_KEY;
use xxhash_rust::xxh3::xxh3_64;

const JOB: &str = "job";
const INSTANCE: &str = "instance";
const SERVICE_NAME: &str = "service.name";
const SERVICE_NAMESPACE: &str = "service.namespace";
const SERVICE_INSTANCE_ID: &str = "service.instance.id";
const IDENTIFYING: [&str; 3] = [SERVICE_NAME, SERVICE_NAMESPACE, SERVICE_INSTANCE_ID];

type Pairs = Vec<(String, String)>;

/// Where the series of a request come from.
#[derive(Default)]
pub(crate) struct Origins {
    pub(crate) resources: Vec<ResourceOrigin>,
    pub(crate) scopes: Vec<ScopeOrigin>,
    pub(crate) metrics: Vec<MetricOrigin>,
    pub(crate) series: Vec<SeriesOrigin>,
}

/// A resource of the request.
pub(crate) struct ResourceOrigin {
    resource: Resource,
    own: OnceLock<Result<ResourceLabels, NameError>>,
}

/// Labels that a resource gives to its series.
pub(crate) struct ResourceLabels {
    /// They yield to labels of the point.
    pub(crate) promoted: Pairs,
    /// `job` and `instance`.
    pub(crate) identity: Pairs,
}

/// A scope of the request.
pub(crate) struct ScopeOrigin {
    scope: Scope,
    own: OnceLock<Result<Pairs, NameError>>,
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

impl ResourceOrigin {
    pub(crate) fn new(resource: Resource) -> Self {
        Self {
            resource,
            own: OnceLock::new(),
        }
    }

    /// The labels that it gives to its series.
    pub(super) fn own(&self, settings: &TranslationSettings) -> Result<&ResourceLabels, NameError> {
        let attributes = &self.resource.attributes;
        let make = || {
            Ok(ResourceLabels {
                promoted: promoted(settings, attributes)?,
                identity: identity(attributes),
            })
        };
        self.own.get_or_init(make).as_ref().map_err(Clone::clone)
    }

    /// Whether it says more than who it is, and who it is.
    pub(crate) fn has_target_info(&self, settings: &TranslationSettings) -> bool {
        let attributes = &self.resource.attributes.0;
        settings.target_info
            && attributes
                .iter()
                .any(|(key, _)| key != ENTITY_REFS_KEY && !IDENTIFYING.contains(&key.as_str()))
            && self.own(settings).is_ok_and(|own| !own.identity.is_empty())
    }

    /// The labels of its `target_info`.
    pub(super) fn target_info(&self, settings: &TranslationSettings) -> Result<Labels, NameError> {
        let mut set = LabelSet::default();
        let keeps_all = settings.keep_identifying_resource_attributes;
        for (key, value) in &self.resource.attributes.0 {
            if key != ENTITY_REFS_KEY && (keeps_all || !IDENTIFYING.contains(&key.as_str())) {
                set.attribute(key, value.view());
            }
        }
        set.merge(settings)?;
        for (name, value) in &self.own(settings)?.identity {
            set.put(name, value);
        }
        set.put(METRIC_NAME, TARGET_INFO);
        Ok(set.into_labels())
    }
}

impl ScopeOrigin {
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            own: OnceLock::new(),
        }
    }

    /// The labels that it gives to its series.
    pub(super) fn own(&self, settings: &TranslationSettings) -> Result<&Pairs, NameError> {
        let make = || scope_labels(settings, &self.scope);
        self.own.get_or_init(make).as_ref().map_err(Clone::clone)
    }
}

fn promoted(settings: &TranslationSettings, attributes: &Attributes) -> Result<Pairs, NameError> {
    let mut pairs = Vec::new();
    for (key, value) in &attributes.0 {
        if key != ENTITY_REFS_KEY && settings.promoted.includes(key) {
            let name = label_name(settings, key)?.into_owned();
            pairs.push((name, text_of(value.view())));
        }
    }
    Ok(pairs)
}

fn scope_labels(settings: &TranslationSettings, scope: &Scope) -> Result<Pairs, NameError> {
    let mut pairs = Vec::new();
    let all = settings.promote_scope_metadata;
    if scope.name.is_empty() || !(all || settings.scope_name_and_version) {
        return Ok(pairs);
    }
    if all {
        for (key, value) in &scope.attributes.0 {
            let key = format!("otel_scope_{key}");
            let name = label_name(settings, &key)?.into_owned();
            pairs.push((name, text_of(value.view())));
        }
        pairs.push(("otel_scope_schema_url".to_owned(), scope.schema_url.clone()));
    }
    pairs.push(("otel_scope_name".to_owned(), scope.name.clone()));
    pairs.push(("otel_scope_version".to_owned(), scope.version.clone()));
    Ok(pairs)
}

/// `job` and `instance` of a resource. Without an id of its own an instance is named by a hash of all that the
/// resource says.
fn identity(attributes: &Attributes) -> Pairs {
    let text = |key: &str| {
        let value = attributes.find(key);
        value.map(|value| text_of(value.view()))
    };
    let mut pairs = Vec::new();
    if let Some(name) = text(SERVICE_NAME) {
        let job = match text(SERVICE_NAMESPACE) {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name,
        };
        pairs.push((JOB.to_owned(), job));
    }
    let instance = text(SERVICE_INSTANCE_ID).or_else(|| {
        let has_any = !attributes.0.is_empty();
        has_any.then(|| format!("{:016x}", resource_hash(attributes)))
    });
    if let Some(instance) = instance {
        pairs.push((INSTANCE.to_owned(), instance));
    }
    pairs
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
