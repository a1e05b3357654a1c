//! Groups of rules as a rule file of Prometheus. `read` gives back the same groups, lines aside.
//!
//! Only what Prometheus knows is written: look at `Rule::is_plain` first where more matters.

use crate::rule::{Rule, RuleGroup, RuleKind};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;
use tacho_yaml::scalar::print_duration;

/// The text of a file with these groups.
pub fn print(groups: &[RuleGroup]) -> String {
    if groups.is_empty() {
        return "groups: []\n".to_owned();
    }
    let mut out = String::from("groups:\n");
    for (at, group) in groups.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        print_group(&mut out, group);
    }
    out
}

/// A duration in milliseconds as rule files have it.
pub fn duration(ms: i64) -> String {
    print_duration(Duration::from_millis(u64::try_from(ms).unwrap_or(0)))
}

fn print_group(out: &mut String, group: &RuleGroup) {
    let _ = write!(out, "  - name: ");
    scalar(out, &group.name, 4);
    if let Some(interval) = group.interval_ms {
        let _ = writeln!(out, "    interval: {}", duration(interval));
    }
    if let Some(offset) = group.query_offset_ms {
        let _ = writeln!(out, "    query_offset: {}", duration(offset));
    }
    if group.limit > 0 {
        let _ = writeln!(out, "    limit: {}", group.limit);
    }
    map(out, "labels", &group.labels, 4);
    if group.rules.is_empty() {
        out.push_str("    rules: []\n");
        return;
    }
    out.push_str("    rules:\n");
    for rule in &group.rules {
        print_rule(out, rule);
    }
}

fn print_rule(out: &mut String, rule: &Rule) {
    let key = match rule.kind {
        RuleKind::Alert { .. } => "alert",
        RuleKind::Record { .. } => "record",
    };
    let _ = write!(out, "      - {key}: ");
    scalar(out, rule.name(), 8);
    out.push_str("        expr: ");
    scalar(out, rule.expr.text(), 8);
    for (key, ms) in [
        ("for", rule.for_ms),
        ("keep_firing_for", rule.keep_firing_for_ms),
    ] {
        if ms > 0 {
            let _ = writeln!(out, "        {key}: {}", duration(ms));
        }
    }
    map(out, "labels", &rule.labels, 8);
    map(out, "annotations", &rule.annotations, 8);
}

/// A mapping of texts behind a key; nothing if it is empty.
pub fn map(out: &mut String, key: &str, texts: &BTreeMap<String, String>, indent: usize) {
    if texts.is_empty() {
        return;
    }
    let pad = " ".repeat(indent);
    let _ = writeln!(out, "{pad}{key}:");
    for (name, text) in texts {
        let _ = write!(out, "{pad}  ");
        key_text(out, name);
        out.push_str(": ");
        scalar(out, text, indent + 2);
    }
}

/// A text as a value behind its key, and the end of its line: plain where that is safe, as a block where it
/// has lines, else in quotes. `indent` is that of the key.
pub fn scalar(out: &mut String, text: &str, indent: usize) {
    if is_block(text) {
        let pad = " ".repeat(indent + 2);
        let body = text.strip_suffix('\n');
        out.push_str(if body.is_some() { "|\n" } else { "|-\n" });
        for line in body.unwrap_or(text).split('\n') {
            if !line.is_empty() {
                out.push_str(&pad);
                out.push_str(line);
            }
            out.push('\n');
        }
        return;
    }
    if is_plain(text) {
        out.push_str(text);
    } else {
        quoted(out, text);
    }
    out.push('\n');
}

fn key_text(out: &mut String, text: &str) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_safe = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(is_word);
    if is_safe {
        out.push_str(text);
    } else {
        quoted(out, text);
    }
}

/// Whether a text can stand as a block and is better read so: it has lines, the first of which tells the
/// indentation, and none that is all blanks.
fn is_block(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let is_fine = |c: char| c == '\n' || (!c.is_control() && !is_break(c));
    body.contains('\n')
        && text.chars().all(is_fine)
        && !body.starts_with([' ', '\n', '!', '&', '*'])
        && !body.ends_with('\n')
        && body
            .split('\n')
            .all(|line| line.is_empty() || !line.trim().is_empty())
}

/// Breaks of lines other than the newline, and the mark at the start of a file.
fn is_break(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Whether a text read as a plain scalar is the same text, and surely a text.
fn is_plain(text: &str) -> bool {
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_fine = |c: char| c.is_ascii_graphic() || c == ' ' || c.is_alphanumeric();
    let word = text.to_ascii_lowercase();
    let is_other = matches!(
        word.as_str(),
        "y" | "yes" | "n" | "no" | "true" | "false" | "on" | "off" | "null" | "inf" | "nan"
    );
    starts_well
        && !is_other
        && text.chars().all(is_fine)
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([' ', ':'])
}

/// A text in double quotes.
fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if (c.is_control() || is_break(c)) && u32::from(c) < 0x100 => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c if c.is_control() || is_break(c) || u32::from(c) >= 0xd800 => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
