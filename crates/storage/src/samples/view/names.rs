//! Names and values of labels, label sets and exemplars, united over heads and blocks.

use super::{Found, TenantSeries};
use crate::error::Result;
use crate::read::{ReadContext, ReadStats};
use crate::samples::block::read::SampleBlock;
use crate::samples::head::TenantHead;
use crate::samples::head::exemplars::same;
use crate::samples::matcher::LabelMatcher;
use crate::samples::read::NamesRequest;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::metric::Exemplar;

/// Lists of matchers: one that matches everything if the request has none.
fn selectors(request: &NamesRequest) -> Vec<&[LabelMatcher]> {
    if request.selectors.is_empty() {
        vec![&[]]
    } else {
        request.selectors.iter().map(Vec::as_slice).collect()
    }
}

fn limited<T>(found: BTreeSet<T>, limit: usize) -> Vec<T> {
    let most = if limit == 0 { usize::MAX } else { limit };
    found.into_iter().take(most).collect()
}

/// Asks the head, then every block; `deleted` is asked of blocks that deletions concern.
fn gather<T: Ord>(
    view: &TenantSeries,
    request: &NamesRequest,
    context: &ReadContext,
    of_head: impl Fn(&TenantHead, &[LabelMatcher], &mut BTreeSet<T>),
    of_block: impl Fn(&Arc<SampleBlock>, &[LabelMatcher]) -> Result<Vec<T>>,
    of_labels: impl Fn(&Labels, &mut BTreeSet<T>),
) -> Result<Vec<T>> {
    let range_ms = (request.start_ms, request.end_ms);
    let lists = selectors(request);
    let (found, catalog) = view.look(|head| {
        let mut found = BTreeSet::new();
        for matchers in &lists {
            of_head(head, matchers, &mut found);
        }
        found
    });
    let mut found = found.unwrap_or_default();
    let blocks = view.blocks(&catalog, range_ms, &context.stats);
    view.ask(&blocks, context, |block_found, block| {
        for matchers in &lists {
            if block_found.tombstones.is_empty() {
                found.extend(of_block(block, matchers)?);
                continue;
            }
            for labels in left(block_found, block, matchers, range_ms, &context.stats)? {
                of_labels(&labels, &mut found);
            }
        }
        Ok(())
    })?;
    Ok(limited(found, request.limit))
}

/// Label sets of series of a block of which deletions leave something.
fn left(
    found: &Found,
    block: &Arc<SampleBlock>,
    matchers: &[LabelMatcher],
    range_ms: (i64, i64),
    stats: &ReadStats,
) -> Result<Vec<Labels>> {
    let series = TenantSeries::select_in(found, block, matchers, range_ms, stats)?;
    Ok(series
        .into_iter()
        .map(|(series, _)| series.labels)
        .collect())
}

/// `SeriesView::label_sets`.
pub(super) fn label_sets(
    view: &TenantSeries,
    request: &NamesRequest,
    context: &ReadContext,
) -> Result<Vec<Labels>> {
    let (start_ms, end_ms) = (request.start_ms, request.end_ms);
    gather(
        view,
        request,
        context,
        |head, matchers, out| head.label_sets(matchers, (start_ms, end_ms), out),
        |block, matchers| block.label_sets(matchers, start_ms, end_ms),
        |labels, out| {
            out.insert(labels.clone());
        },
    )
}

/// `SeriesView::label_names`.
pub(super) fn label_names(
    view: &TenantSeries,
    request: &NamesRequest,
    context: &ReadContext,
) -> Result<Vec<String>> {
    let (start_ms, end_ms) = (request.start_ms, request.end_ms);
    gather(
        view,
        request,
        context,
        |head, matchers, out| head.label_names(matchers, (start_ms, end_ms), out),
        |block, matchers| block.label_names(matchers, start_ms, end_ms),
        |labels, out| out.extend(labels.iter().map(|(name, _)| name.to_owned())),
    )
}

/// `SeriesView::label_values`.
pub(super) fn label_values(
    view: &TenantSeries,
    name: &str,
    request: &NamesRequest,
    context: &ReadContext,
) -> Result<Vec<String>> {
    let (start_ms, end_ms) = (request.start_ms, request.end_ms);
    gather(
        view,
        request,
        context,
        |head, matchers, out| head.label_values(name, matchers, (start_ms, end_ms), out),
        |block, matchers| block.label_values(name, matchers, start_ms, end_ms),
        |labels, out| out.extend(labels.get(name).map(str::to_owned)),
    )
}

/// `SeriesView::exemplars`.
pub(super) fn exemplars(
    view: &TenantSeries,
    request: &NamesRequest,
    context: &ReadContext,
) -> Result<Vec<(Labels, Vec<Exemplar>)>> {
    let lists = selectors(request);
    let (found, catalog) = view.look(|head| {
        let found = lists.iter().flat_map(|matchers| head.exemplars(matchers));
        found.collect::<Vec<_>>()
    });
    let mut series: BTreeMap<Labels, Vec<Exemplar>> = BTreeMap::new();
    for (labels, list) in found.unwrap_or_default() {
        series.entry(labels).or_default().extend(list);
    }
    // Exemplars may lie a little before or after the samples of their block.
    let blocks = view.blocks(&catalog, (i64::MIN, i64::MAX), &context.stats);
    let blocks: Vec<Found> = blocks
        .into_iter()
        .filter(|found| found.handle.entry.exemplars > 0)
        .collect();
    view.ask(&blocks, context, |found, block| {
        for matchers in &lists {
            let listed = block.exemplars(matchers, request.start_ms, request.end_ms)?;
            for (labels, mut list) in listed {
                list.retain(|exemplar| {
                    let mut tombstones = found.tombstones.iter();
                    !tombstones.any(|it| it.takes_exemplar(&labels, exemplar))
                });
                series.entry(labels).or_default().extend(list);
            }
        }
        Ok(())
    })?;
    let in_range = |exemplar: &Exemplar| {
        let time = exemplar.time_ns.div_euclid(1_000_000);
        (request.start_ms..=request.end_ms).contains(&time)
    };
    let most = match request.limit {
        0 => usize::MAX,
        most => most,
    };
    let answer = series.into_iter().filter_map(|(labels, mut list)| {
        list.retain(in_range);
        list.sort_by_key(|exemplar| exemplar.time_ns);
        list.dedup_by(|a, b| same(a, b));
        (!list.is_empty()).then_some((labels, list))
    });
    Ok(answer.take(most).collect())
}
