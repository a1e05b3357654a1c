//! Certificates from PEM files, for rustls with ring.

use crate::error::{Error, ErrorKind};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;
use std::sync::Arc;
use tacho_storage::io::{Io, read_limited};
use tokio_rustls::TlsAcceptor;

/// Longest file that is read.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// An acceptor that offers HTTP/2 and HTTP/1.1.
///
/// # Errors
/// `Invalid` naming the file, if a file is missing, no PEM, or key and certificate do not match.
pub fn acceptor(io: &dyn Io, cert: &Path, key: &Path) -> Result<TlsAcceptor, Error> {
    let invalid = |path: &Path, what: &str| {
        Error::new(
            ErrorKind::Invalid,
            format!("read {}: {what}", path.display()),
        )
    };
    let read = |path: &Path| {
        read_limited(io, path, FILE_BYTES_MAX)
            .map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()).with_source(error))
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&read(cert)?)
        .collect::<Result<_, _>>()
        .map_err(|error| invalid(cert, &format!("no PEM: {error}")))?;
    if chain.is_empty() {
        return Err(invalid(cert, "no certificate in it"));
    }
    let private = PrivateKeyDer::from_pem_slice(&read(key)?)
        .map_err(|error| invalid(key, &format!("no private key in it: {error}")))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| invalid(cert, &format!("does not fit {}: {error}", key.display())))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
