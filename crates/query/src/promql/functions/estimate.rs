//! `histogram_quantile`, `histogram_quantiles` and `histogram_fraction`, of native histograms and of
//! classic ones, whose buckets are gathered by their labels without `le`.

use crate::error::Result;
use crate::promql::annotation::{Annotation, ForcedMonotonicity};
use crate::promql::call::{CallContext, Operand};
use crate::promql::column::{Column, Series, is_absent};
use crate::promql::functions::classic::{self, ClassicBucket};
use crate::promql::functions::quantile::is_invalid;
use std::collections::HashMap;
use tacho_model::histogram::Histogram;
use tacho_model::histogram::statistics::{Estimate, NanEffect};
use tacho_model::labels::{BUCKET_LABEL, Labels};
use tacho_model::number_text::open_metrics;

/// The value below which a share of the observations lies.
pub(super) fn quantile(context: &mut CallContext<'_>, args: Vec<Operand>) -> Result<Operand> {
    let (shares, vector, _) = split(args);
    let shares = shares.into_iter().next().unwrap_or_default();
    note_invalid(context, 0, &shares);
    let input = Input::new(vector, 1);
    Ok(Operand::Vector(input.quantiles(
        context,
        &shares,
        Labels::clone,
    )))
}

/// Several quantiles, told apart by a label.
pub(super) fn quantiles(context: &mut CallContext<'_>, args: Vec<Operand>) -> Result<Operand> {
    let (all_shares, vector, label) = split(args);
    for (position, shares) in all_shares.iter().enumerate() {
        note_invalid(context, position + 2, shares);
    }
    let input = Input::new(vector, 0);
    let mut out = Vec::new();
    for shares in &all_shares {
        // A share that changes from step to step has a label value, and so a series, for each.
        for (share, only) in by_value(shares) {
            let text = open_metrics(share);
            out.extend(input.quantiles(context, &only, |labels| labels.with(&label, &text)));
        }
    }
    Ok(Operand::Vector(out))
}

/// The share of the observations between two values.
pub(super) fn fraction(context: &mut CallContext<'_>, args: Vec<Operand>) -> Result<Operand> {
    let (bounds, vector, _) = split(args);
    let mut bounds = bounds.into_iter();
    let lower = bounds.next().unwrap_or_default();
    let upper = bounds.next().unwrap_or_default();
    let at = |step: usize| Some((*lower.get(step)?, *upper.get(step)?));
    let input = Input::new(vector, 2);
    let native = |histogram: &Histogram, step: usize| {
        let (lower, upper) = at(step)?;
        Some(histogram.fraction(lower, upper))
    };
    let classic =
        |buckets: &mut Vec<ClassicBucket>, step: usize, _: &mut CallContext<'_>, _: &str| {
            let (lower, upper) = at(step)?;
            Some(classic::fraction(lower, upper, buckets))
        };
    Ok(Operand::Vector(input.each(
        context,
        native,
        classic,
        Labels::clone,
    )))
}

/// Numbers in their order, the vector, and the text.
fn split(args: Vec<Operand>) -> (Vec<Vec<f64>>, Vec<Series>, String) {
    let (mut scalars, mut vector, mut text) = (Vec::new(), Vec::new(), String::new());
    for arg in args {
        match arg {
            Operand::Scalar(values) => scalars.push(values),
            Operand::Vector(series) => vector = series,
            Operand::String(value) => text = value,
        }
    }
    (scalars, vector, text)
}

fn note_invalid(context: &mut CallContext<'_>, argument: usize, shares: &[f64]) {
    let mut before = None;
    for share in shares.iter().copied().filter(|share| is_invalid(*share)) {
        if before != Some(share.to_bits()) {
            context.annotate(argument, &Annotation::InvalidQuantile(share));
        }
        before = Some(share.to_bits());
    }
}

/// The steps of each distinct value, others absent.
fn by_value(shares: &[f64]) -> Vec<(f64, Vec<f64>)> {
    let mut out: Vec<(f64, Vec<f64>)> = Vec::new();
    for (step, share) in shares.iter().enumerate() {
        let same =
            |known: &(f64, Vec<f64>)| known.0 == *share || (known.0.is_nan() && share.is_nan());
        let position = out.iter().position(same).unwrap_or_else(|| {
            out.push((*share, vec![crate::promql::column::ABSENT; shares.len()]));
            out.len() - 1
        });
        out[position].1[step] = *share;
    }
    out
}

/// The vector that a function looks at.
struct Input {
    series: Vec<Series>,
    groups: Vec<Group>,
    group_by_labels: HashMap<Labels, usize>,
    /// Position of the argument.
    argument: usize,
}

/// The series of a classic histogram.
struct Group {
    labels: Labels,
    /// Upper bound and position among the series, sorted by bound.
    buckets: Vec<(f64, usize)>,
}

impl Input {
    fn new(series: Vec<Series>, argument: usize) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        let mut group_by_labels: HashMap<Labels, usize> = HashMap::new();
        for (position, series) in series.iter().enumerate() {
            let Some(upper) = bound(series) else {
                continue;
            };
            if series.column.floats.iter().all(|value| is_absent(*value)) {
                continue;
            }
            let labels = series.labels.filtered(|name| name != BUCKET_LABEL);
            let next = groups.len();
            let group = *group_by_labels.entry(labels).or_insert_with_key(|labels| {
                groups.push(Group {
                    labels: labels.clone(),
                    buckets: Vec::new(),
                });
                next
            });
            groups[group].buckets.push((upper, position));
        }
        for group in &mut groups {
            group.buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        Self {
            series,
            groups,
            group_by_labels,
            argument,
        }
    }

    fn quantiles(
        &self,
        context: &mut CallContext<'_>,
        shares: &[f64],
        rename: impl Fn(&Labels) -> Labels,
    ) -> Vec<Series> {
        let at = |step: usize| shares.get(step).copied().filter(|share| !is_absent(*share));
        let native = |histogram: &Histogram, step: usize| Some(histogram.quantile(at(step)?));
        let argument = self.argument;
        let classic = |buckets: &mut Vec<ClassicBucket>,
                       step: usize,
                       context: &mut CallContext<'_>,
                       name: &str| {
            let (value, raised) = classic::quantile(at(step)?, buckets);
            if let Some(raised) = raised {
                let forced = ForcedMonotonicity {
                    name,
                    time_ms: context.query.time_ms(step),
                    min_bucket: raised.min_bucket,
                    max_bucket: raised.max_bucket,
                    max_diff: raised.max_diff,
                };
                context.annotate(argument, &Annotation::ForcedMonotonicity(forced));
            }
            Some(value)
        };
        self.each(context, native, classic, rename)
    }

    /// Calculates from every histogram of every step; at a step where a histogram is there in both
    /// forms it is left out.
    fn each(
        &self,
        context: &mut CallContext<'_>,
        native: impl Fn(&Histogram, usize) -> Option<Estimate>,
        classic: impl Fn(&mut Vec<ClassicBucket>, usize, &mut CallContext<'_>, &str) -> Option<f64>,
        rename: impl Fn(&Labels) -> Labels,
    ) -> Vec<Series> {
        self.note_bad_bounds(context);
        let steps = context.query.steps;
        let mut out = Vec::with_capacity(self.groups.len());
        for series in &self.series {
            if series.column.histograms.is_empty() {
                continue;
            }
            let name = series.labels.metric_name();
            let group = self.group_by_labels.get(&series.labels);
            let mut column = Column::absent(steps);
            for step in 0..steps {
                let Some(histogram) = series.column.histogram(step) else {
                    continue;
                };
                if group.is_some_and(|group| self.has_buckets(*group, step)) {
                    context.annotate(self.argument, &Annotation::MixedClassicNative(name));
                } else if let Some(estimate) = native(histogram, step) {
                    self.note_nan(context, estimate, name);
                    column.set_float(step, estimate.value);
                }
            }
            push(&mut out, rename(&series.labels), column);
        }
        let mut buckets = Vec::new();
        let natives = self.natives();
        for group in &self.groups {
            let name = group.labels.metric_name();
            let mut native = natives.clone();
            native.retain(|native| native.labels == group.labels);
            let mut column = Column::absent(steps);
            for step in 0..steps {
                if native
                    .iter()
                    .any(|native| native.column.histogram(step).is_some())
                {
                    continue;
                }
                self.gather(group, step, &mut buckets);
                if buckets.is_empty() {
                    continue;
                }
                if let Some(value) = classic(&mut buckets, step, context, name) {
                    column.set_float(step, value);
                }
            }
            push(&mut out, rename(&group.labels), column);
        }
        out
    }

    /// Series with native histograms.
    fn natives(&self) -> Vec<&Series> {
        let has_native = |series: &&Series| !series.column.histograms.is_empty();
        self.series.iter().filter(has_native).collect()
    }

    fn has_buckets(&self, group: usize, step: usize) -> bool {
        let mut buckets = self.groups[group].buckets.iter();
        buckets.any(|(_, series)| self.float(*series, step).is_some())
    }

    fn gather(&self, group: &Group, step: usize, buckets: &mut Vec<ClassicBucket>) {
        buckets.clear();
        buckets.extend(group.buckets.iter().filter_map(|&(upper, series)| {
            let count = self.float(series, step)?;
            Some(ClassicBucket { upper, count })
        }));
    }

    fn float(&self, series: usize, step: usize) -> Option<f64> {
        let value = *self.series[series].column.floats.get(step)?;
        (!is_absent(value)).then_some(value)
    }

    /// Floats without a bound are no buckets.
    fn note_bad_bounds(&self, context: &mut CallContext<'_>) {
        for series in &self.series {
            let has_floats = || series.column.floats.iter().any(|value| !is_absent(*value));
            if bound(series).is_none() && has_floats() {
                let name = series.labels.metric_name();
                let value = series.labels.value(BUCKET_LABEL);
                context.annotate(self.argument, &Annotation::BadBucketLabel { name, value });
            }
        }
    }

    fn note_nan(&self, context: &mut CallContext<'_>, estimate: Estimate, name: &str) {
        let annotation = match estimate.nan_effect {
            None => return,
            Some(NanEffect::QuantileIsNan) => Annotation::QuantileNan(name),
            Some(NanEffect::QuantileSkewed) => Annotation::QuantileNanSkew(name),
            Some(NanEffect::NotInFractions) => Annotation::FractionNan(name),
        };
        context.annotate(self.argument, &annotation);
    }
}

/// The upper bound that a series is the bucket of.
fn bound(series: &Series) -> Option<f64> {
    series.labels.get(BUCKET_LABEL)?.parse().ok()
}

fn push(out: &mut Vec<Series>, labels: Labels, column: Column) {
    if !column.is_blank() {
        out.push(Series {
            labels,
            drop_name: true,
            column,
        });
    }
}
