//! PromQL: what is read, and what is said about what cannot be read.

mod conformance;
mod message;
mod print;
mod text;
