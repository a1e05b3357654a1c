//! Fields that sections of receivers have in common: URLs, secrets or files with them, templates,
//! Go's durations, free values.

use super::Template;
use super::defaults::Defaults;
use std::time::Duration;
use tacho_yaml::http_client::{Credentials, HttpClient, Origin, Secret};
use tacho_yaml::node::{Data, Node};
use tacho_yaml::scalar::{parse_bool, parse_integer, parse_url};
use tacho_yaml::section::{Read, Section};

/// What a section of a receiver is read with.
pub(super) struct Context<'a> {
    pub(super) defaults: &'a Defaults,
    /// Its own `http_config`, if it has one.
    pub(super) own_http: Option<&'a HttpClient>,
}

impl Context<'_> {
    /// Whether the section itself says what stands in the header `Authorization`.
    pub(super) fn has_own_authorization(&self) -> bool {
        self.own_http.is_some_and(has_authorization)
    }
}

/// Whether a client has credentials of the kind `authorization`.
pub(super) fn has_authorization(http: &HttpClient) -> bool {
    matches!(http.credentials, Credentials::Authorization { .. })
}

/// The section `http_config`.
pub(super) fn http_config(section: &mut Section<'_>) -> Read<Option<HttpClient>> {
    let Some(node) = section.node("http_config") else {
        return Ok(None);
    };
    let mut inner = Section::open(node, "http_config")?;
    let http = HttpClient::read(&mut inner)?;
    inner.finish()?;
    Ok(Some(http))
}

/// What is wrong with a text as the URL of a service.
pub(super) fn check_http_url(text: &str) -> Result<(), String> {
    let parts = parse_url(text)?;
    if !["http", "https"].contains(&parts.scheme.as_str()) {
        return Err(format!("unsupported scheme {:?} for URL", parts.scheme));
    }
    if parts.host.is_empty() {
        return Err("missing host for URL".to_owned());
    }
    Ok(())
}

/// The URL of a service; null is absent.
pub(super) fn http_url(section: &mut Section<'_>, key: &'static str) -> Read<Option<String>> {
    if section.node(key).is_none() {
        return Ok(None);
    }
    let text = section.text_or_empty(key)?;
    match check_http_url(&text) {
        Ok(()) => Ok(Some(text)),
        Err(message) => Err(section.wrong(key, format!("{key}: {message}"))),
    }
}

/// A URL of a service that must end in a slash.
pub(super) fn with_slash(url: &str) -> String {
    match url.ends_with('/') {
        true => url.to_owned(),
        false => format!("{url}/"),
    }
}

/// A secret that stands here or in a file.
pub(super) fn secret(
    section: &mut Section<'_>,
    given: &'static str,
    file: &'static str,
) -> Read<Origin> {
    let text = section.text_or_empty(given)?;
    either(section, [given, file], text)
}

/// A URL that is a secret and stands here or in a file.
pub(super) fn secret_url(
    section: &mut Section<'_>,
    given: &'static str,
    file: &'static str,
) -> Read<Origin> {
    let text = match http_url(section, given) {
        Ok(url) => url.unwrap_or_default(),
        // the message must not show what stands there
        Err(_) => return Err(section.wrong(given, format!("{given}: is no URL of http or https"))),
    };
    either(section, [given, file], text)
}

fn either(
    section: &mut Section<'_>,
    [given, file]: [&'static str; 2],
    text: String,
) -> Read<Origin> {
    let path = section.text_or_empty(file)?;
    match (text.is_empty(), path.is_empty()) {
        (true, true) => Ok(Origin::Absent),
        (false, true) => Ok(Origin::Given(Secret(text))),
        (true, false) => Ok(Origin::File(path)),
        (false, false) => {
            let message = format!("at most one of {given} & {file} must be configured");
            Err(section.wrong(file, message))
        }
    }
}

/// The webhook of a chat, which must be given.
pub(super) fn webhook_url(section: &mut Section<'_>) -> Read<Origin> {
    let url = secret_url(section, "webhook_url", "webhook_url_file")?;
    if url.is_absent() {
        let message = "one of webhook_url or webhook_url_file must be configured";
        return Err(section.wrong("webhook_url", message));
    }
    Ok(url)
}

/// A template of Go, or this one if the field is not there.
pub(super) fn template(
    section: &mut Section<'_>,
    key: &'static str,
    default: &str,
) -> Read<Template> {
    let text = section.text(key)?;
    Ok(Template::Go(text.unwrap_or_else(|| default.to_owned())))
}

/// Templates of Go by name.
pub(super) fn template_map(
    section: &mut Section<'_>,
    key: &'static str,
) -> Read<Vec<(String, Template)>> {
    let pairs = section.text_map(key)?.unwrap_or_default();
    let pairs = pairs.into_iter();
    Ok(pairs
        .map(|(name, text)| (name, Template::Go(text)))
        .collect())
}

/// A duration as Go writes it: `1m30s`, `1.5h`, whole nanoseconds without a unit.
pub(super) fn go_duration(section: &mut Section<'_>, key: &'static str) -> Read<Option<Duration>> {
    if section.node(key).is_none() {
        return Ok(None);
    }
    let text = section.text_or_empty(key)?;
    match parse_go_duration(&text) {
        Some(duration) => Ok(Some(duration)),
        None => Err(section.wrong(key, format!("{key}: invalid duration {text:?}"))),
    }
}

pub(super) fn parse_go_duration(text: &str) -> Option<Duration> {
    if let Ok(nanoseconds) = text.parse::<u64>() {
        return Some(Duration::from_nanos(nanoseconds));
    }
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(digits);
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.');
        let (unit, after) = after.split_at(end.unwrap_or(after.len()));
        let scale = match unit {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * scale;
        rest = after;
    }
    let given = !text.is_empty();
    given
        .then(|| Duration::try_from_secs_f64(seconds).ok())
        .flatten()
}

/// Any value as JSON; scalars mean what YAML says they mean.
pub(crate) fn json_of(node: &Node) -> serde_json::Value {
    use serde_json::Value;
    match &node.data {
        Data::Null => Value::Null,
        Data::Scalar { text, quoted: true } => Value::String(text.clone()),
        Data::Scalar { text, .. } => {
            if let Some(flag) = parse_bool(text) {
                Value::Bool(flag)
            } else if let Some(whole) =
                parse_integer(text).filter(|_| !text.contains(['e', 'E', '.']))
            {
                Value::from(whole)
            } else if let Some(number) = text.parse().ok().and_then(serde_json::Number::from_f64) {
                Value::Number(number)
            } else {
                Value::String(text.clone())
            }
        }
        Data::Sequence(items) => items.iter().map(json_of).collect(),
        Data::Mapping(entries) => Value::Object(
            entries
                .iter()
                .map(|entry| (entry.key.clone(), json_of(&entry.value)))
                .collect(),
        ),
    }
}

/// A host and a port; the host may be empty, or an IPv6 address in brackets.
pub(super) fn check_host_port(text: &str) -> Result<(), String> {
    let Some((host, port)) = text.rsplit_once(':') else {
        return Err(format!("address {text}: missing port in address"));
    };
    if port.is_empty() {
        return Err(format!("address {text:?}: port cannot be empty"));
    }
    let bracketed = host.starts_with('[') && host.ends_with(']');
    if host.contains(':') && !bracketed {
        return Err(format!("address {text}: too many colons in address"));
    }
    Ok(())
}
