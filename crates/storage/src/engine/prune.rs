//! What a filter rules out without reading a column: whole blocks by their filter of ids, pages by
//! their blooms. Only conclusive answers count; everything else is read.

use crate::block::INDEX_KEYS;
use crate::block::hash::{id_hash, inner_tokens, token_hash, trace_hash};
use crate::block::reader::Block;
use crate::columns::shared::LARGE_VALUE_BYTES;
use crate::error::Result;
use crate::filter::{AttributeScope, CompareOp, Field, Filter, Operand};
use crate::read::CatalogPlace;
use tacho_model::id::TraceId;
use tacho_model::signal::Signal;

/// Pages that may hold matching rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pages {
    /// Any page may.
    All,
    /// Only flagged pages may.
    Some(Vec<bool>),
    /// None can.
    None,
}

impl Pages {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Pages::None, _) | (_, Pages::None) => Pages::None,
            (Pages::All, pages) | (pages, Pages::All) => pages,
            (Pages::Some(a), Pages::Some(b)) => {
                Pages::of(a.iter().zip(&b).map(|(a, b)| *a && *b).collect())
            }
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Pages::All, _) | (_, Pages::All) => Pages::All,
            (Pages::None, pages) | (pages, Pages::None) => pages,
            (Pages::Some(a), Pages::Some(b)) => {
                Pages::of(a.iter().zip(&b).map(|(a, b)| *a || *b).collect())
            }
        }
    }

    fn of(flags: Vec<bool>) -> Self {
        if flags.contains(&true) {
            Pages::Some(flags)
        } else {
            Pages::None
        }
    }

    /// True if the page of this number may hold matching rows.
    pub fn has(&self, page: usize) -> bool {
        match self {
            Pages::All => true,
            Pages::Some(flags) => flags.get(page).copied().unwrap_or(true),
            Pages::None => false,
        }
    }
}

/// Rules out what a filter cannot match.
pub struct Pruner<'a> {
    filter: &'a Filter,
}

impl<'a> Pruner<'a> {
    /// For this filter.
    pub fn new(filter: &'a Filter) -> Self {
        Self { filter }
    }

    /// False if the block holds no match, as far as the filter of its ids tells.
    pub fn block(&self, block: &Block) -> Result<bool> {
        block_may_match(self.filter, block)
    }

    /// The pages that may hold matches.
    pub fn pages(&self, block: &Block) -> Result<Pages> {
        if !self.block(block)? {
            return Ok(Pages::None);
        }
        pages(self.filter, block)
    }
}

fn block_may_match(filter: &Filter, block: &Block) -> Result<bool> {
    match filter {
        Filter::Nothing => Ok(false),
        Filter::And(parts) => {
            for part in parts {
                if !block_may_match(part, block)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Filter::Or(parts) => {
            for part in parts {
                if block_may_match(part, block)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Filter::Compare(Field::TraceId, CompareOp::Equal, Operand::TraceId(id)) => {
            block.may_contain_id(trace_hash(id))
        }
        Filter::Compare(
            Field::Attribute(_, key),
            CompareOp::Equal,
            Operand::String(text) | Operand::Text(text),
        ) if INDEX_KEYS.contains(&&**key) && text.len() <= LARGE_VALUE_BYTES => {
            // A longer text would be a reference, and those are not in the filter.
            block.may_contain_id(id_hash(key, text))
        }
        _ => Ok(true),
    }
}

fn pages(filter: &Filter, block: &Block) -> Result<Pages> {
    match filter {
        Filter::Nothing => Ok(Pages::None),
        Filter::And(parts) => {
            let mut all = Pages::All;
            for part in parts {
                all = all.and(pages(part, block)?);
                if all == Pages::None {
                    break;
                }
            }
            Ok(all)
        }
        Filter::Or(parts) => {
            let mut any = Pages::None;
            for part in parts {
                any = any.or(pages(part, block)?);
                if any == Pages::All {
                    break;
                }
            }
            Ok(any)
        }
        Filter::Compare(Field::TraceId, CompareOp::Equal, Operand::TraceId(id)) => {
            pages_of_trace(id, block)
        }
        Filter::Compare(
            Field::Body,
            CompareOp::Contains,
            Operand::String(text) | Operand::Text(text),
        ) => pages_of_phrase(text, block),
        Filter::Exists(Field::Attribute(scope, key)) => pages_of_key(*scope, key, None, block),
        Filter::Compare(Field::Attribute(scope, key), op, operand) => {
            let wanted = if *op == CompareOp::Equal {
                Some(operand)
            } else {
                None
            };
            pages_of_key(*scope, key, wanted, block)
        }
        _ => Ok(Pages::All),
    }
}

fn pages_of_trace(id: &TraceId, block: &Block) -> Result<Pages> {
    if block.signal() == Signal::Logs {
        return Ok(Pages::of(block.pages_with(trace_hash(id))?));
    }
    let rows = block.rows_of_trace(id)?;
    let flags = block
        .pages()?
        .iter()
        .map(|page| {
            rows.iter()
                .any(|range| range.start < page.rows.end && page.rows.start < range.end)
        })
        .collect();
    Ok(Pages::of(flags))
}

/// A text that contains a phrase contains the tokens that the phrase delimits on both sides; the
/// tokens of large bodies are not in the blooms.
fn pages_of_phrase(phrase: &str, block: &Block) -> Result<Pages> {
    let mut all = Pages::All;
    for token in inner_tokens(phrase) {
        all = all.and(Pages::of(block.pages_with(token_hash(token))?));
        if all == Pages::None {
            break;
        }
    }
    if all == Pages::All {
        return Ok(all);
    }
    Ok(all.or(Pages::of(block.pages_with_large_bodies()?)))
}

fn pages_of_key(
    scope: AttributeScope,
    key: &str,
    wanted: Option<&Operand>,
    block: &Block,
) -> Result<Pages> {
    let catalog = block.catalog()?;
    let elsewhere = |place: CatalogPlace| {
        catalog
            .items
            .iter()
            .any(|item| item.place == place && *item.key == *key)
    };
    let by_scope = match scope {
        AttributeScope::Resource => elsewhere(CatalogPlace::Resource),
        AttributeScope::Scope => elsewhere(CatalogPlace::Scope),
        AttributeScope::Any => elsewhere(CatalogPlace::Resource) || elsewhere(CatalogPlace::Scope),
        AttributeScope::Item => false,
    };
    if by_scope || catalog.truncated {
        return Ok(Pages::All);
    }
    if matches!(scope, AttributeScope::Resource | AttributeScope::Scope) {
        return Ok(Pages::None);
    }
    let facts = block.column_facts(key)?;
    if !facts.occurs {
        return Ok(Pages::None);
    }
    match wanted {
        Some(Operand::String(text)) if facts.texts_bloomed => {
            Ok(Pages::of(block.pages_with(id_hash(key, text))?))
        }
        Some(Operand::Text(text)) if facts.all_bloomed => {
            Ok(Pages::of(block.pages_with(id_hash(key, text))?))
        }
        _ => Ok(Pages::All),
    }
}

#[cfg(test)]
mod tests {
    use super::Pages;

    #[test]
    fn page_sets_combine() {
        let left = Pages::Some(vec![true, false, true]);
        let right = Pages::Some(vec![true, true, false]);
        assert_eq!(
            left.clone().and(right.clone()),
            Pages::Some(vec![true, false, false])
        );
        assert_eq!(left.clone().or(right), Pages::Some(vec![true, true, true]));
        assert_eq!(
            left.clone().and(Pages::Some(vec![false, true, false])),
            Pages::None
        );
        assert_eq!(left.clone().and(Pages::All), left);
    }
}
