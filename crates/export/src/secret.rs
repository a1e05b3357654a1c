//! Secrets that are read at the moment of use, so that they can be exchanged while the server runs.

use std::fmt;
use tacho_yaml::http_client::{Origin, Secret};

/// Longest file with a secret or a certificate that is taken, bytes.
pub const SECRET_BYTES_MAX: u64 = 1 << 20;

/// Reads files with secrets. May block; is asked anew at every use.
pub trait SecretReader: Send + Sync + fmt::Debug {
    /// The bytes of a file, at most `SECRET_BYTES_MAX` of them.
    ///
    /// # Errors
    /// Why the file cannot be read, without what stands in it.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
}

/// The text of a value, without the blanks around if it comes from a file; nothing if it is absent.
///
/// # Errors
/// If its file cannot be read or is no text, or it is of a secret manager.
pub fn text_of(origin: &Origin, reader: &dyn SecretReader) -> Result<Option<String>, String> {
    match origin {
        Origin::Absent => Ok(None),
        Origin::Given(Secret(text)) => Ok(Some(text.clone())),
        Origin::File(path) => {
            let bytes = reader.read(path)?;
            let text = String::from_utf8(bytes).map_err(|_| format!("{path} is no UTF-8 text"))?;
            Ok(Some(text.trim().to_owned()))
        }
        Origin::Manager(name) => Err(format!(
            "secret {name:?} is of a secret manager, and there is none"
        )),
    }
}
