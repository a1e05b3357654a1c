//! `info`: adds the labels of info series, such as `target_info`, to the series that share their
//! `instance` and `job`.

mod join;

use crate::error::Result;
use crate::promql::column::Series;
use crate::promql::evaluate::Evaluator;
use crate::promql::failure;
use crate::promql::info::join::{DataLabels, Join};
use crate::promql::matchers::CompiledMatchers;
use crate::promql::node::{CallNode, DataClock, Selection};
use crate::promql::plan::label_matchers;
use crate::promql::select::Picked;
use crate::promql::source::{self, Source};
use std::collections::BTreeSet;
use tacho_model::labels::{Labels, METRIC_NAME};
use tacho_storage::samples::matcher::{LabelMatcher, MatchOp};
use tacho_syntax::promql::tree::{At, Expr, ExprKind};

/// The info metric that is meant if none is named.
const TARGET_INFO: &str = "target_info";

/// Names of info metrics, if it is only said which it is not.
const ANY_INFO: &str = ".+_info";

/// Labels by which series find their info series.
pub(super) const IDENTIFYING: [&str; 2] = ["instance", "job"];

/// Matchers of the second argument.
struct InfoMatchers {
    /// On the name of info metrics, complete.
    names: Vec<LabelMatcher>,
    /// On other labels.
    data: Vec<LabelMatcher>,
}

impl Evaluator<'_> {
    pub(super) fn eval_info(&self, call: &CallNode<'_>) -> Result<Vec<Series>> {
        let (Some(node), Some(first)) = (call.args.first(), call.exprs.first()) else {
            return Err(failure::internal("info without argument"));
        };
        let base = self.eval_vector(node)?;
        let matchers = InfoMatchers::of(call.exprs.get(1))?;
        let is_info = |labels: &Labels| {
            let name = labels.value(METRIC_NAME);
            matchers.names.iter().all(|matcher| matcher.matches(name))
        };
        let ignored: Vec<bool> = base.iter().map(|it| is_info(&it.labels)).collect();
        let info = self.info_series(&base, &ignored, &matchers, info_clock(first))?;
        let data = DataLabels::new(matchers.data);
        Join::new(&info, self.frame.steps).join(&base, &ignored, &data, self.shared.budget)
    }

    /// The info series that may belong to any of the series, with the times of their samples as
    /// values.
    fn info_series(
        &self,
        base: &[Series],
        ignored: &[bool],
        matchers: &InfoMatchers,
        clock: DataClock,
    ) -> Result<Vec<Series>> {
        let mut wanted = Vec::new();
        for label in IDENTIFYING {
            let values: BTreeSet<&str> = base
                .iter()
                .zip(ignored)
                .filter(|(_, ignored)| !**ignored)
                .map(|(series, _)| series.labels.value(label))
                .filter(|value| !value.is_empty())
                .collect();
            if values.is_empty() {
                continue;
            }
            let escaped: Vec<String> = values.into_iter().map(regex::escape).collect();
            let matcher = LabelMatcher::new(label, MatchOp::Regex, &escaped.join("|"))
                .map_err(|error| failure::execution(error.message()))?;
            wanted.push(matcher);
        }
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        wanted.extend(matchers.data.iter().cloned());
        wanted.extend(matchers.names.iter().cloned());
        let last = self.frame.time_ms(self.frame.steps.saturating_sub(1));
        let start_ms = clock
            .data_time(self.frame.start_ms)
            .saturating_sub(self.frame.lookback_ms - 1);
        let end_ms = clock.data_time(last);
        let series = source::select(self.shared.reading, &wanted, start_ms, end_ms)?;
        let source = Source::of(series, start_ms, end_ms);
        let selection = Selection {
            source: 0,
            clock,
            smoothed: false,
            counts_only: false,
            range: 0..0,
        };
        self.select(&source, &selection, Picked::InfoTime)
    }
}

impl InfoMatchers {
    fn of(selector: Option<&Expr>) -> Result<Self> {
        let equal = || LabelMatcher::equal(METRIC_NAME, TARGET_INFO);
        let Some(selector) = selector else {
            return Ok(Self {
                names: vec![equal()],
                data: Vec::new(),
            });
        };
        let ExprKind::Vector(selector) = &selector.unwrap_parens().kind else {
            return Err(failure::internal("info without label selector"));
        };
        let all = label_matchers(&selector.matchers, &CompiledMatchers::default())?;
        let (mut names, data): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|it| it.name == METRIC_NAME);
        let is_positive = |it: &LabelMatcher| matches!(it.op, MatchOp::Equal | MatchOp::Regex);
        if names.is_empty() {
            names.push(equal());
        } else if !names.iter().any(is_positive) {
            let any = LabelMatcher::new(METRIC_NAME, MatchOp::Regex, ANY_INFO)
                .map_err(|error| failure::internal(error.message()))?;
            names.insert(0, any);
        }
        Ok(Self { names, data })
    }
}

/// When info series are looked at: as the first selector of the argument says, with the subqueries
/// around it.
fn info_clock(expr: &Expr) -> DataClock {
    let mut clock = DataClock {
        offset_ms: 0,
        at_ms: None,
    };
    find_clock(expr, &mut clock);
    clock
}

/// True if there is a selector below.
fn find_clock(expr: &Expr, clock: &mut DataClock) -> bool {
    let (offset, at) = match &expr.kind {
        ExprKind::Vector(selector) => (&selector.offset, selector.at),
        ExprKind::Matrix(matrix) => (&matrix.selector.offset, matrix.selector.at),
        _ => {
            let found = expr.children().into_iter().any(|it| find_clock(it, clock));
            if let (true, None, ExprKind::Subquery(subquery)) = (found, clock.at_ms, &expr.kind) {
                clock.offset_ms = clock.offset_ms.saturating_add(subquery.offset.ms);
                clock.at_ms = time_of(subquery.at);
            }
            return found;
        }
    };
    clock.offset_ms = offset.ms;
    clock.at_ms = time_of(at);
    true
}

fn time_of(at: Option<At>) -> Option<i64> {
    match at {
        Some(At::Timestamp(time)) => Some(time),
        Some(At::Start | At::End) | None => None,
    }
}
