//! Runs PromQL queries over series: plans them, selects what they read, evaluates them over all steps
//! at once.
//!
//! Synchronous; runs on the caller's thread and as many more as the options allow. Times are
//! milliseconds since the epoch.

use crate::error::Result;
use crate::promql::annotation::Annotations;
use crate::promql::budget::{Budget, BudgetLimits};
use crate::promql::call::QueryInfo;
use crate::promql::evaluate::{Evaluator, Shared};
use crate::promql::failure;
use crate::promql::matchers::CompiledMatchers;
use crate::promql::node::Node;
use crate::promql::number;
use crate::promql::plan::{PlanSettings, Planner};
use crate::promql::prepare::{self, Times};
use crate::promql::result::{QueryResult, QueryStats, Timings, Value, stats};
use crate::promql::root::evaluate_root;
use crate::promql::source::{Reading, Source};
use std::sync::Arc;
use std::time::Duration;
use tacho_stdx::clock::Clock;
use tacho_storage::read::ReadContext;
use tacho_storage::samples::read::SeriesView;
use tacho_syntax::promql;
use tacho_syntax::promql::tree::{Expr, ValueType};

/// How queries are run. Limits of 0 are none.
#[derive(Debug, Clone)]
pub struct Options {
    /// How far back an instant selector looks for a sample.
    pub lookback_ms: i64,
    /// The step of subqueries that name none.
    pub default_subquery_step_ms: i64,
    /// Samples that a query may hold at a time.
    pub samples_max: u64,
    /// Series that a selector may match.
    pub series_max: usize,
    /// Steps of a range query.
    pub steps_max: usize,
    /// Time that a query may take.
    pub timeout: Duration,
    /// Bytes that the columns of a query may take.
    pub memory_bytes_max: u64,
    /// Threads that one query may use.
    pub workers: usize,
    /// Start timestamps count as counter resets.
    pub start_timestamps: bool,
    /// Types and units of metrics are labels.
    pub type_and_unit_labels: bool,
    /// Second names of metrics answer (decisions C1 and C15).
    pub aliases: bool,
    /// Warnings and infos that a result has, each; 0 is all.
    pub annotations_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lookback_ms: 300_000,
            default_subquery_step_ms: 60_000,
            samples_max: 50_000_000,
            series_max: 1_000_000,
            steps_max: 11_000,
            timeout: Duration::from_secs(120),
            memory_bytes_max: 2 << 30,
            workers: 1,
            start_timestamps: true,
            type_and_unit_labels: false,
            aliases: false,
            annotations_max: 10,
        }
    }
}

/// A parsed query.
#[derive(Debug, Clone)]
pub struct Query {
    text: String,
    expr: Expr,
}

impl Query {
    /// Parses a text; the message of the error is that of Prometheus.
    pub fn parse(text: &str) -> Result<Self> {
        let expr = promql::parse(text).map_err(failure::bad_data)?;
        Ok(Self {
            text: text.to_owned(),
            expr,
        })
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tree.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }
}

/// The surroundings of a query.
#[derive(Debug, Clone, Copy)]
pub struct QueryContext<'a> {
    /// Cancellation and limits of reading.
    pub read: &'a ReadContext,
    /// Another look-back than that of the options.
    pub lookback_ms: Option<i64>,
    /// A shorter timeout than that of the options.
    pub timeout: Option<Duration>,
}

impl<'a> QueryContext<'a> {
    /// The surroundings with the options as they are.
    pub fn new(read: &'a ReadContext) -> Self {
        Self {
            read,
            lookback_ms: None,
            timeout: None,
        }
    }
}

/// One of several queries that are run together.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What to evaluate.
    pub query: &'a Query,
    /// When.
    pub times: Times,
}

/// Runs queries.
#[derive(Debug, Clone)]
pub struct PromEngine {
    options: Options,
    clock: Arc<dyn Clock>,
    compiled: Arc<CompiledMatchers>,
}

/// What queries that are run together share.
struct Batch<'a> {
    reading: Reading<'a>,
    sources: Vec<Source>,
    lookback_ms: i64,
    deadline_ns: i64,
    started_ns: i64,
    prepared_ns: i64,
}

impl PromEngine {
    /// An engine with these options.
    pub fn new(options: Options, clock: Arc<dyn Clock>) -> Self {
        Self {
            options,
            clock,
            compiled: Arc::default(),
        }
    }

    /// The options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Evaluates a query at one time.
    pub fn instant(
        &self,
        view: &dyn SeriesView,
        query: &Query,
        time_ms: i64,
        context: QueryContext<'_>,
    ) -> Result<QueryResult> {
        let request = Request {
            query,
            times: Times::instant(time_ms),
        };
        self.run_one(view, request, context)
    }

    /// Evaluates a query at every step of a range.
    pub fn range(
        &self,
        view: &dyn SeriesView,
        query: &Query,
        times: Times,
        context: QueryContext<'_>,
    ) -> Result<QueryResult> {
        self.check_range(query, times)?;
        self.run_one(view, Request { query, times }, context)
    }

    /// Evaluates several queries; what selectors of theirs have in common is read once. Results are
    /// in order.
    pub fn run_many(
        &self,
        view: &dyn SeriesView,
        requests: &[Request<'_>],
        context: QueryContext<'_>,
    ) -> Vec<Result<QueryResult>> {
        let checked = requests.iter().try_for_each(|request| {
            if request.times.step_ms > 0 {
                self.check_range(request.query, request.times)?;
            }
            Ok(())
        });
        if let Ok(results) = checked.and_then(|()| self.run_batch(view, requests, context)) {
            return results;
        }
        // One of them cannot be run: each by itself, so that the others can.
        requests
            .iter()
            .map(|request| {
                if request.times.step_ms > 0 {
                    self.check_range(request.query, request.times)?;
                }
                self.run_one(view, *request, context)
            })
            .collect()
    }

    fn run_one(
        &self,
        view: &dyn SeriesView,
        request: Request<'_>,
        context: QueryContext<'_>,
    ) -> Result<QueryResult> {
        let mut results = self.run_batch(view, &[request], context)?;
        results
            .pop()
            .unwrap_or_else(|| Err(failure::internal("a query without result")))
    }

    fn check_range(&self, query: &Query, times: Times) -> Result<()> {
        if times.step_ms <= 0 {
            return Err(failure::bad_data(
                "zero or negative query resolution step widths are not accepted. Try a positive integer",
            ));
        }
        if times.end_ms < times.start_ms {
            return Err(failure::bad_data(
                "end timestamp must not be before start time",
            ));
        }
        if self.options.steps_max > 0 && times.steps() > self.options.steps_max {
            return Err(failure::bad_data(format!(
                "exceeded maximum resolution of {} points per timeseries. Try decreasing the query resolution (?step=XX)",
                number::thousands(self.options.steps_max)
            )));
        }
        let kind = query.expr.value_type();
        if !matches!(kind, ValueType::Vector | ValueType::Scalar) {
            return Err(failure::bad_data(format!(
                "invalid expression type \"{}\" for range query, must be Scalar or instant Vector",
                kind.documented()
            )));
        }
        Ok(())
    }

    /// Fails if any of the queries cannot be planned or selected for.
    fn run_batch(
        &self,
        view: &dyn SeriesView,
        requests: &[Request<'_>],
        context: QueryContext<'_>,
    ) -> Result<Vec<Result<QueryResult>>> {
        let started_ns = self.clock.monotonic_ns();
        let options = &self.options;
        let lookback_ms = context
            .lookback_ms
            .filter(|it| *it > 0)
            .unwrap_or(options.lookback_ms);
        let mut exprs = Vec::with_capacity(requests.len());
        for request in requests {
            exprs.push(prepare::prepare(&request.query.expr, request.times)?);
        }
        let settings = PlanSettings {
            lookback_ms,
            subquery_step_ms: options.default_subquery_step_ms.max(1),
        };
        let mut planner = Planner::new(settings, &self.compiled);
        let mut nodes = Vec::with_capacity(requests.len());
        for (request, expr) in requests.iter().zip(&exprs) {
            let frame = frame_of(request.times, lookback_ms, options, context.read);
            let last = frame.time_ms(frame.steps.saturating_sub(1));
            nodes.push(planner.plan(expr, frame.start_ms, last)?);
        }
        let reading = Reading {
            view,
            context: context.read,
            series_max: options.series_max,
            aliases: options.aliases,
        };
        let mut sources = Vec::new();
        for need in planner.into_sources() {
            if context.read.cancel.is_cancelled() {
                return Err(failure::canceled());
            }
            sources.push(Source::select(&need, &reading)?);
        }
        let timeout = context
            .timeout
            .map_or(options.timeout, |it| it.min(options.timeout));
        let timeout_ns = i64::try_from(timeout.as_nanos()).unwrap_or(i64::MAX);
        let batch = Batch {
            reading,
            sources,
            lookback_ms,
            deadline_ns: started_ns.saturating_add(timeout_ns),
            started_ns,
            prepared_ns: self.clock.monotonic_ns(),
        };
        let results = requests
            .iter()
            .zip(&nodes)
            .map(|(request, node)| self.evaluate(&batch, request, node))
            .collect();
        Ok(results)
    }

    fn evaluate(
        &self,
        batch: &Batch<'_>,
        request: &Request<'_>,
        node: &Node<'_>,
    ) -> Result<QueryResult> {
        let limits = BudgetLimits {
            samples_max: self.options.samples_max,
            bytes_max: self.options.memory_bytes_max,
            deadline_ns: batch.deadline_ns,
        };
        let read = batch.reading.context;
        let budget = Budget::new(limits, read.cancel.clone(), Arc::clone(&self.clock));
        let shared = Shared {
            reading: &batch.reading,
            sources: &batch.sources,
            budget: &budget,
            workers: self.options.workers.max(1),
            start_timestamps: self.options.start_timestamps,
        };
        let eval_started_ns = self.clock.monotonic_ns();
        let frame = frame_of(request.times, batch.lookback_ms, &self.options, read);
        let evaluator = Evaluator::new(&shared, frame);
        let is_range = request.times.step_ms > 0;
        let mut value = evaluate_root(&evaluator, node, is_range)?;
        budget.check()?;
        let evaluated_ns = self.clock.monotonic_ns();
        if let Value::Matrix(series) = &mut value {
            series.sort_by(|a, b| a.labels.cmp(&b.labels));
        }
        let done_ns = self.clock.monotonic_ns();
        let frame = evaluator.frame.clone();
        let (notes, counts) = evaluator.into_findings();
        let preparation = batch.prepared_ns - batch.started_ns;
        let timings = Timings {
            eval_total: seconds(preparation + done_ns - eval_started_ns),
            result_sort: seconds(done_ns - evaluated_ns),
            query_preparation: seconds(preparation),
            inner_eval: seconds(evaluated_ns - eval_started_ns),
            exec_queue: 0.0,
            exec_total: seconds(preparation + done_ns - eval_started_ns),
        };
        Ok(self.result(
            request.query,
            value,
            &notes,
            stats(timings, &counts, &frame, &budget),
        ))
    }

    fn result(
        &self,
        query: &Query,
        value: Value,
        notes: &Annotations,
        stats: QueryStats,
    ) -> QueryResult {
        let (warnings, infos) = notes.texts(&query.text, self.options.annotations_max);
        QueryResult {
            value,
            warnings,
            infos,
            stats,
        }
    }
}

fn frame_of(times: Times, lookback_ms: i64, options: &Options, read: &ReadContext) -> QueryInfo {
    QueryInfo {
        start_ms: times.start_ms,
        step_ms: times.step_ms.max(1),
        steps: times.steps(),
        lookback_ms,
        type_and_unit_labels: options.type_and_unit_labels,
        cancel: read.cancel.clone(),
    }
}

fn seconds(ns: i64) -> f64 {
    ns as f64 / 1e9
}

#[cfg(test)]
mod tests;
