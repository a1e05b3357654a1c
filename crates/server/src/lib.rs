//! Composition root: configuration, listeners, authentication, routes, own telemetry, shutdown.
//!
//! Used by `cli` alone. `run` starts a server and returns when it has stopped. A request goes
//! `listener.rs` → `gate.rs` (who may) → `routes.rs` (what is asked) → `pool.rs` (queries) or
//! `otlp.rs` (telemetry) or `ui.rs` (the web UI). `app.rs` puts these together, `state.rs` is what they share.

pub mod alertmanager;
pub mod alerts;
pub mod answer;
pub mod app;
pub mod auth;
pub mod config;
pub mod error;
pub mod exposure;
pub mod flows;
pub mod gate;
pub mod listener;
pub mod live;
pub mod memory;
pub mod otlp;
pub mod own;
pub mod params;
pub mod pool;
pub mod prometheus;
pub mod ready;
pub mod reload;
pub mod routes;
pub mod run;
pub mod runbook;
pub mod scrape;
pub mod secret_files;
mod signals;
pub mod slots;
mod start;
pub mod state;
pub mod telemetry;
pub mod to_api;
pub mod ui;
pub mod week;
