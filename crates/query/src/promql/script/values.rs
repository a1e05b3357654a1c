//! Values written out in scripts, `1+2x3 _ {{sum:5}}`, as samples.

use std::sync::Arc;
use tacho_model::histogram::combine::MixedSchemas;
use tacho_model::histogram::{BucketSpan, Buckets, CounterResetHint, Histogram};
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;
use tacho_syntax::promql::series_text::{
    CounterResetHint as HintText, HistogramText, SeriesItem, SeriesText,
};

/// A value of a position.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The value.
    pub value: SampleValue,
    /// The counter-reset hint of a histogram is written out: it has to be so.
    pub hint_counts: bool,
}

/// The labels of a series.
pub fn labels(series: &SeriesText) -> Labels {
    Labels::from_pairs(series.labels.iter().map(|(name, value)| (name, value)))
}

/// The values of all positions; nothing where no sample is. The error is a fragment for people.
pub fn expand(items: &[SeriesItem]) -> Result<Vec<Option<Written>>, String> {
    let mut out = Vec::new();
    for item in items {
        let SeriesItem::Histogram { value, step, count } = item else {
            out.extend(item.expand().into_iter().map(|value| {
                value.map(|value| Written {
                    value: SampleValue::Float(value),
                    hint_counts: false,
                })
            }));
            continue;
        };
        let hint = match step {
            Some(step) => step.value.counter_reset_hint,
            None => value.counter_reset_hint,
        };
        let mut next = histogram(value);
        for position in 0..*count {
            if let Some(step) = step.as_ref().filter(|_| position > 0) {
                advance(&mut next, &histogram(&step.value), step.negative)?;
            }
            out.push(Some(Written {
                value: SampleValue::Histogram(Arc::new(next.clone())),
                hint_counts: hint.is_some(),
            }));
        }
    }
    Ok(out)
}

fn advance(value: &mut Histogram, step: &Histogram, negative: bool) -> Result<(), String> {
    if value.schema > step.schema {
        return Err(format!(
            "error combining histograms: cannot merge from schema {} to {}",
            step.schema, value.schema
        ));
    }
    let combined = if negative {
        value.subtract(step)
    } else {
        value.add(step)
    };
    combined
        .map(drop)
        .map_err(|error: MixedSchemas| error.to_string())
}

/// A histogram as written.
pub fn histogram(text: &HistogramText) -> Histogram {
    Histogram {
        counter_reset_hint: match text.counter_reset_hint {
            None | Some(HintText::Unknown) => CounterResetHint::Unknown,
            Some(HintText::Reset) => CounterResetHint::Reset,
            Some(HintText::NotReset) => CounterResetHint::NotReset,
            Some(HintText::Gauge) => CounterResetHint::Gauge,
        },
        schema: text.schema,
        zero_threshold: text.zero_threshold,
        zero_count: text.zero_count,
        count: text.count,
        sum: text.sum,
        positive: side(text.offset, &text.buckets),
        negative: side(text.negative_offset, &text.negative_buckets),
        custom_bounds: text.custom_values.as_slice().into(),
    }
}

fn side(offset: i32, counts: &[f64]) -> Buckets {
    if counts.is_empty() {
        return Buckets::default();
    }
    Buckets {
        spans: vec![BucketSpan {
            offset,
            length: u32::try_from(counts.len()).unwrap_or(u32::MAX),
        }],
        counts: counts.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Written, expand};
    use tacho_model::sample::SampleValue;
    use tacho_syntax::promql::series_text::parse_values;

    fn values(text: &str) -> Vec<Option<Written>> {
        expand(&parse_values(text).unwrap()).unwrap()
    }

    #[test]
    fn histograms_grow_by_their_step() {
        let list = values("{{count:1 buckets:[1]}}+{{count:2 buckets:[1 1]}}x2 _ 5");
        let counts: Vec<f64> = list
            .iter()
            .flatten()
            .map(|written| match &written.value {
                SampleValue::Float(value) => *value,
                SampleValue::Histogram(histogram) => histogram.count,
            })
            .collect();
        assert_eq!(counts, [1.0, 3.0, 5.0, 5.0]);
        assert!(list[3].is_none());
    }

    #[test]
    fn a_finer_value_cannot_take_a_coarser_step() {
        let items = parse_values("{{schema:2}}+{{schema:0}}x2").unwrap();
        assert!(expand(&items).unwrap_err().contains("schema 0 to 2"));
    }
}
