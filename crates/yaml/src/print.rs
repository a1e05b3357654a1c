//! A configuration as YAML text for people who may not see its secrets.

use crate::node::{Data, Entry, Node};
use std::fmt::Write as _;

const HIDDEN: &str = "<secret>";

/// Fields whose text is never shown.
const SECRET_KEYS: [&str; 20] = [
    "password",
    "credentials",
    "bearer_token",
    "client_secret",
    "client_certificate_key",
    "secrets",
    "token",
    "secret_key",
    "key",
    "auth_token",
    "application_key",
    "application_secret",
    "consumer_key",
    "application_credential_secret",
    "service_account_key",
    "private_key",
    "key_passphrase",
    "certificate_password",
    "proxy_connect_header",
    "access_key",
];

/// The text, without comments and secrets.
pub fn print(node: &Node) -> String {
    let mut out = String::new();
    match &node.data {
        Data::Mapping(entries) => print_entries(&mut out, entries, 0, false),
        _ => out.push_str("{}\n"),
    }
    out
}

fn print_entries(out: &mut String, entries: &[Entry], indent: usize, secret: bool) {
    for (at, entry) in entries.iter().enumerate() {
        // the first one of an item of a list stands behind its dash
        if at > 0 || indent == 0 || !out.ends_with("- ") {
            pad(out, indent);
        }
        print_text(out, &entry.key, false);
        out.push(':');
        let secret = secret || SECRET_KEYS.contains(&entry.key.as_str());
        print_value(out, &entry.value, indent, secret);
    }
}

/// A value behind its key.
fn print_value(out: &mut String, node: &Node, indent: usize, secret: bool) {
    match &node.data {
        Data::Null => out.push('\n'),
        Data::Scalar { .. } => {
            out.push(' ');
            print_scalar(out, node, secret);
        }
        Data::Sequence(items) if items.is_empty() => out.push_str(" []\n"),
        Data::Mapping(entries) if entries.is_empty() => out.push_str(" {}\n"),
        Data::Sequence(items) => {
            out.push('\n');
            print_items(out, items, indent, secret);
        }
        Data::Mapping(entries) => {
            out.push('\n');
            print_entries(out, entries, indent + 2, secret);
        }
    }
}

fn print_items(out: &mut String, items: &[Node], indent: usize, secret: bool) {
    for item in items {
        pad(out, indent);
        out.push_str("- ");
        match &item.data {
            Data::Null => out.push_str("null\n"),
            Data::Scalar { .. } => print_scalar(out, item, secret),
            Data::Sequence(inner) if inner.is_empty() => out.push_str("[]\n"),
            Data::Mapping(inner) if inner.is_empty() => out.push_str("{}\n"),
            Data::Mapping(entries) => print_entries(out, entries, indent + 2, secret),
            Data::Sequence(inner) => {
                out.push('\n');
                print_items(out, inner, indent + 2, secret);
            }
        }
    }
}

fn print_scalar(out: &mut String, node: &Node, secret: bool) {
    if let Data::Scalar { text, quoted } = &node.data {
        if secret {
            out.push_str(HIDDEN);
        } else {
            print_text(out, &without_password(text), *quoted);
        }
    }
    out.push('\n');
}

/// Text as a scalar: plain where that is safe.
fn print_text(out: &mut String, text: &str, quoted: bool) {
    let is_plain = |c: char| c.is_alphanumeric() || "_./:-".contains(c);
    let safe = text.chars().next().is_some_and(char::is_alphanumeric)
        && text.chars().all(is_plain)
        && !text.ends_with(':');
    if !quoted && (safe || text.parse::<f64>().is_ok()) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A URL without the password that it may carry.
fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((user, host)) if user.contains(':') => {
            let name = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}:xxxxx@{host}{path}")
        }
        _ => text.to_owned(),
    }
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

#[cfg(test)]
mod tests {
    use super::print;
    use crate::node::parse;

    #[test]
    fn what_is_printed_is_the_same_configuration_without_secrets() {
        let text = "global:
  scrape_interval: 15s # often
scrape_configs:
- job_name: 'a: b'
  proxy_url: http://u:pw@h:1/x
  basic_auth: {username: u, password: hidden1}
  http_headers:
    x: {values: [seen], secrets: [hidden2]}
  static_configs:
  - targets: ['h:1', \"i\"]
  - targets: []
  params: {}
";
        let printed = print(&parse(text).unwrap());
        let expected = "global:
  scrape_interval: 15s
scrape_configs:
- job_name: \"a: b\"
  proxy_url: \"http://u:xxxxx@h:1/x\"
  basic_auth:
    username: u
    password: <secret>
  http_headers:
    x:
      values:
      - seen
      secrets:
      - <secret>
  static_configs:
  - targets:
    - \"h:1\"
    - \"i\"
  - targets: []
  params: {}
";
        assert_eq!(printed, expected);
        let again = print(&parse(&printed).unwrap());
        assert_eq!(again, expected);
    }
}
