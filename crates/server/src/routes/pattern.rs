//! Patterns of log lines.

use super::log::conditions;
use super::{Shared, params, query};
use crate::answer::Answer;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use tacho_api::operation::Method;
use tacho_api::view::{LogPattern, PatternList};
use tacho_query::pattern::{Pattern, PatternRequest};

pub(super) async fn list(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/logs/patterns", &uri)?;
    let request = PatternRequest {
        conditions: conditions(&params)?,
        lines: params.integer("lines")?,
        limit: params.integer("limit")?,
    };
    query(&state, move |engine, state, running| {
        let found = engine.log_patterns(&state.tenant, &request, &running.context)?;
        Ok(PatternList {
            patterns: found.patterns.into_iter().map(to_pattern).collect(),
            lines: found.lines.into(),
            sampled: found.sampled,
            start_time: found.range.start.to_string(),
            end_time: found.range.end.to_string(),
            stats: running.stats(),
        })
    })
    .await
}

fn to_pattern(pattern: Pattern) -> LogPattern {
    LogPattern {
        pattern: pattern.pattern,
        count: pattern.count.into(),
        severity: pattern.severity,
        first_seen: pattern.first.to_string(),
        last_seen: pattern.last.to_string(),
        example_id: pattern.example.to_string(),
        query: pattern.query,
        trend: pattern.trend.into_iter().map(Into::into).collect(),
    }
}
