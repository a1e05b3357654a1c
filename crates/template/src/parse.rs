//! Reads a text into templates: lists of nodes and definitions. `parse/block.rs` reads `if`, `range` and
//! the like, `parse/pipeline.rs` what stands in other actions, `parse/literal.rs` constants.
//!
//! Functions and variables have to exist when a text is read, as in Go.

mod block;
pub(crate) mod literal;
mod pipeline;

use crate::error::{ErrorKind, TemplateError};
use crate::lex::{Keyword, Kind, Token, lex};
use crate::limits::{NESTING_MAX, TEXT_BYTES_MAX};
use crate::tree::{Node, Source, Template};
use std::sync::Arc;

/// What a text may refer to.
pub(crate) struct Surroundings<'a> {
    /// Whether a function exists.
    pub(crate) is_function: &'a dyn Fn(&str) -> bool,
    /// Names, with `$`, of variables that exist already.
    pub(crate) variables: &'a [&'a str],
    /// Whether its templates print HTML.
    pub(crate) html: bool,
}

/// Where a list of nodes stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    If,
    With,
    Range,
    Define,
    Block,
    Else,
}

/// What ended a list of nodes.
enum Closing {
    End,
    /// `else` alone.
    Else,
    /// `else if` or `else with`; the keyword is taken.
    ElseArm,
}

struct Parser<'a> {
    source: Arc<Source>,
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    loops: usize,
    variables: Vec<String>,
    surroundings: &'a Surroundings<'a>,
    templates: Vec<Template>,
}

/// The templates of a text: first the one of the whole text, then those that it defines.
pub(crate) fn parse(
    name: &str,
    text: &str,
    surroundings: &Surroundings<'_>,
) -> Result<Vec<Template>, TemplateError> {
    if text.len() > TEXT_BYTES_MAX {
        let message = format!(
            "text of {} bytes is longer than {TEXT_BYTES_MAX}",
            text.len()
        );
        return Err(TemplateError::nowhere(
            ErrorKind::LimitExceeded,
            name,
            message,
        ));
    }
    let source = Arc::new(Source {
        name: name.to_owned(),
        text: text.to_owned(),
    });
    let mut parser = Parser {
        source: Arc::clone(&source),
        text,
        tokens: lex(text),
        at: 0,
        depth: 0,
        loops: 0,
        variables: Vec::new(),
        surroundings,
        templates: Vec::new(),
    };
    parser.begin_scope(true);
    let body = parser.top_level()?;
    let html = surroundings.html;
    let whole = Template {
        name: name.to_owned(),
        source,
        html,
        body,
    };
    let mut templates = vec![whole];
    templates.append(&mut parser.templates);
    Ok(templates)
}

impl Parser<'_> {
    /// The variables of a template's beginning.
    fn begin_scope(&mut self, outermost: bool) {
        self.variables = vec!["$".to_owned()];
        if outermost {
            let given = self.surroundings.variables.iter();
            self.variables.extend(given.map(|name| (*name).to_owned()));
        }
    }

    fn peek(&self) -> &Token {
        // The last token is an end, which is never passed.
        &self.tokens[self.at]
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        token
    }

    fn skip_space(&mut self) {
        while self.peek().kind == Kind::Space {
            self.next();
        }
    }

    fn next_no_space(&mut self) -> Token {
        self.skip_space();
        self.next()
    }

    fn text_of(&self, token: &Token) -> &str {
        &self.text[token.start..token.end]
    }

    fn fail(&self, offset: usize, message: impl Into<String>) -> TemplateError {
        let place = (self.source.name.as_str(), self.text, offset);
        TemplateError::at(ErrorKind::Invalid, place, message.into())
    }

    fn unexpected(&self, token: &Token, context: &str) -> TemplateError {
        let what = match &token.kind {
            Kind::Error(message) => return self.fail(token.start, message.clone()),
            Kind::End => "EOF".to_owned(),
            Kind::Keyword(_) => format!("<{}>", self.text_of(token)),
            _ => format!(
                "{:?}",
                self.text_of(token).chars().take(20).collect::<String>()
            ),
        };
        self.fail(token.start, format!("unexpected {what} in {context}"))
    }

    fn deeper(&mut self, offset: usize) -> Result<(), TemplateError> {
        self.depth += 1;
        if self.depth <= NESTING_MAX {
            return Ok(());
        }
        let place = (self.source.name.as_str(), self.text, offset);
        let message = format!("blocks and parentheses are nested deeper than {NESTING_MAX}");
        Err(TemplateError::at(ErrorKind::LimitExceeded, place, message))
    }

    fn top_level(&mut self) -> Result<Vec<Node>, TemplateError> {
        let mut nodes = Vec::new();
        loop {
            let token = self.next();
            match &token.kind {
                Kind::End => return Ok(nodes),
                Kind::Text => nodes.push(Node::Text(token.start..token.end)),
                Kind::LeftDelimiter => {
                    self.skip_space();
                    if self.peek().kind == Kind::Keyword(Keyword::Define) {
                        self.next();
                        self.definition()?;
                    } else if let Err(end) = self.action(&mut nodes, "command")? {
                        let word = match end {
                            Closing::End => "end",
                            Closing::Else | Closing::ElseArm => "else",
                        };
                        return Err(self.fail(token.start, format!("unexpected {{{{{word}}}}}")));
                    }
                }
                _ => return Err(self.unexpected(&token, "input")),
            }
        }
    }

    /// `{{define "name"}} … {{end}}`, the keyword taken.
    fn definition(&mut self) -> Result<(), TemplateError> {
        let name = self.template_name("define clause")?;
        let token = self.next_no_space();
        if token.kind != Kind::RightDelimiter {
            return Err(self.unexpected(&token, "define clause"));
        }
        let outside = std::mem::take(&mut self.variables);
        self.begin_scope(false);
        let (body, end) = self.list(token.start, Body::Define)?;
        self.variables = outside;
        match end {
            Closing::End => self.define(token.start, name, body),
            _ => Err(self.fail(token.start, "unexpected {{else}} in define clause")),
        }
    }

    fn define(&mut self, at: usize, name: String, body: Vec<Node>) -> Result<(), TemplateError> {
        let source = Arc::clone(&self.source);
        let template = Template {
            name,
            source,
            html: self.surroundings.html,
            body,
        };
        let before = self
            .templates
            .iter_mut()
            .find(|known| known.name == template.name);
        match before {
            None => self.templates.push(template),
            Some(before) if before.is_blank() => *before = template,
            Some(_) if template.is_blank() => {}
            Some(_) => {
                let message = format!("multiple definition of template {:?}", template.name);
                return Err(self.fail(at, message));
            }
        }
        Ok(())
    }

    fn template_name(&mut self, context: &str) -> Result<String, TemplateError> {
        let token = self.next_no_space();
        let text = self.text_of(&token);
        let name = match token.kind {
            Kind::Quoted => literal::quoted(text),
            Kind::Raw => Some(raw(text)),
            _ => return Err(self.unexpected(&token, context)),
        };
        name.ok_or_else(|| self.fail(token.start, "invalid syntax of a quoted string"))
    }

    /// The nodes up to the `end` or `else` of a block.
    fn list(&mut self, at: usize, block: Body) -> Result<(Vec<Node>, Closing), TemplateError> {
        self.deeper(at)?;
        let mut nodes = Vec::new();
        loop {
            let token = self.next();
            match &token.kind {
                Kind::Text => nodes.push(Node::Text(token.start..token.end)),
                Kind::LeftDelimiter => {
                    self.skip_space();
                    if let Err(end) = self.action(&mut nodes, "command")? {
                        self.depth -= 1;
                        return Ok((nodes, end));
                    }
                }
                Kind::End => {
                    return Err(self.fail(
                        at,
                        format!("unexpected EOF: no {{{{end}}}} for {}", block.word()),
                    ));
                }
                _ => return Err(self.unexpected(&token, "input")),
            }
        }
    }

    /// An action after its delimiter. The inner error is the end of a list.
    fn action(
        &mut self,
        nodes: &mut Vec<Node>,
        context: &str,
    ) -> Result<Result<(), Closing>, TemplateError> {
        let token = self.peek().clone();
        let Kind::Keyword(keyword) = token.kind else {
            let pipe = self.pipeline(context, &Kind::RightDelimiter)?;
            nodes.push(Node::Action(pipe));
            return Ok(Ok(()));
        };
        self.next();
        let node = match keyword {
            Keyword::If => self.conditional(&token, Body::If)?,
            Keyword::With => self.conditional(&token, Body::With)?,
            Keyword::Range => self.range(&token)?,
            Keyword::Template => self.call(&token)?,
            Keyword::Block => self.block(&token)?,
            Keyword::Break | Keyword::Continue => self.jump(&token, keyword)?,
            Keyword::Define => return Err(self.unexpected(&token, context)),
            Keyword::End => {
                self.expect_close("end")?;
                return Ok(Err(Closing::End));
            }
            Keyword::Else => return self.otherwise().map(Err),
        };
        nodes.push(node);
        Ok(Ok(()))
    }

    fn expect_close(&mut self, context: &str) -> Result<(), TemplateError> {
        let token = self.next_no_space();
        if token.kind == Kind::RightDelimiter {
            return Ok(());
        }
        Err(self.unexpected(&token, context))
    }

    fn otherwise(&mut self) -> Result<Closing, TemplateError> {
        self.skip_space();
        if matches!(self.peek().kind, Kind::Keyword(Keyword::If | Keyword::With)) {
            return Ok(Closing::ElseArm);
        }
        self.expect_close("else")?;
        Ok(Closing::Else)
    }
}

impl Body {
    fn word(self) -> &'static str {
        match self {
            Self::If => "if",
            Self::With => "with",
            Self::Range => "range",
            Self::Define => "define",
            Self::Block => "block",
            Self::Else => "else",
        }
    }
}

/// A text in backquotes; carriage returns do not count.
pub(crate) fn raw(literal: &str) -> String {
    literal.trim_matches('`').replace('\r', "")
}
