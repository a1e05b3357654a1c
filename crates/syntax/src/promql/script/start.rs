//! Start timestamps of the samples of a series: `metric@st -1mx3 _` before the line of its values.

use super::{Line, Result};
use crate::promql::number::parse_duration;
use crate::promql::series_text::{self, POSITIONS_MAX, SeriesText};

/// A line of start timestamps.
pub(super) struct StartLine<'a> {
    /// The line.
    pub(super) line: Line<'a>,
    labels: Vec<(String, String)>,
    offsets_ms: Vec<Option<i64>>,
}

/// Reads a line of start timestamps; `None` if it is no such line.
pub(super) fn read(line: Line<'_>) -> Result<Option<StartLine<'_>>> {
    let Some((metric, offsets)) = line.text.split_once([' ', '\t']) else {
        return Ok(None);
    };
    let Some(metric) = metric.strip_suffix("@st") else {
        return Ok(None);
    };
    let labels = series_text::parse_labels(metric).map_err(|found| {
        line.error(format!(
            "invalid @st line metric `{metric}`: {}",
            found.message
        ))
    })?;
    let mut offsets_ms = Vec::new();
    for item in offsets.split_ascii_whitespace() {
        let (offset, step, count) = read_item(item)
            .ok_or_else(|| line.error(format!("invalid @st sequence: invalid ST item `{item}`")))?;
        if count > POSITIONS_MAX - offsets_ms.len() as u64 {
            return Err(line.error(format!("@st line has more than {POSITIONS_MAX} values")));
        }
        let mut next = offset;
        for _ in 0..count {
            offsets_ms.push(next);
            next = next.map(|offset| offset.saturating_add(step));
        }
    }
    Ok(Some(StartLine {
        line,
        labels,
        offsets_ms,
    }))
}

impl StartLine<'_> {
    /// The offsets, if they are of this series.
    pub(super) fn offsets_of(self, series: &SeriesText) -> Result<Vec<Option<i64>>> {
        if series.labels != self.labels {
            let message = "@st metric does not match the following sample line metric";
            return Err(self.line.error(message));
        }
        let (starts, samples) = (self.offsets_ms.len() as u64, series.position_count());
        if starts != samples {
            let message = format!("@st line has {starts} values but sample line has {samples}");
            return Err(self.line.error(message));
        }
        Ok(self.offsets_ms)
    }
}

/// The first offset, what is added from one to the next, and their number.
fn read_item(item: &str) -> Option<(Option<i64>, i64, u64)> {
    if item == "_" {
        return Some((None, 0, 1));
    }
    if let Some(count) = item.strip_prefix("_x") {
        let count = count.parse().ok().filter(|count| *count > 0)?;
        return Some((None, 0, count));
    }
    let (offset, rest) = read_duration(item)?;
    if rest.is_empty() {
        return Some((Some(offset), 0, 1));
    }
    let (step, rest) = match rest.strip_prefix(['+', '-']) {
        Some(after) => {
            let (step, rest_after) = read_duration(after)?;
            let step = if rest.starts_with('-') { -step } else { step };
            (step, rest_after)
        }
        None => (0, rest),
    };
    let repetitions: u64 = rest.strip_prefix('x')?.parse().ok()?;
    Some((Some(offset), step, repetitions.checked_add(1)?))
}

/// Milliseconds of one number with its unit and sign, and what follows.
fn read_duration(text: &str) -> Option<(i64, &str)> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = unsigned.find(|c: char| !c.is_ascii_digit());
    let after = digits.map_or("", |at| &unsigned[at..]);
    let unit = after.find(|c: char| !c.is_ascii_alphabetic() || c == 'x');
    let rest = unit.map_or("", |at| &after[at..]);
    let duration = &unsigned[..unsigned.len() - rest.len()];
    let ms = parse_duration(duration).ok()?;
    Some((if text.starts_with('-') { -ms } else { ms }, rest))
}
