//! Calls of functions over ranges: for each series the window slides over the steps, and the function
//! gives a value for each.

use crate::error::Result;
use crate::promql::annotation::{Annotation, Annotations};
use crate::promql::budget::Budget;
use crate::promql::call::{CallContext, Extension, QueryInfo, RangeFn, Window};
use crate::promql::column::{Column, Series, is_absent, normalized};
use crate::promql::counts::StepCounts;
use crate::promql::evaluate::{Evaluator, Part, column_samples};
use crate::promql::failure;
use crate::promql::functions::rate::planned::RatePlans;
use crate::promql::functions::trend;
use crate::promql::node::{CallNode, Node, RangeSelection, SubqueryNode};
use crate::promql::parallel;
use crate::promql::source::Source;
use crate::promql::window::{Slider, Split, SplitScratch, WindowShape};
use std::ops::Range;
use tacho_model::labels::{Labels, METRIC_NAME};
use tacho_model::sample::{SampleColumns, SampleValue};
use tacho_syntax::promql::function::FunctionId;

/// Samples in windows between two looks at cancellation and time.
const CHECK_SAMPLES: u64 = 1 << 20;

/// Functions that take samples from beyond the range, by name as their message says.
const ANCHORED: &str = "changes, delta, increase, rate, resets";
const SMOOTHED: &str = "delta, increase, rate";

/// A call of a function over ranges, its other arguments evaluated.
pub(crate) struct RangeCall<'c, 'a> {
    call: &'c CallNode<'a>,
    function: RangeFn,
    keeps_name: bool,
    shape: WindowShape,
    input: Input<'c>,
    /// Scalar arguments, for each step all of them.
    scalars: Vec<f64>,
    scalar_count: usize,
}

enum Input<'c> {
    /// Series, and whether only count and sum of histograms are wanted.
    Selected(&'c Source, bool),
    Computed(Vec<Series>, QueryInfo),
}

impl RangeCall<'_, '_> {
    /// Number of series.
    pub(crate) fn series(&self) -> usize {
        match &self.input {
            Input::Selected(source, _) => source.series.len(),
            Input::Computed(series, _) => series.len(),
        }
    }

    fn labels(&self, index: usize) -> &Labels {
        match &self.input {
            Input::Selected(source, _) => &source.series[index].labels,
            Input::Computed(series, _) => &series[index].labels,
        }
    }

    fn drop_name(&self, index: usize) -> bool {
        let computed = match &self.input {
            Input::Selected(..) => false,
            Input::Computed(series, _) => series[index].drop_name,
        };
        computed || !self.keeps_name
    }

    fn cost(&self, part: Range<usize>, bounds: (i64, i64)) -> u64 {
        match &self.input {
            Input::Selected(source, _) => part
                .map(|index| source.samples_max(index, bounds.0, bounds.1))
                .sum(),
            Input::Computed(_, frame) => (part.len() * frame.steps) as u64,
        }
    }

    fn counts_starts(&self) -> bool {
        use FunctionId as F;
        matches!(
            self.call.function,
            F::Rate | F::Irate | F::Increase | F::Resets
        )
    }

    fn is_counter(&self) -> bool {
        matches!(self.call.function, FunctionId::Rate | FunctionId::Increase)
    }
}

impl<'a> Evaluator<'a> {
    /// Evaluates the arguments of a call over ranges; none if no argument is a range vector.
    pub(crate) fn prepare_range_call<'c>(
        &self,
        call: &'c CallNode<'c>,
        function: RangeFn,
        keeps_name: bool,
    ) -> Result<RangeCall<'c, 'c>>
    where
        'a: 'c,
    {
        let mut input = None;
        let mut scalars = Vec::new();
        for arg in &call.args {
            match arg {
                Node::Matrix(selection) => {
                    let source = &self.shared.sources[selection.source];
                    source.share(self.shared.workers, self.shared.budget)?;
                    let shape = self.shape_of(selection);
                    check_extension(shape.extension, call)?;
                    input = Some((Input::Selected(source, selection.counts_only), shape));
                }
                Node::Subquery(subquery) => {
                    let (series, frame) = self.eval_subquery(subquery)?;
                    input = Some((
                        Input::Computed(series, frame),
                        self.shape_of_subquery(subquery),
                    ));
                }
                other => scalars.push(self.eval_scalar(other)?),
            }
        }
        let Some((input, shape)) = input else {
            return Err(failure::internal(format!(
                "{} has no range vector",
                call.name
            )));
        };
        let scalar_count = scalars.len();
        let by_step: Vec<f64> = (0..self.frame.steps)
            .flat_map(|step| scalars.iter().map(move |values| values[step]))
            .collect();
        Ok(RangeCall {
            call,
            function,
            keeps_name,
            shape,
            input,
            scalars: by_step,
            scalar_count,
        })
    }

    /// The shape of a selector's windows.
    pub(crate) fn shape_of(&self, selection: &RangeSelection) -> WindowShape {
        WindowShape {
            clock: selection.clock,
            range_ms: selection.range_ms,
            extension: selection.extension,
            lookback_ms: self.frame.lookback_ms,
        }
    }

    fn shape_of_subquery(&self, subquery: &SubqueryNode<'_>) -> WindowShape {
        WindowShape {
            clock: subquery.clock,
            range_ms: subquery.range_ms,
            extension: Extension::None,
            lookback_ms: self.frame.lookback_ms,
        }
    }

    /// The results for some of the series, those without a value left out.
    pub(crate) fn run_range_call(
        &self,
        call: &RangeCall<'_, '_>,
        part: Range<usize>,
    ) -> Result<Vec<Series>> {
        let bounds = call.shape.bounds(&self.frame);
        let cost = call.cost(part.clone(), bounds);
        let frame = &self.frame;
        let budget = self.shared.budget;
        let with_starts = self.shared.start_timestamps && call.counts_starts();
        let parts = parallel::over_parts(part.len(), self.shared.workers, cost, |sub| {
            let mut context = CallContext::new(frame, call.call.exprs, call.call.range.clone());
            let mut found = Part {
                series: Vec::with_capacity(sub.len()),
                notes: Annotations::default(),
                counts: StepCounts::new(frame.steps),
            };
            let mut columns = SampleColumns::default();
            let mut scratch = SplitScratch::default();
            let mut plans = RatePlans::new(call.call.function, call.shape, frame);
            for index in sub {
                budget.check()?;
                let index = part.start + index;
                let mut split = match &call.input {
                    Input::Selected(source, counts_only) => {
                        let samples = source.samples(index, bounds, *counts_only, &mut columns)?;
                        Split::new(samples, with_starts, &mut scratch)
                    }
                    Input::Computed(series, inner) => {
                        Split::of_series(&series[index], inner, &mut scratch)
                    }
                };
                if call.is_counter() {
                    split.judge_ascending();
                }
                let planned = plans.as_mut().and_then(|plans| plans.run(split));
                let (column, widest) = match planned {
                    Some(result) => result,
                    None => call.run(index, split, (&mut context, budget), &mut found.counts)?,
                };
                budget.touch(widest)?;
                let count = column_samples(&column);
                if count == 0 {
                    continue;
                }
                budget.take(count)?;
                remark_counter(call, index, &column, &mut context);
                found.series.push(Series {
                    labels: call.labels(index).clone(),
                    drop_name: call.drop_name(index),
                    column,
                });
            }
            found.notes = context.annotations;
            if let Some(plans) = plans {
                let mut counts = plans.into_counts();
                if !matches!(call.input, Input::Selected(..)) {
                    counts.forget_read();
                }
                found.counts.merge(&counts);
            }
            Ok(found)
        })?;
        Ok(self.join(parts))
    }

    /// The results for all series.
    pub(crate) fn run_whole_range_call(&self, call: &RangeCall<'_, '_>) -> Result<Vec<Series>> {
        self.shared.budget.fits(call.series(), self.frame.steps)?;
        self.run_range_call(call, 0..call.series())
    }
}

impl RangeCall<'_, '_> {
    /// The values of a series, and the number of samples in its widest window.
    fn run(
        &self,
        index: usize,
        split: Split<'_>,
        (context, budget): (&mut CallContext<'_>, &Budget),
        counts: &mut StepCounts,
    ) -> Result<(Column, u64)> {
        let query = context.query;
        let mut column = Column::absent(query.steps);
        let mut slider = Slider::new(split, self.shape, self.labels(index));
        let is_selected = matches!(self.input, Input::Selected(..));
        let (mut widest, mut unchecked) = (0, 0);
        for step in 0..query.steps {
            let Some((window, size, fresh)) = slider.slide(query.time_ms(step)) else {
                continue;
            };
            widest = widest.max(size);
            unchecked += size;
            if unchecked > CHECK_SAMPLES {
                unchecked = 0;
                budget.check()?;
            }
            let read = if is_selected { fresh } else { 0 };
            counts.add(step, size, read);
            let from = step * self.scalar_count;
            let scalars = &self.scalars[from..from + self.scalar_count];
            trend::check_scalars(self.call.function, scalars)?;
            match (self.function)(context, window, scalars) {
                Some(SampleValue::Float(value)) => column.floats[step] = normalized(value),
                Some(SampleValue::Histogram(histogram)) => column.set_histogram(step, histogram),
                None => {}
            }
        }
        Ok((column, widest))
    }
}

/// Says so if a rate is taken of what may be no counter.
fn remark_counter(
    call: &RangeCall<'_, '_>,
    index: usize,
    column: &Column,
    context: &mut CallContext<'_>,
) {
    if !call.is_counter() || column.floats.iter().all(|value| is_absent(*value)) {
        return;
    }
    let labels = call.labels(index);
    let name = labels.value(METRIC_NAME);
    if name.is_empty() {
        return;
    }
    if context.query.type_and_unit_labels {
        let kind = labels.value("__type__");
        if kind != "counter" && kind != "histogram" {
            context.annotate(0, &Annotation::PossibleNonCounterLabel { name, kind });
        }
    } else if !["_total", "_sum", "_count", "_bucket"]
        .iter()
        .any(|suffix| name.ends_with(suffix))
    {
        context.annotate(0, &Annotation::PossibleNonCounter(name));
    }
}

fn check_extension(extension: Extension, call: &CallNode<'_>) -> Result<()> {
    use FunctionId as F;
    let smoothed = matches!(call.function, F::Delta | F::Increase | F::Rate);
    let anchored = smoothed || matches!(call.function, F::Changes | F::Resets);
    let name = call.name;
    match extension {
        Extension::Anchored if !anchored => Err(failure::execution(format!(
            "anchored modifier can only be used with: {ANCHORED} - not with {name}"
        ))),
        Extension::Smoothed if !smoothed => Err(failure::execution(format!(
            "smoothed modifier can only be used with: {SMOOTHED} - not with {name}"
        ))),
        _ => Ok(()),
    }
}

/// One where there is any sample.
pub(crate) fn present(_: &mut CallContext<'_>, _: &Window<'_>, _: &[f64]) -> Option<SampleValue> {
    Some(SampleValue::Float(1.0))
}
