//! What each service is sent, and what its answers mean: one file a service, all of it without
//! sockets.
//!
//! `compose` makes a `Letter` of a notification; who sends it (`delivery`) asks `verdict` about the
//! answer.

pub mod command;
pub mod console;
pub mod discord;
pub mod email;
pub mod json;
pub mod opsgenie;
pub mod pagerduty;
pub mod signature;
pub mod slack;
pub mod teams;
pub mod telegram;
pub mod webhook;

use crate::message::Writer;
use crate::message::cut;
use crate::message::markup::{Markup, one_line};
use crate::receiver::telegram::Marks;
use crate::receiver::{Integration, Settings};
use crate::secret::{SecretReader, text_of};
use sha2::{Digest, Sha256};
use std::time::Duration;
use tacho_yaml::http_client::Origin;

/// How a service is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
}

impl Method {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
        }
    }
}

/// One call of a service.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelRequest {
    /// The method.
    pub method: Method,
    /// The address; may hold a secret.
    pub url: String,
    /// Headers; may hold secrets.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for ChannelRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} bytes)", self.method.as_str(), self.body.len())
    }
}

impl ChannelRequest {
    /// A call with a body of JSON.
    pub fn json(method: Method, url: impl Into<String>, body: &serde_json::Value) -> Self {
        Self {
            method,
            url: url.into(),
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    /// The body as text.
    pub fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The calls of one message.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The message.
    pub main: ChannelRequest,
    /// The same with less, if the service cannot read the first.
    pub plainer: Option<ChannelRequest>,
    /// What is done afterwards, such as marking the first message of a thread; may fail.
    pub after: Vec<ChannelRequest>,
}

impl Plan {
    /// One call.
    pub fn one(main: ChannelRequest) -> Self {
        Self {
            main,
            plainer: None,
            after: Vec::new(),
        }
    }
}

/// A message ready to go.
#[derive(Debug)]
pub enum Letter {
    /// Calls over HTTP.
    Http(Plan),
    /// A mail.
    Mail(Box<email::Mail>),
    /// A program.
    Command(command::Run),
    /// A line on standard output.
    Line(String),
    /// A line in our own log.
    Log(String),
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The service has the message.
    Sent {
        /// What it calls it.
        thread: Option<String>,
    },
    /// It may take it later.
    Retry {
        /// Not before this has passed.
        after: Option<Duration>,
        /// Why.
        error: String,
    },
    /// It will never take it.
    Refused {
        /// Why.
        error: String,
    },
    /// It cannot read the marks; the plainer message may do.
    Unreadable {
        /// Why.
        error: String,
    },
}

/// An answer.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// The headers, in lower case.
    pub headers: &'a [(String, String)],
    /// The body, or as much as was taken.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(self.body).ok()
    }

    /// `Retry-After` in seconds, at most an hour.
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds: f64 = self.header("retry-after")?.trim().parse().ok()?;
        wait(seconds)
    }

    /// The status and what the body says.
    pub fn text(&self) -> String {
        let body = String::from_utf8_lossy(self.body);
        let body = cut::chars(&one_line(&body), 200);
        match body.is_empty() {
            true => format!("status {}", self.status),
            false => format!("status {}: {body}", self.status),
        }
    }

    /// What the status alone means.
    pub fn verdict(&self) -> Verdict {
        match self.status {
            200..=299 => Verdict::Sent { thread: None },
            408 | 425 | 429 | 500..=599 => Verdict::Retry {
                after: self.retry_after(),
                error: self.text(),
            },
            _ => Verdict::Refused { error: self.text() },
        }
    }
}

/// A wait that a service asks for, at most an hour.
fn wait(seconds: f64) -> Option<Duration> {
    let wait = Duration::try_from_secs_f64(seconds.max(0.0)).ok()?;
    Some(wait.min(Duration::from_secs(3_600)))
}

/// The secrets of an integration at this moment; empty where it has none.
#[derive(Clone, Default)]
pub struct Secrets {
    /// The webhook.
    pub url: String,
    /// The token, key or password.
    pub token: String,
    /// The chat of Telegram.
    pub chat: String,
    /// With what calls are signed.
    pub hmac: String,
}

impl Secrets {
    /// Reads the secrets of an integration.
    ///
    /// # Errors
    /// If a file cannot be read, or a needed one is empty.
    pub fn read(settings: &Settings, reader: &dyn SecretReader) -> Result<Self, String> {
        let needed = |origin: &Origin, what: &str| {
            let text = text_of(origin, reader)?.unwrap_or_default();
            match text.is_empty() {
                true => Err(format!("{what} is empty")),
                false => Ok(text),
            }
        };
        let any = |origin: &Origin| Ok::<_, String>(text_of(origin, reader)?.unwrap_or_default());
        let mut secrets = Self::default();
        match settings {
            Settings::Email(email) => secrets.token = any(&email.password)?,
            Settings::Slack(slack) => {
                secrets.url = needed(&slack.url, "the address of Slack")?;
                secrets.token = any(&slack.token)?;
            }
            Settings::Discord(discord) => secrets.url = needed(&discord.url, "the webhook")?,
            Settings::Teams(teams) => secrets.url = needed(&teams.url, "the webhook")?,
            Settings::PagerDuty(pagerduty) => {
                secrets.token = needed(&pagerduty.key, "the routing key")?;
            }
            Settings::Opsgenie(opsgenie) => {
                secrets.token = needed(&opsgenie.api_key, "the API key")?;
            }
            Settings::Telegram(telegram) => {
                secrets.token = needed(&telegram.token, "the token of the bot")?;
                secrets.chat = needed(&telegram.chat, "the chat")?;
            }
            Settings::Webhook(webhook) => {
                secrets.url = needed(&webhook.url, "the URL")?;
                secrets.hmac = any(&webhook.hmac)?;
            }
            Settings::Command(_) | Settings::Console(_) | Settings::Log | Settings::Undelivered => {
            }
        }
        Ok(secrets)
    }

    /// Text without these secrets.
    pub fn mask(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        for secret in [&self.url, &self.token, &self.hmac] {
            if secret.len() >= 3 {
                masked = masked.replace(secret.as_str(), "<secret>");
            }
        }
        masked
    }
}

/// The marks of an integration's texts.
pub fn markup(settings: &Settings) -> Markup {
    match settings {
        Settings::Slack(_) => Markup::Slack,
        Settings::Discord(_) => Markup::Discord,
        Settings::Teams(_) => Markup::Teams,
        Settings::Telegram(telegram) => match telegram.marks {
            Marks::None => Markup::Plain,
            Marks::Html => Markup::TelegramHtml,
            Marks::Markdown => Markup::TelegramMarkdown,
            Marks::MarkdownV2 => Markup::TelegramMarkdownV2,
        },
        _ => Markup::Plain,
    }
}

/// The message of a notification; the writer has the marks of the integration.
///
/// # Errors
/// Why there can be none, for good: the kind is not delivered, an address cannot be read.
pub fn compose(
    integration: &Integration,
    writer: &Writer<'_>,
    secrets: &Secrets,
) -> Result<Letter, String> {
    let http = |plan: Plan| Ok(Letter::Http(plan));
    match &integration.settings {
        Settings::Email(settings) => {
            email::mail(settings, writer).map(|mail| Letter::Mail(Box::new(mail)))
        }
        Settings::Slack(settings) => http(slack::plan(settings, writer, secrets)),
        Settings::Discord(settings) => discord::plan(settings, writer, secrets).map(Letter::Http),
        Settings::Teams(settings) => http(teams::plan(settings, writer, secrets)),
        Settings::PagerDuty(settings) => http(pagerduty::plan(settings, writer, secrets)),
        Settings::Opsgenie(settings) => http(opsgenie::plan(settings, writer, secrets)),
        Settings::Telegram(settings) => http(telegram::plan(settings, writer, secrets)),
        Settings::Webhook(settings) => webhook::plan(settings, writer, secrets).map(Letter::Http),
        Settings::Command(settings) => Ok(Letter::Command(command::run(settings, writer))),
        Settings::Console(settings) => Ok(Letter::Line(console::line(settings, writer))),
        Settings::Log => Ok(Letter::Log(console::log_line(writer))),
        Settings::Undelivered => Err(format!(
            "messages to {} are not delivered by tacho yet",
            integration.key.kind
        )),
    }
}

/// What the answer to the main call of an integration means; `thread` is what the notification knew.
pub fn verdict(settings: &Settings, answer: &Answer<'_>, thread: Option<&str>) -> Verdict {
    let verdict = match settings {
        Settings::Slack(_) => slack::verdict(answer),
        Settings::Discord(_) => discord::verdict(answer),
        Settings::Teams(_) => teams::verdict(answer),
        Settings::Telegram(_) => telegram::verdict(answer),
        _ => answer.verdict(),
    };
    match (verdict, thread) {
        // the first message of a thread stays the one that later ones join
        (Verdict::Sent { .. }, Some(thread)) => Verdict::Sent {
            thread: Some(thread.to_owned()),
        },
        (verdict, _) => verdict,
    }
}

/// The name of a group for services that put messages together: 64 hexadecimal digits, as
/// Alertmanager makes them.
pub fn group_hash(group_key: &str) -> String {
    hex(&Sha256::digest(group_key.as_bytes()))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests;
