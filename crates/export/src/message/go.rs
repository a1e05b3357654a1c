//! Templates of Go with the data of Alertmanager.

use super::facts::Facts;
use super::markup::Markup;
use super::text::{Links, text};
use super::{Context, defaults, links, page};
use crate::notification::{Notification, Reason};
use jiff::Zoned;
use jiff::tz::TimeZone;
use std::cell::OnceCell;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::time::Timestamp;
use tacho_template::alertmanager_data as data;
use tacho_template::functions::Functions;
use tacho_template::set::TemplateSet;
use tacho_template::value::Value;

/// The templates of one message.
pub(super) struct Go {
    data: Value,
    text: TemplateSet,
    html: OnceCell<Result<TemplateSet, String>>,
    parts: Parts,
}

/// What sets are made of.
struct Parts {
    files: Vec<(String, String)>,
    facts: Arc<Facts>,
    markup: Markup,
    url: String,
    now_ms: i64,
    zone: TimeZone,
}

impl Go {
    /// The templates of a notification in the marks of a service.
    pub(super) fn new(
        notification: &Notification,
        context: &Context,
        facts: &Arc<Facts>,
        markup: Markup,
    ) -> Result<Self, String> {
        let parts = Parts {
            files: context.templates.files().to_vec(),
            facts: Arc::clone(facts),
            markup,
            url: group_url(facts, context),
            now_ms: context.now_ms,
            zone: context.zone.clone(),
        };
        Ok(Self {
            data: data_of(notification, context, markup).value(),
            text: parts.set(false)?,
            html: OnceCell::new(),
            parts,
        })
    }

    /// The text of a template.
    pub(super) fn execute(&self, template: &str, html: bool) -> Result<String, String> {
        let set = match html {
            false => &self.text,
            true => {
                let made = self.html.get_or_init(|| self.parts.set(true));
                made.as_ref().map_err(Clone::clone)?
            }
        };
        set.execute_text(template, &self.data, html)
            .map_err(|error| error.to_string())
    }
}

/// Where a message leads: to its alert, or to all.
pub(super) fn group_url(facts: &Facts, context: &Context) -> String {
    match &facts.links.alert {
        Some(url) => url.clone(),
        None => links::base(context),
    }
}

/// Whether files can be read as templates.
pub(super) fn check(files: &[(String, String)]) -> Result<(), String> {
    let mut functions = Functions::go().with_alertmanager(Timestamp(0));
    for name in ["Title", "Heading", "Text", "Page", "Color", "Url"] {
        functions.add(&format!("tacho{name}"), |_| Ok(Value::Nil));
    }
    let mut set = TemplateSet::new(functions);
    for (name, text) in files {
        set.add(name, text)
            .map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

impl Parts {
    fn set(&self, html: bool) -> Result<TemplateSet, String> {
        let mut set = TemplateSet::new(self.functions(html));
        let own = [("tacho".to_owned(), defaults::TEXT.to_owned())];
        for (name, text) in own.iter().chain(&self.files) {
            let added = match html {
                true => set.add_html(name, text),
                false => set.add(name, text),
            };
            added.map_err(|error| format!("{name}: {error}"))?;
        }
        Ok(set)
    }

    fn functions(&self, html: bool) -> Functions {
        let now = Timestamp(self.now_ms.saturating_mul(1_000_000));
        let mut functions = Functions::go()
            .with_alertmanager(now)
            .with_local_zone(self.zone.clone());
        let markup = match (html, self.markup) {
            (true, Markup::Plain) => Markup::Html,
            (_, markup) => markup,
        };
        let links = match markup {
            Markup::Slack => Links::Elsewhere,
            _ => Links::Told,
        };
        let facts = &self.facts;
        let texts: [(&str, String); 4] = [
            ("tachoTitle", markup.escape(&facts.title)),
            ("tachoHeading", markup.bold(&facts.title)),
            ("tachoText", text(facts, markup, links)),
            ("tachoColor", page::color(facts).to_owned()),
        ];
        for (name, text) in texts {
            let value = match html {
                true => Value::SafeHtml(text.into()),
                false => Value::from(text),
            };
            functions.add(name, move |_| Ok(value.clone()));
        }
        let facts = Arc::clone(facts);
        functions.add("tachoPage", move |_| {
            Ok(Value::SafeHtml(page::page(&facts).into()))
        });
        let url = self.url.clone();
        functions.add("tachoUrl", move |_| Ok(Value::from(url.clone())));
        functions
    }
}

/// What Alertmanager's templates see.
pub(crate) fn data_of(
    notification: &Notification,
    context: &Context,
    markup: Markup,
) -> data::Notification {
    let values = |labels: &Labels| -> data::KeyValues {
        let pairs = labels.iter();
        pairs
            .map(|(name, value)| (name, defused(value, markup)))
            .collect()
    };
    let alerts = notification.alerts.iter().map(|one| data::NotifiedAlert {
        firing: !one.resolved,
        labels: values(&one.alert.labels),
        annotations: values(&one.alert.annotations),
        starts_at: zoned(one.alert.starts_at_ms),
        ends_at: match one.resolved {
            true => zoned(one.alert.ends_at_ms),
            false => zero_time(),
        },
        generator_url: one.alert.generator_url.clone(),
        fingerprint: one.alert.fingerprint().to_string(),
    });
    data::Notification {
        receiver: quote_meta(&notification.to.receiver),
        reason: reason_text(notification.reason).to_owned(),
        alerts: alerts.collect(),
        group_labels: values(&notification.group_labels),
        route_labels: data::KeyValues::default(),
        external_url: links::base(context),
    }
}

/// A value of a label or annotation: what would call a whole channel of Slack is made harmless.
fn defused(value: &str, markup: Markup) -> String {
    match markup {
        Markup::Slack => value.replace("<!", "&lt;!").replace("<@", "&lt;@"),
        _ => value.to_owned(),
    }
}

fn zoned(ms: i64) -> Zoned {
    let at = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    at.to_zoned(TimeZone::UTC)
}

/// The time that Go has where none is given.
fn zero_time() -> Zoned {
    let midnight = jiff::civil::date(1, 1, 1).at(0, 0, 0, 0);
    midnight
        .to_zoned(TimeZone::UTC)
        .unwrap_or_else(|_| zoned(0))
}

/// Why a notification is sent, in Alertmanager's words where it has some.
pub(crate) fn reason_text(reason: Reason) -> &'static str {
    match reason {
        Reason::First => "first notification",
        Reason::Grown => "new alerts added",
        Reason::Shrunk => "some alerts resolved",
        Reason::Repeat => "repeat interval elapsed",
        Reason::Resolved => "all alerts resolved",
        Reason::Acknowledged => "acknowledged",
        Reason::Reopened => "acknowledgement ended",
        Reason::Escalation { .. } => "escalation",
        Reason::Storm => "many alerts at once",
        Reason::Test => "test",
    }
}

/// The name of a receiver as Alertmanager tells it: what has a meaning in regular expressions is escaped.
pub(crate) fn quote_meta(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
