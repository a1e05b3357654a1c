//! Rules and groups of rules, whatever file or page they come from. Prometheus' rules are the core;
//! what goes beyond them (cooldown, no data, receivers, …) changes nothing when it is not set.
//!
//! Values only: nothing here is evaluated. Durations are milliseconds.

use crate::signal_rule::SignalQuery;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use tacho_model::alert::SEVERITY;
use tacho_model::severity::Severity;
use tacho_query::promql::engine::Query;
use tacho_syntax::promql;

/// Longest identifier of a rule, bytes.
const ID_BYTES_MAX: usize = 200;

/// Identifies a rule among all that are loaded: `group/name`, made unique. Stable as long as the names and
/// the order of rules with one name are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RuleId(Arc<str>);

impl RuleId {
    /// An identifier as it was given out before.
    pub fn of(text: &str) -> Self {
        Self(Arc::from(text))
    }

    /// The text: letters, digits and `_ - . : /`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The identifier that a rule has unless another one has it already.
    fn slug(group: &str, name: &str) -> String {
        let word = |text: &str| -> String {
            let plain = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
            let dashed: String = text
                .chars()
                .map(|c| if plain(c) { c } else { '-' })
                .collect();
            let mut parts = dashed.split('-').filter(|part| !part.is_empty());
            let first = parts.next().unwrap_or("rule").to_owned();
            parts.fold(first, |all, part| all + "-" + part)
        };
        let mut slug = format!("{}/{}", word(group), word(name));
        slug.truncate(ID_BYTES_MAX);
        slug
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Gives every rule of these groups its identifier. Give all groups of a server at once, in a stable order.
pub fn assign_ids<'a>(groups: impl IntoIterator<Item = &'a mut RuleGroup>) {
    let mut taken = BTreeSet::new();
    let mut next_of: BTreeMap<String, usize> = BTreeMap::new();
    for group in groups {
        for rule in &mut group.rules {
            let slug = RuleId::slug(&group.name, rule.name());
            let mut id = slug.clone();
            let next = next_of.entry(slug.clone()).or_insert(2);
            while taken.contains(&id) {
                id = format!("{slug}-{next}");
                *next += 1;
            }
            taken.insert(id.clone());
            rule.id = RuleId::of(&id);
        }
    }
}

/// What kind of file or store a group comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// A rule file of Prometheus.
    Prometheus,
    /// A rule file of our own.
    Own,
    /// Provisioned for Grafana and imported.
    Grafana,
    /// Shipped with the binary.
    Builtin,
    /// Written through the API or the page.
    Api,
}

impl SourceKind {
    /// `prometheus`, `own`, `grafana`, `builtin` or `api`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prometheus => "prometheus",
            Self::Own => "own",
            Self::Grafana => "grafana",
            Self::Builtin => "builtin",
            Self::Api => "api",
        }
    }
}

/// Where a group comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// What kind of file it is.
    pub kind: SourceKind,
    /// The file as it was named, or a name that stands for it. Identifies a group together with its name.
    pub file: Arc<str>,
}

impl Source {
    /// A file of a kind.
    pub fn new(kind: SourceKind, file: &str) -> Self {
        let file = Arc::from(file);
        Self { kind, file }
    }
}

/// Rules that are evaluated together, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleGroup {
    /// Its name; unique in its file.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// Time between evaluations; that of the server if absent.
    pub interval_ms: Option<i64>,
    /// How far before the time of an evaluation its queries look; that of the server if absent.
    pub query_offset_ms: Option<i64>,
    /// Most alerts or series that one rule may give; 0 is no limit.
    pub limit: usize,
    /// Labels of every rule; those of a rule of the same name win.
    pub labels: BTreeMap<String, String>,
    /// The rules.
    pub rules: Vec<Rule>,
}

impl RuleGroup {
    /// A group without rules.
    pub fn new(name: &str, source: Source) -> Self {
        Self {
            name: name.to_owned(),
            source,
            interval_ms: None,
            query_offset_ms: None,
            limit: 0,
            labels: BTreeMap::new(),
            rules: Vec::new(),
        }
    }

    /// Identifies it among the groups of all files: `file;name`.
    pub fn key(&self) -> String {
        format!("{};{}", self.source.file, self.name)
    }

    /// The labels of a rule with those of the group: texts of templates for alerts, plain texts for recorded
    /// series.
    pub fn labels_of(&self, rule: &Rule) -> BTreeMap<String, String> {
        let mut labels = self.labels.clone();
        labels.extend(
            rule.labels
                .iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        labels
    }

    /// The severity that the labels of a rule tell; nothing if they tell none, or only when it fires.
    pub fn severity_of(&self, rule: &Rule) -> Option<Severity> {
        let text = rule
            .labels
            .get(SEVERITY)
            .or_else(|| self.labels.get(SEVERITY))?;
        Severity::of_label(text)
    }
}

/// What a rule makes of its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleKind {
    /// An alert for every series.
    Alert {
        /// The label `alertname`.
        name: String,
    },
    /// A new series for every series.
    Record {
        /// The name of the metric.
        name: String,
    },
}

/// What a rule asks. More kinds may come: match with `_`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Expression {
    /// PromQL.
    PromQl(Query),
    /// A query on traces or logs.
    Signal(Box<SignalQuery>),
}

impl Expression {
    /// The text as it was written.
    pub fn text(&self) -> &str {
        match self {
            Self::PromQl(query) => query.text(),
            Self::Signal(query) => query.text(),
        }
    }

    /// The tree of PromQL.
    pub fn promql(&self) -> Option<&promql::tree::Expr> {
        match self {
            Self::PromQl(query) => Some(query.expr()),
            Self::Signal(_) => None,
        }
    }

    /// The query on traces or logs.
    pub fn signal(&self) -> Option<&SignalQuery> {
        match self {
            Self::PromQl(_) => None,
            Self::Signal(query) => Some(query),
        }
    }
}

impl PartialEq for Expression {
    /// By text: equal texts mean the same.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::PromQl(one), Self::PromQl(two)) => one.text() == two.text(),
            (Self::Signal(one), Self::Signal(two)) => one == two,
            _ => false,
        }
    }
}

/// What it means when the data that a rule looks at are not there at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum NoData {
    /// Nothing is wrong: Prometheus' way.
    #[default]
    Ok,
    /// An alert of its own.
    Alert,
    /// Alerts stay as they are.
    Keep,
}

impl NoData {
    /// `ok`, `alert` or `keep`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Alert => "alert",
            Self::Keep => "keep",
        }
    }
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Identifies it; given by `assign_ids`.
    pub id: RuleId,
    /// Line of its file, from 1; 0 if it has none. Makes no difference between rules.
    pub line: usize,
    /// What it makes, and the name of that.
    pub kind: RuleKind,
    /// What it asks.
    pub expr: Expression,
    /// How long a series has to be there before its alert fires.
    pub for_ms: i64,
    /// How long an alert goes on firing after its series is gone.
    pub keep_firing_for_ms: i64,
    /// Labels: templates for an alert, plain texts for a recorded series.
    pub labels: BTreeMap<String, String>,
    /// Annotations: templates.
    pub annotations: BTreeMap<String, String>,
    /// Is evaluated.
    pub enabled: bool,
    /// Is also evaluated as soon as samples arrive that it reads.
    pub on_arrival: bool,
    /// An alert fires again this long after it last began to fire at the earliest; 0 is at once.
    pub cooldown_ms: i64,
    /// What it means when there are no data.
    pub no_data: NoData,
    /// What has to give series for there to be data; worked out from the expression if absent.
    pub probe: Option<Expression>,
    /// Receivers that the rule names itself.
    pub notify: Vec<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// How far back the rule looks, for its chart; 0 if that is not said.
    pub evaluation_window_ms: i64,
    /// Where it is written what to do: a URL or the name of a runbook.
    pub runbook: Option<String>,
}

impl Rule {
    /// A rule as Prometheus has it, without labels and annotations.
    pub fn new(kind: RuleKind, expr: Expression) -> Self {
        Self {
            id: RuleId::default(),
            line: 0,
            kind,
            expr,
            for_ms: 0,
            keep_firing_for_ms: 0,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            enabled: true,
            on_arrival: false,
            cooldown_ms: 0,
            no_data: NoData::Ok,
            probe: None,
            notify: Vec::new(),
            tags: Vec::new(),
            evaluation_window_ms: 0,
            runbook: None,
        }
    }

    /// The name of the alert or of the recorded metric.
    pub fn name(&self) -> &str {
        match &self.kind {
            RuleKind::Alert { name } | RuleKind::Record { name } => name,
        }
    }

    /// Whether it is an alerting rule.
    pub fn is_alert(&self) -> bool {
        matches!(self.kind, RuleKind::Alert { .. })
    }

    /// Whether it says nothing that a rule file of Prometheus cannot say.
    pub fn is_plain(&self) -> bool {
        let plain = Self {
            id: self.id.clone(),
            line: self.line,
            for_ms: self.for_ms,
            keep_firing_for_ms: self.keep_firing_for_ms,
            labels: self.labels.clone(),
            annotations: self.annotations.clone(),
            ..Self::new(self.kind.clone(), self.expr.clone())
        };
        plain == *self && self.expr.promql().is_some()
    }
}

impl PartialEq for Rule {
    /// The line makes no difference.
    fn eq(&self, other: &Self) -> bool {
        let Self {
            id,
            line: _,
            kind,
            expr,
            for_ms,
            keep_firing_for_ms,
            labels,
            annotations,
            enabled,
            on_arrival,
            cooldown_ms,
            no_data,
            probe,
            notify,
            tags,
            evaluation_window_ms,
            runbook,
        } = self;
        let numbers = [
            (for_ms, &other.for_ms),
            (keep_firing_for_ms, &other.keep_firing_for_ms),
            (cooldown_ms, &other.cooldown_ms),
            (evaluation_window_ms, &other.evaluation_window_ms),
        ];
        numbers.iter().all(|(one, two)| one == two)
            && (id, kind, expr, probe) == (&other.id, &other.kind, &other.expr, &other.probe)
            && (labels, annotations) == (&other.labels, &other.annotations)
            && (enabled, on_arrival) == (&other.enabled, &other.on_arrival)
            && (no_data, notify, tags) == (&other.no_data, &other.notify, &other.tags)
            && *runbook == other.runbook
    }
}

#[cfg(test)]
mod tests {
    use super::{Expression, Rule, RuleGroup, RuleKind, Source, SourceKind, assign_ids};
    use tacho_query::promql::engine::Query;

    fn alert(name: &str) -> Rule {
        let kind = RuleKind::Alert {
            name: name.to_owned(),
        };
        Rule::new(kind, Expression::PromQl(Query::parse("up == 0").unwrap()))
    }

    #[test]
    fn identifiers_are_readable_and_unique_over_all_groups() {
        let source = Source::new(SourceKind::Prometheus, "a.yml");
        let mut group = RuleGroup::new("my group", source);
        group.rules = vec![alert("Down"), alert("Down"), alert("Down-2"), alert("äöü")];
        let mut groups = [group.clone(), group];
        assign_ids(&mut groups);
        let ids: Vec<&str> = groups
            .iter()
            .flat_map(|group| group.rules.iter().map(|rule| rule.id.as_str()))
            .collect();
        assert_eq!(
            ids,
            [
                "my-group/Down",
                "my-group/Down-2",
                "my-group/Down-2-2",
                "my-group/rule",
                "my-group/Down-3",
                "my-group/Down-4",
                "my-group/Down-2-3",
                "my-group/rule-2",
            ]
        );
    }

    #[test]
    fn a_rule_with_more_than_prometheus_knows_is_not_plain() {
        let mut rule = alert("Down");
        assert!(rule.is_plain());
        rule.line = 7;
        rule.for_ms = 5;
        assert!(rule.is_plain());
        rule.on_arrival = true;
        assert!(!rule.is_plain());
    }
}
