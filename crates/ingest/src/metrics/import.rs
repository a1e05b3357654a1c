//! Exposition text of the past becomes a batch of samples: what `tacho import openmetrics` sends.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::labels::Labels;
use tacho_model::metric::{Exemplar, Metadata};
use tacho_storage::error::Result as StorageResult;
use tacho_storage::samples::batch::{
    LabelSource, Point, PointValue, RunKind, SampleBatch, SeriesRun,
};
use tacho_wire::exposition::series::{ExemplarRef, SeriesRef};
use tacho_wire::exposition::{
    self, ExpositionSink, Fact, FamilyRef, Flow, Format, HistogramPoint, Options,
};

/// What was read.
pub struct Import {
    /// The samples, series by series.
    pub batch: SampleBatch,
    /// Number of different series.
    pub series: u64,
    /// Samples without a time: they are left out.
    pub timeless: u64,
    /// Line of the first of them.
    pub timeless_line: usize,
}

/// Why a text is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ImportError(String);

/// Reads OpenMetrics text. Samples without a time are left out and counted. A part of a text may begin in
/// the middle of a family, so `_created` lines are series of their own, as a scrape takes them.
///
/// # Errors
/// What is wrong, with its line; nothing of the text may be used then.
pub fn read(body: &[u8]) -> Result<Import, ImportError> {
    let mut collector = Collector::default();
    exposition::parse(
        body,
        Format::OpenMetrics,
        &Options::default(),
        &mut collector,
    )
    .map_err(|error| ImportError(error.to_string()))?;
    match collector.problem.take() {
        Some(problem) => Err(ImportError(problem)),
        None => Ok(collector.finish()),
    }
}

/// Labels by position.
struct LabelList(Vec<Labels>);

impl LabelSource for LabelList {
    fn labels(&self, series: usize) -> StorageResult<Labels> {
        match self.0.get(series) {
            Some(labels) => Ok(labels.clone()),
            None => Err(tacho_storage::error::Error::internal(
                "a series without labels",
            )),
        }
    }
}

/// Samples by series, in the order of their first lines.
#[derive(Default)]
struct Collector {
    positions: HashMap<u128, usize>,
    labels: Vec<Labels>,
    aliases: Vec<u128>,
    points: Vec<Vec<Point>>,
    histograms: Vec<Arc<Histogram>>,
    exemplars: Vec<(u32, Exemplar)>,
    metadata: BTreeMap<String, Metadata>,
    last: Option<(usize, i64)>,
    timeless: u64,
    timeless_line: usize,
    problem: Option<String>,
}

impl Collector {
    fn add(
        &mut self,
        series: &SeriesRef<'_>,
        time_ms: Option<i64>,
        start: i64,
        value: PointValue,
    ) -> Flow {
        self.last = None;
        let Some(time_ms) = time_ms else {
            if self.timeless == 0 {
                self.timeless_line = series.line();
            }
            self.timeless += 1;
            return ControlFlow::Continue(());
        };
        let position = match self.positions.get(&series.hash()) {
            Some(position) => *position,
            None => match series.labels() {
                Ok(labels) => self.open(series.hash(), labels),
                Err(problem) => return self.fail(series.line(), &problem.to_string()),
            },
        };
        if let Some(points) = self.points.get_mut(position) {
            points.push(Point {
                time_ms,
                start_ms: start,
                value,
            });
        }
        self.last = Some((position, time_ms));
        ControlFlow::Continue(())
    }

    fn open(&mut self, alias: u128, labels: Labels) -> usize {
        let position = self.labels.len();
        self.positions.insert(alias, position);
        self.labels.push(labels);
        self.aliases.push(alias);
        self.points.push(Vec::new());
        position
    }

    fn fail(&mut self, line: usize, what: &str) -> Flow {
        self.problem = Some(format!("line {line}: {what}"));
        ControlFlow::Break(())
    }

    fn finish(self) -> Import {
        let series = self.labels.len() as u64;
        let runs = self
            .aliases
            .iter()
            .zip(&self.points)
            .map(|(alias, points)| SeriesRun {
                alias: *alias,
                points: u32::try_from(points.len()).unwrap_or(u32::MAX),
                kind: RunKind::Plain,
            })
            .collect();
        let batch = SampleBatch {
            series: runs,
            points: self.points.into_iter().flatten().collect(),
            histograms: self.histograms,
            exemplars: self.exemplars,
            metadata: self.metadata.into_iter().collect(),
            labels: Box::new(LabelList(self.labels)),
        };
        Import {
            batch,
            series,
            timeless: self.timeless,
            timeless_line: self.timeless_line,
        }
    }
}

impl ExpositionSink for Collector {
    fn family(&mut self, family: &FamilyRef<'_>) -> Flow {
        let entry = self.metadata.entry(family.name.to_owned()).or_default();
        match family.fact {
            Fact::Kind(kind) => entry.kind = kind,
            Fact::Help(help) => help.clone_into(&mut entry.help),
            Fact::Unit(unit) => unit.clone_into(&mut entry.unit),
        }
        ControlFlow::Continue(())
    }

    fn sample(&mut self, series: &SeriesRef<'_>, point: &exposition::Point) -> Flow {
        let value = PointValue::Float(point.value);
        self.add(series, point.time_ms, point.start_ms.unwrap_or(0), value)
    }

    fn histogram(&mut self, series: &SeriesRef<'_>, point: HistogramPoint) -> Flow {
        let position = u32::try_from(self.histograms.len()).unwrap_or(u32::MAX);
        self.histograms.push(Arc::new(point.histogram));
        let value = PointValue::Histogram(position);
        self.add(series, point.time_ms, point.start_ms.unwrap_or(0), value)
    }

    fn exemplar(&mut self, exemplar: &ExemplarRef<'_>) -> Flow {
        if let Some((position, time_ms)) = self.last
            && let Ok(exemplar) = exemplar.to_exemplar(time_ms)
        {
            self.exemplars
                .push((u32::try_from(position).unwrap_or(u32::MAX), exemplar));
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use tacho_storage::samples::batch::PointValue;

    #[test]
    fn samples_are_gathered_by_series() {
        let text = "# TYPE a gauge\n# HELP a What.\na{x=\"1\"} 1 10\na{x=\"2\"} 2 10.5\na{x=\"1\"} 3 20\n# EOF\n";
        let import = read(text.as_bytes()).unwrap();
        assert_eq!(import.series, 2);
        let counts: Vec<u32> = import.batch.series.iter().map(|run| run.points).collect();
        assert_eq!(counts, [2, 1]);
        let times: Vec<i64> = import
            .batch
            .points
            .iter()
            .map(|point| point.time_ms)
            .collect();
        assert_eq!(times, [10_000, 20_000, 10_500]);
        assert!(matches!(
            import.batch.points[1].value,
            PointValue::Float(3.0)
        ));
        assert_eq!(import.batch.metadata[0].1.help, "What.");
        assert_eq!(
            import.batch.labels.labels(1).unwrap().to_string(),
            "a{x=\"2\"}"
        );
    }

    #[test]
    fn samples_without_time_and_broken_lines_are_told() {
        let import = read(b"b 1 5\na 1\na 2\n# EOF\n").unwrap();
        assert_eq!((import.timeless, import.timeless_line), (2, 2));
        assert_eq!(import.batch.points.len(), 1);
        assert!(read(b"a{ 1 1\n# EOF\n").is_err());
        assert!(read(b"a 1 1\n").is_err());
    }
}
