//! `tacho config validate`.

use super::support::{Said, tacho};

fn validate(text: &str, args: &[&str]) -> Said {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("tacho.yaml"), text).unwrap();
    tacho(home.path())
        .args(["config", "validate", "tacho.yaml"])
        .args(args)
        .output()
        .unwrap()
        .into()
}

#[test]
fn a_good_file_is_ok() {
    let text = "observability:\n  storage:\n    durability: buffered\n  http:\n    listen: ${LISTEN:-127.0.0.1:3000}\n";
    assert_eq!(validate(text, &[]).done(), "ok\n");
}

#[test]
fn a_wrong_key_is_named_with_its_place_and_the_likely_right_one() {
    let said = validate("observability:\n  storage:\n    durabilty: fsync\n", &[]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.starts_with("error: tacho.yaml:3:5: "), "{said:?}");
    assert!(said.out.contains("durability"), "{said:?}");
    let json = validate(
        "observability:\n  storage:\n    durabilty: fsync\n",
        &["--output", "json"],
    )
    .json();
    assert_eq!(json["valid"], false);
    assert_eq!(json["errors"][0]["line"], 3);
}

#[test]
fn a_missing_file_is_an_error() {
    let home = tempfile::tempdir().unwrap();
    let said: Said = tacho(home.path())
        .args(["config", "validate", "none.yaml"])
        .output()
        .unwrap()
        .into();
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("none.yaml"), "{said:?}");
}
