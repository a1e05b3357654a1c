//! What the evaluation of rules needs from the world: answers to many queries at once, and a place for
//! the samples that rules give. The server, unit tests and back-tests each bring their own.

use crate::rule::Expression;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;
use tacho_query::promql::engine::{PromEngine, QueryContext, Request};
use tacho_query::promql::prepare::Times;
use tacho_query::promql::result::{QueryResult, Value};
use tacho_storage::samples::read::SeriesView;

/// Most queries that are given to the engine at once; more are given in several turns.
pub const ASKS_MAX: usize = 1_000;

/// A question of a rule.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// What is asked.
    pub expr: &'a Expression,
    /// For what time, ms.
    pub time_ms: i64,
}

/// What a question gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The series with their values; a number is one without labels.
    pub samples: Vec<(Labels, SampleValue)>,
    /// Warnings and infos of the query.
    pub warnings: Vec<String>,
    /// What it took.
    pub duration_ns: i64,
    /// Samples that were looked at.
    pub samples_read: u64,
}

/// A sample that a rule gives, to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSample {
    /// The series.
    pub labels: Labels,
    /// Its time, ms.
    pub time_ms: i64,
    /// Its value; a stale marker says that the series has ended.
    pub value: SampleValue,
}

/// A sample that was not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its place among those given.
    pub index: usize,
    /// Why.
    pub reason: Arc<str>,
}

/// Answers questions of rules, and stores what they give.
pub trait Evaluate {
    /// Answers many questions at once, in order. An error is a text for people; it fails one rule only.
    fn instant(&self, asks: &[Ask<'_>]) -> Vec<Result<Answer, String>>;

    /// Stores samples so that questions after it see them; tells which it did not take. Called once a
    /// stage: rules that read what others of their group give come in a later stage.
    fn append(&self, samples: Vec<RuleSample>) -> Vec<Refused>;
}

/// Answers the questions that are PromQL, many at once; others get an error.
pub fn answer_promql(
    engine: &PromEngine,
    view: &dyn SeriesView,
    context: QueryContext<'_>,
    asks: &[Ask<'_>],
) -> Vec<Result<Answer, String>> {
    let mut answers = Vec::with_capacity(asks.len());
    for part in asks.chunks(ASKS_MAX) {
        answer_part(engine, view, context, part, &mut answers);
    }
    answers
}

fn answer_part(
    engine: &PromEngine,
    view: &dyn SeriesView,
    context: QueryContext<'_>,
    asks: &[Ask<'_>],
    answers: &mut Vec<Result<Answer, String>>,
) {
    let requests: Vec<Request<'_>> = asks
        .iter()
        .filter_map(|ask| match ask.expr {
            Expression::PromQl(query) => Some(Request {
                query,
                times: Times::instant(ask.time_ms),
            }),
            Expression::Signal(_) => None,
        })
        .collect();
    let mut results = engine.run_many(view, &requests, context).into_iter();
    let share = i64::try_from(requests.len().max(1)).unwrap_or(i64::MAX);
    answers.extend(asks.iter().map(|ask| match ask.expr {
        Expression::PromQl(_) => match results.next() {
            Some(Ok(result)) => answer_of(result, share),
            Some(Err(error)) => Err(error.message().to_owned()),
            None => Err("the query was not answered".to_owned()),
        },
        Expression::Signal(_) => Err("queries on traces and logs are not answered here".to_owned()),
    }));
}

/// The answer that a result is. `share` queries were prepared together.
fn answer_of(result: QueryResult, share: i64) -> Result<Answer, String> {
    let samples = match result.value {
        Value::Vector(samples) => samples
            .into_iter()
            .map(|sample| (sample.labels, sample.value))
            .collect(),
        Value::Scalar { value, .. } => vec![(Labels::default(), SampleValue::Float(value))],
        Value::String { .. } | Value::Matrix(_) => {
            return Err("rule result is not a vector or scalar".to_owned());
        }
    };
    let timings = &result.stats.timings;
    let seconds = timings.inner_eval + timings.query_preparation / share as f64;
    let mut warnings = result.warnings;
    warnings.extend(result.infos);
    Ok(Answer {
        samples,
        warnings,
        duration_ns: (seconds * 1e9) as i64,
        samples_read: result.stats.samples.read,
    })
}
