//! `msteams_configs` (connectors, which Microsoft switches off) and `msteamsv2_configs` (workflows).

use super::fields::{Context, template, webhook_url};
use super::{Settings, Template};
use tacho_yaml::http_client::Origin;
use tacho_yaml::section::{Read, Section};

/// A channel of Microsoft Teams.
#[derive(Debug, Clone)]
pub struct Teams {
    /// The webhook.
    pub url: Origin,
    /// The title.
    pub title: Template,
    /// One line for lists of messages; connectors only.
    pub summary: Template,
    /// The text.
    pub text: Template,
    /// Whether it is a workflow, which takes Adaptive Cards.
    pub is_workflow: bool,
}

pub(super) fn read_connector(section: &mut Section<'_>, _: &Context<'_>) -> Read<Settings> {
    Ok(Settings::Teams(Teams {
        url: webhook_url(section)?,
        title: template(
            section,
            "title",
            "{{ template \"msteams.default.title\" . }}",
        )?,
        summary: template(
            section,
            "summary",
            "{{ template \"msteams.default.summary\" . }}",
        )?,
        text: template(section, "text", "{{ template \"msteams.default.text\" . }}")?,
        is_workflow: false,
    }))
}

pub(super) fn read_workflow(section: &mut Section<'_>, _: &Context<'_>) -> Read<Settings> {
    Ok(Settings::Teams(Teams {
        url: webhook_url(section)?,
        title: template(
            section,
            "title",
            "{{ template \"msteamsv2.default.title\" . }}",
        )?,
        summary: Template::Go(String::new()),
        text: template(
            section,
            "text",
            "{{ template \"msteamsv2.default.text\" . }}",
        )?,
        is_workflow: true,
    }))
}
