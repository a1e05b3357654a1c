//! The table of `docs/reference/promql.md` that says what each function is held against: no line may
//! be empty, and what it claims of this comparison must be true.

use crate::workspace;
use anyhow::{Context, Result, ensure};

/// Compares the table with the queries.
///
/// # Errors
/// A line names no reference, or this comparison for a function that no query uses.
pub(crate) fn check(queries: &[String]) -> Result<String> {
    let file = workspace::root().join("docs/reference/promql.md");
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("failed to read {}", file.display()))?;
    let (_, table) = text
        .split_once("| function | reference |")
        .context("no table of references")?;
    let (mut all, mut compared) = (0, 0);
    for line in table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
    {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, reference] = cells.as_slice() else {
            anyhow::bail!("no line of two cells: {line}");
        };
        let name = name.trim_matches('`');
        ensure!(!reference.is_empty(), "no reference for {name}");
        all += 1;
        if reference.contains("Prometheus 2.42") {
            compared += 1;
            let used = queries.iter().any(|query| calls(query, name));
            ensure!(used, "no query uses {name}");
        }
    }
    ensure!(compared > 50, "only {compared} functions are compared");
    Ok(format!("{compared} of {all} functions are compared here"))
}

/// Whether a query calls a function: its name, not the end of another, and a parenthesis.
fn calls(query: &str, name: &str) -> bool {
    let call = format!("{name}(");
    query.match_indices(&call).any(|(start, _)| {
        let before = query[..start].chars().next_back();
        !before.is_some_and(|before| before.is_alphanumeric() || before == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::calls;

    #[test]
    fn the_end_of_another_name_is_no_call() {
        assert!(calls("1 + rate(x[5m])", "rate") && calls("rate(x[5m])", "rate"));
        assert!(!calls("irate(x[5m])", "rate") && !calls("sum by (rate) (x)", "rate"));
    }
}
