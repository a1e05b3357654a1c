//! What is served, and that the texts hold what they promise: queries parse, commands exist, links lead
//! somewhere.

use super::pages::{COMMON, GROUPS, Runbook};
use super::render::{outline_of, rules_of};
use super::{exists, is_public, routes};
use crate::listener::{Arrival, Kind};
use crate::ui::{Ui, base};
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use http_body_util::BodyExt as _;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use rustls::crypto::{GetRandomFailed, SecureRandom};
use std::collections::BTreeSet;
use tacho_rules::builtin::{RUNBOOKS, builtin, runbooks};
use tacho_rules::condition::Settings;
use tower::ServiceExt as _;

#[derive(Debug)]
struct Fixed;

impl SecureRandom for Fixed {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        bytes.fill(7);
        Ok(())
    }
}

async fn get(path: &str, accept: &str) -> Response<Body> {
    let ui = Ui {
        random: &Fixed,
        on: false,
        base_path: "/tacho".into(),
    };
    let arrival = Arrival {
        kind: Kind::Http,
        local: "127.0.0.1".parse().unwrap(),
        exposed: true,
    };
    let request = Request::builder()
        .uri(path)
        .header("accept", accept)
        .extension(arrival)
        .body(Body::empty())
        .unwrap();
    let request = base::strip(request, "/tacho");
    routes(&ui).oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

const BROWSER: &str = "text/html,*/*;q=0.8";

fn pages() -> impl Iterator<Item = &'static Runbook> {
    GROUPS.iter().flat_map(|group| group.pages)
}

#[tokio::test]
async fn a_page_is_html_with_a_policy_that_allows_no_script() {
    let page = get("/tacho/runbooks/latency", BROWSER).await;
    assert_eq!(page.status(), 200);
    assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
    let policy = header(&page, "content-security-policy").to_owned();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'nonce-"),
        "{policy}"
    );
    let html = text(page).await;
    assert!(html.contains("<base href=\"/tacho/\">"), "{html}");
    assert!(html.contains("<title>Requests are slow · tacho</title>"));
    assert!(html.contains("<h2 id=\"look-first\">"));
    assert!(html.contains("<a href=\"alerts\">Alerts</a>"));
    assert!(html.contains("href=\"explore?expr=orchestrator_latency_p95_ms&amp;from=now-6h"));
    assert!(html.contains("href=\"runbooks/queue\""));
    assert!(html.contains("Acknowledge"));
    assert!(!html.contains("<script"));
    assert_eq!(html.matches("<h1").count(), 1);
    let nonce = html
        .split("nonce=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    assert!(policy.contains(&format!("'nonce-{}'", nonce.unwrap())));
}

#[tokio::test]
async fn markdown_is_given_when_asked_for() {
    let page = get("/runbooks/queue?format=markdown", BROWSER).await;
    assert_eq!(
        header(&page, "content-type"),
        "text/markdown; charset=utf-8"
    );
    let body = text(page).await;
    assert!(body.starts_with("# The queue grows\n"), "{body}");
    assert!(body.contains("## While you work on it"));
    let page = get("/runbooks/queue", "text/plain").await;
    assert!(text(page).await.starts_with("# The queue grows\n"));
    let list = text(get("/runbooks?format=markdown", BROWSER).await).await;
    assert!(
        list.contains("- [The queue grows](/runbooks/queue): "),
        "{list}"
    );
}

#[tokio::test]
async fn the_list_and_the_404_name_all_pages() {
    for (path, status) in [
        ("/runbooks", 200),
        ("/runbooks/", 200),
        ("/runbooks/no%3Cb%3E", 404),
    ] {
        let answer = get(path, BROWSER).await;
        assert_eq!(answer.status(), status);
        let html = text(answer).await;
        for page in pages() {
            assert!(html.contains(&format!("href=\"runbooks/{}\"", page.slug)));
        }
        assert!(!html.contains("<b>>"), "{html}");
    }
}

#[test]
fn runbooks_need_no_token_but_nothing_else_is_opened() {
    let mut request = Request::builder()
        .uri("/runbooks/x")
        .body(Body::empty())
        .unwrap();
    assert!(!is_public(&request));
    request.extensions_mut().insert(Arrival {
        kind: Kind::Http,
        local: "127.0.0.1".parse().unwrap(),
        exposed: true,
    });
    assert!(!is_public(&request), "the route decides, not the path");
}

#[test]
fn every_shipped_rule_leads_to_a_page_that_names_it() {
    let shipped = builtin(&Settings::default()).unwrap();
    for slug in runbooks(&shipped) {
        assert!(exists(slug), "{slug}");
    }
    for rule in shipped.groups.iter().flat_map(|group| &group.rules) {
        let slug = rule
            .runbook
            .as_deref()
            .and_then(|url| url.strip_prefix(RUNBOOKS));
        let page = pages().find(|page| Some(page.slug) == slug);
        let page = page.unwrap_or_else(|| panic!("{}: {slug:?}", rule.name()));
        let named = rules_of(page.text).contains(&rule.name());
        assert!(named, "{} does not name {}", page.slug, rule.name());
    }
}

#[test]
fn every_file_is_a_page_and_every_page_has_its_parts() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/runbooks");
    let files: BTreeSet<String> = walk(folder)
        .into_iter()
        .filter(|name| !matches!(name.as_str(), "README" | "common"))
        .collect();
    let known: BTreeSet<String> = pages().map(|page| page.slug.to_owned()).collect();
    assert_eq!(files, known);
    for page in pages() {
        let outline = outline_of(page.text);
        assert!(page.text.starts_with("# "), "{}", page.slug);
        assert!(!outline.lead.is_empty(), "{}", page.slug);
        if page.slug != "kpi" && page.slug != "dead-mans-switch" {
            for part in [
                "**Affected:**",
                "## Look first",
                "## Likely causes",
                "## Do",
            ] {
                assert!(page.text.contains(part), "{}: {part}", page.slug);
            }
        }
    }
    assert!(exists("kpi") && !exists("common"));
}

fn walk(folder: &str) -> Vec<String> {
    use tacho_storage::io::{Io as _, std_io::StdIo};
    let entries = StdIo.list(std::path::Path::new(folder)).unwrap();
    entries
        .iter()
        .filter_map(|entry| entry.name.to_str()?.strip_suffix(".md").map(str::to_owned))
        .collect()
}

/// Blocks of code with their language, and destinations of links.
fn parts(text: &str) -> (Vec<(String, String)>, Vec<String>) {
    let (mut blocks, mut links) = (Vec::new(), Vec::new());
    let mut open = false;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let language = info.split(' ').next().unwrap_or_default().to_owned();
                blocks.push((language, String::new()));
                open = true;
            }
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => open = false,
            Event::Text(text) if open => blocks.last_mut().unwrap().1.push_str(&text),
            Event::Start(Tag::Link { dest_url, .. }) => links.push(dest_url.to_string()),
            Event::Html(html) | Event::InlineHtml(html) => panic!("HTML in a runbook: {html}"),
            _ => {}
        }
    }
    (blocks, links)
}

#[test]
fn queries_parse_and_commands_are_in_the_reference() {
    let reference = include_str!("../../../../docs/reference/cli.md");
    for page in pages() {
        for (language, code) in parts(page.text).0 {
            let place = format!("{}: {code}", page.slug);
            match language.as_str() {
                "promql" => drop(tacho_syntax::promql::parse(&code).expect(&place)),
                "traceql" => drop(tacho_syntax::traceql::parse(&code).expect(&place)),
                "logql" => drop(tacho_syntax::logql::parse(&code).expect(&place)),
                "yaml" => {}
                "sh" => {
                    for line in code.lines().filter(|line| line.starts_with("tacho ")) {
                        assert!(is_command(reference, line), "{}: {line}", page.slug);
                    }
                }
                other => panic!("{place}: a block of {other}"),
            }
        }
    }
}

/// Pages of the web UI that runbooks lead to.
const UI: [&str; 9] = [
    "/",
    "/alerts",
    "/deliveries",
    "/routes",
    "/rules",
    "/services",
    "/silences",
    "/status",
    "/traces",
];

/// Whether the reference has a command that this line begins with. Its arguments are in capitals.
fn is_command(reference: &str, line: &str) -> bool {
    let commands = reference
        .lines()
        .filter_map(|line| line.strip_prefix("## `"));
    commands
        .map(|rest| rest.trim_end_matches('`'))
        .any(|command| {
            let mut words = command
                .split(' ')
                .take_while(|word| word.starts_with(|first: char| first.is_ascii_lowercase()));
            let mut given = line.split(' ');
            words.all(|word| given.next() == Some(word))
        })
}

#[test]
fn links_lead_to_pages_that_exist() {
    for page in pages().map(|page| page.text).chain([COMMON]) {
        for link in parts(page).1 {
            if let Some((slug, anchor)) = link.split_once(".md") {
                let target = pages().find(|page| page.slug == slug);
                let target = target.unwrap_or_else(|| panic!("{link}"));
                if let Some(anchor) = anchor.strip_prefix('#') {
                    let html = super::html_of(target.text, slug);
                    assert!(html.contains(&format!("id=\"{anchor}\"")), "{link}");
                }
            } else if let Some(anchor) = link.strip_prefix('#') {
                assert!(
                    super::html_of(page, "x").contains(&format!("id=\"{anchor}\"")),
                    "{link}"
                );
            } else {
                let path = link.split('?').next().unwrap_or_default();
                assert!(UI.contains(&path), "{link}");
            }
        }
    }
}

#[test]
fn colours_are_those_of_the_ui() {
    let tokens = include_str!("../../../../web/src/theme/tokens.css");
    let own = super::STYLE.split(['{', '}', ';', '\n']).map(str::trim);
    let mut count = 0;
    for colour in own.filter(|part| part.starts_with("--")) {
        assert!(tokens.contains(&format!("{colour};")), "{colour}");
        count += 1;
    }
    assert!(count >= 18, "{count}");
}
