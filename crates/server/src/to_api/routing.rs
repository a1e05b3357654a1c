//! Routes, receivers, silences, policies and rotas to the shapes of the API.

use super::alert::to_time;
use std::collections::BTreeMap;
use tacho_alerting::config::Config;
use tacho_alerting::config::escalation::{Override, Policy};
use tacho_alerting::config::rota::Rota as ModelRota;
use tacho_alerting::config::rota::turns::Turn;
use tacho_alerting::group::group_key;
use tacho_alerting::machine::Machine;
use tacho_alerting::matcher::Matcher as ModelMatcher;
use tacho_alerting::route::way::{Failed, Step};
use tacho_alerting::route::{GroupBy, Route as ModelRoute};
use tacho_alerting::silence::{Silence as ModelSilence, SilenceState as ModelSilenceState};
use tacho_alerting::time_interval::any_contains;
use tacho_api::escalation::{EscalationLevel, EscalationPolicy, Rota, RotaOverride, RotaTurn};
use tacho_api::route::{
    InhibitRule, Integration, IntegrationHealth, Matcher, Receiver, Route, RouteStep, Suppression,
    TimeInterval,
};
use tacho_api::silence::{Silence, SilenceState};
use tacho_export::delivery::{BreakerState, IntegrationState};
use tacho_export::notification::IntegrationKey;
use tacho_export::receiver::{Receiver as ModelReceiver, Settings};
use tacho_model::labels::Labels;

/// Turns of a rota that are told beside the one that goes on.
const TURNS: usize = 10;
/// Ids of overrides of the configuration begin so.
pub const CONFIGURED: &str = "config-";

/// A condition on a label.
pub fn to_matcher(matcher: &ModelMatcher) -> Matcher {
    Matcher {
        name: matcher.name().to_owned(),
        op: matcher.op().as_str().to_owned(),
        value: matcher.value().to_owned(),
    }
}

/// Conditions on labels.
pub fn to_matchers(matchers: &[ModelMatcher]) -> Vec<Matcher> {
    matchers.iter().map(to_matcher).collect()
}

fn to_failed(failed: &Failed<'_>) -> Matcher {
    match failed {
        Failed::Matcher { matcher, .. } => to_matcher(matcher),
        Failed::Condition(text) => Matcher {
            name: "condition".to_owned(),
            op: "=".to_owned(),
            value: (*text).to_owned(),
        },
    }
}

/// The nodes that labels are held against, in order.
pub fn to_steps(machine: &Machine, labels: &Labels) -> Vec<RouteStep> {
    let way = machine.config().route.way(labels);
    way.steps.iter().map(|step| to_step(step, labels)).collect()
}

fn to_step(step: &Step<'_>, labels: &Labels) -> RouteStep {
    let route = step.route;
    RouteStep {
        id: route.id.clone(),
        depth: step.depth,
        matched: step.matched(),
        final_route: step.taken,
        failed: step.failed.as_ref().map(to_failed),
        receivers: route.receivers.clone(),
        group_key: step
            .taken
            .then(|| group_key(&route.key, &route.group_by.group_labels(labels))),
    }
}

/// Whether a node tells nobody at a time.
pub fn is_muted(config: &Config, route: &ModelRoute, now_ms: i64) -> bool {
    let holds = |name: &String| {
        let intervals = config.time_intervals.get(name);
        intervals.is_some_and(|intervals| any_contains(intervals, now_ms))
    };
    route.mute.iter().any(holds) || (!route.active.is_empty() && !route.active.iter().any(holds))
}

/// A node with all below it.
pub fn to_route(
    config: &Config,
    route: &ModelRoute,
    firing: &BTreeMap<String, usize>,
    now_ms: i64,
) -> Route {
    Route {
        id: route.id.clone(),
        name: route.name.clone(),
        matchers: to_matchers(&route.matchers),
        receivers: route.receivers.clone(),
        group_by: match &route.group_by {
            GroupBy::All => vec!["...".to_owned()],
            GroupBy::Labels(names) => names.clone(),
        },
        group_wait_ms: route.group_wait_ms as f64,
        group_interval_ms: route.group_interval_ms as f64,
        repeat_interval_ms: route.repeat_interval_ms as f64,
        continues: route.continues,
        mute_time_intervals: route.mute.clone(),
        active_time_intervals: route.active.clone(),
        muted_now: is_muted(config, route, now_ms),
        firing: firing.get(&route.id).copied().unwrap_or(0),
        routes: route
            .routes
            .iter()
            .map(|below| to_route(config, below, firing, now_ms))
            .collect(),
    }
}

/// A receiver with how the ways to it fare.
pub fn to_receiver(
    receiver: &ModelReceiver,
    states: &BTreeMap<IntegrationKey, IntegrationState>,
) -> Receiver {
    let integration = |one: &std::sync::Arc<tacho_export::receiver::Integration>| {
        let state = states.get(&one.key);
        let error = state.and_then(|state| {
            let (at_ms, error) = state.last_error.as_ref()?;
            let newer = state
                .last_success_ms
                .is_none_or(|success| success <= *at_ms);
            newer.then(|| error.clone())
        });
        Integration {
            kind: one.key.kind.clone(),
            target: crate::alerts::outbound::target::target_of(one),
            send_resolved: one.send_resolved,
            delivered: !matches!(one.settings, Settings::Undelivered),
            health: match state {
                None => IntegrationHealth::Unused,
                Some(state) if matches!(state.breaker, BreakerState::Open { .. }) => {
                    IntegrationHealth::Broken
                }
                Some(_) if error.is_some() => IntegrationHealth::Failing,
                Some(state) if state.last_success_ms.is_some() => IntegrationHealth::Working,
                Some(_) => IntegrationHealth::Unused,
            },
            queued: state.map_or(0, |state| state.queued + usize::from(state.sending)),
            last_success_at: state.and_then(|state| state.last_success_ms).map(to_time),
            last_error: error,
        }
    };
    Receiver {
        name: receiver.name.clone(),
        integrations: receiver.integrations.iter().map(integration).collect(),
    }
}

/// Rules of inhibition with how many alerts each hides.
pub fn to_inhibit_rules(config: &Config, hidden: &[usize]) -> Vec<InhibitRule> {
    let rules = config.inhibit_rules.iter().enumerate();
    rules
        .map(|(place, rule)| InhibitRule {
            source: to_matchers(&rule.source),
            target: to_matchers(&rule.target),
            equal: rule.equal.clone(),
            hidden_now: hidden.get(place).copied().unwrap_or(0),
        })
        .collect()
}

/// Named times.
pub fn to_time_intervals(config: &Config, now_ms: i64) -> Vec<TimeInterval> {
    let named = config.time_intervals.iter();
    named
        .map(|(name, intervals)| {
            let texts: Vec<String> = intervals.iter().map(ToString::to_string).collect();
            TimeInterval {
                name: name.clone(),
                text: texts.join("; "),
                active_now: any_contains(intervals, now_ms),
            }
        })
        .collect()
}

/// Suppressions with how many alerts each hides.
pub fn to_suppressions(config: &Config, hidden: &[usize], now_ms: i64) -> Vec<Suppression> {
    let all = config.suppressions.iter().enumerate();
    all.map(|(place, one)| Suppression {
        name: one.name.clone(),
        matchers: to_matchers(&one.matchers),
        condition: one
            .condition
            .as_ref()
            .map(|condition| condition.text().to_owned()),
        reason: one.reason.clone(),
        starts_at: one.start_ms.map(to_time),
        ends_at: [one.end_ms, one.expires_ms]
            .into_iter()
            .flatten()
            .min()
            .map(to_time),
        active_now: one.in_force(now_ms),
        hidden_now: hidden.get(place).copied().unwrap_or(0),
    })
    .collect()
}

/// A silence.
pub fn to_silence(silence: &ModelSilence, hides: usize, now_ms: i64) -> Silence {
    Silence {
        id: silence.id.clone(),
        matchers: to_matchers(&silence.matchers),
        starts_at: to_time(silence.starts_at_ms),
        ends_at: to_time(silence.ends_at_ms),
        updated_at: to_time(silence.updated_at_ms),
        created_by: silence.created_by.clone(),
        comment: silence.comment.clone(),
        state: match silence.state(now_ms) {
            ModelSilenceState::Active => SilenceState::Active,
            ModelSilenceState::Pending => SilenceState::Pending,
            ModelSilenceState::Expired => SilenceState::Expired,
        },
        hides,
    }
}

/// A policy.
pub fn to_policy(policy: &Policy, running: usize) -> EscalationPolicy {
    EscalationPolicy {
        name: policy.name.clone(),
        matchers: to_matchers(&policy.matchers),
        levels: policy
            .levels
            .iter()
            .map(|level| EscalationLevel {
                after_ms: level.after_ms as f64,
                receivers: level.receivers.clone(),
                rotas: level.rota.iter().cloned().collect(),
            })
            .collect(),
        repeat_ms: policy.repeat_ms.map(|ms| ms as f64),
        repeat_times: policy.repeat_ms.map(|_| policy.repeat_times),
        running,
    }
}

/// Overrides of the configuration and of people, with their ids, in the order of `Machine::all_overrides`.
pub fn override_ids(machine: &Machine) -> Vec<String> {
    let configured = machine.config().escalation.overrides.len();
    let configured = (1..=configured).map(|number| format!("{CONFIGURED}{number}"));
    let set = machine.overrides().map(|(number, _)| number.to_string());
    configured.chain(set).collect()
}

/// Somebody stands in.
pub fn to_override(id: &str, swap: &Override) -> RotaOverride {
    RotaOverride {
        id: id.to_owned(),
        rota: swap.rota.clone(),
        member: swap.member.name.clone(),
        start: to_time(swap.start_ms),
        end: to_time(swap.end_ms),
        reason: swap.reason.clone(),
        created_by: swap.created_by.clone(),
    }
}

/// A rota with who is on call.
pub fn to_rota(machine: &Machine, rota: &ModelRota, now_ms: i64) -> Rota {
    let overrides = machine.all_overrides();
    let ids = override_ids(machine);
    let id_of = |swap: &Override| {
        let place = overrides.iter().position(|one| one == swap)?;
        ids.get(place).cloned()
    };
    let turn = |turn: &Turn<'_>| RotaTurn {
        member: turn.member.name.clone(),
        receivers: turn.member.receivers.clone(),
        start: to_time(turn.start_ms),
        end: to_time(turn.end_ms),
        override_id: turn.by_override.and_then(id_of),
    };
    let turns = rota.turns(now_ms, &overrides, TURNS + 1);
    let on_duty = rota
        .on_call(now_ms, &overrides)
        .is_some_and(|now| now.on_duty);
    let own = overrides.iter().zip(&ids);
    let own = own.filter(|(swap, _)| swap.rota == rota.name && swap.end_ms > now_ms);
    Rota {
        name: rota.name.clone(),
        time_zone: rota.place.name.clone(),
        handover: rota.handover_text(),
        members: rota
            .members
            .iter()
            .map(|member| member.name.clone())
            .collect(),
        now: turns.first().filter(|_| on_duty).map(turn),
        next: turns.iter().skip(1).map(turn).collect(),
        overrides: own.map(|(swap, id)| to_override(id, swap)).collect(),
    }
}
