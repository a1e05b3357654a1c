//! The templates of rules: labels and annotations of alerts, with `$labels`, `$externalLabels`,
//! `$externalURL` and `$value`.
//!
//! Source: <https://prometheus.io/docs/prometheus/latest/configuration/template_reference/>, "Alert
//! field templates". Prometheus puts definitions of the variables before the text; here they exist
//! from the start, so that places in messages are those of the text.

use crate::error::{ErrorKind, TemplateError};
use crate::functions::Functions;
use crate::limits::Limits;
use crate::run::{Job, Templates, execute};
use crate::set::{insert, read};
use crate::tree::Template;
use crate::value::Value;
use std::sync::Arc;
use tacho_model::labels::Labels;

/// The variables of a rule's template, and the fields of its data that they stand for.
const VARIABLES: [(&str, &str); 4] = [
    ("$labels", "Labels"),
    ("$externalLabels", "ExternalLabels"),
    ("$externalURL", "ExternalURL"),
    ("$value", "Value"),
];

/// What a rule's template is about.
#[derive(Debug, Clone)]
pub struct RuleData {
    /// The labels of the series that the rule found. A missing one is an empty text.
    pub labels: Labels,
    /// The labels that the server adds to what it sends.
    pub external_labels: Labels,
    /// Under which users reach the server.
    pub external_url: Arc<str>,
    /// The value: a `Value::Float`, or an object that stands for a histogram.
    pub value: Value,
}

impl RuleData {
    fn data(&self) -> Value {
        let fields = [
            ("Labels", Value::from(&self.labels)),
            ("ExternalLabels", Value::from(&self.external_labels)),
            ("ExternalURL", Value::Text(Arc::clone(&self.external_url))),
            ("Value", self.value.clone()),
        ];
        Value::object(RuleFields(fields))
    }
}

/// The data of a rule's template: `.Labels`, `.ExternalLabels`, `.ExternalURL` and `.Value`.
pub fn rule_data(
    labels: &Labels,
    external_labels: &Labels,
    external_url: &str,
    value: f64,
) -> Value {
    let (labels, external_labels) = (labels.clone(), external_labels.clone());
    let data = RuleData {
        labels,
        external_labels,
        external_url: external_url.into(),
        value: value.into(),
    };
    data.data()
}

#[derive(Debug)]
struct RuleFields([(&'static str, Value); 4]);

impl crate::value::Object for RuleFields {
    fn field(&self, name: &str) -> Option<Value> {
        let found = self.0.iter().find(|(field, _)| *field == name);
        found.map(|(_, value)| value.clone())
    }

    fn printed(&self) -> String {
        let values = self.0.iter().map(|(_, value)| crate::format::brief(value));
        format!("{{{}}}", values.collect::<Vec<_>>().join(" "))
    }

    fn shape(&self) -> crate::value::Shape {
        crate::value::Shape::Struct(self.0.to_vec())
    }
}

/// A label or annotation of a rule, read once and expanded for each alert.
#[derive(Debug)]
pub struct RuleTemplate {
    whole: Template,
    templates: Templates,
}

impl RuleTemplate {
    /// Reads a text. The name stands in messages; Prometheus takes `__alert_` and the alert's name.
    ///
    /// # Errors
    /// The text is no template.
    pub fn parse(name: &str, text: &str, functions: &Functions) -> Result<Self, TemplateError> {
        let variables = VARIABLES.map(|(variable, _)| variable);
        let mut all = read(name, text, functions, (&variables, false))?.into_iter();
        let Some(whole) = all.next() else {
            let message = "no template".to_owned();
            return Err(TemplateError::nowhere(ErrorKind::Invalid, name, message));
        };
        let mut templates = Templates::new();
        all.for_each(|template| insert(&mut templates, template));
        Ok(Self { whole, templates })
    }

    /// The text for one alert.
    ///
    /// # Errors
    /// It cannot be executed with this data, or exceeds a limit.
    pub fn expand(&self, data: &RuleData, functions: &Functions) -> Result<String, TemplateError> {
        let data = data.data();
        let fields = VARIABLES.iter().map(|(variable, field)| {
            let value = match &data {
                Value::Object(object) => object.field(field),
                _ => None,
            };
            (*variable, value.unwrap_or(Value::Nil))
        });
        let none = Templates::new();
        let job = Job {
            templates: [&self.templates, &none],
            functions,
            limits: Limits::default(),
            variables: fields.collect(),
            html: false,
        };
        execute(&job, &self.whole, &data)
    }
}

/// Reads and expands a label or annotation of a rule.
///
/// ```
/// use tacho_model::labels::Labels;
/// use tacho_template::functions::{Functions, PrometheusSurroundings};
/// use tacho_template::prometheus_data::{RuleData, expand_rule_text};
///
/// let functions = Functions::go().with_prometheus(PrometheusSurroundings::default());
/// let data = RuleData {
///     labels: Labels::from_pairs([("instance", "db-1:9100")]),
///     external_labels: Labels::default(),
///     external_url: "https://tacho.example".into(),
///     value: 0.934.into(),
/// };
/// let text = "{{ $labels.instance | stripPort }} is {{ $value | humanizePercentage }} full";
/// assert_eq!(expand_rule_text(text, &data, &functions)?, "db-1 is 93.4% full");
/// # Ok::<(), tacho_template::error::TemplateError>(())
/// ```
///
/// # Errors
/// The text is no template, cannot be executed with this data, or exceeds a limit.
pub fn expand_rule_text(
    text: &str,
    data: &RuleData,
    functions: &Functions,
) -> Result<String, TemplateError> {
    RuleTemplate::parse("rule", text, functions)?.expand(data, functions)
}
