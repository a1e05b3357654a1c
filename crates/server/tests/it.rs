//! A real server on free ports, asked over real sockets: shapes of every route, who may, TLS,
//! CORS, the ready file, live streams, reload. One binary; one file a subject.

#[cfg(test)]
#[path = "it/admin.rs"]
mod admin;
#[cfg(test)]
#[path = "it/alert_world.rs"]
mod alert_world;
#[cfg(test)]
#[path = "it/alerting.rs"]
mod alerting;
#[cfg(test)]
#[path = "it/alerts_api.rs"]
mod alerts_api;
#[cfg(test)]
#[path = "it/exposure.rs"]
mod exposure;
#[cfg(test)]
#[path = "it/harness.rs"]
mod harness;
#[cfg(test)]
#[path = "it/logs.rs"]
mod logs;
#[cfg(test)]
#[path = "it/metrics.rs"]
mod metrics;
#[cfg(test)]
#[path = "it/outline.rs"]
mod outline;
#[cfg(test)]
#[path = "it/overview.rs"]
mod overview;
#[cfg(test)]
#[path = "it/process.rs"]
mod process;
#[cfg(test)]
#[path = "it/prometheus_api.rs"]
mod prometheus_api;
#[cfg(test)]
#[path = "it/remote_write.rs"]
mod remote_write;
#[cfg(test)]
#[path = "it/routing_api.rs"]
mod routing_api;
#[cfg(test)]
#[path = "it/rules_api.rs"]
mod rules_api;
#[cfg(test)]
#[path = "it/scrape.rs"]
mod scrape;
#[cfg(test)]
#[path = "it/services.rs"]
mod services;
#[cfg(test)]
#[path = "it/stream.rs"]
mod stream;
#[cfg(test)]
#[path = "it/traces.rs"]
mod traces;
#[cfg(test)]
#[cfg(feature = "ui")]
#[path = "it/ui.rs"]
mod ui;
#[cfg(test)]
#[path = "it/views.rs"]
mod views;
