//! Discord: a webhook with an embed; the first message of a group gets another colour once it is
//! acknowledged or over.
//!
//! Source: <https://discord.com/developers/docs/resources/webhook#execute-webhook>.

use super::{Answer, ChannelRequest, Method, Plan, Secrets, Verdict, wait};
use crate::message::text::Links;
use crate::message::{Writer, cut, links, page};
use crate::receiver::discord::Discord;
use serde_json::{Value, json};

/// Longest title, characters.
const TITLE_MAX: usize = 256;
/// Longest description, UTF-16 units; the whole embed has at most 6,000.
const DESCRIPTION_MAX: usize = 4_096;
/// Longest text above, UTF-16 units.
const CONTENT_MAX: usize = 2_000;
/// Longest name, characters.
const USERNAME_MAX: usize = 80;

/// The calls of a notification.
///
/// # Errors
/// If the webhook is no URL.
pub fn plan(discord: &Discord, writer: &Writer<'_>, secrets: &Secrets) -> Result<Plan, String> {
    let url: reqwest::Url = secrets
        .url
        .parse()
        .map_err(|_| "the webhook is no URL".to_owned())?;
    let mut post = url.clone();
    post.query_pairs_mut().append_pair("wait", "true");
    let message = message(discord, writer);
    let main = ChannelRequest::json(Method::Post, post.as_str(), &message);
    let mut plan = Plan::one(main);
    if let Some(id) = &writer.notification().thread {
        let mut edit = url;
        let path = edit.path().trim_end_matches('/').to_owned();
        edit.set_path(&format!("{path}/messages/{}", links::encode(id)));
        let mut changed = message;
        if let Some(fields) = changed.as_object_mut() {
            fields.remove("username");
            fields.remove("avatar_url");
        }
        let request = ChannelRequest::json(Method::Patch, edit.as_str(), &changed);
        plan.after.push(request);
    }
    Ok(plan)
}

fn message(discord: &Discord, writer: &Writer<'_>) -> Value {
    let title = writer.fill(&discord.title, || writer.default_title());
    let content = writer.fill_or_empty(&discord.content);
    let text = writer.fill(&discord.message, || writer.default_text(Links::Told));
    let notice = writer.notice();
    let room = DESCRIPTION_MAX.saturating_sub(cut::utf16(&notice) + 1);
    let text = writer.with_notice(cut::lines(&text, room));
    let color = page::color(writer.facts()).trim_start_matches('#');
    let mut embed = json!({
        "title": cut::chars(&title, TITLE_MAX),
        "description": text,
        "color": u32::from_str_radix(color, 16).unwrap_or(0),
        "timestamp": crate::message::jinja::timestamp(writer.notification().at_ms),
    });
    if let Some(url) = &writer.facts().links.alert {
        embed["url"] = json!(url);
    }
    let mut message = json!({
        "content": cut::lines(&content, CONTENT_MAX),
        "embeds": [embed],
        // text of strangers calls nobody
        "allowed_mentions": {"parse": []},
    });
    let username = writer.fill_or_empty(&discord.username);
    if !username.is_empty() {
        message["username"] = json!(cut::chars(&username, USERNAME_MAX));
    }
    let avatar = writer.fill_or_empty(&discord.avatar_url);
    if let Some(avatar) = links::web(&avatar, "") {
        message["avatar_url"] = json!(avatar);
    }
    message
}

/// What an answer means: it names the message, and the wait in the body of a 429.
pub fn verdict(answer: &Answer<'_>) -> Verdict {
    let body = answer.json().unwrap_or_default();
    match answer.verdict() {
        Verdict::Sent { .. } => Verdict::Sent {
            thread: body.get("id").and_then(Value::as_str).map(str::to_owned),
        },
        Verdict::Retry { after, error } => Verdict::Retry {
            after: body
                .get("retry_after")
                .and_then(Value::as_f64)
                .and_then(wait)
                .or(after),
            error,
        },
        other => other,
    }
}
