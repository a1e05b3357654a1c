//! `telegram_configs`: a chat of Telegram.

use super::fields::{Context, http_url, secret, template};
use super::{Settings, Template};
use tacho_yaml::http_client::{Origin, Secret};
use tacho_yaml::section::{Read, Section};

/// A chat of Telegram.
#[derive(Debug, Clone)]
pub struct Telegram {
    /// Where bots are called, without a slash at the end.
    pub api_url: String,
    /// The token of the bot.
    pub token: Origin,
    /// The number or name of the chat.
    pub chat: Origin,
    /// The topic in the chat.
    pub topic: Option<i64>,
    /// The text.
    pub message: Template,
    /// Whether no sound is made.
    pub is_silent: bool,
    /// How marks in the text are read.
    pub marks: Marks,
}

/// How marks in a text of Telegram are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// Not at all.
    None,
    /// As HTML.
    Html,
    /// As `Markdown`, the old one.
    Markdown,
    /// As `MarkdownV2`.
    MarkdownV2,
}

impl Marks {
    /// The name by which Telegram knows it; nothing for none.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Html => Some("HTML"),
            Self::Markdown => Some("Markdown"),
            Self::MarkdownV2 => Some("MarkdownV2"),
        }
    }
}

pub(super) fn read(section: &mut Section<'_>, context: &Context<'_>) -> Read<Settings> {
    let defaults = context.defaults;
    let token = match secret(section, "bot_token", "bot_token_file")? {
        Origin::Absent => defaults.telegram_token.clone(),
        own => own,
    };
    if token.is_absent() {
        let message = "missing bot_token or bot_token_file on telegram_config";
        return Err(section.wrong("bot_token", message));
    }
    let chat = section.integer("chat_id")?.filter(|chat| *chat != 0);
    let chat_file = section.text_or_empty("chat_id_file")?;
    let chat = match (chat, chat_file.is_empty()) {
        (Some(chat), true) => Origin::Given(Secret(chat.to_string())),
        (None, false) => Origin::File(chat_file),
        (None, true) => {
            let message = "missing chat_id or chat_id_file on telegram_config";
            return Err(section.wrong("chat_id", message));
        }
        (Some(_), false) => {
            let message = "at most one of chat_id & chat_id_file must be configured";
            return Err(section.wrong("chat_id_file", message));
        }
    };
    let url = http_url(section, "api_url")?.unwrap_or_else(|| defaults.telegram_url.clone());
    let mode = section.text("parse_mode")?;
    let Some(marks) = marks_of(mode.as_deref().unwrap_or("HTML")) else {
        let message = "unknown parse_mode on telegram_config, must be Markdown, MarkdownV2, HTML or empty string";
        return Err(section.wrong("parse_mode", message));
    };
    let usual = "{{ template \"telegram.default.message\" . }}";
    Ok(Settings::Telegram(Telegram {
        api_url: url.trim_end_matches('/').to_owned(),
        token,
        chat,
        topic: section
            .integer("message_thread_id")?
            .filter(|topic| *topic != 0),
        message: template(section, "message", usual)?,
        is_silent: section.flag("disable_notifications")?.unwrap_or(false),
        marks,
    }))
}

/// The marks of this name.
pub(super) fn marks_of(name: &str) -> Option<Marks> {
    Some(match name {
        "" => Marks::None,
        "HTML" => Marks::Html,
        "Markdown" => Marks::Markdown,
        "MarkdownV2" => Marks::MarkdownV2,
        _ => return None,
    })
}
