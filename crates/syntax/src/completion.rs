//! The shape of completion facts. The facts themselves lie beside each language, in
//! `promql::completion`, `traceql::completion` and `logql::completion`.

/// A word or operator of a language with one line about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// The text to insert.
    pub text: &'static str,
    /// What it means, one line.
    pub doc: &'static str,
}

/// Makes a fact; keeps the tables short.
pub(crate) const fn fact(text: &'static str, doc: &'static str) -> Fact {
    Fact { text, doc }
}
