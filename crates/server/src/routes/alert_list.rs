//! The list of alerts: those of the state machine, those of rules that are pending, those that were over
//! lately; filtered, sorted, in pages.

use crate::alerts::Alerts;
use crate::alerts::board::Side;
use crate::alerts::history::shape::Instance;
use crate::answer::{Answer, ApiError};
use crate::params::Params;
use crate::to_api::alert::{Ground, Surroundings, to_summary};
use std::collections::HashSet;
use std::sync::Arc;
use tacho_alerting::matcher::{Matcher, all_match, parse_matchers};
use tacho_alerting::view::{AlertFilter, AlertState, AlertView};
use tacho_api::alert::{Alert, AlertCounts, AlertList};
use tacho_model::alert::{ALERT_NAME, Fingerprint, SEVERITY};
use tacho_model::labels::Labels;
use tacho_model::severity::Severity;
use tacho_rules::group::alert::AlertState as RuleAlertState;

/// How long ago alerts were over that are told, ms.
const RESOLVED_MS: i64 = 3_600_000;

/// What a request wants to see.
pub(super) struct Asked {
    firing: bool,
    pending: bool,
    resolved: bool,
    matchers: Vec<Matcher>,
    text: Option<String>,
    severities: Vec<Severity>,
    rule: Option<String>,
    acknowledged: Option<bool>,
    hidden: Option<bool>,
    limit: usize,
    after: Option<Key>,
}

/// The place of an alert in the list: state, severity, newest first, then its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    rank: u8,
    severity: u8,
    /// Negative, so that the newest comes first.
    since: i64,
    name: u64,
}

enum Row<'a> {
    Held(&'a AlertView),
    /// Fires by its rule, but the state machine does not know of it yet.
    Untold(Side<'a>),
    Pending(Side<'a>),
    Resolved(u64, &'a Instance),
}

impl Asked {
    pub(super) fn of(params: &Params) -> Answer<Self> {
        let state = params.word("state")?.unwrap_or("active");
        let matchers = match params.text("q") {
            None => Vec::new(),
            Some(text) => parse_matchers(text).map_err(|error| ApiError::from(error).field("q"))?,
        };
        let optional = |name: &str| match params.text(name) {
            None => Ok(None),
            Some(_) => params.flag(name).map(Some),
        };
        Ok(Self {
            firing: matches!(state, "active" | "firing" | "all"),
            pending: matches!(state, "active" | "pending" | "all"),
            resolved: matches!(state, "resolved" | "all"),
            matchers,
            text: params.text("text").map(str::to_lowercase),
            severities: severities(params)?,
            rule: params.text("rule").map(str::to_owned),
            acknowledged: optional("acknowledged")?,
            hidden: optional("hidden")?,
            limit: params.integer("limit")?,
            after: params.text("cursor").map(Key::read).transpose()?,
        })
    }

    fn takes(&self, row: &Row<'_>, rule: impl FnOnce() -> Option<String>) -> bool {
        let labels = row.labels();
        let (acknowledged, hidden) = match row {
            Row::Held(view) => (view.acknowledged.is_some(), view.suppressors.any()),
            Row::Resolved(_, instance) => (instance.acknowledged_by.is_some(), false),
            Row::Untold(_) | Row::Pending(_) => (false, false),
        };
        (self.severities.is_empty() || self.severities.contains(&row.severity()))
            && self
                .acknowledged
                .is_none_or(|wanted| wanted == acknowledged)
            && self.hidden.is_none_or(|wanted| wanted == hidden)
            && all_match(&self.matchers, &labels)
            && self
                .text
                .as_ref()
                .is_none_or(|text| row.contains(&labels, text))
            && self
                .rule
                .as_ref()
                .is_none_or(|wanted| rule().as_ref() == Some(wanted))
    }
}

fn severities(params: &Params) -> Answer<Vec<Severity>> {
    let Some(text) = params.text("severity") else {
        return Ok(Vec::new());
    };
    let words = text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    words
        .map(|word| {
            Severity::of_label(word).ok_or_else(|| {
                ApiError::parameter("severity", format!("severity {word:?} is not known"))
                    .hint("takes critical, high, medium, low, info")
            })
        })
        .collect()
}

impl Key {
    fn read(text: &str) -> Answer<Self> {
        let wrong = || ApiError::parameter("cursor", format!("cursor {text:?} was not given out"));
        let mut parts = text.split('.').map(str::parse::<i128>);
        let mut next = || parts.next().and_then(Result::ok).ok_or_else(wrong);
        let small = |number: i128| u8::try_from(number).map_err(|_| wrong());
        Ok(Self {
            rank: small(next()?)?,
            severity: small(next()?)?,
            since: i64::try_from(next()?).map_err(|_| wrong())?,
            name: u64::try_from(next()?).map_err(|_| wrong())?,
        })
    }

    fn written(self) -> String {
        let Self {
            rank,
            severity,
            since,
            name,
        } = self;
        format!("{rank}.{severity}.{since}.{name}")
    }
}

impl Row<'_> {
    fn labels(&self) -> Labels {
        match self {
            Self::Held(view) => view.alert.labels.clone(),
            Self::Untold(side) | Self::Pending(side) => side.alert.labels.clone(),
            Self::Resolved(_, instance) => Labels::from_pairs(&instance.labels),
        }
    }

    fn severity(&self) -> Severity {
        match self {
            Self::Held(view) => view.severity,
            Self::Untold(side) | Self::Pending(side) => {
                let told = side.alert.labels.get(SEVERITY);
                told.and_then(Severity::of_label).unwrap_or(Severity::Info)
            }
            Self::Resolved(_, instance) => instance.severity(),
        }
    }

    fn key(&self) -> Key {
        let severity = self.severity() as u8;
        let (rank, since, name) = match self {
            Self::Held(view) => (0, view.alert.starts_at_ms, view.fingerprint.0),
            Self::Untold(side) => {
                let since = side.alert.fired_at_ms.unwrap_or(side.alert.active_at_ms);
                (0, since, side.alert.fingerprint.0)
            }
            Self::Pending(side) => (1, side.alert.active_at_ms, side.alert.fingerprint.0),
            // What was over last comes first, whatever its severity was.
            Self::Resolved(number, instance) => {
                let since = instance.resolved_ms.unwrap_or(instance.fired_ms);
                return Key {
                    rank: 2,
                    severity: 0,
                    since: -since,
                    name: *number,
                };
            }
        };
        Key {
            rank,
            severity,
            since: -since,
            name,
        }
    }

    /// Whether name, summary or a value of a label has a text, of either case.
    fn contains(&self, labels: &Labels, text: &str) -> bool {
        let mut values = labels.iter();
        if values.any(|(_, value)| value.to_lowercase().contains(text)) {
            return true;
        }
        let name = labels.value(ALERT_NAME);
        let summary = match self {
            Self::Held(view) => to_summary(
                |name| view.alert.annotations.get(name).map(str::to_owned),
                name,
            ),
            Self::Untold(side) | Self::Pending(side) => to_summary(
                |name| Some(side.alert.annotations.value(name).to_owned()),
                name,
            ),
            Self::Resolved(_, instance) => {
                to_summary(|name| instance.annotations.get(name).cloned(), name)
            }
        };
        summary.to_lowercase().contains(text)
    }
}

/// Alerts that the state machine holds and that fire.
fn held(alerts: &Alerts) -> Vec<AlertView> {
    let filter = AlertFilter::default();
    let all = alerts
        .notifier
        .read(|machine, now_ms| machine.alerts(&filter, now_ms));
    let firing = all.into_iter();
    firing
        .filter(|view| view.state != AlertState::Resolved)
        .collect()
}

fn recently_resolved(alerts: &Alerts) -> Vec<(u64, Arc<Instance>)> {
    let since_ms = alerts.notifier.now_ms() - RESOLVED_MS;
    let all = alerts.history.instances().into_iter();
    all.filter(|(_, one)| one.resolved_ms.is_some_and(|ms| ms >= since_ms))
        .collect()
}

/// How many alerts there are.
pub(super) fn counts_of(alerts: &Alerts) -> AlertCounts {
    let ground = crate::alerts::board::Board::of(&alerts.running);
    let held = held(alerts);
    let known: HashSet<Fingerprint> = held.iter().map(|view| view.fingerprint).collect();
    let mut counts = AlertCounts::default();
    held.iter().for_each(|view| count_held(&mut counts, view));
    for side in ground.sides() {
        count_side(&mut counts, side, &known);
    }
    counts.resolved = recently_resolved(alerts).len();
    counts
}

fn count_held(counts: &mut AlertCounts, view: &AlertView) {
    let hidden = view.suppressors.any();
    counts.firing += 1;
    counts.hidden += usize::from(hidden);
    counts.acknowledged += usize::from(view.acknowledged.is_some());
    let open = !hidden && view.acknowledged.is_none();
    counts.critical += usize::from(open && view.severity == Severity::Critical);
}

fn count_side(counts: &mut AlertCounts, side: Side<'_>, known: &HashSet<Fingerprint>) {
    if known.contains(&side.alert.fingerprint) {
        return;
    }
    match side.alert.state {
        RuleAlertState::Pending => counts.pending += 1,
        RuleAlertState::Firing => counts.firing += 1,
        RuleAlertState::Inactive => {}
    }
}

/// The alerts that a request wants to see.
pub(super) fn list_of(alerts: &Alerts, asked: &Asked) -> AlertList {
    let ground = Ground::of(alerts);
    let held = held(alerts);
    let resolved = recently_resolved(alerts);
    let known: HashSet<Fingerprint> = held.iter().map(|view| view.fingerprint).collect();
    let mut counts = AlertCounts {
        resolved: resolved.len(),
        ..AlertCounts::default()
    };
    held.iter().for_each(|view| count_held(&mut counts, view));
    let mut rows = Vec::new();
    let mut take = |row| {
        if asked.takes(&row, || rule_of(&row, &ground)) {
            rows.push((row.key(), row));
        }
    };
    if asked.firing {
        held.iter().for_each(|view| take(Row::Held(view)));
    }
    for side in ground.board.sides() {
        count_side(&mut counts, side, &known);
        if known.contains(&side.alert.fingerprint) {
            continue;
        }
        match side.alert.state {
            RuleAlertState::Pending if asked.pending => take(Row::Pending(side)),
            RuleAlertState::Firing if asked.firing => take(Row::Untold(side)),
            _ => {}
        }
    }
    if asked.resolved {
        let resolved = resolved.iter();
        resolved.for_each(|(number, one)| take(Row::Resolved(*number, one)));
    }
    rows.sort_by_key(|(key, _)| *key);
    let total = rows.len();
    let start = asked
        .after
        .map_or(0, |after| rows.partition_point(|(key, _)| *key <= after));
    let page = rows.get(start..).unwrap_or_default();
    let shown = page.get(..asked.limit.min(page.len())).unwrap_or_default();
    let next_cursor = (page.len() > shown.len())
        .then(|| shown.last().map(|(key, _)| key.written()))
        .flatten();
    AlertList {
        alerts: shapes(alerts, &ground, shown),
        counts,
        total,
        next_cursor,
    }
}

fn shapes(alerts: &Alerts, ground: &Ground, rows: &[(Key, Row<'_>)]) -> Vec<Alert> {
    alerts.notifier.read(|machine, now_ms| {
        let surroundings = Surroundings {
            machine,
            history: &alerts.history,
            board: &ground.board,
            facts: &ground.facts,
            now_ms,
        };
        let shape = |row: &Row<'_>| match row {
            Row::Held(view) => surroundings.to_alert(view),
            Row::Untold(side) => surroundings.to_untold(*side),
            Row::Pending(side) => surroundings.to_pending(*side),
            Row::Resolved(number, instance) => surroundings.to_resolved(*number, instance),
        };
        rows.iter().map(|(_, row)| shape(row)).collect()
    })
}

/// The rule of an alert.
fn rule_of(row: &Row<'_>, ground: &Ground) -> Option<String> {
    let rule = match row {
        Row::Untold(side) | Row::Pending(side) => Some(side.rule),
        Row::Held(view) => match ground.board.side(view.fingerprint) {
            Some(side) => Some(side.rule),
            None => ground.board.rule_of(&view.alert.labels),
        },
        Row::Resolved(..) => ground.board.rule_of(&row.labels()),
    };
    Some(rule?.rule()?.id.to_string())
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn a_cursor_is_the_key_of_the_last_alert() {
        let key = Key {
            rank: 1,
            severity: 4,
            since: -1_795_169_720_000,
            name: u64::MAX,
        };
        assert_eq!(Key::read(&key.written()).unwrap(), key);
        assert!(Key::read("1.2.x").is_err());
        assert!(Key::read("1.2.3").is_err());
    }
}
