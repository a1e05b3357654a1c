//! Who took part in a trace and what was used: services, agents, tokens, money, calls.

use super::Party;
use super::tree::Tree;
use crate::cells::each_text;
use crate::role::Role;
use crate::usage::{Told, Usage};
use std::cmp::Reverse;
use std::collections::HashMap;
use tacho_model::span::SpanStatus;
use tacho_storage::columns::span_batch::SpanBatch;

/// Keys that name an agent, the most telling first.
pub(super) const AGENT_KEYS: [&str; 5] = [
    "agent.type",
    "gen_ai.agent.name",
    "agent.name",
    "agent.id",
    "agent",
];

/// Parties, and for every row which of them it belongs to.
#[derive(Debug, Default)]
pub(super) struct Parties {
    pub(super) list: Vec<Party>,
    /// Place in `list`; -1 for none.
    pub(super) of_row: Vec<i32>,
}

/// Names, each once, with their places.
#[derive(Default)]
struct Names<'a> {
    places: HashMap<&'a str, i32>,
    names: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn place(&mut self, name: &'a str) -> i32 {
        *self.places.entry(name).or_insert_with(|| {
            self.names.push(name);
            self.names.len() as i32 - 1
        })
    }
}

/// The service of every row.
pub(super) fn services(batch: &SpanBatch, usages: &[(u32, Usage)]) -> Parties {
    let mut names = Names::default();
    let of_resource: Vec<i32> = batch
        .shared
        .resources
        .iter()
        .map(|resource| names.place(resource.service_name()))
        .collect();
    let indexes = batch.shared.resource_index.iter();
    let of_row = indexes
        .map(|index| of_resource.get(*index as usize).copied().unwrap_or(-1))
        .collect();
    count(&names.names, of_row, batch, usages)
}

/// The agent of every row: its own, else that of the nearest span above.
pub(super) fn agents(batch: &SpanBatch, tree: &Tree, usages: &[(u32, Usage)]) -> Parties {
    let mut names = Names::default();
    let mut of_row = vec![-1; batch.len];
    for key in AGENT_KEYS {
        each_text(&batch.shared.attributes, key, |row, text| {
            if let Some(agent) = of_row.get_mut(row).filter(|agent| **agent < 0)
                && !text.trim().is_empty()
            {
                *agent = names.place(text);
            }
        });
    }
    for row in tree.order.iter().map(|row| *row as usize) {
        if let (true, Ok(parent)) = (of_row[row] < 0, usize::try_from(tree.parents[row])) {
            of_row[row] = of_row[parent];
        }
    }
    count(&names.names, of_row, batch, usages)
}

/// Counts what parties did and puts those with the most spans first; those without go.
fn count(
    names: &[&str],
    mut of_row: Vec<i32>,
    batch: &SpanBatch,
    usages: &[(u32, Usage)],
) -> Parties {
    let party = |name: &&str| Party {
        name: (*name).to_owned(),
        spans: 0,
        errors: 0,
        usage: Usage::default(),
    };
    let mut list: Vec<Party> = names.iter().map(party).collect();
    for (row, place) in of_row.iter().enumerate() {
        if let Some(party) = place_in(&mut list, *place) {
            party.spans += 1;
            let error = batch.statuses.get(row) == Some(&(SpanStatus::Error as u8));
            party.errors += u64::from(error);
        }
    }
    for (row, usage) in usages {
        let place = of_row.get(*row as usize).copied().unwrap_or(-1);
        if let Some(party) = place_in(&mut list, place) {
            party.usage.add(usage);
        }
    }
    let mut sorted: Vec<usize> = (0..list.len()).filter(|at| list[*at].spans > 0).collect();
    sorted.sort_by(|a, b| {
        let key = |at: usize| (Reverse(list[at].spans), &list[at].name);
        key(*a).cmp(&key(*b))
    });
    let mut moved = vec![-1; list.len()];
    for (to, from) in sorted.iter().enumerate() {
        moved[*from] = to as i32;
    }
    for place in &mut of_row {
        *place = usize::try_from(*place).map_or(-1, |from| moved[from]);
    }
    let list = sorted.into_iter().map(|at| list[at].clone()).collect();
    Parties { list, of_row }
}

fn place_in(list: &mut [Party], place: i32) -> Option<&mut Party> {
    list.get_mut(usize::try_from(place).ok()?)
}

/// What spans used, by row, without repetitions. Tokens and money count where nothing below tells
/// them, too; calls of models likewise. A call of a tool that is directly within another (both
/// sides of an MCP call make a span) is the same call.
pub(super) fn usages(tree: &Tree, roles: &[Role], told: &HashMap<u32, Told>) -> Vec<(u32, Usage)> {
    let rows = tree.order.len();
    let (mut tokens, mut costs, mut calls) =
        (vec![false; rows], vec![false; rows], vec![false; rows]);
    let mut used: Vec<(u32, Usage)> = Vec::new();
    for row in tree.order.iter().rev().map(|row| *row as usize) {
        let own = told.get(&(row as u32));
        let role = roles.get(row).copied().unwrap_or_default();
        let mut usage = Usage::default();
        if let Some(own) = own {
            if own.has_tokens() && !tokens[row] {
                let (input, cached, output) = own.tokens();
                usage.input_tokens = input;
                usage.cached_tokens = cached;
                usage.output_tokens = output;
            }
            usage.cost_usd = own.cost_usd().filter(|_| !costs[row]);
        }
        usage.model_calls = u64::from(role == Role::ModelCall && !calls[row]);
        usage.tool_calls = u64::from(role == Role::ToolCall && !is_within_tool(tree, roles, row));
        if usage != Usage::default() {
            used.push((row as u32, usage));
        }
        if let Ok(parent) = usize::try_from(tree.parents[row]) {
            tokens[parent] |= tokens[row] || own.is_some_and(Told::has_tokens);
            costs[parent] |= costs[row] || own.is_some_and(|own| own.cost_usd().is_some());
            calls[parent] |= calls[row] || role == Role::ModelCall;
        }
    }
    used
}

/// Whether the nearest span above that has a role is a call of a tool.
fn is_within_tool(tree: &Tree, roles: &[Role], row: usize) -> bool {
    /// Transports put this many spans between the two sides at most.
    const STEPS_MAX: usize = 8;
    let mut row = row;
    for _ in 0..STEPS_MAX {
        let Ok(parent) = usize::try_from(tree.parents[row]) else {
            return false;
        };
        match roles.get(parent) {
            Some(Role::Other) => row = parent,
            role => return role == Some(&Role::ToolCall),
        }
    }
    false
}
