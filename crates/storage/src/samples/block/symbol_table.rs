//! The label pairs of a block that is being written. Numbers are given in the order of appearance,
//! and in the order of names and values at the end.

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// A label pair.
#[derive(Debug, Clone, Copy)]
struct Symbol {
    at: u64,
    length: u32,
    name: u32,
    series: u32,
}

/// Collects label pairs and how many series have each.
#[derive(Debug, Default)]
pub(crate) struct SymbolTable {
    texts: String,
    names: Vec<Symbol>,
    names_by_text: HashTable<u32>,
    symbols: Vec<Symbol>,
    by_text: HashTable<u32>,
    hasher: FixedState,
}

impl SymbolTable {
    /// The number of a pair, new or not; one series more has it.
    pub(crate) fn add(&mut self, name: &str, value: &str) -> u32 {
        let name = self.add_name(name);
        let hash = self.hash(name, value);
        let is_same = |number: &u32| {
            let symbol = self.symbols.get(*number as usize);
            symbol.is_some_and(|it| it.name == name && text(&self.texts, it) == value)
        };
        let found = self.by_text.find(hash, is_same).copied();
        let number = found.unwrap_or_else(|| {
            let number = self.symbols.len() as u32;
            let symbol = put_text(&mut self.texts, value, name);
            self.symbols.push(symbol);
            let (hasher, symbols, texts) = (&self.hasher, &self.symbols, &self.texts);
            let hash_of = |number: &u32| {
                let symbol = symbols.get(*number as usize);
                symbol.map_or(0, |it| hasher.hash_one((it.name, text(texts, it))))
            };
            self.by_text.insert_unique(hash, number, hash_of);
            number
        });
        self.count(number);
        number
    }

    /// One series more has the pair.
    pub(crate) fn count(&mut self, number: u32) {
        if let Some(symbol) = self.symbols.get_mut(number as usize) {
            symbol.series += 1;
        }
    }

    fn hash(&self, name: u32, value: &str) -> u64 {
        self.hasher.hash_one((name, value))
    }

    fn add_name(&mut self, name: &str) -> u32 {
        let hash = self.hasher.hash_one(name);
        let is_same = |number: &u32| {
            let symbol = self.names.get(*number as usize);
            symbol.is_some_and(|it| text(&self.texts, it) == name)
        };
        if let Some(number) = self.names_by_text.find(hash, is_same) {
            return *number;
        }
        let number = self.names.len() as u32;
        let symbol = put_text(&mut self.texts, name, number);
        self.names.push(symbol);
        let (hasher, names, texts) = (&self.hasher, &self.names, &self.texts);
        let hash_of = |number: &u32| {
            let symbol = names.get(*number as usize);
            symbol.map_or(0, |it| hasher.hash_one(text(texts, it)))
        };
        self.names_by_text.insert_unique(hash, number, hash_of);
        number
    }

    /// Bytes of memory, what `sorted` will take included.
    pub(crate) fn memory(&self) -> usize {
        self.texts.capacity()
            + self.symbols.capacity() * size_of::<Symbol>()
            + self.by_text.capacity() * 5
            + self.symbols.len() * 12
    }

    /// Numbers of all pairs by name, then value.
    pub(crate) fn sorted(&self) -> Vec<u32> {
        let mut names: Vec<u32> = (0..self.names.len() as u32).collect();
        names.sort_unstable_by_key(|number| self.name(*number));
        let mut ranks = vec![0u32; names.len()];
        for (rank, number) in names.iter().enumerate() {
            if let Some(place) = ranks.get_mut(*number as usize) {
                *place = rank as u32;
            }
        }
        let key = |number: &u32| {
            let symbol = self.symbols.get(*number as usize);
            let rank = symbol.and_then(|it| ranks.get(it.name as usize));
            (rank.copied().unwrap_or(0), self.pair(*number).1)
        };
        let mut numbers: Vec<u32> = (0..self.symbols.len() as u32).collect();
        numbers.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        numbers
    }

    fn name(&self, number: u32) -> &str {
        let symbol = self.names.get(number as usize);
        symbol.map_or("", |symbol| text(&self.texts, symbol))
    }

    /// Name and value of a pair.
    pub(crate) fn pair(&self, number: u32) -> (&str, &str) {
        let Some(symbol) = self.symbols.get(number as usize) else {
            return ("", "");
        };
        (self.name(symbol.name), text(&self.texts, symbol))
    }

    /// How many series have the pair.
    pub(crate) fn series(&self, number: u32) -> u32 {
        self.symbols.get(number as usize).map_or(0, |it| it.series)
    }
}

fn put_text(texts: &mut String, text: &str, name: u32) -> Symbol {
    let at = texts.len() as u64;
    texts.push_str(text);
    Symbol {
        at,
        length: text.len() as u32,
        name,
        series: 0,
    }
}

fn text<'a>(texts: &'a str, symbol: &Symbol) -> &'a str {
    let at = symbol.at as usize;
    texts.get(at..at + symbol.length as usize).unwrap_or("")
}
