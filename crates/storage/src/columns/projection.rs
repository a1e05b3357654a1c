//! Which columns a reader wants.

use std::collections::BTreeSet;
use std::sync::Arc;

/// Fixed columns beside attributes. Columns of the other signal are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// Trace id (both signals).
    TraceId,
    /// Span id (both signals).
    SpanId,
    /// Parent span id.
    ParentSpanId,
    /// Start of a span; time of a log record.
    Time,
    /// End of a span; observed time of a log record.
    EndTime,
    /// Name of a span; event name of a log record.
    Name,
    /// Kind of a span.
    Kind,
    /// Status of a span; severity number of a log record.
    Status,
    /// Status message of a span; severity text of a log record.
    StatusText,
    /// Trace state, flags and dropped counts.
    Rare,
    /// Events and links.
    Events,
    /// Body of a log record.
    Body,
    /// Id of a log record.
    RecordId,
    /// Resource.
    Resource,
    /// Scope.
    Scope,
}

impl Column {
    /// All of them.
    pub const ALL: [Column; 15] = [
        Column::TraceId,
        Column::SpanId,
        Column::ParentSpanId,
        Column::Time,
        Column::EndTime,
        Column::Name,
        Column::Kind,
        Column::Status,
        Column::StatusText,
        Column::Rare,
        Column::Events,
        Column::Body,
        Column::RecordId,
        Column::Resource,
        Column::Scope,
    ];
}

/// Which attributes of the items a reader wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeSelection {
    /// All of them.
    All,
    /// Those with one of these keys (every type of each); none if empty.
    Keys(BTreeSet<Arc<str>>),
}

/// Which columns a reader wants; what is not wanted is left empty in the batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    /// Fixed columns.
    pub columns: BTreeSet<Column>,
    /// Attributes of the items.
    pub attributes: AttributeSelection,
}

impl Projection {
    /// Everything.
    pub fn all() -> Self {
        Self {
            columns: Column::ALL.into_iter().collect(),
            attributes: AttributeSelection::All,
        }
    }

    /// These fixed columns and no attributes.
    pub fn of(columns: &[Column]) -> Self {
        Self {
            columns: columns.iter().copied().collect(),
            attributes: AttributeSelection::Keys(BTreeSet::new()),
        }
    }

    /// Also the attributes of this key.
    #[must_use]
    pub fn with_attribute(mut self, key: &str) -> Self {
        self.want_attribute(key);
        self
    }

    /// Also the attributes of this key.
    pub fn want_attribute(&mut self, key: &str) {
        if let AttributeSelection::Keys(keys) = &mut self.attributes {
            keys.insert(key.into());
        }
    }

    /// True if the column is wanted.
    pub fn has(&self, column: Column) -> bool {
        self.columns.contains(&column)
    }

    /// True if attributes of this key are wanted.
    pub fn has_attribute(&self, key: &str) -> bool {
        match &self.attributes {
            AttributeSelection::All => true,
            AttributeSelection::Keys(keys) => keys.contains(key),
        }
    }

    /// Everything that either of two readers wants.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let attributes = match (&self.attributes, &other.attributes) {
            (AttributeSelection::Keys(a), AttributeSelection::Keys(b)) => {
                AttributeSelection::Keys(a.union(b).cloned().collect())
            }
            _ => AttributeSelection::All,
        };
        Self {
            columns: self.columns.union(&other.columns).copied().collect(),
            attributes,
        }
    }
}
