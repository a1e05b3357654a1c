//! Where a node stands in the tree: when it is evaluated, and what is around it.

use crate::promql::node::DataClock;
use tacho_syntax::promql::function::FunctionId;
use tacho_syntax::promql::tree::{At, VectorSelector};

/// Earliest and latest time of the steps at which a node is evaluated.
pub(super) type Reach = (i64, i64);

/// Where a node stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) reach: Reach,
    pub(super) depth: usize,
    /// Below a function that only looks at count and sum of histograms.
    pub(super) counts: bool,
    /// Below something that needs the buckets of histograms.
    pub(super) buckets: bool,
}

impl Place {
    /// Below a call.
    pub(super) fn below_call(mut self, function: FunctionId) -> Self {
        use FunctionId as F;
        match function {
            F::HistogramCount | F::HistogramSum | F::HistogramAvg => self.counts = true,
            F::HistogramQuantile | F::HistogramQuantiles | F::HistogramFraction => {
                self.buckets = true;
            }
            _ => {}
        }
        self
    }

    pub(super) fn counts_only(self) -> bool {
        self.counts && !self.buckets
    }
}

pub(super) fn at_ms(at: Option<At>) -> Option<i64> {
    match at {
        Some(At::Timestamp(time)) => Some(time),
        // `prepare` leaves no others.
        Some(At::Start | At::End) | None => None,
    }
}

pub(super) fn clock_of(selector: &VectorSelector) -> DataClock {
    DataClock {
        offset_ms: selector.offset.ms,
        at_ms: at_ms(selector.at),
    }
}

pub(super) fn shifted((start, end): Reach, clock: DataClock) -> Reach {
    (clock.data_time(start), clock.data_time(end))
}

/// True for functions whose result changes with the time of the step though their arguments do not.
pub(super) fn depends_on_time(function: FunctionId) -> bool {
    use FunctionId as F;
    matches!(
        function,
        F::DaysInMonth
            | F::DayOfMonth
            | F::DayOfWeek
            | F::DayOfYear
            | F::End
            | F::Hour
            | F::Minute
            | F::Month
            | F::Year
            | F::PredictLinear
            | F::Range
            | F::Start
            | F::Step
            | F::Time
            | F::Timestamp
    )
}
