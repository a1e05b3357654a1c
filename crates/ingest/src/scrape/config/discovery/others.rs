//! Discoveries that are checked as Prometheus checks them but are not in force here.
//!
//! Each is a table of fields and a check; those of clouds are in `others/cloud.rs` and `others/aws.rs`.

mod aws;
mod cloud;
mod kubernetes;

use crate::scrape::config::fields::{Fields, Kind, Shape, anything};
use tacho_yaml::node::Node;
use tacho_yaml::scalar::parse_url;
use tacho_yaml::section::Read;

use Kind::{Flag, Integer, Text, TextMap, Texts};

/// The field in a scrape configuration, and what its items look like.
pub(super) const SHAPES: [(&str, &Shape); 33] = [
    ("aws_sd_configs", &aws::AWS),
    ("azure_sd_configs", &cloud::AZURE),
    ("consul_sd_configs", &CONSUL),
    ("digitalocean_sd_configs", &cloud::DIGITALOCEAN),
    ("docker_sd_configs", &DOCKER),
    ("dockerswarm_sd_configs", &DOCKERSWARM),
    ("ec2_sd_configs", &aws::EC2),
    ("ecs_sd_configs", &aws::ECS),
    ("elasticache_sd_configs", &aws::ELASTICACHE),
    ("eureka_sd_configs", &EUREKA),
    ("gce_sd_configs", &cloud::GCE),
    ("hetzner_sd_configs", &cloud::HETZNER),
    ("ionos_sd_configs", &cloud::IONOS),
    ("kubernetes_sd_configs", &kubernetes::KUBERNETES),
    ("kuma_sd_configs", &KUMA),
    ("lightsail_sd_configs", &aws::LIGHTSAIL),
    ("linode_sd_configs", &cloud::LINODE),
    ("marathon_sd_configs", &MARATHON),
    ("msk_sd_configs", &aws::MSK),
    ("nerve_sd_configs", &NERVE),
    ("nomad_sd_configs", &NOMAD),
    ("oci_sd_configs", &cloud::OCI),
    ("openstack_sd_configs", &cloud::OPENSTACK),
    ("outscale_sd_configs", &cloud::OUTSCALE),
    ("ovhcloud_sd_configs", &cloud::OVHCLOUD),
    ("puppetdb_sd_configs", &PUPPETDB),
    ("rds_sd_configs", &aws::RDS),
    ("scaleway_sd_configs", &cloud::SCALEWAY),
    ("serverset_sd_configs", &SERVERSET),
    ("stackit_sd_configs", &cloud::STACKIT),
    ("triton_sd_configs", &TRITON),
    ("uyuni_sd_configs", &UYUNI),
    ("vultr_sd_configs", &cloud::VULTR),
];

/// Checks one item.
pub(super) fn check(node: &Node, shape: &'static Shape) -> Read<()> {
    Fields::read(node, shape).map(drop)
}

/// Fails with a message unless a condition holds.
fn need(holds: bool, message: &str) -> Result<(), String> {
    if holds {
        Ok(())
    } else {
        Err(message.to_owned())
    }
}

/// One of some words.
fn one_of(word: &str, words: &[&str], missing: &str, unknown: &str) -> Result<(), String> {
    need(!word.is_empty(), missing)?;
    need(words.contains(&word), &format!("{unknown} {word:?}"))
}

const CONSUL: Shape = Shape {
    what: "consul_sd_config",
    fields: &[
        ("server", Text),
        ("path_prefix", Text),
        ("token", Text),
        ("datacenter", Text),
        ("namespace", Text),
        ("partition", Text),
        ("tag_separator", Text),
        ("scheme", Text),
        ("username", Text),
        ("password", Text),
        ("allow_stale", Flag),
        ("refresh_interval", Kind::Duration),
        ("services", Texts),
        ("tags", Texts),
        ("node_meta", TextMap),
        ("filter", Text),
        ("health_filter", Text),
    ],
    client: true,
    check: |fields| {
        need(
            !fields.text_or("server", "localhost:8500").trim().is_empty(),
            "consul SD configuration requires a server address",
        )?;
        need(
            !((fields.has("username") || fields.has("password")) && fields.has_basic_auth()),
            "at most one of consul SD configuration username and password and basic auth can be configured",
        )?;
        need(
            !(fields.has("token") && fields.has_other_credentials()),
            "at most one of consul SD token, authorization, or oauth2 can be configured",
        )
    },
};

const FILTER: Shape = Shape {
    what: "filter",
    fields: &[("name", Text), ("values", Texts)],
    client: false,
    check: anything,
};

fn check_docker_host(fields: &Fields) -> Result<(), String> {
    need(fields.has("host"), "host missing")?;
    parse_url(fields.text("host")).map(drop)
}

const DOCKER: Shape = Shape {
    what: "docker_sd_config",
    fields: &[
        ("host", Text),
        ("port", Integer),
        ("filters", Kind::Many(&FILTER)),
        ("host_networking_host", Text),
        ("refresh_interval", Kind::Duration),
        ("match_first_network", Flag),
    ],
    client: true,
    check: check_docker_host,
};

const DOCKERSWARM: Shape = Shape {
    what: "dockerswarm_sd_config",
    fields: &[
        ("host", Text),
        ("role", Text),
        ("port", Integer),
        ("filters", Kind::Many(&FILTER)),
        ("refresh_interval", Kind::Duration),
    ],
    client: true,
    check: |fields| {
        check_docker_host(fields)?;
        match fields.text("role") {
            "services" | "nodes" | "tasks" => Ok(()),
            "" => Err("role missing (one of: tasks, services, nodes)".to_owned()),
            role => Err(format!(
                "invalid role {role}, expected tasks, services, or nodes"
            )),
        }
    },
};

const EUREKA: Shape = Shape {
    what: "eureka_sd_config",
    fields: &[("server", Text), ("refresh_interval", Kind::Duration)],
    client: true,
    check: |fields| {
        need(
            fields.has("server"),
            "eureka_sd: empty or null eureka server",
        )?;
        let parts = parse_url(fields.text("server"))?;
        need(
            !parts.scheme.is_empty() && !parts.host.is_empty(),
            "eureka_sd: invalid eureka server URL",
        )
    },
};

const KUMA: Shape = Shape {
    what: "kuma_sd_config",
    fields: &[
        ("server", Text),
        ("client_id", Text),
        ("refresh_interval", Kind::Duration),
        ("fetch_timeout", Kind::Duration),
    ],
    client: true,
    check: |fields| {
        let server = fields.text("server");
        need(!server.is_empty(), "kuma SD server must not be empty: ")?;
        let parts = parse_url(server)?;
        if parts.scheme.is_empty() || parts.host.is_empty() {
            return Err(format!(
                "kuma SD server must not be empty and have a scheme: {server}"
            ));
        }
        Ok(())
    },
};

const MARATHON: Shape = Shape {
    what: "marathon_sd_config",
    fields: &[
        ("servers", Texts),
        ("refresh_interval", Kind::Duration),
        ("auth_token", Text),
        ("auth_token_file", Text),
    ],
    client: true,
    check: |fields| {
        need(
            !fields.list("servers").is_empty(),
            "marathon_sd: must contain at least one Marathon server",
        )?;
        let (token, file) = (fields.has("auth_token"), fields.has("auth_token_file"));
        need(
            !(token && file),
            "marathon_sd: at most one of auth_token & auth_token_file must be configured",
        )?;
        if !token && !file {
            return Ok(());
        }
        need(
            !fields.has_basic_auth(),
            "marathon_sd: at most one of basic_auth, auth_token & auth_token_file must be configured",
        )?;
        need(
            !fields.has_other_credentials(),
            "marathon_sd: at most one of bearer_token, bearer_token_file, auth_token & auth_token_file must be configured",
        )
    },
};

const NOMAD: Shape = Shape {
    what: "nomad_sd_config",
    fields: &[
        ("allow_stale", Flag),
        ("namespace", Text),
        ("refresh_interval", Kind::Duration),
        ("region", Text),
        ("server", Text),
        ("tag_separator", Text),
    ],
    client: true,
    check: |fields| {
        need(
            !fields
                .text_or("server", "http://localhost")
                .trim()
                .is_empty(),
            "nomad SD configuration requires a server address",
        )
    },
};

const PUPPETDB: Shape = Shape {
    what: "puppetdb_sd_config",
    fields: &[
        ("url", Text),
        ("query", Text),
        ("include_parameters", Flag),
        ("port", Integer),
        ("refresh_interval", Kind::Duration),
    ],
    client: true,
    check: |fields| {
        super::check_http_url(fields.text("url"))?;
        need(fields.has("query"), "query missing")
    },
};

const TRITON: Shape = Shape {
    what: "triton_sd_config",
    fields: &[
        ("account", Text),
        ("role", Text),
        ("dns_suffix", Text),
        ("endpoint", Text),
        ("groups", Texts),
        ("port", Integer),
        ("refresh_interval", Kind::Duration),
        ("tls_config", Kind::Tls),
        ("version", Integer),
    ],
    client: false,
    check: |fields| {
        need(
            ["container", "cn"].contains(&fields.text_or("role", "container")),
            "triton SD configuration requires role to be 'container' or 'cn'",
        )?;
        for (key, message) in [
            ("account", "triton SD configuration requires an account"),
            (
                "dns_suffix",
                "triton SD configuration requires a dns_suffix",
            ),
            ("endpoint", "triton SD configuration requires an endpoint"),
        ] {
            need(fields.has(key), message)?;
        }
        need(
            !fields.duration("refresh_interval", 60_000).is_zero(),
            "triton SD configuration requires RefreshInterval to be a positive integer",
        )
    },
};

const UYUNI: Shape = Shape {
    what: "uyuni_sd_config",
    fields: &[
        ("server", Text),
        ("username", Text),
        ("password", Text),
        ("entitlement", Text),
        ("separator", Text),
        ("refresh_interval", Kind::Duration),
    ],
    client: true,
    check: |fields| {
        let required = |key, what| {
            need(
                fields.has(key),
                &format!("Uyuni SD configuration requires {what}"),
            )
        };
        required("server", "server host")?;
        parse_url(fields.text("server"))
            .map_err(|reason| format!("Uyuni Server URL is not valid: {reason}"))?;
        required("username", "a username")?;
        required("password", "a password")
    },
};

fn check_zookeeper(fields: &Fields, who: &str) -> Result<(), String> {
    need(
        !fields.list("servers").is_empty(),
        &format!("{who} SD config must contain at least one Zookeeper server"),
    )?;
    let paths = fields.list("paths");
    need(
        !paths.is_empty(),
        &format!("{who} SD config must contain at least one path"),
    )?;
    match paths.iter().find(|path| !path.starts_with('/')) {
        Some(path) => Err(format!("{who} SD config paths must begin with '/': {path}")),
        None => Ok(()),
    }
}

const ZOOKEEPER_FIELDS: &[(&str, Kind)] = &[
    ("servers", Texts),
    ("paths", Texts),
    ("timeout", Kind::Duration),
];

const NERVE: Shape = Shape {
    what: "nerve_sd_config",
    fields: ZOOKEEPER_FIELDS,
    client: false,
    check: |fields| check_zookeeper(fields, "nerve"),
};

const SERVERSET: Shape = Shape {
    what: "serverset_sd_config",
    fields: ZOOKEEPER_FIELDS,
    client: false,
    check: |fields| check_zookeeper(fields, "serverset"),
};
