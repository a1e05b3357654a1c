//! Fields and methods: of objects and maps of the caller, of times, durations and lists.

use super::evaluate::Arguments;
use super::{Outcome, Run};
use crate::time::method;
use crate::tree::Span;
use crate::value::Value;

impl<'a> Run<'a> {
    /// `.A.B.C`: fields or methods one after the other; the last gets the arguments.
    pub(super) fn chain(
        &mut self,
        dot: &Value,
        what: (Value, &[String], &Span),
        arguments: Arguments<'a>,
    ) -> Outcome<Value> {
        let (mut receiver, names, span) = what;
        let mut values = Vec::with_capacity(arguments.count());
        for word in arguments.words {
            values.push(self.argument(dot, word)?);
        }
        values.extend(arguments.last);
        for (index, name) in names.iter().enumerate() {
            if matches!(receiver, Value::Nil) {
                if index == 0 {
                    return Ok(Value::Nil);
                }
                let message = format!("nil pointer evaluating interface {{}}.{name}");
                return Err(self.fail(span, message));
            }
            let own = if index + 1 == names.len() {
                values.as_slice()
            } else {
                &[]
            };
            receiver = self.member(&receiver, name, own, span)?;
        }
        Ok(receiver)
    }

    fn member(
        &mut self,
        receiver: &Value,
        name: &str,
        own: &[Value],
        span: &Span,
    ) -> Outcome<Value> {
        let called = match receiver {
            Value::Object(object) => object.call(name, own),
            Value::List(items) => list_method(items, name, own),
            other => method(other, name, own, self.job.functions.local_zone()),
        };
        if let Some(result) = called {
            let result = result
                .map_err(|message| self.fail(span, format!("error calling {name}: {message}")))?;
            self.check_result(&result, span)?;
            return Ok(result);
        }
        let field = match receiver {
            Value::Object(object) => object.field(name),
            Value::Map(entries) => Some(entries.get(name).cloned().unwrap_or(Value::Nil)),
            _ => None,
        };
        match field {
            Some(_) if !own.is_empty() => {
                Err(self.fail(span, format!("{name} is not a method but has arguments")))
            }
            Some(value) => Ok(value),
            None => {
                let of = receiver.type_name();
                Err(self.fail(span, format!("can't evaluate field {name} in type {of}")))
            }
        }
    }
}

/// Methods of lists: `Join`, which Alertmanager gives its lists of texts.
fn list_method(items: &[Value], name: &str, own: &[Value]) -> Option<Result<Value, String>> {
    if name != "Join" {
        return None;
    }
    let [separator] = own else {
        return Some(Err(format!(
            "wrong number of args for Join: want 1 got {}",
            own.len()
        )));
    };
    Some(crate::functions::text::join(separator, items))
}
