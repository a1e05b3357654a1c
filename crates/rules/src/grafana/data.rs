//! The steps of a rule of Grafana (`data`) to one PromQL expression.

use super::field::Fields;
use super::fold::{Test, fold};
use super::math;
use std::collections::BTreeMap;
use std::time::Duration;
use tacho_syntax::promql;
use tacho_syntax::promql::tree::{BinaryOp, ExprKind};
use tacho_yaml::node::Node;
use tacho_yaml::scalar::print_duration;

/// Steps that may lean on each other in a row.
const DEPTH_MAX: usize = 20;
/// Shortest step of a subquery: that of usual scrapes.
const STEP_MS_MIN: i64 = 15_000;

/// A step.
pub(super) struct Step {
    ref_id: String,
    kind: Kind,
}

enum Kind {
    Query {
        expr: String,
        instant: bool,
        range_ms: i64,
        step_ms: i64,
    },
    Reduce {
        of: String,
        reducer: String,
    },
    Math(String),
    Threshold {
        of: String,
        test: Test,
    },
    Classic(Vec<Classic>),
    /// Cannot be taken over, with the reason.
    Foreign(String),
}

/// A condition of a classic step.
struct Classic {
    of: String,
    reducer: String,
    test: Test,
    or: bool,
}

/// What a step gives.
#[derive(Clone)]
struct Piece {
    text: String,
    /// The range that it covers, of steps that give values over time.
    over: Option<(i64, i64)>,
}

impl Step {
    pub(super) fn of(node: &Node) -> Result<Self, String> {
        let fields = Fields::of(node);
        let ref_id = fields.text("refId").ok_or("a step has no refId")?;
        let model_node = fields
            .get("model")
            .ok_or(format!("step {ref_id} has no model"))?;
        let model = Fields::of(model_node);
        let source = fields.text("datasourceUid").unwrap_or_default();
        let source_type = model.text_at(&["datasource", "type"]).unwrap_or_default();
        let is_expression = matches!(source.as_str(), "__expr__" | "-100" | "-- Expression --")
            || source_type == "__expr__";
        let kind = if is_expression {
            expression(&model)?
        } else {
            query(&fields, &model, &source_type)
        };
        Ok(Self { ref_id, kind })
    }
}

fn query(fields: &Fields<'_>, model: &Fields<'_>, source_type: &str) -> Kind {
    let is_other = !matches!(source_type, "" | "prometheus" | "mimir");
    let Some(expr) = model.text("expr").filter(|_| !is_other) else {
        let what = if source_type.is_empty() {
            "no PromQL".to_owned()
        } else {
            format!("a data source of type {source_type}")
        };
        return Kind::Foreign(format!("asks {what}; only PromQL can be taken over"));
    };
    let range = fields.get("relativeTimeRange").map(Fields::of);
    let seconds = |key: &str| range.as_ref().and_then(|it| it.number(key)).unwrap_or(0.0);
    let range_ms = ((seconds("from") - seconds("to")).max(0.0) * 1_000.0) as i64;
    let step_ms = model.number("intervalMs").unwrap_or(0.0) as i64;
    Kind::Query {
        expr,
        instant: model.text("instant").as_deref() == Some("true") || range_ms == 0,
        range_ms,
        step_ms: step_ms.max(STEP_MS_MIN),
    }
}

fn expression(model: &Fields<'_>) -> Result<Kind, String> {
    let kind = model.text("type").unwrap_or_default();
    let of = model.text("expression").unwrap_or_default();
    let of_step = of.trim().trim_start_matches('$').to_owned();
    Ok(match kind.as_str() {
        "reduce" => Kind::Reduce {
            of: of_step,
            reducer: model.text("reducer").unwrap_or_else(|| "last".to_owned()),
        },
        "math" => Kind::Math(of),
        "threshold" => {
            let conditions = model.items("conditions");
            let first = conditions
                .first()
                .ok_or("a threshold step has no condition")?;
            let first = Fields::of(first);
            if first.get("unloadEvaluator").is_some() {
                return Ok(Kind::Foreign(
                    "has a recovery threshold, which rules of ours do not have: \
                     use keep_firing_for instead"
                        .to_owned(),
                ));
            }
            Kind::Threshold {
                of: of_step,
                test: test(&first)?,
            }
        }
        "classic_conditions" | "classic" => Kind::Classic(
            model
                .items("conditions")
                .iter()
                .map(|node| classic(&Fields::of(node)))
                .collect::<Result<_, _>>()?,
        ),
        other => Kind::Foreign(format!(
            "is a step of type {other:?}, which is not taken over"
        )),
    })
}

fn classic(fields: &Fields<'_>) -> Result<Classic, String> {
    let query = fields.get("query").map(Fields::of);
    let of = query.and_then(|it| it.list("params").into_iter().next());
    let reducer = fields.text_at(&["reducer", "type"]);
    Ok(Classic {
        of: of.ok_or("a classic condition names no query")?,
        reducer: reducer.unwrap_or_else(|| "avg".to_owned()),
        test: test(fields)?,
        or: fields.text_at(&["operator", "type"]).as_deref() == Some("or"),
    })
}

fn test(fields: &Fields<'_>) -> Result<Test, String> {
    let evaluator = fields.get("evaluator").map(Fields::of);
    let evaluator = evaluator.ok_or("a condition has no evaluator")?;
    let kind = evaluator.text("type").unwrap_or_default();
    let params: Vec<f64> = evaluator
        .list("params")
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    Test::of(&kind, &params)
}

/// Takes the steps of a rule together.
pub(super) struct Converter {
    steps: BTreeMap<String, Kind>,
    /// What is assumed.
    pub(super) notes: Vec<String>,
}

impl Converter {
    pub(super) fn new(steps: Vec<Step>) -> Self {
        let steps = steps.into_iter().map(|step| (step.ref_id, step.kind));
        Self {
            steps: steps.collect(),
            notes: Vec::new(),
        }
    }

    /// The longest range of a query, ms.
    pub(super) fn window_ms(&self) -> Option<i64> {
        let ranges = self.steps.values().filter_map(|kind| match kind {
            Kind::Query { range_ms, .. } => Some(*range_ms),
            _ => None,
        });
        ranges.max().filter(|ms| *ms > 0)
    }

    /// PromQL that gives what is wrong, by the step that decides.
    pub(super) fn condition(&mut self, ref_id: &str) -> Result<String, String> {
        let text = match self.kind(ref_id)? {
            Kind::Threshold { of, test } => {
                let (of, test) = (of.clone(), *test);
                let piece = self.reduced(&of, 0)?;
                fold(&piece.text, test, &mut self.notes)?
            }
            Kind::Math(text) => {
                let text = text.clone();
                math::condition(&text, &mut |name| Ok(self.reduced(name, 0)?.text))?
            }
            Kind::Classic(_) => self.classic(ref_id)?,
            _ => {
                let piece = self.reduced(ref_id, 0)?;
                as_condition(&piece.text)
            }
        };
        print(&text)
    }

    /// PromQL of the value of a step.
    pub(super) fn value(&mut self, ref_id: &str) -> Result<String, String> {
        print(&self.reduced(ref_id, 0)?.text)
    }

    fn kind(&self, ref_id: &str) -> Result<&Kind, String> {
        match self.steps.get(ref_id) {
            Some(Kind::Foreign(reason)) => Err(format!("step {ref_id} {reason}")),
            Some(kind) => Ok(kind),
            None => Err(format!("there is no step {ref_id}")),
        }
    }

    fn piece(&mut self, ref_id: &str, depth: usize) -> Result<Piece, String> {
        if depth > DEPTH_MAX {
            return Err(format!("step {ref_id} leans on itself"));
        }
        match self.kind(ref_id)? {
            Kind::Query {
                expr,
                instant,
                range_ms,
                step_ms,
            } => Ok(Piece {
                text: expr.trim().to_owned(),
                over: (!instant).then_some((*range_ms, *step_ms)),
            }),
            Kind::Reduce { of, reducer } => {
                let (of, reducer) = (of.clone(), reducer.clone());
                let piece = self.piece(&of, depth + 1)?;
                Ok(Piece {
                    text: reduce(&piece, &reducer)?,
                    over: None,
                })
            }
            Kind::Math(text) => {
                let text = text.clone();
                let text = math::value(&text, &mut |name| Ok(self.reduced(name, depth + 1)?.text))?;
                Ok(Piece { text, over: None })
            }
            Kind::Threshold { of, test } => {
                let (of, test) = (of.clone(), *test);
                let piece = self.reduced(&of, depth + 1)?;
                let text = test.as_bool(&piece.text);
                Ok(Piece { text, over: None })
            }
            Kind::Classic(_) => Err(format!(
                "step {ref_id} is a classic condition, which has no value"
            )),
            Kind::Foreign(reason) => Err(format!("step {ref_id} {reason}")),
        }
    }

    /// The newest value of a step.
    fn reduced(&mut self, ref_id: &str, depth: usize) -> Result<Piece, String> {
        let piece = self.piece(ref_id, depth)?;
        Ok(Piece {
            over: None,
            ..piece
        })
    }

    /// A classic condition gives one alert without labels.
    fn classic(&mut self, ref_id: &str) -> Result<String, String> {
        let Kind::Classic(conditions) = self.kind(ref_id)? else {
            return Err(format!("step {ref_id} is no classic condition"));
        };
        let parts: Vec<(String, String, Test, bool)> = conditions
            .iter()
            .map(|it| (it.of.clone(), it.reducer.clone(), it.test, it.or))
            .collect();
        let mut text = String::new();
        for (of, reducer, test, or) in parts {
            let piece = self.piece(&of, 0)?;
            let reduced = reduce(&piece, &reducer)?;
            let folded = fold(&reduced, test, &mut self.notes)?;
            let join = if test.is_below() { "min" } else { "max" };
            let part = format!("{join}({folded})");
            text = match text.as_str() {
                "" => part,
                before if or => format!("{before} or {part}"),
                before => format!("{before} and on () {part}"),
            };
        }
        if text.is_empty() {
            return Err(format!("step {ref_id} has no conditions"));
        }
        Ok(text)
    }
}

/// A value over time as one value.
fn reduce(piece: &Piece, reducer: &str) -> Result<String, String> {
    let Some((range_ms, step_ms)) = piece.over else {
        return Ok(piece.text.clone());
    };
    let function = match reducer {
        "last" | "last_not_null" | "lastNotNull" => return Ok(piece.text.clone()),
        "mean" | "avg" => "avg_over_time",
        "min" => "min_over_time",
        "max" => "max_over_time",
        "sum" => "sum_over_time",
        "count" | "count_non_null" => "count_over_time",
        "stddev" => "stddev_over_time",
        "median" => {
            let range = subquery(&piece.text, range_ms, step_ms);
            return Ok(format!("quantile_over_time(0.5, {range})"));
        }
        other => return Err(format!("the reducer {other:?} cannot be taken over")),
    };
    Ok(format!(
        "{function}({})",
        subquery(&piece.text, range_ms, step_ms)
    ))
}

fn subquery(text: &str, range_ms: i64, step_ms: i64) -> String {
    let print = |ms: i64| print_duration(Duration::from_millis(ms.unsigned_abs()));
    format!("({text})[{}:{}]", print(range_ms), print(step_ms))
}

/// A value alerts when it is not 0; a comparison that is there already is one.
fn as_condition(text: &str) -> String {
    let is_filter = promql::check(text).is_ok_and(|expr| match &expr.unwrap_parens().kind {
        ExprKind::Binary(binary) => {
            let compares = matches!(
                binary.op,
                BinaryOp::Equal
                    | BinaryOp::NotEqual
                    | BinaryOp::Less
                    | BinaryOp::LessEqual
                    | BinaryOp::Greater
                    | BinaryOp::GreaterEqual
            );
            compares && !binary.return_bool
        }
        _ => false,
    });
    if is_filter {
        text.to_owned()
    } else {
        format!("({text}) != 0")
    }
}

fn print(text: &str) -> Result<String, String> {
    let tree =
        promql::parse(text).map_err(|message| format!("{text:?} is no PromQL: {message}"))?;
    Ok(promql::print(tree.unwrap_parens()))
}
