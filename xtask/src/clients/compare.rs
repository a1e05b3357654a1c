//! Says where two JSON values differ, by path, with both sides shortened.

use serde_json::Value;

const DIFFERENCES_MAX: usize = 8;

/// The differences, at most a handful; none if the values are equal. Numbers are equal by value,
/// not by spelling.
pub(crate) fn differences(path: &str, sent: &Value, got: &Value) -> Vec<String> {
    let mut out = Vec::new();
    walk(path, sent, got, &mut out);
    out.truncate(DIFFERENCES_MAX);
    out
}

fn walk(path: &str, sent: &Value, got: &Value, out: &mut Vec<String>) {
    if out.len() >= DIFFERENCES_MAX {
        return;
    }
    match (sent, got) {
        (Value::Object(left), Value::Object(right)) => {
            for (key, value) in left {
                walk(
                    &format!("{path}.{key}"),
                    value,
                    right.get(key).unwrap_or(&Value::Null),
                    out,
                );
            }
            for (key, value) in right.iter().filter(|(key, _)| !left.contains_key(*key)) {
                walk(&format!("{path}.{key}"), &Value::Null, value, out);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                walk(&format!("{path}[{index}]"), left, right, out);
            }
        }
        (Value::Number(left), Value::Number(right)) if same_number(left, right) => {}
        (left, right) if left == right => {}
        (left, right) => out.push(format!(
            "{path}: sent {}, got {}",
            brief(left),
            brief(right)
        )),
    }
}

fn same_number(left: &serde_json::Number, right: &serde_json::Number) -> bool {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => left == right,
        _ => left.as_f64() == right.as_f64(),
    }
}

/// A value as text of at most 120 characters.
pub(crate) fn brief(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 120 {
        return text;
    }
    let start: String = text.chars().take(120).collect();
    format!("{start}… ({} bytes)", text.len())
}

#[cfg(test)]
mod tests {
    use super::differences;
    use serde_json::json;

    #[test]
    fn a_difference_names_its_path() {
        let found = differences("span", &json!({"a": [{"b": 1}]}), &json!({"a": [{"b": 2}]}));
        assert_eq!(found, ["span.a[0].b: sent 1, got 2"]);
    }

    #[test]
    fn missing_and_added_fields_are_differences() {
        let found = differences("x", &json!({"a": 1}), &json!({"b": 1}));
        assert_eq!(found.len(), 2);
        assert!(differences("x", &json!({"a": 1}), &json!({"a": 1.0})).is_empty());
    }
}
