//! Rules on stored data: what a rule would have done before it is saved, when one would have fired, and
//! whether a file is right. Runs on the query pool with the limits of queries.

use super::rule::{no_rule, written};
use super::work::{read_body, time_of};
use super::{PathText, Shared, on_pool, params};
use crate::alerts::board::Board;
use crate::alerts::chart::left_of;
use crate::alerts::sources::{Base, judge};
use crate::alerts::unit::unit_of;
use crate::answer::{Answer, ApiError, Json};
use crate::pool::Running;
use crate::routes::rule_edit::text_of;
use crate::state::ServerState;
use crate::to_api::alert::{to_map, to_time};
use crate::to_api::rule::{from_definition, problem, to_file_problem, to_operator, to_problem};
use axum::body::Body;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;
use tacho_api::error::ErrorKind;
use tacho_api::operation::Method;
use tacho_api::rule::{
    BacktestAlert, RuleCheckReport, RuleCheckRequest, RuleCost, RulePreview, RulePreviewRequest,
    RuleProblem,
};
use tacho_query::engine::Engine;
use tacho_query::promql::engine::{PromEngine, QueryContext};
use tacho_query::promql::result::Value;
use tacho_rules::backtest::{BacktestReport, BacktestWorld, backtest, focused};
use tacho_rules::condition::threshold::threshold_of;
use tacho_rules::cost::{CostLimits, estimate};
use tacho_rules::own::Definition;
use tacho_rules::own::print::rule_text;
use tacho_rules::rule::{Expression, Rule, RuleGroup, Source, SourceKind};
use tacho_rules::signal_rule::{EvaluateSignals as _, SignalEvaluator};
use tacho_storage::samples::read::SeriesView;

/// Length of a back-test if nobody says, ms.
const USUAL_MS: i64 = 7 * 86_400_000;
/// Evaluations of a back-test whose length nobody says.
const EVALUATIONS: i64 = 100_000;
/// The same of rules on traces and logs, which are asked one by one.
const SIGNAL_EVALUATIONS: i64 = 1_000;
/// Alerts of a back-test that are told.
const ALERTS: usize = 500;

/// What rules on stored data are run with.
pub(super) struct Ground<'a> {
    state: &'a ServerState,
    running: &'a Running,
    prom: PromEngine,
    view: Arc<dyn SeriesView>,
    signals: SignalEvaluator<'a>,
    setting: crate::alerts::running::Setting,
}

impl<'a> Ground<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        state: &'a ServerState,
        running: &'a Running,
    ) -> Answer<Self> {
        let alerts = &state.core()?.alerts;
        Ok(Self {
            prom: state.prom_engine(),
            view: alerts.running.ground().view()?,
            signals: SignalEvaluator {
                engine,
                tenant: &state.tenant,
                context: &running.context,
            },
            setting: alerts.running.setting(),
            state,
            running,
        })
    }

    pub(super) fn world(&self) -> BacktestWorld<'_> {
        BacktestWorld {
            engine: &self.prom,
            view: self.view.as_ref(),
            context: &self.running.context,
            signals: Some(&self.signals),
            clock: self.state.clock.as_ref(),
            external_labels: &self.setting.external_labels,
            external_url: &self.setting.external_url,
            query_offset_ms: 0,
            interval_ms: self.setting.interval_ms,
        }
    }

    /// What an evaluation costs, and one of them.
    fn cost(&self, expr: &Expression, time_ms: i64) -> Answer<RuleCost> {
        let context = &self.running.context;
        let times = (time_ms, self.prom.options().lookback_ms);
        let cost = estimate(
            self.view.as_ref(),
            expr,
            times,
            CostLimits::default(),
            context,
        )?;
        let mut shape = RuleCost {
            series: cost.series,
            samples: cost.samples,
            allowed: cost.allowed,
            text: cost.text,
            ..RuleCost::default()
        };
        if !cost.allowed {
            return Ok(shape);
        }
        let clock = self.state.clock.as_ref();
        let begun_ns = clock.monotonic_ns();
        shape.results = match expr {
            Expression::PromQl(query) => {
                let context = QueryContext::new(context);
                let result = self
                    .prom
                    .instant(self.view.as_ref(), query, time_ms, context)?;
                match result.value {
                    Value::Vector(samples) => samples.len() as u64,
                    _ => 1,
                }
            }
            Expression::Signal(query) => self.signals.evaluate(query, time_ms)?.len() as u64,
            _ => 0,
        };
        let took_ns = clock.monotonic_ns().saturating_sub(begun_ns);
        shape.duration_ms = took_ns as f64 / 1e6;
        Ok(shape)
    }

    /// What a rule of a group would have done.
    fn preview(
        &self,
        (group, rule): (&RuleGroup, &Rule),
        place: usize,
        wanted: Wanted,
    ) -> Answer<RulePreview> {
        let interval_ms = group.interval_ms.unwrap_or(self.setting.interval_ms);
        let range_ms = wanted.range(rule, interval_ms);
        let cost = self.cost(&rule.expr, range_ms.1)?;
        let mut shape = RulePreview {
            expr: rule.expr.text().to_owned(),
            chart_expr: left_of(rule),
            start: to_time(range_ms.0),
            end: to_time(range_ms.1),
            ..RulePreview::default()
        };
        if let Some(expr) = rule.expr.promql() {
            let threshold = threshold_of(expr);
            shape.threshold = threshold.as_ref().map(|one| one.value);
            shape.operator = threshold.as_ref().map(to_operator);
            let facts = self.state.core()?.alerts.metric_facts();
            shape.unit = unit_of(expr, &facts);
        }
        let allowed = cost.allowed;
        shape.cost = cost;
        if !allowed {
            let why = "it costs too much to be tried on stored data".to_owned();
            shape.warnings.push(why);
            return Ok(shape);
        }
        let (group, place) = focused(group, place)
            .ok_or_else(|| ApiError::new(ErrorKind::Internal, "the rule is gone"))?;
        let report = backtest(&group, range_ms, self.world())?;
        add_report(&mut shape, &report, place);
        Ok(shape)
    }
}

fn add_report(shape: &mut RulePreview, report: &BacktestReport, place: usize) {
    shape.warnings.extend(report.warnings.iter().cloned());
    let failures = report.failures.iter().filter(|one| one.rule == place);
    let failures = failures.map(|one| format!("failed at {}: {}", to_time(one.at_ms), one.message));
    shape.warnings.extend(failures);
    let own: Vec<_> = report
        .alerts
        .iter()
        .filter(|one| one.rule == place)
        .collect();
    if own.len() > ALERTS || report.alerts_dropped > 0 {
        let more = own.len().saturating_sub(ALERTS) + report.alerts_dropped;
        shape
            .warnings
            .push(format!("{more} more alerts are not listed"));
    }
    shape.evaluations = usize::try_from(report.evaluations).unwrap_or(usize::MAX);
    shape.fired = own.iter().filter(|one| one.fired_at_ms.is_some()).count();
    shape.firing_share = report.firing_share();
    shape.alerts = own
        .into_iter()
        .take(ALERTS)
        .map(|one| BacktestAlert {
            labels: to_map(&one.labels),
            annotations: one.annotations.clone(),
            pending_at: to_time(one.pending_at_ms),
            fired_at: one.fired_at_ms.map(to_time),
            resolved_at: one.resolved_at_ms.map(to_time),
            peak: Some(one.peak).filter(|peak| peak.is_finite()),
        })
        .collect();
}

/// A definition as a group of its own.
fn group_of(base: &Base, written: &Definition) -> Result<RuleGroup, Vec<RuleProblem>> {
    if written.name.is_empty() {
        return Err(vec![problem("name", "name is missing".to_owned())]);
    }
    let problems = |wrong: Vec<_>| {
        let wrong = wrong.iter();
        wrong
            .map(|one: &tacho_rules::own::DefinitionProblem| {
                to_problem(one, text_of(written, one.field))
            })
            .collect::<Vec<_>>()
    };
    let (rule, _) = written.to_rule(&base.settings).map_err(problems)?;
    let source = Source::new(SourceKind::Api, &base.managed_file.to_string_lossy());
    let mut group = RuleGroup::new(written.group_name(), source);
    group.interval_ms = written.interval_ms;
    group.rules.push(rule);
    Ok(group)
}

/// `POST /api/v1/rules/preview`.
pub(super) async fn preview(
    State(state): Shared,
    uri: Uri,
    body: Body,
) -> Answer<Json<RulePreview>> {
    params(&state, Method::Post, "/api/v1/rules/preview", &uri)?;
    let asked: RulePreviewRequest = read_body(&state, body).await?;
    let now = state.now();
    let end_ms = time_of("end", asked.end.as_deref(), now)?;
    let end_ms = end_ms.unwrap_or(now.0.div_euclid(1_000_000));
    let start_ms = time_of("start", asked.start.as_deref(), now)?;
    let wanted = Wanted::new(start_ms, end_ms)?;
    let shape = on_pool(&state, move |engine, state, running| {
        let base = state.core()?.alerts.base();
        let read = from_definition(&asked.definition, None).map_err(|one| vec![one]);
        let group = read.and_then(|written| Ok((group_of(&base, &written)?, written)));
        let (group, written) = match group {
            Ok(group) => group,
            Err(problems) => {
                return Ok(RulePreview {
                    problems,
                    start: to_time(wanted.start_ms.unwrap_or(end_ms - USUAL_MS)),
                    end: to_time(end_ms),
                    ..RulePreview::default()
                });
            }
        };
        let ground = Ground::new(engine, state, running)?;
        let rule = group.rules.first();
        let rule = rule.ok_or_else(|| ApiError::new(ErrorKind::Internal, "no rule was made"))?;
        let mut shape = ground.preview((&group, rule), 0, wanted)?;
        shape.yaml = rule_text(&written);
        let notes = written.to_rule(&base.settings).map(|(_, notes)| notes);
        shape.warnings.splice(0..0, notes.unwrap_or_default());
        for name in written
            .receivers
            .iter()
            .filter(|name| !base.has_receiver(name))
        {
            let message = format!("there is no receiver {name:?}");
            shape.problems.push(problem("receivers", message));
        }
        Ok(shape)
    })
    .await?;
    Ok(Json(shape))
}

/// The time that is asked for.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    /// As long as usual if absent.
    start_ms: Option<i64>,
    end_ms: i64,
}

impl Wanted {
    fn new(start_ms: Option<i64>, end_ms: i64) -> Answer<Self> {
        match start_ms {
            Some(start_ms) if start_ms >= end_ms => {
                let (start, end) = (to_time(start_ms), to_time(end_ms));
                let message = format!("start {start} does not lie before end {end}");
                Err(ApiError::parameter("start", message))
            }
            _ => Ok(Self { start_ms, end_ms }),
        }
    }

    /// The range; where nobody says how long, as long as it can be tried at once.
    fn range(self, rule: &Rule, interval_ms: i64) -> (i64, i64) {
        let count = match rule.expr.signal() {
            Some(_) => SIGNAL_EVALUATIONS,
            None => EVALUATIONS,
        };
        let usual_ms = USUAL_MS.min(interval_ms.saturating_mul(count));
        let start_ms = self.start_ms.unwrap_or(self.end_ms - usual_ms);
        (start_ms, self.end_ms)
    }
}

/// `POST /api/v1/rules/{id}/backtest`.
pub(super) async fn backtest_one(
    State(state): Shared,
    PathText(id): PathText,
    uri: Uri,
) -> Answer<Json<RulePreview>> {
    let params = params(&state, Method::Post, "/api/v1/rules/{id}/backtest", &uri)?;
    let range = params.recent_range(USUAL_MS * 1_000_000)?;
    let start_ms = params
        .text("start")
        .map(|_| range.start.0.div_euclid(1_000_000));
    let wanted = Wanted::new(start_ms, range.end.0.div_euclid(1_000_000))?;
    let shape = on_pool(&state, move |engine, state, running| {
        let alerts = &state.core()?.alerts;
        let board = Board::of(&alerts.running);
        let at = board.rule(&id).ok_or_else(|| no_rule(&id))?;
        let rule = at.rule().ok_or_else(|| no_rule(&id))?;
        let ground = Ground::new(engine, state, running)?;
        let mut shape = ground.preview((&at.group.rules, rule), at.place, wanted)?;
        shape.yaml = written(alerts, at)
            .map(|one| rule_text(&one))
            .unwrap_or_default();
        Ok(shape)
    })
    .await?;
    Ok(Json(shape))
}

/// `POST /api/v1/rules/check`.
pub(super) async fn check(
    State(state): Shared,
    uri: Uri,
    body: Body,
) -> Answer<Json<RuleCheckReport>> {
    params(&state, Method::Post, "/api/v1/rules/check", &uri)?;
    let asked: RuleCheckRequest = read_body(&state, body).await?;
    let shape = on_pool(&state, move |_, state, _| {
        let base = state.core()?.alerts.base();
        let source = Source::new(SourceKind::Prometheus, "text");
        Ok(match judge(&asked.text, &source, &base.settings) {
            Ok(read) => RuleCheckReport {
                rules: read.groups.iter().map(|group| group.rules.len()).sum(),
                problems: Vec::new(),
                warnings: read.odd.iter().map(to_file_problem).collect(),
            },
            Err(wrong) => RuleCheckReport {
                problems: wrong.iter().map(to_file_problem).collect(),
                ..RuleCheckReport::default()
            },
        })
    })
    .await?;
    Ok(Json(shape))
}
