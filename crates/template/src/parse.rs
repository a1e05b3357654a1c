//! Reads a text into templates: the blocks. `parse/pipeline.rs` reads what stands in an action,
//! `parse/literal.rs` constants.
//!
//! Functions and variables have to exist when a text is read, as in Go.

pub(crate) mod literal;
mod pipeline;

use crate::error::{ErrorKind, TemplateError};
use crate::lex::{Keyword, Kind, Token, lex};
use crate::limits::{NESTING_MAX, TEXT_BYTES_MAX};
use crate::tree::{Conditional, Loop, Node, Pipe, Source, Span, Template};
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
enum Block {
    If,
    With,
    Range,
    Define,
    Block,
    Else,
}

/// What ended a list of nodes.
enum End {
    End,
    /// `else` alone.
    Else,
    /// `else if` or `else with`; the keyword is taken.
    ElseBlock,
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
                            End::End => "end",
                            End::Else | End::ElseBlock => "else",
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
        let (body, end) = self.list(token.start, Block::Define)?;
        self.variables = outside;
        match end {
            End::End => self.define(token.start, name, body),
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
    fn list(&mut self, at: usize, block: Block) -> Result<(Vec<Node>, End), TemplateError> {
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
    ) -> Result<Result<(), End>, TemplateError> {
        let token = self.peek().clone();
        let Kind::Keyword(keyword) = token.kind else {
            let pipe = self.pipeline(context, &Kind::RightDelimiter)?;
            nodes.push(Node::Action(pipe));
            return Ok(Ok(()));
        };
        self.next();
        let node = match keyword {
            Keyword::If => self.conditional(&token, Block::If)?,
            Keyword::With => self.conditional(&token, Block::With)?,
            Keyword::Range => self.range(&token)?,
            Keyword::Template => self.call(&token)?,
            Keyword::Block => self.block(&token)?,
            Keyword::Break | Keyword::Continue => self.jump(&token, keyword)?,
            Keyword::Define => return Err(self.unexpected(&token, context)),
            Keyword::End => {
                self.expect_close("end")?;
                return Ok(Err(End::End));
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

    fn otherwise(&mut self) -> Result<End, TemplateError> {
        self.skip_space();
        if matches!(self.peek().kind, Kind::Keyword(Keyword::If | Keyword::With)) {
            return Ok(End::ElseBlock);
        }
        self.expect_close("else")?;
        Ok(End::Else)
    }

    fn conditional(&mut self, opening: &Token, block: Block) -> Result<Node, TemplateError> {
        let scope = self.variables.len();
        let (mut arms, mut otherwise) = (Vec::new(), Vec::new());
        loop {
            let pipe = self.pipeline(block.word(), &Kind::RightDelimiter)?;
            let (body, end) = self.list(opening.start, block)?;
            arms.push((pipe, body));
            match end {
                End::End => break,
                End::Else => {
                    otherwise = self.last_list(opening)?;
                    break;
                }
                End::ElseBlock => {
                    let token = self.next();
                    let same = match block {
                        Block::With => Kind::Keyword(Keyword::With),
                        _ => Kind::Keyword(Keyword::If),
                    };
                    if token.kind != same {
                        return Err(self.unexpected(&token, "else"));
                    }
                }
            }
        }
        self.variables.truncate(scope);
        let with = block == Block::With;
        Ok(Node::Conditional(Conditional {
            with,
            arms,
            otherwise,
        }))
    }

    /// What follows `else`: it ends with `end`.
    fn last_list(&mut self, opening: &Token) -> Result<Vec<Node>, TemplateError> {
        match self.list(opening.start, Block::Else)? {
            (nodes, End::End) => Ok(nodes),
            _ => Err(self.fail(opening.start, "expected end; found {{else}}")),
        }
    }

    fn range(&mut self, opening: &Token) -> Result<Node, TemplateError> {
        let scope = self.variables.len();
        let pipe = self.pipeline("range", &Kind::RightDelimiter)?;
        self.loops += 1;
        let (body, end) = self.list(opening.start, Block::Range)?;
        self.loops -= 1;
        let otherwise = match end {
            End::End => Vec::new(),
            End::Else => self.last_list(opening)?,
            End::ElseBlock => return Err(self.unexpected(&self.peek().clone(), "else")),
        };
        self.variables.truncate(scope);
        Ok(Node::Range(Loop {
            pipe,
            body,
            otherwise,
        }))
    }

    fn jump(&mut self, token: &Token, keyword: Keyword) -> Result<Node, TemplateError> {
        let word = self.text_of(token).to_owned();
        self.expect_close(&word)?;
        if self.loops == 0 {
            return Err(self.fail(token.start, format!("{{{{{word}}}}} outside {{{{range}}}}")));
        }
        Ok(if keyword == Keyword::Break {
            Node::Break
        } else {
            Node::Continue
        })
    }

    /// The rest of `template` and `block`: a name, and perhaps the data.
    fn called(
        &mut self,
        opening: &Token,
        context: &str,
    ) -> Result<(Span, String, Option<Pipe>), TemplateError> {
        let name = self.template_name(context)?;
        self.skip_space();
        let data = if self.peek().kind == Kind::RightDelimiter {
            self.next();
            None
        } else {
            Some(self.pipeline(context, &Kind::RightDelimiter)?)
        };
        let close = self.tokens[self.at - 1].start;
        let inner = self.text[opening.start..close].trim_end().len();
        Ok((opening.start..opening.start + inner, name, data))
    }

    fn call(&mut self, opening: &Token) -> Result<Node, TemplateError> {
        let (span, name, data) = self.called(opening, "template clause")?;
        Ok(Node::Template { span, name, data })
    }

    fn block(&mut self, opening: &Token) -> Result<Node, TemplateError> {
        let (span, name, data) = self.called(opening, "block clause")?;
        if data.is_none() {
            return Err(self.fail(opening.start, "missing value for block clause"));
        }
        let outside = std::mem::take(&mut self.variables);
        let loops = std::mem::take(&mut self.loops);
        self.begin_scope(false);
        let (body, end) = self.list(opening.start, Block::Block)?;
        (self.variables, self.loops) = (outside, loops);
        if !matches!(end, End::End) {
            return Err(self.fail(opening.start, "unexpected {{else}} in block clause"));
        }
        self.define(opening.start, name.clone(), body)?;
        Ok(Node::Template { span, name, data })
    }
}

impl Block {
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
