//! What a client takes: Accept, as far as HTML is concerned, and Accept-Encoding with its weights.

use axum::http::{HeaderMap, HeaderName, header};

/// How a client feels about HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Html {
    /// It names it, as browsers do.
    Named,
    /// It takes anything, as `curl` does.
    Any,
    /// It does not want it.
    No,
}

/// Encodings of answers, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `br`
    Brotli,
    /// `gzip`
    Gzip,
    /// None.
    Identity,
}

/// Reads Accept.
pub fn html(headers: &HeaderMap) -> Html {
    if !headers.contains_key(header::ACCEPT) {
        return Html::Any;
    }
    let items = || items(headers, &header::ACCEPT).filter(|(_, weight)| *weight > 0);
    if items().any(|(name, _)| name.eq_ignore_ascii_case("text/html")) {
        Html::Named
    } else if items().any(|(name, _)| matches!(name, "*/*" | "text/*")) {
        Html::Any
    } else {
        Html::No
    }
}

/// The encoding that the client likes best of those we have; of equals the smallest. Without the
/// header, or if nothing fits, it is none.
pub fn encoding(headers: &HeaderMap) -> Encoding {
    let weight = |wanted: &[&str]| {
        let named = items(headers, &header::ACCEPT_ENCODING)
            .find(|(name, _)| wanted.iter().any(|one| name.eq_ignore_ascii_case(one)));
        let any = || items(headers, &header::ACCEPT_ENCODING).find(|(name, _)| *name == "*");
        named.or_else(any).map(|(_, weight)| weight)
    };
    // Unnamed, none is still acceptable, after all others.
    let identity = weight(&["identity"]).unwrap_or(0);
    let gzip = weight(&["gzip", "x-gzip"]).unwrap_or(0);
    let brotli = weight(&["br"]).unwrap_or(0);
    if brotli > 0 && brotli >= gzip && brotli >= identity {
        Encoding::Brotli
    } else if gzip > 0 && gzip >= identity {
        Encoding::Gzip
    } else {
        Encoding::Identity
    }
}

/// The items of a list with their weights in thousandths.
fn items<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = (&'a str, u16)> + use<'a> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().filter(|name| !name.is_empty())?;
            let weight = parts.find_map(|part| {
                let (key, value) = part.split_once('=')?;
                key.trim().eq_ignore_ascii_case("q").then_some(value.trim())
            });
            Some((name, weight.map_or(1000, thousandths)))
        })
}

/// A weight of 0 to 1; what cannot be read counts as 0.
fn thousandths(text: &str) -> u16 {
    match text.parse::<f32>() {
        Ok(weight) if (0.0..=1.0).contains(&weight) => (weight * 1000.0).round() as u16,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Html, encoding, html};
    use axum::http::{HeaderMap, HeaderValue, header};

    #[test]
    fn the_best_encoding_is_chosen() {
        let check = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(text));
            encoding(&headers)
        };
        for (text, wanted) in [
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("gzip, deflate", Encoding::Gzip),
            ("x-gzip", Encoding::Gzip),
            ("GZIP;q=1.0, br;q=0.5", Encoding::Gzip),
            ("br;q=0, gzip", Encoding::Gzip),
            ("br; q=0.001", Encoding::Brotli),
            ("identity, br;q=0.9", Encoding::Identity),
            ("*", Encoding::Brotli),
            ("br;q=0, *;q=0.5", Encoding::Gzip),
            ("gzip;q=0", Encoding::Identity),
            ("deflate, zstd", Encoding::Identity),
            ("gzip;q=x", Encoding::Identity),
            ("gzip;q=7", Encoding::Identity),
            ("", Encoding::Identity),
        ] {
            assert_eq!(check(text), wanted, "{text}");
        }
        assert_eq!(encoding(&HeaderMap::new()), Encoding::Identity);
    }

    #[test]
    fn several_headers_are_one_list() {
        let mut headers = HeaderMap::new();
        headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static("br"));
        assert_eq!(encoding(&headers), Encoding::Brotli);
    }

    #[test]
    fn browsers_name_html() {
        let check = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(text));
            html(&headers)
        };
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        assert_eq!(check(browser), Html::Named);
        assert_eq!(check("*/*"), Html::Any);
        assert_eq!(check("application/json"), Html::No);
        assert_eq!(check("text/html;q=0, application/json"), Html::No);
        assert_eq!(html(&HeaderMap::new()), Html::Any);
    }
}
