//! The reader against `serde_json` and against hostile text.

use super::Reader;
use proptest::prelude::*;
use serde_json::Value;

/// Builds a tree with our reader, so that it can be compared.
fn tree(json: &mut Reader<'_>) -> crate::error::Result<Value> {
    Ok(match json.peek() {
        Some(b'{') => {
            let mut map = serde_json::Map::new();
            json.object(|json, key| {
                map.insert(key.to_owned(), tree(json)?);
                Ok(())
            })?;
            Value::Object(map)
        }
        Some(b'[') => {
            let mut items = Vec::new();
            json.array(|json| {
                items.push(tree(json)?);
                Ok(())
            })?;
            Value::Array(items)
        }
        Some(b'"') => Value::String(json.text()?.into_owned()),
        Some(b't' | b'f') => Value::Bool(json.bool()?),
        _ => {
            let start = json.position();
            match json.i64() {
                Ok(number) => Value::from(number),
                Err(_) => {
                    json.seek(start);
                    Value::from(json.f64()?)
                }
            }
        }
    })
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            proptest::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn documents_read_as_serde_json_wrote_them(document in document(), pretty: bool) {
        let text = if pretty {
            serde_json::to_string_pretty(&document).unwrap()
        } else {
            serde_json::to_string(&document).unwrap()
        };
        let mut json = Reader::new(text.as_bytes());
        prop_assert_eq!(tree(&mut json).unwrap(), document);
        prop_assert!(json.finish().is_ok());
        let mut json = Reader::new(text.as_bytes());
        prop_assert!(json.skip().is_ok());
        prop_assert!(json.finish().is_ok());
    }

    #[test]
    fn what_skips_is_what_serde_json_takes(text in r#"[\[\]{},:"0-9a.\-etrufalsn ]{0,12}"#) {
        let mut json = Reader::new(text.as_bytes());
        let ours = json.skip().is_ok() && json.finish().is_ok();
        let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let _ = tree(&mut Reader::new(&bytes));
        let _ = Reader::new(&bytes).skip();
    }
}

fn text(json: &str) -> (String, u64) {
    let mut reader = Reader::new(json.as_bytes());
    let text = reader.text().unwrap().into_owned();
    (text, reader.invalid_text)
}

#[test]
fn escapes_are_resolved_and_lone_surrogates_replaced() {
    assert_eq!(text(r#""a\"\\\/\b\f\n\r\tA""#).0, "a\"\\/\u{8}\u{c}\n\r\tA");
    assert_eq!(text(r#""\ud83d\ude00""#), ("😀".to_owned(), 0));
    assert_eq!(text(r#""x\ud83dy""#), ("x\u{fffd}y".to_owned(), 1));
    assert_eq!(text(r#""\ude00\u0041""#), ("\u{fffd}A".to_owned(), 1));
}

#[test]
fn invalid_escapes_and_control_characters_are_errors() {
    for wrong in [
        r#""\x""#,
        r#""\u12""#,
        r#""\u12g4""#,
        r#""\u+123""#,
        "\"\n\"",
        "\"abc",
        "\"a\\",
    ] {
        assert!(Reader::new(wrong.as_bytes()).text().is_err(), "{wrong}");
    }
}

#[test]
fn invalid_utf8_is_replaced_and_counted_once() {
    let mut json = Reader::new(b"\"a\xff\\nb\"");
    assert_eq!(json.text().unwrap(), "a\u{fffd}\nb");
    assert_eq!(json.invalid_text, 1);
}

#[test]
fn integers_are_numbers_or_texts_within_their_range() {
    let i64_of = |text: &str| Reader::new(text.as_bytes()).i64().ok();
    assert_eq!(i64_of("\"-9223372036854775808\""), Some(i64::MIN));
    assert_eq!(i64_of("9223372036854775807"), Some(i64::MAX));
    assert_eq!(i64_of("9223372036854775808"), None);
    assert_eq!(i64_of("5e3"), Some(5000));
    assert_eq!(i64_of("5.5"), None);
    assert_eq!(i64_of("\"\""), None);
    assert_eq!(Reader::new(b"18446744073709551615").u64(), Ok(u64::MAX));
    assert!(Reader::new(b"-1").u64().is_err());
    assert!(Reader::new(b"4294967296").u32().is_err());
}

#[test]
fn a_million_levels_are_skipped_without_stack() {
    let deep = [vec![b'['; 1_000_000], vec![b']'; 1_000_000]].concat();
    assert!(Reader::new(&deep).skip().is_ok());
    assert!(Reader::new(&deep[..1_500_000]).skip().is_err());
}
