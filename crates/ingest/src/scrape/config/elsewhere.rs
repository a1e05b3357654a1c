//! Sections about other things than scraping: checked as Prometheus checks them, not in force here.

pub(super) mod remote;

use super::discovery;
use super::fields::{Fields, Kind, Shape, anything};
use super::rule::{check_rules, read_rules};
use crate::scrape::relabel::NameValidation;
use tacho_yaml::http_client::{Credentials, HttpClient};
use tacho_yaml::node::Node;
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section};

use Kind::{Duration, Flag, Integer, Number, One, Text, TextMap};
use remote::{SIGV4, check_headers};

/// Checks the section `runtime`.
pub(super) fn check_runtime(node: &Node) -> Read<()> {
    Fields::read(node, &RUNTIME).map(drop)
}

/// Checks the section `storage`.
pub(super) fn check_storage(node: &Node) -> Read<()> {
    Fields::read(node, &STORAGE).map(drop)
}

/// Checks the section `tracing`.
pub(super) fn check_tracing(node: &Node) -> Read<()> {
    Fields::read(node, &TRACING).map(drop)
}

/// Checks the section `alerting`; says whether it has anything.
pub(super) fn check_alerting(node: &Node, validation: NameValidation) -> Read<bool> {
    let mut section = Section::open(node, "alerting config")?;
    let mut any = false;
    if let Some(node) = section.node("alert_relabel_configs") {
        let key = "alert_relabel_configs";
        let rules = read_rules(node, key, "empty or null alert relabeling rule")?;
        any |= !rules.is_empty();
        check_rules(rules, validation)?;
    }
    for item in section.items("alertmanagers")?.unwrap_or_default() {
        any = true;
        check_alertmanager(item, validation)?;
    }
    section.finish()?;
    Ok(any)
}

fn check_alertmanager(node: &Node, validation: NameValidation) -> Read<()> {
    let mut section = Section::open(node, "alertmanager config")?;
    for key in ["scheme", "path_prefix"] {
        section.text(key)?;
    }
    section.duration("timeout")?;
    if let Some(version) = section
        .text("api_version")?
        .filter(|version| version != "v2")
    {
        let message =
            format!("expected Alertmanager api version to be one of [v2] but got {version}");
        return Err(section.wrong("api_version", message));
    }
    let client = HttpClient::read(&mut section)?;
    if let Some(node) = section.node("sigv4") {
        Fields::read(node, &SIGV4)?;
        if client.credentials != Credentials::None {
            let message =
                "at most one of basic_auth, authorization, oauth2, & sigv4 must be configured";
            return Err(Wrong::new(section.line, message));
        }
    }
    let discoveries = discovery::read(&mut section)?;
    let mut rules = |key, empty| match section.node(key) {
        Some(node) => read_rules(node, key, empty),
        None => Ok(Vec::new()),
    };
    let relabel = rules(
        "relabel_configs",
        "empty or null Alertmanager target relabeling rule",
    )?;
    let alerts = rules(
        "alert_relabel_configs",
        "empty or null Alertmanager alert relabeling rule",
    )?;
    let line = section.line;
    section.finish()?;
    if relabel.is_empty() {
        discovery::check_static_targets(&discoveries, line)?;
    }
    check_rules(relabel, validation)?;
    check_rules(alerts, validation)?;
    Ok(())
}

const RUNTIME: Shape = Shape {
    what: "runtime config",
    fields: &[("gogc", Integer)],
    client: false,
    check: anything,
};

const STORAGE: Shape = Shape {
    what: "storage config",
    fields: &[("tsdb", One(&TSDB)), ("exemplars", One(&EXEMPLARS))],
    client: false,
    check: anything,
};

const EXEMPLARS: Shape = Shape {
    what: "exemplars config",
    fields: &[("max_exemplars", Integer)],
    client: false,
    check: anything,
};

const TSDB: Shape = Shape {
    what: "tsdb config",
    fields: &[
        ("out_of_order_time_window", Duration),
        ("stale_series_compaction_threshold", Number),
        ("chunk_encoding", One(&CHUNK_ENCODING)),
        ("retention", One(&RETENTION)),
    ],
    client: false,
    check: anything,
};

const CHUNK_ENCODING: Shape = Shape {
    what: "chunk_encoding config",
    fields: &[("floats", Text)],
    client: false,
    check: |fields| match fields.text("floats") {
        "" | "xor" | "xor2" => Ok(()),
        floats => Err(format!(
            "'storage.tsdb.chunk_encoding.floats' must be 'xor' or 'xor2', or the field must be omitted entirely, got {floats:?}"
        )),
    },
};

const RETENTION: Shape = Shape {
    what: "retention config",
    fields: &[
        ("time", Duration),
        ("size", Kind::Size),
        ("percentage", Number),
    ],
    client: false,
    check: |fields| {
        let size = fields.number("size", 0.0);
        if size < 0.0 {
            return Err(format!(
                "'storage.tsdb.retention.size' must be greater than or equal to 0, got {size}"
            ));
        }
        let percentage = fields.number("percentage", 0.0);
        if !(0.0..=100.0).contains(&percentage) {
            return Err(format!(
                "'storage.tsdb.retention.percentage' must be in the range [0, 100], got {percentage}"
            ));
        }
        Ok(())
    },
};

const TRACING: Shape = Shape {
    what: "tracing config",
    fields: &[
        ("client_type", Text),
        ("endpoint", Text),
        ("sampling_fraction", Number),
        ("insecure", Flag),
        ("tls_config", Kind::Tls),
        ("headers", TextMap),
        ("compression", Text),
        ("timeout", Duration),
    ],
    client: false,
    check: |fields| {
        let client = fields.text_or("client_type", "grpc");
        if !["http", "grpc"].contains(&client) {
            return Err(format!(
                "expected tracing client type to be to be http or grpc, but got {client}"
            ));
        }
        let message = "custom authorization header configuration is not yet supported";
        check_headers(fields, message)?;
        if !fields.has("endpoint") {
            return Err("tracing endpoint must be set".to_owned());
        }
        match fields.text("compression") {
            "" | "gzip" => Ok(()),
            other => Err(format!(
                "invalid compression type {other} provided, valid options: gzip"
            )),
        }
    },
};
