//! Attribute values as text: strings as they are, the API's reserved objects in words, the rest as JSON.

use serde_json::Value;
use tacho_stdx::size::print_bytes;

/// A value as text, not escaped yet.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(object) if object.len() == 1 => {
            reserved(value).unwrap_or_else(|| value.to_string())
        }
        _ => value.to_string(),
    }
}

/// What JSON lacks, see the type `Attributes` of the API.
fn reserved(value: &Value) -> Option<String> {
    if let Some(double) = value.get("$double").and_then(Value::as_str) {
        return Some(double.to_owned());
    }
    if let Some(bytes) = value.get("$bytes").and_then(Value::as_str) {
        return Some(format!("base64:{bytes}"));
    }
    let large = value.get("$ref")?;
    let preview = large
        .get("preview")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let bytes = match large.get("bytes") {
        Some(Value::String(digits)) => digits.parse().unwrap_or(0),
        Some(number) => number.as_u64().unwrap_or(0),
        None => 0,
    };
    Some(format!("{preview}… ({} in all)", print_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::text;
    use serde_json::json;

    #[test]
    fn values_read_well() {
        assert_eq!(text(&json!("a \"b\"")), "a \"b\"");
        assert_eq!(text(&json!(5)), "5");
        assert_eq!(text(&json!(["a", 1])), "[\"a\",1]");
        assert_eq!(text(&json!({"$double": "NaN"})), "NaN");
        assert_eq!(text(&json!({"$bytes": "AAE="})), "base64:AAE=");
        assert_eq!(text(&json!({"other": 1})), "{\"other\":1}");
        let large =
            json!({"$ref": {"hash": "ab", "bytes": 8192, "kind": "string", "preview": "You are"}});
        assert_eq!(text(&large), "You are… (8.0 KiB in all)");
    }
}
