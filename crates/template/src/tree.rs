//! The tree of a template: what a text says, with the places that messages name.

use crate::value::Value;
use std::ops::Range;
use std::sync::Arc;

/// A place in the text of a template, in bytes.
pub(crate) type Span = Range<usize>;

/// A named text, shared by the templates that it defines.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A template that can be executed.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) name: String,
    pub(crate) source: Arc<Source>,
    pub(crate) html: bool,
    pub(crate) body: Vec<Node>,
}

impl Template {
    /// True if it prints nothing but blanks, whatever the data: such a body replaces no other.
    pub(crate) fn is_blank(&self) -> bool {
        self.body.iter().all(|node| match node {
            Node::Text(span) => self.source.text[span.clone()].trim().is_empty(),
            _ => false,
        })
    }
}

#[derive(Debug)]
pub(crate) enum Node {
    Text(Span),
    Action(Pipe),
    Conditional(Conditional),
    Range(Loop),
    Template {
        span: Span,
        name: String,
        data: Option<Pipe>,
    },
    Break,
    Continue,
}

/// `if` or `with`, its `else if` and `else with`, and its `else`.
#[derive(Debug)]
pub(crate) struct Conditional {
    /// True for `with`, which makes the value the dot.
    pub(crate) with: bool,
    pub(crate) arms: Vec<(Pipe, Vec<Node>)>,
    pub(crate) otherwise: Vec<Node>,
}

#[derive(Debug)]
pub(crate) struct Loop {
    pub(crate) pipe: Pipe,
    pub(crate) body: Vec<Node>,
    pub(crate) otherwise: Vec<Node>,
}

/// Commands, each of which gets the result of the one before as its last argument.
#[derive(Debug)]
pub(crate) struct Pipe {
    pub(crate) span: Span,
    /// Names with `$` of the variables that get the result.
    pub(crate) variables: Vec<String>,
    /// True if they exist already.
    pub(crate) assigns: bool,
    pub(crate) commands: Vec<Command>,
}

/// A function, method or value, and arguments.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) span: Span,
    /// Never empty.
    pub(crate) words: Vec<Word>,
}

#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) span: Span,
    pub(crate) kind: WordKind,
}

#[derive(Debug)]
pub(crate) enum WordKind {
    Dot,
    Nil,
    Literal(Value),
    /// A function.
    Identifier(String),
    /// A variable, with `$`, and fields of its value.
    Variable(String, Vec<String>),
    /// Fields of the dot.
    Field(Vec<String>),
    /// Fields of another operand.
    Chain(Box<Word>, Vec<String>),
    /// A pipeline in parentheses.
    Pipe(Box<Pipe>),
}
