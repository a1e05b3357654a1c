//! The committed OpenAPI document and reference page are what the code prints.
//! `UPDATE_GOLDEN=1` writes them anew.

use std::path::Path;

#[expect(
    clippy::disallowed_methods,
    reason = "a test may read the repository and a switch"
)]
fn check(path: &str, printed: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    if std::env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1") {
        let folder = path.parent().expect("the page lies in a folder");
        std::fs::create_dir_all(folder).expect("the folder can be made");
        std::fs::write(&path, printed).expect("the page can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == printed,
        "{} is not what the code prints: run with UPDATE_GOLDEN=1 and look at the difference",
        path.display()
    );
}

#[test]
fn the_committed_openapi_document_is_current() {
    check(
        "docs/reference/openapi.json",
        &tacho_api::openapi::text(env!("CARGO_PKG_VERSION")),
    );
}

#[test]
fn the_committed_reference_page_is_current() {
    check("docs/reference/http-api.md", &tacho_api::reference::text());
}

#[test]
fn every_shape_that_an_operation_names_is_in_the_document() {
    let document: serde_json::Value = serde_json::from_str(&tacho_api::openapi::text("0")).unwrap();
    let text = document.to_string();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    assert_eq!(document["openapi"], "3.1.0");
}
