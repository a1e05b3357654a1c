//! Collects metrics into the structures of `otlp/metrics.rs`. Nothing is judged.

use crate::otlp::metrics::{DataPoint, Metric, PointExemplar, ResourceMetrics, ScopeMetrics};
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{ExemplarFields, MetricFields, MetricSink, PointFields};
use tacho_model::value::{Attributes, ValueRef};

/// Collects metrics.
#[derive(Debug, Default)]
pub struct MetricCollector {
    /// What came, in the order it came.
    pub groups: Vec<ResourceMetrics>,
    /// The hash of the attributes of each point, in the order they came.
    pub attribute_hashes: Vec<u128>,
    open: DataPoint,
}

impl MetricCollector {
    fn metric(&mut self) -> Option<&mut Metric> {
        self.groups
            .last_mut()?
            .scopes
            .last_mut()?
            .metrics
            .last_mut()
    }
}

impl MetricSink for MetricCollector {
    fn resource(&mut self, resource: Resource) {
        self.groups.push(ResourceMetrics {
            resource,
            scopes: Vec::new(),
        });
    }

    fn scope(&mut self, scope: Scope) {
        if self.groups.is_empty() {
            self.groups.push(ResourceMetrics::default());
        }
        if let Some(group) = self.groups.last_mut() {
            group.scopes.push(ScopeMetrics {
                scope,
                metrics: Vec::new(),
            });
        }
    }

    fn begin_metric(&mut self, fields: &MetricFields<'_>) -> bool {
        if self
            .groups
            .last()
            .is_none_or(|group| group.scopes.is_empty())
        {
            self.scope(Scope::default());
        }
        let scopes = self.groups.last_mut().map(|group| &mut group.scopes);
        if let Some(scope) = scopes.and_then(|scopes| scopes.last_mut()) {
            scope.metrics.push(Metric {
                name: fields.name.to_owned(),
                description: fields.description.to_owned(),
                unit: fields.unit.to_owned(),
                metadata: Attributes::default(),
                data: fields.data,
                points: Vec::new(),
            });
        }
        true
    }

    fn metric_attribute(&mut self, key: &str, value: ValueRef<'_>) {
        if let Some(metric) = self.metric() {
            metric.metadata.0.push((key.to_owned(), value.to_value()));
        }
    }

    fn skipped_points(&mut self, _count: u64) {}

    fn begin_point(&mut self, fields: &PointFields<'_>) -> bool {
        self.attribute_hashes.push(fields.attributes_hash);
        self.open = DataPoint {
            start_ns: fields.start_ns,
            time_ns: fields.time_ns,
            flags: fields.flags,
            attributes: Attributes::default(),
            value: fields.value.into(),
            exemplars: Vec::new(),
        };
        true
    }

    fn wants_attributes(&self) -> bool {
        true
    }

    fn attribute(&mut self, key: &str, value: ValueRef<'_>) {
        let pair = (key.to_owned(), value.to_value());
        self.open.attributes.0.push(pair);
    }

    fn exemplar(&mut self, exemplar: &ExemplarFields<'_>) {
        let pairs = exemplar.attributes.iter();
        self.open.exemplars.push(PointExemplar {
            time_ns: exemplar.time_ns,
            value: exemplar.value,
            trace_id: exemplar.trace_id,
            span_id: exemplar.span_id,
            attributes: Attributes(
                pairs
                    .map(|(key, value)| ((*key).to_owned(), value.to_value()))
                    .collect(),
            ),
        });
    }

    fn end_point(&mut self) {
        let point = std::mem::take(&mut self.open);
        if let Some(metric) = self.metric() {
            metric.points.push(point);
        }
    }
}
