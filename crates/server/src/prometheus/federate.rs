//! `/federate`: the newest value of each series that is asked for, as exposition text.

use super::answer::PromError;
use super::form::Form;
use super::newest::{Newest, for_scrapers, newest, push_line, push_name};
use super::on_pool;
use crate::state::ServerState;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// What the text is.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
/// How long a text may get.
const BYTES_MAX: usize = 256 << 20;

/// `GET /federate`
pub(super) async fn federate(State(state): State<Arc<ServerState>>, form: Form) -> Response {
    let selectors = match form.selectors() {
        Ok(selectors) => selectors,
        Err(error) => return (StatusCode::BAD_REQUEST, error.message + "\n").into_response(),
    };
    let now_ms = state.now().0.div_euclid(1_000_000);
    let lookback = state.changeable().config.query.promql.lookback;
    let start_ms = now_ms - i64::try_from(lookback.as_millis()).unwrap_or(0);
    let external = for_scrapers(&state.changeable().config.labels_for_others());
    let text = on_pool(&state, move |view, running| {
        let mut found = newest(
            view.as_ref(),
            &selectors,
            (start_ms, now_ms),
            &running.context,
        )?;
        found.sort_by(|a, b| a.labels.metric_name().cmp(b.labels.metric_name()));
        text(&found, &external)
    })
    .await;
    match text {
        Ok(text) => {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(TEXT));
            (headers, text).into_response()
        }
        Err(PromError { message, .. }) => {
            (StatusCode::INTERNAL_SERVER_ERROR, message + "\n").into_response()
        }
    }
}

fn text(found: &[Newest], external: &[(String, String)]) -> Result<String, PromError> {
    let mut out = String::new();
    let mut family = "";
    for newest in found {
        let name = newest.labels.metric_name();
        if name.is_empty() {
            continue;
        }
        if name != family {
            family = name;
            out.push_str("# TYPE ");
            push_name(&mut out, name);
            out.push_str(" untyped\n");
        }
        push_line(&mut out, newest, external);
        if out.len() > BYTES_MAX {
            return Err(PromError::bad_data(format!(
                "the text is longer than {BYTES_MAX} bytes: ask for fewer series"
            )));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{Newest, text};
    use tacho_model::labels::Labels;

    #[test]
    fn series_are_escaped_and_carry_an_instance() {
        let found = [Newest {
            labels: Labels::from_pairs([("__name__", "up"), ("a.b", "x\"\\\n")]),
            time_ms: 5,
            value: f64::INFINITY,
        }];
        assert_eq!(
            text(&found, &[("env".to_owned(), "dev".to_owned())]).unwrap(),
            "# TYPE up untyped\nup{a_b=\"x\\\"\\\\\\n\",env=\"dev\"} +Inf 5\n"
        );
    }
}
