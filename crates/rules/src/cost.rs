//! What an evaluation of a rule costs, told before it is saved: series and samples that it reads, and
//! whether that is too much.

use crate::error::Result;
use crate::rule::Expression;
use crate::selector::selectors_of;
use std::fmt::Write as _;
use tacho_model::sample::SampleColumns;
use tacho_query::promql::prepare::Times;
use tacho_storage::read::ReadContext;
use tacho_storage::samples::read::SeriesView;

/// Series of a selector that are read to estimate how many samples all have.
const PROBED_MAX: usize = 64;

/// What a rule may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostLimits {
    /// Series that an evaluation reads.
    pub series_max: usize,
    /// Samples that an evaluation reads.
    pub samples_max: u64,
}

impl Default for CostLimits {
    fn default() -> Self {
        Self {
            series_max: 500_000,
            samples_max: 20_000_000,
        }
    }
}

/// What an evaluation costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// Series that it reads.
    pub series: u64,
    /// Samples that it reads, about.
    pub samples: u64,
    /// By selector.
    pub selectors: Vec<SelectorCost>,
    /// Whether the limits allow it.
    pub allowed: bool,
    /// All of it in a sentence.
    pub text: String,
}

/// What a selector costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectorCost {
    /// The selector, PromQL.
    pub text: String,
    /// Series that it finds.
    pub series: u64,
    /// Samples that it reads, about.
    pub samples: u64,
}

/// The cost of an evaluation at a time. Rules on traces and logs cost nothing here.
///
/// # Errors
/// If series cannot be read. Too many of them are no error.
pub fn estimate(
    view: &dyn SeriesView,
    expr: &Expression,
    (time_ms, lookback_ms): (i64, i64),
    limits: CostLimits,
    context: &ReadContext,
) -> Result<Cost> {
    let mut cost = Cost {
        series: 0,
        samples: 0,
        selectors: Vec::new(),
        allowed: true,
        text: String::new(),
    };
    let Some(expr) = expr.promql() else {
        cost.text = "asks for traces or logs".to_owned();
        return Ok(cost);
    };
    for selector in selectors_of(expr, lookback_ms, Times::instant(time_ms))? {
        let (start_ms, end_ms) = selector.range_at(time_ms);
        let found = selector.find(view, (start_ms, end_ms), 0, context)?;
        let mut columns = SampleColumns::default();
        let mut read = 0u64;
        let probed = found.iter().take(PROBED_MAX);
        for series in probed {
            series
                .data
                .read(start_ms, end_ms, &mut columns)
                .map_err(crate::selector::failed)?;
            read += columns.len() as u64;
        }
        let (all, probed) = (found.len() as u64, found.len().min(PROBED_MAX) as u64);
        let samples = read.saturating_mul(all) / probed.max(1);
        cost.series = cost.series.saturating_add(all);
        cost.samples = cost.samples.saturating_add(samples);
        cost.selectors.push(SelectorCost {
            text: selector.text,
            series: all,
            samples,
        });
    }
    cost.judge(limits);
    Ok(cost)
}

impl Cost {
    fn judge(&mut self, limits: CostLimits) {
        let Self {
            series, samples, ..
        } = self;
        let mut text = format!("reads {samples} samples of {series} series each time");
        let too_many_series = *series > limits.series_max as u64;
        let too_many_samples = *samples > limits.samples_max;
        if too_many_series {
            let _ = write!(text, ": more than the {} series allowed", limits.series_max);
        } else if too_many_samples {
            let _ = write!(
                text,
                ": more than the {} samples allowed",
                limits.samples_max
            );
        }
        self.allowed = !too_many_series && !too_many_samples;
        self.text = text;
    }
}

#[cfg(test)]
mod tests {
    use super::{CostLimits, estimate};
    use crate::rule::Expression;
    use tacho_model::labels::Labels;
    use tacho_model::sample::SampleValue;
    use tacho_query::promql::engine::Query;
    use tacho_query::promql::script::memory::MemorySeries;
    use tacho_storage::read::ReadContext;

    #[test]
    fn series_and_samples_are_counted_by_selector() {
        let mut memory = MemorySeries::default();
        for series in 0..200 {
            let name = if series < 150 { "a" } else { "b" };
            let number = series.to_string();
            let labels = Labels::from_pairs([("__name__", name), ("i", number.as_str())]);
            for step in 0..40i64 {
                let time = 1_000_000 + step * 15_000;
                memory
                    .append(&labels, time, SampleValue::Float(1.0), 0)
                    .unwrap();
            }
        }
        let expr = "sum(rate(a[5m])) / sum(b) > 1 or absent(c)";
        let expr = Expression::PromQl(Query::parse(expr).unwrap());
        let of = |limits| {
            let time = (1_000_000 + 39 * 15_000, 60_000);
            estimate(&memory, &expr, time, limits, &ReadContext::default()).unwrap()
        };
        let cost = of(CostLimits::default());
        assert_eq!((cost.series, cost.samples), (200, 150 * 20 + 50 * 4));
        let series: Vec<u64> = cost.selectors.iter().map(|it| it.series).collect();
        assert_eq!(series, [150, 50, 0]);
        assert!(cost.allowed);
        assert_eq!(cost.text, "reads 3200 samples of 200 series each time");
        let few = of(CostLimits {
            series_max: 100,
            samples_max: 10,
        });
        assert!(!few.allowed);
        assert!(
            few.text.ends_with("more than the 100 series allowed"),
            "{}",
            few.text
        );
    }
}
