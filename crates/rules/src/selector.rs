//! The selectors of an expression: what they read, and, where they find nothing, what is near to what
//! they ask for. A name in OTLP stands for the series of its family, as in queries.

use crate::error::{Error, Result};
use tacho_model::labels::METRIC_NAME;
use tacho_query::promql::prepare::Times;
use tacho_storage::read::ReadContext;
use tacho_storage::samples::matcher::{LabelMatcher, MatchOp};
use tacho_storage::samples::read::{NamesRequest, SelectRequest, SelectedSeries, SeriesView};
use tacho_syntax::promql;
use tacho_syntax::promql::duration;
use tacho_syntax::promql::tree::{At, Expr, ExprKind, MatchOp as Written, VectorSelector};
use tacho_yaml::problem::closest;

/// Names of metrics and values of labels that are looked at for the nearest.
const NAMES_MAX: usize = 20_000;
/// Names and values that a message tells.
const TOLD_MAX: usize = 5;
/// Suffixes of the series of one metric.
const SUFFIXES: [&str; 4] = ["_bucket", "_sum", "_count", "_total"];

/// A selector of an expression.
#[derive(Debug, Clone)]
pub struct Selector {
    /// As PromQL, without range and offset.
    pub text: String,
    /// What must match.
    pub matchers: Vec<LabelMatcher>,
    /// How far back samples count, ms: its range, or the look-back of the server; subqueries around it
    /// are added.
    pub reach_ms: i64,
    /// How far before the time of the query it looks, ms.
    pub offset_ms: i64,
    /// The time that it names, ms.
    pub at_ms: Option<i64>,
}

/// The selectors of an expression, each once, in the order of the text. `lookback_ms` is that of the
/// server; `times` are those of the query.
///
/// # Errors
/// If a duration cannot be worked out, or a pattern cannot be read.
pub fn selectors_of(expr: &Expr, lookback_ms: i64, times: Times) -> Result<Vec<Selector>> {
    let mut expr = expr.clone();
    let range_ms = times.end_ms.saturating_sub(times.start_ms);
    duration::resolve(&mut expr, times.step_ms, range_ms).map_err(Error::invalid)?;
    let mut found: Vec<Selector> = Vec::new();
    let around = Around {
        reach_ms: 0,
        offset_ms: 0,
        at_ms: None,
    };
    collect(&expr, lookback_ms, around, &mut found)?;
    Ok(found)
}

/// What subqueries around a selector add.
#[derive(Clone, Copy)]
struct Around {
    reach_ms: i64,
    offset_ms: i64,
    at_ms: Option<i64>,
}

fn collect(expr: &Expr, lookback_ms: i64, around: Around, found: &mut Vec<Selector>) -> Result<()> {
    match &expr.kind {
        ExprKind::Vector(selector) => add(selector, lookback_ms, around, found),
        ExprKind::Matrix(matrix) => add(&matrix.selector, matrix.range.ms, around, found),
        ExprKind::Subquery(subquery) => {
            let inner = Around {
                reach_ms: around.reach_ms.saturating_add(subquery.range.ms),
                offset_ms: around.offset_ms.saturating_add(subquery.offset.ms),
                at_ms: timestamp(subquery.at).or(around.at_ms),
            };
            collect(&subquery.expr, lookback_ms, inner, found)
        }
        _ => expr
            .children()
            .into_iter()
            .try_for_each(|child| collect(child, lookback_ms, around, found)),
    }
}

fn add(
    selector: &VectorSelector,
    reach_ms: i64,
    around: Around,
    found: &mut Vec<Selector>,
) -> Result<()> {
    let mut plain = selector.clone();
    plain.offset = promql::tree::Duration::default();
    plain.at = None;
    plain.anchored = false;
    plain.smoothed = false;
    let text = promql::print(&Expr {
        kind: ExprKind::Vector(plain),
        range: 0..0,
    });
    let new = Selector {
        matchers: matchers_of(selector)?,
        reach_ms: reach_ms.saturating_add(around.reach_ms),
        offset_ms: selector.offset.ms.saturating_add(around.offset_ms),
        at_ms: timestamp(selector.at).or(around.at_ms),
        text,
    };
    let same = |other: &Selector| {
        (&other.text, other.reach_ms, other.offset_ms, other.at_ms)
            == (&new.text, new.reach_ms, new.offset_ms, new.at_ms)
    };
    if !found.iter().any(same) {
        found.push(new);
    }
    Ok(())
}

fn timestamp(at: Option<At>) -> Option<i64> {
    match at {
        Some(At::Timestamp(ms)) => Some(ms),
        _ => None,
    }
}

fn matchers_of(selector: &VectorSelector) -> Result<Vec<LabelMatcher>> {
    selector
        .matchers
        .iter()
        .map(|matcher| {
            let op = match matcher.op {
                Written::Equal => MatchOp::Equal,
                Written::NotEqual => MatchOp::NotEqual,
                Written::Regex => MatchOp::Regex,
                Written::NotRegex => MatchOp::NotRegex,
            };
            LabelMatcher::new(&matcher.name, op, &matcher.value)
                .map_err(|error| Error::invalid(error.message()))
        })
        .collect()
}

impl Selector {
    /// The range of times in which samples count for a query at a time, both ends inclusive, ms.
    pub fn range_at(&self, time_ms: i64) -> (i64, i64) {
        let end = self.at_ms.unwrap_or(time_ms).saturating_sub(self.offset_ms);
        (end.saturating_sub(self.reach_ms).saturating_add(1), end)
    }

    /// The name of the metric, if the selector names one.
    pub fn name(&self) -> Option<&str> {
        let mut names = self.matchers.iter().filter(|it| it.name == METRIC_NAME);
        match (names.next(), names.next()) {
            (Some(only), None) if only.op == MatchOp::Equal => Some(&only.value),
            _ => None,
        }
    }

    /// The series that it finds, those of its second name if there are none.
    ///
    /// # Errors
    /// If there are more than so many, or they cannot be read.
    pub fn find(
        &self,
        view: &dyn SeriesView,
        (start_ms, end_ms): (i64, i64),
        series_max: usize,
        context: &ReadContext,
    ) -> Result<Vec<SelectedSeries>> {
        let mut request = SelectRequest {
            matchers: self.matchers.clone(),
            start_ms,
            end_ms,
            series_max,
        };
        let found = view.select(&request, context).map_err(failed)?;
        let Some(name) = self.name().filter(|_| found.is_empty()) else {
            return Ok(found);
        };
        for candidate in second_names(view, name) {
            request.matchers = renamed(&self.matchers, &candidate);
            let found = view.select(&request, context).map_err(failed)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// Whether it finds a series.
    ///
    /// # Errors
    /// If series cannot be read.
    pub fn finds_any(
        &self,
        view: &dyn SeriesView,
        range_ms: (i64, i64),
        context: &ReadContext,
    ) -> Result<bool> {
        let mut asked = vec![self.matchers.clone()];
        if let Some(name) = self.name() {
            let others = second_names(view, name);
            asked.extend(others.iter().map(|name| renamed(&self.matchers, name)));
        }
        let request = names(asked, range_ms, 1);
        let found = view.label_sets(&request, context).map_err(failed)?;
        Ok(!found.is_empty())
    }

    /// Why it finds nothing in a range, with what is near; nothing if it finds something.
    ///
    /// # Errors
    /// If series cannot be read.
    pub fn missing(
        &self,
        view: &dyn SeriesView,
        range_ms: (i64, i64),
        context: &ReadContext,
    ) -> Result<Option<String>> {
        if self.finds_any(view, range_ms, context)? {
            return Ok(None);
        }
        let Some(name) = self.name() else {
            return Ok(Some(format!("{} finds no series", self.text)));
        };
        let mut known = vec![name.to_owned()];
        known.extend(second_names(view, name));
        for real in known {
            let of_name = vec![LabelMatcher::equal(METRIC_NAME, &real)];
            let request = names(vec![of_name.clone()], range_ms, 1);
            if view
                .label_sets(&request, context)
                .map_err(failed)?
                .is_empty()
            {
                continue;
            }
            let reason = self.wrong_label(view, &of_name, range_ms, context)?;
            return Ok(Some(format!("{} finds no series: {reason}", self.text)));
        }
        let all = names(Vec::new(), range_ms, NAMES_MAX);
        let known = view
            .label_values(METRIC_NAME, &all, context)
            .map_err(failed)?;
        let near = nearest(name, &known);
        let told = match near.as_slice() {
            [] => String::new(),
            near => format!("; near to it are {}", near.join(", ")),
        };
        Ok(Some(format!("there is no metric {name}{told}")))
    }

    /// Which label of a metric that exists does not fit.
    fn wrong_label(
        &self,
        view: &dyn SeriesView,
        of_name: &[LabelMatcher],
        range_ms: (i64, i64),
        context: &ReadContext,
    ) -> Result<String> {
        let request = names(vec![of_name.to_vec()], range_ms, NAMES_MAX);
        for matcher in self.matchers.iter().filter(|it| it.name != METRIC_NAME) {
            let label = &matcher.name;
            let values = view
                .label_values(label, &request, context)
                .map_err(failed)?;
            let fits =
                values.iter().any(|value| matcher.matches(value)) || matcher.matches_absent();
            if fits {
                continue;
            }
            if values.is_empty() {
                let labels = view.label_names(&request, context).map_err(failed)?;
                let others: Vec<&str> = labels
                    .iter()
                    .map(String::as_str)
                    .filter(|name| *name != METRIC_NAME)
                    .collect();
                return Ok(format!("it has no label {label}, only {}", told(&others)));
            }
            let mut near: Vec<&str> = values.iter().map(String::as_str).collect();
            near.sort_by_key(|value| !value.eq_ignore_ascii_case(&matcher.value));
            return Ok(format!("{label} is one of {}", told(&near)));
        }
        Ok("no series has all of these labels together".to_owned())
    }
}

/// Some of many words.
fn told(words: &[&str]) -> String {
    let shown: Vec<&str> = words.iter().copied().take(TOLD_MAX).collect();
    let more = words.len().saturating_sub(TOLD_MAX);
    if more == 0 {
        return shown.join(", ");
    }
    format!("{} and {more} others", shown.join(", "))
}

/// The names most like one: by spelling, else those that have it as a part.
fn nearest<'a>(name: &str, known: &'a [String]) -> Vec<&'a str> {
    let mut left: Vec<&str> = known.iter().map(String::as_str).collect();
    let mut near = Vec::new();
    while near.len() < 3 {
        let Some(next) = closest(name, left.iter().copied()) else {
            break;
        };
        left.retain(|word| *word != next);
        near.push(next);
    }
    let stem = SUFFIXES
        .into_iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name);
    let parts = left.into_iter().filter(|word| word.contains(stem));
    near.extend(parts.take(3usize.saturating_sub(near.len())));
    near
}

fn names(
    selectors: Vec<Vec<LabelMatcher>>,
    (start_ms, end_ms): (i64, i64),
    limit: usize,
) -> NamesRequest {
    NamesRequest {
        selectors,
        start_ms,
        end_ms,
        limit,
    }
}

fn renamed(matchers: &[LabelMatcher], name: &str) -> Vec<LabelMatcher> {
    matchers
        .iter()
        .map(|matcher| {
            if matcher.name == METRIC_NAME {
                LabelMatcher::equal(METRIC_NAME, name)
            } else {
                matcher.clone()
            }
        })
        .collect()
}

/// Real names that a name may stand for (decisions C1 and C15).
fn second_names(view: &dyn SeriesView, asked: &str) -> Vec<String> {
    let mut names = Vec::new();
    if let Some(family) = view.family_of_alias(asked) {
        names.extend([format!("{family}_total"), format!("{family}_sum"), family]);
    }
    for suffix in SUFFIXES {
        let base = asked.strip_suffix(suffix).filter(|base| !base.is_empty());
        if let Some(family) = base.and_then(|base| view.family_of_alias(base)) {
            names.push(format!("{family}{suffix}"));
            names.push(family);
        }
    }
    names.push(format!("{asked}_sum"));
    names.retain(|name| name != asked);
    names
}

/// An error of the store.
pub(crate) fn failed(error: tacho_storage::error::Error) -> Error {
    use tacho_storage::error::ErrorKind;
    match error.kind() {
        ErrorKind::Invalid | ErrorKind::NotFound => Error::invalid(error.message()),
        ErrorKind::LimitExceeded => Error::limit(error.message()),
        _ => Error::unavailable(error.message()),
    }
}
