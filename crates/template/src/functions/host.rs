//! Hosts and ports: Go's `net.SplitHostPort` and what Prometheus makes of it.

use std::net::IpAddr;

/// Host and port of `host:port`, `[host]:port` or `:port`.
fn split(text: &str) -> Option<(&str, &str)> {
    let at = text.rfind(':')?;
    let (before, port) = (&text[..at], &text[at + 1..]);
    let host = match before.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']')?,
        None if before.contains(':') => return None,
        None => before,
    };
    let stray = |c| matches!(c, '[' | ']');
    (!host.contains(stray) && !port.contains(stray)).then_some((host, port))
}

/// The host of an address; the text itself if it is none.
pub(super) fn strip_port(text: &str) -> &str {
    split(text).map_or(text, |(host, _)| host)
}

/// The first name of a host, with its port; IP addresses as they are.
pub(super) fn strip_domain(text: &str) -> String {
    let (host, port) = split(text).unwrap_or((text, ""));
    let (address, _zone) = host.split_once('%').unwrap_or((host, ""));
    if host == address && address.parse::<IpAddr>().is_ok() {
        return text.to_owned();
    }
    let name = host.split('.').next().unwrap_or_default();
    match port {
        "" => name.to_owned(),
        _ if name.contains([':', '%']) => format!("[{name}]:{port}"),
        _ => format!("{name}:{port}"),
    }
}
