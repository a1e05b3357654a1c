//! `count_values`: one series per group and value, with the value as a label.

use crate::error::Result;
use crate::promql::aggregate::Grouper;
use crate::promql::call::ValueRef;
use crate::promql::column::{Column, Series, is_absent};
use crate::promql::evaluate::Evaluator;
use crate::promql::failure;
use crate::promql::node::AggregateNode;
use crate::promql::number::plain;

impl Evaluator<'_> {
    pub(super) fn count_values(&self, node: &AggregateNode<'_>) -> Result<Vec<Series>> {
        let label = node.param.as_ref().and_then(|param| param.as_text());
        let Some(label) = label else {
            return Err(failure::internal("count_values lacks its label"));
        };
        // What is no UTF-8 was replaced when the text was read.
        if label.is_empty() || label.contains(char::REPLACEMENT_CHARACTER) {
            return Err(failure::execution(format!("invalid label name {label:?}")));
        }
        let series = self.eval_vector(&node.node)?;
        let mut names = node.grouping.clone();
        let without = node.aggregate.without;
        if !without {
            names.push(label);
            names.sort_unstable();
            names.dedup();
        }
        let mut grouper = Grouper::new(&names, without);
        let mut columns: Vec<Column> = Vec::new();
        for series in &series {
            self.shared.budget.check()?;
            let mut last: Option<(String, usize)> = None;
            for step in 0..self.frame.steps {
                let text = match series.column.get(step) {
                    Some(ValueRef::Float(value)) => plain(value),
                    Some(ValueRef::Histogram(histogram)) => histogram.to_string(),
                    None => continue,
                };
                let group = match &last {
                    Some((before, group)) if *before == text => *group,
                    _ => grouper.group_of(&series.labels.with(label, &text)),
                };
                if group == columns.len() {
                    self.shared.budget.fits(group + 1, self.frame.steps)?;
                    columns.push(Column::absent(self.frame.steps));
                }
                let count = &mut columns[group].floats[step];
                *count = if is_absent(*count) { 1.0 } else { *count + 1.0 };
                last = Some((text, group));
            }
        }
        let counted = grouper.labels.into_iter().zip(columns);
        Ok(counted
            .map(|(labels, column)| Series {
                labels,
                drop_name: false,
                column,
            })
            .collect())
    }
}
