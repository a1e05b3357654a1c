//! Our own templates under the names of Alertmanager's, so that templates of users which call those
//! names work: short texts that say what, where, how bad, since when, and where to look.
//!
//! The functions `tachoTitle`, `tachoText`, `tachoPage`, `tachoColor` and `tachoUrl` write what
//! `facts.rs` knows, in the marks of the service.

/// The definitions.
pub const TEXT: &str = r#"
{{ define "__alertmanager" }}Tachograph{{ end }}
{{ define "__alertmanagerURL" }}{{ tachoUrl }}{{ end }}
{{ define "__subject" }}{{ tachoTitle }}{{ end }}
{{ define "__description" }}{{ end }}
{{ define "__text_alert_list" }}{{ range . }}{{ .Labels.alertname }}{{ with .Annotations.summary }}: {{ . }}{{ end }}
{{ range .Labels.SortedPairs }} {{ .Name }}={{ .Value }}{{ end }}
{{ with .GeneratorURL }} {{ . }}
{{ end }}{{ end }}{{ end }}
{{ define "__text_alert_list_markdown" }}{{ range . }}
**{{ .Labels.alertname }}**{{ with .Annotations.summary }} {{ . }}{{ end }}

{{ range .Labels.SortedPairs }}  - {{ .Name }} = {{ .Value }}
{{ end }}{{ with .GeneratorURL }}
Source: {{ . }}
{{ end }}{{ end }}{{ end }}

{{ define "slack.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "slack.default.username" }}{{ template "__alertmanager" . }}{{ end }}
{{ define "slack.default.fallback" }}{{ template "slack.default.title" . }} {{ template "slack.default.titlelink" . }}{{ end }}
{{ define "slack.default.callbackid" }}{{ end }}
{{ define "slack.default.pretext" }}{{ end }}
{{ define "slack.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{ define "slack.default.iconemoji" }}{{ end }}
{{ define "slack.default.iconurl" }}{{ end }}
{{ define "slack.default.text" }}{{ tachoText }}{{ end }}
{{ define "slack.default.footer" }}{{ end }}
{{ define "slack.default.color" }}{{ tachoColor }}{{ end }}

{{ define "pagerduty.default.description" }}{{ template "__subject" . }}{{ end }}
{{ define "pagerduty.default.client" }}{{ template "__alertmanager" . }}{{ end }}
{{ define "pagerduty.default.clientURL" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{ define "pagerduty.default.instances" }}{{ template "__text_alert_list" . }}{{ end }}

{{ define "opsgenie.default.message" }}{{ template "__subject" . }}{{ end }}
{{ define "opsgenie.default.description" }}{{ tachoText }}{{ end }}
{{ define "opsgenie.default.source" }}{{ template "__alertmanagerURL" . }}{{ end }}

{{ define "telegram.default.message" }}{{ tachoHeading }}
{{ tachoText }}{{ end }}

{{ define "discord.default.content" }}{{ end }}
{{ define "discord.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "discord.default.message" }}{{ tachoText }}{{ end }}

{{ define "msteams.default.summary" }}{{ template "__subject" . }}{{ end }}
{{ define "msteams.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "msteams.default.text" }}{{ tachoText }}{{ end }}
{{ define "msteamsv2.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "msteamsv2.default.text" }}{{ tachoText }}{{ end }}

{{ define "email.default.subject" }}{{ template "__subject" . }}{{ end }}
{{ define "email.default.html" }}{{ tachoPage }}{{ end }}

{{ define "webhook.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "webhook.default.message" }}{{ tachoText }}{{ end }}

{{ define "wechat.default.message" }}{{ template "__subject" . }}
{{ tachoText }}{{ end }}
{{ define "wechat.default.to_user" }}{{ end }}
{{ define "wechat.default.to_party" }}{{ end }}
{{ define "wechat.default.to_tag" }}{{ end }}
{{ define "wechat.default.agent_id" }}{{ end }}
{{ define "victorops.default.state_message" }}{{ tachoText }}{{ end }}
{{ define "victorops.default.entity_display_name" }}{{ template "__subject" . }}{{ end }}
{{ define "victorops.default.monitoring_tool" }}{{ template "__alertmanager" . }}{{ end }}
{{ define "pushover.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "pushover.default.message" }}{{ tachoText }}{{ end }}
{{ define "pushover.default.url" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{ define "sns.default.subject" }}{{ template "__subject" . }}{{ end }}
{{ define "sns.default.message" }}{{ tachoText }}{{ end }}
{{ define "webex.default.message" }}{{ template "__subject" . }}
{{ tachoText }}{{ end }}
{{ define "jira.default.summary" }}{{ template "__subject" . }}{{ end }}
{{ define "jira.default.description" }}{{ tachoText }}{{ end }}
{{ define "jira.default.priority" }}{{ end }}
{{ define "rocketchat.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "rocketchat.default.alias" }}{{ template "__alertmanager" . }}{{ end }}
{{ define "rocketchat.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{ define "rocketchat.default.emoji" }}{{ end }}
{{ define "rocketchat.default.iconurl" }}{{ end }}
{{ define "rocketchat.default.text" }}{{ tachoText }}{{ end }}
{{ define "mattermost.default.color" }}{{ tachoColor }}{{ end }}
{{ define "mattermost.default.username" }}{{ template "__alertmanager" . }}{{ end }}
{{ define "mattermost.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "mattermost.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{ define "mattermost.default.fallback" }}{{ template "__subject" . }}{{ end }}
{{ define "mattermost.default.text" }}{{ tachoText }}{{ end }}
"#;
