//! Sorting. Only an instant query keeps an order; the series of a range query are sorted by labels.

use crate::error::Result;
use crate::promql::annotation::Annotation;
use crate::promql::call::{CallContext, Operand};
use crate::promql::column::{Series, is_absent};
use crate::promql::functions::natural;
use std::cmp::Ordering;

/// Floats by value, NaN last.
pub(super) fn ascending(context: &mut CallContext<'_>, args: Vec<Operand>) -> Result<Operand> {
    Ok(by_value(context, args, |a, b| a.total_cmp(&b)))
}

/// Floats by value, largest first, NaN last.
pub(super) fn descending(context: &mut CallContext<'_>, args: Vec<Operand>) -> Result<Operand> {
    Ok(by_value(context, args, |a, b| b.total_cmp(&a)))
}

/// By the values of labels in natural order, then by all labels.
pub(super) fn by_label(context: &mut CallContext<'_>, args: Vec<Operand>) -> Result<Operand> {
    Ok(by_labels(context, args, |order| order))
}

/// As `by_label`, the other way round.
pub(super) fn by_label_descending(
    context: &mut CallContext<'_>,
    args: Vec<Operand>,
) -> Result<Operand> {
    Ok(by_labels(context, args, Ordering::reverse))
}

/// True if there is an order to make.
fn is_sorting(context: &mut CallContext<'_>) -> bool {
    let instant = context.query.is_instant();
    if !instant {
        context.annotate(usize::MAX, &Annotation::SortInRangeQuery);
    }
    instant
}

fn by_value(
    context: &mut CallContext<'_>,
    args: Vec<Operand>,
    order: fn(f64, f64) -> Ordering,
) -> Operand {
    let sorting = is_sorting(context);
    let Some(Operand::Vector(mut series)) = args.into_iter().next() else {
        return Operand::Vector(Vec::new());
    };
    for series in &mut series {
        series.column.histograms.clear();
    }
    series.retain(|series| !series.column.is_blank());
    if sorting {
        let value = |series: &Series| series.column.floats.first().copied().unwrap_or(f64::NAN);
        series.retain(|series| !is_absent(value(series)));
        series.sort_by(|a, b| {
            let (a, b) = (value(a), value(b));
            a.is_nan().cmp(&b.is_nan()).then_with(|| {
                if a == b || a.is_nan() {
                    Ordering::Equal
                } else {
                    order(a, b)
                }
            })
        });
    }
    Operand::Vector(series)
}

fn by_labels(
    context: &mut CallContext<'_>,
    args: Vec<Operand>,
    direction: fn(Ordering) -> Ordering,
) -> Operand {
    let sorting = is_sorting(context);
    let mut args = args.into_iter();
    let Some(Operand::Vector(mut series)) = args.next() else {
        return Operand::Vector(Vec::new());
    };
    let names: Vec<String> = args
        .filter_map(|arg| match arg {
            Operand::String(name) => Some(name),
            _ => None,
        })
        .collect();
    if sorting {
        series.sort_by(|a, b| {
            let by_values = names
                .iter()
                .map(|name| natural::compare(a.labels.value(name), b.labels.value(name)))
                .find(|order| order.is_ne());
            direction(by_values.unwrap_or_else(|| a.labels.cmp(&b.labels)))
        });
    }
    Operand::Vector(series)
}
