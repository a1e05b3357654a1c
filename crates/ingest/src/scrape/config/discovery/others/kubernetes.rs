//! Discovery of Kubernetes objects: checked, not in force.

use super::need;
use crate::scrape::config::fields::{Fields, Kind, Shape, anything};
use tacho_yaml::http_client::HttpClient;

use Kind::{Flag, Text, Texts};

pub(super) const KUBERNETES: Shape = Shape {
    what: "kubernetes_sd_config",
    fields: &[
        ("api_server", Kind::Url),
        ("role", Text),
        ("kubeconfig_file", Text),
        ("namespaces", Kind::One(&NAMESPACES)),
        ("selectors", Kind::Many(&SELECTOR)),
        ("attach_metadata", Kind::One(&ATTACH)),
    ],
    client: true,
    check,
};

const NAMESPACES: Shape = Shape {
    what: "namespaces",
    fields: &[("own_namespace", Flag), ("names", Texts)],
    client: false,
    check: anything,
};

const SELECTOR: Shape = Shape {
    what: "selector",
    fields: &[("role", Text), ("label", Text), ("field", Text)],
    client: false,
    check: |fields| check_role(fields.text("role")),
};

const ATTACH: Shape = Shape {
    what: "attach_metadata",
    fields: &[
        ("node", Flag),
        ("namespace", Flag),
        ("deployment", Flag),
        ("job", Flag),
        ("cronjob", Flag),
    ],
    client: false,
    check: anything,
};

/// Roles and the roles that their selectors may have.
const ROLES: [(&str, &[&str]); 6] = [
    ("pod", &["pod", "node"]),
    ("service", &["service"]),
    ("endpoints", &["pod", "service", "endpoints"]),
    ("endpointslice", &["pod", "service", "endpointslice"]),
    ("node", &["node"]),
    ("ingress", &["ingress"]),
];

fn check_role(role: &str) -> Result<(), String> {
    let known = ROLES.iter().any(|(name, _)| *name == role);
    need(known, &format!("unknown Kubernetes SD role {role:?}"))
}

fn check(fields: &Fields) -> Result<(), String> {
    let role = fields.text("role");
    need(
        !role.is_empty(),
        "role missing (one of: pod, service, endpoints, endpointslice, node, ingress)",
    )?;
    check_role(role)?;
    let (server, file) = (fields.has("api_server"), fields.has("kubeconfig_file"));
    let own_client = fields.client != HttpClient::default();
    let own_namespace = fields
        .inner("namespaces")
        .iter()
        .any(|namespaces| namespaces.flag("own_namespace"));
    for (wrong, message) in [
        (
            server && file,
            "cannot use 'kubeconfig_file' and 'api_server' simultaneously",
        ),
        (
            file && own_client,
            "cannot use a custom HTTP client configuration together with 'kubeconfig_file'",
        ),
        (
            !server && own_client,
            "to use custom HTTP client configuration please provide the 'api_server' URL explicitly",
        ),
        (
            server && own_namespace,
            "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously",
        ),
        (
            file && own_namespace,
            "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously",
        ),
    ] {
        need(!wrong, message)?;
    }
    check_selectors(role, fields.inner("selectors"))
}

fn check_selectors(role: &str, selectors: &[Fields]) -> Result<(), String> {
    let allowed = ROLES
        .iter()
        .find(|(name, _)| *name == role)
        .map_or(&[][..], |(_, allowed)| allowed);
    let mut seen: Vec<&str> = Vec::new();
    for selector in selectors {
        let of = selector.text("role");
        need(
            !seen.contains(&of),
            &format!("duplicated selector role: {of}"),
        )?;
        seen.push(of);
        need(
            allowed.contains(&of),
            &format!("{role} role supports only {} selectors", allowed.join(", ")),
        )?;
    }
    Ok(())
}
