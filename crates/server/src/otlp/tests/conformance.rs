//! The published examples of OTLP come in whole.

use super::{JSON, Server, Setup};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tacho_model::signal::Signal;

/// The examples of opentelemetry-proto, which lie outside the repository.
#[tokio::test]
async fn conformance_examples_of_otlp_json_come_in_whole() {
    let Some(folder) = examples() else {
        // Not println, which is captured: the notice must be seen.
        let notice = b"SKIPPED: no examples of OTLP, set TACHO_CONFORMANCE_DIR\n";
        std::io::stderr().write_all(notice).unwrap();
        return;
    };
    let server = Server::start(Setup::default()).await;
    for (file, path) in [
        ("trace.json", "/v1/traces"),
        ("logs.json", "/v1/logs"),
        ("metrics.json", "/v1/metrics"),
    ] {
        let body = read(&folder.join(file));
        let answer = server.post(path, &[("content-type", JSON)], body).await;
        assert_eq!(answer.status, 200, "{file}");
        assert_eq!(answer.json(), serde_json::json!({}), "{file}");
    }
    assert_eq!(server.items(Signal::Spans), 1);
    assert_eq!(server.items(Signal::Logs), 1);
    assert!(server.items(Signal::Samples) > 5);
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told where outside data lie"
)]
fn examples() -> Option<PathBuf> {
    let standard =
        || concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance").to_owned();
    let root = std::env::var("TACHO_CONFORMANCE_DIR").unwrap_or_else(|_| standard());
    let folder = Path::new(&root).join("otlp/examples");
    folder.is_dir().then_some(folder)
}

#[expect(clippy::disallowed_methods, reason = "a test reads outside data")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}
