//! A block to what it means: the settings of its type.

use super::super::defaults::Defaults;
use super::super::discord::Discord;
use super::super::email::{Email, Threading};
use super::super::fields::with_slash;
use super::super::opsgenie::Opsgenie;
use super::super::pagerduty::{PagerDuty, usual_details};
use super::super::slack::Slack;
use super::super::teams::Teams;
use super::super::telegram::{Telegram, marks_of};
use super::super::webhook::{Method, Shape, Webhook};
use super::super::{Settings, Template};
use super::block::Block;
use super::{COMMAND_TIMEOUT, Command, Console, template_of};
use tacho_yaml::http_client::{Credentials, Header, HttpClient, Origin, Secret};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::Read;

fn go(text: &str) -> Template {
    Template::Go(text.to_owned())
}

fn none() -> Template {
    go("")
}

/// The block's own text, or a template of this name.
fn text_or(own: Option<&Template>, name: &str) -> Template {
    match own {
        Some(own) => own.clone(),
        None => Template::Go(format!("{{{{ template \"{name}\" . }}}}")),
    }
}

fn lacks(block: &Block, what: &str) -> Wrong {
    Wrong::new(
        block.line,
        format!("receiver of type {} needs {what}", block.kind),
    )
}

fn given_or(own: &Origin, usual: &Origin) -> Origin {
    match own {
        Origin::Absent => usual.clone(),
        own => own.clone(),
    }
}

/// How services of a block are called: with its `http_config`, headers and credentials.
pub(super) fn http(block: &Block, defaults: &Defaults) -> Read<HttpClient> {
    let mut http = block.http.clone().unwrap_or_else(|| defaults.http.clone());
    if block.kind != "webhook" {
        return Ok(http);
    }
    for (name, value) in &block.headers {
        http.headers.push(Header {
            name: name.clone(),
            values: vec![value.clone()],
            files: Vec::new(),
        });
    }
    if !block.token.is_absent() {
        http.credentials = Credentials::Authorization {
            kind: "Bearer".to_owned(),
            credentials: block.token.clone(),
        };
    } else if !block.username.is_empty() {
        http.credentials = Credentials::Basic {
            username: Origin::Given(Secret(block.username.clone())),
            password: block.password.clone(),
        };
    }
    Ok(http)
}

/// The settings of a block.
pub(super) fn settings(block: &Block, defaults: &Defaults) -> Read<Settings> {
    Ok(match block.kind.as_str() {
        "email" => Settings::Email(Box::new(email(block, defaults)?)),
        "slack" => Settings::Slack(Box::new(slack(block, defaults)?)),
        "discord" => Settings::Discord(Discord {
            url: needed_url(block)?,
            content: none(),
            title: text_or(block.title.as_ref(), "discord.default.title"),
            message: text_or(block.message.as_ref(), "discord.default.message"),
            username: go(&block.username),
            avatar_url: none(),
        }),
        "msteams" => Settings::Teams(Teams {
            url: needed_url(block)?,
            title: text_or(block.title.as_ref(), "msteamsv2.default.title"),
            summary: none(),
            text: text_or(block.message.as_ref(), "msteamsv2.default.text"),
            is_workflow: true,
        }),
        "pagerduty" => Settings::PagerDuty(Box::new(pagerduty(block, defaults)?)),
        "opsgenie" => Settings::Opsgenie(Box::new(opsgenie(block, defaults)?)),
        "telegram" => Settings::Telegram(telegram(block, defaults)?),
        "command" => Settings::Command(command(block)?),
        "console" => Settings::Console(Console {
            line: block.message.clone().or_else(|| block.title.clone()),
        }),
        "log" => Settings::Log,
        _ => Settings::Webhook(Box::new(webhook(block)?)),
    })
}

fn needed_url(block: &Block) -> Read<Origin> {
    match &block.url {
        Origin::Absent => Err(lacks(block, "webhook_url or webhook_url_file")),
        url => Ok(url.clone()),
    }
}

fn email(block: &Block, defaults: &Defaults) -> Read<Email> {
    let smtp = &defaults.smtp;
    let or = |own: &str, usual: &str| if own.is_empty() { usual } else { own }.to_owned();
    if block.to.is_empty() {
        return Err(lacks(block, "to"));
    }
    let smarthost = or(&block.smarthost, &smtp.smarthost);
    if super::super::fields::check_host_port(&smarthost).is_err() {
        return Err(lacks(block, "smarthost as HOST:PORT"));
    }
    let from = or(&block.from, &smtp.from);
    if from.is_empty() {
        return Err(lacks(block, "from"));
    }
    let mut headers: Vec<(String, Template)> = Vec::new();
    for (name, Secret(value)) in &block.headers {
        headers.push((super::super::email::canonical(name), template_of(value)));
    }
    if let Some(title) = &block.title {
        headers.push(("Subject".to_owned(), title.clone()));
    }
    let own_server = !block.smarthost.is_empty();
    Ok(Email {
        to: go(&block.to.join(", ")),
        from: go(&from),
        hello: smtp.hello.clone(),
        username: or(
            &block.username,
            if own_server { "" } else { &smtp.username },
        ),
        password: match own_server {
            true => block.password.clone(),
            false => given_or(&block.password, &smtp.password),
        },
        smarthost,
        identity: smtp.identity.clone(),
        headers,
        html: match &block.message {
            Some(_) => none(),
            None => text_or(None, "email.default.html"),
        },
        text: block.message.clone().unwrap_or_else(none),
        require_tls: block.require_tls.unwrap_or(smtp.require_tls),
        tls: smtp.tls.clone(),
        implicit_tls: block.implicit_tls.or(smtp.force_implicit_tls),
        threading: Threading::Group,
    })
}

fn slack(block: &Block, defaults: &Defaults) -> Read<Slack> {
    let token = match block.url {
        Origin::Absent => given_or(&block.token, &defaults.slack_token),
        _ => block.token.clone(),
    };
    let url = match token.is_absent() {
        false => Origin::Given(Secret(defaults.slack_app_url.clone())),
        true => given_or(&block.url, &defaults.slack_url),
    };
    if url.is_absent() {
        return Err(lacks(block, "webhook_url, webhook_url_file or token"));
    }
    let usual = |name: &str| text_or(None, &format!("slack.default.{name}"));
    Ok(Slack {
        url,
        token,
        channel: template_of(&block.channel),
        username: match block.username.is_empty() {
            true => usual("username"),
            false => go(&block.username),
        },
        color: usual("color"),
        title: text_or(block.title.as_ref(), "slack.default.title"),
        title_link: usual("titlelink"),
        pretext: none(),
        text: text_or(block.message.as_ref(), "slack.default.text"),
        message_text: none(),
        fields: Vec::new(),
        short_fields: false,
        footer: none(),
        fallback: usual("fallback"),
        callback_id: none(),
        icon_emoji: none(),
        icon_url: none(),
        image_url: none(),
        thumb_url: none(),
        link_names: false,
        mrkdwn_in: Vec::new(),
        actions: Vec::new(),
        update_message: false,
    })
}

fn pagerduty(block: &Block, defaults: &Defaults) -> Read<PagerDuty> {
    if block.key.is_absent() {
        return Err(lacks(block, "routing_key or routing_key_file"));
    }
    let url = match &block.url {
        Origin::Given(url) => url.0.clone(),
        _ => defaults.pagerduty_url.clone(),
    };
    Ok(PagerDuty {
        key: block.key.clone(),
        url,
        client: text_or(None, "pagerduty.default.client"),
        client_url: text_or(None, "pagerduty.default.clientURL"),
        description: text_or(block.title.as_ref(), "pagerduty.default.description"),
        details: usual_details(),
        images: Vec::new(),
        links: Vec::new(),
        source: text_or(None, "pagerduty.default.client"),
        severity: go(&block.pagerduty_severity),
        class: none(),
        component: none(),
        group: none(),
    })
}

fn opsgenie(block: &Block, defaults: &Defaults) -> Read<Opsgenie> {
    let api_key = given_or(&block.key, &defaults.opsgenie_key);
    if api_key.is_absent() {
        return Err(lacks(block, "api_key or api_key_file"));
    }
    let api_url = match block.api_url.as_str() {
        "" => defaults.opsgenie_url.as_str(),
        own => own,
    };
    let api_url = api_url.trim_end_matches('/').trim_end_matches("v2/alerts");
    Ok(Opsgenie {
        api_key,
        api_url: with_slash(api_url),
        message: text_or(block.title.as_ref(), "opsgenie.default.message"),
        description: text_or(block.message.as_ref(), "opsgenie.default.description"),
        source: text_or(None, "opsgenie.default.source"),
        details: Vec::new(),
        entity: none(),
        responders: Vec::new(),
        actions: none(),
        tags: none(),
        note: none(),
        priority: none(),
        update_alerts: true,
    })
}

fn telegram(block: &Block, defaults: &Defaults) -> Read<Telegram> {
    let token = given_or(&block.token, &defaults.telegram_token);
    if token.is_absent() || block.chat.is_absent() {
        return Err(lacks(block, "token and chat_id"));
    }
    let mode = block.parse_mode.as_deref().unwrap_or("HTML");
    let Some(marks) = marks_of(mode) else {
        return Err(Wrong::new(
            block.line,
            format!("parse_mode {mode:?} is not known"),
        ));
    };
    let api_url = match block.api_url.as_str() {
        "" => defaults.telegram_url.as_str(),
        own => own,
    };
    Ok(Telegram {
        api_url: api_url.trim_end_matches('/').to_owned(),
        token,
        chat: block.chat.clone(),
        topic: None,
        message: text_or(block.message.as_ref(), "telegram.default.message"),
        is_silent: false,
        marks,
    })
}

fn webhook(block: &Block) -> Read<Webhook> {
    let url = needed_url(block).map_err(|_| lacks(block, "url or url_file"))?;
    let method = match block.method.to_ascii_uppercase().as_str() {
        "" | "POST" => Method::Post,
        "PUT" => Method::Put,
        other => {
            let message = format!("method {other} is not taken, POST and PUT are");
            return Err(Wrong::new(block.line, message));
        }
    };
    let shape = match (block.format.as_str(), &block.payload) {
        (_, Some(payload)) => Shape::Own(payload.clone()),
        ("" | "grafana", None) => Shape::Grafana,
        ("alertmanager", None) => Shape::Alertmanager,
        ("text", None) => match &block.message {
            Some(message) => Shape::Text(message.clone()),
            None => return Err(lacks(block, "message with the format text")),
        },
        (other, None) => {
            let message = format!("format {other:?} is not known");
            let mut wrong = Wrong::new(block.line, message);
            wrong.hint = Some("known are grafana, alertmanager, text".to_owned());
            return Err(wrong);
        }
    };
    Ok(Webhook {
        url,
        method,
        shape,
        max_alerts: block.max_alerts,
        hmac: block.hmac.clone(),
        title: block.title.clone(),
        message: block.message.clone(),
    })
}

fn command(block: &Block) -> Read<Command> {
    let mut words = block.command.iter().cloned();
    let Some(program) = words.next().filter(|program| !program.is_empty()) else {
        return Err(lacks(block, "command"));
    };
    Ok(Command {
        program,
        arguments: words.collect(),
        timeout: block.timeout.unwrap_or(COMMAND_TIMEOUT),
    })
}
