//! Names of columns in block files.
//!
//! Fixed columns have no dot. Attributes are `s.<key>` (items), `r.<key>` (resources), `c.<key>`
//! (scopes) and the suffix of their type; text has none.

use crate::columns::attribute::CellType;

/// Column names of spans and of log records; a column that has only defaults is left out.
pub(crate) const TRACE_ID: &str = "trace_id";
/// Span id.
pub(crate) const SPAN_ID: &str = "span_id";
/// Parent span id, null for a root.
pub(crate) const PARENT_SPAN_ID: &str = "parent_span_id";
/// Start of a span.
pub(crate) const START_TIME: &str = "start_time";
/// End minus start of a span, in nanoseconds.
pub(crate) const DURATION: &str = "duration";
/// Name of a span.
pub(crate) const NAME: &str = "name";
/// OTLP number of the kind.
pub(crate) const KIND: &str = "kind";
/// OTLP number of the status.
pub(crate) const STATUS: &str = "status";
/// Text of the status.
pub(crate) const STATUS_MESSAGE: &str = "status_message";
/// Trace state.
pub(crate) const TRACE_STATE: &str = "trace_state";
/// Trace flags.
pub(crate) const FLAGS: &str = "flags";
/// Dropped attributes.
pub(crate) const DROPPED_ATTRIBUTES: &str = "dropped_attributes_count";
/// Dropped events.
pub(crate) const DROPPED_EVENTS: &str = "dropped_events_count";
/// Dropped links.
pub(crate) const DROPPED_LINKS: &str = "dropped_links_count";
/// Events.
pub(crate) const EVENTS: &str = "events";
/// Links.
pub(crate) const LINKS: &str = "links";
/// Resource.
pub(crate) const RESOURCE: &str = "resource";
/// Scope.
pub(crate) const SCOPE: &str = "scope";
/// Attributes without a column of their own.
pub(crate) const REST: &str = "rest";
/// What repeats a key of the rest column in the same row.
pub(crate) const REST_AGAIN: &str = "rest_again";
/// Id of a log record.
pub(crate) const RECORD_ID: &str = "record_id";
/// Time of a log record.
pub(crate) const TIME: &str = "time";
/// Observed time minus time of a log record, in nanoseconds; null if it was not said.
pub(crate) const OBSERVED_DELAY: &str = "observed_delay";
/// Severity number.
pub(crate) const SEVERITY_NUMBER: &str = "severity_number";
/// Severity text.
pub(crate) const SEVERITY_TEXT: &str = "severity_text";
/// Body.
pub(crate) const BODY: &str = "body";
/// What the body is: a number out of `BODY_TYPES`.
pub(crate) const BODY_TYPE: &str = "body_type";
/// Name of the event.
pub(crate) const EVENT_NAME: &str = "event_name";

/// What the numbers of `body_type` mean.
pub(crate) const BODY_TYPES: [CellType; 4] = [
    CellType::String,
    CellType::Empty,
    CellType::Json,
    CellType::Reference,
];

/// Longest key in bytes that gets a column of its own.
const KEY_BYTES_MAX: usize = 128;

/// Whether an attribute of this key may have a column of its own. Keys that would make names that
/// cannot be read back, or that trip other readers, may not: they go to the rest column.
pub(crate) fn key_fits(key: &str) -> bool {
    let is_suffixed = CellType::ALL
        .iter()
        .any(|cell_type| !cell_type.suffix().is_empty() && key.ends_with(cell_type.suffix()));
    !key.is_empty() && key.len() <= KEY_BYTES_MAX && !key.contains(char::is_control) && !is_suffixed
}

/// The column of an attribute of an item, resource or scope (`s`, `r`, `c`).
pub(crate) fn attribute_name(place: char, key: &str, cell_type: CellType) -> String {
    format!("{place}.{key}{}", cell_type.suffix())
}

/// Key and type of a column of an item's attribute; `None` for all other columns.
pub(crate) fn parse_attribute(name: &str) -> Option<(&str, CellType)> {
    let rest = name.strip_prefix("s.")?;
    for cell_type in CellType::ALL {
        if !cell_type.suffix().is_empty()
            && let Some(key) = rest.strip_suffix(cell_type.suffix())
        {
            return Some((key, cell_type));
        }
    }
    Some((rest, CellType::String))
}

#[cfg(test)]
mod tests {
    use super::{attribute_name, key_fits, parse_attribute};
    use crate::columns::attribute::CellType;

    #[test]
    fn names_of_keys_that_fit_can_be_read_back() {
        for key in ["a", "a.b", "s.", "#", "ключ", "a#i6", "x y\"'"] {
            assert!(key_fits(key), "{key}");
            for cell_type in CellType::ALL {
                let name = attribute_name('s', key, cell_type);
                assert_eq!(parse_attribute(&name), Some((key, cell_type)));
            }
        }
        for key in ["", "a#i64", "#empty", "a\nb", "a\0", &"k".repeat(129)] {
            assert!(!key_fits(key), "{key}");
        }
        assert_eq!(parse_attribute("resource"), None);
    }
}
