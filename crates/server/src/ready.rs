//! Tells others that and where we listen: the line on standard output, and the ready file.

use crate::error::Error;
use crate::listener::{Bound, Kind};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tacho_api::health::ReadyFile;
use tacho_storage::error::ErrorKind;
use tacho_storage::io::Io;

/// Real addresses of the listeners; `None` is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Addresses {
    /// The HTTP listener.
    pub http: Option<SocketAddr>,
    /// The OTLP/gRPC listener.
    pub otlp_grpc: Option<SocketAddr>,
    /// The OTLP/HTTP listener.
    pub otlp_http: Option<SocketAddr>,
    /// The listener that speaks as Prometheus does.
    pub prometheus: Option<SocketAddr>,
}

impl Addresses {
    /// The addresses of these listeners.
    pub fn of(bound: &[Bound]) -> Self {
        let address = |kind| {
            bound
                .iter()
                .find(|one| one.kind == kind)
                .map(|one| one.address)
        };
        Self {
            http: address(Kind::Http),
            otlp_grpc: address(Kind::OtlpGrpc),
            otlp_http: address(Kind::OtlpHttp),
            prometheus: address(Kind::Prometheus),
        }
    }

    /// The URL of the HTTP listener as programs on this machine reach it, with a base path; empty if it is
    /// off. An address that stands for all of them is told as loopback.
    pub fn url(&self, base_path: &str) -> String {
        let Some(mut address) = self.http else {
            return String::new();
        };
        if address.ip().is_unspecified() {
            address.set_ip(match address.ip() {
                IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        format!("http://{address}{base_path}")
    }

    /// `listening http=127.0.0.1:3000 otlp_grpc=… otlp_http=…`
    pub fn line(&self) -> String {
        let word = |address: Option<SocketAddr>| match address {
            Some(address) => address.to_string(),
            None => "off".to_owned(),
        };
        let mut line = format!(
            "listening http={} otlp_grpc={} otlp_http={}",
            word(self.http),
            word(self.otlp_grpc),
            word(self.otlp_http)
        );
        // Optional listeners are named only where they are on.
        if self.prometheus.is_some() {
            line.push_str(" prometheus=");
            line.push_str(&word(self.prometheus));
        }
        line
    }

    /// Writes the line to standard output. Nobody there to read it is no error.
    pub fn announce(&self) {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{}", self.line());
        let _ = out.flush();
    }
}

/// Removes a ready file of an earlier run.
pub fn remove(io: &dyn Io, path: &Path) -> Result<(), Error> {
    match io.remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Error::from(error).context("remove the old ready file")),
    }
}

/// Writes the ready file beside its place and renames it there.
pub fn write(io: &dyn Io, path: &Path, addresses: &Addresses, version: &str) -> Result<(), Error> {
    let text = |address: Option<SocketAddr>| address.map(|address| address.to_string());
    let content = ReadyFile {
        http: text(addresses.http),
        otlp_grpc: text(addresses.otlp_grpc),
        otlp_http: text(addresses.otlp_http),
        prometheus: text(addresses.prometheus),
        pid: std::process::id(),
        version: version.to_owned(),
    };
    let mut json = serde_json::to_vec(&content)
        .map_err(|error| Error::new(crate::error::ErrorKind::Internal, error.to_string()))?;
    json.push(b'\n');
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}", std::process::id()));
    let temporary = PathBuf::from(temporary);
    remove(io, &temporary)?;
    let written = io
        .create(&temporary)
        .and_then(|mut file| file.write_all(&json))
        .and_then(|()| io.rename(&temporary, path));
    written.map_err(|error| Error::from(error).context("write the ready file"))
}
