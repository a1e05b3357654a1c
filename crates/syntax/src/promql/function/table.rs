//! The table of functions, in order of their names.

use super::{Function, FunctionId};
use crate::promql::tree::ValueType;

const SCALAR: ValueType = ValueType::Scalar;
const VECTOR: ValueType = ValueType::Vector;
const MATRIX: ValueType = ValueType::Matrix;
const STRING: ValueType = ValueType::String;

/// All functions, sorted by name.
pub static FUNCTIONS: &[Function] = &[
    function(FunctionId::Abs, "abs", &[VECTOR], VECTOR),
    function(FunctionId::Absent, "absent", &[VECTOR], VECTOR),
    function(
        FunctionId::AbsentOverTime,
        "absent_over_time",
        &[MATRIX],
        VECTOR,
    ),
    function(FunctionId::Acos, "acos", &[VECTOR], VECTOR),
    function(FunctionId::Acosh, "acosh", &[VECTOR], VECTOR),
    function(FunctionId::Asin, "asin", &[VECTOR], VECTOR),
    function(FunctionId::Asinh, "asinh", &[VECTOR], VECTOR),
    function(FunctionId::Atan, "atan", &[VECTOR], VECTOR),
    function(FunctionId::Atanh, "atanh", &[VECTOR], VECTOR),
    function(FunctionId::AvgOverTime, "avg_over_time", &[MATRIX], VECTOR),
    function(FunctionId::Ceil, "ceil", &[VECTOR], VECTOR),
    function(FunctionId::Changes, "changes", &[MATRIX], VECTOR),
    function(
        FunctionId::Clamp,
        "clamp",
        &[VECTOR, SCALAR, SCALAR],
        VECTOR,
    ),
    function(FunctionId::ClampMax, "clamp_max", &[VECTOR, SCALAR], VECTOR),
    function(FunctionId::ClampMin, "clamp_min", &[VECTOR, SCALAR], VECTOR),
    function(FunctionId::Cos, "cos", &[VECTOR], VECTOR),
    function(FunctionId::Cosh, "cosh", &[VECTOR], VECTOR),
    function(
        FunctionId::CountOverTime,
        "count_over_time",
        &[MATRIX],
        VECTOR,
    ),
    function(FunctionId::DayOfMonth, "day_of_month", &[VECTOR], VECTOR).variadic(1),
    function(FunctionId::DayOfWeek, "day_of_week", &[VECTOR], VECTOR).variadic(1),
    function(FunctionId::DayOfYear, "day_of_year", &[VECTOR], VECTOR).variadic(1),
    function(FunctionId::DaysInMonth, "days_in_month", &[VECTOR], VECTOR).variadic(1),
    function(FunctionId::Deg, "deg", &[VECTOR], VECTOR),
    function(FunctionId::Delta, "delta", &[MATRIX], VECTOR),
    function(FunctionId::Deriv, "deriv", &[MATRIX], VECTOR),
    function(
        FunctionId::DoubleExponentialSmoothing,
        "double_exponential_smoothing",
        &[MATRIX, SCALAR, SCALAR],
        VECTOR,
    )
    .experimental(),
    function(FunctionId::End, "end", &[], SCALAR).experimental(),
    function(FunctionId::Exp, "exp", &[VECTOR], VECTOR),
    function(
        FunctionId::FirstOverTime,
        "first_over_time",
        &[MATRIX],
        VECTOR,
    ),
    function(FunctionId::Floor, "floor", &[VECTOR], VECTOR),
    function(FunctionId::HistogramAvg, "histogram_avg", &[VECTOR], VECTOR),
    function(
        FunctionId::HistogramCount,
        "histogram_count",
        &[VECTOR],
        VECTOR,
    ),
    function(
        FunctionId::HistogramFraction,
        "histogram_fraction",
        &[SCALAR, SCALAR, VECTOR],
        VECTOR,
    ),
    function(
        FunctionId::HistogramQuantile,
        "histogram_quantile",
        &[SCALAR, VECTOR],
        VECTOR,
    ),
    function(
        FunctionId::HistogramQuantiles,
        "histogram_quantiles",
        &[VECTOR, STRING, SCALAR, SCALAR],
        VECTOR,
    )
    .variadic(9)
    .experimental(),
    function(
        FunctionId::HistogramStddev,
        "histogram_stddev",
        &[VECTOR],
        VECTOR,
    ),
    function(
        FunctionId::HistogramStdvar,
        "histogram_stdvar",
        &[VECTOR],
        VECTOR,
    ),
    function(FunctionId::HistogramSum, "histogram_sum", &[VECTOR], VECTOR),
    function(FunctionId::Hour, "hour", &[VECTOR], VECTOR).variadic(1),
    function(FunctionId::Idelta, "idelta", &[MATRIX], VECTOR),
    function(FunctionId::Increase, "increase", &[MATRIX], VECTOR),
    function(FunctionId::Info, "info", &[VECTOR, VECTOR], VECTOR)
        .variadic(1)
        .experimental(),
    function(FunctionId::Irate, "irate", &[MATRIX], VECTOR),
    function(
        FunctionId::LabelJoin,
        "label_join",
        &[VECTOR, STRING, STRING, STRING],
        VECTOR,
    )
    .variadic(-1),
    function(
        FunctionId::LabelReplace,
        "label_replace",
        &[VECTOR, STRING, STRING, STRING, STRING],
        VECTOR,
    ),
    function(
        FunctionId::LastOverTime,
        "last_over_time",
        &[MATRIX],
        VECTOR,
    ),
    function(FunctionId::Ln, "ln", &[VECTOR], VECTOR),
    function(FunctionId::Log10, "log10", &[VECTOR], VECTOR),
    function(FunctionId::Log2, "log2", &[VECTOR], VECTOR),
    function(FunctionId::MadOverTime, "mad_over_time", &[MATRIX], VECTOR).experimental(),
    function(FunctionId::MaxOf, "max_of", &[SCALAR, SCALAR], SCALAR).experimental(),
    function(FunctionId::MaxOverTime, "max_over_time", &[MATRIX], VECTOR),
    function(FunctionId::MinOf, "min_of", &[SCALAR, SCALAR], SCALAR).experimental(),
    function(FunctionId::MinOverTime, "min_over_time", &[MATRIX], VECTOR),
    function(FunctionId::Minute, "minute", &[VECTOR], VECTOR).variadic(1),
    function(FunctionId::Month, "month", &[VECTOR], VECTOR).variadic(1),
    function(FunctionId::Pi, "pi", &[], SCALAR),
    function(
        FunctionId::PredictLinear,
        "predict_linear",
        &[MATRIX, SCALAR],
        VECTOR,
    ),
    function(
        FunctionId::PresentOverTime,
        "present_over_time",
        &[MATRIX],
        VECTOR,
    ),
    function(
        FunctionId::QuantileOverTime,
        "quantile_over_time",
        &[SCALAR, MATRIX],
        VECTOR,
    ),
    function(FunctionId::Rad, "rad", &[VECTOR], VECTOR),
    function(FunctionId::Range, "range", &[], SCALAR).experimental(),
    function(FunctionId::Rate, "rate", &[MATRIX], VECTOR),
    function(FunctionId::Resets, "resets", &[MATRIX], VECTOR),
    function(FunctionId::Round, "round", &[VECTOR, SCALAR], VECTOR).variadic(1),
    function(FunctionId::Scalar, "scalar", &[VECTOR], SCALAR),
    function(FunctionId::Sgn, "sgn", &[VECTOR], VECTOR),
    function(FunctionId::Sin, "sin", &[VECTOR], VECTOR),
    function(FunctionId::Sinh, "sinh", &[VECTOR], VECTOR),
    function(FunctionId::Sort, "sort", &[VECTOR], VECTOR),
    function(
        FunctionId::SortByLabel,
        "sort_by_label",
        &[VECTOR, STRING],
        VECTOR,
    )
    .variadic(-1)
    .experimental(),
    function(
        FunctionId::SortByLabelDesc,
        "sort_by_label_desc",
        &[VECTOR, STRING],
        VECTOR,
    )
    .variadic(-1)
    .experimental(),
    function(FunctionId::SortDesc, "sort_desc", &[VECTOR], VECTOR),
    function(FunctionId::Sqrt, "sqrt", &[VECTOR], VECTOR),
    function(FunctionId::Start, "start", &[], SCALAR).experimental(),
    function(
        FunctionId::StartTimestamp,
        "start_timestamp",
        &[VECTOR],
        VECTOR,
    )
    .experimental(),
    function(
        FunctionId::StddevOverTime,
        "stddev_over_time",
        &[MATRIX],
        VECTOR,
    ),
    function(
        FunctionId::StdvarOverTime,
        "stdvar_over_time",
        &[MATRIX],
        VECTOR,
    ),
    function(FunctionId::Step, "step", &[], SCALAR).experimental(),
    function(FunctionId::SumOverTime, "sum_over_time", &[MATRIX], VECTOR),
    function(FunctionId::Tan, "tan", &[VECTOR], VECTOR),
    function(FunctionId::Tanh, "tanh", &[VECTOR], VECTOR),
    function(FunctionId::Time, "time", &[], SCALAR),
    function(FunctionId::Timestamp, "timestamp", &[VECTOR], VECTOR),
    function(
        FunctionId::TsOfFirstOverTime,
        "ts_of_first_over_time",
        &[MATRIX],
        VECTOR,
    )
    .experimental(),
    function(
        FunctionId::TsOfLastOverTime,
        "ts_of_last_over_time",
        &[MATRIX],
        VECTOR,
    )
    .experimental(),
    function(
        FunctionId::TsOfMaxOverTime,
        "ts_of_max_over_time",
        &[MATRIX],
        VECTOR,
    )
    .experimental(),
    function(
        FunctionId::TsOfMinOverTime,
        "ts_of_min_over_time",
        &[MATRIX],
        VECTOR,
    )
    .experimental(),
    function(FunctionId::Vector, "vector", &[SCALAR], VECTOR),
    function(FunctionId::Year, "year", &[VECTOR], VECTOR).variadic(1),
];

const fn function(
    id: FunctionId,
    name: &'static str,
    arg_types: &'static [ValueType],
    return_type: ValueType,
) -> Function {
    Function {
        id,
        name,
        arg_types,
        variadic: 0,
        return_type,
        experimental: false,
    }
}

impl Function {
    const fn variadic(mut self, count: i32) -> Self {
        self.variadic = count;
        self
    }

    const fn experimental(mut self) -> Self {
        self.experimental = true;
        self
    }
}
