//! What Prometheus answers to `selector[range]`, as parts of OpenMetrics text.

use super::chunk::PART_BYTES_MAX;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, HashMap};
use tacho_model::labels::Labels;
use tacho_model::metric::{Metadata, MetricKind};
use tacho_wire::exposition::Format;
use tacho_wire::exposition::write::{Row, Writer};

/// A part is cut when it has so many bytes: a line more and it is still within the limit.
const CUT_BYTES: usize = PART_BYTES_MAX - (1 << 20);

/// Series with their samples.
#[derive(Debug, Deserialize)]
pub(super) struct Series {
    metric: BTreeMap<String, String>,
    /// Seconds and value.
    #[serde(default)]
    values: Vec<(f64, String)>,
    #[serde(default)]
    histograms: Vec<IgnoredAny>,
}

/// What Prometheus tells about a metric.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Told {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    help: String,
    #[serde(default)]
    unit: String,
}

/// Metadata by name, as `/api/v1/metadata` answers.
pub(super) type Catalog = HashMap<String, Vec<Told>>;

impl Told {
    fn kind(&self) -> MetricKind {
        MetricKind::parse(&self.kind).unwrap_or_default()
    }
}

/// The family of a series and what is known about it, such that no name changes when it is read.
fn family<'n>(name: &'n str, catalog: &Catalog) -> (&'n str, Metadata) {
    let told = |name: &str| catalog.get(name).and_then(|list| list.first());
    let metadata = |told: &Told, kind| Metadata {
        kind,
        help: told.help.clone(),
        unit: told.unit.clone(),
        otlp_name: String::new(),
    };
    if let Some(told) = told(name) {
        let kind = match told.kind() {
            MetricKind::Counter if !name.ends_with("_total") => MetricKind::Unknown,
            kind => kind,
        };
        return (name, metadata(told, kind));
    }
    let suffixes: [(&str, &[MetricKind]); 4] = [
        (
            "_bucket",
            &[MetricKind::Histogram, MetricKind::GaugeHistogram],
        ),
        ("_count", &[MetricKind::Histogram, MetricKind::Summary]),
        ("_sum", &[MetricKind::Histogram, MetricKind::Summary]),
        ("_total", &[MetricKind::Counter]),
    ];
    for (suffix, kinds) in suffixes {
        if let Some(base) = name.strip_suffix(suffix)
            && let Some(told) = told(base)
            && kinds.contains(&told.kind())
        {
            return (base, metadata(told, told.kind()));
        }
    }
    (name, Metadata::default())
}

/// Gives an answer out in parts.
#[derive(Debug)]
pub(super) struct Matrix<'c> {
    series: std::vec::IntoIter<Series>,
    current: Option<(Row, std::vec::IntoIter<(f64, String)>)>,
    catalog: &'c Catalog,
    /// Native histograms that text cannot hold.
    pub(super) histograms: u64,
}

/// A body and the number of samples in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) text: String,
    pub(super) samples: u64,
}

impl<'c> Matrix<'c> {
    pub(super) fn new(series: Vec<Series>, catalog: &'c Catalog) -> Self {
        let histograms = series.iter().map(|series| series.histograms.len() as u64);
        Self {
            histograms: histograms.sum(),
            series: series.into_iter(),
            current: None,
            catalog,
        }
    }

    /// The next part; `None` after the last.
    pub(super) fn next_part(&mut self) -> Option<Body> {
        let mut writer = Writer::new(Format::OpenMetrics);
        let mut samples = 0;
        let mut family_before = None;
        loop {
            let (mut row, mut values) = match self.current.take() {
                Some(current) => current,
                None => match self.series.next() {
                    Some(series) => start(series),
                    None => break,
                },
            };
            let (family, metadata) = family(row.labels.metric_name(), self.catalog);
            let told = family_before.as_deref() == Some(family);
            if !told && values.len() > 0 {
                writer.head(family, &metadata);
                family_before = Some(family.to_owned());
            }
            for (seconds, value) in &mut values {
                let Some(value) = number(&value) else {
                    continue;
                };
                row.value = value;
                row.time_ms = Some((seconds * 1000.0).round() as i64);
                writer.row(&row);
                samples += 1;
                if writer.len() > CUT_BYTES {
                    break;
                }
            }
            if values.len() > 0 {
                self.current = Some((row, values));
            }
            if writer.len() > CUT_BYTES {
                break;
            }
        }
        (samples > 0).then(|| Body {
            text: writer.finish(),
            samples,
        })
    }
}

fn start(series: Series) -> (Row, std::vec::IntoIter<(f64, String)>) {
    let row = Row {
        labels: Labels::from_pairs(&series.metric),
        value: 0.0,
        time_ms: None,
        exemplar: None,
    };
    (row, series.values.into_iter())
}

/// A value as Prometheus writes it.
fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Body, Catalog, Matrix, Series};

    const CATALOG: &str = r#"{"h": [{"type": "histogram", "help": "H", "unit": ""}],
        "c_total": [{"type": "counter", "help": "", "unit": ""}], "odd": [{"type": "counter"}],
        "om": [{"type": "counter"}]}"#;

    fn parts(json: &str) -> (Vec<Body>, u64) {
        let catalog: Catalog = serde_json::from_str(CATALOG).unwrap();
        let series: Vec<Series> = serde_json::from_str(json).unwrap();
        let mut matrix = Matrix::new(series, &catalog);
        let parts = std::iter::from_fn(|| matrix.next_part()).collect();
        (parts, matrix.histograms)
    }

    #[test]
    fn samples_become_lines_with_times_and_kinds() {
        let (parts, histograms) = parts(
            r#"[{"metric": {"__name__": "h_bucket", "le": "+Inf"}, "values": [[1.5, "1"], [2, "+Inf"]]},
                {"metric": {"__name__": "h_count"}, "values": [[1700215884.373, "1e+06"]]},
                {"metric": {"__name__": "c_total", "a.b": "\"\n"}, "values": [[1, "NaN"]]},
                {"metric": {"__name__": "odd"}, "values": [[1, "0.25"]]},
                {"metric": {"__name__": "om_total"}, "values": [[1, "-Inf"]]},
                {"metric": {"__name__": "n"}, "histograms": [[1, {"count": "1"}], [2, {}]]}]"#,
        );
        let expected = "\
# HELP h H
# TYPE h histogram
h_bucket{le=\"+Inf\"} 1.0 1.5
h_bucket{le=\"+Inf\"} +Inf 2
h_count 1e+06 1700215884.373
# TYPE c counter
c_total{\"a.b\"=\"\\\"\\n\"} NaN 1
# TYPE odd unknown
odd 0.25 1
# TYPE om counter
om_total -Inf 1
# EOF
";
        assert_eq!(parts.len(), 1);
        assert_eq!(parts[0].text, expected);
        assert_eq!((parts[0].samples, histograms), (6, 2));
    }

    #[test]
    fn long_answers_are_cut_and_nothing_is_lost() {
        let values: Vec<String> = (0..200_000).map(|i| format!("[{i}, \"{i}\"]")).collect();
        let label = "x".repeat(40);
        let json = format!(
            r#"[{{"metric": {{"__name__": "a", "l": "{label}"}}, "values": [{}]}}]"#,
            values.join(",")
        );
        let (parts, _) = parts(&json);
        assert!(parts.len() > 1);
        let total: u64 = parts.iter().map(|part| part.samples).sum();
        assert_eq!(total, 200_000);
        for part in &parts {
            assert!(part.text.len() <= super::PART_BYTES_MAX);
            assert!(part.text.starts_with("# TYPE a unknown\na{l="));
        }
    }

    #[test]
    fn nothing_becomes_no_part() {
        assert_eq!(parts("[]").0, []);
    }
}
