//! The command for the next page: the same command with absolute times and the cursor.

use crate::args::{Global, SERVER};
use crate::output::escape;
use std::collections::BTreeMap;

/// A command line in the making.
#[derive(Debug)]
pub(crate) struct NextPage {
    words: Vec<String>,
}

impl NextPage {
    /// `tacho` and the command's words; the server is named if the environment does not.
    pub(crate) fn new(words: &[&str], global: &Global, env: &BTreeMap<String, String>) -> Self {
        let mut next = Self {
            words: vec!["tacho".to_owned()],
        };
        next.words
            .extend(words.iter().map(|word| (*word).to_owned()));
        let usual = env.get("TACHO_SERVER").map_or(SERVER, String::as_str);
        if global.server != usual {
            next.option("--server", Some(&global.server));
        }
        if let Some(dir) = &global.data_dir {
            next.option("--data-dir", Some(&dir.display().to_string()));
        }
        next
    }

    /// A positional argument, if there is one.
    pub(crate) fn word(&mut self, word: Option<&str>) {
        self.words.extend(word.map(quoted));
    }

    /// An option with a value, if there is one.
    pub(crate) fn option(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.words.push(name.to_owned());
            self.words.push(quoted(value));
        }
    }

    /// An option without a value, if it is on.
    pub(crate) fn switch(&mut self, name: &str, on: bool) {
        if on {
            self.words.push(name.to_owned());
        }
    }

    /// The command line.
    pub(crate) fn text(self) -> String {
        escape::line(&self.words.join(" ")).into_owned()
    }
}

/// The word as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::NextPage;
    use crate::args::{Color, Global, SERVER};
    use std::collections::BTreeMap;

    #[test]
    fn words_are_quoted_and_the_server_is_named_where_needed() {
        let mut global = Global {
            server: SERVER.to_owned(),
            data_dir: None,
            color: Color::Auto,
        };
        let mut next = NextPage::new(&["logs", "query"], &global, &BTreeMap::new());
        next.word(Some("{} |= \"it's\""));
        next.option("--limit", Some("50"));
        next.option("--service", None);
        next.switch("--full", true);
        assert_eq!(
            next.text(),
            "tacho logs query '{} |= \"it'\\''s\"' --limit 50 --full"
        );
        global.server = "http://x:1".to_owned();
        let next = NextPage::new(&["traces", "list"], &global, &BTreeMap::new());
        assert_eq!(next.text(), "tacho traces list --server http://x:1");
    }
}
