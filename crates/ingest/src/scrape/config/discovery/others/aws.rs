//! Discovery in Amazon's cloud: checked, not in force.

use super::{FILTER, need, one_of};
use crate::scrape::config::fields::{Kind, Shape, anything};

use Kind::{Integer, Text, Texts};

pub(super) const AWS: Shape = Shape {
    what: "aws_sd_config",
    fields: &[
        ("role", Text),
        ("region", Text),
        ("endpoint", Text),
        ("access_key", Text),
        ("secret_key", Text),
        ("profile", Text),
        ("role_arn", Text),
        ("external_id", Text),
        ("refresh_interval", Kind::Duration),
        ("port", Integer),
        ("filters", Kind::Many(&FILTER)),
        ("clusters", Texts),
    ],
    client: true,
    check: |fields| {
        let roles = ["ec2", "ecs", "elasticache", "lightsail", "msk", "rds"];
        let unknown = "unknown AWS SD role";
        one_of(
            fields.text("role"),
            &roles,
            "unknown AWS SD role \"\"",
            unknown,
        )
    },
};

pub(super) const EC2: Shape = Shape {
    what: "ec2_sd_config",
    fields: &[
        ("region", Text),
        ("endpoint", Text),
        ("access_key", Text),
        ("secret_key", Text),
        ("profile", Text),
        ("role_arn", Text),
        ("external_id", Text),
        ("refresh_interval", Kind::Duration),
        ("port", Integer),
        ("filters", Kind::Many(&FILTER)),
    ],
    client: true,
    check: |fields| {
        let filters = fields.inner("filters");
        need(
            filters
                .iter()
                .all(|filter| !filter.list("values").is_empty()),
            "EC2 SD configuration filter values cannot be empty",
        )
    },
};

/// Discovery of clusters: all of these have the same fields.
const fn clusters(what: &'static str) -> Shape {
    Shape {
        what,
        fields: &[
            ("region", Text),
            ("endpoint", Text),
            ("access_key", Text),
            ("secret_key", Text),
            ("profile", Text),
            ("role_arn", Text),
            ("external_id", Text),
            ("refresh_interval", Kind::Duration),
            ("port", Integer),
            ("clusters", Texts),
            ("request_concurrency", Integer),
        ],
        client: true,
        check: anything,
    }
}

pub(super) const ECS: Shape = clusters("ecs_sd_config");

pub(super) const ELASTICACHE: Shape = clusters("elasticache_sd_config");

pub(super) const MSK: Shape = clusters("msk_sd_config");

pub(super) const RDS: Shape = Shape {
    what: "rds_sd_config",
    fields: &[
        ("region", Text),
        ("endpoint", Text),
        ("access_key", Text),
        ("secret_key", Text),
        ("profile", Text),
        ("role_arn", Text),
        ("external_id", Text),
        ("refresh_interval", Kind::Duration),
        ("port", Integer),
        ("clusters", Texts),
        ("filters", Kind::Many(&FILTER)),
        ("request_concurrency", Integer),
    ],
    client: true,
    check: anything,
};

pub(super) const LIGHTSAIL: Shape = Shape {
    what: "lightsail_sd_config",
    fields: &[
        ("region", Text),
        ("endpoint", Text),
        ("access_key", Text),
        ("secret_key", Text),
        ("profile", Text),
        ("role_arn", Text),
        ("external_id", Text),
        ("refresh_interval", Kind::Duration),
        ("port", Integer),
    ],
    client: true,
    check: anything,
};
