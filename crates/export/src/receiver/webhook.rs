//! `webhook_configs`: a call of any URL, in Alertmanager's shape or in one of one's own.

use super::fields::{Context, check_http_url, json_of};
use super::{Settings, Template};
use serde_json::Value;
use tacho_yaml::http_client::{Origin, Secret};
use tacho_yaml::section::{Read, Section};

/// A call of a URL.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The URL, which may have places that are filled in.
    pub url: Origin,
    /// The method; `POST` unless one of our own blocks says `PUT`.
    pub method: Method,
    /// What is sent.
    pub shape: Shape,
    /// Most alerts; 0 for all.
    pub max_alerts: u64,
    /// With what calls are signed; absent for not at all.
    pub hmac: Origin,
    /// The title in Grafana's shape; ours if absent.
    pub title: Option<Template>,
    /// The text in Grafana's shape; ours if absent.
    pub message: Option<Template>,
}

/// How a webhook is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

/// What a webhook gets.
#[derive(Debug, Clone)]
pub enum Shape {
    /// The JSON of Alertmanager, version 4.
    Alertmanager,
    /// The JSON of Grafana.
    Grafana,
    /// A value with templates in its texts.
    Own(Value),
    /// Text that is sent as it is written; JSON if it is JSON.
    Text(Template),
}

pub(super) fn read(section: &mut Section<'_>, _: &Context<'_>) -> Read<Settings> {
    let url = section.text_or_empty("url")?;
    let file = section.text_or_empty("url_file")?;
    let url = match (url.is_empty(), file.is_empty()) {
        (true, true) => {
            let message = "one of url or url_file must be configured";
            return Err(section.wrong("url", message));
        }
        (false, false) => {
            let message = "at most one of url & url_file must be configured";
            return Err(section.wrong("url_file", message));
        }
        (true, false) => Origin::File(file),
        (false, true) => {
            let is_fixed = !url.contains("{{") && url != "<secret>";
            if let (true, Err(message)) = (is_fixed, check_http_url(&url)) {
                return Err(section.wrong("url", format!("invalid URL: {message}")));
            }
            Origin::Given(Secret(url))
        }
    };
    Ok(Settings::Webhook(Box::new(Webhook {
        url,
        method: Method::Post,
        shape: match section.node("payload") {
            Some(node) => Shape::Own(json_of(node)),
            None => Shape::Alertmanager,
        },
        max_alerts: section.count("max_alerts")?.unwrap_or(0),
        hmac: Origin::Absent,
        title: None,
        message: None,
    })))
}
