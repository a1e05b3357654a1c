//! What receivers take over from the section `global` of an `alertmanager.yml`.

use super::fields::{check_host_port, http_config, http_url, secret, secret_url};
use tacho_yaml::http_client::read::read_tls;
use tacho_yaml::http_client::{HttpClient, Origin, Tls};
use tacho_yaml::section::{Read, Section};

/// What stands in `global` for receivers.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// How HTTP services are called.
    pub http: HttpClient,
    /// The mail server.
    pub smtp: Smtp,
    /// A webhook of Slack.
    pub slack_url: Origin,
    /// A token of Slack.
    pub slack_token: Origin,
    /// Where messages go with a token.
    pub slack_app_url: String,
    /// Where PagerDuty takes events.
    pub pagerduty_url: String,
    /// Where Opsgenie answers.
    pub opsgenie_url: String,
    /// The key of Opsgenie.
    pub opsgenie_key: Origin,
    /// Where Telegram answers.
    pub telegram_url: String,
    /// The token of the bot of Telegram.
    pub telegram_token: Origin,
    /// Which of the services that are not delivered to have their secret here.
    pub(super) others: Others,
}

/// The mail server of `global`.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// The sender.
    pub from: String,
    /// How we introduce ourselves.
    pub hello: String,
    /// `HOST:PORT`.
    pub smarthost: String,
    /// The user.
    pub username: String,
    /// The password.
    pub password: Origin,
    /// The secret of CRAM-MD5.
    pub secret: Origin,
    /// The identity of PLAIN.
    pub identity: String,
    /// Whether mail goes out encrypted only.
    pub require_tls: bool,
    /// TLS.
    pub tls: Tls,
    /// Whether TLS begins with the connection; by port if absent.
    pub force_implicit_tls: Option<bool>,
}

/// What of services that are not delivered to stands in `global`.
#[derive(Debug, Clone, Default)]
pub(super) struct Others {
    pub(super) has_wechat_secret: bool,
    pub(super) has_wechat_corporation: bool,
    pub(super) has_victorops_key: bool,
    pub(super) has_jira_url: bool,
    pub(super) has_rocketchat_token: bool,
    pub(super) has_rocketchat_id: bool,
    pub(super) has_mattermost_url: bool,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            http: HttpClient::default(),
            smtp: Smtp {
                from: String::new(),
                hello: "localhost".to_owned(),
                smarthost: String::new(),
                username: String::new(),
                password: Origin::Absent,
                secret: Origin::Absent,
                identity: String::new(),
                require_tls: true,
                tls: Tls::default(),
                force_implicit_tls: None,
            },
            slack_url: Origin::Absent,
            slack_token: Origin::Absent,
            slack_app_url: "https://slack.com/api/chat.postMessage".to_owned(),
            pagerduty_url: "https://events.pagerduty.com/v2/enqueue".to_owned(),
            opsgenie_url: "https://api.opsgenie.com/".to_owned(),
            opsgenie_key: Origin::Absent,
            telegram_url: "https://api.telegram.org".to_owned(),
            telegram_token: Origin::Absent,
            others: Others::default(),
        }
    }
}

impl Defaults {
    /// Reads the fields that are for receivers out of `global`; who calls asks for the others and
    /// finishes the section.
    ///
    /// # Errors
    /// What Alertmanager would refuse too.
    pub fn read(section: &mut Section<'_>) -> Read<Self> {
        let usual = Self::default();
        let http = http_config(section)?.unwrap_or_default();
        let smtp = read_smtp(section, usual.smtp)?;
        let app_url = http_url(section, "slack_app_url")?.unwrap_or(usual.slack_app_url);
        let slack_token = secret(section, "slack_app_token", "slack_app_token_file")?;
        let slack_url = secret_url(section, "slack_api_url", "slack_api_url_file")?;
        if !slack_token.is_absent() && !slack_url.is_absent() && !is_given(&slack_url, &app_url) {
            let message = "at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must be configured";
            return Err(section.wrong("slack_app_token", message));
        }
        Ok(Self {
            http,
            smtp,
            slack_url,
            slack_token,
            slack_app_url: app_url,
            pagerduty_url: http_url(section, "pagerduty_url")?.unwrap_or(usual.pagerduty_url),
            opsgenie_url: http_url(section, "opsgenie_api_url")?.unwrap_or(usual.opsgenie_url),
            opsgenie_key: secret(section, "opsgenie_api_key", "opsgenie_api_key_file")?,
            telegram_url: http_url(section, "telegram_api_url")?.unwrap_or(usual.telegram_url),
            telegram_token: secret(section, "telegram_bot_token", "telegram_bot_token_file")?,
            others: read_others(section)?,
        })
    }
}

fn is_given(origin: &Origin, text: &str) -> bool {
    matches!(origin, Origin::Given(secret) if secret.0 == text)
}

fn read_smtp(section: &mut Section<'_>, usual: Smtp) -> Read<Smtp> {
    Ok(Smtp {
        from: section.text_or_empty("smtp_from")?,
        hello: section.text("smtp_hello")?.unwrap_or(usual.hello),
        smarthost: host_port(section, "smtp_smarthost")?,
        username: section.text_or_empty("smtp_auth_username")?,
        password: secret(section, "smtp_auth_password", "smtp_auth_password_file")?,
        secret: secret(section, "smtp_auth_secret", "smtp_auth_secret_file")?,
        identity: section.text_or_empty("smtp_auth_identity")?,
        require_tls: section.flag("smtp_require_tls")?.unwrap_or(true),
        tls: match section.node("smtp_tls_config") {
            Some(node) => read_tls(node)?,
            None => Tls::default(),
        },
        force_implicit_tls: section.flag("smtp_force_implicit_tls")?,
    })
}

/// A field with a host and a port; empty if it is not there.
pub(super) fn host_port(section: &mut Section<'_>, key: &'static str) -> Read<String> {
    let text = section.text_or_empty(key)?;
    if let (false, Err(message)) = (text.is_empty(), check_host_port(&text)) {
        return Err(section.wrong(key, format!("{key}: {message}")));
    }
    Ok(text)
}

fn read_others(section: &mut Section<'_>) -> Read<Others> {
    for key in [
        "wechat_api_url",
        "victorops_api_url",
        "webex_api_url",
        "rocketchat_api_url",
    ] {
        http_url(section, key)?;
    }
    let mut has = |given, file| secret(section, given, file).map(|secret| !secret.is_absent());
    let has_wechat_secret = has("wechat_api_secret", "wechat_api_secret_file")?;
    let has_victorops_key = has("victorops_api_key", "victorops_api_key_file")?;
    let has_rocketchat_token = has("rocketchat_token", "rocketchat_token_file")?;
    let has_rocketchat_id = has("rocketchat_token_id", "rocketchat_token_id_file")?;
    let mattermost = secret_url(
        section,
        "mattermost_webhook_url",
        "mattermost_webhook_url_file",
    )?;
    Ok(Others {
        has_wechat_secret,
        has_wechat_corporation: !section.text_or_empty("wechat_api_corp_id")?.is_empty(),
        has_victorops_key,
        has_jira_url: http_url(section, "jira_api_url")?.is_some(),
        has_rocketchat_token,
        has_rocketchat_id,
        has_mattermost_url: !mattermost.is_absent(),
    })
}
