//! What this server tells about itself, kept like everything else: its own metrics, the alerts and
//! recorded series of rules that come with it. All of it belongs to a tenant of its own, so that it is
//! not counted among what users sent; queries find it by its names.

pub mod metrics;
pub mod view;

use tacho_model::id::TenantId;

/// The tenant of our own data.
pub fn tenant() -> TenantId {
    TenantId::new(TenantId::OWN).unwrap_or_default()
}
