//! Mail: a page with the same in text, and headers that put the mails of a group together.
//!
//! Sources: RFC 5322 (headers), RFC 2047 (other alphabets in headers), RFC 3834 (automatic mail).

use crate::channel::group_hash;
use crate::message::markup::one_line;
use crate::message::page::page;
use crate::message::text::Links;
use crate::message::{Writer, cut};
use crate::receiver::Template;
use crate::receiver::email::{Email, Threading};
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Mailboxes, MultiPart, SinglePart};
use std::time::{Duration, UNIX_EPOCH};
use tacho_model::severity::Severity;

/// Longest header, characters.
const HEADER_CHARS_MAX: usize = 500;
/// Longest text or page, bytes.
const BODY_BYTES_MAX: usize = 1 << 20;
/// Addresses of one mail.
const ADDRESSES_MAX: usize = 100;

/// A mail.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Who sends it.
    pub from: Mailbox,
    /// Who gets it.
    pub to: Vec<Mailbox>,
    /// Its subject.
    pub subject: String,
    /// More headers, in one line each.
    pub headers: Vec<(String, String)>,
    /// The page.
    pub html: Option<String>,
    /// The text.
    pub text: String,
    /// Its own name, in angle brackets.
    pub message_id: String,
    /// The mail or thread that it belongs to.
    pub root: Option<String>,
    /// When it was written, ms.
    pub at_ms: i64,
}

/// The mail of a notification.
///
/// # Errors
/// If an address is none.
pub fn mail(email: &Email, writer: &Writer<'_>) -> Result<Mail, String> {
    let from = writer.try_fill(&email.from, false)?;
    let from: Mailbox = one_line(&from)
        .parse()
        .map_err(|error| format!("the sender is no address: {error}"))?;
    let to = writer.try_fill(&email.to, false)?;
    let to: Mailboxes = one_line(&to)
        .parse()
        .map_err(|error| format!("the receiver is no list of addresses: {error}"))?;
    let to: Vec<Mailbox> = to.into_iter().collect();
    if to.is_empty() || to.len() > ADDRESSES_MAX {
        let count = to.len();
        return Err(format!(
            "there are {count} addresses, 1 to {ADDRESSES_MAX} are taken"
        ));
    }
    let own = |name: &str| email.headers.iter().find(|(known, _)| known == name);
    let subject = match own("Subject") {
        Some((_, template)) => writer.fill(template, || writer.facts().title.clone()),
        None => {
            let usual = Template::Go("{{ template \"email.default.subject\" . }}".to_owned());
            writer.fill(&usual, || writer.facts().title.clone())
        }
    };
    let html = match email.html.source().is_empty() {
        true => None,
        false => Some(writer.fill_html(&email.html, || page(writer.facts()))),
    };
    let text = match email.text.source().is_empty() {
        true => default_text(writer),
        false => writer.fill(&email.text, || default_text(writer)),
    };
    let headers = headers(email, writer);
    let notice = writer.notice();
    let domain = from.email.domain().to_owned();
    let (message_id, root) = thread(email, writer, &domain);
    Ok(Mail {
        from,
        to,
        subject: header_text(&subject),
        headers,
        html: html.map(|html| with_notice(&html, &notice)),
        text: cut::bytes(&writer.with_notice(text), BODY_BYTES_MAX),
        message_id,
        root,
        at_ms: writer.notification().at_ms,
    })
}

fn default_text(writer: &Writer<'_>) -> String {
    let title = &writer.facts().title;
    format!("{title}\n\n{}\n", writer.default_text(Links::Told))
}

/// The page with the notice at its end.
fn with_notice(html: &str, notice: &str) -> String {
    if notice.is_empty() {
        return html.to_owned();
    }
    let notice = crate::message::markup::Markup::Html.escape(notice);
    let notice = format!("<p>{notice}</p>");
    match html.rfind("</body>") {
        Some(end) => {
            let (before, after) = html.split_at(end);
            format!("{before}{notice}{after}")
        }
        None => format!("{html}{notice}"),
    }
}

/// Text of a header: one line, not too long.
fn header_text(text: &str) -> String {
    cut::chars(&one_line(text), HEADER_CHARS_MAX)
}

fn headers(email: &Email, writer: &Writer<'_>) -> Vec<(String, String)> {
    let mut headers = vec![
        ("Auto-Submitted".to_owned(), "auto-generated".to_owned()),
        (
            "X-Tacho-Severity".to_owned(),
            writer.facts().severity.to_string(),
        ),
    ];
    if writer.facts().firing && writer.facts().severity == Severity::Critical {
        headers.push(("Importance".to_owned(), "high".to_owned()));
    }
    for (name, template) in &email.headers {
        if name != "Subject" {
            headers.push((name.clone(), header_text(&writer.fill_or_empty(template))));
        }
    }
    headers
}

/// The name of the mail, and what it belongs to: the first mail of the group, or its thread of a day.
fn thread(email: &Email, writer: &Writer<'_>, domain: &str) -> (String, Option<String>) {
    let notification = writer.notification();
    let hash = group_hash(&notification.group_key);
    let group = hash.get(..16).unwrap_or_default();
    let own = format!("<tacho.{group}.{}@{domain}>", notification.id);
    let root = match email.threading {
        Threading::Group => notification.thread.as_deref().map(one_line),
        Threading::GroupAndDay => {
            let at = jiff::Timestamp::from_millisecond(notification.at_ms).unwrap_or_default();
            let day = at.to_zoned(writer.context().zone.clone()).date();
            Some(format!("<tacho.{group}.{day}@{domain}>"))
        }
    };
    (own, root)
}

impl Mail {
    /// The mail as it goes over the wire.
    ///
    /// # Errors
    /// If a header cannot be written.
    pub fn message(&self) -> Result<Message, String> {
        let since = Duration::from_millis(u64::try_from(self.at_ms).unwrap_or(0));
        let mut builder = Message::builder()
            .from(self.from.clone())
            .subject(self.subject.clone())
            .date(UNIX_EPOCH + since)
            .message_id(Some(self.message_id.clone()));
        for address in &self.to {
            builder = builder.to(address.clone());
        }
        if let Some(root) = &self.root {
            builder = builder.references(root.clone()).in_reply_to(root.clone());
        }
        let text = SinglePart::plain(self.text.clone());
        let message = match &self.html {
            None => builder.singlepart(text),
            Some(html) => builder.multipart(
                MultiPart::alternative()
                    .singlepart(text)
                    .singlepart(SinglePart::html(html.clone())),
            ),
        };
        let mut message =
            message.map_err(|error| format!("the mail cannot be written: {error}"))?;
        for (name, value) in &self.headers {
            let header = HeaderName::new_from_ascii(name.clone())
                .map_err(|_| format!("{name:?} is no name of a header"))?;
            let value = HeaderValue::new(header, value.clone());
            message.headers_mut().insert_raw(value);
        }
        Ok(message)
    }

    /// What later mails of the group belong to.
    pub fn thread(&self) -> String {
        self.root.clone().unwrap_or_else(|| self.message_id.clone())
    }
}
