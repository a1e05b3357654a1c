//! Reads what stands in an action: variables, commands, operands.

use super::{Parser, literal, raw};
use crate::error::TemplateError;
use crate::lex::Kind;
use crate::tree::{Command, Pipe, Word, WordKind};
use crate::value::Value;

impl Parser<'_> {
    /// A pipeline up to what closes it, which is taken.
    pub(super) fn pipeline(&mut self, context: &str, close: &Kind) -> Result<Pipe, TemplateError> {
        self.skip_space();
        let start = self.peek().start;
        self.deeper(start)?;
        let (variables, assigns) = self.declarations(context)?;
        let mut commands = Vec::new();
        loop {
            let token = self.next_no_space();
            if token.kind == *close {
                break;
            }
            match token.kind {
                Kind::RightDelimiter | Kind::RightParenthesis => {
                    return Err(self.unexpected(&token, context));
                }
                _ => self.at -= usize::from(!matches!(token.kind, Kind::End | Kind::Error(_))),
            }
            if !starts_operand(&token.kind) {
                return Err(self.unexpected(&token, context));
            }
            let command = self.command()?;
            commands.push(command);
        }
        let end = self.tokens[self.at - 1].start;
        let span = start..start + self.text[start..end].trim_end().len();
        self.check(&commands, context, start)?;
        if !assigns {
            self.variables.extend(variables.iter().cloned());
        }
        self.depth -= 1;
        Ok(Pipe {
            span,
            variables,
            assigns,
            commands,
        })
    }

    /// Commands after the first take an argument, which constants cannot.
    fn check(
        &self,
        commands: &[Command],
        context: &str,
        start: usize,
    ) -> Result<(), TemplateError> {
        if commands.is_empty() {
            return Err(self.fail(start, format!("missing value for {context}")));
        }
        for (index, command) in commands.iter().enumerate().skip(1) {
            let constant = matches!(
                command.words.first().map(|word| &word.kind),
                Some(WordKind::Dot | WordKind::Nil | WordKind::Literal(_))
            );
            if constant {
                let message = format!("non executable command in pipeline stage {}", index + 1);
                return Err(self.fail(command.span.start, message));
            }
        }
        Ok(())
    }

    /// `$x :=`, `$x =`, and in a range `$x, $y :=`.
    fn declarations(&mut self, context: &str) -> Result<(Vec<String>, bool), TemplateError> {
        let begin = self.at;
        let mut names: Vec<String> = Vec::new();
        loop {
            self.skip_space();
            let token = self.next();
            if token.kind != Kind::Variable {
                break;
            }
            names.push(self.text_of(&token).to_owned());
            self.skip_space();
            let sign = self.next();
            match sign.kind {
                Kind::Declare => return Ok((names, false)),
                Kind::Assign => {
                    for name in &names {
                        self.known_variable(name, token.start)?;
                    }
                    return Ok((names, true));
                }
                Kind::Comma if context == "range" && names.len() < 2 => {
                    self.skip_space();
                    if self.peek().kind != Kind::Variable {
                        return Err(self.fail(sign.start, "range can only initialize variables"));
                    }
                }
                Kind::Comma => {
                    return Err(
                        self.fail(sign.start, format!("too many declarations in {context}"))
                    );
                }
                _ => break,
            }
        }
        self.at = begin;
        Ok((Vec::new(), false))
    }

    fn known_variable(&self, name: &str, at: usize) -> Result<(), TemplateError> {
        if self.variables.iter().any(|known| known == name) {
            return Ok(());
        }
        Err(self.fail(at, format!("undefined variable {name:?}")))
    }

    /// Operands up to a pipe, which is taken, or to the end of the pipeline.
    fn command(&mut self) -> Result<Command, TemplateError> {
        let mut words = Vec::new();
        loop {
            self.skip_space();
            if let Some(word) = self.operand()? {
                words.push(word);
            }
            let token = self.peek().clone();
            match token.kind {
                Kind::Space => {
                    self.next();
                }
                Kind::Pipe => {
                    self.next();
                    self.skip_space();
                    let next = self.peek().clone();
                    if matches!(next.kind, Kind::RightDelimiter | Kind::RightParenthesis) {
                        return Err(self.fail(token.start, "missing command after |"));
                    }
                    break;
                }
                Kind::RightDelimiter | Kind::RightParenthesis => break,
                _ => return Err(self.unexpected(&token, "operand")),
            }
        }
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return Err(self.fail(self.peek().start, "empty command"));
        };
        Ok(Command {
            span: first.span.start..last.span.end,
            words,
        })
    }

    /// A term and fields of it.
    fn operand(&mut self) -> Result<Option<Word>, TemplateError> {
        let Some(mut word) = self.term()? else {
            return Ok(None);
        };
        let mut fields = Vec::new();
        while self.peek().kind == Kind::Field {
            let token = self.next();
            fields.push(self.text_of(&token)[1..].to_owned());
            word.span.end = token.end;
        }
        if fields.is_empty() {
            return Ok(Some(word));
        }
        let span = word.span.clone();
        let kind = match word.kind {
            WordKind::Field(mut names) => {
                names.append(&mut fields);
                WordKind::Field(names)
            }
            WordKind::Variable(name, mut names) => {
                names.append(&mut fields);
                WordKind::Variable(name, names)
            }
            WordKind::Dot | WordKind::Nil | WordKind::Literal(_) => {
                let term = &self.text[span.clone()];
                return Err(self.fail(span.start, format!("unexpected . after term {term:?}")));
            }
            kind => WordKind::Chain(
                Box::new(Word {
                    span: span.clone(),
                    kind,
                }),
                fields,
            ),
        };
        Ok(Some(Word { span, kind }))
    }

    fn term(&mut self) -> Result<Option<Word>, TemplateError> {
        let token = self.peek().clone();
        if !starts_operand(&token.kind) {
            return Ok(None);
        }
        self.next();
        let text = self.text_of(&token);
        let invalid = |what: &str| self.fail(token.start, format!("invalid {what} {text}"));
        let kind = match token.kind {
            Kind::Identifier if (self.surroundings.is_function)(text) => {
                WordKind::Identifier(text.to_owned())
            }
            Kind::Identifier => {
                let message = format!("function {text:?} not defined");
                return Err(self.fail(token.start, message));
            }
            Kind::Dot => WordKind::Dot,
            Kind::Nil => WordKind::Nil,
            Kind::Bool(truth) => WordKind::Literal(Value::Bool(truth)),
            Kind::Field => WordKind::Field(vec![text[1..].to_owned()]),
            Kind::Variable => {
                self.known_variable(text, token.start)?;
                WordKind::Variable(text.to_owned(), Vec::new())
            }
            Kind::Number => {
                WordKind::Literal(literal::number(text).ok_or_else(|| invalid("number"))?)
            }
            Kind::Character => {
                let code = literal::character(text).ok_or_else(|| invalid("character"))?;
                WordKind::Literal(Value::Int(code))
            }
            Kind::Quoted => {
                let text = literal::quoted(text).ok_or_else(|| invalid("string"))?;
                WordKind::Literal(text.into())
            }
            Kind::Raw => WordKind::Literal(raw(text).into()),
            Kind::LeftParenthesis => {
                let pipe = self.pipeline("parenthesized pipeline", &Kind::RightParenthesis)?;
                WordKind::Pipe(Box::new(pipe))
            }
            _ => return Ok(None),
        };
        let end = self.tokens[self.at - 1].end;
        Ok(Some(Word {
            span: token.start..end,
            kind,
        }))
    }
}

fn starts_operand(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Bool(_)
            | Kind::Character
            | Kind::Dot
            | Kind::Field
            | Kind::Identifier
            | Kind::Number
            | Kind::Nil
            | Kind::Raw
            | Kind::Quoted
            | Kind::Variable
            | Kind::LeftParenthesis
    )
}
