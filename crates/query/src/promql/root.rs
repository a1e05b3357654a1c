//! The value of a whole query in the shape it is given out.

use crate::error::Result;
use crate::promql::call::{Operand, QueryInfo};
use crate::promql::column::{Column, Series};
use crate::promql::evaluate::Evaluator;
use crate::promql::merge;
use crate::promql::node::Node;
use crate::promql::result::{SeriesPoints, Value, points, sample};
use tacho_model::labels::Labels;

/// The value of the whole query.
pub(crate) fn evaluate_root(
    evaluator: &Evaluator<'_>,
    node: &Node<'_>,
    is_range: bool,
) -> Result<Value> {
    let time_ms = evaluator.frame.start_ms;
    match node {
        Node::Matrix(selection) => return evaluator.raw_samples(selection).map(Value::Matrix),
        Node::Subquery(subquery) => {
            let (series, frame) = evaluator.eval_last_subquery(subquery)?;
            return Ok(Value::Matrix(at_times(series, &frame)?));
        }
        _ => {}
    }
    match evaluator.eval(node)? {
        Operand::String(text) => Ok(Value::String { time_ms, text }),
        Operand::Scalar(values) if is_range => {
            let series = Series {
                labels: Labels::default(),
                drop_name: false,
                column: Column {
                    floats: values,
                    histograms: Vec::new(),
                },
            };
            Ok(Value::Matrix(at_times(vec![series], &evaluator.frame)?))
        }
        Operand::Scalar(values) => Ok(Value::Scalar {
            time_ms,
            value: values.first().copied().unwrap_or(f64::NAN),
        }),
        Operand::Vector(series) if is_range => {
            Ok(Value::Matrix(at_times(series, &evaluator.frame)?))
        }
        Operand::Vector(series) => {
            let series = merge::drop_names(series)?;
            let samples = series.into_iter().filter_map(|it| sample(it, time_ms));
            Ok(Value::Vector(samples.collect()))
        }
    }
}

fn at_times(series: Vec<Series>, frame: &QueryInfo) -> Result<Vec<SeriesPoints>> {
    let series = merge::drop_names(series)?;
    let points = series
        .into_iter()
        .map(|it| points(it, |step| frame.time_ms(step)))
        .filter(|it| !it.floats.is_empty() || !it.histograms.is_empty());
    Ok(points.collect())
}
