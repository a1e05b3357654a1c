//! Discovery of machines of cloud providers: checked, not in force.

use super::{need, one_of};
use crate::scrape::config::fields::{Fields, Kind, Shape, anything};
use tacho_yaml::scalar::parse_url;

use Kind::{Flag, Integer, Text, Texts};

/// Whether a text is a UUID.
fn is_uuid(text: &str) -> bool {
    let mut parts = text.split('-');
    let lengths = [8, 4, 4, 4, 12];
    let fits = lengths.iter().all(|length| {
        parts.next().is_some_and(|part| {
            part.len() == *length && part.bytes().all(|c| c.is_ascii_hexdigit())
        })
    });
    fits && parts.next().is_none()
}

pub(super) const AZURE: Shape = Shape {
    what: "azure_sd_config",
    fields: &[
        ("environment", Text),
        ("subscription_id", Text),
        ("tenant_id", Text),
        ("client_id", Text),
        ("client_secret", Text),
        ("authentication_method", Text),
        ("resource_group", Text),
        ("port", Integer),
        ("refresh_interval", Kind::Duration),
    ],
    client: true,
    check: check_azure,
};

fn check_azure(fields: &Fields) -> Result<(), String> {
    let required = |key: &str| {
        need(
            fields.has(key),
            &format!("azure SD configuration requires a {key}"),
        )
    };
    required("subscription_id")?;
    let method = fields.text_or("authentication_method", "OAuth");
    match method {
        "OAuth" => ["tenant_id", "client_id", "client_secret"]
            .into_iter()
            .try_for_each(required),
        "ManagedIdentity" | "SDK" | "WorkloadIdentity" => Ok(()),
        _ => Err(format!(
            "unknown authentication_type {method:?}. Supported types are \"OAuth\", \"ManagedIdentity\", \"SDK\" or \"WorkloadIdentity\""
        )),
    }
}

pub(super) const DIGITALOCEAN: Shape = Shape {
    what: "digitalocean_sd_config",
    fields: &[
        ("refresh_interval", Kind::Duration),
        ("port", Integer),
        ("role", Text),
    ],
    client: true,
    check: |fields| {
        let missing = "role missing (one of: droplets, databases)";
        let unknown = "unknown DigitalOcean SD role";
        let role = fields.text_or("role", "droplets");
        one_of(role, &["droplets", "databases"], missing, unknown)
    },
};

pub(super) const GCE: Shape = Shape {
    what: "gce_sd_config",
    fields: &[
        ("project", Text),
        ("zone", Text),
        ("filter", Text),
        ("refresh_interval", Kind::Duration),
        ("port", Integer),
        ("tag_separator", Text),
    ],
    client: false,
    check: |fields| {
        need(
            fields.has("project"),
            "GCE SD configuration requires a project",
        )?;
        need(fields.has("zone"), "GCE SD configuration requires a zone")
    },
};

pub(super) const HETZNER: Shape = Shape {
    what: "hetzner_sd_config",
    fields: &[
        ("refresh_interval", Kind::Duration),
        ("port", Integer),
        ("role", Text),
        ("label_selector", Text),
    ],
    client: true,
    check: |fields| {
        let missing = "role missing (one of: robot, hcloud)";
        one_of(
            fields.text("role"),
            &["robot", "hcloud"],
            missing,
            "unknown role",
        )
    },
};

pub(super) const IONOS: Shape = Shape {
    what: "ionos_sd_config",
    fields: &[
        ("datacenter_id", Text),
        ("refresh_interval", Kind::Duration),
        ("port", Integer),
    ],
    client: true,
    check: |fields| need(fields.has("datacenter_id"), "datacenter id can't be empty"),
};

pub(super) const LINODE: Shape = Shape {
    what: "linode_sd_config",
    fields: &[
        ("refresh_interval", Kind::Duration),
        ("port", Integer),
        ("tag_separator", Text),
        ("region", Text),
    ],
    client: true,
    check: anything,
};

pub(super) const VULTR: Shape = Shape {
    what: "vultr_sd_config",
    fields: &[("refresh_interval", Kind::Duration), ("port", Integer)],
    client: true,
    check: anything,
};

pub(super) const OCI: Shape = Shape {
    what: "oci_sd_config",
    fields: &[
        ("auth", Text),
        ("tenancy", Text),
        ("user", Text),
        ("fingerprint", Text),
        ("key_file", Text),
        ("key_passphrase", Text),
        ("key_passphrase_file", Text),
        ("region", Text),
        ("compartments", Texts),
        ("port", Integer),
        ("refresh_interval", Kind::Duration),
    ],
    client: true,
    check: check_oci,
};

const OCI_KEY_FIELDS: [&str; 4] = ["tenancy", "user", "fingerprint", "key_file"];

fn check_oci(fields: &Fields) -> Result<(), String> {
    need(fields.has("region"), "oci_sd: region is required")?;
    let (phrase, file) = (
        fields.has("key_passphrase"),
        fields.has("key_passphrase_file"),
    );
    match fields.text_or("auth", "api_key") {
        "api_key" => {
            for key in OCI_KEY_FIELDS {
                need(
                    fields.has(key),
                    &format!("oci_sd: api_key auth requires {key}"),
                )?;
            }
            need(
                !(phrase && file),
                "oci_sd: at most one of key_passphrase and key_passphrase_file must be configured",
            )?;
        }
        "instance_principal" => need(
            !OCI_KEY_FIELDS.iter().any(|key| fields.has(key)) && !phrase && !file,
            "oci_sd: instance_principal auth must not have tenancy, user, fingerprint, key_file, key_passphrase, or key_passphrase_file set",
        )?,
        auth => {
            return Err(format!(
                "oci_sd: unknown auth method {auth:?}, expected \"api_key\" or \"instance_principal\""
            ));
        }
    }
    if let Some(at) = fields
        .list("compartments")
        .iter()
        .position(String::is_empty)
    {
        return Err(format!("oci_sd: compartments[{at}] must not be empty"));
    }
    need(
        !fields.duration("refresh_interval", 60_000).is_zero(),
        "oci_sd: refresh_interval must be positive, got 0s",
    )
}

pub(super) const OPENSTACK: Shape = Shape {
    what: "openstack_sd_config",
    fields: &[
        ("identity_endpoint", Text),
        ("username", Text),
        ("userid", Text),
        ("password", Text),
        ("project_name", Text),
        ("project_id", Text),
        ("domain_name", Text),
        ("domain_id", Text),
        ("application_credential_name", Text),
        ("application_credential_id", Text),
        ("application_credential_secret", Text),
        ("role", Text),
        ("region", Text),
        ("refresh_interval", Kind::Duration),
        ("port", Integer),
        ("all_tenants", Flag),
        ("tls_config", Kind::Tls),
        ("availability", Text),
    ],
    client: false,
    check: |fields| {
        let availability = fields.text_or("availability", "public");
        if !["public", "internal", "admin"].contains(&availability) {
            return Err(format!(
                "unknown availability {availability}, must be one of admin, internal or public"
            ));
        }
        let roles = ["hypervisor", "instance", "loadbalancer"];
        let missing = "role missing (one of: instance, hypervisor, loadbalancer)";
        let unknown = "unknown OpenStack SD role";
        one_of(fields.text("role"), &roles, missing, unknown)?;
        need(
            fields.has("region"),
            "openstack SD configuration requires a region",
        )
    },
};

pub(super) const OUTSCALE: Shape = Shape {
    what: "outscale_sd_config",
    fields: &[
        ("endpoint", Text),
        ("region", Text),
        ("access_key", Text),
        ("secret_key", Text),
        ("secret_key_file", Text),
        ("refresh_interval", Kind::Duration),
        ("port", Integer),
    ],
    client: true,
    check: |fields| {
        need(
            !fields.text_or("region", "eu-west-2").is_empty(),
            "outscale SD configuration requires a region",
        )?;
        need(
            fields.has("access_key"),
            "outscale SD configuration requires access_key",
        )?;
        check_secret_key(fields)
    },
};

/// `secret_key` or `secret_key_file`.
fn check_secret_key(fields: &Fields) -> Result<(), String> {
    match (fields.has("secret_key"), fields.has("secret_key_file")) {
        (false, false) => Err("one of secret_key & secret_key_file must be configured".to_owned()),
        (true, true) => {
            Err("at most one of secret_key & secret_key_file must be configured".to_owned())
        }
        _ => Ok(()),
    }
}

pub(super) const OVHCLOUD: Shape = Shape {
    what: "ovhcloud_sd_config",
    fields: &[
        ("endpoint", Text),
        ("application_key", Text),
        ("application_secret", Text),
        ("consumer_key", Text),
        ("refresh_interval", Kind::Duration),
        ("service", Text),
    ],
    client: false,
    check: |fields| {
        need(
            !fields.text_or("endpoint", "ovh-eu").is_empty(),
            "endpoint can not be empty",
        )?;
        for (key, message) in [
            ("application_key", "application key can not be empty"),
            ("application_secret", "application secret can not be empty"),
            ("consumer_key", "consumer key can not be empty"),
        ] {
            need(fields.has(key), message)?;
        }
        match fields.text("service") {
            "dedicated_server" | "vps" => Ok(()),
            service => Err(format!("unknown service: {service}")),
        }
    },
};

pub(super) const SCALEWAY: Shape = Shape {
    what: "scaleway_sd_config",
    fields: &[
        ("project_id", Text),
        ("api_url", Text),
        ("zone", Text),
        ("access_key", Text),
        ("secret_key", Text),
        ("secret_key_file", Text),
        ("name_filter", Text),
        ("tags_filter", Texts),
        ("refresh_interval", Kind::Duration),
        ("port", Integer),
        ("role", Text),
    ],
    client: true,
    check: |fields| {
        let roles = ["instance", "baremetal"];
        let missing = "role missing (one of: instance, baremetal)";
        one_of(fields.text("role"), &roles, missing, "unknown role")?;
        need(fields.has("project_id"), "project_id is mandatory")?;
        check_secret_key(fields)?;
        need(fields.has("access_key"), "access_key is mandatory")?;
        let key = fields.text("secret_key");
        need(
            key.is_empty() || is_uuid(key),
            "scaleway-sdk-go: invalid secret key format, expected a UUID",
        )
    },
};

pub(super) const STACKIT: Shape = Shape {
    what: "stackit_sd_config",
    fields: &[
        ("project", Text),
        ("refresh_interval", Kind::Duration),
        ("port", Integer),
        ("region", Text),
        ("endpoint", Text),
        ("service_account_key", Text),
        ("private_key", Text),
        ("service_account_key_path", Text),
        ("private_key_path", Text),
        ("credentials_file_path", Text),
    ],
    client: true,
    check: |fields| {
        let endpoint = fields.text("endpoint");
        need(
            !endpoint.is_empty() || !fields.text_or("region", "eu01").is_empty(),
            "stackit_sd: endpoint and region missing",
        )?;
        match parse_url(endpoint) {
            Ok(_) => Ok(()),
            Err(reason) => Err(format!(
                "stackit_sd: invalid endpoint {endpoint:?}: {reason}"
            )),
        }
    },
};
