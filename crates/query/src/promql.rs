//! PromQL over series, to the letter of Prometheus 3.14: `engine` runs parsed queries, `call` is what
//! it and the functions agree on.

pub mod annotation;
pub mod call;
pub mod column;
pub mod engine;
pub mod failure;
pub mod functions;
pub mod number;
pub mod prepare;
pub mod result;
pub mod script;

mod aggregate;
mod alias;
mod binary;
mod budget;
mod counts;
mod evaluate;
mod function_call;
mod hash;
mod info;
mod matchers;
mod matrix;
mod merge;
mod node;
mod parallel;
mod plan;
mod range;
mod root;
mod select;
mod smooth;
mod source;
mod subquery;
mod window;
