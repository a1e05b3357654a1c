//! Metrics in JSON; their points are in `point.rs`.

use crate::error::Result;
use crate::json::reader::Reader;
use crate::otlp::Context;
use crate::otlp::decode_metrics::temporality;
use crate::otlp::json_decode::envelope::Items;
use crate::otlp::json_decode::point::{self, Kind};
use crate::otlp::json_decode::span::place;
use crate::otlp::json_decode::value::key_value;
use std::borrow::Cow;
use tacho_model::metric::MetricData;
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{MetricFields, MetricSink};

pub(super) struct Metrics<'s, S: ?Sized>(pub(super) &'s mut S);

impl<S: MetricSink + ?Sized> Items for Metrics<'_, S> {
    fn resource(&mut self, resource: Resource) {
        self.0.resource(resource);
    }

    fn scope(&mut self, scope: Scope) {
        self.0.scope(scope);
    }

    fn item(&mut self, json: &mut Reader<'_>, context: &mut Context<'_>) -> Result<()> {
        // The envelope counts the metric; what counts are its points.
        context.stats.items -= 1;
        context.begin_message();
        let mut head = Head::default();
        json.object(|json, key| head.member(json, key))?;
        let end = json.position();
        if let Some((_, at)) = head.data {
            json.seek(at);
            json.object(|json, key| head.data_member(json, key))?;
        }
        let taken = self.0.begin_metric(&head.fields());
        if let (true, Some(at)) = (taken, head.metadata) {
            json.seek(at);
            json.array(|json| {
                let (key, value) = key_value(json, 0, context)?;
                self.0.metric_attribute(&key, value.view());
                Ok(())
            })?;
        }
        if let (Some((kind, _)), Some(at)) = (head.data, head.points) {
            json.seek(at);
            let mut skipped = 0;
            json.array(|json| {
                context.stats.items += 1;
                if taken {
                    return point::decode(json, kind, context, self.0);
                }
                skipped += 1;
                json.skip()
            })?;
            if !taken {
                self.0.skipped_points(skipped);
            }
        }
        json.seek(end);
        Ok(())
    }
}

/// The fields of a metric, and where its lists stand.
#[derive(Default)]
struct Head<'a> {
    name: Cow<'a, str>,
    description: Cow<'a, str>,
    unit: Cow<'a, str>,
    metadata: Option<usize>,
    data: Option<(Kind, usize)>,
    is_sum: bool,
    points: Option<usize>,
    temporality: i32,
    is_monotonic: bool,
}

impl<'a> Head<'a> {
    fn member(&mut self, json: &mut Reader<'a>, key: &str) -> Result<()> {
        let kind = match key {
            "name" => {
                self.name = json.text()?;
                return Ok(());
            }
            "description" => {
                self.description = json.text()?;
                return Ok(());
            }
            "unit" => {
                self.unit = json.text()?;
                return Ok(());
            }
            "metadata" => {
                self.metadata = place(json)?;
                return Ok(());
            }
            "gauge" | "sum" => Kind::Number,
            "histogram" => Kind::Histogram,
            "exponentialHistogram" | "exponential_histogram" => Kind::Exponential,
            "summary" => Kind::Summary,
            _ => return json.skip(),
        };
        self.is_sum = key == "sum";
        self.data = place(json)?.map(|at| (kind, at));
        Ok(())
    }

    fn data_member(&mut self, json: &mut Reader<'a>, key: &str) -> Result<()> {
        let has_temporality =
            self.is_sum || matches!(self.data, Some((Kind::Histogram | Kind::Exponential, _)));
        match key {
            "dataPoints" | "data_points" => self.points = place(json)?,
            "aggregationTemporality" | "aggregation_temporality" if has_temporality => {
                self.temporality = json.enumeration(temporality_number)?;
            }
            "isMonotonic" | "is_monotonic" if self.is_sum => self.is_monotonic = json.bool()?,
            _ => json.skip()?,
        }
        Ok(())
    }

    fn fields(&self) -> MetricFields<'_> {
        let temporality = temporality(self.temporality);
        let data = match self.data {
            None => MetricData::Empty,
            Some((Kind::Number, _)) if self.is_sum => MetricData::Sum {
                temporality,
                is_monotonic: self.is_monotonic,
            },
            Some((Kind::Number, _)) => MetricData::Gauge,
            Some((Kind::Histogram, _)) => MetricData::Histogram(temporality),
            Some((Kind::Exponential, _)) => MetricData::ExponentialHistogram(temporality),
            Some((Kind::Summary, _)) => MetricData::Summary,
        };
        MetricFields {
            name: &self.name,
            description: &self.description,
            unit: &self.unit,
            data,
        }
    }
}

/// `AGGREGATION_TEMPORALITY_DELTA` and so on, with or without the prefix.
fn temporality_number(name: &str) -> Option<i32> {
    let name = name
        .strip_prefix("AGGREGATION_TEMPORALITY_")
        .unwrap_or(name);
    ["UNSPECIFIED", "DELTA", "CUMULATIVE"]
        .into_iter()
        .zip(0..)
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, number)| number)
}
