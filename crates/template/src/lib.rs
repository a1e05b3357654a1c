//! Go's template language with the functions of Prometheus' rules and Alertmanager's notifications:
//! text and HTML.
//!
//! Start at `set::TemplateSet`, which reads and executes templates; `value::Value` is their data,
//! `functions::Functions` what they may call. `prometheus_data` and `alertmanager_data` build the data
//! that rules and notifications have. Nothing here reads a clock or a file, and every template is
//! limited in what it may print and do (`limits`).
//!
//! Sources: <https://pkg.go.dev/text/template>, <https://pkg.go.dev/html/template>,
//! <https://pkg.go.dev/fmt>, the template reference of Prometheus and the notification reference of
//! Alertmanager.

pub mod alertmanager_data;
pub mod error;
pub mod functions;
pub mod limits;
pub mod prometheus_data;
pub mod set;
pub mod value;

mod format;
mod html;
mod json;
mod lex;
mod parse;
mod run;
mod time;
mod tree;

#[cfg(test)]
mod tests;
