//! The values of pipelines, commands and arguments.

use super::{Outcome, Run};
use crate::error::ErrorKind;
use crate::functions::{Function, Parameter};
use crate::limits::{VALUE_BYTES_MAX, VALUE_DEPTH_MAX, VALUE_ITEMS_MAX, VALUE_TOO_LONG};
use crate::tree::{Command, Pipe, Span, Word, WordKind};
use crate::value::Value;

/// Bytes of texts that a function takes or gives which count as one step.
const BYTES_PER_STEP: usize = 256;

/// Arguments of a call: those that stand behind the function, and the value of the command before.
pub(super) struct Arguments<'a> {
    pub(super) words: &'a [Word],
    pub(super) last: Option<Value>,
    /// The place of the whole call; none if that is the function alone.
    pub(super) whole: Option<&'a Span>,
}

impl Arguments<'_> {
    pub(super) fn none() -> Self {
        Self {
            words: &[],
            last: None,
            whole: None,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.words.len() + usize::from(self.last.is_some())
    }
}

impl<'a> Run<'a> {
    /// The value of a pipeline; its variables get it too.
    pub(super) fn pipe(&mut self, dot: &Value, pipe: &'a Pipe) -> Outcome<Value> {
        let mut value = None;
        for command in &pipe.commands {
            self.spend(1, &command.span)?;
            value = Some(self.command(dot, command, value)?);
        }
        let value = value.unwrap_or(Value::Nil);
        for name in &pipe.variables {
            if pipe.assigns {
                self.assign(name, value.clone(), &pipe.span)?;
            } else {
                self.variables.push((name, value.clone()));
            }
        }
        Ok(value)
    }

    fn command(
        &mut self,
        dot: &Value,
        command: &'a Command,
        last: Option<Value>,
    ) -> Outcome<Value> {
        let Some((first, words)) = command.words.split_first() else {
            return Err(self.fail(&command.span, "empty command"));
        };
        let whole = Some(&command.span);
        let arguments = Arguments { words, last, whole };
        match &first.kind {
            WordKind::Field(names) => self.chain(dot, (dot.clone(), names, &first.span), arguments),
            WordKind::Chain(inner, names) => {
                let receiver = self.argument(dot, inner)?;
                self.chain(dot, (receiver, names, &first.span), arguments)
            }
            WordKind::Variable(name, names) if !names.is_empty() => {
                let receiver = self.variable(name, &first.span)?;
                self.chain(dot, (receiver, names, &first.span), arguments)
            }
            WordKind::Identifier(name) => self.function(dot, (name, &first.span), arguments),
            WordKind::Nil => Err(self.fail(&first.span, "nil is not a command")),
            _ if arguments.count() > 0 => {
                let text = &self.template.source.text[first.span.clone()];
                let message = format!("can't give argument to non-function {text}");
                Err(self.fail(&first.span, message))
            }
            _ => self.argument(dot, first),
        }
    }

    fn variable(&self, name: &str, span: &Span) -> Outcome<Value> {
        match self
            .variables
            .iter()
            .rev()
            .find(|(known, _)| *known == name)
        {
            Some((_, value)) => Ok(value.clone()),
            None => Err(self.fail(span, format!("undefined variable: {name}"))),
        }
    }

    /// The value of a word that stands alone.
    pub(super) fn argument(&mut self, dot: &Value, word: &'a Word) -> Outcome<Value> {
        match &word.kind {
            WordKind::Dot => Ok(dot.clone()),
            WordKind::Nil => Ok(Value::Nil),
            WordKind::Literal(value) => Ok(value.clone()),
            WordKind::Identifier(name) => self.function(dot, (name, &word.span), Arguments::none()),
            WordKind::Variable(name, names) => {
                let receiver = self.variable(name, &word.span)?;
                self.chain(dot, (receiver, names, &word.span), Arguments::none())
            }
            WordKind::Field(names) => {
                self.chain(dot, (dot.clone(), names, &word.span), Arguments::none())
            }
            WordKind::Chain(inner, names) => {
                self.enter(&word.span)?;
                let receiver = self.argument(dot, inner)?;
                self.depth -= 1;
                self.chain(dot, (receiver, names, &word.span), Arguments::none())
            }
            WordKind::Pipe(pipe) => {
                self.enter(&word.span)?;
                let value = self.pipe(dot, pipe)?;
                self.depth -= 1;
                Ok(value)
            }
        }
    }

    fn function(
        &mut self,
        dot: &Value,
        what: (&str, &'a Span),
        arguments: Arguments<'a>,
    ) -> Outcome<Value> {
        let (name, span) = what;
        let functions = self.job.functions;
        let Some(function) = functions.get(name) else {
            return Err(self.fail(span, format!("{name:?} is not a defined function")));
        };
        self.check_count(function, what, &arguments)?;
        self.spend(u64::from(function.signature.cost), span)?;
        if matches!(name, "and" | "or") && function.signature.lazy {
            return self.and_or(dot, name == "or", arguments);
        }
        let whole = arguments.whole.unwrap_or(span);
        let values = self.values(dot, function, what, arguments)?;
        let bytes: usize = values.iter().filter_map(Value::as_text).map(str::len).sum();
        self.spend((bytes / BYTES_PER_STEP) as u64, span)?;
        let result = (function.run)(&values).map_err(|message| {
            let kind = match message == VALUE_TOO_LONG {
                true => ErrorKind::LimitExceeded,
                false => ErrorKind::Failed,
            };
            self.error(kind, whole, &format!("error calling {name}: {message}"))
        })?;
        let result = match (name, result) {
            // These end the escaping of HTML templates.
            ("html", Value::Text(text)) if self.job.html => Value::SafeHtml(text),
            ("urlquery", Value::Text(text)) if self.job.html => Value::SafeUrl(text),
            (_, result) => result,
        };
        self.check_result(&result, span)?;
        Ok(result)
    }

    fn check_count(
        &self,
        function: &Function,
        what: (&str, &Span),
        arguments: &Arguments<'_>,
    ) -> Outcome<()> {
        let (want, got) = (function.signature.fixed.len(), arguments.count());
        let at_least = match function.signature.rest {
            Some(_) if got >= want => return Ok(()),
            None if got == want => return Ok(()),
            Some(_) => "at least ",
            None => "",
        };
        let (name, span) = what;
        let message = format!("wrong number of args for {name}: want {at_least}{want} got {got}");
        Err(self.fail(span, message))
    }

    /// The first that is false, or the first that is true; those behind it are not evaluated.
    fn and_or(&mut self, dot: &Value, until: bool, arguments: Arguments<'a>) -> Outcome<Value> {
        let mut value = Value::Nil;
        for word in arguments.words {
            value = self.argument(dot, word)?;
            if value.is_true() == until {
                return Ok(value);
            }
        }
        Ok(arguments.last.unwrap_or(value))
    }

    fn values(
        &mut self,
        dot: &Value,
        function: &Function,
        what: (&str, &Span),
        arguments: Arguments<'a>,
    ) -> Outcome<Vec<Value>> {
        let mut values = Vec::with_capacity(arguments.count());
        for word in arguments.words {
            let value = self.argument(dot, word)?;
            self.check_kind(
                function.signature.parameter(values.len()),
                &value,
                &word.span,
            )?;
            values.push(value);
        }
        if let Some(last) = arguments.last {
            self.check_kind(function.signature.parameter(values.len()), &last, what.1)?;
            values.push(last);
        }
        Ok(values)
    }

    fn check_kind(&self, parameter: Parameter, value: &Value, span: &Span) -> Outcome<()> {
        let fits = match parameter {
            Parameter::Any => true,
            Parameter::Text => value.as_text().is_some(),
            Parameter::Time => matches!(value, Value::Time(_)),
        };
        if fits {
            return Ok(());
        }
        let want = parameter.type_name();
        let message = match value {
            Value::Nil => format!("invalid value; expected {want}"),
            _ => format!(
                "wrong type for value; expected {want}; got {}",
                value.type_name()
            ),
        };
        Err(self.fail(span, message))
    }

    /// Refuses results that grow without end, and counts long ones.
    pub(super) fn check_result(&mut self, result: &Value, span: &Span) -> Outcome<()> {
        if let Some(text) = result.as_text() {
            if text.len() > VALUE_BYTES_MAX {
                return Err(self.error(ErrorKind::LimitExceeded, span, VALUE_TOO_LONG));
            }
            return self.spend((text.len() / BYTES_PER_STEP) as u64, span);
        }
        if matches!(result, Value::List(_) | Value::Map(_)) {
            let mut left = VALUE_ITEMS_MAX;
            let fits = measure(result, VALUE_DEPTH_MAX, &mut left);
            if !fits {
                let message = format!(
                    "list or map holds more than {VALUE_ITEMS_MAX} values or is nested deeper than {VALUE_DEPTH_MAX}"
                );
                return Err(self.error(ErrorKind::LimitExceeded, span, &message));
            }
            return self.spend((VALUE_ITEMS_MAX - left) as u64, span);
        }
        Ok(())
    }
}

/// Whether a value is neither too deep nor too large; objects count as one.
fn measure(value: &Value, depth: usize, left: &mut usize) -> bool {
    let Some(after) = left.checked_sub(1) else {
        return false;
    };
    *left = after;
    match value {
        Value::List(_) | Value::Map(_) if depth == 0 => false,
        Value::List(items) => items.iter().all(|item| measure(item, depth - 1, left)),
        Value::Map(entries) => entries.values().all(|item| measure(item, depth - 1, left)),
        _ => true,
    }
}
