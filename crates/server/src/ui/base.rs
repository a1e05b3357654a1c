//! Sub paths: `http.base_path`, under which requests come unstripped, and `X-Forwarded-Prefix`, which
//! a proxy sends that has stripped a prefix. The page learns both as the address of its `<base>`.

use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, Uri};

/// Characters that a sub path may have at most.
const LENGTH_MAX: usize = 200;
const FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// In the extensions of a request whose path had the base path.
#[derive(Debug, Clone, Copy)]
pub struct Stripped;

/// Whether a text is a sub path that can be written into a page: `/`, then plain characters, no
/// empty, `.` or `..` part, no slash at the end.
pub fn is_clean(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.~-".contains(&byte);
    let part_is_clean = |part: &str| !matches!(part, "" | "." | "..") && part.bytes().all(plain);
    path.len() <= LENGTH_MAX
        && path
            .strip_prefix('/')
            .is_some_and(|rest| rest.split('/').all(part_is_clean))
}

/// Takes the base path off a request that has it; others stay as they are.
pub fn strip(mut request: Request, base_path: &str) -> Request {
    if let Some(uri) = stripped(request.uri(), base_path) {
        *request.uri_mut() = uri;
        request.extensions_mut().insert(Stripped);
    }
    request
}

fn stripped(uri: &Uri, base_path: &str) -> Option<Uri> {
    let rest = uri.path().strip_prefix(base_path)?;
    let path = match rest {
        "" => "/",
        rest if rest.starts_with('/') => rest,
        _ => return None,
    };
    let text = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(text).ok()?);
    Uri::from_parts(parts).ok()
}

/// The path below which the UI lies for the one who asked, with a slash at its end.
pub fn href(headers: &HeaderMap, stripped: bool, base_path: &str) -> String {
    let own = if stripped { base_path } else { "" };
    let forwarded = headers
        .get(FORWARDED_PREFIX)
        .and_then(|value| value.to_str().ok())
        .map(|value| value.trim().trim_end_matches('/'))
        .filter(|value| is_clean(value))
        .unwrap_or_default();
    // A proxy that does not strip may name the prefix all the same.
    if forwarded.ends_with(own) {
        format!("{forwarded}/")
    } else {
        format!("{forwarded}{own}/")
    }
}

#[cfg(test)]
mod tests {
    use super::{href, is_clean, stripped};
    use axum::http::{HeaderMap, HeaderValue, Uri};

    #[test]
    fn only_plain_sub_paths_are_taken() {
        for good in ["/tacho", "/a/b.c/d_e~f-1", "/T"] {
            assert!(is_clean(good), "{good}");
        }
        let long = format!("/{}", "a".repeat(200));
        for bad in [
            "",
            "/",
            "tacho",
            "/a/",
            "//evil.com",
            "/a//b",
            "/a/../b",
            "/./a",
            "/a\"b",
            "/a b",
            "/a<b",
            "/%2e",
            "/ä",
            "/a,/b",
            &long,
        ] {
            assert!(!is_clean(bad), "{bad}");
        }
    }

    #[test]
    fn the_base_path_is_taken_off() {
        let check = |uri: &str| {
            let uri: Uri = uri.parse().unwrap();
            stripped(&uri, "/tacho").map(|uri| uri.to_string())
        };
        assert_eq!(check("/tacho").as_deref(), Some("/"));
        assert_eq!(check("/tacho/").as_deref(), Some("/"));
        assert_eq!(check("/tacho?x=1").as_deref(), Some("/?x=1"));
        assert_eq!(
            check("/tacho/traces/ab?q=%7B%7D").as_deref(),
            Some("/traces/ab?q=%7B%7D")
        );
        assert_eq!(
            check("http://h:1/tacho/logs").as_deref(),
            Some("http://h:1/logs")
        );
        assert_eq!(check("/tachograph"), None);
        assert_eq!(check("/traces"), None);
    }

    #[test]
    fn the_page_learns_where_it_lies() {
        let check = |forwarded: &'static str, stripped| {
            let mut headers = HeaderMap::new();
            if !forwarded.is_empty() {
                headers.insert("x-forwarded-prefix", HeaderValue::from_static(forwarded));
            }
            href(&headers, stripped, "/tacho")
        };
        assert_eq!(check("", false), "/");
        assert_eq!(check("", true), "/tacho/");
        assert_eq!(check("/ops", false), "/ops/");
        assert_eq!(check("/ops/", false), "/ops/");
        assert_eq!(check("/ops", true), "/ops/tacho/");
        assert_eq!(check("/tacho", true), "/tacho/");
        assert_eq!(check("/ops/tacho", true), "/ops/tacho/");
        assert_eq!(check("//evil.example.com", false), "/");
        assert_eq!(check("/a\"><script>", true), "/tacho/");
    }
}
