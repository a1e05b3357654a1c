//! The functions of Prometheus' rules, as version 3.14 has them. Source: its template reference,
//! <https://prometheus.io/docs/prometheus/latest/configuration/template_reference/>.

use super::{
    Functions, Parameter, PrometheusSurroundings, QuerySample, Signature, host, humanize, pattern,
    text, text_at, url, value_at,
};
use crate::value::{LabelMap, Object, Shape, Value};
use std::sync::Arc;

/// Steps that a regular expression counts as.
pub(super) const PATTERN_COST: u32 = 1_000;
/// Steps that a query counts as.
const QUERY_COST: u32 = 10_000;
/// The label of the text that a sample stands for in some results.
const VALUE_LABEL: &str = "__value__";

pub(super) const TEXT: Signature = Signature::of(&[Parameter::Text]);
pub(super) const TWO_TEXTS: Signature = Signature::of(&[Parameter::Text, Parameter::Text]);
const ANY: Signature = Signature::of(&[Parameter::Any]);
const TEXT_AND_ANY: Signature = Signature::of(&[Parameter::Text, Parameter::Any]);
const THREE_TEXTS: Signature = Signature::of(&[Parameter::Text, Parameter::Text, Parameter::Text]);

type TextFunction = fn(&str) -> String;
type NumberFunction = fn(&Value) -> Result<Value, String>;

pub(super) fn add(functions: &mut Functions, surroundings: PrometheusSurroundings) {
    add_queries(functions, &surroundings);
    add_shared_texts(functions);
    let texts: [(&str, TextFunction); 5] = [
        ("title", |text| text::title(text, false)),
        ("stripPort", |text| host::strip_port(text).to_owned()),
        ("stripDomain", host::strip_domain),
        ("graphLink", |text| link(text, 0)),
        ("tableLink", |text| link(text, 1)),
    ];
    for (name, run) in texts {
        functions.add_checked(name, TEXT, move |values| Ok(run(text_at(values, 0)).into()));
    }
    functions.add_checked("urlQueryEscape", TEXT, |values| {
        Ok(url::query_escape(text_at(values, 0)).into())
    });
    let numbers: [(&str, NumberFunction); 7] = [
        ("humanize", humanize::metric),
        ("humanize1024", humanize::binary),
        ("humanizeDuration", humanize::duration),
        ("humanizePercentage", humanize::percentage),
        ("humanizeTimestamp", humanize::timestamp),
        ("toTime", humanize::to_time),
        ("toDuration", humanize::to_duration),
    ];
    for (name, run) in numbers {
        functions.add_checked(name, ANY, move |values| run(value_at(values, 0)));
    }
    functions.add_checked("parseDuration", TEXT, |values| {
        parse_duration(text_at(values, 0)).map(Value::Float)
    });
    let PrometheusSurroundings {
        now,
        external_url,
        path_prefix,
        ..
    } = surroundings;
    functions.add_checked("now", Signature::of(&[]), move |_| {
        Ok(humanize::seconds(now).into())
    });
    let external_url = Value::from(external_url);
    functions.add_checked("externalURL", Signature::of(&[]), move |_| {
        Ok(external_url.clone())
    });
    let path_prefix = Value::from(path_prefix);
    functions.add_checked("pathPrefix", Signature::of(&[]), move |_| {
        Ok(path_prefix.clone())
    });
}

/// Those that Alertmanager has too.
pub(super) fn add_shared_texts(functions: &mut Functions) {
    functions.add_checked("toUpper", TEXT, |values| {
        Ok(text::upper(text_at(values, 0)).into())
    });
    functions.add_checked("toLower", TEXT, |values| {
        Ok(text::lower(text_at(values, 0)).into())
    });
    functions.add_checked("safeHtml", TEXT, |values| {
        Ok(Value::SafeHtml(text_at(values, 0).into()))
    });
    functions.add_checked("match", TWO_TEXTS.costing(PATTERN_COST), |values| {
        pattern::is_match(text_at(values, 0), text_at(values, 1)).map(Value::Bool)
    });
    functions.add_checked(
        "reReplaceAll",
        THREE_TEXTS.costing(PATTERN_COST),
        |values| {
            let [pattern, replacement, text] = [0, 1, 2].map(|index| text_at(values, index));
            pattern::replace_all(pattern, replacement, text).map(Value::from)
        },
    );
}

fn add_queries(functions: &mut Functions, surroundings: &PrometheusSurroundings) {
    let query = surroundings.query.clone();
    functions.add_checked("query", TEXT.costing(QUERY_COST), move |values| {
        let Some(query) = &query else {
            return Err("queries cannot be run here".to_owned());
        };
        let samples = query.query(text_at(values, 0))?;
        Ok(Value::list(
            samples
                .into_iter()
                .map(|sample| Value::object(Sample(sample))),
        ))
    });
    functions.add_checked("first", ANY, |values| {
        let items = items(value_at(values, 0))?;
        let first = items.first().cloned();
        first.ok_or_else(|| "first() called on vector with no elements".to_owned())
    });
    functions.add_checked("label", TEXT_AND_ANY, |values| {
        label_of(value_at(values, 1), text_at(values, 0))
    });
    functions.add_checked("value", ANY, |values| {
        field_of(value_at(values, 0), "Value")
    });
    functions.add_checked("strvalue", ANY, |values| {
        label_of(value_at(values, 0), VALUE_LABEL)
    });
    functions.add_checked("sortByLabel", TEXT_AND_ANY, |values| {
        let label = text_at(values, 0);
        let mut keyed = Vec::new();
        for item in items(value_at(values, 1))?.iter() {
            let key = label_of(item, label)?;
            keyed.push((key.as_text().unwrap_or_default().to_owned(), item.clone()));
        }
        keyed.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Value::list(keyed.into_iter().map(|(_, item)| item)))
    });
    functions.add("args", |values| {
        let numbered = values.iter().enumerate();
        Ok(Value::map(numbered.map(|(index, value)| {
            (format!("arg{index}"), value.clone())
        })))
    });
}

/// A sample as templates see it: `.Labels` and `.Value`.
#[derive(Debug)]
struct Sample(QuerySample);

impl Object for Sample {
    fn type_name(&self) -> &'static str {
        "*template.sample"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Labels" => Some((&self.0.labels).into()),
            "Value" => Some(self.0.value.clone()),
            _ => None,
        }
    }

    fn printed(&self) -> String {
        let labels = LabelMap(self.0.labels.clone()).printed();
        format!("{{{labels} {}}}", crate::format::brief(&self.0.value))
    }

    fn shape(&self) -> Shape {
        Shape::Struct(vec![
            ("Labels", (&self.0.labels).into()),
            ("Value", self.0.value.clone()),
        ])
    }
}

fn items(value: &Value) -> Result<Arc<[Value]>, String> {
    match value {
        Value::List(items) => Ok(Arc::clone(items)),
        Value::Nil => Ok(Arc::from([])),
        value => Err(format!(
            "expected the result of a query; got {}",
            value.type_name()
        )),
    }
}

fn field_of(sample: &Value, name: &str) -> Result<Value, String> {
    let field = match sample {
        Value::Object(object) => object.field(name),
        _ => None,
    };
    field.ok_or_else(|| format!("expected a sample; got {}", sample.type_name()))
}

fn label_of(sample: &Value, label: &str) -> Result<Value, String> {
    match field_of(sample, "Labels")? {
        Value::Object(labels) => Ok(labels.field(label).unwrap_or_else(|| "".into())),
        other => Err(format!("expected a sample; got {}", other.type_name())),
    }
}

fn link(expression: &str, tab: u8) -> String {
    format!(
        "/graph?g0.expr={}&g0.tab={tab}",
        url::query_escape(expression)
    )
}

/// Seconds of a duration as Prometheus writes it: `1h30m`, each unit once, the larger first; `0`; a
/// minus before it.
fn parse_duration(text: &str) -> Result<f64, String> {
    const UNITS: [(&str, i64); 7] = [
        ("y", 365 * 86_400_000),
        ("w", 7 * 86_400_000),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };
    let invalid = || format!("not a valid duration string: {text:?}");
    if digits == "0" {
        return Ok(0.0);
    }
    if digits.is_empty() {
        return Err("empty duration string".to_owned());
    }
    let (mut rest, mut from, mut ms) = (digits, 0, 0i64);
    while !rest.is_empty() {
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: i64 = rest[..length].parse().map_err(|_| invalid())?;
        rest = &rest[length..];
        let name = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let known = UNITS
            .iter()
            .skip(from)
            .position(|(unit, _)| *unit == &rest[..name]);
        let index = from + known.ok_or_else(invalid)?;
        let part = count
            .checked_mul(UNITS[index].1)
            .and_then(|part| ms.checked_add(part));
        ms = part
            .filter(|ms| *ms <= i64::MAX / 1_000_000)
            .ok_or_else(|| "duration out of range".to_owned())?;
        (rest, from) = (&rest[name..], index + 1);
    }
    Ok(sign * ms as f64 / 1000.0)
}
