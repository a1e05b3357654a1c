//! Labels of series and exemplars, out of the body when they are wanted. They may come in any order; what is
//! refused, and in which words, is as in Prometheus.

use crate::error::{Error, Malformed, Result};
use crate::pb::Reader;
use crate::remote_write::{Version, WriteRequest};
use std::borrow::Cow;
use std::fmt::Write as _;
use tacho_model::labels::{Labels, is_legacy_label_name};

/// A name and a value as they were sent.
pub type Pair<'b> = (&'b [u8], &'b [u8]);

impl WriteRequest {
    /// The labels of a series, by its position.
    ///
    /// # Errors
    /// What is wrong with them, in Prometheus' words.
    pub fn labels(&self, body: &[u8], series: usize) -> Result<Labels, String> {
        let pairs = self.pairs(body, series)?;
        check_series(pairs)
    }

    /// The pairs of a series as they were sent.
    ///
    /// # Errors
    /// References that point nowhere.
    pub fn pairs<'b>(&self, body: &'b [u8], series: usize) -> Result<Vec<Pair<'b>>, String> {
        let Some(series) = self.series.get(series) else {
            return Err("no such series".to_owned());
        };
        let region = series.labels.get(body);
        match series.version {
            Version::V1 => {
                pairs_v1(Reader::new(region), 1).map_err(|error| Error::protobuf(error).to_string())
            }
            Version::V2 => {
                let refs = refs(region).map_err(|error| Error::protobuf(error).to_string())?;
                self.resolve(body, &refs).map_err(|problem| {
                    format!("parsing labels for series {}: {problem}", list(&refs))
                })
            }
        }
    }

    /// The symbols of references, in pairs.
    pub(super) fn resolve<'b>(
        &self,
        body: &'b [u8],
        refs: &[u32],
    ) -> Result<Vec<Pair<'b>>, String> {
        let (pairs, odd) = refs.as_chunks::<2>();
        if !odd.is_empty() {
            return Err(format!("invalid labelRefs length {}", refs.len()));
        }
        let symbol = |number: u32| {
            let place = self.symbols.get(number as usize);
            place.map(|place| place.get(body))
        };
        pairs
            .iter()
            .map(|[name, value]| {
                symbol(*name).zip(symbol(*value)).ok_or_else(|| {
                    format!(
                        "labelRefs {name} (name) = {value} (value) outside of symbols table (size {})",
                        self.symbols.len()
                    )
                })
            })
            .collect()
    }
}

/// Numbers as Go prints a slice.
fn list(refs: &[u32]) -> String {
    let mut text = "[".to_owned();
    for (index, number) in refs.iter().enumerate() {
        let space = if index > 0 { " " } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(text, "{space}{number}");
    }
    text.push(']');
    text
}

/// The label references of a series, which stand in fields 1 of the region.
fn refs(region: &[u8]) -> Result<Vec<u32>> {
    let mut refs = Vec::new();
    for field in Reader::new(region) {
        let field = field?;
        if field.number == 1 {
            field.varints(|number| refs.push(clamp(number)))?;
        }
    }
    Ok(refs)
}

/// A reference beyond 32 bits points nowhere.
pub(super) fn clamp(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The labels in the given field of a message of 1.0.
pub(super) fn pairs_v1(reader: Reader<'_>, number: u32) -> Result<Vec<Pair<'_>>, Malformed> {
    let mut pairs = Vec::new();
    for field in reader {
        let field = field?;
        if field.number != number {
            continue;
        }
        let mut pair: Pair<'_> = (&[], &[]);
        for field in field.message()? {
            let field = field?;
            match field.number {
                1 => pair.0 = field.bytes()?,
                2 => pair.1 = field.bytes()?,
                _ => {}
            }
        }
        pairs.push(pair);
    }
    Ok(pairs)
}

/// A name and a value as text.
type Text<'b> = (Cow<'b, str>, Cow<'b, str>);

/// Sorted texts of pairs, with whether all of them are UTF-8 and no name is empty.
fn sorted<'b>(pairs: &[Pair<'b>]) -> (Vec<Text<'b>>, bool) {
    let mut valid = true;
    let mut texts: Vec<_> = pairs
        .iter()
        .map(|(name, value)| {
            let (name, value) = (
                String::from_utf8_lossy(name),
                String::from_utf8_lossy(value),
            );
            let owned = |text: &Cow<'_, str>| matches!(text, Cow::Owned(_));
            valid &= !name.is_empty() && !owned(&name) && !owned(&value);
            (name, value)
        })
        .collect();
    // Stable: of equal names the first one stays first.
    texts.sort_by(|left, right| left.0.cmp(&right.0));
    (texts, valid)
}

fn as_labels<'t>(texts: impl Iterator<Item = (&'t str, &'t str)>) -> Labels {
    let mut before: Option<&str> = None;
    Labels::from_sorted(texts.filter(|(name, value)| {
        let is_new = before != Some(*name);
        before = Some(*name);
        is_new && !value.is_empty()
    }))
}

/// Labels of a series: in order, with a metric name, without repeated names.
///
/// # Errors
/// What is wrong with them, in Prometheus' words.
pub fn check_series(pairs: Vec<Pair<'_>>) -> Result<Labels, String> {
    let (texts, valid) = sorted(&pairs);
    let duplicate = texts
        .iter()
        .zip(texts.iter().skip(1))
        .find(|(left, right)| left.0 == right.0)
        .map(|(left, _)| left.0.clone());
    let labels = as_labels(
        texts
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref())),
    );
    if !valid || labels.metric_name().is_empty() {
        return Err(format!(
            "invalid metric name or labels, got {}",
            Listed(&labels)
        ));
    }
    if let Some(duplicate) = duplicate {
        return Err(format!(
            "invalid labels for series, labels {}, duplicated label {duplicate}",
            Listed(&labels)
        ));
    }
    Ok(labels)
}

/// Labels of an exemplar: they are kept as they are, invalid UTF-8 repaired.
pub(super) fn exemplar_labels(pairs: &[Pair<'_>]) -> Labels {
    let (texts, _) = sorted(pairs);
    as_labels(
        texts
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref())),
    )
}

/// A label set as Prometheus writes it in messages about series: `{__name__="up", job="a"}`.
pub struct Listed<'l>(pub &'l Labels);

impl std::fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("{")?;
        for (index, (name, value)) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            if is_legacy_label_name(name) {
                f.write_str(name)?;
            } else {
                write!(f, "{name:?}")?;
            }
            write!(f, "={value:?}")?;
        }
        f.write_str("}")
    }
}
