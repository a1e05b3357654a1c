//! `email_configs`: mail.

use super::defaults::host_port;
use super::fields::{Context, secret, template};
use super::{Settings, Template};
use std::path::Path;
use tacho_yaml::http_client::read::read_tls;
use tacho_yaml::http_client::{Origin, Tls};
use tacho_yaml::section::{Read, Section};

/// Mail to some addresses.
#[derive(Debug, Clone)]
pub struct Email {
    /// Addresses, separated by commas.
    pub to: Template,
    /// The sender.
    pub from: Template,
    /// How we introduce ourselves to the server.
    pub hello: String,
    /// `HOST:PORT` of the server.
    pub smarthost: String,
    /// The user; empty for none.
    pub username: String,
    /// The password.
    pub password: Origin,
    /// The identity of PLAIN; the user if empty.
    pub identity: String,
    /// Headers in their canonical form.
    pub headers: Vec<(String, Template)>,
    /// The page.
    pub html: Template,
    /// The text without marks; ours if empty.
    pub text: Template,
    /// Whether mail goes out encrypted only.
    pub require_tls: bool,
    /// TLS.
    pub tls: Tls,
    /// Whether TLS begins with the connection; by port (465) if absent.
    pub implicit_tls: Option<bool>,
    /// Whether the mails of a group are one thread, and whether each day has its own.
    pub threading: Threading,
}

/// How mails of a group are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threading {
    /// Nothing was said: one thread for a group.
    Group,
    /// One thread for a group and a day.
    GroupAndDay,
}

impl Email {
    /// Makes the paths of files with secrets relative to a folder.
    pub fn set_folder(&mut self, folder: &Path) {
        self.password.set_folder(folder);
        self.tls.set_folder(folder);
    }
}

pub(super) fn read(section: &mut Section<'_>, context: &Context<'_>) -> Read<Settings> {
    let smtp = &context.defaults.smtp;
    let to = section.text_or_empty("to")?;
    if to.is_empty() {
        return Err(section.wrong("to", "missing to address in email config"));
    }
    let headers = read_headers(section)?;
    let threading = read_threading(section, &headers)?;
    let or = |text: String, usual: &str| match text.is_empty() {
        true => usual.to_owned(),
        false => text,
    };
    let smarthost = or(host_port(section, "smarthost")?, &smtp.smarthost);
    if smarthost.is_empty() {
        return Err(section.wrong("smarthost", "no global SMTP smarthost set"));
    }
    let from = or(section.text_or_empty("from")?, &smtp.from);
    if from.is_empty() {
        return Err(section.wrong("from", "no global SMTP from set"));
    }
    let own_password = secret(section, "auth_password", "auth_password_file")?;
    secret(section, "auth_secret", "auth_secret_file")?;
    Ok(Settings::Email(Box::new(Email {
        to: Template::Go(to),
        from: Template::Go(from),
        hello: or(section.text_or_empty("hello")?, &smtp.hello),
        smarthost,
        username: or(section.text_or_empty("auth_username")?, &smtp.username),
        password: match own_password {
            Origin::Absent => smtp.password.clone(),
            own => own,
        },
        identity: or(section.text_or_empty("auth_identity")?, &smtp.identity),
        headers,
        html: template(section, "html", "{{ template \"email.default.html\" . }}")?,
        text: template(section, "text", "")?,
        require_tls: section.flag("require_tls")?.unwrap_or(smtp.require_tls),
        tls: match section.node("tls_config") {
            Some(node) => read_tls(node)?,
            None => smtp.tls.clone(),
        },
        implicit_tls: section
            .flag("force_implicit_tls")?
            .or(smtp.force_implicit_tls),
        threading,
    })))
}

fn read_headers(section: &mut Section<'_>) -> Read<Vec<(String, Template)>> {
    let mut headers: Vec<(String, Template)> = Vec::new();
    for (name, text) in section.text_map("headers")?.unwrap_or_default() {
        let name = canonical(&name);
        if headers.iter().any(|(known, _)| *known == name) {
            let message = format!("duplicate header {name:?} in email config");
            return Err(section.wrong("headers", message));
        }
        headers.push((name, Template::Go(text)));
    }
    Ok(headers)
}

/// The name of a header with capitals where words begin.
pub(crate) fn canonical(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        let rest = letters.map(|letter| letter.to_ascii_lowercase());
        first.into_iter().chain(rest).collect::<String>()
    });
    words.collect::<Vec<_>>().join("-")
}

fn read_threading(section: &mut Section<'_>, headers: &[(String, Template)]) -> Read<Threading> {
    let Some(node) = section.node("threading") else {
        return Ok(Threading::Group);
    };
    let mut inner = Section::open(node, "threading")?;
    let enabled = inner.flag("enabled")?.unwrap_or(false);
    let by_date = inner.text_or_empty("thread_by_date")?;
    if enabled {
        for name in ["References", "In-Reply-To"] {
            if headers.iter().any(|(known, _)| known == name) {
                let message = format!(
                    "conflicting configuration: threading.enabled conflicts with custom {name} header"
                );
                return Err(inner.wrong("enabled", message));
            }
        }
        if !["none", "daily"].contains(&by_date.as_str()) {
            let message = "threading.thread_by_date must be either 'none' or 'daily'";
            return Err(inner.wrong("thread_by_date", message));
        }
    }
    inner.finish()?;
    Ok(match enabled && by_date == "daily" {
        true => Threading::GroupAndDay,
        false => Threading::Group,
    })
}
