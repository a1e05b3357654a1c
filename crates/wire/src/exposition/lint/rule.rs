//! The rules, each from a family to pieces of advice in promtool's words.

use super::family::Family;
use tacho_model::metric::MetricKind;

type Rule = fn(&Family) -> Vec<String>;

/// All rules.
pub(super) const RULES: [Rule; 9] = [
    help,
    base_unit,
    counter_suffix,
    reserved_suffixes,
    reserved_labels,
    kind_in_name,
    colons,
    camel_case,
    abbreviations_and_repetition,
];

/// Units and the base unit of each; base units stand for themselves.
const UNITS: [(&str, &str); 25] = [
    ("amperes", "amperes"),
    ("bytes", "bytes"),
    ("celsius", "celsius"),
    ("grams", "grams"),
    ("joules", "joules"),
    ("kelvin", "kelvin"),
    ("meters", "meters"),
    ("metres", "metres"),
    ("moles", "moles"),
    ("seconds", "seconds"),
    ("volts", "volts"),
    ("minutes", "seconds"),
    ("hours", "seconds"),
    ("days", "seconds"),
    ("weeks", "seconds"),
    ("kelvins", "kelvin"),
    ("fahrenheit", "celsius"),
    ("rankine", "celsius"),
    ("inches", "meters"),
    ("yards", "meters"),
    ("miles", "meters"),
    ("bits", "bytes"),
    ("calories", "joules"),
    ("pounds", "grams"),
    ("ounces", "grams"),
];

const PREFIXES: [&str; 18] = [
    "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega",
    "mebi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
];

const ABBREVIATIONS: [&str; 14] = [
    "s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d",
];

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split('_')
}

fn help(family: &Family) -> Vec<String> {
    if family.has_help {
        Vec::new()
    } else {
        vec!["no help text".to_owned()]
    }
}

/// The first unit in the name, and its base unit.
fn unit(name: &str) -> Option<(&str, &'static str)> {
    words(name).find_map(|word| {
        let unprefixed = PREFIXES
            .iter()
            .find_map(|prefix| word.strip_prefix(prefix))
            .filter(|rest| {
                UNITS
                    .iter()
                    .any(|(unit, base)| unit == rest && unit == base)
            });
        let known = unprefixed.unwrap_or(word);
        UNITS
            .iter()
            .find(|(unit, _)| *unit == known)
            .map(|(_, base)| (word, *base))
    })
}

fn base_unit(family: &Family) -> Vec<String> {
    match unit(&family.name) {
        Some((unit, base)) if unit != base => {
            vec![format!("use base unit {base:?} instead of {unit:?}")]
        }
        _ => Vec::new(),
    }
}

fn counter_suffix(family: &Family) -> Vec<String> {
    let has = family.name.ends_with("_total");
    let text = match family.kind {
        MetricKind::Counter if !has => "counter metrics should have \"_total\" suffix",
        MetricKind::Counter | MetricKind::Unknown => return Vec::new(),
        _ if has => "non-counter metrics should not have \"_total\" suffix",
        _ => return Vec::new(),
    };
    vec![text.to_owned()]
}

fn is_histogram(family: &Family) -> bool {
    matches!(
        family.kind,
        MetricKind::Histogram | MetricKind::GaugeHistogram
    )
}

fn reserved_suffixes(family: &Family) -> Vec<String> {
    if family.kind == MetricKind::Unknown {
        return Vec::new();
    }
    let (histogram, summary) = (is_histogram(family), family.kind == MetricKind::Summary);
    let mut out = Vec::new();
    let mut advise = |suffix, text: &str| {
        if family.name.ends_with(suffix) {
            out.push(text.to_owned());
        }
    };
    if !histogram {
        advise(
            "_bucket",
            "non-histogram metrics should not have \"_bucket\" suffix",
        );
        if !summary {
            advise(
                "_count",
                "non-histogram and non-summary metrics should not have \"_count\" suffix",
            );
            advise(
                "_sum",
                "non-histogram and non-summary metrics should not have \"_sum\" suffix",
            );
        }
    }
    out
}

fn reserved_labels(family: &Family) -> Vec<String> {
    if family.kind == MetricKind::Unknown {
        return Vec::new();
    }
    let mut out = Vec::new();
    if !is_histogram(family) && family.labels.contains("le") {
        out.push("non-histogram metrics should not have \"le\" label".to_owned());
    }
    if family.kind != MetricKind::Summary && family.labels.contains("quantile") {
        out.push("non-summary metrics should not have \"quantile\" label".to_owned());
    }
    out
}

fn kind_in_name(family: &Family) -> Vec<String> {
    if family.kind == MetricKind::Unknown {
        return Vec::new();
    }
    let lower = family.name.to_ascii_lowercase();
    let told = |kind: &str| words(&lower).skip(1).any(|word| word == kind);
    ["counter", "gauge", "summary", "histogram"]
        .iter()
        .filter(|kind| told(kind))
        .map(|kind| format!("metric name should not include type '{kind}'"))
        .collect()
}

fn colons(family: &Family) -> Vec<String> {
    if family.name.contains(':') {
        return vec!["metric names should not contain ':'".to_owned()];
    }
    Vec::new()
}

fn is_camel_case(name: &str) -> bool {
    let bytes = name.as_bytes().windows(2);
    let mut humps = bytes
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()));
    humps.next().is_some()
}

fn camel_case(family: &Family) -> Vec<String> {
    let mut out = Vec::new();
    if is_camel_case(&family.name) {
        out.push("metric names should be written in 'snake_case' not 'camelCase'".to_owned());
    }
    if family.labels.iter().any(|name| is_camel_case(name)) {
        out.push("label names should be written in 'snake_case' not 'camelCase'".to_owned());
    }
    out
}

fn abbreviations_and_repetition(family: &Family) -> Vec<String> {
    let mut out = Vec::new();
    let lower = family.name.to_ascii_lowercase();
    let name = lower.strip_suffix("_total").unwrap_or(&lower);
    if ABBREVIATIONS
        .iter()
        .any(|unit| words(name).skip(1).any(|word| word == *unit))
    {
        out.push("metric names should not contain abbreviated units".to_owned());
    }
    if family.repeated {
        out.push("metric not unique".to_owned());
    }
    out
}
