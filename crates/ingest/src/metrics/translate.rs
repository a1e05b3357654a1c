//! OTLP metrics to series: the sink that the decoder calls. It judges every point, turns it into samples of one
//! or more series, and notes where their labels come from without building them (`labels.rs`).
//!
//! Source: Prometheus' OTLP receiver (storage/remote/otlptranslator) and the OpenTelemetry specification
//! "Prometheus and OpenMetrics compatibility".

mod alias;
mod exemplar;
mod points;

use crate::judge::{Bench, Counts, RefusedRange, Ruling};
use crate::limits::ItemLimits;
use crate::meter::Meter;
use crate::metrics::batch::BatchBuilder;
use crate::metrics::labels::TARGET_INFO;
use crate::metrics::labels::origin::{
    MetricOrigin, Origins, Part, ResourceOrigin, ScopeOrigin, SeriesOrigin,
};
use crate::metrics::name::metric_name;
use crate::metrics::settings::TranslationSettings;
use crate::metrics::translate::alias::Base;
use crate::metrics::translate::exemplar::Target;
use crate::reason::Reason;
use std::collections::HashSet;
use tacho_model::metric::{Metadata, MetricData, MetricKind, Temporality};
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{
    ExemplarFields, MetricFields, MetricSink, PointFields, PointPlace, PointValue as Value,
};
use tacho_model::time::Timestamp;
use tacho_model::value::ValueRef;
use tacho_storage::samples::batch::{Point, PointValue, RunKind};

const MS_NS: i64 = 1_000_000;

/// What came out of a request.
pub(crate) struct Translated {
    pub(crate) builder: BatchBuilder,
    pub(crate) origins: Origins,
    /// Data points that the request had.
    pub(crate) seen: u64,
    /// Data points that were refused, ascending, not touching each other.
    pub(crate) refused: Vec<RefusedRange>,
    pub(crate) counts: Counts,
    pub(crate) out_of_memory: bool,
    /// Exemplars without a value.
    pub(crate) empty_exemplars: u64,
}

/// The sink.
pub(crate) struct Translator<'a, 'm, 'r> {
    settings: &'a TranslationSettings,
    bench: Bench<'a, 'm, 'r>,
    builder: BatchBuilder,
    origins: Origins,
    base: Base,
    /// Newest time of a point of the resource at hand, milliseconds.
    newest_ms: Option<i64>,
    /// Resources that gave `target_info` already.
    told: HashSet<u128>,
    /// Metrics whose metadata was noted already.
    described: HashSet<u128>,
    metric: Option<Open>,
    target: Target,
    empty_exemplars: u64,
}

/// The metric at hand.
#[derive(Clone, Copy)]
enum Open {
    /// Its points are taken.
    Taken { index: u32, data: MetricData },
    /// Its points are refused.
    Refused(Reason),
}

/// What the points of a series have in common.
#[derive(Clone, Copy)]
struct Origin {
    metric: u32,
    place: PointPlace,
    kind: RunKind,
    time_ms: i64,
    start_ms: i64,
    attributes_hash: u128,
}

impl<'a, 'm, 'r> Translator<'a, 'm, 'r> {
    pub(crate) fn new(
        settings: &'a TranslationSettings,
        limits: &'a ItemLimits,
        receive_time: Timestamp,
        ruling: Ruling<'a>,
        meter: &'m mut Meter<'r>,
    ) -> Self {
        Self {
            settings,
            bench: Bench::new(limits, receive_time, ruling, meter),
            builder: BatchBuilder::default(),
            origins: Origins::default(),
            base: Base::new(settings.fingerprint()),
            newest_ms: None,
            told: HashSet::new(),
            described: HashSet::new(),
            metric: None,
            target: Target::default(),
            empty_exemplars: 0,
        }
    }

    pub(crate) fn finish(mut self) -> Translated {
        self.end_resource();
        let out_of_memory = self.bench.out_of_memory();
        let (seen, refused, counts) = self.bench.into_parts();
        Translated {
            builder: self.builder,
            origins: self.origins,
            seen,
            refused,
            counts,
            out_of_memory,
            empty_exemplars: self.empty_exemplars,
        }
    }

    /// Gives the resource at hand its `target_info`, once a request.
    fn end_resource(&mut self) {
        let Some(time_ms) = self.newest_ms.take() else {
            return;
        };
        let Some(resource) = self.origins.resources.last() else {
            return;
        };
        let owner = self.origins.resources.len() as u32 - 1;
        if !resource.has_target_info(self.settings) {
            return;
        }
        let alias = self.base.target_info();
        if !self.told.insert(alias) {
            return;
        }
        if self.told.len() == 1 {
            let metadata = Metadata {
                kind: MetricKind::Gauge,
                help: "Target metadata".to_owned(),
                ..Metadata::default()
            };
            self.builder
                .metadata
                .push((TARGET_INFO.to_owned(), metadata));
        }
        self.builder.begin(alias, RunKind::Plain);
        self.builder.push(Point {
            time_ms,
            start_ms: 0,
            value: PointValue::Float(1.0),
        });
        self.origins.series.push(SeriesOrigin {
            owner,
            place: PointPlace::default(),
            part: Part::TargetInfo,
        });
    }

    /// Begins a series of a point with one sample.
    #[inline]
    fn sample(&mut self, origin: &Origin, part: Part, value: PointValue) {
        let alias = self.base.series(origin.attributes_hash, part);
        self.builder.begin(alias, origin.kind);
        self.builder.push(Point {
            time_ms: origin.time_ms,
            start_ms: origin.start_ms,
            value,
        });
        self.origins.series.push(SeriesOrigin {
            owner: origin.metric,
            place: origin.place,
            part,
        });
    }

    /// The time of a point in milliseconds; of one without a time: when it arrived.
    fn time_ms(&self, time_ns: u64) -> i64 {
        let time_ns = match i64::try_from(time_ns) {
            Ok(0) => self.bench.receive_time().0,
            Ok(time_ns) => time_ns,
            Err(_) => i64::MAX,
        };
        time_ns.div_euclid(MS_NS)
    }
}

/// Why a metric's points are refused, and the name of its family if they are not.
fn family(settings: &TranslationSettings, fields: &MetricFields<'_>) -> Result<String, Reason> {
    let unspecified = Temporality::Unspecified;
    match fields.data {
        MetricData::Sum { temporality, .. }
        | MetricData::Histogram(temporality)
        | MetricData::ExponentialHistogram(temporality)
            if temporality == unspecified =>
        {
            return Err(Reason::TemporalityUnspecified);
        }
        _ => {}
    }
    if fields.name.is_empty() {
        return Err(Reason::MetricNameInvalid);
    }
    metric_name(settings.strategy, fields.name, fields.unit, fields.data)
        .map_err(|_| Reason::MetricNameInvalid)
}

fn kind_of(data: MetricData) -> MetricKind {
    match data {
        MetricData::Empty => MetricKind::Unknown,
        MetricData::Gauge => MetricKind::Gauge,
        MetricData::Sum {
            is_monotonic: true, ..
        } => MetricKind::Counter,
        MetricData::Sum { .. } => MetricKind::Gauge,
        MetricData::Histogram(_) | MetricData::ExponentialHistogram(_) => MetricKind::Histogram,
        MetricData::Summary => MetricKind::Summary,
    }
}

fn run_kind(data: MetricData) -> RunKind {
    match data {
        MetricData::Sum {
            temporality: Temporality::Delta,
            ..
        }
        | MetricData::Histogram(Temporality::Delta)
        | MetricData::ExponentialHistogram(Temporality::Delta) => RunKind::Delta,
        _ => RunKind::Plain,
    }
}

impl MetricSink for Translator<'_, '_, '_> {
    fn resource(&mut self, resource: Resource) {
        self.end_resource();
        self.base.resource(&resource);
        self.origins.resources.push(ResourceOrigin::new(resource));
        self.origins.scopes.push(ScopeOrigin::new(Scope::default()));
        self.base.scope(&Scope::default());
    }

    fn scope(&mut self, scope: Scope) {
        self.base.scope(&scope);
        self.origins.scopes.push(ScopeOrigin::new(scope));
    }

    fn begin_metric(&mut self, fields: &MetricFields<'_>) -> bool {
        let name = match family(self.settings, fields) {
            Ok(name) => name,
            Err(reason) => {
                self.metric = Some(Open::Refused(reason));
                return false;
            }
        };
        let family = self.base.metric(fields);
        let bytes = 2 * name.len() + fields.name.len() + fields.description.len() + 256;
        self.bench.charge(bytes);
        if self.described.insert(family) {
            let metadata = Metadata {
                kind: kind_of(fields.data),
                help: fields.description.to_owned(),
                unit: fields.unit.to_owned(),
                otlp_name: fields.name.to_owned(),
            };
            self.builder.metadata.push((name.clone(), metadata));
        }
        self.origins.metrics.push(MetricOrigin {
            resource: self.origins.resources.len().saturating_sub(1) as u32,
            scope: self.origins.scopes.len().saturating_sub(1) as u32,
            name,
            data: fields.data,
        });
        self.metric = Some(Open::Taken {
            index: self.origins.metrics.len() as u32 - 1,
            data: fields.data,
        });
        true
    }

    fn skipped_points(&mut self, count: u64) {
        if let Some(Open::Refused(reason)) = self.metric {
            self.bench.refuse_next(count, reason);
        }
    }

    fn begin_point(&mut self, fields: &PointFields<'_>) -> bool {
        let Some(Open::Taken { index, data }) = self.metric else {
            return false;
        };
        let settings = self.settings;
        let bytes = points::memory(&fields.value);
        let admitted = self
            .bench
            .admit(bytes, |latest| points::refusal(settings, fields, latest));
        if !admitted {
            return false;
        }
        let time_ms = self.time_ms(fields.time_ns);
        self.newest_ms = Some(self.newest_ms.map_or(time_ms, |newest| newest.max(time_ms)));
        let start_ms = i64::try_from(fields.start_ns).unwrap_or(0) / MS_NS;
        let is_stale = points::is_stale(fields.flags);
        let origin = Origin {
            metric: index,
            place: fields.place,
            kind: if is_stale {
                RunKind::Plain
            } else {
                run_kind(data)
            },
            time_ms,
            start_ms: if start_ms > time_ms { 0 } else { start_ms },
            attributes_hash: fields.attributes_hash,
        };
        self.target = Target::new(self.builder.next_series(), time_ms);
        match fields.value {
            Value::Absent | Value::Int(_) | Value::Double(_) => {
                self.number(&origin, &fields.value, is_stale);
            }
            Value::Histogram { .. } => self.histogram(&origin, &fields.value, is_stale),
            Value::Exponential { .. } => self.exponential(&origin, &fields.value, is_stale),
            Value::Summary {
                count,
                sum,
                quantiles,
            } => self.summary(&origin, (count, sum), quantiles, is_stale),
        }
        true
    }

    fn wants_attributes(&self) -> bool {
        false
    }

    fn attribute(&mut self, _key: &str, _value: ValueRef<'_>) {}

    fn exemplar(&mut self, exemplar: &ExemplarFields<'_>) {
        match self.target.exemplar(exemplar) {
            Some(placed) => {
                self.bench
                    .charge(size_of_val(&placed) + placed.1.labels.memory());
                self.builder.exemplars.push(placed);
            }
            None => self.empty_exemplars += 1,
        }
    }

    fn end_point(&mut self) {}
}

#[cfg(test)]
mod tests;
