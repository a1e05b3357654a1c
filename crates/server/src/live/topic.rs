//! Topics of a live stream: `logs:QUERY,traces:QUERY,changes,alerts`.

use crate::answer::{Answer, ApiError};
use std::fmt;
use tacho_api::error::ErrorKind;
use tacho_model::signal::Signal;

/// Topics of one stream.
const TOPICS_MAX: usize = 32;
/// What `topics` takes.
pub const TAKES: &str = "takes logs:QUERY, traces:QUERY, changes and alerts, separated by commas";

/// What to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// Items that arrive and match.
    Items {
        /// Log records or spans.
        signal: Signal,
        /// LogQL or TraceQL; empty for everything.
        query: String,
    },
    /// That anything arrived.
    Changes,
    /// That something about alerts changed.
    Alerts,
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, query) = match self {
            Self::Changes => return f.write_str("changes"),
            Self::Alerts => return f.write_str("alerts"),
            Self::Items { signal, query } => (name_of(*signal), query),
        };
        write!(f, "{name}:{query}")
    }
}

/// The name of the topic of a signal.
pub fn name_of(signal: Signal) -> &'static str {
    match signal {
        Signal::Spans => "traces",
        Signal::Logs => "logs",
        Signal::Samples => "metrics",
    }
}

/// Reads topics, separated by commas outside of braces, brackets and quotes.
pub fn parse(text: &str) -> Answer<Vec<Topic>> {
    let mut topics = Vec::new();
    for part in split(text) {
        let (name, query) = part.split_once(':').unwrap_or((part, ""));
        let query = query.trim();
        let items = |signal| Topic::Items {
            signal,
            query: query.to_owned(),
        };
        let topic = match name.trim() {
            "logs" => items(Signal::Logs),
            "traces" | "spans" => items(Signal::Spans),
            "changes" if query.is_empty() => Topic::Changes,
            "changes" => {
                let message = format!("the topic changes takes no query, {query:?} was given");
                return Err(ApiError::parameter("topics", message));
            }
            "alerts" if query.is_empty() => Topic::Alerts,
            "alerts" => {
                let message = format!("the topic alerts takes no query, {query:?} was given");
                return Err(ApiError::parameter("topics", message));
            }
            other => {
                let message = format!("unknown topic {other:?}");
                return Err(ApiError::parameter("topics", message).hint(TAKES));
            }
        };
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    if topics.len() > TOPICS_MAX {
        let message = format!("{} topics, at most {TOPICS_MAX} are taken", topics.len());
        return Err(ApiError::new(ErrorKind::Limit, message).field("topics"));
    }
    Ok(topics)
}

fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quote, mut escaped, mut start) = (0usize, None, false, 0);
    for (index, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(_), _) if escaped => escaped = false,
            (Some(open), '\\') if open != '`' => escaped = true,
            (Some(open), letter) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`' | '\'') => quote = Some(letter),
            (None, '{' | '(' | '[') => depth += 1,
            (None, '}' | ')' | ']') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            (None, _) => {}
        }
    }
    parts.push(&text[start..]);
    parts
        .into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn commas_inside_queries_separate_nothing() {
        let text = r#"logs:{a="x,y", b=~"[,}]"} |= "p\",q",traces:{ status = error } , changes, logs, changes"#;
        let topics: Vec<String> = parse(text)
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            topics,
            [
                r#"logs:{a="x,y", b=~"[,}]"} |= "p\",q""#,
                "traces:{ status = error }",
                "changes",
                "logs:"
            ]
        );
        let error = parse("metrics:up").unwrap_err();
        assert_eq!(error.detail.message, "unknown topic \"metrics\"");
        let error = parse("changes:{}").unwrap_err();
        assert_eq!(
            error.detail.message,
            "the topic changes takes no query, \"{}\" was given"
        );
    }
}
