//! `printf`: Go's flags, widths and precisions, and what Go prints where they do not fit.
//! `format/verbs/one.rs` prints one value with one verb.

mod one;

use super::check_length;
use crate::limits::VALUE_DEPTH_MAX;
use crate::value::Value;
use one::{one, typed};

/// Largest width and precision; larger ones are bad, as in Go.
const WIDTH_MAX: usize = 1_000_000;

/// Stands for an argument that `[n]` names but that does not exist.
const NO_ARGUMENT: usize = usize::MAX;

/// What stands between `%` and the verb.
#[derive(Debug, Clone, Copy, Default)]
struct Directive {
    plus: bool,
    minus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

struct Printer<'a> {
    out: String,
    values: &'a [Value],
    next: usize,
    /// True if a directive chose its argument: then none is superfluous.
    reordered: bool,
}

/// Go's `Sprintf`.
///
/// # Errors
/// The text would be too long, or a value is nested too deeply.
pub(crate) fn sprintf(format: &str, values: &[Value]) -> Result<String, String> {
    let mut printer = Printer {
        out: String::new(),
        values,
        next: 0,
        reordered: false,
    };
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        printer.out.push_str(&rest[..at]);
        rest = printer.directive(&rest[at + 1..])?;
        check_length(&printer.out)?;
    }
    printer.out.push_str(rest);
    printer.superfluous()?;
    check_length(&printer.out)?;
    Ok(printer.out)
}

impl<'a> Printer<'a> {
    fn superfluous(&mut self) -> Result<(), String> {
        if self.reordered || self.next >= self.values.len() {
            return Ok(());
        }
        self.out.push_str("%!(EXTRA ");
        for (index, value) in self.values[self.next..].iter().enumerate() {
            self.out.push_str(if index > 0 { ", " } else { "" });
            typed(&mut self.out, value)?;
        }
        self.out.push(')');
        Ok(())
    }

    /// Prints one directive after its `%`; gives what follows.
    fn directive<'f>(&mut self, text: &'f str) -> Result<&'f str, String> {
        let mut directive = Directive::default();
        let flags = text
            .find(|c| !matches!(c, '+' | '-' | '#' | ' ' | '0'))
            .unwrap_or(text.len());
        for c in text[..flags].chars() {
            match c {
                '+' => directive.plus = true,
                '-' => directive.minus = true,
                '#' => directive.sharp = true,
                ' ' => directive.space = true,
                _ => directive.zero = true,
            }
        }
        let mut rest = self.choice(&text[flags..]);
        (directive.width, rest) = self.size(rest, "WIDTH", &mut directive.minus);
        if let Some(after) = rest.strip_prefix('.') {
            rest = self.choice(after);
            let mut negative = false;
            (directive.precision, rest) = self.size(rest, "PREC", &mut negative);
            directive.precision = directive.precision.or((!negative).then_some(0));
        }
        rest = self.choice(rest);
        directive.zero &= !directive.minus;
        let mut chars = rest.chars();
        let Some(verb) = chars.next() else {
            self.out.push_str("%!(NOVERB)");
            return Ok("");
        };
        if verb == '%' {
            self.out.push('%');
            return Ok(chars.as_str());
        }
        match self.values.get(self.next) {
            None => {
                let what = if self.next == NO_ARGUMENT {
                    "BADINDEX"
                } else {
                    "MISSING"
                };
                self.out.push_str(&format!("%!{verb}({what})"));
            }
            Some(value) => {
                self.next = self.next.saturating_add(1);
                let mut text = String::new();
                one(&mut text, value, verb, &directive, VALUE_DEPTH_MAX)?;
                self.out.push_str(&text);
            }
        }
        Ok(chars.as_str())
    }

    /// `[n]`: the argument to take next.
    fn choice<'f>(&mut self, text: &'f str) -> &'f str {
        let Some((digits, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']'))
        else {
            return text;
        };
        self.reordered = true;
        let index = digits
            .parse::<usize>()
            .ok()
            .and_then(|number| number.checked_sub(1));
        self.next = index
            .filter(|index| *index < self.values.len())
            .unwrap_or(NO_ARGUMENT);
        rest
    }

    /// A width or precision: digits, or `*` and an argument.
    fn size<'f>(
        &mut self,
        text: &'f str,
        what: &str,
        negative: &mut bool,
    ) -> (Option<usize>, &'f str) {
        if let Some(rest) = text.strip_prefix('*') {
            let value = self.values.get(self.next);
            self.next = self.next.saturating_add(1);
            let size = match value {
                Some(Value::Int(size)) => {
                    *negative |= *size < 0;
                    usize::try_from(size.unsigned_abs())
                        .ok()
                        .filter(|size| *size <= WIDTH_MAX)
                }
                _ => None,
            };
            if size.is_none() {
                self.out.push_str(&format!("%!(BAD{what})"));
            }
            let forgotten = what == "PREC" && *negative;
            return (size.filter(|_| !forgotten), rest);
        }
        let length = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        if length == 0 {
            return (None, text);
        }
        let size = text[..length]
            .parse()
            .ok()
            .filter(|size| *size <= WIDTH_MAX);
        if size.is_none() {
            self.out.push_str(&format!("%!(BAD{what})"));
        }
        (size, &text[length..])
    }
}
