//! Targets that are scraped, as Prometheus shows them.

use super::answer::{PromAnswer, PromError, success};
use super::form::Form;
use crate::routes::Shared;
use crate::state::ServerState;
use axum::response::Response;
use serde_json::json;
use tacho_api::metric::Target;
use tacho_model::labels::Labels;
use tacho_storage::samples::matcher::LabelMatcher;

/// Items of the metadata of targets at most, if nobody says how many.
const METADATA_MAX: usize = 100_000;

/// `GET targets`
pub(super) async fn targets(state: Shared, form: Form) -> PromAnswer<Response> {
    let pool = Some(form.text("scrapePool")).filter(|pool| !pool.is_empty());
    let mut targets = state.0.core()?.scraping.scraper.targets(pool);
    match form.text("state").to_ascii_lowercase().as_str() {
        "active" => {
            targets.dropped_targets.clear();
            targets.dropped_target_counts.clear();
        }
        "dropped" => targets.active_targets.clear(),
        _ => {}
    }
    success(&targets, &[])
}

/// `GET targets/metadata`
pub(super) async fn metadata(state: Shared, form: Form) -> PromAnswer<Response> {
    let limit = match form.text("limit") {
        "" => METADATA_MAX,
        text => match text.parse::<i64>() {
            Ok(limit) => usize::try_from(limit).unwrap_or(METADATA_MAX),
            Err(_) => return Err(PromError::bad_data("limit must be a number")),
        },
    };
    let matchers = match form.text("match_target") {
        "" => Vec::new(),
        text => super::selector::parse_any(text)?,
    };
    let wanted = |labels: &Labels| {
        matchers
            .iter()
            .all(|matcher: &LabelMatcher| matcher.matches_labels(labels))
    };
    let metric = Some(form.text("metric")).filter(|metric| !metric.is_empty());
    let scraper = &state.0.core()?.scraping.scraper;
    let mut found = scraper.metadata(&wanted, metric, limit);
    if metric.is_some() {
        for item in &mut found {
            item.metric.clear();
        }
    }
    success(&found, &[])
}

/// `GET scrape_pools`
pub(super) async fn pools(state: Shared) -> PromAnswer<Response> {
    let pools = state.0.core()?.scraping.scraper.pools();
    success(&json!({ "scrapePools": pools }), &[])
}

/// The scrape configuration in force, as YAML without secrets.
pub(super) fn config_text(state: &ServerState) -> String {
    match &state.changeable().config.scrape.prometheus {
        Some(prometheus) => prometheus.text.clone(),
        None => "global: {}\n".to_owned(),
    }
}

/// The targets in the shape of our own API.
pub(crate) fn targets_of(state: &ServerState) -> Vec<Target> {
    let Some(core) = state.core_if_ready() else {
        return Vec::new();
    };
    let targets = core.scraping.scraper.targets(None);
    targets
        .active_targets
        .into_iter()
        .map(|target| {
            let interval_ms = super::form::parse_duration_ms(&target.scrape_interval);
            Target {
                job: target.scrape_pool,
                url: target.scrape_url,
                labels: target.labels,
                health: target.health.as_str().to_owned(),
                last_error: target.last_error,
                last_scrape: Some(target.last_scrape).filter(|time| !time.starts_with("0001-")),
                last_scrape_duration_ms: target.last_scrape_duration * 1000.0,
                interval_ms: interval_ms.unwrap_or(0) as f64,
            }
        })
        .collect()
}
