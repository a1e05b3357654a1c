//! Runs a test: time after time its samples become visible, all groups are evaluated, and the alerts of
//! that time are compared; then its queries.

use super::compare;
use super::fields::{TestFile, TestGroup};
use super::input::Input;
use super::memory::Memory;
use super::report::{CheckReport, Difference, Outcome, TestReport};
use super::windows::Windows;
use crate::evaluate::{Ask, Evaluate as _};
use crate::file::print::duration;
use crate::group::alert::{ActiveAlert, AlertState};
use crate::group::{GroupState, RESEND_DELAY_MS, SERIES_MAX, Surroundings};
use crate::rule::Expression;
use std::fmt::Write as _;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::number_text::shortest;
use tacho_query::promql::engine::Query;
use tacho_query::promql::result::Value;
use tacho_stdx::clock::Clock;

/// Most evaluations of a test.
const EVALUATIONS_MAX: i64 = 1_000_000;
/// Most bytes of a dump.
const DUMP_BYTES_MAX: usize = 1 << 20;

pub(super) fn perform(
    (file, test): (&TestFile, &TestGroup),
    groups: Vec<GroupState>,
    windows: Windows,
    debug: bool,
    clock: &Arc<dyn Clock>,
) -> TestReport {
    let mut report = TestReport::unable("", test.line, test.checks());
    let interval_ms = test.interval_ms.unwrap_or(file.interval_ms);
    let input = match Input::read(test, interval_ms) {
        Ok(input) => input,
        Err(reason) => {
            report.errors.push(reason);
            return report;
        }
    };
    let memory = Memory::new(file.interval_ms, windows, clock);
    let mut performance = Performance {
        file,
        test,
        memory: &memory,
        windows,
        input,
        groups,
        clock,
    };
    if let Err(errors) = performance.evaluate_all(&mut report.checks) {
        report.errors = errors;
        return report;
    }
    for (test, check) in test
        .exprs
        .iter()
        .zip(report.checks.iter_mut().skip(test.alerts.len()))
    {
        let at_ms = performance.test.start_ms.saturating_add(test.at_ms);
        check.outcome = outcome(
            performance
                .ask(&test.expr, at_ms)
                .and_then(|got| compare::samples(&test.expected, got, file.fuzzy)),
        );
    }
    if debug {
        report.dump = Some(performance.dump());
    }
    report
}

fn outcome(of: Result<(), Difference>) -> Outcome {
    match of {
        Ok(()) => Outcome::Passed,
        Err(difference) => Outcome::Failed(difference),
    }
}

struct Performance<'a> {
    file: &'a TestFile,
    test: &'a TestGroup,
    memory: &'a Memory,
    windows: Windows,
    input: Input,
    groups: Vec<GroupState>,
    clock: &'a Arc<dyn Clock>,
}

impl Performance<'_> {
    /// Evaluates at all times, comparing alerts as they are due. Errors of rules end it.
    fn evaluate_all(&mut self, checks: &mut [CheckReport]) -> Result<(), Vec<String>> {
        let step_ms = self.file.interval_ms.max(1);
        let last_ms = self.test.last_ms();
        if last_ms / step_ms > EVALUATIONS_MAX {
            let message = format!("more than {EVALUATIONS_MAX} evaluations until the last check");
            return Err(vec![message]);
        }
        let external_labels = Labels::from_pairs(
            self.test
                .external_labels
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        let mut past_ms = 0;
        while past_ms <= last_ms {
            let at_ms = self.test.start_ms.saturating_add(past_ms);
            self.evaluate(at_ms, past_ms, &external_labels)?;
            let due = past_ms..past_ms.saturating_add(step_ms);
            for (test, check) in self.test.alerts.iter().zip(checks.iter_mut()) {
                if due.contains(&test.at_ms) {
                    let got = self.firing(&test.name);
                    check.outcome = outcome(compare::alerts(test, &got));
                }
            }
            past_ms += step_ms;
        }
        Ok(())
    }

    fn evaluate(&mut self, at_ms: i64, past_ms: i64, external: &Labels) -> Result<(), Vec<String>> {
        self.input
            .show(&mut self.memory.write(), at_ms)
            .map_err(|reason| vec![reason])?;
        let surroundings = Surroundings {
            external_labels: external,
            external_url: &self.test.external_url,
            clock: self.clock.as_ref(),
            query_offset_ms: 0,
            resend_delay_ms: RESEND_DELAY_MS,
            series_max: SERIES_MAX,
            generator_url: &|_, _| String::new(),
        };
        let mut errors = Vec::new();
        for state in &mut self.groups {
            if state.evaluate(at_ms, self.memory, &surroundings).failures == 0 {
                continue;
            }
            for (at, rule) in state.group().rules.iter().enumerate() {
                let status = state.rule_status(at);
                if let Some(error) = status.and_then(|status| status.error.as_ref()) {
                    let time = duration(past_ms);
                    errors.push(format!("rule {} at {time}: {error}", rule.name()));
                }
            }
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    /// Alerts of a name that fire.
    fn firing(&self, name: &str) -> Vec<&ActiveAlert> {
        let mut found = Vec::new();
        for state in &self.groups {
            let alerts = state.alerts().into_iter().filter(|(rule, alert)| {
                let is_named = |rule: &crate::rule::Rule| rule.name() == name;
                alert.state == AlertState::Firing
                    && state.group().rules.get(*rule).is_some_and(is_named)
            });
            found.extend(alerts.map(|(_, alert)| alert));
        }
        found
    }

    fn ask(&self, text: &str, time_ms: i64) -> Result<compare::Samples, Difference> {
        let query = Query::parse(text).map_err(|error| Difference::error(error.message()))?;
        let expr = Expression::PromQl(self.windows.query(&query));
        let asks = [Ask {
            expr: &expr,
            time_ms,
        }];
        match self.memory.instant(&asks).pop() {
            Some(Ok(answer)) => Ok(answer.samples),
            Some(Err(reason)) => Err(Difference::error(reason)),
            None => Err(Difference::error("the query was not answered")),
        }
    }

    /// All series with their samples.
    fn dump(&self) -> String {
        let whole_ms = (self.test.last_ms() / 1_000 + 1) * 1_000;
        let text = format!("{{__name__=~\".+\"}}[{}]", duration(whole_ms));
        let end_ms = self.test.start_ms.saturating_add(whole_ms);
        let result = Query::parse(&text).and_then(|query| {
            let series = self.memory.series();
            self.memory
                .engine()
                .instant(&*series, &query, end_ms, self.memory.context())
        });
        let series = match result.map(|result| result.value) {
            Ok(Value::Matrix(series)) => series,
            Ok(_) => Vec::new(),
            Err(error) => return error.message().to_owned(),
        };
        let mut out = String::new();
        for series in series {
            let _ = write!(out, "{} =>", series.labels);
            for (time, value) in &series.floats {
                let past = duration(time - self.test.start_ms);
                let _ = write!(out, " {}@{past}", shortest(*value));
            }
            for (time, histogram) in &series.histograms {
                let past = duration(time - self.test.start_ms);
                let _ = write!(out, " {histogram}@{past}");
            }
            out.push('\n');
            if out.len() > DUMP_BYTES_MAX {
                out.push_str("…\n");
                break;
            }
        }
        out
    }
}
