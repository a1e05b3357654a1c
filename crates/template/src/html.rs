//! Escaping of HTML templates: follows the text of the template through tags, attributes and scripts,
//! and writes each value so that it stays a value there. `html/escape.rs` has the escapes.
//!
//! As Go's `html/template`, but the place of a value is found while the template runs and not before:
//! texts with the same outcome whatever the data come out the same. Comments are left out.
//! Source: <https://pkg.go.dev/html/template>.

mod escape;

use crate::json;
use crate::value::Value;

/// Bytes of a tag's or attribute's name that are kept to recognise it.
const NAME_BYTES_MAX: usize = 64;

/// What an attribute or element holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Content {
    #[default]
    Plain,
    Url,
    Script,
    Style,
}

/// How far a URL has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum UrlPart {
    #[default]
    Start,
    Path,
    Query,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Text,
    Comment,
    /// Between `<` and the end of the element's name.
    TagName,
    /// In a tag, outside of attributes.
    Tag,
    AttributeName,
    /// After an attribute's name.
    AfterName,
    BeforeValue,
    Quoted(char),
    Unquoted,
    /// In `script`, `style`, `title` or `textarea`.
    Element(Content),
}

/// Where the output stands.
#[derive(Debug, Default)]
pub(crate) struct Tracker {
    state: State,
    tag: String,
    attribute: String,
    content: Content,
    url: UrlPart,
    script: Quote,
}

/// The text in quotes of a script that the output stands in. Comments are not known: a quote in one
/// counts up to the end of its line.
#[derive(Debug, Default)]
struct Quote {
    open: Option<char>,
    escaped: bool,
}

impl Quote {
    fn step(&mut self, c: char) {
        match (self.open, c) {
            (Some(_), _) if self.escaped => self.escaped = false,
            (Some(_), '\\') => self.escaped = true,
            (Some('"' | '\''), '\n') => self.open = None,
            (Some(open), c) if c == open => self.open = None,
            (None, '"' | '\'' | '`') => self.open = Some(c),
            _ => {}
        }
    }
}

impl Tracker {
    /// Text of the template: appended as it is, without comments.
    pub(crate) fn text(&mut self, text: &str, out: &mut String) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if self.state == State::Comment {
                let Some(end) = rest.find("-->") else {
                    return;
                };
                rest = &rest[end + 3..];
                self.state = State::Text;
                continue;
            }
            if self.state == State::Text && rest.starts_with("<!--") {
                self.state = State::Comment;
                rest = &rest[4..];
                continue;
            }
            self.step(c, rest);
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }

    fn step(&mut self, c: char, rest: &str) {
        self.state = match self.state {
            State::Text | State::Comment => self.in_text(c, rest),
            State::Element(content) => {
                self.script.step(c);
                self.in_element(content, rest)
            }
            State::TagName => self.in_tag_name(c),
            State::Tag => self.in_tag(c),
            State::AttributeName => self.in_attribute_name(c),
            State::AfterName => match c {
                '=' => State::BeforeValue,
                c if c.is_whitespace() => State::AfterName,
                c => self.in_tag(c),
            },
            State::BeforeValue => match c {
                c if c.is_whitespace() => State::BeforeValue,
                '"' | '\'' => self.begin_value(State::Quoted(c)),
                '>' => self.end_tag(),
                c => {
                    self.begin_value(State::Unquoted);
                    self.in_value(c);
                    State::Unquoted
                }
            },
            State::Quoted(quote) if c == quote => State::Tag,
            State::Unquoted if c == '>' => self.end_tag(),
            State::Unquoted if c.is_whitespace() => State::Tag,
            State::Quoted(_) | State::Unquoted => {
                self.in_value(c);
                self.state
            }
        };
    }

    fn in_text(&mut self, c: char, rest: &str) -> State {
        let opens = rest[c.len_utf8()..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        if c != '<' || !opens {
            return State::Text;
        }
        self.tag.clear();
        State::TagName
    }

    /// Ends with `</name` only.
    fn in_element(&mut self, content: Content, rest: &str) -> State {
        let ends = rest
            .strip_prefix("</")
            .and_then(|rest| rest.get(..self.tag.len()));
        if ends.is_some_and(|name| name.eq_ignore_ascii_case(&self.tag)) {
            self.tag.clear();
            return State::TagName;
        }
        State::Element(content)
    }

    fn in_tag_name(&mut self, c: char) -> State {
        match c {
            '>' => self.end_tag(),
            c if c.is_whitespace() => State::Tag,
            '/' if !self.tag.is_empty() => State::Tag,
            // With the slash of `</name`: that is no element that holds text.
            c => {
                keep(&mut self.tag, c);
                State::TagName
            }
        }
    }

    fn in_tag(&mut self, c: char) -> State {
        match c {
            '>' => self.end_tag(),
            '/' => State::Tag,
            c if c.is_whitespace() => State::Tag,
            c => {
                self.attribute.clear();
                keep(&mut self.attribute, c);
                State::AttributeName
            }
        }
    }

    fn in_attribute_name(&mut self, c: char) -> State {
        match c {
            '=' => State::BeforeValue,
            '>' => self.end_tag(),
            '/' => State::Tag,
            c if c.is_whitespace() => State::AfterName,
            c => {
                keep(&mut self.attribute, c);
                State::AttributeName
            }
        }
    }

    fn end_tag(&mut self) -> State {
        self.script = Quote::default();
        match self.tag.as_str() {
            "script" => State::Element(Content::Script),
            "style" => State::Element(Content::Style),
            "title" | "textarea" => State::Element(Content::Plain),
            _ => State::Text,
        }
    }

    fn begin_value(&mut self, state: State) -> State {
        self.content = content_of(&self.attribute);
        self.url = UrlPart::Start;
        self.script = Quote::default();
        self.state = state;
        state
    }

    fn in_value(&mut self, c: char) {
        self.script.step(c);
        self.url = match (self.url, c) {
            (UrlPart::Query, _) | (_, '?' | '#') => UrlPart::Query,
            (UrlPart::Start, c) if c.is_whitespace() => UrlPart::Start,
            _ => UrlPart::Path,
        };
    }

    /// A value with its text: appended so that it cannot leave its place.
    pub(crate) fn value(&mut self, value: &Value, text: &str, out: &mut String) {
        let safe = matches!(value, Value::SafeHtml(_));
        match self.state {
            State::Text if safe => out.push_str(text),
            State::Text => escape::html(text, out),
            State::Comment => {}
            State::Element(Content::Plain | Content::Url) if safe => escape::normal(text, out),
            State::Element(Content::Plain | Content::Url) => escape::html(text, out),
            State::Element(Content::Script) => out.push_str(&self.script_value(value, text)),
            State::Element(Content::Style) => out.push_str(escape::style(text)),
            State::TagName | State::Tag | State::AttributeName | State::AfterName => {
                let name = escape::name(text);
                out.push_str(name);
                name.chars().for_each(|c| keep(&mut self.attribute, c));
            }
            State::BeforeValue => {
                self.begin_value(State::Unquoted);
                self.attribute_value(value, text, out);
            }
            State::Quoted(_) | State::Unquoted => self.attribute_value(value, text, out),
        }
    }

    /// A value in a script: as JSON, which no `</script>` can end; in quotes as a part of that text.
    fn script_value(&self, value: &Value, text: &str) -> String {
        match self.script.open {
            Some(_) => escape::script_text(text),
            None => escape::script(&json::write(value).unwrap_or_else(|_| "null".to_owned())),
        }
    }

    fn attribute_value(&mut self, value: &Value, text: &str, out: &mut String) {
        let inner = match self.content {
            Content::Plain if matches!(value, Value::SafeHtml(_)) => {
                escape::normal(&escape::without_tags(text), out);
                return;
            }
            Content::Plain => text.to_owned(),
            Content::Script => self.script_value(value, text),
            Content::Style => escape::style(text).to_owned(),
            Content::Url => {
                let trusted = matches!(value, Value::SafeUrl(_));
                let part = self.url;
                if part == UrlPart::Start && !text.is_empty() {
                    self.url = UrlPart::Path;
                }
                match part {
                    UrlPart::Start if !trusted && !escape::is_safe_url(text) => {
                        "#ZgotmplZ".to_owned()
                    }
                    UrlPart::Query if !trusted => escape::url(text, false),
                    _ => escape::url(text, true),
                }
            }
        };
        if self.state == State::Unquoted {
            escape::unquoted(&inner, out);
        } else {
            escape::html(&inner, out);
        }
    }
}

fn keep(name: &mut String, c: char) {
    if name.len() < NAME_BYTES_MAX {
        name.extend(c.to_lowercase());
    }
}

/// What an attribute of this name holds, as Go knows it.
fn content_of(attribute: &str) -> Content {
    let name = attribute.strip_prefix("data-").unwrap_or(attribute);
    let name = name.split_once(':').map_or(
        name,
        |(space, local)| {
            if space == "xmlns" { "xmlns" } else { local }
        },
    );
    match name {
        "style" => Content::Style,
        "action" | "archive" | "background" | "cite" | "classid" | "codebase" | "data"
        | "formaction" | "href" | "icon" | "longdesc" | "manifest" | "poster" | "profile"
        | "src" | "srcset" | "usemap" | "xmlns" => Content::Url,
        _ if name.starts_with("on") => Content::Script,
        _ if ["src", "uri", "url"].iter().any(|part| name.contains(part)) => Content::Url,
        _ => Content::Plain,
    }
}
