//! Names of metrics and labels out of names of OTLP. The rules are those of Prometheus' `otlptranslator`:
//! https://prometheus.io/docs/guides/opentelemetry and the OpenTelemetry specification
//! "Prometheus and OpenMetrics compatibility".

use crate::metrics::settings::{Strategy, TranslationSettings};
use std::borrow::Cow;
use tacho_model::metric::MetricData;

/// Units of UCUM with their words.
const UNITS: [(&str, &str); 25] = [
    ("d", "days"),
    ("h", "hours"),
    ("min", "minutes"),
    ("s", "seconds"),
    ("ms", "milliseconds"),
    ("us", "microseconds"),
    ("ns", "nanoseconds"),
    ("By", "bytes"),
    ("KiBy", "kibibytes"),
    ("MiBy", "mebibytes"),
    ("GiBy", "gibibytes"),
    ("TiBy", "tibibytes"),
    ("KBy", "kilobytes"),
    ("MBy", "megabytes"),
    ("GBy", "gigabytes"),
    ("TBy", "terabytes"),
    ("m", "meters"),
    ("V", "volts"),
    ("A", "amperes"),
    ("J", "joules"),
    ("W", "watts"),
    ("g", "grams"),
    ("Cel", "celsius"),
    ("Hz", "hertz"),
    ("%", "percent"),
];

/// Units after a slash with their words.
const PER_UNITS: [(&str, &str); 7] = [
    ("s", "second"),
    ("m", "minute"),
    ("h", "hour"),
    ("d", "day"),
    ("w", "week"),
    ("mo", "month"),
    ("y", "year"),
];

/// The name cannot be made: what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NameError(String);

fn word_of<'u>(table: &[(&str, &'static str)], unit: &'u str) -> Cow<'u, str> {
    match table.iter().find(|(known, _)| *known == unit) {
        Some((_, word)) => Cow::Borrowed(word),
        None => Cow::Borrowed(unit),
    }
}

/// The words of a unit, and of what follows its slash with `per_` in front; empty without one. Annotations in
/// braces are no units.
fn unit_words(unit: &str) -> (Cow<'_, str>, String) {
    let (main, per) = unit.split_once('/').unwrap_or((unit, ""));
    let usable = |part: &str| !part.is_empty() && !part.contains(['{', '}']);
    let (main, per) = (main.trim(), per.trim());
    let main = match main {
        "1" => Cow::Borrowed(""),
        main if usable(main) => word_of(&UNITS, main),
        _ => Cow::Borrowed(""),
    };
    let per = if usable(per) {
        format!("per_{}", word_of(&PER_UNITS, per))
    } else {
        String::new()
    };
    (main, per)
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == ':'
}

/// A unit's word with `_` for other characters, never two in a row, none in front.
fn clean_unit(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        let c = if is_name_char(c) { c } else { '_' };
        if c != '_' || !out.ends_with('_') {
            out.push(c);
        }
    }
    match out.strip_prefix('_') {
        Some(rest) => rest.to_owned(),
        None => out,
    }
}

/// The unit in the metadata of Prometheus: `By/s` is `bytes_per_second`.
pub fn unit_name(unit: &str) -> String {
    let (main, per) = unit_words(unit);
    let (main, per) = (clean_unit(&main), clean_unit(&per));
    let joined = match (main.is_empty(), per.is_empty()) {
        (false, false) => format!("{main}_{per}"),
        (false, true) => main,
        _ => per,
    };
    let trimmed = joined.strip_prefix('_').unwrap_or(&joined);
    trimmed.strip_suffix('_').unwrap_or(trimmed).to_owned()
}

/// The name of a metric's family.
///
/// # Errors
/// If nothing but `_` is left of the name.
pub fn metric_name(
    strategy: Strategy,
    name: &str,
    unit: &str,
    data: MetricData,
) -> Result<String, NameError> {
    let is_counter = matches!(
        data,
        MetricData::Sum {
            is_monotonic: true,
            ..
        }
    );
    let is_ratio = unit == "1" && data == MetricData::Gauge;
    let out = match (strategy.escapes(), strategy.adds_suffixes()) {
        (true, true) => with_tokens(name, unit, is_counter, is_ratio),
        (true, false) => {
            let parts = name.split(|c: char| !is_name_char(c) && c != '_');
            let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
            not_digit_first(parts.join("_"))
        }
        (false, true) => with_suffixes(name, unit, is_counter, is_ratio),
        (false, false) => name.to_owned(),
    };
    if out.is_empty() {
        return Err(NameError(format!(
            "normalization for metric {name:?} resulted in empty name"
        )));
    }
    if strategy.escapes() && out != name && out.bytes().all(|byte| byte == b'_') {
        return Err(NameError(format!(
            "normalization for metric {name:?} resulted in invalid name {out:?}"
        )));
    }
    Ok(out)
}

fn not_digit_first(name: String) -> String {
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("_{name}");
    }
    name
}

/// Words of the name, then of the unit, then of the type, each once, joined with `_`.
fn with_tokens(name: &str, unit: &str, is_counter: bool, is_ratio: bool) -> String {
    let mut tokens: Vec<&str> = name
        .split(|c: char| !is_name_char(c))
        .filter(|token| !token.is_empty())
        .collect();
    let (main, per) = unit_words(unit);
    let (main, per) = (clean_unit(&main), clean_unit(&per));
    let mut main = if tokens.contains(&main.as_str()) {
        ""
    } else {
        main.as_str()
    };
    let per = match per.strip_suffix('_').unwrap_or(&per) {
        "per" => "",
        per if tokens.contains(&per) => "",
        per => per,
    };
    if !per.is_empty() {
        main = main.strip_suffix('_').unwrap_or(main);
    }
    tokens.extend([main, per].into_iter().filter(|word| !word.is_empty()));
    for (wanted, word) in [(is_counter, "total"), (is_ratio, "ratio")] {
        if wanted {
            tokens.retain(|token| *token != word);
            tokens.push(word);
        }
    }
    not_digit_first(tokens.join("_"))
}

/// The name as it is with suffixes; one that is there already is not repeated.
fn with_suffixes(name: &str, unit: &str, is_counter: bool, is_ratio: bool) -> String {
    let (main, per) = unit_words(unit);
    let mut out = name;
    for (wanted, suffix) in [
        (is_ratio, "ratio"),
        (is_counter, "total"),
        (!per.is_empty(), per.as_str()),
    ] {
        if wanted {
            out = trim_suffix(out, suffix);
        }
    }
    let mut out = out.to_owned();
    if !main.is_empty() && !out.ends_with(main.as_ref()) {
        out.push('_');
        out.push_str(&main);
    }
    for (wanted, suffix) in [
        (!per.is_empty(), per.as_str()),
        (is_counter, "total"),
        (is_ratio, "ratio"),
    ] {
        if wanted {
            out.push('_');
            out.push_str(suffix);
        }
    }
    out
}

/// Takes a suffix off, and the character before it.
fn trim_suffix<'n>(name: &'n str, suffix: &str) -> &'n str {
    match name.strip_suffix(suffix) {
        Some(rest) if rest.len() > 1 => {
            let mut chars = rest.chars();
            chars.next_back();
            chars.as_str()
        }
        _ => name,
    }
}

/// The name of a label.
///
/// # Errors
/// If the name is empty, or nothing but `_` is left of it.
pub fn label_name<'n>(
    settings: &TranslationSettings,
    name: &'n str,
) -> Result<Cow<'n, str>, NameError> {
    if name.is_empty() {
        return Err(NameError("label name is empty".to_owned()));
    }
    let only_underscores = |name: &str| name.bytes().all(|byte| byte == b'_');
    if !settings.strategy.escapes() {
        if only_underscores(name) {
            return Err(NameError(format!(
                "label name {name:?} contains only underscores"
            )));
        }
        return Ok(Cow::Borrowed(name));
    }
    let keeps = settings.label_name_preserve_multiple_underscores;
    let mut out = sanitized(name, keeps);
    let first_digit = out.starts_with(|c: char| c.is_ascii_digit());
    let one_underscore = out.starts_with('_') && !out.starts_with("__");
    if first_digit {
        out = Cow::Owned(format!("key_{out}"));
    } else if settings.label_name_underscore_sanitization && one_underscore {
        out = Cow::Owned(format!("key{out}"));
    }
    if only_underscores(&out) {
        return Err(NameError(format!(
            "normalization for label name {name:?} resulted in invalid name {out:?}"
        )));
    }
    Ok(out)
}

/// A name with `_` for characters that labels did not have before UTF-8. Reserved names keep their double
/// underscores.
fn sanitized(name: &str, keeps_multiple: bool) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.bytes().all(plain) && (keeps_multiple || !name.contains("__")) {
        return Cow::Borrowed(name);
    }
    let inner = name
        .strip_prefix("__")
        .and_then(|rest| rest.strip_suffix("__"))
        .filter(|_| !keeps_multiple);
    let mut out = String::with_capacity(name.len());
    for c in inner.unwrap_or(name).chars() {
        let c = if c.is_ascii_alphanumeric() { c } else { '_' };
        if c != '_' || keeps_multiple || !out.ends_with('_') {
            out.push(c);
        }
    }
    match inner {
        Some(_) => Cow::Owned(format!("__{out}__")),
        None => Cow::Owned(out),
    }
}

#[cfg(test)]
mod tests;
