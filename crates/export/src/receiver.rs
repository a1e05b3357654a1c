//! Receivers as they are configured: those of an `alertmanager.yml` (this file and one file a kind
//! below), and our own blocks (`own.rs`).
//!
//! All sections of Alertmanager are read strictly, also those that are not delivered yet; secrets in
//! files are named here and read when a message goes out.

pub mod defaults;
pub mod discord;
pub mod email;
mod fields;
mod kind;
pub mod opsgenie;
pub mod own;
pub mod pagerduty;
pub mod slack;
pub mod teams;
pub mod telegram;
mod undelivered;
pub mod webhook;

use crate::notification::IntegrationKey;
use defaults::Defaults;
use fields::Context;
use kind::{KINDS, Kind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tacho_model::severity::Severity;
use tacho_yaml::http_client::HttpClient;
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section, items_of};

/// Who is told: a name and the ways to it.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// The name by which routes call it.
    pub name: String,
    /// Labels by which it is found; `name` is one of them.
    pub labels: Vec<(String, String)>,
    /// The ways, in the order in which Alertmanager has them.
    pub integrations: Vec<Arc<Integration>>,
}

/// One way to a receiver.
#[derive(Debug, Clone)]
pub struct Integration {
    /// Its name.
    pub key: IntegrationKey,
    /// Whether the end of alerts is told too.
    pub send_resolved: bool,
    /// Severities it takes; all if empty. Alerts of others are left out of its messages.
    pub severities: Vec<Severity>,
    /// What it is.
    pub settings: Settings,
    /// How it is called, for those that are called over HTTP.
    pub http: HttpClient,
    /// Longest try, if it is not the usual one.
    pub timeout: Option<Duration>,
}

/// What an integration is.
#[derive(Debug, Clone)]
pub enum Settings {
    /// Mail.
    Email(Box<email::Email>),
    /// Slack.
    Slack(Box<slack::Slack>),
    /// Discord.
    Discord(discord::Discord),
    /// Microsoft Teams.
    Teams(teams::Teams),
    /// PagerDuty.
    PagerDuty(Box<pagerduty::PagerDuty>),
    /// Opsgenie.
    Opsgenie(Box<opsgenie::Opsgenie>),
    /// Telegram.
    Telegram(telegram::Telegram),
    /// A call of any URL.
    Webhook(Box<webhook::Webhook>),
    /// A program.
    Command(own::Command),
    /// A line on standard output.
    Console(own::Console),
    /// A line in our own log.
    Log,
    /// A kind of Alertmanager that tacho does not deliver to yet.
    Undelivered,
}

/// Text with places that are filled in when a message is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Template {
    /// As Alertmanager writes it.
    Go(String),
    /// As our own blocks write it.
    Jinja(String),
}

impl Template {
    /// The text before anything is filled in.
    pub fn source(&self) -> &str {
        match self {
            Self::Go(text) | Self::Jinja(text) => text,
        }
    }
}

/// Receivers and what is worth knowing about them.
#[derive(Debug, Clone, Default)]
pub struct Receivers {
    /// In the order of the file.
    pub receivers: Vec<Receiver>,
    /// What is read but not done.
    pub warnings: Vec<Wrong>,
}

impl Receivers {
    /// Makes the paths of files with secrets relative to a folder.
    pub fn set_folder(&mut self, folder: &Path) {
        let receivers = self.receivers.iter_mut();
        for integration in receivers.flat_map(|receiver| &mut receiver.integrations) {
            Arc::make_mut(integration).set_folder(folder);
        }
    }
}

/// Reads the list `receivers` of an `alertmanager.yml`.
///
/// # Errors
/// The first thing that Alertmanager would refuse too.
pub fn read_receivers(node: &Node, defaults: &Defaults) -> Read<Receivers> {
    let mut out = Receivers::default();
    for item in items_of(node, "receivers")? {
        let receiver = read_receiver(item, defaults, &mut out.warnings)?;
        if out
            .receivers
            .iter()
            .any(|known| known.name == receiver.name)
        {
            let message = format!("notification config name {:?} is not unique", receiver.name);
            return Err(Wrong::new(item.line, message));
        }
        out.receivers.push(receiver);
    }
    Ok(out)
}

fn read_receiver(node: &Node, defaults: &Defaults, warnings: &mut Vec<Wrong>) -> Read<Receiver> {
    let mut section = Section::open(node, "receiver")?;
    let name = section.text_or_empty("name")?;
    if name.is_empty() {
        return Err(Wrong::new(section.line, "missing name in receiver"));
    }
    let mut labels = section.text_map("labels")?.unwrap_or_default();
    match labels.iter().find(|(label, _)| label == "name") {
        Some((_, value)) if *value != name => {
            let message =
                format!("receiver label \"name\" must match receiver name {name:?}, got {value:?}");
            return Err(section.wrong("labels", message));
        }
        Some(_) => {}
        None => labels.push(("name".to_owned(), name.clone())),
    }
    let mut integrations = Vec::new();
    for kind in &KINDS {
        let Some(items) = section.items(kind.field)? else {
            continue;
        };
        for (index, item) in items.iter().enumerate() {
            let key = IntegrationKey {
                receiver: name.clone(),
                kind: kind.name.to_owned(),
                index,
            };
            let integration = read_integration(item, kind, key, defaults)?;
            if matches!(integration.settings, Settings::Undelivered) {
                let message = format!("{}: not delivered by tacho yet", kind.field);
                warnings.push(Wrong::new(item.line, message));
            }
            integrations.push(Arc::new(integration));
        }
    }
    section.finish()?;
    Ok(Receiver {
        name,
        labels,
        integrations,
    })
}

fn read_integration(
    node: &Node,
    kind: &Kind,
    key: IntegrationKey,
    defaults: &Defaults,
) -> Read<Integration> {
    if matches!(node.data, Data::Null) {
        return Err(Wrong::new(node.line, format!("missing {}", kind.section)));
    }
    let mut section = Section::open(node, kind.section)?;
    let send_resolved = section.flag("send_resolved")?.unwrap_or(kind.send_resolved);
    let own_http = match kind.name {
        "email" => None,
        _ => fields::http_config(&mut section)?,
    };
    let context = Context {
        defaults,
        own_http: own_http.as_ref(),
    };
    let settings = (kind.read)(&mut section, &context)?;
    let timeout = match kind.name {
        "slack" | "pagerduty" | "webhook" | "incidentio" => {
            fields::go_duration(&mut section, "timeout")?.filter(|timeout| !timeout.is_zero())
        }
        _ => None,
    };
    section.finish()?;
    let mut http = own_http.unwrap_or_else(|| defaults.http.clone());
    if kind.name == "msteamsv2" && http.proxy.url.is_empty() {
        http.proxy.url.clone_from(&defaults.http.proxy.url);
    }
    Ok(Integration {
        key,
        send_resolved,
        severities: Vec::new(),
        settings,
        http,
        timeout,
    })
}

impl Integration {
    /// Makes the paths of files with secrets relative to a folder.
    pub fn set_folder(&mut self, folder: &Path) {
        self.http.set_folder(folder);
        match &mut self.settings {
            Settings::Email(email) => email.set_folder(folder),
            Settings::Slack(slack) => {
                slack.url.set_folder(folder);
                slack.token.set_folder(folder);
            }
            Settings::Discord(discord) => discord.url.set_folder(folder),
            Settings::Teams(teams) => teams.url.set_folder(folder),
            Settings::PagerDuty(pagerduty) => pagerduty.key.set_folder(folder),
            Settings::Opsgenie(opsgenie) => opsgenie.api_key.set_folder(folder),
            Settings::Telegram(telegram) => {
                telegram.token.set_folder(folder);
                telegram.chat.set_folder(folder);
            }
            Settings::Webhook(webhook) => {
                webhook.url.set_folder(folder);
                webhook.hmac.set_folder(folder);
            }
            Settings::Command(_) | Settings::Console(_) | Settings::Log | Settings::Undelivered => {
            }
        }
    }
}

/// What a text means as a value of YAML, if it is more than text: a number, a truth value, nothing, a
/// list or a mapping.
pub(crate) fn free_value(text: &str) -> Option<serde_json::Value> {
    let node = tacho_yaml::node::parse(text).ok()?;
    let value = fields::json_of(&node);
    (!value.is_string()).then_some(value)
}

#[cfg(test)]
mod tests;
