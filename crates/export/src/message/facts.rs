//! What is worth saying about a notification: what, where, how bad, since when, how much, and where
//! it leads.

use super::Context;
use super::cut;
use super::links::Links;
use super::markup::one_line;
use crate::notification::{Notification, NotifiedAlert, Reason};
use jiff::tz::TimeZone;
use tacho_model::alert::{ALERT_NAME, SEVERITY};
use tacho_model::severity::Severity;

/// Longest title, characters.
const TITLE_CHARS_MAX: usize = 200;
/// Longest text of an annotation, characters.
const WHAT_CHARS_MAX: usize = 1_000;
/// Longest value of a label, characters.
const LABEL_CHARS_MAX: usize = 200;
/// Labels that are told of an alert.
const LABELS_MAX: usize = 24;

/// Labels that say where something is, the first that are there are told.
const PLACES: [&str; 14] = [
    "agent_type",
    "agent",
    "agent_id",
    "workflow",
    "service_name",
    "service",
    "job",
    "instance",
    "host",
    "namespace",
    "cluster",
    "queue",
    "tool",
    "model",
];

/// What a notification says.
#[derive(Debug, Clone)]
pub struct Facts {
    /// One line: how bad, what, where, how many.
    pub title: String,
    /// Why it is told, where that is not plain from the title.
    pub reason: Option<String>,
    /// Whether something still fires.
    pub firing: bool,
    /// The worst severity.
    pub severity: Severity,
    /// The alerts, firing ones first.
    pub alerts: Vec<AlertFacts>,
    /// How many fire.
    pub firing_count: usize,
    /// How many are over.
    pub resolved_count: usize,
    /// Alerts that are not among them.
    pub truncated: usize,
    /// Where it leads: to the alert if it is one, else to all.
    pub links: Links,
}

/// What is said about one alert.
#[derive(Debug, Clone)]
pub struct AlertFacts {
    /// Its name.
    pub name: String,
    /// How bad.
    pub severity: Severity,
    /// Whether it is over.
    pub resolved: bool,
    /// What is wrong, from its annotations; may be empty.
    pub what: String,
    /// More about it; may be empty.
    pub more: String,
    /// The number, if an annotation tells it.
    pub value: Option<String>,
    /// `2026-11-20 14:03:05 UTC`.
    pub since: String,
    /// How long, such as `12 min`.
    pub lasted: String,
    /// When it ended, as `since`.
    pub until: Option<String>,
    /// Its labels but name and severity, sorted.
    pub labels: Vec<(String, String)>,
    /// Labels that are not told.
    pub more_labels: usize,
    /// Where it leads.
    pub links: Links,
}

impl Facts {
    /// The facts of a notification.
    pub fn new(notification: &Notification, context: &Context) -> Self {
        let mut order: Vec<&NotifiedAlert> = notification.alerts.iter().collect();
        order.sort_by_key(|one| (one.resolved, one.alert.severity()));
        let firing_count = order.iter().filter(|one| !one.resolved).count();
        let alerts: Vec<AlertFacts> = order
            .iter()
            .map(|one| AlertFacts::new(one, context))
            .collect();
        let links = match alerts.as_slice() {
            [one] => one.links.clone(),
            _ => group_links(&alerts, context),
        };
        Self {
            title: title(notification, &order),
            reason: reason(notification, context),
            firing: firing_count > 0,
            severity: order
                .iter()
                .map(|one| one.alert.severity())
                .min()
                .unwrap_or(Severity::Info),
            firing_count,
            resolved_count: order.len() - firing_count,
            truncated: notification.truncated,
            alerts,
            links,
        }
    }

    /// The word for its state: `FIRING` or `RESOLVED`.
    pub fn state(&self) -> &'static str {
        match self.firing {
            true => "FIRING",
            false => "RESOLVED",
        }
    }
}

/// The links that all alerts share; the page of all alerts instead of that of one.
fn group_links(alerts: &[AlertFacts], context: &Context) -> Links {
    let shared = |pick: fn(&Links) -> &Option<String>| {
        let first = pick(&alerts.first()?.links).clone()?;
        let all = alerts
            .iter()
            .all(|one| pick(&one.links).as_ref() == Some(&first));
        all.then_some(first)
    };
    let has_base = !context.external_url.is_empty();
    Links {
        alert: has_base.then(|| super::links::all_alerts(context)),
        acknowledge: None,
        silence: None,
        chart: shared(|links| &links.chart),
        traces: shared(|links| &links.traces),
        runbook: shared(|links| &links.runbook),
    }
}

/// The title of a notification.
pub fn title_of(notification: &Notification) -> String {
    let mut order: Vec<&NotifiedAlert> = notification.alerts.iter().collect();
    order.sort_by_key(|one| (one.resolved, one.alert.severity()));
    title(notification, &order)
}

/// `[HIGH] AgentFailureSpike: coder, api (3 alerts)`.
fn title(notification: &Notification, alerts: &[&NotifiedAlert]) -> String {
    let firing: Vec<_> = alerts.iter().filter(|one| !one.resolved).collect();
    let worst = firing.iter().map(|one| one.alert.severity()).min();
    let state = match (notification.reason, worst) {
        (Reason::Test, _) => "TEST".to_owned(),
        (Reason::Acknowledged, _) => "ACKNOWLEDGED".to_owned(),
        (_, None) => "RESOLVED".to_owned(),
        (Reason::Escalation { level }, Some(worst)) => format!("{worst}, level {level}"),
        (_, Some(worst)) => worst.to_string(),
    };
    let mut names: Vec<&str> = alerts.iter().map(|one| one.alert.name()).collect();
    names.dedup();
    names.retain(|name| !name.is_empty());
    let name = match (notification.reason, names.as_slice()) {
        (Reason::Storm, _) => "Many alerts at once".to_owned(),
        (_, []) => "Alert".to_owned(),
        (_, [one]) => (*one).to_owned(),
        (_, [first, second]) => format!("{first}, {second}"),
        (_, [first, second, rest @ ..]) => format!("{first}, {second} and {} more", rest.len()),
    };
    let mut title = format!("[{state}] {}", one_line(&name));
    let places = places(alerts);
    if !places.is_empty() {
        title.push_str(": ");
        title.push_str(&places);
    }
    let count = alerts.len() + notification.truncated;
    if count > 1 {
        title.push_str(&format!(" ({count} alerts)"));
    }
    cut::chars(&title, TITLE_CHARS_MAX)
}

/// The first two labels of a place that all alerts share.
fn places(alerts: &[&NotifiedAlert]) -> String {
    let Some((first, others)) = alerts.split_first() else {
        return String::new();
    };
    let shared = PLACES.iter().filter_map(|name| {
        let value = first.alert.labels.get(name)?;
        let all = others
            .iter()
            .all(|one| one.alert.labels.get(name) == Some(value));
        (all && !value.is_empty()).then(|| cut::chars(&one_line(value), 60))
    });
    let mut told: Vec<String> = Vec::new();
    for place in shared {
        if told.len() < 2 && !told.contains(&place) {
            told.push(place);
        }
    }
    told.join(", ")
}

fn reason(notification: &Notification, context: &Context) -> Option<String> {
    Some(match notification.reason {
        Reason::First | Reason::Resolved => return None,
        Reason::Grown => "More alerts joined.".to_owned(),
        Reason::Shrunk => "Some alerts are over.".to_owned(),
        Reason::Repeat => "Still firing.".to_owned(),
        Reason::Reopened => "It became worse after it was acknowledged.".to_owned(),
        Reason::Escalation { level } => format!("Nobody acknowledged in time: level {level}."),
        Reason::Storm => "So many groups fire that this message stands for all of them.".to_owned(),
        Reason::Test => "This is a test, nothing is wrong.".to_owned(),
        Reason::Acknowledged => match &notification.acknowledged {
            None => "Acknowledged.".to_owned(),
            Some(by) => {
                let when = moment(by.at_ms, &context.zone);
                let name = cut::chars(&one_line(&by.by), 100);
                let comment = cut::chars(&one_line(&by.comment), 500);
                match comment.is_empty() {
                    true => format!("Acknowledged by {name} at {when}."),
                    false => format!("Acknowledged by {name} at {when}: {comment}"),
                }
            }
        },
    })
}

impl AlertFacts {
    fn new(notified: &NotifiedAlert, context: &Context) -> Self {
        let alert = &notified.alert;
        let annotation = |names: &[&str]| {
            let found = names.iter().find_map(|name| alert.annotations.get(name));
            let text = found.map(|text| clean(text, WHAT_CHARS_MAX));
            text.filter(|text| !text.is_empty())
        };
        let summary = annotation(&["summary", "message", "title"]);
        let description = annotation(&["description", "message"]);
        let (what, more) = match (summary, description) {
            (Some(what), Some(more)) if what != more => (what, more),
            (Some(what), _) => (what, String::new()),
            (None, more) => (more.unwrap_or_default(), String::new()),
        };
        let end = if notified.resolved {
            alert.ends_at_ms
        } else {
            context.now_ms
        };
        let told = |name: &str| name != ALERT_NAME && name != SEVERITY;
        let all: Vec<(&str, &str)> = alert.labels.iter().filter(|(name, _)| told(name)).collect();
        let labels = all.iter().take(LABELS_MAX).map(|(name, value)| {
            let name = cut::chars(&one_line(name), LABEL_CHARS_MAX);
            (name, cut::chars(&one_line(value), LABEL_CHARS_MAX))
        });
        Self {
            name: cut::chars(&one_line(alert.name()), LABEL_CHARS_MAX),
            severity: alert.severity(),
            resolved: notified.resolved,
            what,
            more,
            value: annotation(&["value", "current_value", "value_string"])
                .map(|value| one_line(&value)),
            since: moment(alert.starts_at_ms, &context.zone),
            lasted: lasted(end.saturating_sub(alert.starts_at_ms)),
            until: notified
                .resolved
                .then(|| moment(alert.ends_at_ms, &context.zone)),
            labels: labels.collect(),
            more_labels: all.len().saturating_sub(LABELS_MAX),
            links: Links::new(notified, context),
        }
    }
}

/// Text without control characters but line ends, and not too long.
fn clean(text: &str, max: usize) -> String {
    let kept = text.trim().chars().take(max + 1);
    let kept: String = kept.filter(|c| !c.is_control() || *c == '\n').collect();
    cut::chars(&kept, max)
}

/// A moment with its zone: `2026-11-20 14:03:05 UTC`.
pub fn moment(ms: i64, zone: &TimeZone) -> String {
    let Ok(at) = jiff::Timestamp::from_millisecond(ms) else {
        return "an unknown time".to_owned();
    };
    let at = at.to_zoned(zone.clone());
    at.strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// A length of time with its two largest units.
pub fn lasted(ms: i64) -> String {
    let seconds = ms.max(0) / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match () {
        () if days > 0 => format!("{days} d {} h", hours % 24),
        () if hours > 0 => format!("{hours} h {} min", minutes % 60),
        () if minutes > 0 => format!("{minutes} min"),
        () => format!("{seconds} s"),
    }
}
