//! `cargo xtask licences`: every package in the lock file comes from crates.io (or from here) and
//! carries a licence of the list in deny.toml. cargo-deny, where installed, checks the same file.

use crate::tidy;
use crate::workspace;
use anyhow::{Result, bail};
use std::collections::BTreeMap;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Checks every package and prints what is wrong; false if anything is.
///
/// # Errors
/// Metadata or deny.toml cannot be read.
#[expect(
    clippy::print_stdout,
    reason = "the report is the purpose of the command"
)]
pub(crate) fn run() -> Result<bool> {
    let allowed = allowed(&tidy::read("deny.toml")?)?;
    let metadata = workspace::metadata()?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut failed = 0;
    for package in &metadata.packages {
        let name = format!("{} {}", package.name, package.version);
        let mut problems = Vec::new();
        if let Some(source) = &package.source
            && source.repr != CRATES_IO
        {
            problems.push(format!(
                "comes from {}; only crates.io is allowed",
                source.repr
            ));
        }
        let licence = package.license.clone().unwrap_or_default();
        if !satisfied(&licence, &allowed) {
            problems.push(format!(
                "has licence `{licence}`, which deny.toml does not allow"
            ));
        }
        for problem in &problems {
            println!("error: {name}: {problem}");
        }
        failed += usize::from(!problems.is_empty());
        *counts.entry(licence).or_default() += 1;
    }
    for (licence, count) in &counts {
        println!("{count:5}  {licence}");
    }
    println!(
        "{} passed, {failed} failed, 0 skipped",
        metadata.packages.len() - failed
    );
    Ok(failed == 0)
}

/// The quoted words of `allow = [ … ]` in `[licenses]`.
fn allowed(text: &str) -> Result<Vec<String>> {
    let section = text.split_once("[licenses]").map_or("", |(_, rest)| rest);
    let list = section
        .split_once("allow = [")
        .and_then(|(_, rest)| rest.split_once(']'));
    let Some((list, _)) = list else {
        bail!("deny.toml has no `allow = […]` in `[licenses]`");
    };
    Ok(list
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect())
}

/// Whether an SPDX expression can be satisfied by allowed licences. `/` is the old form of OR;
/// `X WITH Y` is one licence and must be in the list as such.
fn satisfied(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        allowed,
    };
    !tokens.is_empty() && parser.any() && parser.at == tokens.len()
}

struct Parser<'a> {
    tokens: &'a [&'a str],
    at: usize,
    allowed: &'a [String],
}

impl Parser<'_> {
    fn take(&mut self, token: &str) -> bool {
        let found = self.tokens.get(self.at) == Some(&token);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self) -> bool {
        let mut value = self.all();
        while self.take("OR") {
            value |= self.all();
        }
        value
    }

    fn all(&mut self) -> bool {
        let mut value = self.one();
        while self.take("AND") {
            value &= self.one();
        }
        value
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let value = self.any();
            return self.take(")") && value;
        }
        let Some(name) = self.tokens.get(self.at) else {
            return false;
        };
        self.at += 1;
        let mut name = (*name).to_owned();
        if self.take("WITH") {
            name = format!("{name} WITH {}", self.tokens.get(self.at).unwrap_or(&""));
            self.at += 1;
        }
        self.allowed.contains(&name)
    }
}

#[cfg(test)]
mod tests {
    use super::{allowed, satisfied};

    fn check(expression: &str) -> bool {
        let list = ["MIT", "Apache-2.0", "BSD-3-Clause"].map(str::to_owned);
        satisfied(expression, &list)
    }

    #[test]
    fn expressions_are_read_as_spdx_means_them() {
        assert!(check("MIT"));
        assert!(check("MIT OR GPL-3.0"));
        assert!(check("MIT/Apache-2.0"));
        assert!(check("(MIT OR GPL-2.0) AND BSD-3-Clause"));
        assert!(check("Apache-2.0 WITH LLVM-exception OR MIT"));
        assert!(!check("MIT AND GPL-3.0"));
        assert!(!check("Apache-2.0 WITH LLVM-exception"));
        assert!(!check("AGPL-3.0-only"));
        assert!(!check(""));
        assert!(!check("(MIT"));
    }

    #[test]
    fn the_list_is_read_from_the_file() {
        let text = "[licenses]\nallow = [\n  \"MIT\",\n  \"ISC\",\n]\n[bans]\nallow = []\n";
        assert_eq!(allowed(text).expect("there is a list"), ["MIT", "ISC"]);
        assert!(allowed("[bans]").is_err());
    }
}
