//! What is generated from the table: the reference page, the page of variables, the JSON schema.

use super::key::{Force, Key, Kind};
use super::{table, variable};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// `docs/reference/configuration.md`.
pub fn page() -> String {
    let mut out = "\
# Configuration

<!-- Generated from crates/server/src/config/table: run the tests of tacho-server with UPDATE_GOLDEN=1. -->

One YAML file with the root key `observability`. The file is the one of `--config`, else `./tacho.yaml`,
`$XDG_CONFIG_HOME/tachograph/tacho.yaml`, `/etc/tachograph/tacho.yaml`; without any the defaults hold. Defaults give way to the
file, the file to variables (see [environment.md](environment.md)), variables to flags.

- `${VAR}` and `${VAR:-default}` in values are filled in from the environment; `$$` is a dollar sign.
- Keys may be written in snake_case or camelCase. Unknown keys are errors that name the likely right one; `x-…` at the top is free for anchors.
- Durations: `250ms`, `30s`, `5m`, `1h30m`, `7d`. Sizes: `4096`, `64KiB`, `500MB`, `2GiB`.
- In force: **start** from the next start, **reload** also after SIGHUP or `POST /api/v1/reload`, **not yet** read and checked only
  (its part is not built; a warning says so).
- `tacho config validate FILE` checks a file. The machine-readable form is [configuration.schema.json](configuration.schema.json).
"
    .to_owned();
    let mut section = "";
    for key in table::all() {
        let top = key.path.split('.').next().unwrap_or_default();
        if top != section {
            section = top;
            let _ = write!(
                out,
                "\n## {top}\n\n| key | takes | default | in force | |\n|---|---|---|---|---|\n"
            );
        }
        write_key(&mut out, "", key);
        if let Kind::Records(keys) = key.kind {
            for inner in keys {
                write_key(&mut out, &format!("{}[].", key.path), inner);
            }
        }
    }
    out.push_str("\n## Other spellings\n\n| written | stands for |\n|---|---|\n");
    for (alias, target) in table::ALIASES {
        let _ = writeln!(out, "| `{alias}` | `{target}` |");
    }
    out
}

fn write_key(out: &mut String, prefix: &str, key: &Key) {
    let default = if key.default.is_empty() {
        "–".to_owned()
    } else {
        format!("`{}`", key.default)
    };
    let force = match key.force {
        Force::Start => "start",
        Force::Reload => "reload",
        Force::Later => "not yet",
    };
    let takes = key.kind.words().replace('|', "\\|");
    let doc = key.doc.replace('|', "\\|");
    let _ = writeln!(
        out,
        "| `{prefix}{}` | {takes} | {default} | {force} | {doc} |",
        key.path
    );
}

/// `docs/reference/environment.md`.
pub fn variables_page() -> String {
    let mut out = "\
# Environment variables

<!-- Generated from crates/server/src/config/table: run the tests of tacho-server with UPDATE_GOLDEN=1. -->

Every key of the [configuration](configuration.md) is also a variable: `TACHO_` and its path in capitals, levels joined by `__`.
Lists take commas, lists of mappings YAML. An unknown variable only warns. These with the same prefix are no keys:

| variable | |
|---|---|
"
    .to_owned();
    for (name, doc) in variable::OTHERS {
        let _ = writeln!(out, "| `{name}` | {doc} |");
    }
    out.push_str("\n| variable | key | default |\n|---|---|---|\n");
    for key in table::all() {
        let default = if key.default.is_empty() {
            "–".to_owned()
        } else {
            format!("`{}`", key.default)
        };
        let _ = writeln!(
            out,
            "| `{}` | `{}` | {default} |",
            variable::name(key.path),
            key.path
        );
    }
    out
}

/// `docs/reference/configuration.schema.json`: JSON Schema 2020-12 of the file.
pub fn schema() -> String {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of Tachograph",
        "type": "object",
        "properties": { "observability": group_schema("") },
        "patternProperties": { "^x-": {} },
        "additionalProperties": false,
    });
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn group_schema(path: &str) -> Value {
    let mut properties = Map::new();
    for name in table::children(path) {
        let below = if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        };
        let schema = match table::find(&below) {
            Some(key) => key_schema(key),
            None => group_schema(&below),
        };
        properties.insert(name.to_owned(), schema);
    }
    json!({ "type": ["object", "null"], "properties": properties, "additionalProperties": false })
}

fn key_schema(key: &Key) -> Value {
    let mut schema = kind_schema(&key.kind);
    if let Some(object) = schema.as_object_mut() {
        object.insert("description".to_owned(), key.doc.into());
        if !key.default.is_empty() {
            let default = match key.kind {
                Kind::Bool => json!(key.default == "true"),
                Kind::Integer(..) => json!(key.default.parse::<i64>().ok()),
                Kind::Number(..) => json!(key.default.parse::<f64>().ok()),
                Kind::List(_) => {
                    let items = key
                        .default
                        .trim_matches(['[', ']'])
                        .split(',')
                        .map(str::trim);
                    json!(items.collect::<Vec<_>>())
                }
                _ => json!(key.default),
            };
            object.insert("default".to_owned(), default);
        }
    }
    schema
}

/// Values with `${…}` are text whatever the kind.
const VARIABLE: &str = r"\$\{";

fn kind_schema(kind: &Kind) -> Value {
    let or_variable =
        |schema: Value| json!({ "anyOf": [schema, { "type": "string", "pattern": VARIABLE }] });
    match kind {
        Kind::Bool => or_variable(json!({ "type": "boolean" })),
        Kind::Integer(min, i64::MAX) => or_variable(json!({ "type": "integer", "minimum": min })),
        Kind::Integer(min, max) => {
            or_variable(json!({ "type": "integer", "minimum": min, "maximum": max }))
        }
        Kind::Number(min, max) if *max == f64::MAX => or_variable(if *min == f64::MIN {
            json!({ "type": "number" })
        } else {
            json!({ "type": "number", "minimum": min })
        }),
        Kind::Number(min, max) => {
            or_variable(json!({ "type": "number", "minimum": min, "maximum": max }))
        }
        Kind::Text | Kind::Secret => json!({ "type": ["string", "number", "boolean"] }),
        Kind::Path | Kind::Listen | Kind::Url | Kind::Duration(_) | Kind::Time => {
            json!({ "type": ["string", "integer"] })
        }
        Kind::Size(_) => json!({ "type": ["string", "integer"] }),
        Kind::Word(words) => {
            let mut spellings: Vec<String> = Vec::new();
            for word in *words {
                for spelling in [(*word).to_owned(), word.to_ascii_uppercase()] {
                    if !spellings.contains(&spelling) {
                        spellings.push(spelling);
                    }
                }
            }
            or_variable(json!({ "enum": spellings }))
        }
        Kind::List(inner) => {
            let inner = kind_schema(inner);
            json!({ "anyOf": [{ "type": "array", "items": inner.clone() }, inner] })
        }
        Kind::Map(inner) => json!({ "type": "object", "additionalProperties": kind_schema(inner) }),
        Kind::Records(keys) => {
            let properties: Map<String, Value> = keys
                .iter()
                .map(|key| (key.path.to_owned(), key_schema(key)))
                .collect();
            let record = json!({ "type": "object", "properties": properties, "additionalProperties": false });
            json!({ "anyOf": [
                { "type": "array", "items": { "anyOf": [record.clone(), { "type": "string" }] } },
                { "type": "object", "additionalProperties": record },
            ] })
        }
        Kind::Any => json!({}),
    }
}
