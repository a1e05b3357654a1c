//! Files with secrets for whatever dials out: read at every use, with a limit.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use tacho_export::secret::{SECRET_BYTES_MAX, SecretReader};
use tacho_storage::io::{Io, read_limited};

/// Reads secrets through the same door as everything else.
#[derive(Clone)]
pub struct SecretFiles(pub Arc<dyn Io>);

impl fmt::Debug for SecretFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretFiles")
    }
}

impl SecretReader for SecretFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        read_limited(self.0.as_ref(), Path::new(path), SECRET_BYTES_MAX)
            .map_err(|error| format!("unable to read {path}: {error}"))
    }
}
