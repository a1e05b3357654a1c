//! The rules of OpenMetrics 1.0 about families, groups and values. The grammar is checked by then.

use super::Broken;
use super::histogram::{Buckets, Part};
use crate::exposition::error::shown;
use crate::exposition::series::{ExemplarRef, SeriesRef};
use crate::exposition::{ExpositionSink, Fact, FamilyRef, Flow, HistogramPoint, Point};
use std::collections::HashSet;
use tacho_model::labels::{BUCKET_LABEL, Labels, QUANTILE_LABEL};
use tacho_model::metric::MetricKind;

/// An exemplar's labels have at most so many characters.
const EXEMPLAR_CHARS_MAX: usize = 128;

/// The family that lines are about.
#[derive(Debug, Default)]
struct Family {
    name: String,
    line: usize,
    kind: Option<MetricKind>,
    has_help: bool,
    unit: Option<String>,
    has_samples: bool,
    /// Groups whose samples have ended.
    ended: HashSet<Labels>,
    group: Option<Group>,
}

/// Samples that belong together: same labels but for those of buckets, quantiles and states.
#[derive(Debug, Default)]
struct Group {
    labels: Labels,
    line: usize,
    time_ms: Option<i64>,
    /// Series of this time.
    series: HashSet<Labels>,
    buckets: Buckets,
}

/// Checks as it goes.
#[derive(Debug, Default)]
pub(super) struct Rules {
    family: Option<Family>,
    names: HashSet<String>,
    families: usize,
    /// Whether the last sample may have an exemplar.
    exemplar_allowed: bool,
    line: usize,
    broken: Option<Broken>,
}

fn suffixes(kind: MetricKind) -> &'static [&'static str] {
    match kind {
        MetricKind::Counter => &["_total", "_created"],
        MetricKind::Summary => &["", "_count", "_sum", "_created"],
        MetricKind::Histogram => &["_bucket", "_count", "_sum", "_created"],
        MetricKind::GaugeHistogram => &["_bucket", "_gcount", "_gsum"],
        MetricKind::Info => &["_info"],
        MetricKind::Unknown | MetricKind::Gauge | MetricKind::StateSet => &[""],
    }
}

impl Family {
    fn kind(&self) -> MetricKind {
        self.kind.unwrap_or_default()
    }

    /// The suffix of a sample of this family.
    fn suffix<'n>(&self, name: &'n str) -> Option<&'n str> {
        let suffix = name.strip_prefix(self.name.as_str())?;
        suffixes(self.kind()).contains(&suffix).then_some(suffix)
    }

    fn takes_histograms(&self) -> bool {
        matches!(
            self.kind(),
            MetricKind::Histogram | MetricKind::GaugeHistogram
        )
    }

    /// What all samples of a group share.
    fn group_labels(&self, labels: &Labels, suffix: &str) -> Labels {
        let own = match self.kind() {
            MetricKind::Info => return Labels::default(),
            MetricKind::Summary if suffix.is_empty() => QUANTILE_LABEL,
            MetricKind::Histogram | MetricKind::GaugeHistogram if suffix == "_bucket" => {
                BUCKET_LABEL
            }
            MetricKind::StateSet => self.name.as_str(),
            _ => "",
        };
        labels.without_name().filtered(|name| name != own)
    }
}

impl Rules {
    /// Number of families, and the first rule that is broken. `whole`: the end was reached.
    pub(super) fn finish(mut self, whole: bool) -> (usize, Option<Broken>) {
        if whole && self.broken.is_none() {
            self.broken = self.close().err();
        }
        (self.families, self.broken)
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

    /// Ends the family that lines were about.
    fn close(&mut self) -> Result<(), Broken> {
        let Some(family) = self.family.take() else {
            return Ok(());
        };
        self.families += 1;
        let wrong = |message| Err(Broken::new(family.line, message));
        let kind = family.kind();
        let shown_name = shown(family.name.as_bytes());
        let has_unit = family.unit.as_ref().is_some_and(|unit| !unit.is_empty());
        if has_unit && matches!(kind, MetricKind::Info | MetricKind::StateSet) {
            return wrong(format!("{kind} {shown_name} must not have a unit"));
        }
        let own = suffixes(kind).iter().filter(|suffix| !suffix.is_empty());
        for suffix in own.chain([&""]) {
            if !self.names.insert(format!("{}{suffix}", family.name)) {
                let clash = shown(format!("{}{suffix}", family.name).as_bytes());
                return wrong(format!(
                    "metric {shown_name} comes twice or clashes: {clash}"
                ));
            }
        }
        match &family.group {
            Some(group) if family.takes_histograms() => close_buckets(group, kind),
            _ => Ok(()),
        }
    }

    fn metadata(&mut self, told: &FamilyRef<'_>) -> Result<(), Broken> {
        let same = self.family.as_ref().is_some_and(|f| f.name == told.name);
        if !same {
            self.close()?;
        }
        let family = self.family.get_or_insert_with(|| Family {
            name: told.name.to_owned(),
            line: told.line,
            ..Family::default()
        });
        let name = shown(told.name.as_bytes());
        let wrong = |message| Err(Broken::new(told.line, message));
        if family.has_samples {
            return wrong(format!("metadata of {name} after its samples"));
        }
        let (word, twice) = match told.fact {
            Fact::Help(_) => ("HELP", std::mem::replace(&mut family.has_help, true)),
            Fact::Kind(kind) => ("TYPE", family.kind.replace(kind).is_some()),
            Fact::Unit(unit) => ("UNIT", family.unit.replace(unit.to_owned()).is_some()),
        };
        if twice {
            return wrong(format!("second {word} line of metric {name}"));
        }
        Ok(())
    }

    fn check_sample(&mut self, series: &SeriesRef<'_>, point: &Point) -> Result<(), Broken> {
        let line = series.line();
        self.line = line;
        let labels = series
            .labels()
            .map_err(|problem| Broken::new(line, problem.to_string()))?;
        let name = labels.metric_name();
        self.open(name, line)?;
        let Some(family) = &mut self.family else {
            return Ok(());
        };
        let suffix = family.suffix(name).unwrap_or_default();
        let kind = family.kind();
        self.exemplar_allowed = match kind {
            MetricKind::Counter => suffix == "_total",
            MetricKind::Histogram | MetricKind::GaugeHistogram => suffix == "_bucket",
            _ => false,
        };
        let part = check_value(kind, suffix, &family.name, &labels, point.value)
            .map_err(|message| at_series(line, &labels, message))?;
        family.has_samples = true;
        into_group(family, &labels, suffix, part, (line, point))
    }

    /// A sample that is none of the family before starts one of unknown kind.
    fn open(&mut self, name: &str, line: usize) -> Result<(), Broken> {
        if let Some(family) = &self.family {
            if family.suffix(name).is_some() {
                return Ok(());
            }
            if family.name == name {
                let kind = family.kind();
                let wanted = suffixes(kind).join(", ");
                let name = shown(name.as_bytes());
                let message = format!("sample of {kind} {name} lacks a suffix: {wanted}");
                return Err(Broken::new(line, message));
            }
        }
        self.close()?;
        self.family = Some(Family {
            name: name.to_owned(),
            line,
            ..Family::default()
        });
        Ok(())
    }

    fn check_exemplar(&self, exemplar: &ExemplarRef<'_>) -> Result<(), Broken> {
        let wrong = |message: String| Err(Broken::new(self.line, message));
        if !self.exemplar_allowed {
            return wrong("only counters and buckets of histograms may have exemplars".to_owned());
        }
        let labels = match exemplar.labels() {
            Ok(labels) => labels,
            Err(problem) => return wrong(format!("exemplar: {problem}")),
        };
        let chars: usize = labels
            .iter()
            .map(|(name, value)| name.chars().count() + value.chars().count())
            .sum();
        if chars > EXEMPLAR_CHARS_MAX {
            return wrong(format!(
                "labels of an exemplar have {chars} characters, {EXEMPLAR_CHARS_MAX} are allowed"
            ));
        }
        Ok(())
    }
}

fn at_series(line: usize, labels: &Labels, message: impl AsRef<str>) -> Broken {
    let series = shown(labels.to_string().as_bytes());
    Broken::new(line, format!("{}: {}", series, message.as_ref()))
}

fn close_buckets(group: &Group, kind: MetricKind) -> Result<(), Broken> {
    group.buckets.finish(kind).map_err(|message| {
        let labels = &group.labels;
        Broken::new(group.line, format!("{kind} {labels}: {message}"))
    })
}

fn number(labels: &Labels, name: &str) -> Option<f64> {
    crate::exposition::number::parse_float(labels.get(name)?.as_bytes())
}

/// Checks the value of a sample by its place in the family; gives what a histogram needs to know.
fn check_value(
    kind: MetricKind,
    suffix: &str,
    family: &str,
    labels: &Labels,
    value: f64,
) -> Result<Part, &'static str> {
    let counts = matches!(suffix, "_total" | "_bucket" | "_count" | "_sum" | "_gcount");
    if (counts || suffix == "_gsum") && value.is_nan() {
        return Err("the value must not be NaN");
    }
    if counts && value < 0.0 {
        return Err("the value must not be negative");
    }
    if matches!(suffix, "_bucket" | "_count" | "_gcount") && value.fract() != 0.0 {
        return Err("the value must be an integer");
    }
    match (kind, suffix) {
        (MetricKind::Summary, "") => {
            let quantile = number(labels, QUANTILE_LABEL);
            if !quantile.is_some_and(|quantile| (0.0..=1.0).contains(&quantile)) {
                return Err("the label quantile must be a number from 0 to 1");
            }
            if value < 0.0 {
                return Err("the value must not be negative");
            }
        }
        (MetricKind::Info, _) if value != 1.0 => return Err("the value must be 1"),
        (MetricKind::StateSet, _) => {
            if value != 0.0 && value != 1.0 {
                return Err("the value must be 0 or 1");
            }
            if labels.get(family).is_none() {
                return Err("the label with the name of the metric is missing");
            }
        }
        _ => {}
    }
    Ok(match suffix {
        "_bucket" => match number(labels, BUCKET_LABEL) {
            Some(bound) if !bound.is_nan() => Part::Bucket(bound),
            _ => return Err("the label le must be a number"),
        },
        "_count" | "_gcount" => Part::Count,
        "_sum" | "_gsum" => Part::Sum,
        _ => Part::Other,
    })
}

/// Puts a sample into its group: groups must not be torn apart, times must not go back.
fn into_group(
    family: &mut Family,
    labels: &Labels,
    suffix: &str,
    part: Part,
    (line, point): (usize, &Point),
) -> Result<(), Broken> {
    let kind = family.kind();
    let wrong = |message: &str| Err(at_series(line, labels, message));
    let key = family.group_labels(labels, suffix);
    let histograms = family.takes_histograms();
    let same = family.group.as_ref().is_some_and(|g| g.labels == key);
    if !same {
        if family.ended.contains(&key) {
            return wrong("the samples of a metric must stand together");
        }
        if let Some(before) = family.group.take() {
            if histograms {
                close_buckets(&before, kind)?;
            }
            family.ended.insert(before.labels);
        }
    }
    let new = || Group {
        labels: key,
        line,
        time_ms: point.time_ms,
        ..Group::default()
    };
    let group = family.group.get_or_insert_with(new);
    match (group.time_ms, point.time_ms) {
        (Some(before), Some(now)) if now < before && kind != MetricKind::Info => {
            return wrong("the timestamp goes back");
        }
        (None, Some(_)) | (Some(_), None) => {
            return wrong("some samples of the metric have a timestamp, others have none");
        }
        (before, now) if before != now => {
            if histograms {
                close_buckets(group, kind)?;
            }
            (group.time_ms, group.line) = (now, line);
            group.series.clear();
            group.buckets = Buckets::default();
        }
        _ => {}
    }
    let repeated = !group.series.insert(labels.clone());
    if repeated {
        // With a timestamp it may be one of several within a millisecond.
        if point.time_ms.is_none() {
            return wrong("the series comes twice");
        }
        return Ok(());
    }
    let added = group.buckets.add(part, point.value);
    match added {
        Err(message) if histograms => wrong(&message),
        _ => Ok(()),
    }
}

impl ExpositionSink for Rules {
    fn family(&mut self, family: &FamilyRef<'_>) -> Flow {
        let result = self.metadata(family);
        self.keep(result)
    }

    fn sample(&mut self, series: &SeriesRef<'_>, point: &Point) -> Flow {
        let result = self.check_sample(series, point);
        self.keep(result)
    }

    fn histogram(&mut self, _: &SeriesRef<'_>, _: HistogramPoint) -> Flow {
        Flow::Continue(())
    }

    fn exemplar(&mut self, exemplar: &ExemplarRef<'_>) -> Flow {
        let result = self.check_exemplar(exemplar);
        self.keep(result)
    }
}
