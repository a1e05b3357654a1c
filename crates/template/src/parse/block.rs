//! Reads the actions that have a body or a name: `if`, `with`, `range`, `template`, `block`, `break`,
//! `continue`.

use super::{Body, Closing, Parser};
use crate::error::TemplateError;
use crate::lex::{Keyword, Kind, Token};
use crate::tree::{Conditional, Loop, Node, Pipe, Span};

impl Parser<'_> {
    pub(super) fn conditional(
        &mut self,
        opening: &Token,
        block: Body,
    ) -> Result<Node, TemplateError> {
        let scope = self.variables.len();
        let (mut arms, mut otherwise) = (Vec::new(), Vec::new());
        loop {
            let pipe = self.pipeline(block.word(), &Kind::RightDelimiter)?;
            let (body, end) = self.list(opening.start, block)?;
            arms.push((pipe, body));
            match end {
                Closing::End => break,
                Closing::Else => {
                    otherwise = self.last_list(opening)?;
                    break;
                }
                Closing::ElseArm => {
                    let token = self.next();
                    let same = match block {
                        Body::With => Kind::Keyword(Keyword::With),
                        _ => Kind::Keyword(Keyword::If),
                    };
                    if token.kind != same {
                        return Err(self.unexpected(&token, "else"));
                    }
                }
            }
        }
        self.variables.truncate(scope);
        let with = block == Body::With;
        Ok(Node::Conditional(Conditional {
            with,
            arms,
            otherwise,
        }))
    }

    /// What follows `else`: it ends with `end`.
    fn last_list(&mut self, opening: &Token) -> Result<Vec<Node>, TemplateError> {
        match self.list(opening.start, Body::Else)? {
            (nodes, Closing::End) => Ok(nodes),
            _ => Err(self.fail(opening.start, "expected end; found {{else}}")),
        }
    }

    pub(super) fn range(&mut self, opening: &Token) -> Result<Node, TemplateError> {
        let scope = self.variables.len();
        let pipe = self.pipeline("range", &Kind::RightDelimiter)?;
        self.loops += 1;
        let (body, end) = self.list(opening.start, Body::Range)?;
        self.loops -= 1;
        let otherwise = match end {
            Closing::End => Vec::new(),
            Closing::Else => self.last_list(opening)?,
            Closing::ElseArm => return Err(self.unexpected(&self.peek().clone(), "else")),
        };
        self.variables.truncate(scope);
        Ok(Node::Range(Loop {
            pipe,
            body,
            otherwise,
        }))
    }

    pub(super) fn jump(&mut self, token: &Token, keyword: Keyword) -> Result<Node, TemplateError> {
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

    pub(super) fn call(&mut self, opening: &Token) -> Result<Node, TemplateError> {
        let (span, name, data) = self.called(opening, "template clause")?;
        Ok(Node::Template { span, name, data })
    }

    pub(super) fn block(&mut self, opening: &Token) -> Result<Node, TemplateError> {
        let (span, name, data) = self.called(opening, "block clause")?;
        if data.is_none() {
            return Err(self.fail(opening.start, "missing value for block clause"));
        }
        let outside = std::mem::take(&mut self.variables);
        let loops = std::mem::take(&mut self.loops);
        self.begin_scope(false);
        let (body, end) = self.list(opening.start, Body::Block)?;
        (self.variables, self.loops) = (outside, loops);
        if !matches!(end, Closing::End) {
            return Err(self.fail(opening.start, "unexpected {{else}} in block clause"));
        }
        self.define(opening.start, name.clone(), body)?;
        Ok(Node::Template { span, name, data })
    }
}
