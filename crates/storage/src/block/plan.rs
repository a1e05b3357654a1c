//! Decides which columns a block file gets and how each is encoded.
//!
//! A plan borrows the batch; columns are built one after another while the file is written, so
//! that only one lies in memory twice.

use super::arrays::{self, attribute};
use super::dictionary::Dictionary;
use super::name;
use super::origin::Origins;
use super::rest::{self, RestEntry};
use super::rows::{Count, Rows};
use super::tuning::{Sample, Tuning};
use crate::columns::attribute::{AttributeColumn, CellType, Cells};
use crate::columns::log_batch::LogBatch;
use crate::columns::shared::SharedColumns;
use crate::columns::span_batch::SpanBatch;
use crate::columns::text::{SparseText, TextColumn};
use crate::error::Result;
use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, TimeUnit};
use std::collections::BTreeSet;

/// Most columns of attributes of items; then of resources, then of scopes.
const TYPED_MAX: [usize; 3] = [512, 64, 32];

/// Makes the column.
pub(crate) enum Build<'a> {
    /// As an Arrow array.
    Array(Box<dyn Fn() -> Result<ArrayRef> + 'a>),
    /// As texts whose places are known.
    Dictionary(Box<dyn Fn() -> Dictionary<'a> + 'a>),
}

/// A column of the file to be.
pub(crate) struct Planned<'a> {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// Whether rows may have no value.
    pub nullable: bool,
    /// How it is encoded.
    pub tuning: Tuning,
    /// Makes it.
    pub build: Build<'a>,
}

/// What a block has of one attribute column of the batch.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Use {
    /// Values and rows.
    pub count: Count,
    /// Whether it gets a column of its own.
    pub typed: bool,
    /// What the sample of a text column said.
    pub sample: Sample,
}

/// The columns of a block.
pub(crate) struct Plan<'a> {
    /// All of them, in their order.
    pub columns: Vec<Planned<'a>>,
    /// For each attribute column of the batch, what is done with it.
    pub uses: Vec<Use>,
    /// What goes to the rest column and the one beside it.
    pub rest: Vec<RestEntry>,
    names: BTreeSet<String>,
}

impl<'a> Plan<'a> {
    fn new(rows: &Rows<'_>, shared: &'a SharedColumns) -> Self {
        let columns = shared.attributes.columns();
        let mut uses: Vec<Use> = columns
            .iter()
            .map(|column| Use {
                count: rows.count(column),
                ..Use::default()
            })
            .collect();
        let mut candidates: Vec<usize> = (0..columns.len())
            .filter(|index| {
                let count = uses[*index].count.rows;
                count > 0 && count * 100 >= rows.len() && name::key_fits(&columns[*index].key)
            })
            .collect();
        candidates.sort_by_key(|index| std::cmp::Reverse(uses[*index].count.rows));
        let mut names = BTreeSet::new();
        let mut left = TYPED_MAX[0];
        for index in candidates {
            let column = &columns[index];
            let name = name::attribute_name('s', &column.key, column.cells.cell_type());
            // Other readers do not tell names apart by case.
            if left > 0 && names.insert(name.to_lowercase()) {
                uses[index].typed = true;
                left -= 1;
            }
        }
        let typed: Vec<bool> = uses.iter().map(|each| each.typed).collect();
        let rest = rest::gather(rows, columns, &typed);
        Self {
            columns: Vec::new(),
            uses,
            rest,
            names,
        }
    }

    fn push(
        &mut self,
        name: &str,
        data_type: DataType,
        tuning: Tuning,
        build: impl Fn() -> Result<ArrayRef> + 'a,
    ) {
        self.columns.push(Planned {
            name: name.to_owned(),
            data_type,
            nullable: false,
            tuning,
            build: Build::Array(Box::new(build)),
        });
    }

    fn push_nullable(
        &mut self,
        name: &str,
        data_type: DataType,
        tuning: Tuning,
        build: impl Fn() -> Result<ArrayRef> + 'a,
    ) {
        self.push(name, data_type, tuning, build);
        if let Some(column) = self.columns.last_mut() {
            column.nullable = true;
        }
    }

    fn push_texts(&mut self, name: &str, rows: &'a Rows<'a>, column: &'a TextColumn) {
        let sample = Sample::of_texts(column, rows.list);
        self.push(name, DataType::Utf8, sample.texts(), move || {
            arrays::texts(rows.list, column)
        });
    }

    fn push_sparse(&mut self, name: &str, rows: &'a Rows<'a>, column: &'a SparseText) {
        let indexes: Vec<u32> = (0..column.rows.len() as u32).collect();
        if column.rows.iter().all(|row| rows.place(*row).is_none()) {
            return;
        }
        let sample = Sample::of_texts(&column.texts, &indexes);
        self.push_nullable(name, DataType::Utf8, sample.texts(), move || {
            arrays::sparse_texts(rows, column)
        });
    }

    fn push_flags(&mut self, rows: &'a Rows<'a>, flags: &'a [u32]) {
        if rows.list.iter().any(|row| flags[*row as usize] != 0) {
            self.push(
                name::FLAGS,
                DataType::UInt32,
                Tuning::DICTIONARY,
                move || {
                    let values = rows.list.iter().map(|row| flags[*row as usize]);
                    Ok(arrays::unsigned(values.collect()))
                },
            );
        }
    }

    fn push_counts(&mut self, name: &str, rows: usize, counts: Vec<(u32, u32)>) {
        if counts.is_empty() {
            return;
        }
        self.push(name, DataType::UInt32, Tuning::DICTIONARY, move || {
            let mut values = vec![0; rows];
            for (row, count) in &counts {
                values[*row as usize] = *count;
            }
            Ok(arrays::unsigned(values))
        });
    }

    fn push_attributes(&mut self, rows: &'a Rows<'a>, shared: &'a SharedColumns) {
        for (index, column) in shared.attributes.columns().iter().enumerate() {
            if !self.uses[index].typed {
                continue;
            }
            let cell_type = column.cells.cell_type();
            let (tuning, sample) = tune(rows, column);
            self.uses[index].sample = sample;
            let name = name::attribute_name('s', &column.key, cell_type);
            self.push_nullable(&name, data_type(cell_type), tuning, move || {
                attribute(&column.cells, &rows.cells(&column.rows))
            });
        }
        if !self.rest.is_empty() {
            let columns = shared.attributes.columns();
            let (first, again) = rest::split(&self.rest, columns);
            self.push_nullable(name::REST, rest::map_type(), Tuning::TEXTS, move || {
                rest::build_map(rows.len(), &first, columns)
            });
            if !again.is_empty() {
                let list = rest::list_type();
                self.push_nullable(name::REST_AGAIN, list, Tuning::TEXTS, move || {
                    rest::build_list(rows.len(), &again, columns)
                });
            }
        }
    }

    fn push_dictionary(
        &mut self,
        name: &str,
        nullable: bool,
        build: impl Fn() -> Dictionary<'a> + 'a,
    ) {
        self.columns.push(Planned {
            name: name.to_owned(),
            data_type: dictionary_type(),
            nullable,
            tuning: Tuning::DICTIONARY,
            build: Build::Dictionary(Box::new(build)),
        });
    }

    fn push_origins(&mut self, rows: usize, resources: &'a Origins, scopes: &'a Origins) {
        self.push_dictionary(name::RESOURCE, false, || resources.text_column());
        if !scopes.is_default("{}") {
            self.push_dictionary(name::SCOPE, false, || scopes.text_column());
        }
        self.push_origin_attributes('r', TYPED_MAX[1], rows, resources);
        self.push_origin_attributes('c', TYPED_MAX[2], rows, scopes);
    }

    fn push_origin_attributes(
        &mut self,
        place: char,
        columns_max: usize,
        rows: usize,
        origins: &'a Origins,
    ) {
        let mut left = columns_max;
        for column in origins.attributes.columns() {
            let cell_type = column.cells.cell_type();
            let name = name::attribute_name(place, &column.key, cell_type);
            let is_common = origins.rows_with(&column.rows) * 100 >= rows;
            if left == 0
                || cell_type == CellType::Empty
                || !is_common
                || !name::key_fits(&column.key)
                || !self.names.insert(name.to_lowercase())
            {
                continue;
            }
            left -= 1;
            match &column.cells {
                Cells::String(texts) | Cells::Json(texts) | Cells::Reference(texts) => {
                    self.push_dictionary(&name, true, move || Dictionary {
                        places: origins.cells(&column.rows),
                        values: texts.iter().collect(),
                    });
                }
                other => {
                    let tuning = match cell_type {
                        CellType::Bool => Tuning::BOOLEANS,
                        _ => Tuning::DICTIONARY,
                    };
                    self.push_nullable(&name, data_type(cell_type), tuning, move || {
                        attribute(other, &origins.cells(&column.rows))
                    });
                }
            }
        }
    }
}

fn dictionary_type() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()))
}

fn data_type(cell_type: CellType) -> DataType {
    match cell_type {
        CellType::String | CellType::Json | CellType::Reference => DataType::Utf8,
        CellType::Empty | CellType::Bool => DataType::Boolean,
        CellType::Int => DataType::Int64,
        CellType::Double => DataType::Float64,
        CellType::Bytes => DataType::Binary,
    }
}

fn tune(rows: &Rows<'_>, column: &AttributeColumn) -> (Tuning, Sample) {
    let cells = rows.cells(&column.rows);
    let cells: Vec<u32> = cells
        .into_iter()
        .filter(|cell| *cell != arrays::NO_CELL)
        .collect();
    match &column.cells {
        Cells::String(texts) | Cells::Json(texts) | Cells::Reference(texts) => {
            let sample = Sample::of_texts(texts, &cells);
            (sample.texts(), sample)
        }
        Cells::Bytes(_) => (Tuning::TEXTS, Sample::default()),
        Cells::Int(values) => {
            let sample = Sample::of_numbers(&cells, |cell| values[cell] as u64);
            (sample.integers(), sample)
        }
        Cells::Double(values) => {
            let sample = Sample::of_numbers(&cells, |cell| values[cell].to_bits());
            (sample.doubles(), sample)
        }
        Cells::Bool(_) | Cells::Empty(_) => (Tuning::BOOLEANS, Sample::default()),
    }
}

/// The columns of a block of spans.
pub(crate) fn plan_spans<'a>(
    batch: &'a SpanBatch,
    rows: &'a Rows<'a>,
    resources: &'a Origins,
    scopes: &'a Origins,
) -> Plan<'a> {
    let list = rows.list;
    let mut plan = Plan::new(rows, &batch.shared);
    plan.push(
        name::TRACE_ID,
        DataType::FixedSizeBinary(16),
        Tuning::RUNS,
        || arrays::ids(list, |row| batch.trace_ids[row].0, false),
    );
    plan.push(
        name::SPAN_ID,
        DataType::FixedSizeBinary(8),
        Tuning::RANDOM,
        || arrays::ids(list, |row| batch.span_ids[row].0, false),
    );
    let parent = |row: usize| batch.parent_span_ids[row].0;
    if list.iter().any(|row| parent(*row as usize) != [0; 8]) {
        let ids = DataType::FixedSizeBinary(8);
        plan.push_nullable(
            name::PARENT_SPAN_ID,
            ids,
            Tuning::ID_DICTIONARY,
            move || arrays::ids(list, parent, true),
        );
    }
    plan.push(name::START_TIME, time_type(), Tuning::TIME, || {
        let starts = list.iter().map(|row| batch.starts[*row as usize]);
        Ok(arrays::times(starts.collect()))
    });
    plan.push(name::DURATION, DataType::Int64, Tuning::TIME, || {
        let duration =
            |row: &u32| batch.ends[*row as usize].wrapping_sub(batch.starts[*row as usize]);
        Ok(arrays::integers(list.iter().map(duration).collect()))
    });
    plan.push_texts(name::NAME, rows, &batch.names);
    plan.push(name::KIND, DataType::UInt8, Tuning::DICTIONARY, || {
        Ok(arrays::bytes_as_numbers(list, &batch.kinds))
    });
    plan.push(name::STATUS, DataType::UInt8, Tuning::DICTIONARY, || {
        Ok(arrays::bytes_as_numbers(list, &batch.statuses))
    });
    plan.push_sparse(name::STATUS_MESSAGE, rows, &batch.status_messages);
    plan.push_sparse(name::TRACE_STATE, rows, &batch.trace_states);
    plan.push_flags(rows, &batch.flags);
    for (which, name) in [
        name::DROPPED_ATTRIBUTES,
        name::DROPPED_EVENTS,
        name::DROPPED_LINKS,
    ]
    .into_iter()
    .enumerate()
    {
        let counts = batch.dropped.iter().filter_map(|(row, counts)| {
            (counts[which] > 0).then_some((rows.place(*row)?, counts[which]))
        });
        plan.push_counts(name, rows.len(), counts.collect());
    }
    plan.push_sparse(name::EVENTS, rows, &batch.events);
    plan.push_sparse(name::LINKS, rows, &batch.links);
    plan.push_origins(rows.len(), resources, scopes);
    plan.push_attributes(rows, &batch.shared);
    plan
}

/// The columns of a block of logs.
pub(crate) fn plan_logs<'a>(
    batch: &'a LogBatch,
    rows: &'a Rows<'a>,
    resources: &'a Origins,
    scopes: &'a Origins,
) -> Plan<'a> {
    let list = rows.list;
    let mut plan = Plan::new(rows, &batch.shared);
    plan.push(name::RECORD_ID, DataType::UInt64, Tuning::TIME, || {
        let ids = list.iter().map(|row| batch.record_ids[*row as usize].0);
        Ok(arrays::unsigned_long(ids.collect()))
    });
    plan.push(name::TIME, time_type(), Tuning::TIME, || {
        let times = list.iter().map(|row| batch.times[*row as usize]);
        Ok(arrays::times(times.collect()))
    });
    if list
        .iter()
        .any(|row| batch.observed_times[*row as usize] != 0)
    {
        let delay = |row: usize| {
            let observed = batch.observed_times[row];
            (observed != 0).then(|| observed.wrapping_sub(batch.times[row]))
        };
        let sample = Sample::of_numbers(list, |row| delay(row).unwrap_or(0) as u64);
        let tuning = sample.integers();
        plan.push_nullable(name::OBSERVED_DELAY, DataType::Int64, tuning, move || {
            let delays = list.iter().map(|row| delay(*row as usize));
            Ok(arrays::optional_integers(delays.collect()))
        });
    }
    plan.push(
        name::SEVERITY_NUMBER,
        DataType::UInt8,
        Tuning::DICTIONARY,
        || Ok(arrays::bytes_as_numbers(list, &batch.severities)),
    );
    plan.push_texts(name::SEVERITY_TEXT, rows, &batch.severity_texts);
    // Bodies are scanned whole; a dictionary would only be in the way.
    plan.push(name::BODY, DataType::Utf8, Tuning::TEXTS, || {
        arrays::texts(list, &batch.bodies)
    });
    let is_text = |row: &u32| batch.body_types[*row as usize] == CellType::String;
    if !list.iter().all(is_text) {
        plan.push(name::BODY_TYPE, DataType::UInt8, Tuning::DICTIONARY, || {
            let code = |cell_type| {
                let place = name::BODY_TYPES
                    .iter()
                    .position(|known| *known == cell_type);
                place.unwrap_or(2) as u8
            };
            let codes: Vec<u8> = batch.body_types.iter().copied().map(code).collect();
            Ok(arrays::bytes_as_numbers(list, &codes))
        });
    }
    plan.push_sparse(name::EVENT_NAME, rows, &batch.event_names);
    plan_log_ids(&mut plan, batch, list);
    plan.push_flags(rows, &batch.flags);
    let dropped = batch.dropped.iter();
    let counts =
        dropped.filter_map(|(row, count)| (*count > 0).then_some((rows.place(*row)?, *count)));
    plan.push_counts(name::DROPPED_ATTRIBUTES, rows.len(), counts.collect());
    plan.push_origins(rows.len(), resources, scopes);
    plan.push_attributes(rows, &batch.shared);
    plan
}

fn plan_log_ids<'a>(plan: &mut Plan<'a>, batch: &'a LogBatch, list: &'a [u32]) {
    let trace = |row: usize| batch.trace_ids[row].0;
    let with_trace: Vec<u32> = list
        .iter()
        .copied()
        .filter(|row| trace(*row as usize) != [0; 16])
        .collect();
    if !with_trace.is_empty() {
        let sample = Sample::of_ids(with_trace.len(), |at| trace(with_trace[at] as usize));
        let ids = DataType::FixedSizeBinary(16);
        plan.push_nullable(name::TRACE_ID, ids, sample.ids(), move || {
            arrays::ids(list, trace, true)
        });
    }
    let span = |row: usize| batch.span_ids[row].0;
    let with_span: Vec<u32> = list
        .iter()
        .copied()
        .filter(|row| span(*row as usize) != [0; 8])
        .collect();
    if !with_span.is_empty() {
        let sample = Sample::of_ids(with_span.len(), |at| span(with_span[at] as usize));
        let ids = DataType::FixedSizeBinary(8);
        plan.push_nullable(name::SPAN_ID, ids, sample.ids(), move || {
            arrays::ids(list, span, true)
        });
    }
}
