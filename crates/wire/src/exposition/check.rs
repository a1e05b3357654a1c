//! Judges whole expositions as the specifications do, where a scrape takes more: families that are
//! torn apart, counters below zero, histograms whose buckets do not add up.

mod histogram;
mod openmetrics;
mod prometheus;

use super::error::Error;
use super::{CreatedLines, Format, HistogramForm, Limits, Options, parse};

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checked {
    /// Metric families.
    pub families: usize,
    /// Samples.
    pub samples: u64,
}

/// What breaks a rule, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Broken {
    line: usize,
    message: String,
}

impl Broken {
    fn new(line: usize, message: impl Into<String>) -> Self {
        Self {
            line,
            message: message.into(),
        }
    }
}

/// Checks an exposition: OpenMetrics against its specification, Prometheus text against what its
/// format asks, protobuf only for being readable. Gives the first error.
pub fn check(body: &[u8], format: Format, limits: Limits) -> Result<Checked, Error> {
    let options = Options {
        limits,
        created: CreatedLines::Series,
        histograms: HistogramForm::Both,
        strict: true,
    };
    let broken;
    let families;
    let outcome;
    if format == Format::OpenMetrics {
        let mut rules = openmetrics::Rules::default();
        outcome = parse(body, format, &options, &mut rules);
        (families, broken) = rules.finish(outcome.is_ok());
    } else {
        let mut rules = prometheus::Rules::default();
        outcome = parse(body, format, &options, &mut rules);
        (families, broken) = rules.finish();
    }
    // A broken rule lies before what could not be parsed.
    if let Some(broken) = broken {
        return Err(Error::invalid(broken.line, broken.message));
    }
    Ok(Checked {
        families,
        samples: outcome?.samples,
    })
}
