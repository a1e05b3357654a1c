//! Top values with counts under the current conditions.

pub(crate) mod top;

use crate::count::Conditions;
use crate::label::LabelValue;

/// Which facets are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct FacetRequest {
    /// The conditions.
    pub conditions: Conditions,
    /// The names, see `label`; empty for the usual ones that occur.
    pub fields: Vec<String>,
    /// At most so many values a name.
    pub limit: usize,
}

/// Top values of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The name.
    pub name: String,
    /// The values, the most frequent first.
    pub values: Vec<LabelValue>,
    /// Items that have another value than these.
    pub other_count: u64,
    /// Items that lack the name.
    pub absent_count: u64,
    /// There are more distinct values than `Limits::groups_max`: nothing was counted.
    pub too_many_values: bool,
}
