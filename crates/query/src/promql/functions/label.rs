//! Functions that change labels and leave values alone.

use crate::error::Result;
use crate::promql::call::{CallContext, Operand};
use crate::promql::column::Series;
use crate::promql::failure;
use tacho_model::labels::METRIC_NAME;
use tacho_syntax::pattern::{Anchoring, compile};

/// Sets a label from another one that matches a pattern; `$1` and `${name}` stand for its groups.
pub(super) fn replace(_: &mut CallContext<'_>, args: Vec<Operand>) -> Result<Operand> {
    let (mut series, texts) = split(args);
    let text = |position: usize| texts.get(position).map_or("", String::as_str);
    let (target, replacement, source, pattern) = (text(0), text(1), text(2), text(3));
    let regex = compile(pattern, Anchoring::WholeWithLineEnds).map_err(|_| {
        failure::execution(format!(
            "invalid regular expression in label_replace(): {pattern}"
        ))
    })?;
    check_name(target, "destination", "label_replace")?;
    for series in &mut series {
        let value = series.labels.value(source);
        let Some(captures) = regex.captures(value) else {
            continue;
        };
        let mut expanded = String::new();
        captures.expand(replacement, &mut expanded);
        set(series, target, &expanded);
    }
    Ok(Operand::Vector(series))
}

/// Sets a label to the values of others with a separator between them.
pub(super) fn join(_: &mut CallContext<'_>, args: Vec<Operand>) -> Result<Operand> {
    let (mut series, texts) = split(args);
    let target = texts.first().map_or("", String::as_str);
    let separator = texts.get(1).map_or("", String::as_str);
    let sources = texts.get(2..).unwrap_or_default();
    for source in sources {
        check_name(source, "source", "label_join")?;
    }
    check_name(target, "destination", "label_join")?;
    for series in &mut series {
        let values: Vec<&str> = sources
            .iter()
            .map(|name| series.labels.value(name))
            .collect();
        let joined = values.join(separator);
        set(series, target, &joined);
    }
    Ok(Operand::Vector(series))
}

fn split(args: Vec<Operand>) -> (Vec<Series>, Vec<String>) {
    let (mut vector, mut texts) = (Vec::new(), Vec::new());
    for arg in args {
        match arg {
            Operand::Vector(series) => vector = series,
            Operand::String(text) => texts.push(text),
            Operand::Scalar(_) => {}
        }
    }
    (vector, texts)
}

/// Any text is a name, but bytes of a literal that were no text (`"\xff"`) have left a mark.
fn check_name(name: &str, role: &str, function: &str) -> Result<()> {
    if name.is_empty() || name.contains(char::REPLACEMENT_CHARACTER) {
        return Err(failure::execution(format!(
            "invalid {role} label name in {function}(): {name}"
        )));
    }
    Ok(())
}

/// A name that is set is not dropped any more.
fn set(series: &mut Series, target: &str, value: &str) {
    series.labels = series.labels.with(target, value);
    if target == METRIC_NAME {
        series.drop_name = false;
    }
}
