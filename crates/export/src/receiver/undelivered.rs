//! Kinds that tacho does not deliver to yet: their sections are read as strictly as the others, so
//! that a file that Alertmanager takes is taken and one that it refuses is refused.

use super::Settings;
use super::fields::{Context, go_duration, http_url, secret, secret_url};
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section};

/// Asks for fields of text, whatever they hold.
fn texts(section: &mut Section<'_>, keys: &[&'static str]) -> Read<()> {
    keys.iter().try_for_each(|key| section.text(key).map(drop))
}

/// Asks for fields that are true or false.
fn flags(section: &mut Section<'_>, keys: &[&'static str]) -> Read<()> {
    keys.iter().try_for_each(|key| section.flag(key).map(drop))
}

/// Refuses an empty field.
fn needed(section: &mut Section<'_>, key: &'static str, message: &str) -> Read<()> {
    match section.text_or_empty(key)?.is_empty() {
        true => Err(section.wrong(key, message)),
        false => Ok(()),
    }
}

/// Reads a list of mappings with fields of text and of truth values.
fn records(
    section: &mut Section<'_>,
    key: &'static str,
    read: impl Fn(&mut Section<'_>) -> Read<()>,
) -> Read<()> {
    for item in section.items(key)?.unwrap_or_default() {
        let mut inner = Section::open(item, key)?;
        read(&mut inner)?;
        inner.finish()?;
    }
    Ok(())
}

pub(super) fn wechat(section: &mut Section<'_>, context: &Context<'_>) -> Read<Settings> {
    let others = &context.defaults.others;
    texts(
        section,
        &["message", "to_user", "to_party", "to_tag", "agent_id"],
    )?;
    let kind = section.text_or_empty("message_type")?;
    if !["", "text", "markdown"].contains(&kind.as_str()) {
        let message =
            format!("weChat message type {kind:?} does not match valid options ^(text|markdown)$");
        return Err(section.wrong("message_type", message));
    }
    http_url(section, "api_url")?;
    let own = secret(section, "api_secret", "api_secret_file")?;
    if own.is_absent() && !others.has_wechat_secret {
        let message = "no global Wechat Api Secret set either inline or in a file";
        return Err(section.wrong("api_secret", message));
    }
    let corporation = section.text_or_empty("corp_id")?;
    if corporation.is_empty() && !others.has_wechat_corporation {
        return Err(section.wrong("corp_id", "no global Wechat CorpID set"));
    }
    Ok(Settings::Undelivered)
}

pub(super) fn victorops(section: &mut Section<'_>, context: &Context<'_>) -> Read<Settings> {
    texts(
        section,
        &[
            "message_type",
            "state_message",
            "entity_display_name",
            "monitoring_tool",
        ],
    )?;
    http_url(section, "api_url")?;
    needed(
        section,
        "routing_key",
        "missing Routing key in VictorOps config",
    )?;
    let own = secret(section, "api_key", "api_key_file")?;
    let reserved = [
        "routing_key",
        "message_type",
        "state_message",
        "entity_display_name",
        "monitoring_tool",
        "entity_id",
        "entity_state",
    ];
    for (name, _) in section.text_map("custom_fields")?.unwrap_or_default() {
        if reserved.contains(&name.as_str()) {
            let message = format!(
                "victorOps config contains custom field {name} which cannot be used as it conflicts with the fixed/static fields"
            );
            return Err(section.wrong("custom_fields", message));
        }
    }
    if own.is_absent() && !context.defaults.others.has_victorops_key {
        return Err(section.wrong("api_key", "no global VictorOps API Key set"));
    }
    Ok(Settings::Undelivered)
}

pub(super) fn pushover(section: &mut Section<'_>, _: &Context<'_>) -> Read<Settings> {
    texts(
        section,
        &[
            "title",
            "message",
            "url",
            "url_title",
            "device",
            "sound",
            "priority",
        ],
    )?;
    for key in ["retry", "expire", "ttl"] {
        go_duration(section, key)?;
    }
    for (given, file) in [("user_key", "user_key_file"), ("token", "token_file")] {
        if secret(section, given, file)?.is_absent() {
            let message = format!("one of {given} or {file} must be configured");
            return Err(section.wrong(given, message));
        }
    }
    let html = section.flag("html")?.unwrap_or(false);
    if html & section.flag("monospace")?.unwrap_or(false) {
        let message = "at most one of monospace & html must be configured";
        return Err(section.wrong("monospace", message));
    }
    Ok(Settings::Undelivered)
}

pub(super) fn sns(section: &mut Section<'_>, _: &Context<'_>) -> Read<Settings> {
    texts(section, &["api_url", "subject", "message"])?;
    flags(section, &["use_aws_http_client"])?;
    section.text_map("attributes")?;
    if let Some(node) = section.node("sigv4") {
        let mut inner = Section::open(node, "sigv4")?;
        let keys = [
            "region",
            "access_key",
            "secret_key",
            "profile",
            "role_arn",
            "external_id",
            "service_name",
        ];
        texts(&mut inner, &keys)?;
        flags(&mut inner, &["use_fips_sts_endpoint"])?;
        inner.finish()?;
    }
    let mut given = 0;
    for key in ["target_arn", "topic_arn", "phone_number"] {
        given += usize::from(!section.text_or_empty(key)?.is_empty());
    }
    // an even number of them, as Alertmanager counts
    if given % 2 == 0 {
        let message = "must provide either a Target ARN, Topic ARN, or Phone Number for SNS config";
        return Err(Wrong::new(section.line, message));
    }
    Ok(Settings::Undelivered)
}

pub(super) fn webex(section: &mut Section<'_>, context: &Context<'_>) -> Read<Settings> {
    texts(section, &["message"])?;
    http_url(section, "api_url")?;
    needed(section, "room_id", "missing room_id on webex_config")?;
    if !context.has_own_authorization() {
        let message = "missing webex_configs.http_config.authorization";
        return Err(section.wrong("http_config", message));
    }
    Ok(Settings::Undelivered)
}

pub(super) fn jira(section: &mut Section<'_>, context: &Context<'_>) -> Read<Settings> {
    needed(section, "project", "missing project in jira_config")?;
    needed(section, "issue_type", "missing issue_type in jira_config")?;
    let kind = section.text("api_type")?;
    if !["auto", "cloud", "datacenter"].contains(&kind.as_deref().unwrap_or("auto")) {
        let message = "unknown api_type on jira_config, must be auto, cloud or datacenter";
        return Err(section.wrong("api_type", message));
    }
    for key in ["summary", "description"] {
        let is_mapping = |node: &&Node| matches!(node.data, Data::Mapping(_));
        match section.node(key).filter(is_mapping) {
            Some(node) => {
                let mut inner = Section::open(node, "jira field")?;
                texts(&mut inner, &["template"])?;
                flags(&mut inner, &["enable_update"])?;
                inner.finish()?;
            }
            None => texts(section, &[key])?,
        }
    }
    section.texts("labels")?;
    texts(
        section,
        &[
            "priority",
            "reopen_transition",
            "resolve_transition",
            "wont_fix_resolution",
        ],
    )?;
    section.duration("reopen_duration")?;
    section.node("fields");
    let own = http_url(section, "api_url")?;
    if own.is_none() && !context.defaults.others.has_jira_url {
        return Err(section.wrong("api_url", "no global Jira Cloud URL set"));
    }
    Ok(Settings::Undelivered)
}

pub(super) fn rocketchat(section: &mut Section<'_>, context: &Context<'_>) -> Read<Settings> {
    let others = &context.defaults.others;
    texts(
        section,
        &[
            "channel",
            "color",
            "title",
            "title_link",
            "text",
            "emoji",
            "icon_url",
            "image_url",
            "thumb_url",
        ],
    )?;
    flags(section, &["short_fields", "link_names"])?;
    http_url(section, "api_url")?;
    records(section, "fields", |field| {
        texts(field, &["title", "value"])?;
        flags(field, &["short"])
    })?;
    records(section, "actions", |action| {
        texts(
            action,
            &[
                "type",
                "text",
                "url",
                "imageurl",
                "webviewheightratio",
                "msg",
                "msgprocessingtype",
            ],
        )?;
        flags(action, &["iswebview", "msginchatwindow"])
    })?;
    let id = secret(section, "token_id", "token_id_file")?;
    if id.is_absent() && !others.has_rocketchat_id {
        let message = "no global Rocketchat TokenID set either inline or in a file";
        return Err(section.wrong("token_id", message));
    }
    let token = secret(section, "token", "token_file")?;
    if token.is_absent() && !others.has_rocketchat_token {
        let message = "no global Rocketchat Token set either inline or in a file";
        return Err(section.wrong("token", message));
    }
    Ok(Settings::Undelivered)
}

/// Fields that messages and attachments of Mattermost have in common.
const ATTACHMENT: [&str; 12] = [
    "fallback",
    "color",
    "pretext",
    "text",
    "author_name",
    "author_link",
    "author_icon",
    "title",
    "title_link",
    "thumb_url",
    "footer",
    "footer_icon",
];

pub(super) fn mattermost(section: &mut Section<'_>, context: &Context<'_>) -> Read<Settings> {
    texts(section, &ATTACHMENT)?;
    texts(
        section,
        &[
            "image_url",
            "channel",
            "username",
            "icon_url",
            "icon_emoji",
            "type",
        ],
    )?;
    let field = |field: &mut Section<'_>| {
        flags(field, &["short"])?;
        needed(
            field,
            "title",
            "missing title in Mattermost field configuration",
        )?;
        needed(
            field,
            "value",
            "missing value in Mattermost field configuration",
        )
    };
    records(section, "fields", field)?;
    records(section, "attachments", |attachment| {
        texts(attachment, &ATTACHMENT)?;
        texts(attachment, &["image_url"])?;
        records(attachment, "fields", field)
    })?;
    if let Some(node) = section.node("props") {
        let mut inner = Section::open(node, "mattermost props")?;
        texts(&mut inner, &["card"])?;
        inner.finish()?;
    }
    if let Some(node) = section.node("priority") {
        let mut inner = Section::open(node, "mattermost priority")?;
        texts(&mut inner, &["priority"])?;
        flags(&mut inner, &["requested_ack", "persistent_notifications"])?;
        inner.finish()?;
    }
    let own = secret_url(section, "webhook_url", "webhook_url_file")?;
    if own.is_absent() && !context.defaults.others.has_mattermost_url {
        let message = "missing webhook_url or webhook_url_file on mattermost_config";
        return Err(section.wrong("webhook_url", message));
    }
    Ok(Settings::Undelivered)
}

pub(super) fn incidentio(section: &mut Section<'_>, context: &Context<'_>) -> Read<Settings> {
    section.count("max_alerts")?;
    let url = http_url(section, "url")?;
    let file = section.text_or_empty("url_file")?;
    match (url.is_some(), !file.is_empty()) {
        (false, false) => {
            let message = "one of url or url_file must be configured";
            return Err(section.wrong("url", message));
        }
        (true, true) => {
            let message = "at most one of url & url_file must be configured";
            return Err(section.wrong("url_file", message));
        }
        _ => {}
    }
    let token = secret(section, "alert_source_token", "alert_source_token_file")?;
    let has_authorization = context.has_own_authorization();
    if has_authorization && !token.is_absent() {
        let message = "cannot specify alert_source_token or alert_source_token_file when using http_config.authorization";
        return Err(section.wrong("alert_source_token", message));
    }
    if context.own_http.is_some() && !has_authorization && token.is_absent() {
        let message = "at least one of alert_source_token, alert_source_token_file or http_config.authorization must be configured";
        return Err(section.wrong("alert_source_token", message));
    }
    Ok(Settings::Undelivered)
}
