//! The text of messages: what a notification says, in the marks of each service.
//!
//! `facts.rs` picks what is worth saying, `text.rs` writes it shortly; `go.rs` and `jinja.rs` expand
//! the templates of users, whose defaults (`defaults.rs`) lead to the same short text. A template that
//! fails does not stop a message: the default text goes out with the reason below it.

pub mod cut;
pub mod defaults;
pub mod facts;
pub(crate) mod go;
pub(crate) mod jinja;
pub mod links;
pub mod markup;
pub mod page;
pub mod text;

use crate::notification::Notification;
use crate::receiver::Template;
use facts::Facts;
use jiff::tz::TimeZone;
use markup::Markup;
use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

/// What messages need beside the notification.
#[derive(Debug, Clone)]
pub struct Context {
    /// Under which people reach us, without a slash at the end.
    pub external_url: String,
    /// The zone that times are shown in.
    pub zone: TimeZone,
    /// Now, ms.
    pub now_ms: i64,
    /// Templates of users.
    pub templates: Arc<Templates>,
}

/// Templates of users, as files have them.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    files: Vec<(String, String)>,
}

impl Templates {
    /// Takes the texts of files that can be read as templates of Go, by name.
    ///
    /// # Errors
    /// Which file cannot be read as templates, and why.
    pub fn new(files: Vec<(String, String)>) -> Result<Self, String> {
        go::check(&files)?;
        Ok(Self { files })
    }

    /// The files.
    pub fn files(&self) -> &[(String, String)] {
        &self.files
    }
}

/// Writes the texts of one message.
pub struct Writer<'a> {
    notification: &'a Notification,
    context: &'a Context,
    markup: Markup,
    facts: Arc<Facts>,
    go: OnceCell<Result<go::Go, String>>,
    problems: RefCell<Vec<String>>,
}

impl<'a> Writer<'a> {
    /// A writer for the marks of a service.
    pub fn new(notification: &'a Notification, context: &'a Context, markup: Markup) -> Self {
        Self {
            notification,
            context,
            markup,
            facts: Arc::new(Facts::new(notification, context)),
            go: OnceCell::new(),
            problems: RefCell::default(),
        }
    }

    /// What the message is about.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The message.
    pub fn notification(&self) -> &Notification {
        self.notification
    }

    /// What surrounds it.
    pub fn context(&self) -> &Context {
        self.context
    }

    /// The marks.
    pub fn markup(&self) -> Markup {
        self.markup
    }

    /// The text of a template; the other text if it fails.
    pub fn fill(&self, template: &Template, otherwise: impl FnOnce() -> String) -> String {
        match self.try_fill(template, self.markup == Markup::TelegramHtml) {
            Ok(text) => text,
            Err(reason) => {
                self.complain(reason);
                otherwise()
            }
        }
    }

    /// The page of a template; the other one if it fails.
    pub fn fill_html(&self, template: &Template, otherwise: impl FnOnce() -> String) -> String {
        self.try_fill(template, true).unwrap_or_else(|reason| {
            self.complain(reason);
            otherwise()
        })
    }

    /// The text of a template; empty if it fails.
    pub fn fill_or_empty(&self, template: &Template) -> String {
        self.fill(template, String::new)
    }

    /// The text of a template.
    ///
    /// # Errors
    /// Why it has none.
    pub fn try_fill(&self, template: &Template, html: bool) -> Result<String, String> {
        match template {
            Template::Go(text) if text.is_empty() => Ok(String::new()),
            Template::Go(text) if !text.contains("{{") => Ok(text.clone()),
            Template::Go(text) => self.go()?.execute(text, html),
            Template::Jinja(text) => {
                let markup = if html && self.markup == Markup::Plain {
                    Markup::Html
                } else {
                    self.markup
                };
                jinja::render(text, &self.facts, self.notification, markup)
            }
        }
    }

    fn go(&self) -> Result<&go::Go, String> {
        let made = self
            .go
            .get_or_init(|| go::Go::new(self.notification, self.context, &self.facts, self.markup));
        made.as_ref().map_err(Clone::clone)
    }

    fn complain(&self, reason: String) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < PROBLEMS_MAX && !problems.contains(&reason) {
            problems.push(reason);
        }
    }

    /// What is told below a text some of whose templates failed, in the marks of the service; empty if
    /// none did.
    pub fn notice(&self) -> String {
        let problems = self.problems.borrow();
        let lines = problems.iter().map(|problem| {
            let problem = cut::chars(problem, PROBLEM_CHARS_MAX);
            format!("Template failed, the default text stands here: {problem}")
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        self.markup.escape(&text)
    }

    /// The text with the notice below it.
    pub fn with_notice(&self, text: String) -> String {
        let notice = self.notice();
        match (text.is_empty(), notice.is_empty()) {
            (_, true) => text,
            (true, false) => notice,
            (false, false) => format!("{text}\n{notice}"),
        }
    }

    /// Our own title.
    pub fn default_title(&self) -> String {
        self.markup.escape(&self.facts.title)
    }

    /// Our own text.
    pub fn default_text(&self, links: text::Links) -> String {
        text::text(&self.facts, self.markup, links)
    }
}

/// Problems that are told.
const PROBLEMS_MAX: usize = 3;
/// Longest problem that is told.
const PROBLEM_CHARS_MAX: usize = 300;

#[cfg(test)]
pub(crate) mod tests;
