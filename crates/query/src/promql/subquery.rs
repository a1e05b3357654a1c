//! Subqueries: an expression at steps of its own, which lie at multiples of the step since 1970.

use crate::error::Result;
use crate::promql::annotation::Annotations;
use crate::promql::call::{Operand, QueryInfo};
use crate::promql::column::{Column, Series};
use crate::promql::counts::{StepCounts, SubqueryUse};
use crate::promql::evaluate::Evaluator;
use crate::promql::failure;
use crate::promql::node::SubqueryNode;
use tacho_model::labels::Labels;

/// Numbers that a step takes beside the values of series.
const STEP_VALUES: usize = 4;

/// A value at the steps of a subquery, with remarks and counts.
struct Evaluated {
    series: Vec<Series>,
    frame: QueryInfo,
    notes: Annotations,
    counts: StepCounts,
}

impl Evaluator<'_> {
    /// The series of a subquery and the steps of their columns.
    pub(crate) fn eval_subquery(
        &self,
        subquery: &SubqueryNode<'_>,
    ) -> Result<(Vec<Series>, QueryInfo)> {
        let evaluated = self.run_subquery(subquery)?;
        self.merge_notes(evaluated.notes);
        let used = SubqueryUse {
            offset_ms: subquery.clock.offset_ms,
            range_ms: subquery.range_ms,
        };
        self.count_subquery(&evaluated.frame, &evaluated.counts, used);
        Ok((evaluated.series, evaluated.frame))
    }

    /// As `eval_subquery`, for one that is the whole query: its samples count for the last step.
    pub(crate) fn eval_last_subquery(
        &self,
        subquery: &SubqueryNode<'_>,
    ) -> Result<(Vec<Series>, QueryInfo)> {
        let evaluated = self.run_subquery(subquery)?;
        self.merge_notes(evaluated.notes);
        let last = self.frame.steps.saturating_sub(1);
        self.count(last, evaluated.counts.total_seen(), 0);
        let all = SubqueryUse {
            offset_ms: 0,
            range_ms: 0,
        };
        self.count_subquery(&evaluated.frame, &evaluated.counts, all);
        Ok((evaluated.series, evaluated.frame))
    }

    fn run_subquery(&self, subquery: &SubqueryNode<'_>) -> Result<Evaluated> {
        let step_ms = subquery.step_ms.max(1);
        let last = self.frame.time_ms(self.frame.steps.saturating_sub(1));
        let first = subquery.clock.data_time(self.frame.start_ms);
        let end_ms = subquery.clock.data_time(last);
        let after = first.saturating_sub(subquery.range_ms);
        let mut start_ms = step_ms * (after / step_ms);
        if start_ms <= after {
            start_ms += step_ms;
        }
        let steps = if end_ms < start_ms {
            0
        } else {
            usize::try_from((end_ms - start_ms) / step_ms + 1).unwrap_or(usize::MAX)
        };
        self.shared.budget.fits(STEP_VALUES, steps)?;
        let child = self.child(start_ms, step_ms, steps);
        let frame = child.frame.clone();
        let series = if steps == 0 {
            Vec::new()
        } else {
            match child.eval(&subquery.node)? {
                Operand::Vector(series) => series,
                Operand::Scalar(values) => vec![Series {
                    labels: Labels::default(),
                    drop_name: false,
                    column: Column {
                        floats: values,
                        histograms: Vec::new(),
                    },
                }],
                Operand::String(_) => {
                    return Err(failure::internal("a subquery of a text"));
                }
            }
        };
        let (notes, counts) = child.into_findings();
        Ok(Evaluated {
            series,
            frame,
            notes,
            counts,
        })
    }
}
