//! Tests of the routing tree: search, ways, ids.

use super::way::Failed;
use super::{GroupBy, Route};
use crate::matcher::parse_matchers;
use crate::suppression::condition::Condition;
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert_eq};
use proptest::proptest;
use tacho_model::labels::Labels;

fn node(matchers: &str, continues: bool, routes: Vec<Route>) -> Route {
    Route {
        matchers: parse_matchers(matchers).unwrap(),
        continues,
        routes,
        ..Route::root(vec![format!("to {matchers}")])
    }
}

fn tree(routes: Vec<Route>) -> Route {
    let mut root = node("", false, routes);
    root.name_tree(None);
    root
}

fn reached(root: &Route, labels: &[(&str, &str)]) -> Vec<String> {
    let labels = Labels::from_pairs(labels.iter().copied());
    root.find(&labels)
        .into_iter()
        .map(|route| route.id.clone())
        .collect()
}

#[test]
fn the_first_that_fits_ends_the_search_unless_it_continues() {
    let root = tree(vec![
        node(
            "a=1",
            true,
            vec![node("b=1", true, vec![]), node("b=~1|2", false, vec![])],
        ),
        node("a=1", false, vec![]),
        node("", false, vec![]),
    ]);
    let ids = |labels| reached(&root, labels);
    assert_eq!(
        ids(&[("a", "1"), ("b", "1")]),
        [
            r#"{}/{a="1"}/0/{b="1"}/0"#,
            r#"{}/{a="1"}/0/{b=~"1|2"}/1"#,
            r#"{}/{a="1"}/1"#
        ]
    );
    assert_eq!(ids(&[("a", "1")]), [r#"{}/{a="1"}/0"#, r#"{}/{a="1"}/1"#]);
    assert_eq!(ids(&[("b", "1")]), ["{}/{}/2"]);
    let keys: Vec<_> = root.walk().map(|route| route.key.as_str()).collect();
    assert_eq!(keys[1], keys[4]);
}

#[test]
fn a_way_tells_what_did_not_fit() {
    let mut own = node("", false, vec![]);
    own.condition = Some(Condition::parse("labels.team == 'x'").unwrap());
    let root = tree(vec![
        node("a=1,b=2", false, vec![]),
        own,
        node("c=3", false, vec![]),
    ]);
    let labels = Labels::from_pairs([("a", "1"), ("b", "9")]);
    let way = root.way(&labels);
    assert_eq!(way.steps.len(), 4);
    assert!(way.steps[0].matched() && way.steps[0].taken && way.steps[0].depth == 0);
    let Some(Failed::Matcher { matcher, value }) = &way.steps[1].failed else {
        panic!("a matcher failed");
    };
    assert_eq!(
        (matcher.to_string().as_str(), value.as_str()),
        ("b=\"2\"", "9")
    );
    assert_eq!(
        way.steps[2].failed,
        Some(Failed::Condition("labels.team == 'x'"))
    );
    assert_eq!(way.steps[2].route.id, "{}/{}[labels.team == 'x']/1");
    assert_eq!(way.receivers(), ["to "]);
    // what stands behind the one that took the alert is not looked at
    let way = root.way(&Labels::from_pairs([("team", "x")]));
    assert_eq!(way.steps.len(), 3);
}

#[test]
fn groups_are_named_by_their_labels() {
    let labels = Labels::from_pairs([("a", "1"), ("b", "2")]);
    let some = GroupBy::Labels(vec!["b".into(), "z".into()]);
    assert_eq!(some.group_labels(&labels).to_string(), r#"{b="2"}"#);
    assert_eq!(GroupBy::All.group_labels(&labels), labels);
    assert!(GroupBy::Labels(Vec::new()).group_labels(&labels).is_empty());
}

fn routes() -> impl Strategy<Value = Vec<Route>> {
    let leaf = ("[ab]", 0..3_u8, any::<bool>())
        .prop_map(|(name, value, on)| node(&format!("{name}={value}"), on, Vec::new()));
    let any_node = leaf.prop_recursive(3, 24, 4, |inner| {
        (
            "[ab]",
            any::<bool>(),
            proptest::collection::vec(inner, 0..4),
        )
            .prop_map(|(name, on, below)| node(&format!("{name}=~\"0|1\""), on, below))
    });
    proptest::collection::vec(any_node, 0..4)
}

/// The search as Alertmanager writes it.
fn plain_search<'a>(route: &'a Route, labels: &Labels) -> Option<Vec<&'a Route>> {
    if !route.matchers.iter().all(|matcher| matcher.matches(labels)) {
        return None;
    }
    let mut all = Vec::new();
    for child in &route.routes {
        let matches = plain_search(child, labels);
        let fits = matches.is_some();
        all.extend(matches.into_iter().flatten());
        if fits && !child.continues {
            break;
        }
    }
    if all.is_empty() {
        all.push(route);
    }
    Some(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn somebody_always_gets_it_and_the_way_agrees(
        routes in routes(), a in 0..3_u8, b in 0..3_u8,
    ) {
        let root = tree(routes);
        let labels = Labels::from_pairs([("a", a.to_string()), ("b", b.to_string())]);
        let found = root.find(&labels);
        prop_assert_eq!(Some(found.clone()), plain_search(&root, &labels));
        prop_assert_eq!(root.way(&labels).taken(), found);
        let mut ids: Vec<_> = root.walk().map(|route| &route.id).collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), count);
    }
}
