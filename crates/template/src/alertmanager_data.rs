//! The data of a notification's template, as Alertmanager's reference describes it:
//! <https://prometheus.io/docs/alerting/latest/notifications/>.
//!
//! `Notification` and `NotifiedAlert` are filled by the caller; `Notification::value` makes of them
//! what templates see: `.Alerts.Firing`, `.GroupLabels.SortedPairs`, `.CommonLabels.Remove …`.

use crate::value::{Object, Shape, Value};
use jiff::Zoned;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The pair that comes first among sorted ones.
const ALERT_NAME: &str = "alertname";

/// Texts by name, with Alertmanager's methods: `SortedPairs`, `Names`, `Values`, `Remove`. A missing
/// one is an empty text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyValues(pub BTreeMap<String, String>);

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for KeyValues {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl KeyValues {
    /// Pairs sorted by name, but the alert's name first.
    pub fn sorted(&self) -> Vec<(&str, &str)> {
        let mut pairs: Vec<(&str, &str)> = self
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        pairs.sort_by_key(|(name, _)| *name != ALERT_NAME);
        pairs
    }

    fn pairs(&self) -> Pairs {
        let pairs = self.sorted().into_iter();
        Pairs(
            pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    fn without(&self, names: &Value) -> Result<Value, String> {
        let Value::List(names) = names else {
            let kind = names.type_name();
            return Err(format!(
                "wrong type for value; expected []string; got {kind}"
            ));
        };
        let removed: Vec<&str> = names.iter().filter_map(Value::as_text).collect();
        let kept = self
            .0
            .iter()
            .filter(|(name, _)| !removed.contains(&name.as_str()));
        Ok(Value::object(Self(
            kept.map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )))
    }
}

fn no_arguments(name: &str, arguments: &[Value], value: Value) -> Option<Result<Value, String>> {
    if arguments.is_empty() {
        return Some(Ok(value));
    }
    Some(Err(format!(
        "wrong number of args for {name}: want 0 got {}",
        arguments.len()
    )))
}

impl Object for KeyValues {
    fn type_name(&self) -> &'static str {
        "template.KV"
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(self.0.get(name).map_or("", String::as_str).into())
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, String>> {
        match name {
            "SortedPairs" => no_arguments(name, arguments, Value::object(self.pairs())),
            "Names" => no_arguments(name, arguments, self.pairs().names()),
            "Values" => no_arguments(name, arguments, self.pairs().values()),
            "Remove" => Some(match arguments {
                [names] => self.without(names),
                _ => Err(format!(
                    "wrong number of args for Remove: want 1 got {}",
                    arguments.len()
                )),
            }),
            "String" => no_arguments(name, arguments, self.printed().into()),
            _ => None,
        }
    }

    fn printed(&self) -> String {
        self.pairs().printed()
    }

    fn shape(&self) -> Shape {
        let pairs = self.0.iter();
        Shape::Map(
            pairs
                .map(|(name, value)| (name.clone(), value.as_str().into()))
                .collect(),
        )
    }

    fn len(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// A list of names and values.
#[derive(Debug)]
struct Pairs(Vec<(String, String)>);

impl Pairs {
    fn names(&self) -> Value {
        Value::list(self.0.iter().map(|(name, _)| name.as_str().into()))
    }

    fn values(&self) -> Value {
        Value::list(self.0.iter().map(|(_, value)| value.as_str().into()))
    }
}

impl Object for Pairs {
    fn type_name(&self) -> &'static str {
        "template.Pairs"
    }

    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, String>> {
        match name {
            "Names" => no_arguments(name, arguments, self.names()),
            "Values" => no_arguments(name, arguments, self.values()),
            "String" => no_arguments(name, arguments, self.printed().into()),
            _ => None,
        }
    }

    fn printed(&self) -> String {
        let pairs = self.0.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join(", ")
    }

    fn shape(&self) -> Shape {
        let pair = |(name, value): &(String, String)| {
            let fields = vec![
                ("Name", name.as_str().into()),
                ("Value", value.as_str().into()),
            ];
            Value::object(Fields {
                type_name: "template.Pair",
                fields,
                json: &[],
            })
        };
        Shape::List(self.0.iter().map(pair).collect())
    }

    fn len(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// Named values in their order.
#[derive(Debug)]
struct Fields {
    type_name: &'static str,
    fields: Vec<(&'static str, Value)>,
    /// Names in JSON, if they are others.
    json: &'static [&'static str],
}

impl Object for Fields {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn field(&self, name: &str) -> Option<Value> {
        let found = self.fields.iter().find(|(field, _)| *field == name);
        found.map(|(_, value)| value.clone())
    }

    fn printed(&self) -> String {
        let values = self
            .fields
            .iter()
            .map(|(_, value)| crate::format::brief(value));
        format!("{{{}}}", values.collect::<Vec<_>>().join(" "))
    }

    fn shape(&self) -> Shape {
        let named = self
            .fields
            .iter()
            .enumerate()
            .map(|(index, (name, value))| {
                (self.json.get(index).copied().unwrap_or(name), value.clone())
            });
        Shape::Struct(named.collect())
    }
}

/// An alert of a notification.
#[derive(Debug, Clone)]
pub struct NotifiedAlert {
    /// True if it fires, false if it is resolved.
    pub firing: bool,
    /// What identifies it.
    pub labels: KeyValues,
    /// What describes it.
    pub annotations: KeyValues,
    /// Since when.
    pub starts_at: Zoned,
    /// Until when; of a firing alert Go's zero time, `0001-01-01 00:00:00 UTC`.
    pub ends_at: Zoned,
    /// Where it comes from.
    pub generator_url: String,
    /// 16 hexadecimal digits.
    pub fingerprint: String,
}

impl NotifiedAlert {
    fn value(&self) -> Value {
        let fields = vec![
            ("Status", status(self.firing).into()),
            ("Labels", Value::object(self.labels.clone())),
            ("Annotations", Value::object(self.annotations.clone())),
            ("StartsAt", self.starts_at.clone().into()),
            ("EndsAt", self.ends_at.clone().into()),
            ("GeneratorURL", self.generator_url.as_str().into()),
            ("Fingerprint", self.fingerprint.as_str().into()),
        ];
        let json = &[
            "status",
            "labels",
            "annotations",
            "startsAt",
            "endsAt",
            "generatorURL",
            "fingerprint",
        ];
        Value::object(Fields {
            type_name: "template.Alert",
            fields,
            json,
        })
    }
}

fn status(firing: bool) -> &'static str {
    if firing { "firing" } else { "resolved" }
}

/// A list of alerts with `Firing` and `Resolved`.
#[derive(Debug)]
struct Alerts {
    all: Arc<[Value]>,
    firing: Value,
    resolved: Value,
}

impl Object for Alerts {
    fn type_name(&self) -> &'static str {
        "template.Alerts"
    }

    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, String>> {
        match name {
            "Firing" => no_arguments(name, arguments, self.firing.clone()),
            "Resolved" => no_arguments(name, arguments, self.resolved.clone()),
            _ => None,
        }
    }

    fn printed(&self) -> String {
        let alerts = self.all.iter().map(crate::format::brief);
        format!("[{}]", alerts.collect::<Vec<_>>().join(" "))
    }

    fn shape(&self) -> Shape {
        Shape::List(self.all.to_vec())
    }

    fn len(&self) -> Option<usize> {
        Some(self.all.len())
    }
}

/// What a notification's template is about.
#[derive(Debug, Clone)]
pub struct Notification {
    /// The name of the receiver.
    pub receiver: String,
    /// Why it is sent, for instance that an alert was added; may be empty.
    pub reason: String,
    /// The alerts of the group.
    pub alerts: Vec<NotifiedAlert>,
    /// The labels that the group is made by.
    pub group_labels: KeyValues,
    /// Labels that the route adds.
    pub route_labels: KeyValues,
    /// Under which users reach the server.
    pub external_url: String,
}

impl Notification {
    /// The data of the template: the status is `firing` if any alert fires; common labels and
    /// annotations are those that all alerts share.
    pub fn value(&self) -> Value {
        let firing = self.alerts.iter().any(|alert| alert.firing);
        let all: Arc<[Value]> = self.alerts.iter().map(NotifiedAlert::value).collect();
        let those = |firing: bool| {
            let states = self.alerts.iter().zip(all.iter());
            let chosen = states.filter(|(alert, _)| alert.firing == firing);
            Value::list(chosen.map(|(_, value)| value.clone()))
        };
        let (is_firing, resolved) = (those(true), those(false));
        let alerts = Alerts {
            all: Arc::clone(&all),
            firing: is_firing,
            resolved,
        };
        let fields = vec![
            ("Receiver", self.receiver.as_str().into()),
            ("Status", status(firing).into()),
            ("Alerts", Value::object(alerts)),
            ("NotificationReason", self.reason.as_str().into()),
            ("GroupLabels", Value::object(self.group_labels.clone())),
            (
                "CommonLabels",
                Value::object(self.common(|alert| &alert.labels)),
            ),
            (
                "CommonAnnotations",
                Value::object(self.common(|alert| &alert.annotations)),
            ),
            ("RouteLabels", Value::object(self.route_labels.clone())),
            ("ExternalURL", self.external_url.as_str().into()),
        ];
        let json = &[
            "receiver",
            "status",
            "alerts",
            "notification_reason",
            "groupLabels",
            "commonLabels",
            "commonAnnotations",
            "routeLabels",
            "externalURL",
        ];
        Value::object(Fields {
            type_name: "*template.Data",
            fields,
            json,
        })
    }

    /// The pairs that all alerts share.
    pub fn common(&self, of: impl Fn(&NotifiedAlert) -> &KeyValues) -> KeyValues {
        let Some((first, others)) = self.alerts.split_first() else {
            return KeyValues::default();
        };
        let shared = of(first).0.iter().filter(|(name, value)| {
            others
                .iter()
                .all(|alert| of(alert).0.get(*name) == Some(*value))
        });
        shared
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
}
