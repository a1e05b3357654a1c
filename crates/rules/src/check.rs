//! What is allowed in rules but hardly meant: rules that come twice, and templates that name labels which
//! the expression cannot give. All of it is told without data.

mod label_set;

use crate::check::label_set::LabelSet;
use crate::rule::{Rule, RuleGroup};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tacho_yaml::problem::{Problem, closest};

/// Labels in templates: `$labels.job`, `.Labels.job`, `index $labels "job"`.
const LABEL_USES: &str = r#"(?:\$labels|\.Labels)(?:\.([A-Za-z_][A-Za-z0-9_]*)|\s+"([^"]+)")"#;

/// All warnings about these groups, by file and line.
pub fn check(groups: &[RuleGroup]) -> Vec<Problem> {
    let mut found = duplicates(groups);
    for group in groups {
        for rule in group.rules.iter().filter(|rule| rule.is_alert()) {
            found.extend(unknown_labels(group, rule));
        }
    }
    found.sort_by(|one, two| (&one.file, one.line).cmp(&(&two.file, two.line)));
    found
}

/// Rules of one name whose labels are the same: their series, or alerts, are not told apart.
fn duplicates(groups: &[RuleGroup]) -> Vec<Problem> {
    let mut seen: BTreeMap<(&str, BTreeMap<String, String>), usize> = BTreeMap::new();
    let mut found = Vec::new();
    for group in groups {
        for rule in &group.rules {
            let key = (rule.name(), group.labels_of(rule));
            let Some(line) = seen.get(&key) else {
                seen.insert(key, rule.line);
                continue;
            };
            let labels: Vec<String> = key
                .1
                .iter()
                .map(|(name, value)| format!("{name}={value:?}"))
                .collect();
            let labels = labels.join(", ");
            let message = format!(
                "duplicate rule {} {{{labels}}}, as on line {line}: might cause inconsistency \
                 while recording expressions",
                rule.name()
            );
            let hint = "remove one of them, or give them different labels";
            found.push(problem(group, rule, message, hint.to_owned()));
        }
    }
    found
}

/// Labels that templates of an alert name but its expression never gives.
fn unknown_labels(group: &RuleGroup, rule: &Rule) -> Vec<Problem> {
    let (Some(expr), Ok(uses)) = (rule.expr.promql(), Regex::new(LABEL_USES)) else {
        return Vec::new();
    };
    let LabelSet::Only(known) = LabelSet::of(expr) else {
        return Vec::new();
    };
    let own = group.labels_of(rule);
    let texts = own.iter().chain(&rule.annotations);
    let mut missing: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (name, text) in texts.filter(|(_, text)| text.contains("{{")) {
        for found in uses.captures_iter(text) {
            let label = found.get(1).or_else(|| found.get(2));
            let label = label.map_or("", |label| label.as_str());
            if !known.contains(label) {
                missing.entry(label.to_owned()).or_default().insert(name);
            }
        }
    }
    missing
        .into_iter()
        .map(|(label, places)| {
            let places: Vec<&str> = places.into_iter().collect();
            let places = places.join(", ");
            let message = format!(
                "alert {}: the template of {places} uses label {label}, which the expression never \
                 gives",
                rule.name()
            );
            let hint = if own.contains_key(&label) {
                "templates see the labels of the expression, not those of the rule".to_owned()
            } else if let Some(near) = closest(&label, known.iter().map(String::as_str)) {
                format!("did you mean {near}?")
            } else if known.is_empty() {
                "the expression keeps no label: add by (…)".to_owned()
            } else {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                format!("it gives {}", known.join(", "))
            };
            problem(group, rule, message, hint)
        })
        .collect()
}

fn problem(group: &RuleGroup, rule: &Rule, message: String, hint: String) -> Problem {
    Problem {
        file: Arc::clone(&group.source.file),
        line: rule.line,
        message,
        hint: Some(hint),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::file::{ReadOptions, read};
    use crate::rule::{Source, SourceKind};

    fn warnings(text: &str) -> Vec<String> {
        let source = Source::new(SourceKind::Prometheus, "a.yml");
        let file = read(text, &source, ReadOptions::default()).unwrap();
        check(&file.groups)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    fn alert(expr: &str, text: &str) -> Vec<String> {
        warnings(&format!(
            "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: {expr}\n    labels: {{severity: page}}\n    annotations: {{summary: '{text}'}}\n"
        ))
    }

    #[test]
    fn rules_that_come_twice_are_told() {
        let text = "groups:
- name: a
  labels: {x: '1'}
  rules:
  - {record: r, expr: up}
  - {record: r, expr: up, labels: {x: '2'}}
- name: b
  rules:
  - {record: r, expr: up, labels: {x: '1'}}
";
        let expected = "a.yml:9: duplicate rule r {x=\"1\"}, as on line 5: might cause inconsistency while recording expressions; remove one of them, or give them different labels";
        assert_eq!(warnings(text), [expected]);
    }

    #[test]
    fn labels_that_cannot_be_there_are_told() {
        let none: [&str; 0] = [];
        assert_eq!(alert("up == 0", "{{ $labels.anything }}"), none);
        assert_eq!(alert("sum by (job) (up) == 0", "{{ $labels.job }}"), none);
        let found = alert("sum by (job) (rate(a[5m])) > 1", "{{ $labels.jobs }}");
        assert_eq!(
            found,
            [
                "a.yml:4: alert A: the template of summary uses label jobs, which the expression never gives; did you mean job?"
            ]
        );
        let found = alert(
            "sum(up)",
            "{{ .Labels.severity }}{{ index $labels \"zone\" }}",
        );
        assert_eq!(found.len(), 2);
        assert!(found[0].ends_with("not those of the rule"), "{found:?}");
        assert!(found[1].ends_with("add by (…)"), "{found:?}");
    }
}
