//! Planned rates are those of each window by itself, bit for bit.

use super::RatePlans;
use crate::promql::call::{CallContext, Extension, QueryInfo, RangeFn};
use crate::promql::column::{Column, is_absent, normalized};
use crate::promql::counts::StepCounts;
use crate::promql::functions::rate::{delta, increase, rate};
use crate::promql::node::DataClock;
use crate::promql::source::Samples;
use crate::promql::window::{Slider, Split, SplitScratch, WindowShape};
use proptest::prelude::*;
use tacho_model::labels::Labels;
use tacho_model::sample::{NORMAL_NAN_BITS, SampleValue};
use tacho_stdx::cancel::CancelToken;
use tacho_syntax::promql::function::FunctionId;

const FUNCTIONS: [(FunctionId, RangeFn); 3] = [
    (FunctionId::Rate, rate),
    (FunctionId::Increase, increase),
    (FunctionId::Delta, delta),
];

const CLOCK: DataClock = DataClock {
    offset_ms: 0,
    at_ms: None,
};

/// Values as bits; all numbers that are none are alike.
fn bits(column: &Column) -> Vec<u64> {
    let each = column.floats.iter().map(|value| match value {
        value if value.is_nan() && !is_absent(*value) => NORMAL_NAN_BITS,
        value => value.to_bits(),
    });
    each.collect()
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => (0i64..50).prop_map(|it| it as f64),
        2 => any::<f64>(),
        2 => any::<u64>().prop_map(f64::from_bits),
        1 => Just(-0.0),
        1 => Just(5e-324),
        1 => Just(f64::MAX),
        1 => Just(f64::NAN),
    ]
}

/// Gaps of times, and for each of some series the values and whether it counts upwards.
fn series() -> impl Strategy<Value = (Vec<i64>, Vec<(Vec<f64>, bool)>)> {
    prop::collection::vec(prop_oneof![Just(15_000i64), 1i64..100_000], 0..60).prop_flat_map(
        |gaps| {
            let values = prop::collection::vec(value(), gaps.len());
            let many = prop::collection::vec((values, any::<bool>()), 1..4);
            (Just(gaps), many)
        },
    )
}

fn one_by_one(
    (function, shape): (RangeFn, WindowShape),
    split: Split<'_>,
    frame: &QueryInfo,
    counts: &mut StepCounts,
) -> Vec<u64> {
    let labels = Labels::default();
    let mut column = Column::absent(frame.steps);
    let mut context = CallContext::new(frame, &[], 0..0);
    let mut slider = Slider::new(split, shape, &labels);
    for step in 0..frame.steps {
        let Some((window, size, fresh)) = slider.slide(frame.time_ms(step)) else {
            continue;
        };
        counts.add(step, size, fresh);
        if let Some(SampleValue::Float(value)) = function(&mut context, window, &[]) {
            column.floats[step] = normalized(value);
        }
    }
    bits(&column)
}

proptest! {
    #[test]
    fn planned_rates_are_those_of_each_window(
        (gaps, many) in series(),
        start_ms in -100_000i64..500_000,
        step_ms in prop_oneof![Just(60_000i64), 1i64..200_000],
        range_ms in prop_oneof![Just(300_000i64), 1i64..400_000],
    ) {
        let frame = QueryInfo {
            start_ms,
            step_ms,
            steps: 30,
            lookback_ms: 300_000,
            type_and_unit_labels: false,
            cancel: CancelToken::default(),
        };
        let shape = WindowShape {
            clock: CLOCK,
            range_ms,
            extension: Extension::None,
            lookback_ms: 300_000,
        };
        let mut time = 0;
        let times: Vec<i64> = gaps.iter().map(|gap| { time += gap; time }).collect();
        for (id, function) in FUNCTIONS {
            let mut plans = RatePlans::new(id, shape, &frame).unwrap();
            let mut counts = StepCounts::new(frame.steps);
            for (values, ascends) in &many {
                let mut values = values.clone();
                if *ascends {
                    values.sort_by(f64::total_cmp);
                }
                let samples = Samples { times: &times, values: &values, histograms: &[], starts: &[] };
                let mut scratch = SplitScratch::default();
                let mut split = Split::new(samples, false, &mut scratch);
                if id != FunctionId::Delta {
                    split.judge_ascending();
                }
                let expected = one_by_one((function, shape), split, &frame, &mut counts);
                let (column, _) = plans.run(split).unwrap();
                prop_assert_eq!(bits(&column), expected);
            }
            prop_assert_eq!(plans.into_counts(), counts);
        }
    }
}

#[test]
fn series_with_start_timestamps_are_left_to_the_windows() {
    let frame = QueryInfo {
        start_ms: 0,
        step_ms: 1,
        steps: 1,
        lookback_ms: 1,
        type_and_unit_labels: false,
        cancel: CancelToken::default(),
    };
    let shape = WindowShape {
        clock: CLOCK,
        range_ms: 10,
        extension: Extension::None,
        lookback_ms: 1,
    };
    let samples = Samples {
        times: &[-1, 0],
        values: &[1.0, 2.0],
        histograms: &[],
        starts: &[-5, -5],
    };
    let mut scratch = SplitScratch::default();
    let split = Split::new(samples, true, &mut scratch);
    let mut plans = RatePlans::new(FunctionId::Rate, shape, &frame).unwrap();
    assert!(plans.run(split).is_none());
    assert!(RatePlans::new(FunctionId::Irate, shape, &frame).is_none());
}
