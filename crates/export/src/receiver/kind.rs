//! The kinds of integrations of Alertmanager: their fields, names and readers.

use super::fields::Context;
use super::{
    Settings, discord, email, opsgenie, pagerduty, slack, teams, telegram, undelivered, webhook,
};
use tacho_yaml::section::{Read, Section};

type ReadKind = fn(&mut Section<'_>, &Context<'_>) -> Read<Settings>;

/// A kind of integration of Alertmanager.
pub(super) struct Kind {
    /// The field of a receiver.
    pub(super) field: &'static str,
    /// What its sections are called in messages.
    pub(super) section: &'static str,
    /// The name of the kind.
    pub(super) name: &'static str,
    /// Whether the end is told unless the section says.
    pub(super) send_resolved: bool,
    pub(super) read: ReadKind,
}

const fn kind(
    field: &'static str,
    section: &'static str,
    name: &'static str,
    send_resolved: bool,
    read: ReadKind,
) -> Kind {
    Kind {
        field,
        section,
        name,
        send_resolved,
        read,
    }
}

/// The kinds in the order in which Alertmanager builds integrations.
pub(super) const KINDS: [Kind; 18] = [
    kind(
        "webhook_configs",
        "webhook config",
        "webhook",
        true,
        webhook::read,
    ),
    kind("email_configs", "email config", "email", false, email::read),
    kind(
        "pagerduty_configs",
        "pagerduty config",
        "pagerduty",
        true,
        pagerduty::read,
    ),
    kind(
        "opsgenie_configs",
        "opsgenie config",
        "opsgenie",
        true,
        opsgenie::read,
    ),
    kind(
        "wechat_configs",
        "wechat config",
        "wechat",
        false,
        undelivered::wechat,
    ),
    kind("slack_configs", "slack config", "slack", false, slack::read),
    kind(
        "victorops_configs",
        "victorops config",
        "victorops",
        true,
        undelivered::victorops,
    ),
    kind(
        "pushover_configs",
        "pushover config",
        "pushover",
        true,
        undelivered::pushover,
    ),
    kind("sns_configs", "sns config", "sns", true, undelivered::sns),
    kind(
        "telegram_configs",
        "telegram config",
        "telegram",
        true,
        telegram::read,
    ),
    kind(
        "discord_configs",
        "discord config",
        "discord",
        true,
        discord::read,
    ),
    kind(
        "webex_configs",
        "webex config",
        "webex",
        true,
        undelivered::webex,
    ),
    kind(
        "msteams_configs",
        "msteams config",
        "msteams",
        true,
        teams::read_connector,
    ),
    kind(
        "msteamsv2_configs",
        "msteamsv2 config",
        "msteamsv2",
        true,
        teams::read_workflow,
    ),
    kind(
        "jira_configs",
        "jira config",
        "jira",
        true,
        undelivered::jira,
    ),
    kind(
        "rocketchat_configs",
        "rocketchat config",
        "rocketchat",
        false,
        undelivered::rocketchat,
    ),
    kind(
        "mattermost_configs",
        "mattermost config",
        "mattermost",
        true,
        undelivered::mattermost,
    ),
    kind(
        "incidentio_configs",
        "incidentio config",
        "incidentio",
        true,
        undelivered::incidentio,
    ),
];
