//! Filters evaluated on columns: the fast counterpart of `filter::matches`, which the tests hold
//! it to.

use super::mask::Mask;
use super::table::Table;
use crate::columns::attribute::{AttributeColumn, Cells};
use crate::columns::log_batch::LogBatch;
use crate::columns::projection::{Column, Projection};
use crate::columns::span_batch::SpanBatch;
use crate::columns::text::{BytesColumn, SparseText, TextColumn};
use crate::filter::{
    AttributeScope, CompareOp, Field, Filter, Operand, compare_order, compare_regex, compare_text,
    compare_value,
};
use memchr::memmem::Finder;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::resource::Scope;
use tacho_model::value::{Attributes, Value, ValueReference};

/// Loads large values, so that filters see all of them; `None` if the content is gone.
pub trait ResolveValue {
    /// The content of a reference.
    fn resolve(&self, reference: &ValueReference) -> Option<Value>;
}

/// What evaluating on a table needs beside the generic part.
pub trait EvalTable: Table {
    /// Rows whose fixed field compares so with the operand.
    fn compare_fixed(&self, test: &FixedTest<'_>) -> Mask;
    /// Rows that have the fixed field.
    fn exists_fixed(&self, field: &Field) -> Mask;
}

/// A comparison of a fixed field.
pub struct FixedTest<'a> {
    /// The field.
    pub field: &'a Field,
    /// The operator.
    pub op: CompareOp,
    /// The operand.
    pub operand: &'a Operand,
    /// For large bodies.
    pub resolve: &'a dyn ResolveValue,
}

/// The columns that evaluating a filter reads.
pub fn filter_projection<T: Table>(filter: &Filter) -> Projection {
    let mut projection = Projection::of(&[]);
    collect::<T>(filter, &mut projection);
    projection
}

fn collect<T: Table>(filter: &Filter, projection: &mut Projection) {
    match filter {
        Filter::All | Filter::Nothing => {}
        Filter::And(parts) | Filter::Or(parts) => {
            for part in parts {
                collect::<T>(part, projection);
            }
        }
        Filter::Not(part) => collect::<T>(part, projection),
        Filter::Exists(field) | Filter::Compare(field, _, _) => match field {
            Field::Attribute(scope, key) => {
                if matches!(scope, AttributeScope::Any | AttributeScope::Item) {
                    projection.want_attribute(key);
                }
                if matches!(scope, AttributeScope::Any | AttributeScope::Resource) {
                    projection.columns.insert(Column::Resource);
                }
                if matches!(scope, AttributeScope::Any | AttributeScope::Scope) {
                    projection.columns.insert(Column::Scope);
                }
            }
            fixed => {
                projection.columns.extend(T::column_of(fixed));
                if *fixed == Field::Duration {
                    projection.columns.insert(Column::Time);
                }
            }
        },
    }
}

/// The rows of a batch that match.
pub fn eval<T: EvalTable>(filter: &Filter, batch: &T, resolve: &dyn ResolveValue) -> Mask {
    let len = batch.rows();
    match filter {
        Filter::All => Mask::of(len, true),
        Filter::Nothing => Mask::of(len, false),
        Filter::And(parts) => {
            let mut mask = Mask::of(len, true);
            for part in parts {
                mask.and(&eval(part, batch, resolve));
                if mask.is_none() {
                    break;
                }
            }
            mask
        }
        Filter::Or(parts) => {
            let mut mask = Mask::of(len, false);
            for part in parts {
                mask.or(&eval(part, batch, resolve));
            }
            mask
        }
        Filter::Not(part) => {
            let mut mask = eval(part, batch, resolve);
            mask.negate();
            mask
        }
        Filter::Exists(Field::Attribute(scope, key)) => attribute(batch, *scope, key, &Present),
        Filter::Exists(field) => batch.exists_fixed(field),
        Filter::Compare(Field::Attribute(scope, key), op, operand) => attribute(
            batch,
            *scope,
            key,
            &Compared {
                op: *op,
                operand,
                resolve,
            },
        ),
        Filter::Compare(field, op, operand) => batch.compare_fixed(&FixedTest {
            field,
            op: *op,
            operand,
            resolve,
        }),
    }
}

/// A test of attribute values.
trait ValueTest {
    fn value(&self, value: &Value) -> bool;
    /// Marks the rows of a column that pass.
    fn column(&self, column: &AttributeColumn, mask: &mut Mask);
}

struct Present;

impl ValueTest for Present {
    fn value(&self, _value: &Value) -> bool {
        true
    }

    fn column(&self, column: &AttributeColumn, mask: &mut Mask) {
        for row in &column.rows {
            mask.0[*row as usize] = true;
        }
    }
}

struct Compared<'a> {
    op: CompareOp,
    operand: &'a Operand,
    resolve: &'a dyn ResolveValue,
}

impl ValueTest for Compared<'_> {
    fn value(&self, value: &Value) -> bool {
        match value {
            Value::Reference(reference) => match self.resolve.resolve(reference) {
                Some(whole) => compare_value(&whole, self.op, self.operand),
                None => compare_value(value, self.op, self.operand),
            },
            _ => compare_value(value, self.op, self.operand),
        }
    }

    fn column(&self, column: &AttributeColumn, mask: &mut Mask) {
        let rows = column.rows.iter().map(|row| *row as usize);
        match (&column.cells, self.operand) {
            (Cells::String(texts), Operand::String(wanted) | Operand::Text(wanted)) => {
                text_cells(texts.as_bytes(), &column.rows, self.op, wanted, mask);
            }
            (Cells::String(texts), Operand::Regex(regex)) => {
                for (row, text) in rows.zip(texts.iter()) {
                    mask.0[row] |= compare_regex(text, self.op, regex);
                }
            }
            (Cells::Int(cells), Operand::Int(wanted)) => {
                for (row, cell) in rows.zip(cells) {
                    mask.0[row] |= compare_order(cell.cmp(wanted), self.op);
                }
            }
            (cells, _) => {
                for (index, row) in rows.enumerate() {
                    mask.0[row] |= self.value(&cells.value(index));
                }
            }
        }
    }
}

/// Marks the rows whose text compares so.
fn text_cells(cells: &BytesColumn, rows: &[u32], op: CompareOp, wanted: &str, mask: &mut Mask) {
    match op {
        CompareOp::Contains if !wanted.is_empty() => {
            for index in containing(cells, wanted) {
                mask.0[rows[index] as usize] = true;
            }
        }
        CompareOp::Equal => {
            for (index, row) in rows.iter().enumerate() {
                mask.0[*row as usize] |= cells.cell(index) == wanted.as_bytes();
            }
        }
        _ => {
            for (index, row) in rows.iter().enumerate() {
                let text = std::str::from_utf8(cells.cell(index)).unwrap_or_default();
                mask.0[*row as usize] |= compare_text(text, op, wanted);
            }
        }
    }
}

/// Indexes of the cells that contain a text: one search over the whole buffer.
fn containing(cells: &BytesColumn, wanted: &str) -> Vec<usize> {
    let finder = Finder::new(wanted);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(hit) = cells.bytes.get(from..).and_then(|rest| finder.find(rest)) {
        let start = from + hit;
        let index = cells.cell_at(start);
        let Some(end) = cells.ends.get(index) else {
            break;
        };
        if start + wanted.len() <= *end as usize {
            found.push(index);
            from = *end as usize;
        } else {
            // The hit spans two cells: look on right behind its first byte.
            from = start + 1;
        }
    }
    found
}

fn attribute<T: Table>(batch: &T, scope: AttributeScope, key: &str, test: &dyn ValueTest) -> Mask {
    let shared = batch.shared();
    let mut mask = Mask::of(batch.rows(), false);
    let mut settled = Mask::of(batch.rows(), false);
    if matches!(scope, AttributeScope::Any | AttributeScope::Item) {
        for column in shared.attributes.of_key(key) {
            test.column(column, &mut mask);
            Present.column(column, &mut settled);
        }
    }
    if matches!(scope, AttributeScope::Any | AttributeScope::Resource) {
        let verdicts: Vec<_> = shared
            .resources
            .iter()
            .map(|resource| verdict(&resource.attributes, key, test))
            .collect();
        settle(&shared.resource_index, &verdicts, &mut mask, &mut settled);
    }
    if matches!(scope, AttributeScope::Any | AttributeScope::Scope) {
        let verdicts: Vec<_> = shared
            .scopes
            .iter()
            .map(|scope| verdict(&scope.attributes, key, test))
            .collect();
        settle(&shared.scope_index, &verdicts, &mut mask, &mut settled);
    }
    mask
}

/// Whether one of the values of a key passes; `None` if the key is not there.
fn verdict(attributes: &Attributes, key: &str, test: &dyn ValueTest) -> Option<bool> {
    let mut values = attributes
        .0
        .iter()
        .filter(|(name, _)| name == key)
        .peekable();
    values.peek()?;
    Some(values.any(|(_, value)| test.value(value)))
}

fn settle(index: &[u32], verdicts: &[Option<bool>], mask: &mut Mask, settled: &mut Mask) {
    if verdicts.iter().all(Option::is_none) {
        return;
    }
    for (row, item) in index.iter().enumerate() {
        if let Some(Some(passes)) = verdicts.get(*item as usize)
            && !settled.0[row]
        {
            mask.0[row] = *passes;
            settled.0[row] = true;
        }
    }
}

/// Rows whose number compares so.
fn numbers(
    len: usize,
    operand: &Operand,
    op: CompareOp,
    at: impl Fn(usize) -> Option<i64>,
) -> Mask {
    Mask(
        (0..len)
            .map(|row| {
                at(row).is_some_and(|number| match operand {
                    Operand::Int(wanted) => compare_order(number.cmp(wanted), op),
                    _ => compare_value(&Value::Int(number), op, operand),
                })
            })
            .collect(),
    )
}

/// Rows whose text compares so.
fn texts(column: &TextColumn, op: CompareOp, operand: &Operand) -> Mask {
    let mut mask = Mask::of(column.len(), false);
    match operand {
        Operand::String(wanted) | Operand::Text(wanted) => {
            let rows: Vec<u32> = (0..column.len() as u32).collect();
            text_cells(column.as_bytes(), &rows, op, wanted, &mut mask);
        }
        Operand::Regex(regex) => {
            for (flag, text) in mask.0.iter_mut().zip(column.iter()) {
                *flag = compare_regex(text, op, regex);
            }
        }
        other => {
            for (flag, text) in mask.0.iter_mut().zip(column.iter()) {
                *flag = compare_value(&Value::String(text.to_owned()), op, other);
            }
        }
    }
    mask
}

fn sparse_texts(len: usize, column: &SparseText, op: CompareOp, operand: &Operand) -> Mask {
    let empty = compare_value(&Value::String(String::new()), op, operand);
    let mut mask = Mask::of(len, empty);
    let cells = texts(&column.texts, op, operand);
    for (row, flag) in column.rows.iter().zip(cells.0) {
        mask.0[*row as usize] = flag;
    }
    mask
}

/// Compares ids: as such with ids, else as hexadecimal texts. Zero ids are absent.
fn ids<I: Copy + PartialEq + Ord + ToString>(
    column: &[I],
    op: CompareOp,
    operand: &Operand,
    wanted: Option<I>,
    is_zero: impl Fn(&I) -> bool,
) -> Mask {
    Mask(
        column
            .iter()
            .map(|id| match wanted {
                _ if is_zero(id) => false,
                Some(wanted) => compare_order(id.cmp(&wanted), op),
                None => compare_value(&Value::String(id.to_string()), op, operand),
            })
            .collect(),
    )
}

fn scope_text<T: Table>(batch: &T, test: &FixedTest<'_>, text: fn(&Scope) -> &str) -> Mask {
    let shared = batch.shared();
    let verdicts: Vec<bool> = shared
        .scopes
        .iter()
        .map(|scope| {
            compare_value(
                &Value::String(text(scope).to_owned()),
                test.op,
                test.operand,
            )
        })
        .collect();
    let per_row = shared.scope_index.iter();
    Mask(
        per_row
            .map(|index| verdicts.get(*index as usize).copied().unwrap_or(false))
            .collect(),
    )
}

fn scope_exists<T: Table>(batch: &T, text: fn(&Scope) -> &str) -> Mask {
    let shared = batch.shared();
    let exists = |index: &u32| {
        shared
            .scopes
            .get(*index as usize)
            .is_some_and(|scope| !text(scope).is_empty())
    };
    Mask(shared.scope_index.iter().map(exists).collect())
}

fn scope_name(scope: &Scope) -> &str {
    &scope.name
}

fn scope_version(scope: &Scope) -> &str {
    &scope.version
}

fn trace_ids(column: &[TraceId], op: CompareOp, operand: &Operand) -> Mask {
    let wanted = match operand {
        Operand::TraceId(id) => Some(*id),
        _ => None,
    };
    ids(column, op, operand, wanted, TraceId::is_zero)
}

fn span_ids(column: &[SpanId], op: CompareOp, operand: &Operand) -> Mask {
    let wanted = match operand {
        Operand::SpanId(id) => Some(*id),
        _ => None,
    };
    ids(column, op, operand, wanted, SpanId::is_zero)
}

impl EvalTable for SpanBatch {
    fn compare_fixed(&self, test: &FixedTest<'_>) -> Mask {
        let (op, operand) = (test.op, test.operand);
        let small = |column: &'_ [u8]| {
            numbers(self.len, operand, op, |row| {
                column.get(row).map(|n| i64::from(*n))
            })
        };
        match test.field {
            Field::Name => texts(&self.names, op, operand),
            Field::Kind => small(&self.kinds),
            Field::Status => small(&self.statuses),
            Field::StatusMessage => sparse_texts(self.len, &self.status_messages, op, operand),
            Field::Duration => numbers(self.len, operand, op, |row| {
                Some(self.ends.get(row)?.saturating_sub(*self.starts.get(row)?))
            }),
            Field::TraceId => trace_ids(&self.trace_ids, op, operand),
            Field::SpanId => span_ids(&self.span_ids, op, operand),
            Field::ParentSpanId => span_ids(&self.parent_span_ids, op, operand),
            Field::ScopeName => scope_text(self, test, scope_name),
            Field::ScopeVersion => scope_text(self, test, scope_version),
            _ => Mask::of(self.len, false),
        }
    }

    fn exists_fixed(&self, field: &Field) -> Mask {
        let some = |flags: Vec<bool>| Mask(flags);
        match field {
            Field::Name => some(self.names.iter().map(|name| !name.is_empty()).collect()),
            Field::Kind => some(self.kinds.iter().map(|kind| *kind != 0).collect()),
            Field::Status => some(self.statuses.iter().map(|status| *status != 0).collect()),
            Field::StatusMessage => sparse_exists(self.len, &self.status_messages),
            Field::Duration => Mask::of(self.len, true),
            Field::TraceId => some(self.trace_ids.iter().map(|id| !id.is_zero()).collect()),
            Field::SpanId => some(self.span_ids.iter().map(|id| !id.is_zero()).collect()),
            Field::ParentSpanId => some(
                self.parent_span_ids
                    .iter()
                    .map(|id| !id.is_zero())
                    .collect(),
            ),
            Field::ScopeName => scope_exists(self, scope_name),
            Field::ScopeVersion => scope_exists(self, scope_version),
            _ => Mask::of(self.len, false),
        }
    }
}

fn sparse_exists(len: usize, column: &SparseText) -> Mask {
    let mut mask = Mask::of(len, false);
    for row in &column.rows {
        mask.0[*row as usize] = true;
    }
    mask
}

impl EvalTable for LogBatch {
    fn compare_fixed(&self, test: &FixedTest<'_>) -> Mask {
        let (op, operand) = (test.op, test.operand);
        match test.field {
            Field::Name => sparse_texts(self.len, &self.event_names, op, operand),
            Field::Severity => numbers(self.len, operand, op, |row| {
                self.severities.get(row).map(|number| i64::from(*number))
            }),
            Field::SeverityText => texts(&self.severity_texts, op, operand),
            Field::Body => compare_bodies(self, test),
            Field::TraceId => trace_ids(&self.trace_ids, op, operand),
            Field::SpanId => span_ids(&self.span_ids, op, operand),
            Field::RecordId => {
                let wanted = match operand {
                    Operand::RecordId(id) => Some(*id),
                    _ => None,
                };
                ids(&self.record_ids, op, operand, wanted, |_| false)
            }
            Field::ScopeName => scope_text(self, test, scope_name),
            Field::ScopeVersion => scope_text(self, test, scope_version),
            _ => Mask::of(self.len, false),
        }
    }

    fn exists_fixed(&self, field: &Field) -> Mask {
        use crate::columns::attribute::CellType;
        let some = |flags: Vec<bool>| Mask(flags);
        match field {
            Field::Name => sparse_exists(self.len, &self.event_names),
            Field::Severity => some(self.severities.iter().map(|number| *number != 0).collect()),
            Field::SeverityText => some(
                self.severity_texts
                    .iter()
                    .map(|text| !text.is_empty())
                    .collect(),
            ),
            Field::Body => some(
                self.body_types
                    .iter()
                    .zip(self.bodies.iter())
                    .map(|(body, text)| match body {
                        CellType::Empty => false,
                        CellType::String => !text.is_empty(),
                        _ => true,
                    })
                    .collect(),
            ),
            Field::TraceId => some(self.trace_ids.iter().map(|id| !id.is_zero()).collect()),
            Field::SpanId => some(self.span_ids.iter().map(|id| !id.is_zero()).collect()),
            Field::RecordId => Mask::of(self.len, true),
            Field::ScopeName => scope_exists(self, scope_name),
            Field::ScopeVersion => scope_exists(self, scope_version),
            _ => Mask::of(self.len, false),
        }
    }
}

/// Bodies compare as text whatever their type; absent ones never match.
fn compare_bodies(batch: &LogBatch, test: &FixedTest<'_>) -> Mask {
    use crate::columns::attribute::CellType;
    let mut mask = texts(&batch.bodies, test.op, test.operand);
    for (row, body) in batch.body_types.iter().enumerate() {
        match body {
            CellType::String => {}
            CellType::Empty => mask.0[row] = false,
            CellType::Reference => {
                let value = batch.body(row);
                let whole = match &value {
                    Value::Reference(reference) => test.resolve.resolve(reference),
                    _ => None,
                };
                let text = Value::String(whole.unwrap_or(value).to_text());
                mask.0[row] = compare_value(&text, test.op, test.operand);
            }
            _ => {
                // `Json` is stored as its text already; a bare string never is.
                let text = Value::String(batch.bodies.cell(row).to_owned());
                mask.0[row] = compare_value(&text, test.op, test.operand);
            }
        }
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::containing;
    use crate::columns::text::BytesColumn;

    #[test]
    fn a_hit_across_two_cells_is_none() {
        let mut column = BytesColumn::default();
        for cell in ["xab", "cabc", "", "abcabc", "c"] {
            column.push(cell.as_bytes());
        }
        assert_eq!(containing(&column, "abc"), [1, 3]);
        assert_eq!(containing(&column, "zz"), Vec::<usize>::new());
    }
}
