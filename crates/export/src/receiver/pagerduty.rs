//! `pagerduty_configs`: events of PagerDuty.

use super::fields::{Context, http_url, json_of, secret, template};
use super::{Settings, Template};
use serde_json::{Map, Value};
use tacho_yaml::http_client::Origin;
use tacho_yaml::node::Node;
use tacho_yaml::section::{Read, Section};

/// A service of PagerDuty.
#[derive(Debug, Clone)]
pub struct PagerDuty {
    /// The key of the integration.
    pub key: Origin,
    /// Where events go.
    pub url: String,
    /// Who tells.
    pub client: Template,
    /// Where who tells is found.
    pub client_url: Template,
    /// One line.
    pub description: Template,
    /// More, by name: templates in texts, at any depth.
    pub details: Map<String, Value>,
    /// Pictures: source, text, link.
    pub images: Vec<[Template; 3]>,
    /// Links: address, text. Ours if empty.
    pub links: Vec<[Template; 2]>,
    /// What it is about.
    pub source: Template,
    /// How bad: `critical`, `error`, `warning` or `info`; that of the alerts if empty.
    pub severity: Template,
    /// Kind of event.
    pub class: Template,
    /// Part that it is about.
    pub component: Template,
    /// Parts that belong together.
    pub group: Template,
}

/// Details that are told unless the section has others of these names.
const DETAILS: [(&str, &str); 4] = [
    ("firing", "{{ .Alerts.Firing | toJson }}"),
    ("resolved", "{{ .Alerts.Resolved | toJson }}"),
    ("num_firing", "{{ .Alerts.Firing | len }}"),
    ("num_resolved", "{{ .Alerts.Resolved | len }}"),
];

/// The details of a section that names none.
pub(super) fn usual_details() -> Map<String, Value> {
    let pairs = DETAILS.into_iter();
    pairs
        .map(|(name, text)| (name.to_owned(), Value::from(text)))
        .collect()
}

pub(super) fn read(section: &mut Section<'_>, context: &Context<'_>) -> Read<Settings> {
    let routing = secret(section, "routing_key", "routing_key_file")?;
    let service = secret(section, "service_key", "service_key_file")?;
    let key = match routing {
        Origin::Absent => service,
        routing => routing,
    };
    if key.is_absent() {
        let message = "missing service or routing key in PagerDuty config";
        return Err(section.wrong("routing_key", message));
    }
    let client = template(
        section,
        "client",
        "{{ template \"pagerduty.default.client\" . }}",
    )?;
    let source = match section.text_or_empty("source")? {
        empty if empty.is_empty() => client.clone(),
        source => Template::Go(source),
    };
    let mut details = usual_details();
    if let Some(node) = section.node("details") {
        for entry in Section::open(node, "details")?.entries() {
            details.insert(entry.key.clone(), json_of(&entry.value));
        }
    }
    let usual_url = "{{ template \"pagerduty.default.clientURL\" . }}";
    let usual_text = "{{ template \"pagerduty.default.description\" . }}";
    Ok(Settings::PagerDuty(Box::new(PagerDuty {
        key,
        url: http_url(section, "url")?.unwrap_or_else(|| context.defaults.pagerduty_url.clone()),
        client,
        client_url: template(section, "client_url", usual_url)?,
        description: template(section, "description", usual_text)?,
        details,
        images: read_list(section, "images", read_image)?,
        links: read_list(section, "links", read_link)?,
        source,
        severity: template(section, "severity", "")?,
        class: template(section, "class", "")?,
        component: template(section, "component", "")?,
        group: template(section, "group", "")?,
    })))
}

fn read_list<T>(
    section: &mut Section<'_>,
    key: &'static str,
    read: fn(&Node) -> Read<T>,
) -> Read<Vec<T>> {
    let items = section.items(key)?.unwrap_or_default();
    items.iter().map(read).collect()
}

fn read_image(node: &Node) -> Read<[Template; 3]> {
    let mut section = Section::open(node, "pagerduty image")?;
    let image = [
        template(&mut section, "src", "")?,
        template(&mut section, "alt", "")?,
        template(&mut section, "href", "")?,
    ];
    section.finish()?;
    Ok(image)
}

fn read_link(node: &Node) -> Read<[Template; 2]> {
    let mut section = Section::open(node, "pagerduty link")?;
    let link = [
        template(&mut section, "href", "")?,
        template(&mut section, "text", "")?,
    ];
    section.finish()?;
    Ok(link)
}
