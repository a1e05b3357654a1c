//! Outlines over the oracle: usage, agents, cuts and subtrees of random trees.

use crate::support::{attributes, engine, span};
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
use tacho_model::id::{SpanId, TenantId};
use tacho_model::value::Value;
use tacho_query::engine::Engine;
use tacho_query::error::ErrorKind;
use tacho_query::outline::{Outline, OutlineRequest};
use tacho_query::role::Role;
use tacho_storage::read::ReadContext;
use tacho_testkit::oracle::PlacedSpan;

fn ask(root: Option<u8>, skip: usize, limit: usize) -> OutlineRequest {
    OutlineRequest {
        trace_id: crate::support::trace(1),
        root: root.map(|number| SpanId([number; 8])),
        skip,
        limit,
    }
}

fn outline(engine: &Engine, request: &OutlineRequest) -> Outline {
    engine
        .outline(&TenantId::default(), request, &ReadContext::default())
        .unwrap()
}

fn with(mut span: PlacedSpan, pairs: &[(&str, Value)]) -> PlacedSpan {
    span.item.attributes = pairs.iter().map(|(k, v)| (*k, v.clone())).collect();
    span
}

#[test]
fn what_agents_repeat_counts_once() {
    let (store, engine) = engine();
    let tokens = ("gen_ai.usage.input_tokens", Value::Int(100));
    let op = |name: &str| ("gen_ai.operation.name", Value::from(name));
    let agent = ("gen_ai.agent.name", Value::from("Coder"));
    let spans = vec![
        with(
            span(1, 1, 0, 0, 90),
            &[op("invoke_workflow"), tokens.clone()],
        ),
        with(
            span(1, 2, 1, 1, 50),
            &[op("invoke_agent"), tokens.clone(), agent],
        ),
        with(span(1, 3, 2, 2, 10), &[op("chat"), tokens.clone()]),
        with(span(1, 4, 2, 20, 20), &[op("execute_tool")]),
        with(
            span(1, 5, 4, 21, 18),
            &[("mcp.method.name", Value::from("tools/call"))],
        ),
        // An agent that told what it used, without spans of its calls.
        with(
            span(1, 6, 1, 60, 10),
            &[
                op("invoke_agent"),
                tokens,
                ("agent.id", Value::from("late")),
            ],
        ),
    ];
    store.append_spans(&TenantId::default(), spans);
    let found = outline(&engine, &ask(None, 0, 100));
    assert_eq!(
        (found.usage.input_tokens, found.usage.model_calls),
        (200, 1)
    );
    assert_eq!(found.usage.tool_calls, 1);
    let agents: Vec<(&str, u64, u64)> = found
        .agents
        .iter()
        .map(|agent| (agent.name.as_str(), agent.spans, agent.usage.input_tokens))
        .collect();
    assert_eq!(agents, [("Coder", 4, 100), ("late", 1, 100)]);
    let roles: Vec<Role> = found.rows.iter().map(|row| row.role).collect();
    use Role::{Agent, ModelCall, ToolCall, Workflow};
    assert_eq!(
        roles,
        [Workflow, Agent, ModelCall, ToolCall, ToolCall, Agent]
    );
    assert_eq!(found.services.len(), 1);
    assert_eq!(found.services[0].usage, found.usage);
}

#[test]
fn wrong_requests_say_what_is_wrong() {
    let (store, engine) = engine();
    store.append_spans(&TenantId::default(), vec![span(1, 1, 0, 0, 1)]);
    let context = ReadContext::default();
    let fails = |request: &OutlineRequest| {
        let failed = engine.outline(&TenantId::default(), request, &context);
        failed.unwrap_err().kind()
    };
    assert_eq!(fails(&ask(None, 1, 1)), ErrorKind::Invalid);
    assert_eq!(fails(&ask(None, 0, 0)), ErrorKind::Invalid);
    assert_eq!(fails(&ask(Some(9), 0, 1)), ErrorKind::NotFound);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn subtrees_and_cuts_fit_the_whole(
        spans in proptest::collection::vec((0u8..34, 0i64..30, 0i64..20), 1..30),
        limit in 1usize..30,
        root in 1u8..30,
        skip in 0usize..4,
    ) {
        let (store, engine) = engine();
        let placed = (1u8..).zip(&spans).map(|(number, (parent, start, seconds))| {
            let span = span(1, number, *parent, *start, *seconds);
            with(span, &[("n", Value::Int(i64::from(number)))])
        });
        store.append_spans(&TenantId::default(), placed.collect());
        let whole = outline(&engine, &ask(None, 0, 1000));
        prop_assert_eq!(whole.rows.len(), spans.len());
        prop_assert!(!whole.cut);

        let cut = outline(&engine, &ask(None, 0, limit));
        prop_assert_eq!(cut.rows.len(), limit.min(spans.len()));
        prop_assert_eq!(cut.cut, limit < spans.len());
        // The same order, and nobody without its parent.
        let ids: Vec<SpanId> = whole.rows.iter().map(|row| row.id).collect();
        let places: Vec<usize> =
            cut.rows.iter().map(|row| ids.iter().position(|id| *id == row.id).unwrap()).collect();
        prop_assert!(places.is_sorted());
        for (row, place) in cut.rows.iter().zip(&places) {
            let known = &whole.rows[*place];
            prop_assert_eq!((row.children, row.below), (known.children, known.below));
            match usize::try_from(known.parent) {
                Ok(parent) => {
                    let shown = usize::try_from(row.parent).unwrap();
                    prop_assert_eq!(cut.rows[shown].id, whole.rows[parent].id);
                }
                Err(_) => prop_assert_eq!(row.parent, known.parent),
            }
        }

        if usize::from(root) <= spans.len() {
            let part = outline(&engine, &ask(Some(root), skip, 1000));
            let known = whole.rows.iter().position(|row| row.id == SpanId([root; 8])).unwrap();
            let below = whole.rows[known].below as usize;
            let children: Vec<usize> = (known + 1..=known + below)
                .filter(|place| whole.rows[*place].parent == known as i32)
                .collect();
            let skipped: usize = children
                .iter()
                .take(skip)
                .map(|place| whole.rows[*place].below as usize + 1)
                .sum();
            let mut expected = vec![ids[known]];
            expected.extend(&ids[known + 1 + skipped..=known + below]);
            let found: Vec<SpanId> = part.rows.iter().map(|row| row.id).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(part.rows[0].parent, -1);
        }
    }
}

#[test]
fn one_span_is_given_and_attributes_stay_out_of_the_outline() {
    let (store, engine) = engine();
    let mut placed = span(1, 2, 1, 0, 1);
    placed.item.attributes = attributes([("a", "b")]);
    store.append_spans(
        &TenantId::default(),
        vec![span(1, 1, 0, 0, 3), placed.clone()],
    );
    let ids = (crate::support::trace(1), SpanId([2; 8]));
    let values = tacho_query::page::Values::Full;
    let context = ReadContext::default();
    let document = engine
        .span(&TenantId::default(), ids, values, &context)
        .unwrap();
    assert_eq!(document.span, placed.item);
    assert_eq!(document.resource.service_name(), "planner");
    let unknown = (ids.0, SpanId([9; 8]));
    let failed = engine.span(&TenantId::default(), unknown, values, &context);
    assert_eq!(failed.unwrap_err().kind(), ErrorKind::NotFound);
}
