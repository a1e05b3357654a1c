//! The fields of one of our blocks, whatever its type.

use super::super::Template;
use super::super::fields::{check_http_url, go_duration, http_config, secret};
use super::{flatten, template_of};
use serde_json::Value;
use std::time::Duration;
use tacho_model::severity::Severity;
use tacho_yaml::http_client::{HttpClient, Origin, Secret};
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section, text_of};

/// The types, and other words for them.
const KINDS: [(&str, &[&str]); 11] = [
    ("email", &["mail", "smtp"]),
    ("slack", &[]),
    ("discord", &[]),
    ("msteams", &["teams", "msteamsv2", "microsoft_teams"]),
    ("pagerduty", &["pager_duty"]),
    ("opsgenie", &[]),
    ("telegram", &[]),
    ("webhook", &["http", "grafana"]),
    ("command", &["exec", "script"]),
    ("console", &["stdout"]),
    ("log", &["log_only", "log-only", "logging"]),
];

/// A block as it was written.
pub(super) struct Block {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) uid: String,
    pub(super) kind: String,
    pub(super) enabled: bool,
    pub(super) send_resolved: bool,
    pub(super) severities: Vec<Severity>,
    pub(super) timeout: Option<Duration>,
    pub(super) url: Origin,
    pub(super) api_url: String,
    pub(super) channel: String,
    pub(super) chat: Origin,
    pub(super) parse_mode: Option<String>,
    pub(super) username: String,
    pub(super) password: Origin,
    pub(super) token: Origin,
    pub(super) key: Origin,
    pub(super) hmac: Origin,
    pub(super) pagerduty_severity: String,
    pub(super) to: Vec<String>,
    pub(super) from: String,
    pub(super) smarthost: String,
    pub(super) require_tls: Option<bool>,
    pub(super) implicit_tls: Option<bool>,
    pub(super) headers: Vec<(String, Secret)>,
    pub(super) method: String,
    pub(super) format: String,
    pub(super) max_alerts: u64,
    pub(super) payload: Option<Value>,
    pub(super) title: Option<Template>,
    pub(super) message: Option<Template>,
    pub(super) command: Vec<String>,
    pub(super) http: Option<HttpClient>,
}

impl Block {
    /// Reads a block.
    pub(super) fn read(node: &Node) -> Read<Self> {
        let flat = flatten(node)?;
        let mut fields = Section::open(&flat, "receiver")?;
        let section = &mut fields;
        let name = section.text_or_empty("name")?;
        let uid = section.text_or_empty("uid")?;
        let given = section.text_or_empty("type")?;
        let kind = read_kind(section, &given, [&name, &uid])?;
        let resolved = section.flag("send_resolved")?;
        let unresolved = section.flag("disableResolveMessage")?.unwrap_or(false);
        let mut severities = read_severities(section, "severity")?;
        severities.extend(read_severities(section, "severities")?);
        let message = match text_of_kind(section, "message")? {
            Some(message) => Some(message),
            None => text_of_kind(section, "template")?,
        };
        let block = Self {
            line: flat.line,
            name,
            uid,
            enabled: section.flag("enabled")?.unwrap_or(true),
            send_resolved: resolved.unwrap_or(!unresolved),
            severities,
            timeout: read_timeout(section)?,
            url: read_url(section)?,
            api_url: section.text_or_empty("api_url")?,
            channel: section.text_or_empty("channel")?,
            chat: secret(section, "chat_id", "chat_id_file")?,
            parse_mode: section.text("parse_mode")?,
            username: section.text_or_empty("username")?,
            password: secret(section, "password", "password_file")?,
            token: secret(section, "token", "token_file")?,
            key: read_key(section)?,
            hmac: secret(section, "hmac_secret", "hmac_secret_file")?,
            pagerduty_severity: section.text_or_empty("pagerduty_severity")?,
            to: read_addresses(section)?,
            from: section.text_or_empty("from")?,
            smarthost: section.text_or_empty("smarthost")?,
            require_tls: section.flag("require_tls")?,
            implicit_tls: section.flag("force_implicit_tls")?,
            headers: read_headers(section)?,
            method: section.text_or_empty("method")?,
            format: section.text_or_empty("format")?,
            max_alerts: section.count("max_alerts")?.unwrap_or(0),
            payload: section.node("payload").map(super::super::fields::json_of),
            title: text_of_kind(section, "title")?,
            message,
            command: read_command(section)?,
            http: http_config(section)?,
            kind,
        };
        // what Grafana writes and has no meaning here
        for key in [
            "orgId",
            "singleEmail",
            "use_discord_username",
            "disable_provenance",
        ] {
            section.entry(key);
        }
        fields.finish()?;
        Ok(block)
    }
}

fn read_kind(section: &Section<'_>, given: &str, names: [&String; 2]) -> Read<String> {
    let find = |word: &str| {
        let word = word.to_ascii_lowercase();
        let known = |(kind, others): &&(&str, &[&str])| *kind == word || others.contains(&&*word);
        KINDS.iter().find(known).map(|(kind, _)| (*kind).to_owned())
    };
    if !given.is_empty() {
        return find(given).ok_or_else(|| {
            let known = KINDS.map(|(kind, _)| kind).join(", ");
            let mut wrong = section.wrong("type", format!("type {given:?} is not known"));
            wrong.hint = Some(format!("known are {known}"));
            wrong
        });
    }
    let has = |key: &str| section.entries().iter().any(|entry| entry.key == key);
    let by_fields = [
        ("email", ["to", "addresses", "email"]),
        (
            "pagerduty",
            ["routing_key", "service_key", "integration_key"],
        ),
        ("telegram", ["chat_id", "chat_id_file", "chat_id"]),
        ("command", ["command", "program", "args"]),
    ];
    let by_fields = by_fields
        .into_iter()
        .find(|(_, keys)| keys.iter().any(|key| has(key)));
    if let Some((kind, _)) = by_fields {
        return Ok(kind.to_owned());
    }
    if has("webhook_url") || has("webhook_url_file") || has("url") {
        let is_slack = has("channel") || names.iter().any(|name| name.contains("slack"));
        return Ok(if is_slack { "slack" } else { "webhook" }.to_owned());
    }
    names
        .iter()
        .find_map(|name| find(name))
        .ok_or_else(|| Wrong::new(section.line, "missing type in receiver"))
}

fn text_of_kind(section: &mut Section<'_>, key: &'static str) -> Read<Option<Template>> {
    let text = section.text(key)?.filter(|text| !text.is_empty());
    Ok(text.map(|text| template_of(&text)))
}

fn read_timeout(section: &mut Section<'_>) -> Read<Option<Duration>> {
    let timeout = go_duration(section, "timeout")?;
    Ok(timeout.filter(|timeout| !timeout.is_zero()))
}

fn read_url(section: &mut Section<'_>) -> Read<Origin> {
    let mut url = secret(section, "webhook_url", "webhook_url_file")?;
    let other = secret(section, "url", "url_file")?;
    if url.is_absent() {
        url = other;
    }
    if let Origin::Given(text) = &url
        && !text.0.contains("{{")
        && check_http_url(&text.0).is_err()
    {
        return Err(section.wrong("url", "the address is no URL of http or https"));
    }
    Ok(url)
}

/// The first key that is given, by any of its names.
fn read_key(section: &mut Section<'_>) -> Read<Origin> {
    let mut key = Origin::Absent;
    for (given, file) in [
        ("routing_key", "routing_key_file"),
        ("integration_key", "integration_key_file"),
        ("service_key", "service_key_file"),
        ("api_key", "api_key_file"),
    ] {
        let one = secret(section, given, file)?;
        if key.is_absent() {
            key = one;
        }
    }
    Ok(key)
}

/// A list, or text with commas or semicolons between.
fn read_list(section: &mut Section<'_>, key: &'static str) -> Read<Vec<String>> {
    let Some(node) = section.node(key) else {
        return Ok(Vec::new());
    };
    if let Data::Scalar { text, .. } = &node.data {
        let parts = text.split([',', ';', '\n']).map(str::trim);
        let parts = parts.filter(|part| !part.is_empty());
        return Ok(parts.map(str::to_owned).collect());
    }
    Ok(section.texts(key)?.unwrap_or_default())
}

fn read_addresses(section: &mut Section<'_>) -> Read<Vec<String>> {
    let mut all = Vec::new();
    for key in ["to", "addresses", "email"] {
        all.extend(read_list(section, key)?);
    }
    Ok(all)
}

fn read_severities(section: &mut Section<'_>, key: &'static str) -> Read<Vec<Severity>> {
    let words = read_list(section, key)?;
    let read = |word: &String| {
        Severity::of_label(word).ok_or_else(|| {
            let mut wrong = section.wrong(key, format!("severity {word:?} is not known"));
            wrong.hint = Some("known are CRITICAL, HIGH, MEDIUM, LOW, INFO".to_owned());
            wrong
        })
    };
    words.iter().map(read).collect()
}

fn read_headers(section: &mut Section<'_>) -> Read<Vec<(String, Secret)>> {
    let headers = section.text_map("headers")?.unwrap_or_default();
    for (name, value) in &headers {
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !is_name || value.contains(['\r', '\n']) {
            return Err(section.wrong("headers", format!("{name:?} is no header")));
        }
    }
    let headers = headers.into_iter();
    Ok(headers.map(|(name, value)| (name, Secret(value))).collect())
}

/// The program and its arguments: `command: [program, argument]`, or `command: program` with `args`.
fn read_command(section: &mut Section<'_>) -> Read<Vec<String>> {
    let mut command = Vec::new();
    for key in ["command", "program"] {
        match section.node(key) {
            None => {}
            Some(node) if matches!(node.data, Data::Scalar { .. }) => {
                command.push(text_of(node, key)?);
            }
            Some(_) => command.extend(section.texts(key)?.unwrap_or_default()),
        }
    }
    command.extend(section.texts("args")?.unwrap_or_default());
    Ok(command)
}
