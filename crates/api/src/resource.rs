//! Who emitted a signal, shared by traces and logs.

use crate::count::Count;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Keys and values. Values are JSON's own; whole numbers beyond 2^53 are strings, and what JSON
/// lacks is an object with one reserved key: `{"$double":"NaN"}`, `{"$bytes":"<base64>"}`, and
/// `{"$ref":{"hash","bytes","kind","preview"}}` for a large value that was not asked for.
/// Of a key that came twice the first value is shown; `format=otlp` shows both.
pub type Attributes = Map<String, Value>;

/// The entity that emitted telemetry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// What describes it.
    #[schema(value_type = Object)]
    pub attributes: Attributes,
    /// Attributes that the sender dropped.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub dropped_attributes_count: Count,
    /// Schema of the attributes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub schema_url: String,
}

/// The instrumentation library that emitted telemetry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// Name of the library.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Version of the library.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// What else describes it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub attributes: Attributes,
    /// Attributes that the sender dropped.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub dropped_attributes_count: Count,
    /// Schema of the signals' attributes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub schema_url: String,
}
