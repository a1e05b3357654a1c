//! `discord_configs`: a channel of Discord, through a webhook.

use super::fields::{Context, template, webhook_url};
use super::{Settings, Template};
use tacho_yaml::http_client::Origin;
use tacho_yaml::section::{Read, Section};

/// A channel of Discord.
#[derive(Debug, Clone)]
pub struct Discord {
    /// The webhook.
    pub url: Origin,
    /// Text above the box.
    pub content: Template,
    /// Title of the box.
    pub title: Template,
    /// Text of the box.
    pub message: Template,
    /// The name that is shown.
    pub username: Template,
    /// The picture that is shown.
    pub avatar_url: Template,
}

pub(super) fn read(section: &mut Section<'_>, _: &Context<'_>) -> Read<Settings> {
    Ok(Settings::Discord(Discord {
        url: webhook_url(section)?,
        content: template(section, "content", "")?,
        title: template(
            section,
            "title",
            "{{ template \"discord.default.title\" . }}",
        )?,
        message: template(
            section,
            "message",
            "{{ template \"discord.default.message\" . }}",
        )?,
        username: template(section, "username", "")?,
        avatar_url: template(section, "avatar_url", "")?,
    }))
}
