//! Tests of setting, changing and ending silences, and of the cache per alert.

use super::{Cache, SilenceDraft, SilenceSet, SilenceState, Silences, uuid_of};
use crate::error::{ErrorKind, Result};
use crate::limits::Limits;
use crate::matcher::{Matcher, Op};
use tacho_model::labels::Labels;

fn draft(id: Option<&str>, starts_at_ms: Option<i64>, ends_at_ms: i64) -> SilenceDraft {
    SilenceDraft {
        id: id.map(str::to_owned),
        matchers: vec![Matcher::equal("a", "1")],
        starts_at_ms,
        ends_at_ms,
        created_by: "me".to_owned(),
        comment: "c".to_owned(),
        annotations: Labels::default(),
    }
}

fn set(all: &mut Silences, draft: SilenceDraft, fresh: &str, now_ms: i64) -> Result<SilenceSet> {
    all.set(draft, || fresh.to_owned(), &Limits::default(), now_ms)
}

fn hiding(all: &Silences, cache: &mut Cache, now_ms: i64) -> Vec<String> {
    let labels = Labels::from_pairs([("a", "1")]);
    let ids = all.hiding(&labels, cache, now_ms).map(|s| s.id.clone());
    ids.collect()
}

#[test]
fn a_silence_hides_from_its_start_to_its_end() -> Result<()> {
    let mut all = Silences::default();
    let mut cache = Cache::default();
    assert!(hiding(&all, &mut cache, 0).is_empty());
    set(&mut all, draft(None, Some(200), 300), "one", 100)?;
    assert!(hiding(&all, &mut cache, 100).is_empty());
    assert_eq!(hiding(&all, &mut cache, 200), ["one"]);
    set(&mut all, draft(None, None, 250), "two", 210)?;
    assert_eq!(hiding(&all, &mut cache, 210), ["one", "two"]);
    assert_eq!(hiding(&all, &mut cache, 250), ["one"]);
    assert!(hiding(&all, &mut cache, 300).is_empty());
    Ok(())
}

#[test]
fn changes_that_keep_history_keep_the_id() -> Result<()> {
    let mut all = Silences::default();
    set(&mut all, draft(None, None, 10_000), "one", 1_000)?;
    let done = set(
        &mut all,
        draft(Some("one"), Some(1_500), 20_000),
        "two",
        2_000,
    )?;
    assert_eq!((done.id.as_str(), done.replaced), ("one", None));
    assert_eq!(all.get("one").map(|s| s.ends_at_ms), Some(20_000));
    Ok(())
}

#[test]
fn changes_of_history_end_the_old_silence() -> Result<()> {
    let mut all = Silences::default();
    set(&mut all, draft(None, None, 10_000), "one", 1_000)?;
    let mut other = draft(Some("one"), Some(1_000), 20_000);
    other.matchers = vec![Matcher::equal("a", "2")];
    let done = set(&mut all, other, "two", 2_000)?;
    assert_eq!(done.id, "two");
    assert_eq!(done.replaced.as_deref(), Some("one"));
    let state = |id: &str| all.get(id).map(|silence| silence.state(2_000));
    assert_eq!(state("one"), Some(SilenceState::Expired));
    assert_eq!(state("two"), Some(SilenceState::Active));
    assert_eq!(all.get("two").map(|s| s.starts_at_ms), Some(2_000));
    Ok(())
}

#[test]
fn a_silence_that_is_over_comes_back_under_a_new_id() -> Result<()> {
    let mut all = Silences::default();
    set(&mut all, draft(None, None, 10_000), "one", 1_000)?;
    assert!(all.expire("one", 2_000)?);
    assert!(!all.expire("one", 2_000)?);
    let mut cache = Cache::default();
    assert!(hiding(&all, &mut cache, 2_000).is_empty());
    let done = set(&mut all, draft(Some("one"), None, 10_000), "two", 3_000)?;
    assert_eq!((done.id.as_str(), done.replaced), ("two", None));
    assert_eq!(all.forget_ended_before(2_000), ["one"]);
    assert_eq!(all.len(), 1);
    Ok(())
}

#[test]
fn what_is_wrong_is_refused() {
    let mut all = Silences::default();
    let refused = |all: &mut Silences, draft| set(all, draft, "x", 1_000).expect_err("refused");
    let missing = refused(&mut all, draft(Some("none"), None, 2_000));
    assert_eq!(missing.kind, ErrorKind::NotFound);
    let text = |error: crate::error::Error| error.message;
    let past = text(refused(&mut all, draft(None, Some(100), 500)));
    assert_eq!(past, "end time can't be in the past");
    let backwards = text(refused(&mut all, draft(None, Some(3_000), 2_000)));
    assert_eq!(backwards, "start time must be before end time");
    let mut empty = draft(None, None, 2_000);
    empty.matchers = vec![Matcher::new("a", Op::Regex, ".*").expect("a pattern")];
    let all_empty = text(refused(&mut all, empty));
    assert!(
        all_empty.ends_with("must not match the empty string"),
        "{all_empty}"
    );
    let mut none = draft(None, None, 2_000);
    none.matchers.clear();
    assert!(text(refused(&mut all, none)).ends_with("at least one matcher required"));
}

#[test]
fn ids_look_like_uuids_and_differ() {
    let one = uuid_of(1, 1);
    assert_eq!(one.len(), 36);
    assert_eq!(one.as_bytes().get(14), Some(&b'4'));
    assert_ne!(one, uuid_of(1, 2));
    assert_ne!(one, uuid_of(2, 1));
}
