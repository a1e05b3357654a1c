//! JSON text: a pull reader that goes over a body without building a tree, and a writer.
//! Source: RFC 8259.

mod escape;
pub(crate) mod reader;
pub(crate) mod writer;
