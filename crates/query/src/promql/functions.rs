//! The functions of PromQL, as Prometheus 3.14 calculates them: which implementation each has. What
//! they do is told in `docs/reference/promql.md`.
//!
//! The engine itself evaluates those without one: `info`, `absent_over_time` (labels from
//! `absent::labels`), `timestamp` and `start_timestamp`, and the ones that only tell about the query.

pub mod absent;
pub mod interpolate;
pub mod near;
pub mod quantile;
pub mod rate;
pub mod trend;

mod classic;
mod date;
mod estimate;
mod histogram;
mod instant_rate;
mod label;
mod math;
mod natural;
mod over_time;
mod scalar;
mod sort;
mod spread;
mod turns;

use crate::promql::call::{Implementation, RangeFn};
use tacho_syntax::promql::function::FunctionId;

/// How a function is evaluated; nothing for those that the engine evaluates itself.
pub fn implementation(id: FunctionId) -> Option<Implementation> {
    use FunctionId as F;
    let whole = match id {
        F::Absent => absent::absent,
        F::HistogramFraction => estimate::fraction,
        F::HistogramQuantile => estimate::quantile,
        F::HistogramQuantiles => estimate::quantiles,
        F::LabelJoin => label::join,
        F::LabelReplace => label::replace,
        F::Scalar => scalar::scalar,
        F::Sort => sort::ascending,
        F::SortByLabel => sort::by_label,
        F::SortByLabelDesc => sort::by_label_descending,
        F::SortDesc => sort::descending,
        F::Vector => scalar::vector,
        _ => {
            return over_range(id)
                .or_else(|| math::implementation(id))
                .or_else(|| date::implementation(id))
                .or_else(|| histogram::implementation(id));
        }
    };
    Some(Implementation::Whole(whole))
}

/// Functions of windows.
fn over_range(id: FunctionId) -> Option<Implementation> {
    use FunctionId as F;
    let function: RangeFn = match id {
        F::AvgOverTime => over_time::avg,
        F::Changes => turns::changes,
        F::CountOverTime => over_time::count,
        F::Delta => rate::delta,
        F::Deriv => trend::deriv,
        F::DoubleExponentialSmoothing => trend::double_exponential_smoothing,
        F::FirstOverTime => over_time::first,
        F::Idelta => instant_rate::idelta,
        F::Increase => rate::increase,
        F::Irate => instant_rate::irate,
        F::LastOverTime => over_time::last,
        F::MadOverTime => spread::mad,
        F::MaxOverTime => over_time::max,
        F::MinOverTime => over_time::min,
        F::PredictLinear => trend::predict_linear,
        F::PresentOverTime => over_time::present,
        F::QuantileOverTime => spread::quantile,
        F::Rate => rate::rate,
        F::Resets => turns::resets,
        F::StddevOverTime => spread::stddev,
        F::StdvarOverTime => spread::stdvar,
        F::SumOverTime => over_time::sum,
        F::TsOfFirstOverTime => over_time::time_of_first,
        F::TsOfLastOverTime => over_time::time_of_last,
        F::TsOfMaxOverTime => over_time::time_of_max,
        F::TsOfMinOverTime => over_time::time_of_min,
        _ => return None,
    };
    Some(Implementation::Range {
        function,
        keeps_name: matches!(id, F::FirstOverTime | F::LastOverTime),
    })
}

#[cfg(test)]
mod tests {
    use super::implementation;
    use tacho_syntax::promql::function::FunctionId as F;
    use tacho_syntax::promql::function::table::FUNCTIONS;

    /// The cells of the rows of the reference page below a heading; all headings if it is empty.
    fn rows(heading: &str) -> Vec<Vec<&'static str>> {
        let page = include_str!("../../../../docs/reference/promql.md");
        let from = page.find(heading).unwrap_or(page.len());
        let rows = page[from..].lines().filter(|line| line.starts_with("| `"));
        rows.map(|row| {
            let row = row.trim_start_matches('|').trim_end_matches('|');
            row.split('|').map(str::trim).collect()
        })
        .collect()
    }

    #[test]
    fn the_reference_page_has_every_function_and_what_it_is_held_against() {
        const HEADING: &str = "## What each is held against";
        let known: Vec<String> = FUNCTIONS
            .iter()
            .map(|it| format!("`{}`", it.name))
            .collect();
        let referenced = rows(HEADING);
        let names: Vec<&str> = referenced.iter().map(|row| row[0]).collect();
        assert_eq!(names, known);
        let all = rows("");
        for row in &all {
            assert_eq!(row.len(), 2, "{row:?}");
            assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
        }
        for name in &known {
            let start = format!("{}(", name.trim_end_matches('`'));
            let told = all.iter().filter(|row| row[0].starts_with(&start)).count();
            assert_eq!(told, 1, "{name}");
        }
    }

    #[test]
    fn all_functions_but_those_of_the_engine_are_implemented() {
        for function in FUNCTIONS {
            let of_engine = matches!(
                function.id,
                F::AbsentOverTime
                    | F::End
                    | F::Info
                    | F::Range
                    | F::Start
                    | F::StartTimestamp
                    | F::Step
                    | F::Timestamp
            );
            let name = function.name;
            assert_eq!(implementation(function.id).is_none(), of_engine, "{name}");
        }
    }
}
