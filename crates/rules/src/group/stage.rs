//! In which order the rules of a group are evaluated: as few stages as possible with the same outcome as
//! one rule after the other, in order. The queries of a stage are run together.
//!
//! A rule that reads what an earlier one gives comes in a later stage; one that reads what a later one
//! gives comes no later than that one, so that it sees its samples of the time before.

use crate::rule::{Rule, RuleGroup};
use std::collections::HashMap;
use tacho_model::alert::ALERT_NAME;
use tacho_model::labels::METRIC_NAME;
use tacho_storage::samples::matcher::{LabelMatcher, MatchOp};
use tacho_syntax::promql::tree::{Expr, ExprKind, MatchOp as Written, Matcher};

/// The series that tell the state of alerts.
pub const ALERTS: &str = "ALERTS";
/// The series that tell since when alerts are active.
pub const ALERTS_FOR_STATE: &str = "ALERTS_FOR_STATE";

/// What a selector reads.
enum Reads {
    /// Series of any name.
    Everything,
    /// Series of a name.
    Named(Name, Option<LabelMatcher>),
}

/// Which names of metrics.
enum Name {
    One(String),
    Some(LabelMatcher),
}

impl Name {
    fn fits(&self, name: &str) -> bool {
        match self {
            Self::One(own) => own == name,
            Self::Some(matcher) => matcher.matches(name),
        }
    }
}

/// Positions of rules by stage; in each in order.
pub(super) fn stages(group: &RuleGroup) -> Vec<Vec<usize>> {
    let rules = &group.rules;
    let reads: Vec<Vec<Reads>> = rules.iter().map(reads_of).collect();
    let given = Given::of(rules);
    let mut stage_of = vec![0usize; rules.len()];
    // For each rule the least stage that earlier readers and writers ask of it.
    let mut floor = vec![0usize; rules.len()];
    for (at, reads) in reads.iter().enumerate() {
        let inputs = given.read_by(reads, rules.len());
        let mut stage = floor.get(at).copied().unwrap_or(0);
        for &input in inputs.iter().filter(|input| **input < at) {
            stage = stage.max(stage_of.get(input).map_or(0, |it| it + 1));
        }
        if let Some(own) = stage_of.get_mut(at) {
            *own = stage;
        }
        let mut raise = |later: usize| {
            if let Some(least) = floor.get_mut(later) {
                *least = stage.max(*least);
            }
        };
        inputs
            .iter()
            .filter(|it| **it > at)
            .for_each(|it| raise(*it));
        // Rules that give the same series keep their order.
        given
            .same_as(rules, at)
            .filter(|it| *it > at)
            .for_each(raise);
    }
    let count = stage_of.iter().max().map_or(0, |last| last + 1);
    let mut stages = vec![Vec::new(); count];
    for (at, stage) in stage_of.into_iter().enumerate() {
        if let Some(stage) = stages.get_mut(stage) {
            stage.push(at);
        }
    }
    stages
}

/// What rules give, by name.
struct Given<'a> {
    by_name: HashMap<&'a str, Vec<usize>>,
    alerts: Vec<usize>,
    rules: &'a [Rule],
}

impl<'a> Given<'a> {
    fn of(rules: &'a [Rule]) -> Self {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut alerts = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            by_name.entry(rule.name()).or_default().push(at);
            if rule.is_alert() {
                alerts.push(at);
            }
        }
        Self {
            by_name,
            alerts,
            rules,
        }
    }

    fn same_as<'b>(&'b self, rules: &'b [Rule], at: usize) -> impl Iterator<Item = usize> + 'b {
        let name = rules.get(at).map_or("", Rule::name);
        self.by_name.get(name).into_iter().flatten().copied()
    }

    /// The rules whose series are read.
    fn read_by(&self, reads: &[Reads], count: usize) -> Vec<usize> {
        let mut found = Vec::new();
        for read in reads {
            let Reads::Named(name, alert) = read else {
                return (0..count).collect();
            };
            match name {
                Name::One(name) => {
                    found.extend(self.by_name.get(name.as_str()).into_iter().flatten());
                }
                Name::Some(_) => {
                    let named = self.by_name.iter().filter(|(own, _)| name.fits(own));
                    found.extend(named.flat_map(|(_, rules)| rules));
                }
            }
            if name.fits(ALERTS) || name.fits(ALERTS_FOR_STATE) {
                let fits = |at: &&usize| {
                    let name = self.rules.get(**at).map_or("", Rule::name);
                    alert.as_ref().is_none_or(|matcher| matcher.matches(name))
                };
                found.extend(self.alerts.iter().filter(fits));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// What a rule reads. A template that asks queries of its own reads anything.
fn reads_of(rule: &Rule) -> Vec<Reads> {
    let texts = rule.labels.values().chain(rule.annotations.values());
    let asks = |text: &String| text.contains("{{") && text.contains("query");
    if rule.is_alert() && texts.into_iter().any(asks) {
        return vec![Reads::Everything];
    }
    let mut reads = Vec::new();
    if let Some(expr) = rule.expr.promql() {
        collect(expr, &mut reads);
    }
    reads
}

fn collect(expr: &Expr, reads: &mut Vec<Reads>) {
    match &expr.kind {
        ExprKind::Vector(selector) => reads.push(read_of(&selector.matchers)),
        ExprKind::Matrix(matrix) => reads.push(read_of(&matrix.selector.matchers)),
        _ => {
            for child in expr.children() {
                collect(child, reads);
            }
        }
    }
}

fn read_of(matchers: &[Matcher]) -> Reads {
    let find = |name: &str| matchers.iter().find(|matcher| matcher.name == name);
    let Some(written) = find(METRIC_NAME) else {
        return Reads::Everything;
    };
    let name = match (written.op, compile(written)) {
        (Written::Equal, _) => Name::One(written.value.clone()),
        (_, Some(matcher)) => Name::Some(matcher),
        (_, None) => return Reads::Everything,
    };
    Reads::Named(name, find(ALERT_NAME).and_then(compile))
}

fn compile(matcher: &Matcher) -> Option<LabelMatcher> {
    let op = match matcher.op {
        Written::Equal => MatchOp::Equal,
        Written::NotEqual => MatchOp::NotEqual,
        Written::Regex => MatchOp::Regex,
        Written::NotRegex => MatchOp::NotRegex,
    };
    LabelMatcher::new(&matcher.name, op, &matcher.value).ok()
}

#[cfg(test)]
mod tests {
    use super::stages;
    use crate::file::{ReadOptions, read};
    use crate::rule::{Source, SourceKind};
    use std::fmt::Write as _;

    fn check(rules: &[(&str, &str)], expected: &[&[usize]]) {
        let mut text = String::from("groups:\n- name: g\n  rules:\n");
        for (name, expr) in rules {
            let kind = if name.starts_with('A') {
                "alert"
            } else {
                "record"
            };
            let _ = writeln!(text, "  - {kind}: {name}\n    expr: '{expr}'");
        }
        let source = Source::new(SourceKind::Prometheus, "a.yml");
        let file = read(&text, &source, ReadOptions::default()).unwrap();
        assert_eq!(stages(&file.groups[0]), expected, "{text}");
    }

    #[test]
    fn rules_that_read_nothing_of_each_other_go_together() {
        check(&[("a", "x"), ("Ab", "y > 1"), ("c", "z")], &[&[0, 1, 2]]);
        check(&[("a", "x"), ("b", "a"), ("c", "z")], &[&[0, 2], &[1]]);
        check(
            &[("a", "x"), ("b", "rate(a[5m])"), ("Ac", "b")],
            &[&[0], &[1], &[2]],
        );
    }

    #[test]
    fn what_is_read_of_a_later_rule_is_of_the_time_before() {
        // b reads c, so c may not be stored before b is evaluated.
        check(&[("a", "x"), ("b", "a + c"), ("c", "z")], &[&[0], &[1, 2]]);
        check(&[("b", "c"), ("c", "z")], &[&[0, 1]]);
    }

    #[test]
    fn names_by_pattern_alerts_and_wildcards() {
        check(&[("a1", "x"), ("b", r#"{__name__=~"a.*"}"#)], &[&[0], &[1]]);
        check(&[("Ax", "x"), ("b", "ALERTS")], &[&[0], &[1]]);
        check(
            &[("Ax", "x"), ("b", r#"ALERTS{alertname="Ay"}"#)],
            &[&[0, 1]],
        );
        check(
            &[("a", "x"), ("b", r#"{job="1"}"#), ("c", "x")],
            &[&[0], &[1, 2]],
        );
        check(&[("a", "x"), ("a", "a"), ("a", "y")], &[&[0], &[1, 2]]);
    }
}
