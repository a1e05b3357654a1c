//! Label sets: sorted name-value pairs that identify a series, in one allocation.
//!
//! Source: the Prometheus data model. A label with an empty value is the same as an absent one, so
//! no such pair is ever held. Names and values are any UTF-8 text; the name of the metric is the label
//! `__name__`.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// The label that holds the name of the metric.
pub const METRIC_NAME: &str = "__name__";
/// The label of the upper bound of a classic histogram's bucket.
pub const BUCKET_LABEL: &str = "le";
/// The label of a summary's quantile.
pub const QUANTILE_LABEL: &str = "quantile";

/// First digit of a length; lengths are written as base-64 digits in ASCII, so that the whole stays
/// valid UTF-8.
const DIGIT: u8 = b'0';
const DIGIT_BITS: u32 = 5;
const CONTINUES: u8 = 1 << DIGIT_BITS;

/// A sorted set of labels. Cheap to clone; equal sets have equal bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Labels(Arc<str>);

impl Default for Labels {
    fn default() -> Self {
        Self(Arc::from(""))
    }
}

fn push_length(out: &mut String, mut length: usize) {
    loop {
        let digit = (length & usize::from(CONTINUES - 1)) as u8;
        length >>= DIGIT_BITS;
        let more = if length > 0 { CONTINUES } else { 0 };
        out.push(char::from(DIGIT + digit + more));
        if length == 0 {
            return;
        }
    }
}

/// Takes one length-prefixed text off the front.
fn take_text(rest: &str) -> Option<(&str, &str)> {
    let mut length = 0usize;
    let mut shift = 0u32;
    let mut at = 0;
    for byte in rest.bytes() {
        let digit = byte.checked_sub(DIGIT)?;
        at += 1;
        length |= usize::from(digit & (CONTINUES - 1)).checked_shl(shift)?;
        if digit & CONTINUES == 0 {
            let end = at + length;
            return Some((rest.get(at..end)?, rest.get(end..)?));
        }
        shift += DIGIT_BITS;
    }
    None
}

impl Labels {
    /// The set of these pairs. Pairs are sorted by name; of equal names the last one counts; pairs
    /// with an empty value are left out.
    pub fn from_pairs<N: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let mut builder = LabelsBuilder::default();
        for (name, value) in pairs {
            builder.set(name.as_ref(), value.as_ref());
        }
        builder.build()
    }

    /// The set of pairs that are already sorted by name, with distinct names and no empty value:
    /// the caller vouches for it.
    pub fn from_sorted<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut text = String::with_capacity(128);
        for (name, value) in pairs {
            push_length(&mut text, name.len());
            text.push_str(name);
            push_length(&mut text, value.len());
            text.push_str(value);
        }
        Self(text.into())
    }

    /// The set of bytes that `as_encoded` gave; `None` if they are none (checked: lengths, order,
    /// no empty values).
    pub fn from_encoded(encoded: &str) -> Option<Self> {
        let mut rest = encoded;
        let mut before: Option<&str> = None;
        while !rest.is_empty() {
            let (name, after) = take_text(rest)?;
            let (value, after) = take_text(after)?;
            if value.is_empty() || before.is_some_and(|before| before >= name) {
                return None;
            }
            (before, rest) = (Some(name), after);
        }
        Some(Self(encoded.into()))
    }

    /// The canonical bytes: equal for equal sets, in no useful order.
    pub fn as_encoded(&self) -> &str {
        &self.0
    }

    /// True without labels.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pairs, sorted by name.
    pub fn iter(&self) -> LabelIter<'_> {
        LabelIter { rest: &self.0 }
    }

    /// The value of a label.
    pub fn get(&self, name: &str) -> Option<&str> {
        for (key, value) in self.iter() {
            match key.cmp(name) {
                Ordering::Less => {}
                Ordering::Equal => return Some(value),
                Ordering::Greater => return None,
            }
        }
        None
    }

    /// The value of a label; empty if it is absent.
    pub fn value(&self, name: &str) -> &str {
        self.get(name).unwrap_or("")
    }

    /// The name of the metric; empty if there is none.
    pub fn metric_name(&self) -> &str {
        self.value(METRIC_NAME)
    }

    /// The labels whose name is wanted.
    #[must_use]
    pub fn filtered(&self, mut wanted: impl FnMut(&str) -> bool) -> Self {
        Self::from_sorted(self.iter().filter(|(name, _)| wanted(name)))
    }

    /// The same without the name of the metric.
    #[must_use]
    pub fn without_name(&self) -> Self {
        self.filtered(|name| name != METRIC_NAME)
    }

    /// The same with a label set, or removed by an empty value.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut builder = LabelsBuilder::from(self);
        builder.set(name, value);
        builder.build()
    }

    /// Bytes of memory.
    pub fn memory(&self) -> usize {
        self.0.len() + 32
    }
}

impl PartialOrd for Labels {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By name, then by value, label for label; of two sets with a common beginning the shorter is
/// smaller. The order in which Prometheus sorts series.
impl Ord for Labels {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other.iter())
    }
}

/// Pairs of a set.
#[derive(Debug, Clone)]
pub struct LabelIter<'a> {
    rest: &'a str,
}

impl<'a> Iterator for LabelIter<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = take_text(self.rest)?;
        let (value, rest) = take_text(rest)?;
        self.rest = rest;
        Some((name, value))
    }
}

/// Collects labels for a set.
#[derive(Debug, Clone, Default)]
pub struct LabelsBuilder {
    pairs: Vec<(String, String)>,
}

impl From<&Labels> for LabelsBuilder {
    fn from(labels: &Labels) -> Self {
        let pairs = labels
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self { pairs }
    }
}

impl LabelsBuilder {
    /// Sets a label; an empty value removes it.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.pairs.iter_mut().find(|(key, _)| key == name) {
            Some(pair) => value.clone_into(&mut pair.1),
            None => self.pairs.push((name.to_owned(), value.to_owned())),
        }
    }

    /// The value of a label; empty if it is absent.
    pub fn value(&self, name: &str) -> &str {
        self.pairs
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// Removes a label.
    pub fn remove(&mut self, name: &str) {
        self.pairs.retain(|(key, _)| key != name);
    }

    /// The pairs so far, in no particular order, with empty values for labels that were removed by
    /// one.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The set.
    pub fn build(mut self) -> Labels {
        self.pairs.retain(|(_, value)| !value.is_empty());
        self.pairs.sort_unstable();
        Labels::from_sorted(
            self.pairs
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )
    }
}

/// As PromQL writes it: `name{label="value"}`; names that are no plain identifiers are quoted.
impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.metric_name();
        let plain_name = is_legacy_metric_name(name);
        if plain_name {
            f.write_str(name)?;
        }
        let mut labels = self.iter().filter(|(key, _)| *key != METRIC_NAME);
        let mut first = true;
        let separate = |f: &mut fmt::Formatter<'_>, first: &mut bool| {
            let text = if *first { "{" } else { ", " };
            *first = false;
            f.write_str(text)
        };
        if !name.is_empty() && !plain_name {
            separate(f, &mut first)?;
            write_quoted(f, name)?;
        }
        labels.try_for_each(|(key, value)| {
            separate(f, &mut first)?;
            if is_legacy_label_name(key) {
                f.write_str(key)?;
            } else {
                write_quoted(f, key)?;
            }
            f.write_str("=")?;
            write_quoted(f, value)
        })?;
        match (first, name.is_empty()) {
            (false, _) => f.write_str("}"),
            (true, true) => f.write_str("{}"),
            (true, false) => Ok(()),
        }
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            '\r' => f.write_str("\\r")?,
            c if (c as u32) < 0x20 || c as u32 == 0x7f => write!(f, "\\x{:02x}", c as u32)?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

/// True for `[a-zA-Z_:][a-zA-Z0-9_:]*`.
pub fn is_legacy_metric_name(name: &str) -> bool {
    let fits = |c: u8| c.is_ascii_alphabetic() || c == b'_' || c == b':';
    name.bytes().next().is_some_and(fits) && name.bytes().all(|c| fits(c) || c.is_ascii_digit())
}

/// True for `[a-zA-Z_][a-zA-Z0-9_]*`.
pub fn is_legacy_label_name(name: &str) -> bool {
    is_legacy_metric_name(name) && !name.contains(':')
}

#[cfg(test)]
mod tests {
    use super::Labels;

    #[test]
    fn pairs_are_sorted_and_found() {
        let long = "v".repeat(5000);
        let pairs = [
            ("b", "2"),
            ("__name__", "up"),
            ("a", long.as_str()),
            ("gone", ""),
        ];
        let labels = Labels::from_pairs(pairs);
        let names: Vec<&str> = labels.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["__name__", "a", "b"]);
        assert_eq!(labels.get("a"), Some(long.as_str()));
        assert_eq!(labels.get("gone"), None);
        assert_eq!(labels.metric_name(), "up");
        assert_eq!(Labels::from_encoded(labels.as_encoded()), Some(labels));
    }

    #[test]
    fn damaged_bytes_are_no_labels() {
        for damaged in ["1a", "1a0", "1b1x1a1y", "z", "PPPPPPPPPPPPPPPP", "1a1é"] {
            assert_eq!(Labels::from_encoded(damaged), None, "{damaged:?}");
        }
    }

    #[test]
    fn order_is_by_pairs_not_by_bytes() {
        let short = Labels::from_pairs([("a", "zz")]);
        let long = Labels::from_pairs([("aa", "a")]);
        assert!(short < long);
        assert!(short < Labels::from_pairs([("a", "zz"), ("b", "1")]));
    }

    #[test]
    fn text_quotes_what_needs_it() {
        let labels = Labels::from_pairs([("__name__", "up"), ("job", "a\"b")]);
        assert_eq!(labels.to_string(), r#"up{job="a\"b"}"#);
        let dotted = Labels::from_pairs([("__name__", "my.up"), ("l.x", "1")]);
        assert_eq!(dotted.to_string(), r#"{"my.up", "l.x"="1"}"#);
        assert_eq!(Labels::default().to_string(), "{}");
        assert_eq!(Labels::from_pairs([("__name__", "up")]).to_string(), "up");
    }

    #[test]
    fn change_keeps_order() {
        let labels = Labels::from_pairs([("b", "1")]);
        let with = labels.with("a", "2");
        assert_eq!(with.to_string(), r#"{a="2", b="1"}"#);
        assert_eq!(with.with("b", "").to_string(), r#"{a="2"}"#);
    }
}
