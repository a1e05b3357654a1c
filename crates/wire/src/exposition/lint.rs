//! Advice about metrics, as `promtool check metrics` gives it: names, units, suffixes, help texts.
//! Sources: prometheus.io/docs/practices/naming and prometheus.io/docs/instrumenting/writing_exporters.

mod family;
mod rule;

use super::error::Error;
use super::{CreatedLines, Format, HistogramForm, Limits, Options, parse};

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Advice {
    /// The line that the family is first told of, from 1.
    pub line: usize,
    /// The metric.
    pub metric: String,
    /// What is not as it should be.
    pub text: String,
}

/// Looks for what the naming practices advise against, by line.
pub fn lint(body: &[u8], format: Format, limits: Limits) -> Result<Vec<Advice>, Error> {
    let options = Options {
        limits,
        created: CreatedLines::StartTimes,
        histograms: HistogramForm::Both,
        strict: false,
    };
    let mut families = family::Families::new(format);
    parse(body, format, &options, &mut families)?;
    let mut advice = Vec::new();
    for family in families.iter() {
        let texts = rule::RULES.iter().flat_map(|rule| rule(family));
        advice.extend(texts.map(|text| Advice {
            line: family.line,
            metric: family.name.clone(),
            text,
        }));
    }
    advice.sort();
    Ok(advice)
}
