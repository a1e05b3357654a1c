//! Names: series, labels, values of labels, metadata, exemplars.

use super::answer::{PromAnswer, PromError, success};
use super::form::Form;
use super::on_pool;
use crate::state::ServerState;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::metric::{Exemplar, Metadata};
use tacho_storage::samples::read::NamesRequest;

/// What an answer that was cut says.
const TRUNCATED: &str = "results truncated due to limit";
/// Prefix of escaped label names in paths.
const ESCAPED: &str = "U__";

/// A list and whether it was cut.
struct Cut<T> {
    items: Vec<T>,
    warnings: Vec<String>,
}

fn cut<T>(mut items: Vec<T>, limit: usize) -> Cut<T> {
    let too_many = limit > 0 && items.len() > limit;
    if too_many {
        items.truncate(limit);
    }
    let warnings = if too_many {
        vec![TRUNCATED.to_owned()]
    } else {
        Vec::new()
    };
    Cut { items, warnings }
}

fn request(form: &Form, limit: usize) -> PromAnswer<NamesRequest> {
    let (start_ms, end_ms) = form.range_ms()?;
    Ok(NamesRequest {
        selectors: form.selectors()?,
        start_ms,
        end_ms,
        // One more, to know whether there are more.
        limit: if limit == 0 { 0 } else { limit + 1 },
    })
}

/// `GET|POST series`
pub(super) async fn series(
    State(state): State<Arc<ServerState>>,
    form: Form,
) -> PromAnswer<Response> {
    if form.texts("match[]").next().is_none() {
        return Err(PromError::bad_data("no match[] parameter provided"));
    }
    let limit = form.limit()?;
    let request = request(&form, limit).map_err(|error| wrap_match(error, "match[]"))?;
    let found = on_pool(&state, move |view, running| {
        Ok(view.label_sets(&request, &running.context)?)
    })
    .await?;
    let cut = cut(found, limit);
    let shown: Vec<BTreeMap<&str, &str>> = cut
        .items
        .iter()
        .map(|labels| labels.iter().collect())
        .collect();
    success(&shown, &cut.warnings)
}

fn wrap_match(error: PromError, name: &str) -> PromError {
    if error.message.starts_with("invalid parameter") {
        error
    } else {
        PromError::parameter(name, error.message)
    }
}

/// `GET|POST labels`
pub(super) async fn labels(
    State(state): State<Arc<ServerState>>,
    form: Form,
) -> PromAnswer<Response> {
    let limit = form.limit()?;
    let request = request(&form, limit)?;
    let found = on_pool(&state, move |view, running| {
        Ok(view.label_names(&request, &running.context)?)
    })
    .await?;
    let cut = cut(found, limit);
    success(&cut.items, &cut.warnings)
}

/// `GET label/{name}/values`
pub(super) async fn label_values(
    State(state): State<Arc<ServerState>>,
    Path(name): Path<String>,
    form: Form,
) -> PromAnswer<Response> {
    let name = unescape(&name);
    if name.is_empty() {
        return Err(PromError::bad_data("invalid label name: \"\""));
    }
    let limit = form.limit()?;
    let request = request(&form, limit)?;
    let found = on_pool(&state, move |view, running| {
        Ok(view.label_values(&name, &request, &running.context)?)
    })
    .await?;
    let cut = cut(found, limit);
    success(&cut.items, &cut.warnings)
}

/// A label's name out of its form in paths: `U__http_2e_status` is `http.status`.
fn unescape(name: &str) -> String {
    let Some(rest) = name.strip_prefix(ESCAPED) else {
        return name.to_owned();
    };
    let mut out = String::with_capacity(rest.len());
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        if c != '_' {
            out.push(c);
            continue;
        }
        let code: String = chars.by_ref().take_while(|c| *c != '_').collect();
        if code.is_empty() {
            out.push('_');
        } else {
            match u32::from_str_radix(&code, 16).ok().and_then(char::from_u32) {
                Some(decoded) => out.push(decoded),
                // Not escaped after all.
                None => return name.to_owned(),
            }
        }
    }
    out
}

#[derive(Serialize)]
struct MetadataShape<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    help: &'a str,
    unit: &'a str,
}

/// A number or nothing; what Prometheus calls it when it is none.
fn count(form: &Form, name: &str) -> PromAnswer<Option<usize>> {
    match form.text(name) {
        "" => Ok(None),
        text => match text.parse::<i64>() {
            Ok(number) => Ok(usize::try_from(number).ok()),
            Err(_) => Err(PromError::bad_data(format!("{name} must be a number"))),
        },
    }
}

/// `GET metadata`
pub(super) async fn metadata(
    State(state): State<Arc<ServerState>>,
    form: Form,
) -> PromAnswer<Response> {
    let limit = count(&form, "limit")?;
    let per_metric = count(&form, "limit_per_metric")?.filter(|limit| *limit > 0);
    let metric = form.text("metric").to_owned();
    let found = on_pool(&state, move |view, running| {
        Ok(view.metadata(&running.context)?)
    })
    .await?;
    let mut families: BTreeMap<&str, Vec<MetadataShape<'_>>> = BTreeMap::new();
    for (family, metadata) in &found {
        if !metric.is_empty() && metric != *family {
            continue;
        }
        if limit
            .is_some_and(|limit| families.len() >= limit && !families.contains_key(family.as_str()))
        {
            break;
        }
        add_metadata(families.entry(family).or_default(), metadata, per_metric);
    }
    success(&families, &[])
}

fn add_metadata<'a>(
    shapes: &mut Vec<MetadataShape<'a>>,
    metadata: &'a Metadata,
    per_metric: Option<usize>,
) {
    let known = shapes.iter().any(|shape| {
        (shape.kind, shape.help, shape.unit)
            == (metadata.kind.as_str(), &*metadata.help, &*metadata.unit)
    });
    if !known && per_metric.is_none_or(|limit| shapes.len() < limit) {
        shapes.push(MetadataShape {
            kind: metadata.kind.as_str(),
            help: &metadata.help,
            unit: &metadata.unit,
        });
    }
}

/// `GET|POST query_exemplars`
pub(super) async fn exemplars(
    State(state): State<Arc<ServerState>>,
    form: Form,
) -> PromAnswer<Response> {
    let (start_ms, end_ms) = form.range_ms()?;
    if end_ms < start_ms {
        return Err(PromError::bad_data(
            "end timestamp must not be before start timestamp",
        ));
    }
    let selectors = super::selector::of_query(form.text("query"))?;
    if selectors.is_empty() {
        return Ok(super::answer::success_without_data());
    }
    let request = NamesRequest {
        selectors,
        start_ms,
        end_ms,
        limit: 0,
    };
    let found = on_pool(&state, move |view, running| {
        Ok(view.exemplars(&request, &running.context)?)
    })
    .await?;
    let shown: Vec<Value> = found
        .iter()
        .map(|(labels, exemplars)| {
            json!({
                "seriesLabels": object(labels),
                "exemplars": exemplars.iter().map(exemplar).collect::<Vec<_>>(),
            })
        })
        .collect();
    success(&shown, &[])
}

fn object(labels: &Labels) -> Map<String, Value> {
    labels
        .iter()
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect()
}

fn exemplar(exemplar: &Exemplar) -> Value {
    let mut value = String::new();
    super::write_json::plain_number(&mut value, exemplar.value);
    // Milliseconds, as all times of this API.
    let ms = exemplar.time_ns.div_euclid(1_000_000);
    json!({
        "labels": object(&exemplar.labels),
        "value": value,
        "timestamp": ms as f64 / 1000.0,
    })
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escaped_names_of_labels_are_read() {
        assert_eq!(unescape("U__http_2e_status__code"), "http.status_code");
        assert_eq!(unescape("job"), "job");
        assert_eq!(unescape("U__bad_zz_"), "U__bad_zz_");
    }
}
