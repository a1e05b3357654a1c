//! Where targets come from. Static, file, HTTP and DNS discovery are in force; the others are
//! checked (`others.rs`) and remembered by name.

mod others;
pub mod targets;

use super::glob::is_file_discovery_path;
use std::time::Duration;
use tacho_model::labels::Labels;
use tacho_yaml::http_client::HttpClient;
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::scalar::parse_url;
use tacho_yaml::section::{Read, Section};
use targets::{ADDRESS_LABEL, TargetGroup, read_group};

/// Where targets come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Discovery {
    /// The configuration.
    Static(Vec<TargetGroup>),
    /// Files that are read again and again.
    File {
        /// Paths; the last part may have one `*`.
        files: Vec<String>,
        /// Time between reads.
        refresh: Duration,
    },
    /// An HTTP server.
    Http {
        /// Its URL.
        url: String,
        /// Time between requests.
        refresh: Duration,
        /// How it is asked.
        client: Box<HttpClient>,
    },
    /// Names of DNS.
    Dns {
        /// Names.
        names: Vec<String>,
        /// What is asked for.
        kind: DnsKind,
        /// Port of targets; SRV records name their own.
        port: u16,
        /// Time between requests.
        refresh: Duration,
    },
    /// A kind that is not in force here: the field's name and its line.
    NotInForce(&'static str, usize),
}

/// A kind of DNS record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DnsKind {
    /// Service.
    Srv,
    /// Address of version 4.
    A,
    /// Address of version 6.
    Aaaa,
    /// Mail exchange; not in force.
    Mx,
    /// Name server; not in force.
    Ns,
}

/// Reads all discoveries of a section; targets of the configuration become one discovery.
pub(super) fn read(section: &mut Section<'_>) -> Read<Vec<Discovery>> {
    let mut discoveries = Vec::new();
    each(section, "file_sd_configs", &mut discoveries, read_file)?;
    each(section, "http_sd_configs", &mut discoveries, read_http)?;
    each(section, "dns_sd_configs", &mut discoveries, read_dns)?;
    for (key, shape) in others::SHAPES {
        for node in items(section, key)? {
            others::check(node, shape)?;
            discoveries.push(Discovery::NotInForce(key, node.line));
        }
    }
    let mut groups = Vec::new();
    for (at, node) in items(section, "static_configs")?.iter().enumerate() {
        groups.push(read_group(node, &at.to_string())?);
    }
    if !groups.is_empty() {
        discoveries.push(Discovery::Static(groups));
    }
    Ok(discoveries)
}

fn items<'a>(section: &mut Section<'a>, key: &'static str) -> Read<&'a [Node]> {
    let items = section.items(key)?.unwrap_or_default();
    match items.iter().find(|item| matches!(item.data, Data::Null)) {
        Some(item) => {
            let message = format!("empty or null section in {key}");
            Err(Wrong::new(item.line, message))
        }
        None => Ok(items),
    }
}

fn each(
    section: &mut Section<'_>,
    key: &'static str,
    out: &mut Vec<Discovery>,
    read: fn(&Node) -> Read<Discovery>,
) -> Read<()> {
    for node in items(section, key)? {
        out.push(read(node)?);
    }
    Ok(())
}

/// Refuses URLs where addresses belong.
pub(super) fn check_static_targets(discoveries: &[Discovery], line: usize) -> Read<()> {
    for discovery in discoveries {
        let Discovery::Static(groups) = discovery else {
            continue;
        };
        for target in groups.iter().flat_map(|group| &group.targets) {
            check_address(target).map_err(|message| Wrong::new(line, message))?;
        }
    }
    Ok(())
}

fn check_address(target: &Labels) -> Result<(), String> {
    let address = target.value(ADDRESS_LABEL);
    if address.contains('/') {
        return Err(format!("{address:?} is not a valid hostname"));
    }
    Ok(())
}

fn read_file(node: &Node) -> Read<Discovery> {
    let mut section = Section::open(node, "file_sd_config")?;
    let files = section.texts("files")?.unwrap_or_default();
    let refresh = section
        .duration("refresh_interval")?
        .unwrap_or(Duration::from_secs(300));
    let line = section.line_of("files");
    section.finish()?;
    if files.is_empty() {
        let message = "file service discovery config must contain at least one path name";
        return Err(Wrong::new(line, message));
    }
    if let Some(path) = files.iter().find(|path| !is_file_discovery_path(path)) {
        let message = format!("path name {path:?} is not valid for file discovery");
        return Err(Wrong::new(line, message));
    }
    Ok(Discovery::File { files, refresh })
}

fn read_http(node: &Node) -> Read<Discovery> {
    let mut section = Section::open(node, "http_sd_config")?;
    let url = section.text_or_empty("url")?;
    let refresh = section
        .duration("refresh_interval")?
        .unwrap_or(Duration::from_secs(60));
    let client = Box::new(HttpClient::read(&mut section)?);
    let line = section.line_of("url");
    section.finish()?;
    check_http_url(&url).map_err(|message| Wrong::new(line, message))?;
    Ok(Discovery::Http {
        url,
        refresh,
        client,
    })
}

/// Whether a URL can be asked.
fn check_http_url(url: &str) -> Result<(), String> {
    if url.is_empty() {
        return Err("URL is missing".to_owned());
    }
    let parts = parse_url(url).map_err(|message| format!("parse URL: {message}"))?;
    if !["http", "https"].contains(&parts.scheme.as_str()) {
        return Err("URL scheme must be 'http' or 'https'".to_owned());
    }
    if parts.host.is_empty() {
        return Err("host is missing in URL".to_owned());
    }
    Ok(())
}

fn read_dns(node: &Node) -> Read<Discovery> {
    let mut section = Section::open(node, "dns_sd_config")?;
    let names = section.texts("names")?.unwrap_or_default();
    let kind = section.text("type")?.unwrap_or_else(|| "SRV".to_owned());
    let port = section.integer("port")?.unwrap_or(0);
    let refresh = section
        .duration("refresh_interval")?
        .unwrap_or(Duration::from_secs(30));
    let line = section.line;
    let port_line = section.line_of("port");
    section.finish()?;
    if names.is_empty() {
        let message = "DNS-SD config must contain at least one SRV record name";
        return Err(Wrong::new(line, message));
    }
    let kind = match kind.to_ascii_uppercase().as_str() {
        "SRV" => DnsKind::Srv,
        "A" => DnsKind::A,
        "AAAA" => DnsKind::Aaaa,
        "MX" => DnsKind::Mx,
        "NS" => DnsKind::Ns,
        _ => {
            let message = format!("invalid DNS-SD records type {kind}");
            return Err(Wrong::new(line, message));
        }
    };
    if kind != DnsKind::Srv && port == 0 {
        let message = "a port is required in DNS-SD configs for all record types except SRV";
        return Err(Wrong::new(line, message));
    }
    let Ok(port) = u16::try_from(port) else {
        return Err(Wrong::new(port_line, format!("port: {port} is no port")));
    };
    Ok(Discovery::Dns {
        names,
        kind,
        port,
        refresh,
    })
}
