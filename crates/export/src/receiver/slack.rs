//! `slack_configs`: a channel of Slack, through a webhook or as a bot.

use super::fields::{Context, has_authorization, http_url, secret, secret_url, template};
use super::{Settings, Template};
use tacho_yaml::http_client::Origin;
use tacho_yaml::node::Node;
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section};

/// The end of the address of a bot's messages.
pub(crate) const POST_MESSAGE: &str = "/chat.postMessage";

/// A channel of Slack.
#[derive(Debug, Clone)]
pub struct Slack {
    /// The webhook, or `…/chat.postMessage` for a bot.
    pub url: Origin,
    /// The token of a bot; absent for a webhook, or if `http_config` has it.
    pub token: Origin,
    /// The channel, such as `#alerts`; empty for that of the webhook.
    pub channel: Template,
    /// The name that is shown.
    pub username: Template,
    /// `good`, `warning`, `danger` or a colour.
    pub color: Template,
    /// The title; ours if absent.
    pub title: Template,
    /// Where the title leads.
    pub title_link: Template,
    /// Text above.
    pub pretext: Template,
    /// The text.
    pub text: Template,
    /// Text of the message itself, beside the attachment.
    pub message_text: Template,
    /// Fields of the attachment.
    pub fields: Vec<Field>,
    /// Whether fields are short that do not say.
    pub short_fields: bool,
    /// The line below.
    pub footer: Template,
    /// Text for clients without attachments.
    pub fallback: Template,
    /// Name of the attachment's actions.
    pub callback_id: Template,
    /// Picture of the sender.
    pub icon_emoji: Template,
    /// Picture of the sender.
    pub icon_url: Template,
    /// A picture.
    pub image_url: Template,
    /// A small picture.
    pub thumb_url: Template,
    /// Whether names and channels in texts become links.
    pub link_names: bool,
    /// Which fields have marks; those of Alertmanager if empty.
    pub mrkdwn_in: Vec<String>,
    /// Buttons; ours if empty.
    pub actions: Vec<Action>,
    /// Whether the first message of a group is changed instead of new ones sent.
    pub update_message: bool,
}

/// A field of an attachment.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its title.
    pub title: Template,
    /// Its text.
    pub value: Template,
    /// Whether two stand side by side.
    pub short: Option<bool>,
}

/// A button.
#[derive(Debug, Clone)]
pub struct Action {
    /// `button`.
    pub kind: Template,
    /// What stands on it.
    pub text: Template,
    /// Where it leads; empty for one with a name.
    pub url: Template,
    /// `default`, `primary` or `danger`.
    pub style: Template,
    /// Name of a button that asks back.
    pub name: Template,
    /// Its value.
    pub value: Template,
    /// What is asked before: title, text, yes, no.
    pub confirm: Option<Box<[Template; 4]>>,
}

pub(super) fn read(section: &mut Section<'_>, context: &Context<'_>) -> Read<Settings> {
    let update_message = section.flag("update_message")?.unwrap_or(false);
    let (url, token) = read_address(section, context, update_message)?;
    let usual = |name: &str| format!("{{{{ template \"slack.default.{name}\" . }}}}");
    Ok(Settings::Slack(Box::new(Slack {
        url,
        token,
        channel: template(section, "channel", "")?,
        username: template(section, "username", &usual("username"))?,
        color: template(section, "color", &usual("color"))?,
        title: template(section, "title", &usual("title"))?,
        title_link: template(section, "title_link", &usual("titlelink"))?,
        pretext: template(section, "pretext", &usual("pretext"))?,
        text: template(section, "text", &usual("text"))?,
        message_text: template(section, "message_text", "")?,
        fields: read_fields(section)?,
        short_fields: section.flag("short_fields")?.unwrap_or(false),
        footer: template(section, "footer", &usual("footer"))?,
        fallback: template(section, "fallback", &usual("fallback"))?,
        callback_id: template(section, "callback_id", &usual("callbackid"))?,
        icon_emoji: template(section, "icon_emoji", &usual("iconemoji"))?,
        icon_url: template(section, "icon_url", &usual("iconurl"))?,
        image_url: template(section, "image_url", "")?,
        thumb_url: template(section, "thumb_url", "")?,
        link_names: section.flag("link_names")?.unwrap_or(false),
        mrkdwn_in: section.texts("mrkdwn_in")?.unwrap_or_default(),
        actions: match section.items("actions")? {
            Some(items) => items.iter().map(read_action).collect::<Read<_>>()?,
            None => Vec::new(),
        },
        update_message,
    })))
}

/// The address and the token, with those of `global` where the section names none.
fn read_address(
    section: &mut Section<'_>,
    context: &Context<'_>,
    update_message: bool,
) -> Read<(Origin, Origin)> {
    let defaults = context.defaults;
    let own_url = secret_url(section, "api_url", "api_url_file")?;
    let own_token = secret(section, "app_token", "app_token_file")?;
    if !own_url.is_absent() && !own_token.is_absent() {
        let message =
            "at most one of api_url/api_url_file & app_token/app_token_file must be configured";
        return Err(section.wrong("app_token", message));
    }
    let app_url = http_url(section, "app_url")?.unwrap_or_else(|| defaults.slack_app_url.clone());
    let is_webhook = matches!(&own_url, Origin::Given(url) if !url.0.ends_with(POST_MESSAGE));
    if update_message && is_webhook {
        let message = "update_message can only be used with bot tokens. api_url must be set to https://slack.com/api/chat.postMessage";
        return Err(section.wrong("update_message", message));
    }
    let takes_token = own_token.is_absent()
        && !context.has_own_authorization()
        && !matches!(own_url, Origin::Given(_));
    let token = match takes_token {
        true => defaults.slack_token.clone(),
        false => own_token,
    };
    if !token.is_absent() {
        let http = context.own_http.unwrap_or(&defaults.http);
        if has_authorization(http) {
            let message = "http authorization can't be set when using Slack App tokens";
            return Err(section.wrong("http_config", message));
        }
        let url = Origin::Given(tacho_yaml::http_client::Secret(app_url));
        return Ok((url, token));
    }
    let url = match own_url {
        Origin::Absent => defaults.slack_url.clone(),
        own => own,
    };
    if url.is_absent() {
        let message = "no Slack API URL nor App token set either inline or in a file";
        return Err(section.wrong("api_url", message));
    }
    Ok((url, token))
}

fn read_fields(section: &mut Section<'_>) -> Read<Vec<Field>> {
    let Some(items) = section.items("fields")? else {
        return Ok(Vec::new());
    };
    let read = |item: &Node| {
        let mut field = Section::open(item, "slack field")?;
        let title = needed(
            &mut field,
            "title",
            "missing title in Slack field configuration",
        )?;
        let value = needed(
            &mut field,
            "value",
            "missing value in Slack field configuration",
        )?;
        let short = field.flag("short")?;
        field.finish()?;
        Ok(Field {
            title,
            value,
            short,
        })
    };
    items.iter().map(read).collect()
}

fn needed(section: &mut Section<'_>, key: &'static str, message: &str) -> Read<Template> {
    let text = section.text_or_empty(key)?;
    match text.is_empty() {
        true => Err(section.wrong(key, message)),
        false => Ok(Template::Go(text)),
    }
}

fn read_action(item: &Node) -> Read<Action> {
    let mut section = Section::open(item, "slack action")?;
    let kind = needed(
        &mut section,
        "type",
        "missing type in Slack action configuration",
    )?;
    let text = needed(
        &mut section,
        "text",
        "missing text in Slack action configuration",
    )?;
    let url = template(&mut section, "url", "")?;
    let style = template(&mut section, "style", "")?;
    let name = template(&mut section, "name", "")?;
    let value = template(&mut section, "value", "")?;
    let confirm = section.node("confirm").map(read_confirm).transpose()?;
    let line = section.line;
    section.finish()?;
    let has_url = !url.source().is_empty();
    if !has_url && name.source().is_empty() {
        let message = "missing name or url in Slack action configuration";
        return Err(Wrong::new(line, message));
    }
    let empty = || Template::Go(String::new());
    Ok(Action {
        kind,
        text,
        url,
        style,
        name: if has_url { empty() } else { name },
        value: if has_url { empty() } else { value },
        confirm: confirm.filter(|_| !has_url),
    })
}

fn read_confirm(node: &Node) -> Read<Box<[Template; 4]>> {
    let mut section = Section::open(node, "slack confirmation")?;
    let message = "missing text in Slack confirmation configuration";
    let text = needed(&mut section, "text", message)?;
    let title = template(&mut section, "title", "")?;
    let yes = template(&mut section, "ok_text", "")?;
    let no = template(&mut section, "dismiss_text", "")?;
    section.finish()?;
    Ok(Box::new([title, text, yes, no]))
}
