//! Metric families as advice needs them: everything that was told about one, in one place.

use crate::exposition::series::{ExemplarRef, SeriesRef};
use crate::exposition::{ExpositionSink, Fact, FamilyRef, Flow, Format, HistogramPoint, Point};
use std::collections::{BTreeSet, HashMap, HashSet};
use tacho_model::metric::MetricKind;

/// What is known about a family.
#[derive(Debug, Default)]
pub(super) struct Family {
    /// Its name, in OpenMetrics with the suffix of its samples.
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) kind: MetricKind,
    pub(super) has_help: bool,
    /// Names of its labels.
    pub(super) labels: BTreeSet<String>,
    /// Whether a series came twice.
    pub(super) repeated: bool,
    /// Whether there are samples.
    pub(super) sampled: bool,
    /// Texts and times of its series.
    seen: HashSet<(u128, Option<i64>)>,
}

/// All families of an exposition, in their order.
#[derive(Debug)]
pub(super) struct Families {
    format: Format,
    list: Vec<Family>,
    by_name: HashMap<String, usize>,
}

impl Families {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            list: Vec::new(),
            by_name: HashMap::new(),
        }
    }

    /// Those that have samples.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Family> {
        self.list.iter().filter(|family| family.sampled)
    }

    fn entry(&mut self, name: &str, line: usize) -> Option<&mut Family> {
        let index = match self.by_name.get(name) {
            Some(index) => *index,
            None => {
                self.by_name.insert(name.to_owned(), self.list.len());
                self.list.push(Family {
                    name: name.to_owned(),
                    line,
                    ..Family::default()
                });
                self.list.len() - 1
            }
        };
        self.list.get_mut(index)
    }

    fn kind(&self, name: &str) -> Option<MetricKind> {
        let index = self.by_name.get(name)?;
        self.list.get(*index).map(|family| family.kind)
    }

    /// The name of the family of a sample.
    fn family_of<'n>(&self, name: &'n str) -> &'n str {
        let suffixes: [(&str, &[MetricKind]); 6] = [
            (
                "_bucket",
                &[MetricKind::Histogram, MetricKind::GaugeHistogram],
            ),
            ("_count", &[MetricKind::Histogram, MetricKind::Summary]),
            ("_sum", &[MetricKind::Histogram, MetricKind::Summary]),
            ("_gcount", &[MetricKind::GaugeHistogram]),
            ("_gsum", &[MetricKind::GaugeHistogram]),
            ("_total", &[MetricKind::Counter]),
        ];
        let suffixes = suffixes
            .into_iter()
            .chain([("_info", &[MetricKind::Info][..])]);
        for (suffix, kinds) in suffixes {
            let of_text = suffix.starts_with("_total") || suffix.starts_with("_i");
            if of_text && self.format != Format::OpenMetrics {
                continue;
            }
            if let Some(base) = name.strip_suffix(suffix)
                && self.kind(base).is_some_and(|kind| kinds.contains(&kind))
            {
                return base;
            }
        }
        name
    }

    fn seen(&mut self, series: &SeriesRef<'_>, time_ms: Option<i64>) {
        let name = series.metric_name();
        let base = self.family_of(&name).to_owned();
        let suffixed = base.len() < name.len() && name.ends_with("_total");
        let info = base.len() < name.len() && name.ends_with("_info");
        let own_label = match self.kind(&base) {
            Some(MetricKind::Histogram | MetricKind::GaugeHistogram)
                if name.ends_with("_bucket") =>
            {
                "le"
            }
            Some(MetricKind::Summary) if base == name => "quantile",
            _ => "",
        };
        let Some(family) = self.entry(&base, series.line()) else {
            return;
        };
        if suffixed || info {
            name.as_ref().clone_into(&mut family.name);
        }
        family.sampled = true;
        family.repeated |= !family.seen.insert((series.hash(), time_ms));
        for (name, _) in series.written_labels().flatten() {
            if name != own_label && !family.labels.contains(name.as_ref()) {
                family.labels.insert(name.into_owned());
            }
        }
    }
}

impl ExpositionSink for Families {
    fn family(&mut self, told: &FamilyRef<'_>) -> Flow {
        if let Some(family) = self.entry(told.name, told.line) {
            match told.fact {
                Fact::Kind(kind) => family.kind = kind,
                Fact::Help(help) => family.has_help = !help.is_empty(),
                Fact::Unit(_) => {}
            }
        }
        Flow::Continue(())
    }

    fn sample(&mut self, series: &SeriesRef<'_>, point: &Point) -> Flow {
        self.seen(series, point.time_ms);
        Flow::Continue(())
    }

    fn histogram(&mut self, series: &SeriesRef<'_>, point: HistogramPoint) -> Flow {
        self.seen(series, point.time_ms);
        Flow::Continue(())
    }

    fn exemplar(&mut self, _: &ExemplarRef<'_>) -> Flow {
        Flow::Continue(())
    }
}
