//! Who emitted a signal. Source: opentelemetry-proto `resource/v1`, `common/v1`.

use crate::value::Attributes;

/// The entity that emitted telemetry, such as a service on a host.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resource {
    /// What describes it.
    pub attributes: Attributes,
    /// Attributes that the sender dropped.
    pub dropped_attributes_count: u32,
    /// Schema of the resource's attributes; empty if unknown.
    pub schema_url: String,
}

/// The instrumentation library that emitted telemetry.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scope {
    /// Name of the library; empty if unknown.
    pub name: String,
    /// Version of the library; empty if unknown.
    pub version: String,
    /// What else describes it.
    pub attributes: Attributes,
    /// Attributes that the sender dropped.
    pub dropped_attributes_count: u32,
    /// Schema of the signals' attributes; empty if unknown.
    pub schema_url: String,
}

impl Resource {
    /// `service.name`, or `unknown_service` as the semantic conventions say.
    pub fn service_name(&self) -> &str {
        self.attributes
            .text("service.name")
            .unwrap_or("unknown_service")
    }
}
