//! Which token is sent: `TACHO_TOKEN`, else the file `token` of the data folder, which goes to servers
//! on this machine only, or where the folder was named.

use crate::context::data_home;
use reqwest::Url;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use tacho_server::auth::TOKEN_FILE;

/// Longest token file that is read.
const FILE_BYTES_MAX: u64 = 4096;

/// The tokens that may be sent.
pub(super) struct Tokens {
    /// Whether the variable decides.
    given: bool,
    known: Vec<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens")
            .field("count", &self.known.len())
            .finish_non_exhaustive()
    }
}

impl Tokens {
    /// Looks in the environment, then in data folders.
    pub(super) fn find(
        base: &Url,
        data_dir: Option<&Path>,
        env: &BTreeMap<String, String>,
    ) -> Self {
        let given = env
            .get("TACHO_TOKEN")
            .map(|token| token.trim())
            .filter(|token| !token.is_empty());
        if let Some(token) = given {
            return Self {
                given: true,
                known: vec![token.to_owned()],
            };
        }
        let mut known = Vec::new();
        for folder in folders(base, data_dir, env) {
            if let Some(token) =
                read(&folder.join(TOKEN_FILE)).filter(|token| !known.contains(token))
            {
                known.push(token);
            }
        }
        Self {
            given: false,
            known,
        }
    }

    /// The tokens to try, in this order. Without the variable, questions are first asked without a
    /// token, because most servers need none and a wrong one is refused.
    pub(super) fn candidates(&self, change: bool) -> Vec<Option<&str>> {
        let mut list: Vec<Option<&str>> = self
            .known
            .iter()
            .map(|token| Some(token.as_str()))
            .collect();
        match (self.given, change) {
            (true, _) => {}
            (false, true) => list.push(None),
            (false, false) => list.insert(0, None),
        }
        list
    }
}

fn folders(base: &Url, data_dir: Option<&Path>, env: &BTreeMap<String, String>) -> Vec<PathBuf> {
    if let Some(folder) = data_dir {
        return vec![folder.to_owned()];
    }
    // A token of this machine is no business of other machines.
    if !is_loopback(base) {
        return Vec::new();
    }
    let mut folders: Vec<PathBuf> = env
        .get("TACHO_STORAGE__DATA_DIR")
        .map(PathBuf::from)
        .into_iter()
        .collect();
    if let Some(home) = data_home(env) {
        folders.push(home.join("tachograph"));
        folders.push(home.join("tachograph-demo"));
    }
    folders
}

fn read(path: &Path) -> Option<String> {
    let file = std::fs::File::open(path).ok()?;
    let mut text = String::new();
    file.take(FILE_BYTES_MAX).read_to_string(&mut text).ok()?;
    let token = text.trim();
    (!token.is_empty()).then(|| token.to_owned())
}

/// Whether an address is of this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{TOKEN_FILE, Tokens, is_loopback};
    use reqwest::Url;
    use std::collections::BTreeMap;

    fn env(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn loopback_addresses_are_told_apart() {
        let check = |text: &str| is_loopback(&Url::parse(text).unwrap());
        for yes in [
            "http://127.0.0.1:3000",
            "http://localhost",
            "http://[::1]:3000",
        ] {
            assert!(check(yes), "{yes}");
        }
        for no in [
            "http://localhost.evil.com",
            "http://192.168.0.1",
            "http://127.0.0.1.nip.io",
        ] {
            assert!(!check(no), "{no}");
        }
    }

    #[test]
    fn the_token_of_a_folder_stays_on_this_machine_unless_the_folder_was_named() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("tachograph");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join(TOKEN_FILE), "secret-of-the-folder\n").unwrap();
        let env = env(&[("XDG_DATA_HOME", home.path().to_str().unwrap())]);
        let local = Url::parse("http://127.0.0.1:3000").unwrap();
        let remote = Url::parse("http://example.com").unwrap();

        let tokens = Tokens::find(&local, None, &env);
        assert_eq!(
            tokens.candidates(true),
            [Some("secret-of-the-folder"), None]
        );
        assert_eq!(
            tokens.candidates(false),
            [None, Some("secret-of-the-folder")]
        );
        assert_eq!(Tokens::find(&remote, None, &env).candidates(true), [None]);
        let named = Tokens::find(&remote, Some(&folder), &env);
        assert_eq!(named.candidates(true), [Some("secret-of-the-folder"), None]);
    }

    #[test]
    fn the_variable_decides_alone() {
        let local = Url::parse("http://127.0.0.1:3000").unwrap();
        let tokens = Tokens::find(&local, None, &env(&[("TACHO_TOKEN", " given-token ")]));
        assert_eq!(tokens.candidates(false), [Some("given-token")]);
        assert!(!format!("{tokens:?}").contains("given"));
    }
}
