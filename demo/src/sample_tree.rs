//! The tree agents work on when no `--repo` is given: a small order service with the usual sins,
//! and the orchestrator's own sources, which give prompts of a realistic length.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

/// Relative path and content.
const FILES: [(&str, &str); 23] = [
    ("README.md", include_str!("sample_tree/README.md.txt")),
    (
        "config/service.yaml",
        include_str!("sample_tree/service.yaml.txt"),
    ),
    (
        "scripts/deploy.sh",
        include_str!("sample_tree/deploy.sh.txt"),
    ),
    ("orders/src/lib.rs", include_str!("sample_tree/lib.rs.txt")),
    (
        "orders/src/cart.rs",
        include_str!("sample_tree/cart.rs.txt"),
    ),
    (
        "orders/src/pricing.rs",
        include_str!("sample_tree/pricing.rs.txt"),
    ),
    (
        "orders/src/store.rs",
        include_str!("sample_tree/store.rs.txt"),
    ),
    (
        "orders/src/import.rs",
        include_str!("sample_tree/import.rs.txt"),
    ),
    ("orchestrator/src/agent.rs", include_str!("agent.rs")),
    ("orchestrator/src/command.rs", include_str!("command.rs")),
    (
        "orchestrator/src/conversation.rs",
        include_str!("conversation.rs"),
    ),
    ("orchestrator/src/events.rs", include_str!("events.rs")),
    ("orchestrator/src/http.rs", include_str!("http.rs")),
    ("orchestrator/src/model.rs", include_str!("model.rs")),
    (
        "orchestrator/src/orchestrator.rs",
        include_str!("orchestrator.rs"),
    ),
    ("orchestrator/src/plan.rs", include_str!("plan.rs")),
    ("orchestrator/src/plugin.rs", include_str!("plugin.rs")),
    ("orchestrator/src/queue.rs", include_str!("queue.rs")),
    ("orchestrator/src/scope.rs", include_str!("scope.rs")),
    ("orchestrator/src/script.rs", include_str!("script.rs")),
    ("orchestrator/src/tool.rs", include_str!("tool.rs")),
    ("orchestrator/src/toolbox.rs", include_str!("toolbox.rs")),
    ("orchestrator/src/tree.rs", include_str!("tree.rs")),
];

/// Writes the sample below `target`.
pub(crate) fn write(target: &Path) -> anyhow::Result<()> {
    for (path, content) in FILES {
        let file = target.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, content).with_context(|| format!("failed to write {}", file.display()))?;
    }
    Ok(())
}
