//! `opsgenie_configs`: alerts of Opsgenie.

use super::fields::{Context, http_url, secret, template, template_map, with_slash};
use super::{Settings, Template};
use tacho_yaml::http_client::Origin;
use tacho_yaml::node::Node;
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section};

/// An account of Opsgenie.
#[derive(Debug, Clone)]
pub struct Opsgenie {
    /// The key.
    pub api_key: Origin,
    /// Where it answers, with a slash at the end.
    pub api_url: String,
    /// One line.
    pub message: Template,
    /// More lines.
    pub description: Template,
    /// Who tells.
    pub source: Template,
    /// More, by name.
    pub details: Vec<(String, Template)>,
    /// What it is about.
    pub entity: Template,
    /// Who is to act.
    pub responders: Vec<Responder>,
    /// What can be done, separated by commas.
    pub actions: Template,
    /// Tags, separated by commas.
    pub tags: Template,
    /// A note.
    pub note: Template,
    /// `P1` to `P5`; by severity if empty.
    pub priority: Template,
    /// Whether message and description are brought up to date.
    pub update_alerts: bool,
}

/// Who is to act; one of the first three is given.
#[derive(Debug, Clone)]
pub struct Responder {
    /// An id.
    pub id: Template,
    /// A name.
    pub name: Template,
    /// A user.
    pub username: Template,
    /// `team`, `teams`, `user`, `escalation` or `schedule`.
    pub kind: Template,
}

const KINDS: [&str; 5] = ["team", "teams", "user", "escalation", "schedule"];

pub(super) fn read(section: &mut Section<'_>, context: &Context<'_>) -> Read<Settings> {
    let defaults = context.defaults;
    let api_key = match secret(section, "api_key", "api_key_file")? {
        Origin::Absent => defaults.opsgenie_key.clone(),
        own => own,
    };
    if api_key.is_absent() {
        let message = "no global OpsGenie API Key set either inline or in a file";
        return Err(section.wrong("api_key", message));
    }
    let url = http_url(section, "api_url")?;
    let items = section.items("responders")?.unwrap_or_default();
    let usual = |name: &str| format!("{{{{ template \"opsgenie.default.{name}\" . }}}}");
    Ok(Settings::Opsgenie(Box::new(Opsgenie {
        api_key,
        api_url: with_slash(&url.unwrap_or_else(|| defaults.opsgenie_url.clone())),
        message: template(section, "message", &usual("message"))?,
        description: template(section, "description", &usual("description"))?,
        source: template(section, "source", &usual("source"))?,
        details: template_map(section, "details")?,
        entity: template(section, "entity", "")?,
        responders: items.iter().map(read_responder).collect::<Read<_>>()?,
        actions: template(section, "actions", "")?,
        tags: template(section, "tags", "")?,
        note: template(section, "note", "")?,
        priority: template(section, "priority", "")?,
        update_alerts: section.flag("update_alerts")?.unwrap_or(false),
    })))
}

fn read_responder(node: &Node) -> Read<Responder> {
    let mut section = Section::open(node, "opsgenie responder")?;
    let responder = Responder {
        id: template(&mut section, "id", "")?,
        name: template(&mut section, "name", "")?,
        username: template(&mut section, "username", "")?,
        kind: template(&mut section, "type", "")?,
    };
    let line = section.line;
    section.finish()?;
    let named = [&responder.id, &responder.name, &responder.username];
    if named.iter().all(|name| name.source().is_empty()) {
        let message =
            "opsGenieConfig responder has to have at least one of id, username or name specified";
        return Err(Wrong::new(line, message));
    }
    let kind = responder.kind.source();
    if !kind.contains("{{") && !KINDS.contains(&kind.to_ascii_lowercase().as_str()) {
        let message = format!(
            "opsGenieConfig responder type {kind:?} does not match valid options ^(team|teams|user|escalation|schedule)$"
        );
        return Err(Wrong::new(line, message));
    }
    Ok(responder)
}
