//! The sections `remote_write` and `remote_read`: checked, not in force here.

use crate::scrape::config::fields::{Fields, Kind, Shape, anything};
use crate::scrape::config::rule::check_rules;
use crate::scrape::relabel::NameValidation;
use tacho_yaml::http_client::Credentials;
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, items_of};

use Kind::{Duration, Flag, Integer, One, Text, TextMap};

/// Checks the section `remote_write`.
pub(crate) fn check_remote_write(node: &Node, validation: NameValidation) -> Read<()> {
    check_remote(node, &REMOTE_WRITE, "write", validation)
}

/// Checks the section `remote_read`; says whether it has items.
pub(crate) fn check_remote_read(node: &Node, validation: NameValidation) -> Read<bool> {
    check_remote(node, &REMOTE_READ, "read", validation)?;
    Ok(!items_of(node, "remote_read")?.is_empty())
}

fn check_remote(
    node: &Node,
    shape: &'static Shape,
    kind: &str,
    validation: NameValidation,
) -> Read<()> {
    let mut names: Vec<String> = Vec::new();
    for item in items_of(node, "remote configs")? {
        if matches!(item.data, Data::Null) {
            let message = format!("empty or null remote {kind} config section");
            return Err(Wrong::new(item.line, message));
        }
        let mut fields = Fields::read(item, shape)?;
        let name = fields.text("name").to_owned();
        if !name.is_empty() && names.contains(&name) {
            let message = format!("found multiple remote {kind} configs with job name {name:?}");
            return Err(Wrong::new(item.line, message));
        }
        names.push(name);
        check_rules(std::mem::take(&mut fields.rules), validation)?;
    }
    Ok(())
}

/// Headers that requests of ours set themselves.
const RESERVED_HEADERS: [&str; 17] = [
    "host",
    "content-encoding",
    "content-length",
    "content-type",
    "user-agent",
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "www-authenticate",
    "accept-encoding",
    "x-prometheus-remote-write-version",
    "x-prometheus-remote-read-version",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-content-sha256",
    "x-prometheus-scrape-timeout-seconds",
];

pub(super) fn check_headers(fields: &Fields, authorization: &str) -> Result<(), String> {
    for (name, _) in fields.map("headers") {
        let lower = name.to_lowercase();
        if lower == "authorization" {
            return Err(authorization.to_owned());
        }
        if RESERVED_HEADERS.contains(&lower.as_str()) {
            return Err(format!(
                "{name} is a reserved header. It must not be changed"
            ));
        }
    }
    Ok(())
}

const REMOTE_HEADER: &str = "authorization header must be changed via the basic_auth, authorization, oauth2, sigv4, azuread or google_iam parameter";

const REMOTE_WRITE: Shape = Shape {
    what: "remote_write config",
    fields: &[
        ("url", Kind::Url),
        ("remote_timeout", Duration),
        ("headers", TextMap),
        (
            "write_relabel_configs",
            Kind::Rules("empty or null relabeling rule in remote write config"),
        ),
        ("name", Text),
        ("send_exemplars", Flag),
        ("send_native_histograms", Flag),
        ("round_robin_dns", Flag),
        ("protobuf_message", Text),
        ("failed_request_logging", Flag),
        ("queue_config", One(&QUEUE)),
        ("metadata_config", One(&METADATA)),
        ("sigv4", One(&SIGV4)),
        ("azuread", One(&AZUREAD)),
        ("google_iam", One(&GOOGLE_IAM)),
    ],
    client: true,
    check: check_write,
};

fn check_write(fields: &Fields) -> Result<(), String> {
    if !fields.has("url") {
        return Err("url for remote_write is empty".to_owned());
    }
    check_headers(fields, REMOTE_HEADER)?;
    let message = fields.text_or("protobuf_message", "prometheus.WriteRequest");
    if !["prometheus.WriteRequest", "io.prometheus.write.v2.Request"].contains(&message) {
        return Err(format!(
            "invalid protobuf_message value: unknown type for remote write protobuf message {message}, supported: prometheus.WriteRequest, io.prometheus.write.v2.Request"
        ));
    }
    let mut ways: Vec<&str> = match fields.client.credentials {
        Credentials::None => Vec::new(),
        Credentials::Basic { .. } => vec!["basic_auth"],
        Credentials::Authorization { .. } => vec!["authorization"],
        Credentials::OAuth2(_) => vec!["oauth2"],
    };
    let more = ["sigv4", "azuread", "google_iam"];
    ways.extend(more.into_iter().filter(|key| fields.has(key)));
    if ways.len() > 1 {
        return Err(format!(
            "at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be configured. Currently configured: [{}]",
            ways.join(" ")
        ));
    }
    Ok(())
}

const REMOTE_READ: Shape = Shape {
    what: "remote_read config",
    fields: &[
        ("url", Kind::Url),
        ("remote_timeout", Duration),
        ("chunked_read_limit", Integer),
        ("headers", TextMap),
        ("read_recent", Flag),
        ("name", Text),
        ("required_matchers", TextMap),
        ("filter_external_labels", Flag),
    ],
    client: true,
    check: |fields| {
        if !fields.has("url") {
            return Err("url for remote_read is empty".to_owned());
        }
        check_headers(fields, REMOTE_HEADER)
    },
};

const QUEUE: Shape = Shape {
    what: "queue_config",
    fields: &[
        ("capacity", Integer),
        ("max_shards", Integer),
        ("min_shards", Integer),
        ("max_samples_per_send", Integer),
        ("batch_send_deadline", Duration),
        ("min_backoff", Duration),
        ("max_backoff", Duration),
        ("retry_on_http_429", Flag),
        ("sample_age_limit", Duration),
    ],
    client: false,
    check: |fields| {
        let (most, least) = (
            fields.number("max_shards", 50.0),
            fields.number("min_shards", 1.0),
        );
        let backoff = (
            fields.duration("min_backoff", 30),
            fields.duration("max_backoff", 5_000),
        );
        for (wrong, message) in [
            (most <= 0.0, "max_shards must be positive"),
            (least <= 0.0, "min_shards must be positive"),
            (
                least > most,
                "min_shards must not be greater than max_shards",
            ),
            (
                fields.number("max_samples_per_send", 2000.0) <= 0.0,
                "max_samples_per_send must be positive",
            ),
            (
                fields.number("capacity", 10_000.0) <= 0.0,
                "capacity must be positive",
            ),
            (
                backoff.1 < backoff.0,
                "max_backoff must not be less than min_backoff",
            ),
        ] {
            if wrong {
                return Err(format!("remote write queue {message}"));
            }
        }
        Ok(())
    },
};

const METADATA: Shape = Shape {
    what: "metadata_config",
    fields: &[
        ("send", Flag),
        ("send_interval", Duration),
        ("max_samples_per_send", Integer),
    ],
    client: false,
    check: anything,
};

pub(super) const SIGV4: Shape = Shape {
    what: "sigv4 config",
    fields: &[
        ("region", Text),
        ("access_key", Text),
        ("secret_key", Text),
        ("profile", Text),
        ("role_arn", Text),
        ("external_id", Text),
        ("use_fips_sts_endpoint", Flag),
        ("service_name", Text),
    ],
    client: false,
    check: |fields| {
        if fields.has("access_key") == fields.has("secret_key") {
            Ok(())
        } else {
            Err("must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 config".to_owned())
        }
    },
};

const AZUREAD: Shape = Shape {
    what: "azuread config",
    fields: &[
        ("managed_identity", Kind::Any),
        ("workload_identity", Kind::Any),
        ("oauth", Kind::Any),
        ("sdk", Kind::Any),
        ("certificate", Kind::Any),
        ("cloud", Text),
        ("scope", Text),
    ],
    client: false,
    check: |fields| {
        let cloud = fields.text("cloud");
        if !["", "AzurePublic", "AzureChina", "AzureGovernment"].contains(&cloud) {
            return Err("must provide a cloud in the Azure AD config".to_owned());
        }
        let ways = [
            "managed_identity",
            "workload_identity",
            "oauth",
            "sdk",
            "certificate",
        ];
        match ways.iter().filter(|key| fields.has(key)).count() {
            0 => Err("must provide an Azure Managed Identity, Azure Workload Identity, Azure OAuth, Azure Certificate or Azure SDK in the Azure AD config".to_owned()),
            1 => Ok(()),
            _ => Err("cannot provide multiple authentication methods in the Azure AD config".to_owned()),
        }
    },
};

const GOOGLE_IAM: Shape = Shape {
    what: "google_iam config",
    fields: &[("credentials_file", Text)],
    client: false,
    check: anything,
};
