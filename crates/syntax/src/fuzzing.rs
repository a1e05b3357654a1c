//! Entry points for fuzzing: each takes any bytes, must not panic, and asserts what has to hold on
//! both sides of parsing and printing. Not for use by the product.

use crate::diagnostic::Diagnostic;
use crate::promql::fuzzing::normal_form;
use crate::{DIAGNOSTICS_MAX, QUERY_BYTES_MAX, logql, promql, traceql};

/// Reads bytes as TraceQL.
pub fn fuzz_traceql(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match traceql::parse(&text) {
        Err(found) => assert_reported(&text, &found),
        Ok(query) => {
            let printed = traceql::print(&query);
            match traceql::parse(&printed) {
                Ok(again) => assert_eq!(
                    again.without_ranges(),
                    query.clone().without_ranges(),
                    "{printed}"
                ),
                Err(found) => assert!(found.is_empty(), "does not read back: {printed}: {found:?}"),
            }
            if let Err(found) = traceql::validate(&query) {
                assert_reported(&text, &found);
                assert!(traceql::filter::Filter::from_query(&query).is_err());
            } else {
                assert!(traceql::filter::Filter::from_query(&query).is_ok());
            }
        }
    }
}

/// Reads bytes as LogQL.
pub fn fuzz_logql(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match logql::parse(&text) {
        Err(found) => assert_reported(&text, &found),
        Ok(query) => {
            let printed = logql::print(&query);
            match logql::parse(&printed) {
                Ok(again) => assert_eq!(
                    again.without_ranges(),
                    query.clone().without_ranges(),
                    "{printed}"
                ),
                Err(found) => assert!(found.is_empty(), "does not read back: {printed}: {found:?}"),
            }
            if let Err(found) = logql::validate(&query) {
                assert_reported(&text, &found);
            }
        }
    }
}

/// Reads bytes as PromQL.
pub fn fuzz_promql(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let expr = match promql::check(&text) {
        Err(found) => {
            assert_reported(&text, &found);
            assert!(promql::parse(&text).is_err_and(|message| message.contains(": parse error: ")));
            return;
        }
        Ok(expr) => expr,
    };
    let normal = normal_form(expr.clone());
    for printed in [promql::print(&expr), promql::format(&expr)] {
        match promql::check(&printed) {
            Ok(again) => assert_eq!(normal_form(again), normal, "{printed}"),
            // The printed text may be longer than what is read.
            Err(_) if printed.len() > QUERY_BYTES_MAX => {}
            Err(found) => assert!(found.is_empty(), "does not read back: {printed}: {found:?}"),
        }
    }
    assert!(promql::to_json(&expr).starts_with('{'));
    let mut resolved = expr;
    if promql::duration::resolve(&mut resolved, 60_000, 3_600_000).is_ok() {
        assert!(!promql::print(&resolved).is_empty());
    }
}

/// Reads bytes as a PromQL test script, and each line as a series.
pub fn fuzz_promql_script(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Err(error) = promql::script::parse(&text) {
        assert!((1..=text.lines().count()).contains(&error.line), "{error}");
    }
    for line in text.lines() {
        match promql::series_text::parse(line) {
            Ok(series) => assert!(series.position_count() <= promql::series_text::POSITIONS_MAX),
            Err(found) => assert_reported(line, &[found]),
        }
    }
}

/// A failure says something, in reach of the text, and can be shown.
fn assert_reported(text: &str, found: &[Diagnostic]) {
    assert!(!found.is_empty() && found.len() <= DIAGNOSTICS_MAX);
    for diagnostic in found {
        let range = diagnostic.range.clone();
        assert!(
            range.start <= range.end && range.end <= text.len(),
            "{diagnostic:?}"
        );
        assert!(text.get(range).is_some(), "{diagnostic:?}");
        assert!(
            diagnostic
                .message
                .chars()
                .next()
                .is_some_and(|c| !c.is_uppercase()),
            "{diagnostic:?}"
        );
        assert!(!diagnostic.render(text).is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::{fuzz_logql, fuzz_promql, fuzz_promql_script, fuzz_traceql};

    #[test]
    fn the_corpus_holds() {
        for (language, fuzz) in [
            ("traceql", fuzz_traceql as fn(&[u8])),
            ("logql", fuzz_logql),
            ("promql", fuzz_promql),
            ("promql_script", fuzz_promql_script),
        ] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("corpus")
                .join(language);
            #[expect(clippy::disallowed_methods, reason = "the corpus is a folder of files")]
            let entries = std::fs::read_dir(folder).unwrap();
            let mut count = 0;
            for entry in entries {
                #[expect(clippy::disallowed_methods, reason = "the corpus is a folder of files")]
                let data = std::fs::read(entry.unwrap().path()).unwrap();
                fuzz(&data);
                // Every cut of it as well: queries that somebody is typing.
                (0..data.len().min(300)).for_each(|end| fuzz(&data[..end]));
                count += 1;
            }
            assert!(count >= 5, "{language}: {count} files");
        }
    }
}
