//! Executes a template: walks its tree, keeps its variables, counts its steps. `run/evaluate.rs` gives
//! the values of pipelines, `run/access.rs` fields and methods, `run/output.rs` takes what is printed.

mod access;
mod evaluate;
mod output;

use crate::error::{ErrorKind, TemplateError};
use crate::functions::Functions;
use crate::limits::{CALLS_MAX, DEPTH_MAX, Limits};
use crate::tree::{Conditional, Loop, Node, Pipe, Span, Template};
use crate::value::{Shape, Value};
use output::Output;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Templates by name.
pub(crate) type Templates = BTreeMap<String, Arc<Template>>;

/// What an execution works with.
pub(crate) struct Job<'a> {
    /// Templates that may be called; those of the first count before those of the second.
    pub(crate) templates: [&'a Templates; 2],
    pub(crate) functions: &'a Functions,
    pub(crate) limits: Limits,
    /// Variables besides `$`, with `$`.
    pub(crate) variables: Vec<(&'a str, Value)>,
    pub(crate) html: bool,
}

/// What a list of nodes did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

struct Run<'a> {
    job: &'a Job<'a>,
    template: &'a Template,
    variables: Vec<(&'a str, Value)>,
    calls: usize,
    depth: usize,
    steps: u64,
    output: Output,
}

type Outcome<T> = Result<T, TemplateError>;

/// The output of a template.
pub(crate) fn execute<'a>(
    job: &'a Job<'a>,
    template: &'a Template,
    data: &Value,
) -> Outcome<String> {
    let mut variables = vec![("$", data.clone())];
    variables.extend(job.variables.iter().cloned());
    let mut run = Run {
        job,
        template,
        variables,
        calls: 0,
        depth: 0,
        steps: 0,
        output: Output::new(job.html, job.limits.output_bytes),
    };
    run.list(data, &template.body)?;
    Ok(run.output.into_text())
}

impl<'a> Run<'a> {
    fn error(&self, kind: ErrorKind, span: &Span, message: &str) -> TemplateError {
        let source = &self.template.source;
        let piece = source.text.get(span.clone()).unwrap_or_default();
        let name = &self.template.name;
        let place = (source.name.as_str(), source.text.as_str(), span.start);
        TemplateError::at(
            kind,
            place,
            format!("executing {name:?} at <{piece}>: {message}"),
        )
    }

    fn fail(&self, span: &Span, message: impl AsRef<str>) -> TemplateError {
        self.error(ErrorKind::Failed, span, message.as_ref())
    }

    fn spend(&mut self, steps: u64, span: &Span) -> Outcome<()> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps <= self.job.limits.steps {
            return Ok(());
        }
        let message = format!("more than {} steps", self.job.limits.steps);
        Err(self.error(ErrorKind::LimitExceeded, span, &message))
    }

    fn enter(&mut self, span: &Span) -> Outcome<()> {
        self.depth += 1;
        if self.depth <= DEPTH_MAX {
            return Ok(());
        }
        let message =
            format!("blocks, parentheses and templates are nested deeper than {DEPTH_MAX}");
        Err(self.error(ErrorKind::LimitExceeded, span, &message))
    }

    fn list(&mut self, dot: &Value, nodes: &'a [Node]) -> Outcome<Flow> {
        for node in nodes {
            let flow = self.node(dot, node)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn node(&mut self, dot: &Value, node: &'a Node) -> Outcome<Flow> {
        match node {
            Node::Text(span) => {
                self.spend(1, span)?;
                let text = &self.template.source.text[span.clone()];
                self.output
                    .text(text)
                    .map_err(|message| self.too_much(span, &message))?;
            }
            Node::Action(pipe) => {
                let value = self.pipe(dot, pipe)?;
                if pipe.variables.is_empty() {
                    self.print(&value, &pipe.span)?;
                }
            }
            Node::Conditional(conditional) => return self.conditional(dot, conditional),
            Node::Range(range) => return self.range(dot, range),
            Node::Template { span, name, data } => self.call(dot, span, (name, data.as_ref()))?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    fn too_much(&self, span: &Span, message: &str) -> TemplateError {
        self.error(ErrorKind::LimitExceeded, span, message)
    }

    fn print(&mut self, value: &Value, span: &Span) -> Outcome<()> {
        self.output
            .value(value)
            .map_err(|message| self.too_much(span, &message))
    }

    fn conditional(&mut self, dot: &Value, conditional: &'a Conditional) -> Outcome<Flow> {
        let mark = self.variables.len();
        let mut flow = None;
        for (pipe, body) in &conditional.arms {
            self.enter(&pipe.span)?;
            let value = self.pipe(dot, pipe)?;
            if value.is_true() {
                flow = Some(self.list(if conditional.with { &value } else { dot }, body)?);
            }
            self.depth -= 1;
            if flow.is_some() {
                break;
            }
        }
        let flow = match flow {
            Some(flow) => flow,
            None => self.list(dot, &conditional.otherwise)?,
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn range(&mut self, dot: &Value, range: &'a Loop) -> Outcome<Flow> {
        let mark = self.variables.len();
        self.enter(&range.pipe.span)?;
        let value = self.pipe(dot, &range.pipe)?;
        let turns = self.turns(&value, &range.pipe)?;
        let mut some = false;
        let inner = self.variables.len();
        for (key, item) in turns {
            some = true;
            self.spend(1, &range.pipe.span)?;
            self.declare(&range.pipe, &key, &item)?;
            let flow = self.list(&item, &range.body)?;
            self.variables.truncate(inner);
            if flow == Flow::Break {
                break;
            }
        }
        let flow = if some {
            Flow::Next
        } else {
            self.list(dot, &range.otherwise)?
        };
        self.variables.truncate(mark);
        self.depth -= 1;
        Ok(flow)
    }

    /// Gives the variables of a range the values of this turn.
    fn declare(&mut self, pipe: &'a Pipe, key: &Value, item: &Value) -> Outcome<()> {
        let values = match pipe.variables.len() {
            0 => return Ok(()),
            1 => vec![item],
            _ => vec![key, item],
        };
        for (name, value) in pipe.variables.iter().zip(values) {
            if pipe.assigns {
                self.assign(name, value.clone(), &pipe.span)?;
            } else if let Some(known) = self
                .variables
                .iter_mut()
                .rev()
                .find(|(known, _)| known == name)
            {
                // Declared by the pipeline.
                known.1 = value.clone();
            }
        }
        Ok(())
    }

    /// Keys and items of what a range goes over.
    fn turns(
        &mut self,
        value: &Value,
        pipe: &Pipe,
    ) -> Outcome<Box<dyn Iterator<Item = (Value, Value)>>> {
        let positions = |items: Arc<[Value]>| {
            let count = items.len();
            Box::new((0..count).map(move |index| {
                let item = items.get(index).cloned().unwrap_or(Value::Nil);
                (Value::from(index), item)
            }))
        };
        Ok(match value {
            Value::Nil => Box::new(std::iter::empty()),
            Value::List(items) => positions(Arc::clone(items)),
            Value::Int(count) => Box::new((0..*count).map(|n| (Value::Int(n), Value::Int(n)))),
            Value::Map(entries) => {
                self.spend(entries.len() as u64, &pipe.span)?;
                let entries = entries.iter();
                let copied: Vec<_> = entries
                    .map(|(k, v)| (k.as_str().into(), v.clone()))
                    .collect();
                Box::new(copied.into_iter())
            }
            Value::Object(object) => {
                self.spend(object.len().unwrap_or(0) as u64, &pipe.span)?;
                match object.shape() {
                    Shape::List(items) => positions(items.into()),
                    Shape::Map(entries) => {
                        Box::new(entries.into_iter().map(|(key, value)| (key.into(), value)))
                    }
                    Shape::Struct(_) => return Err(self.cannot_range(value, pipe)),
                }
            }
            _ => return Err(self.cannot_range(value, pipe)),
        })
    }

    fn cannot_range(&self, value: &Value, pipe: &Pipe) -> TemplateError {
        let text = crate::format::brief(value);
        self.fail(&pipe.span, format!("range can't iterate over {text}"))
    }

    fn assign(&mut self, name: &str, value: Value, span: &Span) -> Outcome<()> {
        match self
            .variables
            .iter_mut()
            .rev()
            .find(|(known, _)| *known == name)
        {
            Some(variable) => {
                variable.1 = value;
                Ok(())
            }
            None => Err(self.fail(span, format!("undefined variable: {name}"))),
        }
    }

    fn find(&self, name: &str) -> Option<&'a Template> {
        let [own, shared] = self.job.templates;
        own.get(name)
            .or_else(|| shared.get(name))
            .map(AsRef::as_ref)
    }

    fn call(&mut self, dot: &Value, span: &Span, what: (&str, Option<&'a Pipe>)) -> Outcome<()> {
        let (name, data) = what;
        let Some(template) = self.find(name) else {
            return Err(self.fail(span, format!("template {name:?} not defined")));
        };
        if self.calls == CALLS_MAX {
            let message = format!("exceeded maximum template depth ({CALLS_MAX})");
            return Err(self.error(ErrorKind::LimitExceeded, span, &message));
        }
        self.spend(1, span)?;
        self.enter(span)?;
        let data = match data {
            Some(pipe) => self.pipe(dot, pipe)?,
            None => Value::Nil,
        };
        let outside = std::mem::replace(&mut self.variables, vec![("$", data.clone())]);
        let caller = std::mem::replace(&mut self.template, template);
        self.calls += 1;
        self.list(&data, &template.body)?;
        self.calls -= 1;
        self.depth -= 1;
        self.template = caller;
        self.variables = outside;
        Ok(())
    }
}
