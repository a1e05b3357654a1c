//! Queries as text: laid out for people, and as a tree for programs.

use super::answer::{PromAnswer, PromError, success};
use super::form::Form;
use axum::response::Response;
use tacho_syntax::promql;

/// `GET|POST format_query`
pub(super) async fn format(form: Form) -> PromAnswer<Response> {
    let expr =
        promql::parse(form.text("query")).map_err(|error| PromError::parameter("query", error))?;
    success(&promql::format(&expr), &[])
}

/// `GET|POST parse_query`
pub(super) async fn parse(form: Form) -> PromAnswer<Response> {
    let expr =
        promql::parse(form.text("query")).map_err(|error| PromError::parameter("query", error))?;
    Ok(super::answer::success_json(&promql::to_json(&expr)))
}
