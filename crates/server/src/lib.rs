//! Composition root: configuration, listeners, authentication, routes, own telemetry, shutdown
