//! OTLP JSON brought to one form, so that what a client sent and what the server gives can be
//! compared field by field: defaults left out, attributes as sorted objects, integers as text.

use serde_json::{Map, Value, json};

/// The spans of an OTLP JSON trace document, each with its `resource` and `scope`.
pub(crate) fn flatten_spans(document: &Value) -> Vec<Value> {
    let mut out = Vec::new();
    for by_resource in list(document, "resourceSpans") {
        for by_scope in list(by_resource, "scopeSpans") {
            for item in list(by_scope, "spans") {
                let mut item = item.clone();
                item["resource"] = with_schema(by_resource, "resource");
                item["scope"] = with_schema(by_scope, "scope");
                out.push(item);
            }
        }
    }
    out
}

fn with_schema(parent: &Value, key: &str) -> Value {
    let mut inner = parent.get(key).cloned().unwrap_or_else(|| json!({}));
    inner["schemaUrl"] = parent
        .get("schemaUrl")
        .cloned()
        .unwrap_or_else(|| json!(""));
    inner
}

/// The members of an array field; none if it is absent.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// One form for equal items.
pub(crate) fn normal(item: &Value) -> Value {
    let Value::Object(fields) = item else {
        return item.clone();
    };
    let mut out = Map::new();
    for (key, value) in fields {
        let value = match key.as_str() {
            "attributes" => attributes(value),
            "body" => any_value(value),
            "flags" => json!(value.as_u64().unwrap_or(0) & 0xff),
            "kind" => number(value, &KINDS),
            "code" => number(value, &STATUS_CODES),
            "severityNumber" => number(value, &[]),
            "traceId" | "spanId" | "parentSpanId" => json!(text(value).to_lowercase()),
            key if key.ends_with("UnixNano") => json!(text(value)),
            _ => match value {
                Value::Object(_) => normal(value),
                Value::Array(items) => items.iter().map(normal).collect(),
                other => other.clone(),
            },
        };
        if !is_default(&value) {
            out.insert(key.clone(), value);
        }
    }
    Value::Object(out)
}

/// Names of the kinds of spans, by their number.
pub(crate) const KINDS: [&str; 6] = [
    "UNSPECIFIED",
    "INTERNAL",
    "SERVER",
    "CLIENT",
    "PRODUCER",
    "CONSUMER",
];
const STATUS_CODES: [&str; 3] = ["UNSET", "OK", "ERROR"];

/// An enumeration as its number, given as number or as name.
fn number(value: &Value, names: &[&str]) -> Value {
    match value.as_str() {
        Some(name) => {
            let position = names.iter().position(|known| name.ends_with(known));
            position.map_or_else(|| value.clone(), |position| json!(position))
        }
        None => value.clone(),
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn is_default(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() || text == "0",
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

/// `[{key, value}]` as an object; a value in there is a list of one, so that it is never a default.
fn attributes(value: &Value) -> Value {
    let mut out = Map::new();
    for pair in value.as_array().map_or(&[][..], Vec::as_slice) {
        let key = pair.get("key").map(text).unwrap_or_default();
        let value = any_value(pair.get("value").unwrap_or(&Value::Null));
        out.insert(key, json!([value]));
    }
    Value::Object(out)
}

/// An `AnyValue` as `{type: content}`; an empty one is null.
fn any_value(value: &Value) -> Value {
    let Some((kind, content)) = value.as_object().and_then(|fields| fields.iter().next()) else {
        return Value::Null;
    };
    match kind.as_str() {
        "intValue" => json!({ kind: text(content) }),
        "doubleValue" => json!({ kind: content.as_f64() }),
        "arrayValue" => {
            let values: Vec<Value> = list(content, "values").iter().map(any_value).collect();
            json!({ kind: values })
        }
        "kvlistValue" => {
            json!({ kind: attributes(content.get("values").unwrap_or(&Value::Null)) })
        }
        _ => json!({ kind: content }),
    }
}

#[cfg(test)]
mod tests {
    use super::{flatten_spans, normal};
    use serde_json::json;

    #[test]
    fn defaults_and_order_do_not_matter() {
        let left = json!({"kind": 2, "flags": 769, "name": "", "startTimeUnixNano": "7", "attributes": [
            {"key": "b", "value": {"intValue": 3}}, {"key": "a", "value": {"stringValue": ""}}]});
        let right = json!({"kind": "SPAN_KIND_SERVER", "flags": 1, "startTimeUnixNano": 7, "events": [], "attributes": [
            {"key": "a", "value": {"stringValue": ""}}, {"key": "b", "value": {"intValue": "3"}}]});
        assert_eq!(normal(&left), normal(&right));
    }

    #[test]
    fn types_of_values_do_matter() {
        let span = |value| json!({"attributes": [{"key": "a", "value": value}]});
        let forms = [
            json!({"intValue": "1"}),
            json!({"doubleValue": 1.0}),
            json!({"stringValue": "1"}),
            json!({"arrayValue": {}}),
            json!({}),
        ];
        for (left_index, left) in forms.iter().enumerate() {
            for (right_index, right) in forms.iter().enumerate() {
                let equal = normal(&span(left.clone())) == normal(&span(right.clone()));
                assert_eq!(equal, left_index == right_index, "{left} {right}");
            }
        }
        let absent = normal(&json!({"attributes": []}));
        assert_ne!(absent, normal(&span(json!({}))));
    }

    #[test]
    fn items_carry_their_resource_and_scope() {
        let document = json!({"resourceSpans": [{"schemaUrl": "s", "resource": {"attributes": []},
            "scopeSpans": [{"scope": {"name": "x"}, "spans": [{"name": "a"}, {"name": "b"}]}]}]});
        let spans = flatten_spans(&document);
        assert_eq!(spans.len(), 2);
        assert_eq!(spans[1]["scope"]["name"], "x");
        assert_eq!(spans[0]["resource"]["schemaUrl"], "s");
    }
}
