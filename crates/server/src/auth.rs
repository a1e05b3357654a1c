//! Who may: bearer tokens with scopes, compared in constant time. The admin token lies in the file
//! `token` of the data folder (mode 0600), made at first start, or comes as `TACHO_TOKEN`.

use crate::config::settings::Token;
use crate::error::{Error, ErrorKind};
use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::Path;
use tacho_storage::io::{Io, SyncPoint, read_limited};

/// Name of the file in the data folder.
pub const TOKEN_FILE: &str = "token";
/// Name of the admin token in logs.
const ADMIN_NAME: &str = "admin";

/// What a request wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Send telemetry.
    Ingest,
    /// Ask.
    Read,
    /// Change or remove.
    Admin,
}

impl Right {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Right::Ingest => "ingest",
            Right::Read => "read",
            Right::Admin => "admin",
        }
    }
}

/// Why a request may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// It carries no token and needs one.
    Missing,
    /// Nobody knows its token.
    Unknown,
    /// Its token does not allow this.
    Scope,
}

impl Denial {
    /// For people.
    pub fn message(self, right: Right) -> String {
        let right = right.as_str();
        match self {
            Denial::Missing => format!("this needs a token that allows {right}"),
            Denial::Unknown => "the token is unknown".to_owned(),
            Denial::Scope => format!("the token does not allow {right}"),
        }
    }
}

/// All tokens. Only their hashes are kept.
#[derive(Clone, Default)]
pub struct Tokens {
    known: Vec<Known>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.known.iter().map(|known| &known.name))
            .finish()
    }
}

#[derive(Clone)]
struct Known {
    name: String,
    hash: [u8; 32],
    ingest: bool,
    read: bool,
    admin: bool,
    /// The one of the data folder or of `TACHO_TOKEN`.
    built_in: bool,
}

impl Tokens {
    /// The tokens of the configuration, and the admin token.
    pub fn new(configured: &[Token], admin: Option<&str>) -> Self {
        let mut known: Vec<Known> = configured
            .iter()
            .map(|token| Known {
                name: token.name.clone(),
                hash: hash(token.token.as_bytes()),
                ingest: token.ingest,
                read: token.read,
                admin: token.admin,
                built_in: false,
            })
            .collect();
        if let Some(admin) = admin {
            known.push(Known {
                name: ADMIN_NAME.to_owned(),
                hash: hash(admin.as_bytes()),
                ingest: true,
                read: true,
                admin: true,
                built_in: true,
            });
        }
        Self { known }
    }

    /// The same admin token with other configured ones.
    #[must_use]
    pub fn with_configured(&self, configured: &[Token]) -> Self {
        let mut new = Self::new(configured, None);
        new.known
            .extend(self.known.iter().filter(|known| known.built_in).cloned());
        new
    }

    /// Whether a request may. `required` says that it needs a token; without that a request with
    /// no token may, but one with a wrong token may not.
    pub fn check(&self, headers: &HeaderMap, right: Right, required: bool) -> Result<(), Denial> {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            return if required {
                Err(Denial::Missing)
            } else {
                Ok(())
            };
        };
        let Some(token) = bearer(value.as_bytes()) else {
            return Err(Denial::Unknown);
        };
        let offered = hash(token);
        // All are compared, so that time tells nothing.
        let mut found: Option<&Known> = None;
        for known in &self.known {
            if equal(&known.hash, &offered) {
                found = Some(known);
            }
        }
        let known = found.ok_or(Denial::Unknown)?;
        let allowed = match right {
            Right::Ingest => known.ingest,
            Right::Read => known.read,
            Right::Admin => known.admin,
        };
        if allowed { Ok(()) } else { Err(Denial::Scope) }
    }
}

fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(7)?;
    scheme
        .eq_ignore_ascii_case(b"bearer ")
        .then(|| token.trim_ascii())
}

fn hash(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn equal(left: &[u8; 32], right: &[u8; 32]) -> bool {
    let different = left
        .iter()
        .zip(right)
        .fold(0u8, |sum, (a, b)| sum | (a ^ b));
    std::hint::black_box(different) == 0
}

/// The admin token: the given one, else that of the file, else a new one put into the file.
pub fn admin_token(io: &dyn Io, data_dir: &Path, given: Option<&str>) -> Result<String, Error> {
    if let Some(given) = given.map(str::trim).filter(|given| !given.is_empty()) {
        return checked(given, "TACHO_TOKEN");
    }
    let path = data_dir.join(TOKEN_FILE);
    if io.exists(&path)? {
        let bytes = read_limited(io, &path, 4096)?;
        let text = String::from_utf8_lossy(&bytes);
        return checked(text.trim(), &path.display().to_string());
    }
    let token = new_token()?;
    let temporary = data_dir.join("token.new");
    if io.exists(&temporary)? {
        io.remove_file(&temporary)?;
    }
    let mut file = io.create(&temporary)?;
    io.set_private(&temporary)?;
    file.write_all(token.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all(SyncPoint::SecretFile)?;
    io.rename(&temporary, &path)?;
    io.sync_dir(data_dir, SyncPoint::SecretDir)?;
    Ok(token)
}

fn checked(token: &str, place: &str) -> Result<String, Error> {
    if token.len() < 16 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message =
            format!("the token of {place} is shorter than 16 characters or not plain ASCII");
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    Ok(token.to_owned())
}

/// 32 random bytes of the system as 64 hexadecimal digits.
fn new_token() -> Result<String, Error> {
    let mut bytes = [0u8; 32];
    let provider = rustls::crypto::ring::default_provider();
    provider
        .secure_random
        .fill(&mut bytes)
        .map_err(|_| Error::new(ErrorKind::Internal, "the system gave no random bytes"))?;
    Ok(bytes
        .iter()
        .fold(String::with_capacity(64), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        }))
}

#[cfg(test)]
mod tests {
    use super::{Denial, Right, TOKEN_FILE, Tokens, admin_token};
    use crate::config::settings::Token;
    use axum::http::{HeaderMap, HeaderValue, header};
    use tacho_storage::io::std_io::StdIo;
    use tacho_storage::io::{SyncPoint, create_dir_durable};
    use tacho_testkit::fault_fs::FaultIo;

    fn headers(value: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(value) = value {
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn tokens_allow_what_their_scopes_say() {
        let reader = Token {
            name: "ui".to_owned(),
            token: "reader-reader-reader".to_owned(),
            ingest: false,
            read: true,
            admin: false,
        };
        let tokens = Tokens::new(&[reader], Some("admin-admin-admin"));
        let check = |value, right, required| tokens.check(&headers(value), right, required);
        assert_eq!(check(None, Right::Read, false), Ok(()));
        assert_eq!(check(None, Right::Read, true), Err(Denial::Missing));
        assert_eq!(
            check(Some("Bearer reader-reader-reader"), Right::Read, true),
            Ok(())
        );
        assert_eq!(
            check(Some("bearer  reader-reader-reader"), Right::Read, true),
            Ok(())
        );
        assert_eq!(
            check(Some("Bearer reader-reader-reader"), Right::Admin, true),
            Err(Denial::Scope)
        );
        for right in [Right::Ingest, Right::Read, Right::Admin] {
            assert_eq!(check(Some("Bearer admin-admin-admin"), right, true), Ok(()));
            assert_eq!(
                check(Some("Bearer wrong"), right, false),
                Err(Denial::Unknown)
            );
            assert_eq!(
                check(Some("Basic YWRtaW4="), right, false),
                Err(Denial::Unknown)
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_admin_token_is_made_once_and_only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let first = admin_token(&StdIo, folder.path(), None).unwrap();
        assert_eq!(first.len(), 64);
        assert_eq!(admin_token(&StdIo, folder.path(), None).unwrap(), first);
        let given = admin_token(&StdIo, folder.path(), Some("given-given-given")).unwrap();
        assert_eq!(given, "given-given-given");
        assert!(admin_token(&StdIo, folder.path(), Some("short")).is_err());
        let mode = folder
            .path()
            .join(TOKEN_FILE)
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    /// Makes a token, loses power, reads the token; true if it is still the same.
    fn survives(seed: u64, disabled: Option<SyncPoint>) -> bool {
        let io = FaultIo::new(seed);
        if let Some(point) = disabled {
            io.disable_sync(point);
        }
        let data = std::path::Path::new("/data");
        create_dir_durable(&io, data, data, SyncPoint::DataDir).unwrap();
        let token = admin_token(&io, data, None).unwrap();
        admin_token(&io.crash(), data, None).is_ok_and(|after| after == token)
    }

    #[test]
    fn a_token_survives_power_loss() {
        assert!((0..300).all(|seed| survives(seed, None)));
    }

    /// The mutation check of the token: without either sync some power loss takes it away.
    #[test]
    fn a_token_needs_both_its_syncs() {
        for point in [SyncPoint::SecretFile, SyncPoint::SecretDir] {
            assert!(
                (0..300).any(|seed| !survives(seed, Some(point))),
                "{point:?} can be left out and nothing is lost"
            );
        }
    }
}
