//! `eval instant at T QUERY`, `eval range from A to B step S QUERY` and the lines of what is expected.

use super::{
    Eval, EvalTime, Expected, ExpectedSeries, Line, Reader, Result, TextMatch, TimeSteps,
    split_word,
};
use crate::pattern::{Anchoring, compile};
use crate::promql::quote::unquote;

const USAGE: &str = "invalid evaluation command. Must be either 'eval[_fail|_warn|_ordered] instant [at <offset:duration>] <query>' or 'eval[_fail|_warn] range from <from> to <to> step <step> <query>'";

impl<'a> Reader<'a> {
    pub(super) fn eval(&mut self, line: Line<'a>) -> Result<Eval> {
        let (word, rest) = split_word(line.text);
        let mut expected = Expected::default();
        match word {
            "eval" => {}
            "eval_fail" => expected.fail = Some(TextMatch::Any),
            "eval_warn" => expected.warn.push(TextMatch::Any),
            "eval_info" => expected.info.push(TextMatch::Any),
            "eval_ordered" => expected.ordered = true,
            _ => return Err(line.error(USAGE)),
        }
        let (word, rest) = split_word(rest);
        let (time, query) = match word {
            "instant" => {
                let (at, rest) = after_word(line, rest, "at")?;
                let at_ms = line.duration(at, "timestamp definition")?;
                (EvalTime::Instant { at_ms }, rest)
            }
            "range" => {
                let (steps, rest) = time_steps(line, rest)?;
                (EvalTime::Range(steps), rest)
            }
            _ => return Err(line.error(USAGE)),
        };
        if query.is_empty() {
            return Err(line.error(USAGE));
        }
        let mut eval = Eval {
            query: query.to_owned(),
            time,
            expected,
        };
        while let Some(line) = self.next_of_body() {
            if !expectation(line, &mut eval)? {
                break;
            }
        }
        Ok(eval)
    }
}

/// Reads a line of what is expected; false if it has to be the last one.
fn expectation(line: Line<'_>, eval: &mut Eval) -> Result<bool> {
    let expected = &mut eval.expected;
    if expected.fail.is_some() {
        if let Some(message) = line.text.strip_prefix("expected_fail_message") {
            expected.fail = Some(TextMatch::Message(message.trim().to_owned()));
            return Ok(false);
        }
        if let Some(pattern) = line.text.strip_prefix("expected_fail_regexp") {
            expected.fail = Some(regex(line, pattern)?);
            return Ok(false);
        }
    }
    let (word, rest) = split_word(line.text);
    if word == "expect" {
        expect(line, rest, expected)?;
        return Ok(true);
    }
    if let Some(value) = line.number() {
        expected.scalar = Some(value);
        return Ok(false);
    }
    let series = line.series()?;
    let instant = matches!(eval.time, EvalTime::Instant { .. });
    if instant && expected.range_vector.is_none() && series.position_count() > 1 {
        let message = "expecting multiple values in instant evaluation not allowed. consider using 'expect range vector' directive to enable a range vector result for an instant query";
        return Err(line.error(message));
    }
    expected.series.push(ExpectedSeries {
        line: line.number,
        series,
    });
    Ok(true)
}

/// What follows `expect`.
fn expect(line: Line<'_>, text: &str, expected: &mut Expected) -> Result<()> {
    let (what, rest) = split_word(text);
    match what {
        "range" => {
            let (word, rest) = split_word(rest);
            if word != "vector" {
                let message = format!("invalid range vector definition `{}`", line.text);
                return Err(line.error(message));
            }
            let (steps, rest) = time_steps(line, rest)?;
            if !rest.is_empty() {
                let message = format!("invalid range vector definition `{}`", line.text);
                return Err(line.error(message));
            }
            expected.range_vector = Some(steps);
        }
        "string" => expected.string = Some(string(line, rest)?),
        "ordered" if rest.is_empty() => expected.ordered = true,
        "no_warn" if rest.is_empty() => expected.no_warn = true,
        "no_info" if rest.is_empty() => expected.no_info = true,
        "fail" if expected.fail.is_some() => {
            let message = "invalid expect lines, multiple expect fail lines are not allowed";
            return Err(line.error(message));
        }
        "fail" => expected.fail = Some(text_match(line, rest)?),
        "warn" => expected.warn.push(text_match(line, rest)?),
        "info" => expected.info.push(text_match(line, rest)?),
        _ => {
            let message = "invalid expect statement, must match `expect <type> <match_type>: <string>` format";
            return Err(line.error(message));
        }
    }
    for (some, none, word) in [
        (!expected.info.is_empty(), expected.no_info, "info"),
        (!expected.warn.is_empty(), expected.no_warn, "warn"),
    ] {
        if some && none {
            let message =
                format!("invalid expect lines, {word} and no_{word} cannot be used together");
            return Err(line.error(message));
        }
    }
    Ok(())
}

/// Nothing, `msg: TEXT` or `regex: PATTERN`.
fn text_match(line: Line<'_>, text: &str) -> Result<TextMatch> {
    if text.is_empty() {
        return Ok(TextMatch::Any);
    }
    match text.split_once(':') {
        Some(("msg", message)) if !message.is_empty() => {
            Ok(TextMatch::Message(message.trim().to_owned()))
        }
        Some(("regex", pattern)) if !pattern.is_empty() => regex(line, pattern),
        _ => {
            let message = "invalid expect statement, must match `expect <type> <match_type>: <string>` format";
            Err(line.error(message))
        }
    }
}

fn regex(line: Line<'_>, pattern: &str) -> Result<TextMatch> {
    let pattern = pattern.trim();
    compile(pattern, Anchoring::Part)
        .map(|_| TextMatch::Regex(pattern.to_owned()))
        .map_err(|reason| line.error(format!("invalid regex `{pattern}`: {reason}")))
}

/// A string in double quotes or backticks.
fn string(line: Line<'_>, text: &str) -> Result<String> {
    let inner = text
        .get(1..text.len().saturating_sub(1))
        .unwrap_or_default();
    let whole = |mark| text.len() >= 2 && text.starts_with(mark) && text.ends_with(mark);
    if whole('`') && !inner.contains('`') {
        return Ok(inner.to_owned());
    }
    let mut escaped = false;
    let inside = inner.chars().all(|c| {
        let fits = escaped || c != '"';
        escaped = !escaped && c == '\\';
        fits
    });
    if whole('"') && inside && !escaped {
        return Ok(unquote(text));
    }
    Err(line.error("expected string literal not valid - check that the string is correctly quoted"))
}

/// `from A to B step S`, and what follows.
fn time_steps<'a>(line: Line<'_>, text: &'a str) -> Result<(TimeSteps, &'a str)> {
    let (from, rest) = after_word(line, text, "from")?;
    let (to, rest) = after_word(line, rest, "to")?;
    let (step, rest) = after_word(line, rest, "step")?;
    let start_ms = line.duration(from, "start timestamp definition")?;
    let end_ms = line.duration(to, "end timestamp definition")?;
    let step_ms = line.duration(step, "step definition")?;
    if end_ms < start_ms {
        let message = format!(
            "invalid test definition, end timestamp ({to}) is before start timestamp ({from})"
        );
        return Err(line.error(message));
    }
    let steps = TimeSteps {
        start_ms,
        end_ms,
        step_ms,
    };
    Ok((steps, rest))
}

/// The word after a given one, and what follows.
fn after_word<'a>(line: Line<'_>, text: &'a str, wanted: &str) -> Result<(&'a str, &'a str)> {
    let (word, rest) = split_word(text);
    if word != wanted {
        return Err(line.error(USAGE));
    }
    Ok(split_word(rest))
}
