//! Results of queries as JSON, written piece by piece.

use super::query::Stats;
use super::write_json;
use axum::body::Bytes;
use std::fmt::Write as _;
use tacho_model::sample::SampleValue;
use tacho_query::promql::result::{QueryResult, QueryStats, Sample, SeriesPoints, Value};

/// Bytes of a piece, about.
const PIECE_BYTES: usize = 64 << 10;

/// Leaves out what is beyond the limit (0: nothing); true if something was left out.
pub fn truncate(value: &mut Value, limit: usize) -> bool {
    if limit == 0 {
        return false;
    }
    match value {
        Value::Vector(samples) if samples.len() > limit => samples.truncate(limit),
        Value::Matrix(series) if series.len() > limit => series.truncate(limit),
        _ => return false,
    }
    true
}

/// A result on its way out.
pub struct Written {
    result: QueryResult,
    stats: Stats,
    next: Next,
}

/// What comes next.
enum Next {
    Head,
    Item(usize),
    Done,
}

impl Written {
    /// The whole answer of the API with this result.
    pub fn new(result: QueryResult, stats: Stats) -> Self {
        Self {
            result,
            stats,
            next: Next::Head,
        }
    }

    /// The whole text at once.
    pub fn text(self) -> String {
        let mut out = String::new();
        for piece in self {
            out.push_str(&String::from_utf8_lossy(&piece));
        }
        out
    }

    fn head(&self, out: &mut String) {
        let kind = match &self.result.value {
            Value::Scalar { .. } => "scalar",
            Value::String { .. } => "string",
            Value::Vector(_) => "vector",
            Value::Matrix(_) => "matrix",
        };
        let _ = write!(
            out,
            "{{\"status\":\"success\",\"data\":{{\"resultType\":\"{kind}\",\"result\":["
        );
        match &self.result.value {
            Value::Scalar { time_ms, value } => {
                write_json::time(out, *time_ms);
                out.push(',');
                write_json::number(out, *value);
            }
            Value::String { time_ms, text } => {
                write_json::time(out, *time_ms);
                out.push(',');
                write_json::text(out, text);
            }
            Value::Vector(_) | Value::Matrix(_) => {}
        }
    }

    /// Writes an element; false if there is none.
    fn item(&self, index: usize, out: &mut String) -> bool {
        match &self.result.value {
            Value::Vector(samples) => samples.get(index).map(|it| write_sample(out, index, it)),
            Value::Matrix(series) => series.get(index).map(|it| write_series(out, index, it)),
            _ => None,
        }
        .is_some()
    }

    fn tail(&self, out: &mut String) {
        out.push(']');
        if self.stats != Stats::None {
            out.push_str(",\"stats\":");
            write_stats(out, &self.result.stats, self.stats == Stats::All);
        }
        out.push('}');
        for (key, notes) in [
            ("warnings", &self.result.warnings),
            ("infos", &self.result.infos),
        ] {
            if notes.is_empty() {
                continue;
            }
            let _ = write!(out, ",\"{key}\":[");
            for (index, note) in notes.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json::text(out, note);
            }
            out.push(']');
        }
        out.push('}');
    }
}

impl Iterator for Written {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let mut out = String::with_capacity(PIECE_BYTES + PIECE_BYTES / 8);
        while out.len() < PIECE_BYTES {
            self.next = match self.next {
                Next::Head => {
                    self.head(&mut out);
                    Next::Item(0)
                }
                Next::Item(index) if self.item(index, &mut out) => Next::Item(index + 1),
                Next::Item(_) => {
                    self.tail(&mut out);
                    Next::Done
                }
                Next::Done => break,
            };
        }
        (!out.is_empty()).then(|| Bytes::from(out))
    }
}

fn write_sample(out: &mut String, index: usize, sample: &Sample) {
    if index > 0 {
        out.push(',');
    }
    out.push_str("{\"metric\":");
    write_json::labels(out, &sample.labels);
    match &sample.value {
        SampleValue::Float(value) => {
            out.push_str(",\"value\":");
            write_json::point(out, sample.time_ms, *value);
        }
        SampleValue::Histogram(histogram) => {
            out.push_str(",\"histogram\":");
            write_json::histogram_point(out, sample.time_ms, histogram);
        }
    }
    out.push('}');
}

fn write_series(out: &mut String, index: usize, series: &SeriesPoints) {
    if index > 0 {
        out.push(',');
    }
    out.push_str("{\"metric\":");
    write_json::labels(out, &series.labels);
    for (at, (time_ms, value)) in series.floats.iter().enumerate() {
        out.push_str(if at == 0 { ",\"values\":[" } else { "," });
        write_json::point(out, *time_ms, *value);
    }
    if !series.floats.is_empty() {
        out.push(']');
    }
    for (at, (time_ms, histogram)) in series.histograms.iter().enumerate() {
        out.push_str(if at == 0 { ",\"histograms\":[" } else { "," });
        write_json::histogram_point(out, *time_ms, histogram);
    }
    if !series.histograms.is_empty() {
        out.push(']');
    }
    out.push('}');
}

fn write_stats(out: &mut String, stats: &QueryStats, per_step: bool) {
    let timings = &stats.timings;
    let _ = write!(
        out,
        "{{\"timings\":{{\"evalTotalTime\":{},\"resultSortTime\":{},\"queryPreparationTime\":{},\"innerEvalTime\":{},\"execQueueTime\":{},\"execTotalTime\":{}}},\"samples\":{{",
        timings.eval_total,
        timings.result_sort,
        timings.query_preparation,
        timings.inner_eval,
        timings.exec_queue,
        timings.exec_total
    );
    if per_step {
        out.push_str("\"totalQueryableSamplesPerStep\":[");
        for (index, (time_ms, samples)) in stats.samples.per_step.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.push('[');
            write_json::time(out, *time_ms);
            let _ = write!(out, ",{samples}]");
        }
        out.push_str("],");
    }
    let _ = write!(
        out,
        "\"totalQueryableSamples\":{},\"peakSamples\":{}}}}}",
        stats.samples.total, stats.samples.peak
    );
}

#[cfg(test)]
mod tests {
    use super::{Written, truncate};
    use crate::prometheus::query::Stats;
    use tacho_model::labels::Labels;
    use tacho_model::sample::SampleValue;
    use tacho_query::promql::result::{QueryResult, QueryStats, Sample, SeriesPoints, Value};

    fn text(value: Value, stats: Stats) -> String {
        let result = QueryResult {
            value,
            warnings: vec!["careful".to_owned()],
            infos: Vec::new(),
            stats: QueryStats::default(),
        };
        Written::new(result, stats).text()
    }

    #[test]
    fn answers_have_the_shape_of_the_api() {
        let labels = Labels::from_pairs([("__name__", "up"), ("job", "a")]);
        let sample = Sample {
            labels: labels.clone(),
            time_ms: 1_500,
            value: SampleValue::Float(1.0),
        };
        assert_eq!(
            text(Value::Vector(vec![sample]), Stats::None),
            r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"a"},"value":[1.500,"1"]}]},"warnings":["careful"]}"#
        );
        let series = SeriesPoints {
            labels,
            floats: vec![(0, 1.0), (1_000, f64::NAN)],
            histograms: Vec::new(),
        };
        assert_eq!(
            text(Value::Matrix(vec![series]), Stats::None),
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a"},"values":[[0,"1"],[1,"NaN"]]}]},"warnings":["careful"]}"#
        );
        let scalar = Value::Scalar {
            time_ms: 0,
            value: 2.5,
        };
        let all = text(scalar, Stats::All);
        assert!(all.starts_with(
            r#"{"status":"success","data":{"resultType":"scalar","result":[0,"2.5"],"stats":{"timings":{"evalTotalTime":0,"#
        ), "{all}");
        assert!(serde_json::from_str::<serde_json::Value>(&all).is_ok());
    }

    #[test]
    fn large_answers_come_in_pieces() {
        let series = (0..2_000).map(|index| SeriesPoints {
            labels: Labels::from_pairs([("n", index.to_string())]),
            floats: (0..10).map(|step| (step * 1000, 0.5)).collect(),
            histograms: Vec::new(),
        });
        let mut value = Value::Matrix(series.collect());
        assert!(truncate(&mut value, 1_500) && !truncate(&mut value, 1_500));
        let result = QueryResult {
            value,
            warnings: Vec::new(),
            infos: Vec::new(),
            stats: QueryStats::default(),
        };
        let pieces: Vec<_> = Written::new(result, Stats::None).collect();
        assert!(pieces.len() > 3 && pieces.iter().all(|piece| piece.len() < 80_000));
        let json: serde_json::Value = serde_json::from_slice(&pieces.concat()).unwrap();
        assert_eq!(json["data"]["result"].as_array().unwrap().len(), 1_500);
    }
}
