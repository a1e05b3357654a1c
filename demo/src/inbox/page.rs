//! The page of the inbox: plain HTML, no script but a form.

use super::Message;
use std::fmt::Write as _;

const HEAD: &str = r#"<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5"><title>Inbox of the demo</title><style>
:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{max-width:60rem;margin:2rem auto;padding:0 1rem}
article{border:1px solid color-mix(in srgb,CanvasText 20%,transparent);border-radius:6px;padding:.75rem 1rem;margin:.75rem 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0;font:13px/1.45 ui-monospace,monospace}small{opacity:.75}a{margin-right:1rem}button{font:inherit;padding:.35rem .9rem}
</style><h1>Inbox of the demo</h1><p>Messages about alerts arrive here as they would in a chat channel and a mailbox. The page looks again every five seconds.</p>
<form method="post" action="/api/break"><button>Break something</button> <small>starts twenty runs that fail; a message comes within a minute</small></form>"#;

/// The page.
pub(super) fn render(messages: &[Message]) -> String {
    let mut out = HEAD.to_owned();
    if messages.is_empty() {
        out.push_str("<p><b>Nothing has arrived yet.</b> All is well, or nobody has noticed.</p>");
    }
    for message in messages {
        let _ = write!(
            out,
            "<article><small>{} · {} · {}</small><h2>{}</h2><pre>{}</pre>",
            escape(message.by),
            escape(&message.to),
            escape(&message.at),
            escape(&message.title),
            escape(&message.text)
        );
        for (name, url) in &message.links {
            if url.starts_with("http://") || url.starts_with("https://") {
                let _ = write!(out, "<a href=\"{}\">{}</a>", escape(url), escape(name));
            }
        }
        out.push_str("</article>");
    }
    out
}

/// Text as it may stand in HTML, in attributes too.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{escape, render};
    use crate::inbox::Message;

    #[test]
    fn what_arrives_is_text_and_nothing_else() {
        let message = Message {
            by: "slack",
            at: "now".to_owned(),
            to: "#a".to_owned(),
            title: "<script>alert(1)</script>".to_owned(),
            text: "a & b".to_owned(),
            links: vec![
                ("run".to_owned(), "javascript:alert(1)".to_owned()),
                ("good".to_owned(), "http://h/?a=\"".to_owned()),
            ],
        };
        let page = render(&[message]);
        assert!(!page.contains("<script>") && !page.contains("javascript:"));
        assert!(page.contains("http://h/?a=&quot;"));
        assert_eq!(escape("'"), "&#39;");
    }
}
