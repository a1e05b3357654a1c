//! One evaluation of a script, in all forms in which it has to give the same.

use crate::promql::script::ask::{Answer, ask};
use crate::promql::script::compare::{check_sorted, compare};
use crate::promql::script::memory::MemorySeries;
use crate::promql::script::outcome::Outcome;
use crate::promql::script::remark;
use crate::promql::script::variant;
use tacho_syntax::promql::script::{Eval, EvalTime, TimeSteps};

/// Time before and after the middle of the range query that repeats an instant query.
const MINUTE_MS: i64 = 60_000;

/// Evaluates; the error tells what was expected and what came.
pub(super) fn evaluate(store: &MemorySeries, eval: &Eval) -> Result<(), String> {
    match eval.time {
        EvalTime::Range(steps) => check(store, eval, &eval.query, eval.time, Some(steps), true),
        EvalTime::Instant { at_ms } => {
            instant(store, eval, &eval.query, at_ms, true)?;
            let Some((query, times)) = variant::pinned(&eval.query, at_ms) else {
                return Ok(());
            };
            for time_ms in times {
                instant(store, eval, &query, time_ms, false)
                    .map_err(|reason| format!("with {query} at {time_ms} ms {reason}"))?;
            }
            Ok(())
        }
    }
}

/// An instant query, and the same as a range query around it.
fn instant(
    store: &MemorySeries,
    eval: &Eval,
    query: &str,
    at_ms: i64,
    original: bool,
) -> Result<(), String> {
    let expected = &eval.expected;
    let time = EvalTime::Instant { at_ms };
    check(store, eval, query, time, expected.range_vector, original)?;
    let comparable = expected.fail.is_none()
        && expected.string.is_none()
        && expected.range_vector.is_none()
        && !expected.ordered
        && !variant::asks_for_its_times(query);
    if !comparable {
        return Ok(());
    }
    let steps = TimeSteps {
        start_ms: at_ms.saturating_sub(MINUTE_MS),
        end_ms: at_ms.saturating_add(MINUTE_MS),
        step_ms: MINUTE_MS,
    };
    let in_range = |reason: String| format!("as a range query {reason}");
    let answer = ask(store, query, EvalTime::Range(steps))
        .map_err(|message| in_range(format!("expected a result got error {message:?}")))?;
    let middle = middle(answer.outcome, at_ms, expected.scalar.is_some()).map_err(in_range)?;
    compare(expected, None, &middle).map_err(in_range)
}

/// Runs a query and compares. Remarks are only compared of the query as written, since others have
/// other positions.
fn check(
    store: &MemorySeries,
    eval: &Eval,
    query: &str,
    time: EvalTime,
    steps: Option<TimeSteps>,
    original: bool,
) -> Result<(), String> {
    let expected = &eval.expected;
    let Answer {
        outcome,
        warnings,
        infos,
    } = match (ask(store, query, time), &expected.fail) {
        (Ok(answer), None) => answer,
        (Ok(answer), Some(_)) => {
            return Err(format!(
                "expected a failure got {}",
                answer.outcome.describe()
            ));
        }
        (Err(message), Some(wanted)) => return remark::check_failure(wanted, &message),
        (Err(message), None) => return Err(format!("expected a result got error {message:?}")),
    };
    if original {
        remark::check(expected, &warnings, &infos)?;
    }
    compare(expected, steps, &outcome)
}

/// The part of a range vector at one time, as the result of an instant query.
fn middle(outcome: Outcome, at_ms: i64, is_scalar: bool) -> Result<Outcome, String> {
    let Outcome::Matrix(series) = outcome else {
        return Err(format!(
            "expected a range vector got {}",
            outcome.describe()
        ));
    };
    check_sorted(&series)?;
    let mut values = series.into_iter().filter_map(|series| {
        let (_, value) = series.points.into_iter().find(|(time, _)| *time == at_ms)?;
        Some((series.labels, value))
    });
    if !is_scalar {
        return Ok(Outcome::Vector(values.collect()));
    }
    match values.next() {
        Some((_, tacho_model::sample::SampleValue::Float(value))) => Ok(Outcome::Scalar(value)),
        _ => Err("expected a number at the middle step got none".to_owned()),
    }
}
