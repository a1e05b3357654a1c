//! Keeps foreign web pages away from listeners on this machine: what a browser sends for another
//! site, and names that should not lead here (DNS rebinding).

use axum::http::{HeaderMap, header};

/// Whether a browser sends this for another site, or a name that should not lead here was used.
pub(crate) fn is_foreign(headers: &HeaderMap, loopback: bool) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if let Some(origin) = headers.get(header::ORIGIN) {
        let site = origin
            .to_str()
            .ok()
            .and_then(|origin| origin.split_once("://"));
        if site.is_none_or(|(_, site)| site != host) {
            return true;
        }
    }
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let local = name.is_empty()
        || name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    loopback && !local
}

#[cfg(test)]
mod tests {
    use super::is_foreign;
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let row = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        pairs.iter().map(row).collect()
    }

    #[test]
    fn foreign_pages_and_names_are_recognised() {
        for local in [
            "localhost:9002",
            "127.0.0.1:9002",
            "[::1]:9002",
            "127.1.2.3",
        ] {
            assert!(!is_foreign(&headers(&[("host", local)]), true), "{local}");
        }
        assert!(is_foreign(&headers(&[("host", "evil.example:9002")]), true));
        assert!(!is_foreign(&headers(&[("host", "demo.example")]), false));
        let page = [
            ("host", "localhost:9002"),
            ("origin", "http://evil.example"),
        ];
        assert!(is_foreign(&headers(&page), true));
        let own = [
            ("host", "localhost:9002"),
            ("origin", "http://localhost:9002"),
        ];
        assert!(!is_foreign(&headers(&own), true));
        assert!(is_foreign(
            &headers(&[("host", "localhost"), ("origin", "null")]),
            true
        ));
    }
}
