//! Test scripts: what is read from them.

use super::{CommandKind, EvalTime, TextMatch, TimeSteps, parse};

#[test]
fn commands_are_read_with_their_lines() {
    let text = r#"
# A comment.
clear
load 5m
  a{b="c"}@st _ -1mx1 0-1msx1
  a{b="c"}    _ 1+1x1 2x1
  d 1

eval instant at 10m sum(a)
  expect warn msg: careful
  expect ordered
  {} 5

eval range from 0 to 10m step 5m a + 1
  a 1 _ 2

eval instant at 1s "x"
  expect string "x\"y"

eval instant at 1s 1
  1e3
eval_fail instant at 1s 1 +
  expected_fail_regexp end of

load_with_nhcb 1s
"#;
    let script = parse(text).unwrap();
    let lines: Vec<usize> = script.commands.iter().map(|command| command.line).collect();
    assert_eq!(lines, [3, 4, 9, 14, 17, 20, 22, 25]);
    let CommandKind::Load(load) = &script.commands[1].kind else {
        panic!("a load command expected");
    };
    assert_eq!((load.step_ms, load.with_nhcb), (300_000, false));
    assert_eq!(
        load.series[0].start_offsets_ms,
        [None, Some(-60_000), Some(-60_000), Some(0), Some(-1)]
    );
    assert_eq!(load.series[1].line, 7);
    let eval = |index: usize| match &script.commands[index].kind {
        CommandKind::Eval(eval) => eval,
        other => panic!("an eval command expected: {other:?}"),
    };
    assert_eq!(eval(2).query, "sum(a)");
    assert_eq!(eval(2).time, EvalTime::Instant { at_ms: 600_000 });
    let message = TextMatch::Message("careful".to_owned());
    assert_eq!(eval(2).expected.warn, [message]);
    assert!(eval(2).expected.ordered);
    assert_eq!(eval(2).expected.series[0].line, 12);
    let steps = TimeSteps {
        start_ms: 0,
        end_ms: 600_000,
        step_ms: 300_000,
    };
    assert_eq!(eval(3).time, EvalTime::Range(steps));
    assert_eq!(eval(3).expected.series[0].series.position_count(), 3);
    assert_eq!(eval(4).expected.string.as_deref(), Some("x\"y"));
    assert_eq!(eval(5).expected.scalar, Some(1000.0));
    let pattern = TextMatch::Regex("end of".to_owned());
    assert_eq!(eval(6).expected.fail, Some(pattern));
}

#[test]
fn lines_that_cannot_be_read_are_named() {
    for (text, line, part) in [
        ("\nnonsense", 2, "invalid command"),
        ("load", 1, "invalid load command"),
        ("load 5x", 1, "invalid step definition"),
        ("load 5m\n a 1y", 2, "column 4"),
        ("load 5m\n a@st 1m\n b 1", 2, "does not match"),
        (
            "load 5m\n a@st 1m\n a 1 2",
            2,
            "1 values but sample line has 2",
        ),
        ("load 5m\n a@st 1m", 2, "no following"),
        ("eval instant 5m a", 1, "invalid evaluation"),
        ("eval instant at 5m", 1, "invalid evaluation"),
        ("eval range from 5m to 1m step 1m a", 1, "is before start"),
        ("eval instant at 5m a\n a 1 2", 2, "range vector"),
        ("eval instant at 5m a\n expect nothing", 2, "invalid expect"),
        (
            "eval instant at 5m a\n expect warn\n expect no_warn",
            3,
            "together",
        ),
        (
            "eval instant at 5m a\n expect fail regex: (",
            2,
            "invalid regex",
        ),
        ("eval instant at 5m a\n expect string x", 2, "quoted"),
    ] {
        let found = parse(text).unwrap_err();
        assert_eq!(found.line, line, "{text}: {found}");
        assert!(found.message.contains(part), "{text}: {found}");
    }
}
