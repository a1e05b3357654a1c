//! Series written out: what is read from them.

use super::{
    CounterResetHint, HistogramText, STALE_BITS, SeriesItem, parse, parse_labels, parse_values,
};

#[test]
fn names_and_labels_are_read_in_order() {
    let labels = |text| parse_labels(text).map_err(|found| found.message);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        labels(r#"a:b{z="1", "my.label"='2', c=`\d`,}"#),
        Ok(vec![
            pair("__name__", "a:b"),
            pair("c", r"\d"),
            pair("my.label", "2"),
            pair("z", "1"),
        ])
    );
    assert_eq!(
        labels(r#"{"my.metric", a="\"b"}"#),
        Ok(vec![pair("__name__", "my.metric"), pair("a", "\"b")])
    );
    assert_eq!(labels("{}"), Ok(Vec::new()));
    for bad in [
        "a{b}",
        "a{b=c}",
        "a{b=\"c\"",
        "a{b=\"c}",
        "5",
        "a{b=\"1\",b=\"2\"}",
        "a b",
    ] {
        assert!(labels(bad).is_err(), "{bad}");
    }
}

#[test]
fn values_are_repeated_and_counted_up() {
    let expanded = |text: &str| -> Vec<Option<f64>> {
        let items = parse_values(text).unwrap();
        items.iter().flat_map(SeriesItem::expand).collect()
    };
    assert_eq!(
        expanded("1 -1.5 1e3"),
        [Some(1.0), Some(-1.5), Some(1000.0)]
    );
    assert_eq!(expanded("_ _x2"), [None, None, None]);
    assert_eq!(expanded("4x1"), [Some(4.0), Some(4.0)]);
    assert_eq!(expanded("1+2x2"), [Some(1.0), Some(3.0), Some(5.0)]);
    assert_eq!(expanded("-2-4e-1x1"), [Some(-2.0), Some(-2.4)]);
    assert_eq!(expanded("0x2"), [Some(0.0), Some(0.0), Some(0.0)]);
    assert_eq!(
        expanded("-Inf +inf"),
        [Some(f64::NEG_INFINITY), Some(f64::INFINITY)]
    );
    assert_eq!(expanded(""), []);
    let stale = expanded("stale NaN");
    assert_eq!(stale[0].map(f64::to_bits), Some(STALE_BITS));
    assert!(stale[1].is_some_and(|nan| nan.is_nan() && nan.to_bits() != STALE_BITS));
}

#[test]
fn histograms_are_read() {
    let text = "{{schema:-53 sum:-1.5 count:4 z_bucket:2 z_bucket_w:0.001 buckets:[1 2 Inf] offset:-3 \
                n_buckets:[ 4 ] n_offset:1 custom_values:[5 10] counter_reset_hint:gauge}}+{{count:1}}x3";
    let items = parse_values(text).unwrap();
    let [SeriesItem::Histogram { value, step, count }] = items.as_slice() else {
        panic!("one histogram expected: {items:?}");
    };
    assert_eq!(
        **value,
        HistogramText {
            schema: -53,
            sum: -1.5,
            count: 4.0,
            zero_count: 2.0,
            zero_threshold: 0.001,
            custom_values: vec![5.0, 10.0],
            buckets: vec![1.0, 2.0, f64::INFINITY],
            offset: -3,
            negative_buckets: vec![4.0],
            negative_offset: 1,
            counter_reset_hint: Some(CounterResetHint::Gauge),
        }
    );
    let step = step.as_ref().unwrap();
    assert!(!step.negative);
    assert!((step.value.count - 1.0).abs() < f64::EPSILON);
    assert_eq!(*count, 4);
    assert_eq!(parse("a {{}}x2 {{ }}").unwrap().position_count(), 4);
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    for (text, at) in [
        ("a 1 2y", 5),
        ("a 1+2", 5),
        ("a x5", 2),
        ("a 1x", 4),
        ("a 1x1.5", 4),
        ("a nothing", 2),
        ("a {{count:1 count:2}}", 12),
        ("a {{weight:1}}", 4),
        ("a {{count:1}", 11),
        ("a{b=\"c\"}1", 8),
        ("a 1x99999999", 1),
    ] {
        assert_eq!(parse(text).unwrap_err().range.start, at, "{text}");
    }
}
