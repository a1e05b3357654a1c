//! What the Prometheus text format asks beyond its grammar: one HELP and one TYPE a metric, before its
//! samples; labels that come once; bounds and quantiles that are numbers.

use super::Broken;
use crate::exposition::error::shown;
use crate::exposition::number::parse_float;
use crate::exposition::series::{ExemplarRef, SeriesRef};
use crate::exposition::{ExpositionSink, Fact, FamilyRef, Flow, HistogramPoint, Point};
use std::collections::HashMap;
use tacho_model::labels::{BUCKET_LABEL, Labels, METRIC_NAME, QUANTILE_LABEL};
use tacho_model::metric::MetricKind;

/// What is known about a family.
#[derive(Debug, Default)]
struct Family {
    kind: Option<MetricKind>,
    has_help: bool,
    has_samples: bool,
}

/// Checks as it goes.
#[derive(Debug, Default)]
pub(super) struct Rules {
    families: HashMap<String, Family>,
    broken: Option<Broken>,
}

impl Rules {
    /// Number of families, and the first rule that is broken.
    pub(super) fn finish(self) -> (usize, Option<Broken>) {
        (self.families.len(), self.broken)
    }

    fn keep(&mut self, result: Result<(), Broken>) -> Flow {
        match result {
            Ok(()) => Flow::Continue(()),
            Err(broken) => {
                self.broken = Some(broken);
                Flow::Break(())
            }
        }
    }

    fn metadata(&mut self, told: &FamilyRef<'_>) -> Result<(), Broken> {
        let family = self.families.entry(told.name.to_owned()).or_default();
        let name = shown(told.name.as_bytes());
        let wrong = |message| Err(Broken::new(told.line, message));
        match told.fact {
            Fact::Help(_) if std::mem::replace(&mut family.has_help, true) => {
                wrong(format!("second HELP line of metric {name}"))
            }
            Fact::Kind(_) if family.has_samples => {
                wrong(format!("TYPE line of metric {name} after its samples"))
            }
            Fact::Kind(kind) if family.kind.replace(kind).is_some() => {
                wrong(format!("second TYPE line of metric {name}"))
            }
            _ => Ok(()),
        }
    }

    /// The name of the family of a sample.
    fn family_of<'n>(&self, name: &'n str) -> (&'n str, &'n str) {
        for suffix in ["_bucket", "_count", "_sum"] {
            let Some(base) = name.strip_suffix(suffix) else {
                continue;
            };
            let kind = self.families.get(base).and_then(|family| family.kind);
            let fits = match kind {
                Some(MetricKind::Histogram | MetricKind::GaugeHistogram) => true,
                Some(MetricKind::Summary) => suffix != "_bucket",
                _ => false,
            };
            if fits {
                return (base, suffix);
            }
        }
        (name, "")
    }

    fn check_sample(&mut self, series: &SeriesRef<'_>) -> Result<(), Broken> {
        let wrong = |message: String| Broken::new(series.line(), message);
        for label in series.written_labels() {
            if label.is_ok_and(|(name, _)| name == METRIC_NAME) {
                return Err(wrong(format!("label name {METRIC_NAME:?} is reserved")));
            }
        }
        let labels = series.labels().map_err(|p| wrong(p.to_string()))?;
        let name = labels.metric_name();
        let (base, suffix) = self.family_of(name);
        let base = base.to_owned();
        let family = self.families.entry(base).or_default();
        family.has_samples = true;
        let number = match (family.kind, suffix) {
            (Some(MetricKind::Histogram), "_bucket") => BUCKET_LABEL,
            (Some(MetricKind::Summary), "") => QUANTILE_LABEL,
            _ => return Ok(()),
        };
        check_number(&labels, number).map_err(wrong)
    }
}

fn check_number(labels: &Labels, name: &str) -> Result<(), String> {
    match labels.get(name) {
        None => Err(format!(
            "{}: label {name:?} is missing",
            labels.metric_name()
        )),
        Some(text) if parse_float(text.as_bytes()).is_none() => Err(format!(
            "{}: label {name:?} must be a number, got {}",
            labels.metric_name(),
            shown(text.as_bytes())
        )),
        Some(_) => Ok(()),
    }
}

impl ExpositionSink for Rules {
    fn family(&mut self, family: &FamilyRef<'_>) -> Flow {
        let result = self.metadata(family);
        self.keep(result)
    }

    fn sample(&mut self, series: &SeriesRef<'_>, _: &Point) -> Flow {
        let result = self.check_sample(series);
        self.keep(result)
    }

    fn histogram(&mut self, series: &SeriesRef<'_>, _: HistogramPoint) -> Flow {
        let result = series
            .labels()
            .map(drop)
            .map_err(|problem| Broken::new(series.line(), problem.to_string()));
        self.keep(result)
    }

    fn exemplar(&mut self, _: &ExemplarRef<'_>) -> Flow {
        Flow::Continue(())
    }
}
