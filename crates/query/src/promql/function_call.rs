//! Calls of functions: element by element, over ranges, step by step or all at once.

use crate::error::Result;
use crate::promql::call::{CallContext, Element, Implementation, InstantFn, Operand, WholeFn};
use crate::promql::column::{ABSENT, Column, Series, is_absent};
use crate::promql::evaluate::Evaluator;
use crate::promql::failure;
use crate::promql::functions::absent;
use crate::promql::merge;
use crate::promql::node::{CallNode, Node, Selection};
use crate::promql::range;
use crate::promql::select::Picked;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;
use tacho_syntax::promql::function::FunctionId;

/// Steps between two looks at the limits.
const CHECK_EVERY: usize = 1 << 12;

impl Evaluator<'_> {
    pub(crate) fn eval_call(&self, call: &CallNode<'_>) -> Result<Operand> {
        match call.function {
            FunctionId::Info => return self.eval_info(call).map(Operand::Vector),
            FunctionId::Timestamp | FunctionId::StartTimestamp => {
                return self.eval_timestamp(call).map(Operand::Vector);
            }
            FunctionId::AbsentOverTime => {
                let prepared = self.prepare_range_call(call, range::present, false)?;
                let series = self.run_whole_range_call(&prepared)?;
                return Ok(Operand::Vector(self.absent_series(call, &series)));
            }
            _ => {}
        }
        match call.implementation {
            Some(Implementation::Instant(function)) => {
                self.eval_elements(call, function).map(Operand::Vector)
            }
            Some(Implementation::Range {
                function,
                keeps_name,
            }) => {
                let prepared = self.prepare_range_call(call, function, keeps_name)?;
                self.run_whole_range_call(&prepared).map(Operand::Vector)
            }
            Some(Implementation::Scalar(function)) => {
                let arguments = self.eval_scalars(&call.args)?;
                let values = (0..self.frame.steps)
                    .map(|step| function(self.frame.time_ms(step), arguments.at(step)))
                    .collect();
                Ok(Operand::Scalar(values))
            }
            Some(Implementation::Whole(function)) => self.eval_whole(call, function),
            None => Err(failure::internal(format!(
                "function {} has no implementation",
                call.name
            ))),
        }
    }

    /// The series of a node in batches of at most so many: those of selectors and of functions over
    /// ranges are made as they are taken, others at once.
    pub(crate) fn eval_batches(
        &self,
        node: &Node<'_>,
        batch: usize,
        take: &mut dyn FnMut(Vec<Series>) -> Result<()>,
    ) -> Result<()> {
        let budget = self.shared.budget;
        let mut run =
            |series: usize, part: &dyn Fn(std::ops::Range<usize>) -> Result<Vec<Series>>| {
                budget.fits(series.min(batch), self.frame.steps)?;
                let before = budget.samples();
                let mut from = 0;
                while from < series {
                    let to = series.min(from.saturating_add(batch));
                    take(part(from..to)?)?;
                    budget.settle(before, 0)?;
                    from = to;
                }
                Ok(())
            };
        match node {
            Node::Vector(selection) => {
                let source = &self.shared.sources[selection.source];
                run(source.series.len(), &|part| {
                    self.select_part(source, selection, Picked::Value, part)
                })
            }
            Node::Call(call) => {
                if let Some(Implementation::Range {
                    function,
                    keeps_name,
                }) = call.implementation
                {
                    let prepared = self.prepare_range_call(call, function, keeps_name)?;
                    return run(prepared.series(), &|part| {
                        self.run_range_call(&prepared, part)
                    });
                }
                take(self.eval_vector(node)?)
            }
            other => take(self.eval_vector(other)?),
        }
    }

    /// Scalar arguments, for each step all of them.
    fn eval_scalars(&self, nodes: &[Node<'_>]) -> Result<Scalars> {
        let mut columns = Vec::with_capacity(nodes.len());
        for node in nodes {
            columns.push(self.eval_scalar(node)?);
        }
        let by_step = (0..self.frame.steps)
            .flat_map(|step| columns.iter().map(move |values| values[step]))
            .collect();
        Ok(Scalars {
            by_step,
            count: columns.len(),
        })
    }

    fn eval_elements(&self, call: &CallNode<'_>, function: InstantFn) -> Result<Vec<Series>> {
        let (mut series, scalars) = match call.args.split_first() {
            Some((first, rest)) => (self.eval_vector(first)?, self.eval_scalars(rest)?),
            None => (vec![self.times_as_series()], self.eval_scalars(&[])?),
        };
        let budget = self.shared.budget;
        self.with_context(call, |context| {
            let mut seen = 0;
            for series in &mut series {
                seen += self.frame.steps;
                if seen >= CHECK_EVERY {
                    seen = 0;
                    budget.check()?;
                }
                apply(function, series, &scalars, context);
            }
            Ok(())
        })?;
        series.retain(|series| !series.column.is_blank());
        Ok(series)
    }

    /// `vector(time())`.
    fn times_as_series(&self) -> Series {
        let floats = (0..self.frame.steps)
            .map(|step| self.frame.time_ms(step) as f64 / 1_000.0)
            .collect();
        Series {
            labels: Labels::default(),
            drop_name: false,
            column: Column {
                floats,
                histograms: Vec::new(),
            },
        }
    }

    fn eval_whole(&self, call: &CallNode<'_>, function: WholeFn) -> Result<Operand> {
        let mut operands = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            operands.push(self.eval(arg)?);
        }
        let result = self.with_context(call, |context| function(context, operands))?;
        let Operand::Vector(mut series) = result else {
            return Ok(result);
        };
        series.retain(|series| !series.column.is_blank());
        let relabels = matches!(
            call.function,
            FunctionId::LabelReplace | FunctionId::LabelJoin
        );
        if relabels || !self.frame.is_instant() {
            series = merge::merge_same_labels(series)?;
        }
        Ok(Operand::Vector(series))
    }

    /// `timestamp` and `start_timestamp`: of the samples of a selector; else the time of the step.
    fn eval_timestamp(&self, call: &CallNode<'_>) -> Result<Vec<Series>> {
        let Some(argument) = call.args.first() else {
            return Err(failure::internal("timestamp without argument"));
        };
        let of_start = call.function == FunctionId::StartTimestamp;
        if of_start && !self.shared.start_timestamps {
            return Ok(Vec::new());
        }
        let mut series = match argument {
            Node::Vector(selection) => {
                let picked = if of_start {
                    Picked::Start
                } else {
                    Picked::Time
                };
                let selection = Selection {
                    smoothed: false,
                    ..selection.clone()
                };
                let source = &self.shared.sources[selection.source];
                self.select(source, &selection, picked)?
            }
            _ if of_start => {
                self.eval_vector(argument)?;
                return Ok(Vec::new());
            }
            other => {
                let mut series = self.eval_vector(other)?;
                for series in &mut series {
                    self.set_times(&mut series.column);
                }
                series
            }
        };
        for series in &mut series {
            series.drop_name = true;
        }
        Ok(series)
    }

    fn set_times(&self, column: &mut Column) {
        for step in 0..self.frame.steps {
            if column.has(step) {
                column.floats[step] = self.frame.time_ms(step) as f64 / 1_000.0;
            }
        }
        column.histograms = Vec::new();
    }

    /// 1 at the steps at which none of the series has a value.
    fn absent_series(&self, call: &CallNode<'_>, present: &[Series]) -> Vec<Series> {
        let mut column = Column {
            floats: vec![1.0; self.frame.steps],
            histograms: Vec::new(),
        };
        for series in present {
            for step in 0..self.frame.steps {
                if series.column.has(step) {
                    column.floats[step] = ABSENT;
                }
            }
        }
        if column.floats.iter().all(|value| is_absent(*value)) {
            return Vec::new();
        }
        let labels = call.exprs.first().map(absent::labels).unwrap_or_default();
        vec![Series {
            labels,
            drop_name: true,
            column,
        }]
    }
}

/// Scalar arguments by step.
struct Scalars {
    by_step: Vec<f64>,
    count: usize,
}

impl Scalars {
    fn at(&self, step: usize) -> &[f64] {
        let from = step * self.count;
        &self.by_step[from..from + self.count]
    }
}

/// Puts the results of a function in the place of the elements of a series.
fn apply(
    function: InstantFn,
    series: &mut Series,
    scalars: &Scalars,
    context: &mut CallContext<'_>,
) {
    series.drop_name = true;
    let query = context.query;
    for step in 0..query.steps {
        let result = {
            let Some(value) = series.column.get(step) else {
                continue;
            };
            let element = Element {
                labels: &series.labels,
                value,
                time_ms: query.time_ms(step),
            };
            function(context, &element, scalars.at(step))
        };
        match result {
            Some(SampleValue::Float(value)) => series.column.set_float(step, value),
            Some(SampleValue::Histogram(histogram)) => {
                series.column.set_histogram(step, histogram);
            }
            None => series.column.clear(step),
        }
    }
    let no_histogram = series.column.histograms.iter().all(Option::is_none);
    if no_histogram {
        series.column.histograms = Vec::new();
    }
}
