//! The texts of `docs/runbooks`, in the order of the list. A test sees to it that none is missing.

/// A page.
pub(super) struct Runbook {
    /// Its name in addresses.
    pub(super) slug: &'static str,
    /// Markdown: a title, then a paragraph that says it in one line.
    pub(super) text: &'static str,
}

/// Pages that belong together.
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) pages: &'static [Runbook],
}

/// What stands below every page: acknowledging, silencing, tuning.
pub(super) const COMMON: &str = include_str!("../../../../docs/runbooks/common.md");

/// All pages.
pub(super) const GROUPS: &[Group] = &[
    Group {
        name: "The orchestrator",
        pages: &[
            Runbook {
                slug: "down",
                text: include_str!("../../../../docs/runbooks/down.md"),
            },
            Runbook {
                slug: "failures",
                text: include_str!("../../../../docs/runbooks/failures.md"),
            },
            Runbook {
                slug: "latency",
                text: include_str!("../../../../docs/runbooks/latency.md"),
            },
            Runbook {
                slug: "agent-errors",
                text: include_str!("../../../../docs/runbooks/agent-errors.md"),
            },
            Runbook {
                slug: "agent-failure-spike",
                text: include_str!("../../../../docs/runbooks/agent-failure-spike.md"),
            },
            Runbook {
                slug: "queue",
                text: include_str!("../../../../docs/runbooks/queue.md"),
            },
            Runbook {
                slug: "slow-tasks",
                text: include_str!("../../../../docs/runbooks/slow-tasks.md"),
            },
            Runbook {
                slug: "parallelism",
                text: include_str!("../../../../docs/runbooks/parallelism.md"),
            },
            Runbook {
                slug: "memory",
                text: include_str!("../../../../docs/runbooks/memory.md"),
            },
            Runbook {
                slug: "kpi",
                text: include_str!("../../../../docs/runbooks/kpi.md"),
            },
        ],
    },
    Group {
        name: "Workflows and services",
        pages: &[
            Runbook {
                slug: "workflow-failures",
                text: include_str!("../../../../docs/runbooks/workflow-failures.md"),
            },
            Runbook {
                slug: "workflow-duration",
                text: include_str!("../../../../docs/runbooks/workflow-duration.md"),
            },
            Runbook {
                slug: "service-down",
                text: include_str!("../../../../docs/runbooks/service-down.md"),
            },
            Runbook {
                slug: "http-errors",
                text: include_str!("../../../../docs/runbooks/http-errors.md"),
            },
        ],
    },
    Group {
        name: "The machine",
        pages: &[
            Runbook {
                slug: "host-memory",
                text: include_str!("../../../../docs/runbooks/host-memory.md"),
            },
            Runbook {
                slug: "host-cpu",
                text: include_str!("../../../../docs/runbooks/host-cpu.md"),
            },
            Runbook {
                slug: "host-disk",
                text: include_str!("../../../../docs/runbooks/host-disk.md"),
            },
            Runbook {
                slug: "host-file-descriptors",
                text: include_str!("../../../../docs/runbooks/host-file-descriptors.md"),
            },
        ],
    },
    Group {
        name: "Money and objectives",
        pages: &[
            Runbook {
                slug: "budget",
                text: include_str!("../../../../docs/runbooks/budget.md"),
            },
            Runbook {
                slug: "slo-at-risk",
                text: include_str!("../../../../docs/runbooks/slo-at-risk.md"),
            },
        ],
    },
    Group {
        name: "tacho itself",
        pages: &[
            Runbook {
                slug: "tacho-wal",
                text: include_str!("../../../../docs/runbooks/tacho-wal.md"),
            },
            Runbook {
                slug: "tacho-refused",
                text: include_str!("../../../../docs/runbooks/tacho-refused.md"),
            },
            Runbook {
                slug: "tacho-disk",
                text: include_str!("../../../../docs/runbooks/tacho-disk.md"),
            },
            Runbook {
                slug: "tacho-scrape",
                text: include_str!("../../../../docs/runbooks/tacho-scrape.md"),
            },
            Runbook {
                slug: "tacho-rules",
                text: include_str!("../../../../docs/runbooks/tacho-rules.md"),
            },
            Runbook {
                slug: "tacho-notifications",
                text: include_str!("../../../../docs/runbooks/tacho-notifications.md"),
            },
            Runbook {
                slug: "dead-mans-switch",
                text: include_str!("../../../../docs/runbooks/dead-mans-switch.md"),
            },
        ],
    },
];
