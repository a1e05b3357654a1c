//! Rules for every Rust file: header, length, no re-exports, no glob imports, no silenced lints,
//! no unfinished work, no ignored tests. What clippy can check is left to clippy.

use super::{Report, read};
use crate::workspace;
use anyhow::Result;

const LINES_TARGET: usize = 400;
const LINES_MAX: usize = 800;
/// How many long files the note names.
const NAMED_MAX: usize = 12;

/// Checks every Rust file of the repository.
pub(crate) fn check(report: &mut Report) -> Result<()> {
    let mut long = Vec::new();
    for file in workspace::files()?
        .iter()
        .filter(|file| file.ends_with(".rs"))
    {
        let text = read(file)?;
        if text
            .lines()
            .next()
            .is_some_and(|line| line.contains("@generated"))
        {
            continue;
        }
        check_file(file, &text, report);
        let lines = product_lines(&text).count();
        if lines > LINES_TARGET && !is_test(file) {
            long.push((lines, file.clone()));
        }
    }
    long.sort_by(|left, right| right.cmp(left));
    if !long.is_empty() {
        let named: Vec<String> = long
            .iter()
            .take(NAMED_MAX)
            .map(|(lines, file)| format!("{file} ({lines})"))
            .collect();
        report.note(format!(
            "{} files have more than {LINES_TARGET} lines without tests: {}",
            long.len(),
            named.join(", ")
        ));
    }
    Ok(())
}

fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/") || file.contains("/benches/")
}

/// The lines before the test module.
fn product_lines(text: &str) -> impl Iterator<Item = &str> {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines
        .windows(2)
        .position(|pair| pair[0] == "#[cfg(test)]" && is_module(pair[1]));
    let end = tests.unwrap_or(lines.len());
    lines.into_iter().take(end)
}

fn is_module(line: &str) -> bool {
    line.starts_with("mod ") && line.ends_with('{')
}

fn check_file(file: &str, text: &str, report: &mut Report) {
    if file.ends_with("/mod.rs") {
        report.error(file, 0, "rename `foo/mod.rs` to `foo.rs` beside `foo/`");
    }
    if !text.starts_with("//!") {
        report.error(
            file,
            1,
            "open with a `//!` header: what it does, what it does not, where to start",
        );
    }
    let product = product_lines(text).count();
    if product > LINES_MAX && !is_test(file) {
        let message =
            format!("{product} lines without tests, more than {LINES_MAX}; split by subject");
        report.error(file, 0, message);
    }
    for (index, line) in text.lines().enumerate() {
        let in_tests = is_test(file) || index >= product;
        if let Some(message) = check_line(line, in_tests) {
            report.error(file, index + 1, message);
        }
    }
}

fn check_line(line: &str, in_tests: bool) -> Option<&'static str> {
    let code = line.trim_start();
    if unfinished(code) {
        return Some("unfinished work; do it, or write an issue and remove the mark");
    }
    if code.starts_with("//") {
        return None;
    }
    if code.starts_with("#[allow(") || code.starts_with("#![allow(") {
        return Some("silences a lint for ever; use `#[expect(lint, reason = \"…\")]`");
    }
    if code.starts_with("#[ignore") {
        return Some("ignored test; assert what happens today and say why");
    }
    if code.starts_with("pub use ") {
        return Some("re-export; name the item by its one path");
    }
    if !in_tests && is_use(code) && code.trim_end_matches([';', '}']).ends_with("::*") {
        return Some("glob import; name what is used");
    }
    None
}

fn is_use(code: &str) -> bool {
    code.starts_with("use ") || code.starts_with("pub(crate) use ")
}

/// A mark for later in a comment, or a macro that stands for missing code.
fn unfinished(code: &str) -> bool {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
    ];
    let comment = code.find("//").map_or("", |at| &code[at..]);
    let marked = comment
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| marks.contains(&word));
    let macros = [concat!("to", "do!("), concat!("unimple", "mented!(")];
    marked || !code.starts_with("//") && macros.iter().any(|name| code.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::{Report, check_file, check_line, product_lines};

    fn errors(file: &str, text: &str) -> Vec<String> {
        let mut report = Report::default();
        check_file(file, text, &mut report);
        report.errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_opens_with_its_header() {
        assert_eq!(errors("a.rs", "//! Says what.\nfn f() {}\n").len(), 0);
        assert_eq!(errors("a.rs", "fn f() {}\n").len(), 1);
        assert_eq!(errors("crates/a/src/b/mod.rs", "//! x\n").len(), 1);
    }

    #[test]
    fn length_is_counted_without_tests() {
        let long = format!("//! x\n{}", "fn f() {}\n".repeat(900));
        assert_eq!(errors("a.rs", &long).len(), 1);
        assert_eq!(errors("src/tests.rs", &long).len(), 0);
        let inline = format!(
            "//! x\n#[cfg(test)]\nmod tests {{\n{}}}\n",
            "fn f() {}\n".repeat(900)
        );
        assert_eq!(product_lines(&inline).count(), 1);
        assert_eq!(errors("a.rs", &inline).len(), 0);
    }

    #[test]
    fn lines_that_are_not_wanted() {
        let bad = [
            concat!("// TO", "DO: later"),
            concat!("let a = 1; // FIX", "ME"),
            concat!("to", "do!()"),
            concat!("#[al", "low(dead_code)]"),
            concat!("#[ig", "nore]"),
            concat!("pub ", "use crate::x::Y;"),
            concat!("use crate::x::", "*;"),
        ];
        assert!(bad.iter().all(|line| check_line(line, false).is_some()));
        let good = [
            "let text = \"a mark\";",
            "use crate::x::{Y, Z};",
            "// pub things",
            "let a = b * c;",
        ];
        assert!(good.iter().all(|line| check_line(line, false).is_none()));
    }

    #[test]
    fn tests_may_import_by_glob() {
        assert_eq!(check_line(concat!("use super::", "*;"), true), None);
    }
}
