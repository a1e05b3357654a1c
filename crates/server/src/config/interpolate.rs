//! `${VAR}` and `${VAR:-default}` in values; `$$` is a dollar sign. Works on scalars after the
//! YAML was parsed, so that no variable can add keys.

use std::collections::BTreeMap;

/// A value with its variables filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpolated {
    /// The text.
    pub text: String,
    /// Whether there was any variable.
    pub touched: bool,
    /// Variables without value and default; empty text stands for them.
    pub missing: Vec<String>,
}

/// Fills the variables of a text in. The error says what is wrong with the form.
pub fn interpolate(text: &str, env: &BTreeMap<String, String>) -> Result<Interpolated, String> {
    let mut out = Interpolated {
        text: String::new(),
        touched: false,
        missing: Vec::new(),
    };
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        out.text.push_str(&rest[..dollar]);
        let after = &rest[dollar + 1..];
        if let Some(after) = after.strip_prefix('$') {
            out.text.push('$');
            rest = after;
        } else if let Some(after) = after.strip_prefix('{') {
            let Some(end) = after.find('}') else {
                return Err("`${` has no `}`".to_owned());
            };
            fill_in(&after[..end], env, &mut out)?;
            rest = &after[end + 1..];
        } else {
            out.text.push('$');
            rest = after;
        }
    }
    out.text.push_str(rest);
    Ok(out)
}

fn fill_in(
    inside: &str,
    env: &BTreeMap<String, String>,
    out: &mut Interpolated,
) -> Result<(), String> {
    let (name, default) = match inside.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    let well_formed = name.bytes().enumerate().all(|(index, byte)| {
        byte == b'_' || byte.is_ascii_alphabetic() || (index > 0 && byte.is_ascii_digit())
    });
    if name.is_empty() || !well_formed {
        return Err(format!(
            "`${{{inside}}}` is no variable: write ${{NAME}} or ${{NAME:-default}}"
        ));
    }
    out.touched = true;
    match (env.get(name).filter(|value| !value.is_empty()), default) {
        (Some(value), _) => out.text.push_str(value),
        (None, Some(default)) => out.text.push_str(default),
        (None, None) if env.contains_key(name) => {}
        (None, None) => out.missing.push(name.to_owned()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::interpolate;
    use std::collections::BTreeMap;

    fn check(text: &str, expected: Result<&str, &str>) {
        let env: BTreeMap<_, _> = [("A", "one"), ("EMPTY", ""), ("EVIL", "x\nkey: ${A}")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
        let got = interpolate(text, &env).map(|done| done.text);
        assert_eq!(got.as_deref().map_err(String::as_str), expected, "{text}");
    }

    #[test]
    fn variables_and_defaults_are_filled_in_once() {
        check("plain", Ok("plain"));
        check("a ${A} b ${NONE:-two}", Ok("a one b two"));
        check("${EMPTY:-filled}", Ok("filled"));
        check("${NONE}", Ok(""));
        check("${NONE:-}", Ok(""));
        check("$${A} costs $5", Ok("${A} costs $5"));
        check("${EVIL}", Ok("x\nkey: ${A}"));
        check("${A", Err("`${` has no `}`"));
        check(
            "${1A}",
            Err("`${1A}` is no variable: write ${NAME} or ${NAME:-default}"),
        );
    }
}
