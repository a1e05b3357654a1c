//! Markdown of a runbook to HTML. Links that begin with `/` lead into the web UI, and a block of
//! `promql`, `traceql` or `logql` gets a link that opens it there; the range may stand behind the
//! language: "promql now-6h". Addresses are relative to the page's base.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};
use std::fmt::Write as _;

/// What a list tells of a page.
pub(super) struct Outline<'a> {
    pub(super) title: &'a str,
    /// The first paragraph, on one line.
    pub(super) lead: String,
}

/// Reads title and first paragraph.
pub(super) fn outline_of(text: &str) -> Outline<'_> {
    let mut lines = text.lines();
    let title = lines.next().unwrap_or_default().trim_start_matches("# ");
    let lead: Vec<&str> = lines
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .collect();
    Outline {
        title,
        lead: lead.join(" "),
    }
}

/// The rules that a page is about: first cells of its tables, as far as they are code.
pub(super) fn rules_of(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"))
        .map(|(name, _)| name)
        .collect()
}

/// Links from a page to the alerts of its rules, to a silence of them, and to the rules.
pub(super) fn actions(rules: &[&str]) -> String {
    let (matcher, rule, words) = match rules {
        [] => return String::new(),
        [one] => (format!("{{alertname=\"{one}\"}}"), *one, "The rule"),
        many => (
            format!("{{alertname=~\"{}\"}}", many.join("|")),
            "",
            "Rules",
        ),
    };
    let (matcher, rule) = (encode(&matcher), encode(rule));
    let rules = if rule.is_empty() {
        String::new()
    } else {
        format!("?text={rule}")
    };
    format!(
        "<p class=\"actions\"><a href=\"alerts?state=all&amp;q={matcher}\">Its alerts</a>\
         <a href=\"silences?new={matcher}\">Silence it</a><a href=\"rules{rules}\">{words}</a></p>"
    )
}

/// The HTML of a page; `slug` is its own name, for links within it.
pub(super) fn html_of(text: &str, slug: &str) -> String {
    let mut events = Vec::new();
    let mut parser = Parser::new_ext(text, Options::ENABLE_TABLES);
    while let Some(event) = parser.next() {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let block = code_block(&kind, &text_until_end(&mut parser));
                events.push(raw(block));
            }
            Event::Start(Tag::Heading { level, .. }) => {
                let inner: Vec<Event<'_>> = parser
                    .by_ref()
                    .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))))
                    .collect();
                let id = id_of(&inner);
                events.push(raw(format!("<{level} id=\"{id}\">")));
                events.extend(inner);
                events.push(raw(format!("</{level}>\n")));
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => events.push(Event::Start(Tag::Link {
                link_type,
                dest_url: address(&dest_url, slug).into(),
                title,
                id,
            })),
            Event::Start(Tag::Table(columns)) => {
                events.push(raw("<div class=\"table\">".to_owned()));
                events.push(Event::Start(Tag::Table(columns)));
            }
            Event::End(TagEnd::Table) => {
                events.push(Event::End(TagEnd::Table));
                events.push(raw("</div>".to_owned()));
            }
            // Pages have no HTML of their own; were there some, it would be shown, not done.
            Event::Html(text) | Event::InlineHtml(text) => events.push(Event::Text(text)),
            other => events.push(other),
        }
    }
    let mut out = String::with_capacity(text.len() * 2);
    html::push_html(&mut out, events.into_iter());
    out
}

fn raw(text: String) -> Event<'static> {
    Event::Html(CowStr::from(text))
}

fn text_until_end(parser: &mut Parser<'_>) -> String {
    let mut code = String::new();
    for event in parser {
        match event {
            Event::Text(text) => code.push_str(&text),
            Event::End(TagEnd::CodeBlock) => break,
            _ => {}
        }
    }
    code
}

/// The id of a heading: its words in lower case with dashes between.
fn id_of(heading: &[Event<'_>]) -> String {
    let mut id = String::new();
    for event in heading {
        if let Event::Text(text) | Event::Code(text) = event {
            for letter in text.chars() {
                if letter.is_ascii_alphanumeric() {
                    id.push(letter.to_ascii_lowercase());
                } else if !id.ends_with('-') && !id.is_empty() {
                    id.push('-');
                }
            }
        }
    }
    id.trim_end_matches('-').to_owned()
}

/// An address relative to the base: of the UI, of another runbook (`queue.md`), or within the page.
fn address(dest: &str, slug: &str) -> String {
    if let Some(rest) = dest.strip_prefix('/') {
        return format!("./{rest}");
    }
    if dest.starts_with('#') {
        return format!("runbooks/{slug}{dest}");
    }
    if dest.contains(':') {
        return dest.to_owned();
    }
    match dest.split_once(".md") {
        Some((page, rest)) => format!("runbooks/{page}{rest}"),
        None => dest.to_owned(),
    }
}

fn code_block(kind: &CodeBlockKind<'_>, code: &str) -> String {
    let info = match kind {
        CodeBlockKind::Fenced(info) => info.as_ref(),
        CodeBlockKind::Indented => "",
    };
    let (language, range) = info.split_once(' ').unwrap_or((info, "now-1h"));
    let mut text = format!(
        "<div class=\"code\"><pre><code>{}</code></pre>",
        escape(code)
    );
    let page = match language {
        "promql" => Some(("explore?expr=", "Explore")),
        "traceql" => Some(("traces?q=", "Traces")),
        "logql" => Some(("logs?q=", "Logs")),
        _ => None,
    };
    if let Some((path, name)) = page {
        let _ = write!(
            text,
            "<a href=\"{path}{}&amp;from={}&amp;to=now\">Open in {name}</a>",
            encode(code.trim()),
            encode(range)
        );
    }
    text.push_str("</div>\n");
    text
}

/// For text and attributes in quotes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Percent encoding of a value in a query.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{actions, html_of, outline_of, rules_of};

    #[test]
    fn queries_get_a_link_that_opens_them() {
        let html = html_of("```promql now-6h\nsum(rate(a[5m])) > 1\n```\n", "x");
        assert!(
            html.contains("<code>sum(rate(a[5m])) &gt; 1\n</code>"),
            "{html}"
        );
        let link = "href=\"explore?expr=sum%28rate%28a%5B5m%5D%29%29%20%3E%201&amp;from=now-6h&amp;to=now\"";
        assert!(html.contains(link), "{html}");
        assert!(!html_of("```sh\ntacho status\n```\n", "x").contains("href"));
    }

    #[test]
    fn links_are_relative_to_the_base() {
        let check = |dest: &str| html_of(&format!("[a]({dest})"), "own");
        assert!(check("/alerts/silences").contains("href=\"./alerts/silences\""));
        assert!(check("queue.md#do").contains("href=\"runbooks/queue#do\""));
        assert!(check("#do").contains("href=\"runbooks/own#do\""));
        assert!(check("https://a.b/c.md").contains("href=\"https://a.b/c.md\""));
    }

    #[test]
    fn html_is_shown_and_headings_have_ids() {
        assert!(html_of("a <b>x</b>", "x").contains("&lt;b&gt;"));
        assert!(html_of("<script>1</script>", "x").contains("&lt;script&gt;"));
        assert!(html_of("## Look *at* `this`!", "x").contains("<h2 id=\"look-at-this\">"));
    }

    #[test]
    fn a_page_leads_to_its_alerts() {
        assert_eq!(rules_of("| Rule |\n|---|\n| `a b` | x |\n| c |\n"), ["a b"]);
        let one = actions(&["High Error Rate"]);
        assert!(
            one.contains("silences?new=%7Balertname%3D%22High%20Error%20Rate%22%7D\""),
            "{one}"
        );
        assert!(one.contains("rules?text=High%20Error%20Rate\""), "{one}");
        let two = actions(&["a", "b"]);
        assert!(two.contains("q=%7Balertname%3D~%22a%7Cb%22%7D\""), "{two}");
        assert!(actions(&[]).is_empty());
    }

    #[test]
    fn the_outline_is_title_and_first_paragraph() {
        let outline = outline_of("# A page\n\nOne\ntwo.\n\nThree.\n");
        assert_eq!(
            (outline.title, outline.lead.as_str()),
            ("A page", "One two.")
        );
    }
}
