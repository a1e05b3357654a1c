//! The newest values of series, and their text in the exposition format.

use std::fmt::Write as _;
use tacho_model::labels::Labels;
use tacho_model::metric::Metadata;
use tacho_model::sample::SampleColumns;
use tacho_storage::error::Result as StorageResult;
use tacho_storage::read::ReadContext;
use tacho_storage::samples::matcher::LabelMatcher;
use tacho_storage::samples::read::{SelectRequest, SeriesView};

/// The newest value of a series.
pub struct Newest {
    /// The series.
    pub labels: Labels,
    /// When, milliseconds since the epoch.
    pub time_ms: i64,
    /// The value.
    pub value: f64,
}

/// The newest floats of series that match any of the selectors, each series once, sorted by labels.
/// Series that have ended are left out; native histograms too: the text formats cannot say them.
pub fn newest(
    view: &dyn SeriesView,
    selectors: &[Vec<LabelMatcher>],
    (start_ms, end_ms): (i64, i64),
    context: &ReadContext,
) -> StorageResult<Vec<Newest>> {
    let mut found: Vec<Newest> = Vec::new();
    let mut columns = SampleColumns::default();
    for matchers in selectors {
        let request = SelectRequest {
            matchers: matchers.clone(),
            start_ms,
            end_ms,
            series_max: 0,
        };
        for series in view.select(&request, context)? {
            series.data.read_newest(start_ms, end_ms, &mut columns)?;
            let Some(last) = columns.len().checked_sub(1) else {
                continue;
            };
            if columns.is_stale(last) || columns.histogram(last).is_some() {
                continue;
            }
            found.push(Newest {
                labels: series.labels,
                time_ms: columns.times[last],
                value: columns.values[last],
            });
        }
    }
    if selectors.len() > 1 {
        found.sort_by(|a, b| a.labels.cmp(&b.labels));
        found.dedup_by(|a, b| a.labels == b.labels);
    }
    Ok(found)
}

/// Writes `# HELP` and `# TYPE` of a family.
pub fn push_header(out: &mut String, family: &str, metadata: Option<&Metadata>) {
    if let Some(metadata) = metadata.filter(|metadata| !metadata.help.is_empty()) {
        out.push_str("# HELP ");
        push_name(out, family);
        out.push(' ');
        for c in metadata.help.chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                c => out.push(c),
            }
        }
        out.push('\n');
    }
    out.push_str("# TYPE ");
    push_name(out, family);
    // The old format knows no others.
    let kind = metadata
        .map(|metadata| metadata.kind.as_str())
        .filter(|kind| ["counter", "gauge", "histogram", "summary"].contains(kind))
        .unwrap_or("untyped");
    let _ = writeln!(out, " {kind}");
}

/// Writes a series with its value and time, and those of the `external` labels that it has not itself.
pub fn push_line(out: &mut String, newest: &Newest, external: &[(String, String)]) {
    push_series(out, &newest.labels, external);
    push_value(out, newest);
}

/// Labels for a server that scrapes us: an empty `instance` keeps it from putting its own there.
pub fn for_scrapers(external: &Labels) -> Vec<(String, String)> {
    let mut pairs = pairs_of(external);
    if external.get("instance").is_none() {
        pairs.push(("instance".to_owned(), String::new()));
    }
    pairs
}

/// Labels as pairs.
pub fn pairs_of(labels: &Labels) -> Vec<(String, String)> {
    labels
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn push_value(out: &mut String, newest: &Newest) {
    out.push(' ');
    super::write_json::plain_number(out, newest.value);
    let _ = writeln!(out, " {}", newest.time_ms);
}

/// A name with everything that is not `[a-zA-Z0-9_:]` as `_`, for readers of the old format.
pub fn push_name(out: &mut String, name: &str) {
    for (index, c) in name.chars().enumerate() {
        let fits =
            c.is_ascii_alphabetic() || c == '_' || c == ':' || (c.is_ascii_digit() && index > 0);
        out.push(if fits { c } else { '_' });
    }
}

fn push_series(out: &mut String, labels: &Labels, external: &[(String, String)]) {
    push_name(out, labels.metric_name());
    let mut open = false;
    for (name, value) in labels.iter().filter(|(name, _)| *name != "__name__") {
        push_label(out, &mut open, name, value);
    }
    for (name, value) in external {
        if labels.get(name).is_none() {
            push_label(out, &mut open, name, value);
        }
    }
    if open {
        out.push('}');
    }
}

fn push_label(out: &mut String, open: &mut bool, name: &str, value: &str) {
    out.push(if *open { ',' } else { '{' });
    *open = true;
    push_name(out, name);
    out.push_str("=\"");
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('"');
}
