//! Calls of any URL: Alertmanager's JSON, Grafana's, a value or a text of one's own; signed if there
//! is a secret for it.

use super::json::{alertmanager, fill_values, grafana, plain_message};
use super::signature::{SIGNATURE, TIMESTAMP, signature};
use super::{ChannelRequest, Method, Plan, Secrets};
use crate::message::{Writer, links};
use crate::receiver::Template;
use crate::receiver::webhook::{self, Shape, Webhook};

/// The calls of a notification.
///
/// # Errors
/// If the URL cannot be filled in.
pub fn plan(webhook: &Webhook, writer: &Writer<'_>, secrets: &Secrets) -> Result<Plan, String> {
    let url = match secrets.url.contains("{{") {
        false => secrets.url.clone(),
        true => {
            let template = Template::Go(secrets.url.clone());
            let url = writer.try_fill(&template, false);
            // the reason would show the URL
            url.map_err(|_| "the template of the URL failed".to_owned())?
        }
    };
    if url.trim().is_empty() {
        return Err("the URL is empty after its template was filled in".to_owned());
    }
    let method = match webhook.method {
        webhook::Method::Post => Method::Post,
        webhook::Method::Put => Method::Put,
    };
    let base = links::base(writer.context());
    let notification = writer.notification();
    let mut request = match &webhook.shape {
        Shape::Alertmanager => {
            let body = alertmanager(notification, &base, webhook.max_alerts);
            ChannelRequest::json(method, url, &body)
        }
        Shape::Grafana => {
            let (title, text) = texts(webhook, writer);
            let body = grafana(writer, &title, &text, webhook.max_alerts);
            ChannelRequest::json(method, url, &body)
        }
        Shape::Own(value) => ChannelRequest::json(method, url, &fill_values(value, writer)),
        Shape::Text(template) => text(template, writer, method, url),
    };
    let key = format!("tacho-{}", notification.id);
    request.headers.push(("idempotency-key", key));
    if !secrets.hmac.is_empty() {
        let seconds = writer.context().now_ms.div_euclid(1_000);
        let value = signature(&secrets.hmac, seconds, &request.body);
        request.headers.push((TIMESTAMP, seconds.to_string()));
        request.headers.push((SIGNATURE, value));
    }
    Ok(Plan::one(request))
}

/// Title and text in Grafana's shape.
fn texts(webhook: &Webhook, writer: &Writer<'_>) -> (String, String) {
    let title = match &webhook.title {
        Some(template) => writer.fill(template, || writer.default_title()),
        None => writer.default_title(),
    };
    let own = || plain_message(writer.facts());
    let text = match &webhook.message {
        Some(template) => writer.fill(template, own),
        None => own(),
    };
    (title, writer.with_notice(text))
}

/// A text of one's own: JSON if it is JSON.
fn text(template: &Template, writer: &Writer<'_>, method: Method, url: String) -> ChannelRequest {
    let own = || plain_message(writer.facts());
    let text = writer.fill(template, own);
    let text = writer.with_notice(text);
    let is_json = serde_json::from_str::<serde_json::Value>(&text).is_ok();
    let kind = match is_json {
        true => "application/json",
        false => "text/plain; charset=utf-8",
    };
    ChannelRequest {
        method,
        url,
        headers: vec![("content-type", kind.to_owned())],
        body: text.into_bytes(),
    }
}
