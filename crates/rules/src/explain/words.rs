//! An explanation in words.

use super::Explanation;
use crate::file::print::duration;
use crate::group::alert::AlertState;
use crate::rule::Rule;
use tacho_model::number_text::shortest;
use tacho_syntax::promql::tree::BinaryOp;

impl Explanation {
    /// Puts it into words.
    pub(super) fn tell(&mut self, rule: &Rule) {
        let at = time_text(self.evaluated_at_ms);
        self.steps.push(format!("evaluated at {at}"));
        if rule.on_arrival {
            let step = "evaluated also when samples arrive, between these times";
            self.steps.push(step.to_owned());
        }
        for selector in &self.selectors {
            self.steps.push(match &selector.missing {
                Some(why) => why.clone(),
                None => format!("{} found {} series", selector.text, selector.series),
            });
        }
        let holding = self.alerts.iter().filter(|alert| alert.holds).count();
        let all = self.alerts.len();
        if self.error.is_none() {
            let step = format!("the condition held for {holding} of {}", label_sets(all));
            self.steps.push(step);
        }
        self.verdict = self.sentence(rule);
    }

    fn sentence(&self, rule: &Rule) -> String {
        if !rule.enabled {
            return "it did not fire: the rule is switched off".to_owned();
        }
        if let Some(error) = &self.error {
            return format!("the evaluation failed: {error}");
        }
        let in_state = |state| self.alerts.iter().filter(move |alert| alert.state == state);
        if let Some(first) = in_state(AlertState::Firing).next() {
            let count = in_state(AlertState::Firing).count();
            let since = first.fires_at_ms.map(time_text).unwrap_or_default();
            let kept = if first.holds {
                String::new()
            } else {
                let keeps = duration(rule.keep_firing_for_ms);
                format!("; the condition does not hold any more, keep_firing_for is {keeps}")
            };
            let sets = label_sets(count);
            return format!("it fired for {sets}, the first since {since}{kept}");
        }
        if let Some(first) = in_state(AlertState::Pending).next() {
            let since = first.active_at_ms.map(time_text).unwrap_or_default();
            let fires = first.fires_at_ms.map(time_text).unwrap_or_default();
            let asked = duration(rule.for_ms);
            return format!(
                "it did not fire yet: the condition held since {since}, for is {asked}, so it fires at {fires} if it goes on"
            );
        }
        if let Some(why) = self.selectors.iter().find_map(|it| it.missing.as_ref()) {
            return format!("it did not fire: {why}");
        }
        match (&self.threshold, self.nearest()) {
            (Some(threshold), Some(nearest)) => format!(
                "it did not fire: the nearest value was {}, the condition is {} {}",
                shortest(nearest),
                threshold.op.text(),
                shortest(threshold.value)
            ),
            _ => "it did not fire: the expression gave nothing".to_owned(),
        }
    }

    /// The value that came nearest to the threshold.
    fn nearest(&self) -> Option<f64> {
        let threshold = self.threshold.as_ref()?;
        let falls = matches!(threshold.op, BinaryOp::Less | BinaryOp::LessEqual);
        let values = self.alerts.iter().filter_map(|alert| alert.value);
        let values = values.filter(|value| !value.is_nan());
        if falls {
            values.min_by(f64::total_cmp)
        } else {
            values.max_by(f64::total_cmp)
        }
    }
}

fn time_text(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |it| it.to_string())
}

/// So many label sets, in words.
fn label_sets(count: usize) -> String {
    match count {
        1 => "one label set".to_owned(),
        count => format!("{count} label sets"),
    }
}
