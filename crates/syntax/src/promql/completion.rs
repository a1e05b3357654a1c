//! What can be written in a PromQL query, one line about each: for completion in editors and for help
//! texts. Functions with their signatures are in `function::table::FUNCTIONS`.

use crate::completion::{Fact, fact};

/// Functions, in order of their names.
pub const FUNCTIONS: &[Fact] = &[
    fact("abs", "absolute value"),
    fact("absent", "1 if the vector is empty, else nothing"),
    fact(
        "absent_over_time",
        "1 if the range has no samples, else nothing",
    ),
    fact("acos", "arc cosine, in radians"),
    fact("acosh", "inverse hyperbolic cosine"),
    fact("asin", "arc sine, in radians"),
    fact("asinh", "inverse hyperbolic sine"),
    fact("atan", "arc tangent, in radians"),
    fact("atanh", "inverse hyperbolic tangent"),
    fact("avg_over_time", "average of the samples in the range"),
    fact("ceil", "rounded up to an integer"),
    fact("changes", "how often the value changed in the range"),
    fact("clamp", "limited to a lower and an upper bound"),
    fact("clamp_max", "limited to an upper bound"),
    fact("clamp_min", "limited to a lower bound"),
    fact("cos", "cosine of radians"),
    fact("cosh", "hyperbolic cosine"),
    fact("count_over_time", "number of samples in the range"),
    fact("day_of_month", "day of the month in UTC, from 1"),
    fact("day_of_week", "day of the week in UTC, Sunday is 0"),
    fact("day_of_year", "day of the year in UTC, from 1"),
    fact("days_in_month", "days of the month in UTC"),
    fact("deg", "degrees of radians"),
    fact(
        "delta",
        "difference of a gauge between the ends of the range",
    ),
    fact("deriv", "slope of a gauge per second, by linear regression"),
    fact(
        "double_exponential_smoothing",
        "smoothed value of a gauge with its trend",
    ),
    fact("end", "last time of the query, in seconds"),
    fact("exp", "e to the power of the value"),
    fact("first_over_time", "oldest sample in the range"),
    fact("floor", "rounded down to an integer"),
    fact(
        "histogram_avg",
        "average of the observations of native histograms",
    ),
    fact(
        "histogram_count",
        "number of observations of native histograms",
    ),
    fact(
        "histogram_fraction",
        "share of the observations between two bounds",
    ),
    fact(
        "histogram_quantile",
        "quantile of the observations of histograms",
    ),
    fact(
        "histogram_quantiles",
        "several quantiles at once, told apart by a label",
    ),
    fact(
        "histogram_stddev",
        "standard deviation of the observations of native histograms",
    ),
    fact(
        "histogram_stdvar",
        "variance of the observations of native histograms",
    ),
    fact(
        "histogram_sum",
        "sum of the observations of native histograms",
    ),
    fact("hour", "hour of the day in UTC"),
    fact("idelta", "difference of the last two samples of a gauge"),
    fact("increase", "growth of a counter over the range"),
    fact("info", "adds labels of info metrics such as target_info"),
    fact(
        "irate",
        "growth of a counter per second, from the last two samples",
    ),
    fact("label_join", "joins values of labels into a label"),
    fact("label_replace", "sets a label from a match in another one"),
    fact("last_over_time", "newest sample in the range"),
    fact("ln", "natural logarithm"),
    fact("log10", "decimal logarithm"),
    fact("log2", "binary logarithm"),
    fact("mad_over_time", "median absolute deviation in the range"),
    fact("max_of", "larger of two numbers"),
    fact("max_over_time", "largest sample in the range"),
    fact("min_of", "smaller of two numbers"),
    fact("min_over_time", "smallest sample in the range"),
    fact("minute", "minute of the hour in UTC"),
    fact("month", "month of the year in UTC, from 1"),
    fact("pi", "the number pi"),
    fact(
        "predict_linear",
        "value of a gauge so many seconds from now, by linear regression",
    ),
    fact(
        "present_over_time",
        "1 for each series with samples in the range",
    ),
    fact("quantile_over_time", "quantile of the samples in the range"),
    fact("rad", "radians of degrees"),
    fact("range", "time from start to end of the query, in seconds"),
    fact("rate", "growth of a counter per second over the range"),
    fact("resets", "how often a counter was reset in the range"),
    fact("round", "rounded to the nearest multiple, 1 by default"),
    fact("scalar", "value of a vector with a single series"),
    fact("sgn", "sign of the value: 1, 0 or -1"),
    fact("sin", "sine of radians"),
    fact("sinh", "hyperbolic sine"),
    fact("sort", "sorted by value, smallest first"),
    fact("sort_by_label", "sorted by values of labels"),
    fact(
        "sort_by_label_desc",
        "sorted by values of labels, last first",
    ),
    fact("sort_desc", "sorted by value, largest first"),
    fact("sqrt", "square root"),
    fact("start", "first time of the query, in seconds"),
    fact(
        "start_timestamp",
        "when the counters of the samples began, in seconds",
    ),
    fact(
        "stddev_over_time",
        "standard deviation of the samples in the range",
    ),
    fact("stdvar_over_time", "variance of the samples in the range"),
    fact("step", "step of the query, in seconds"),
    fact("sum_over_time", "sum of the samples in the range"),
    fact("tan", "tangent of radians"),
    fact("tanh", "hyperbolic tangent"),
    fact("time", "time of the evaluation, in seconds"),
    fact("timestamp", "times of the samples, in seconds"),
    fact(
        "ts_of_first_over_time",
        "time of the oldest sample in the range",
    ),
    fact(
        "ts_of_last_over_time",
        "time of the newest sample in the range",
    ),
    fact(
        "ts_of_max_over_time",
        "time of the largest sample in the range",
    ),
    fact(
        "ts_of_min_over_time",
        "time of the smallest sample in the range",
    ),
    fact("vector", "a number as a vector without labels"),
    fact("year", "year in UTC"),
];

/// Aggregations.
pub const AGGREGATIONS: &[Fact] = &[
    fact("avg", "average of the values"),
    fact("bottomk", "the series with the smallest values"),
    fact("count", "number of series"),
    fact("count_values", "number of series for each value"),
    fact("group", "1 for each group"),
    fact(
        "limit_ratio",
        "a share of the series, chosen by their labels",
    ),
    fact("limitk", "so many of the series, chosen by their labels"),
    fact("max", "largest value"),
    fact("min", "smallest value"),
    fact("quantile", "quantile of the values"),
    fact("stddev", "standard deviation of the values"),
    fact("stdvar", "variance of the values"),
    fact("sum", "sum of the values"),
    fact("topk", "the series with the largest values"),
];

/// Words after an operator or around an aggregation.
pub const MODIFIERS: &[Fact] = &[
    fact("by", "groups by these labels"),
    fact("without", "groups by all labels but these"),
    fact("on", "matches series by these labels"),
    fact("ignoring", "matches series by all labels but these"),
    fact(
        "group_left",
        "many series on the left match one on the right",
    ),
    fact(
        "group_right",
        "one series on the left matches many on the right",
    ),
    fact("bool", "0 or 1 instead of a filter"),
    fact("fill", "value of series that are missing on either side"),
    fact("fill_left", "value of series that are missing on the left"),
    fact(
        "fill_right",
        "value of series that are missing on the right",
    ),
    fact("offset", "looks so far back in time"),
    fact("@", "at a fixed time: seconds since 1970, start() or end()"),
    fact(
        "anchored",
        "takes the samples at both ends of the range into account",
    ),
    fact("smoothed", "interpolates at both ends of the range"),
];

/// Operators between expressions.
pub const OPERATORS: &[Fact] = &[
    fact("+", "sum"),
    fact("-", "difference"),
    fact("*", "product"),
    fact("/", "quotient"),
    fact("%", "remainder"),
    fact("^", "power"),
    fact("atan2", "arc tangent of the quotient"),
    fact("==", "equal"),
    fact("!=", "not equal"),
    fact("<", "less"),
    fact("<=", "less or equal"),
    fact(">", "greater"),
    fact(">=", "greater or equal"),
    fact("</", "keeps the observations of a histogram below a bound"),
    fact(">/", "keeps the observations of a histogram above a bound"),
    fact("and", "series of the left that are also on the right"),
    fact(
        "or",
        "series of the left, and those of the right that are not there",
    ),
    fact("unless", "series of the left that are not on the right"),
];

/// Operators between a label and a value.
pub const MATCH_OPERATORS: &[Fact] = &[
    fact("=", "the value is this text"),
    fact("!=", "the value is not this text"),
    fact("=~", "the whole value matches the regular expression"),
    fact(
        "!~",
        "the whole value does not match the regular expression",
    ),
];

#[cfg(test)]
mod tests {
    use super::FUNCTIONS;
    use crate::promql::function;

    #[test]
    fn every_function_has_a_fact() {
        assert!(
            FUNCTIONS
                .iter()
                .map(|fact| fact.text)
                .eq(function::table::FUNCTIONS
                    .iter()
                    .map(|function| function.name))
        );
    }
}
