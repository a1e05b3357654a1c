//! Names and values that occur: labels, their values, series, facets.

use crate::count::Count;
use crate::stats::QueryStats;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Names of attributes that occur.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LabelList {
    /// The names, the most frequent first.
    pub labels: Vec<Label>,
    /// What the query cost.
    pub stats: QueryStats,
}

/// A name that occurs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Label {
    /// The key.
    pub name: String,
    /// Where it stands: `item`, `resource` or `scope`.
    pub scope: String,
    /// Types of its values: `string`, `int`, `double`, `bool`, `bytes`, `json`.
    pub types: Vec<String>,
    /// About how many items have it.
    pub count: Count,
}

/// Values of one name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LabelValues {
    /// The values, the most frequent first.
    pub values: Vec<LabelValue>,
    /// What the query cost.
    pub stats: QueryStats,
}

/// A value and how often it occurs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LabelValue {
    /// The value as text.
    pub value: String,
    /// Number of items that have it.
    pub count: Count,
}

/// Distinct sets of resource labels.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesList {
    /// The sets, sorted.
    pub series: Vec<BTreeMap<String, String>>,
    /// There are more than `limit`.
    pub more: bool,
    /// What the query cost.
    pub stats: QueryStats,
}

/// Top values of the usual names under the current filter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FacetList {
    /// The facets.
    pub facets: Vec<Facet>,
    /// What the query cost.
    pub stats: QueryStats,
}

/// Top values of one name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Facet {
    /// The name, as a filter takes it.
    pub name: String,
    /// The values, the most frequent first.
    pub values: Vec<LabelValue>,
    /// Items that match the filter and have another value than these.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub other_count: Count,
    /// Items that match the filter and lack the name.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub absent_count: Count,
    /// There are too many distinct values to count: `values` is empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub too_many_values: bool,
}
