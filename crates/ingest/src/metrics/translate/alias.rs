//! Aliases of series: 128-bit hashes of everything that their labels are made of, as it was sent.

use crate::metrics::labels::origin::Part;
use tacho_model::json;
use tacho_model::metric::MetricData;
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::MetricFields;
use tacho_model::value::Attributes;
use xxhash_rust::xxh3::xxh3_128;

/// Hashes of what encloses the points at hand.
pub(super) struct Base {
    settings: u64,
    resource: u128,
    scope: u128,
    /// Of all three and the metric.
    metric: u128,
    scratch: Vec<u8>,
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u64).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn put_attributes(out: &mut Vec<u8>, attributes: &Attributes) {
    if !attributes.0.is_empty() {
        put_text(out, &json::attributes_to_text(attributes));
    }
}

impl Base {
    pub(super) fn new(settings: u64) -> Self {
        Self {
            settings,
            resource: 0,
            scope: 0,
            metric: 0,
            scratch: Vec::new(),
        }
    }

    pub(super) fn resource(&mut self, resource: &Resource) {
        self.scratch.clear();
        self.scratch.extend_from_slice(&self.settings.to_le_bytes());
        put_attributes(&mut self.scratch, &resource.attributes);
        self.resource = xxh3_128(&self.scratch);
    }

    pub(super) fn scope(&mut self, scope: &Scope) {
        self.scratch.clear();
        for text in [&scope.name, &scope.version, &scope.schema_url] {
            put_text(&mut self.scratch, text);
        }
        put_attributes(&mut self.scratch, &scope.attributes);
        self.scope = xxh3_128(&self.scratch);
    }

    /// Begins a metric; a number for what its metadata say.
    pub(super) fn metric(&mut self, fields: &MetricFields<'_>) -> u128 {
        self.scratch.clear();
        // What of the data decides about names.
        self.scratch.push(match fields.data {
            MetricData::Empty => 0,
            MetricData::Gauge => 1,
            MetricData::Sum { is_monotonic, .. } => 2 + u8::from(is_monotonic),
            MetricData::Histogram(_) => 4,
            MetricData::ExponentialHistogram(_) => 5,
            MetricData::Summary => 6,
        });
        put_text(&mut self.scratch, fields.name);
        put_text(&mut self.scratch, fields.unit);
        let named = self.scratch.len();
        put_text(&mut self.scratch, fields.description);
        let described = xxh3_128(&self.scratch);
        self.scratch.truncate(named);
        self.scratch.extend_from_slice(&self.settings.to_le_bytes());
        self.scratch.extend_from_slice(&self.resource.to_le_bytes());
        self.scratch.extend_from_slice(&self.scope.to_le_bytes());
        self.metric = xxh3_128(&self.scratch);
        described
    }

    /// The alias of `target_info` of the resource at hand.
    pub(super) fn target_info(&self) -> u128 {
        self.mix(self.resource, 0, 6, 0)
    }

    /// The alias of a series of the metric at hand.
    #[inline]
    pub(super) fn series(&self, attributes: u128, part: Part) -> u128 {
        let (tag, bits) = match part {
            Part::Whole => (1, 0),
            Part::Sum => (2, 0),
            Part::Count => (3, 0),
            Part::Bucket(bound) => (4, bound.to_bits()),
            Part::Quantile(quantile) => (5, quantile.to_bits()),
            Part::TargetInfo => (6, 0),
        };
        self.mix(self.metric, attributes, tag, bits)
    }

    #[inline]
    fn mix(&self, owner: u128, attributes: u128, tag: u64, bits: u64) -> u128 {
        let mut bytes = [0u8; 48];
        let (owner_part, rest) = bytes.split_at_mut(16);
        let (attributes_part, rest) = rest.split_at_mut(16);
        let (tag_part, bits_part) = rest.split_at_mut(8);
        owner_part.copy_from_slice(&owner.to_le_bytes());
        attributes_part.copy_from_slice(&attributes.to_le_bytes());
        tag_part.copy_from_slice(&tag.to_le_bytes());
        bits_part.copy_from_slice(&bits.to_le_bytes());
        xxh3_128(&bytes)
    }
}
