//! Makes a machine of the rows of the last run.
//!
//! Times go on where they stood: a new group does not wait anew, a group whose time came while nothing ran
//! is looked at at once. An alert that fired gets `clock::GRACE_MS` for its teller to come again.

use super::clock::GRACE_MS;
use super::{Cover, Machine, Meta, Options, Pending};
use crate::acknowledge::Acknowledgement;
use crate::alerts::slot_of;
use crate::config::Config;
use crate::config::escalation::Override;
use crate::config::rota::Member;
use crate::escalate::Escalating;
use crate::group::{Group, GroupId};
use crate::matcher::{Matcher, Op};
use crate::notification_log::{LogEntry, LogKey};
use crate::record::shape::{
    AlertRow, EscalatingRow, GroupRow, LogRow, MetaRow, OutboxRow, OverrideRow, SilenceRow,
    StormRow, TargetRow, VERSION,
};
use crate::record::write::parse_reason;
use crate::record::{RestoreProblem, Row, RowKind};
use crate::silence::Silence;
use crate::storm::Window;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tacho_export::notification::{Acknowledged, IntegrationKey, Notification, NotifiedAlert};
use tacho_model::alert::{Alert, Fingerprint};
use tacho_model::severity::Severity;

/// Rows by kind, in the order in which they are taken.
#[derive(Default)]
struct Found {
    alerts: Vec<Row>,
    groups: Vec<Row>,
    others: Vec<Row>,
}

/// Reads a row into the state.
type Reader = fn(&mut Machine, &Row, i64) -> Result<(), String>;

impl Machine {
    /// The machine that wrote the rows, as far as the configuration still knows its groups. Rows that cannot be
    /// read are left out and told. Send `outbox()` again, then go on as usual.
    pub fn restore(
        config: Arc<Config>,
        options: Options,
        rows: impl IntoIterator<Item = Row>,
        now_ms: i64,
    ) -> (Self, Vec<RestoreProblem>) {
        let mut machine = Self::new(config, options);
        let mut problems = Vec::new();
        let mut found = Found::default();
        for row in rows {
            match row.kind {
                RowKind::Alert => found.alerts.push(row),
                RowKind::Group => found.groups.push(row),
                _ => found.others.push(row),
            }
        }
        found
            .others
            .sort_by(|a, b| (a.kind, &a.key).cmp(&(b.kind, &b.key)));
        let stages: [(Vec<Row>, Option<Reader>); 3] = [
            (found.others, None),
            (found.groups, Some(Self::restore_group)),
            (found.alerts, Some(Self::restore_alert)),
        ];
        for (rows, reader) in stages {
            for row in rows {
                let read = reader.unwrap_or_else(|| reader_of(row.kind));
                if let Err(message) = read(&mut machine, &row, now_ms) {
                    problems.push(RestoreProblem {
                        kind: row.kind,
                        key: row.key,
                        message,
                    });
                }
            }
        }
        machine.settle(now_ms);
        (machine, problems)
    }

    fn restore_meta(&mut self, row: &Row, _now_ms: i64) -> Result<(), String> {
        let row: MetaRow = read(row)?;
        check(row.v)?;
        self.meta = Meta {
            next_alert: row.next_alert,
            next_group: row.next_group,
            next_notification: row.next_notification,
            next_silence: row.next_silence,
            next_override: row.next_override,
            seen_ms: row.seen,
        };
        Ok(())
    }

    fn restore_silence(&mut self, row: &Row, _now_ms: i64) -> Result<(), String> {
        let shape: SilenceRow = read(row)?;
        check(shape.v)?;
        let matchers = shape.matchers.into_iter().map(|one| {
            let op = Op::parse(&one.op).ok_or_else(|| format!("unknown operator {:?}", one.op))?;
            Matcher::new(one.name, op, one.value).map_err(|error| error.to_string())
        });
        self.silences.put(Silence {
            id: row.key.clone(),
            matchers: matchers.collect::<Result<_, _>>()?,
            starts_at_ms: shape.starts,
            ends_at_ms: shape.ends,
            updated_at_ms: shape.updated,
            created_by: shape.by,
            comment: shape.comment,
            annotations: shape.annotations,
        });
        Ok(())
    }

    fn restore_storm(&mut self, row: &Row, _now_ms: i64) -> Result<(), String> {
        let shape: StormRow = read(row)?;
        check(shape.v)?;
        let window = Window {
            start_ms: shape.start,
            told: shape.told,
            summary_ms: shape.summary,
        };
        self.storms.insert(row.key.clone(), window);
        Ok(())
    }

    fn restore_override(&mut self, row: &Row, _now_ms: i64) -> Result<(), String> {
        let number = number(&row.key)?;
        let shape: OverrideRow = read(row)?;
        check(shape.v)?;
        let swap = Override {
            rota: shape.rota,
            start_ms: shape.start,
            end_ms: shape.end,
            member: Member {
                name: shape.member,
                receivers: shape.receivers,
            },
            reason: shape.reason,
            created_by: shape.by,
        };
        self.overrides.insert(number, swap);
        self.meta.next_override = self.meta.next_override.max(number + 1);
        Ok(())
    }

    fn restore_log(&mut self, row: &Row, now_ms: i64) -> Result<(), String> {
        let shape: LogRow = read(row)?;
        check(shape.v)?;
        let key = LogKey {
            group: Arc::from(shape.group),
            to: Arc::new(target(shape.to)),
        };
        let lives_ms = shape.expires.saturating_sub(shape.at);
        let at_ms = shape.at.min(now_ms);
        let entry = LogEntry {
            at_ms,
            firing: shape.firing,
            resolved: shape.resolved,
            thread: shape.thread,
            notification: shape.notification,
            expires_ms: shape.expires.min(at_ms.saturating_add(lives_ms)),
        };
        self.log.put(key, entry);
        Ok(())
    }

    fn restore_outbox(&mut self, row: &Row, _now_ms: i64) -> Result<(), String> {
        let id = number(&row.key)?;
        let shape: OutboxRow = read(row)?;
        check(shape.v)?;
        let reason = parse_reason(&shape.reason);
        let reason = reason.ok_or_else(|| format!("unknown reason {:?}", shape.reason))?;
        let alerts = shape.alerts.into_iter().map(|one| NotifiedAlert {
            alert: Alert {
                labels: one.labels,
                annotations: one.annotations,
                starts_at_ms: one.starts,
                ends_at_ms: one.ends,
                timeout: one.timeout,
                generator_url: one.url,
            },
            resolved: one.resolved,
            id: one.id,
        });
        let covers = shape.covers.into_iter().map(|one| Cover {
            group: GroupId(one.group),
            key: Arc::from(one.key),
            firing: one.firing,
            resolved: one.resolved,
            repeat_interval_ms: one.repeat,
            first: one.first,
            logged: one.logged,
        });
        let notification = Notification {
            id,
            to: target(shape.to),
            group_key: shape.group_key,
            group_labels: shape.group_labels,
            alerts: alerts.collect(),
            truncated: shape.truncated,
            reason,
            at_ms: shape.at,
            acknowledged: shape.acknowledged.map(|one| Acknowledged {
                by: one.by,
                comment: one.comment,
                at_ms: one.at,
            }),
            thread: shape.thread,
        };
        let pending = Pending {
            notification,
            covers: covers.collect(),
            attempts: 0,
            error: String::new(),
        };
        self.outbox.insert(id, pending);
        self.meta.next_notification = self.meta.next_notification.max(id + 1);
        Ok(())
    }

    fn restore_group(&mut self, row: &Row, now_ms: i64) -> Result<(), String> {
        let id = GroupId(number(&row.key)?);
        self.meta.next_group = self.meta.next_group.max(id.0 + 1);
        let shape: GroupRow = read(row)?;
        check(shape.v)?;
        let route = self.routes.by_id(&shape.route).or_else(|| {
            let mut nodes = self.routes.iter();
            nodes
                .find(|(_, node)| *node.key == *shape.key)
                .map(|(number, _)| number)
        });
        let route = route.filter(|route| self.groups.find(*route, &shape.labels).is_none());
        let Some((route, node)) = route.and_then(|r| Some((r, self.routes.get(r)?))) else {
            self.dirty.groups.insert(id.0);
            return Ok(());
        };
        let interval_ms = match shape.flushed {
            true => node.group_interval_ms,
            false => node.group_wait_ms,
        };
        let mut group = Group::new(id, node, route, shape.labels, now_ms);
        let due_ms = match shape.flushed {
            true => next_due(shape.due, node.group_interval_ms, self.meta.seen_ms),
            false => shape.due,
        };
        group.created_ms = shape.created.min(now_ms);
        group.due_ms = due_ms.min(now_ms.saturating_add(interval_ms));
        group.flushed = shape.flushed;
        group.told_ms = shape.told;
        group.stored = true;
        group.acknowledged = shape.acknowledged.map(|ack| {
            Box::new(Acknowledgement {
                by: ack.by,
                comment: ack.comment,
                at_ms: ack.at,
                firing: ack.firing,
                severity: Severity::of_label(&ack.severity).unwrap_or(Severity::Info),
            })
        });
        group.escalating = shape.escalating.map(|row| Box::new(escalating(row)));
        self.groups.insert(group);
        Ok(())
    }

    fn restore_alert(&mut self, row: &Row, now_ms: i64) -> Result<(), String> {
        let shape: AlertRow = read(row)?;
        check(shape.v)?;
        let fingerprint = Fingerprint::of(&shape.labels);
        if Fingerprint::parse(&row.key) != Some(fingerprint) {
            return Err(format!("labels of {fingerprint}"));
        }
        let alert = Alert {
            labels: shape.labels,
            annotations: shape.annotations,
            starts_at_ms: shape.starts,
            ends_at_ms: shape.ends,
            timeout: shape.timeout,
            generator_url: shape.url,
        };
        let mut slot = slot_of(alert, shape.id, shape.updated.min(now_ms));
        self.meta.next_alert = self.meta.next_alert.max(shape.id + 1);
        slot.routes = self.routes.find(&self.config, &slot.alert.labels);
        slot.over = shape.over_in.is_some();
        slot.stored_at_ms = now_ms;
        slot.stored_ends_at_ms = shape.ends;
        let Some(over_in) = shape.over_in else {
            let ends_at_ms = slot.alert.ends_at_ms.max(now_ms);
            slot.alert.ends_at_ms = ends_at_ms.saturating_add(GRACE_MS);
            self.inhibitor.started(&slot.alert.labels, fingerprint);
            let at = self.alerts.insert(slot);
            return self.group_alert(at, now_ms).map_err(|e| e.to_string());
        };
        let groups = over_in
            .iter()
            .filter_map(|id| self.groups.by_id(GroupId(*id)));
        slot.groups = groups.collect();
        if slot.groups.is_empty() {
            self.dirty.alerts.insert(fingerprint);
            return Ok(());
        }
        let groups = slot.groups.clone();
        let at = self.alerts.insert(slot);
        for group_at in groups {
            if let Some(group) = self.groups.get_mut(group_at) {
                group.members.insert(fingerprint, at);
            }
        }
        Ok(())
    }

    /// Groups without alerts go; messages on their way are known to their groups.
    fn settle(&mut self, now_ms: i64) {
        for at in self.groups.places() {
            if self.groups.get(at).is_some_and(|g| g.members.is_empty()) {
                self.forget_group(at);
            }
        }
        for (id, pending) in &self.outbox {
            let to = Arc::new(pending.notification.to.clone());
            for cover in &pending.covers {
                let at = self.groups.by_id(cover.group);
                if let Some(group) = at.and_then(|at| self.groups.get_mut(at)) {
                    group.in_flight.push((Arc::clone(&to), *id));
                }
            }
        }
        self.meta.seen_ms = now_ms;
        self.maintenance_ms = now_ms;
        self.dirty.meta = true;
    }
}

/// The time of a group's next look: times at which nothing changed were not written.
fn next_due(stored_ms: i64, interval_ms: i64, seen_ms: i64) -> i64 {
    if stored_ms > seen_ms || interval_ms <= 0 {
        return stored_ms;
    }
    let passed = (seen_ms - stored_ms) / interval_ms + 1;
    stored_ms.saturating_add(passed.saturating_mul(interval_ms))
}

fn reader_of(kind: RowKind) -> Reader {
    match kind {
        RowKind::Meta => Machine::restore_meta,
        RowKind::Alert => Machine::restore_alert,
        RowKind::Group => Machine::restore_group,
        RowKind::Log => Machine::restore_log,
        RowKind::Outbox => Machine::restore_outbox,
        RowKind::Silence => Machine::restore_silence,
        RowKind::Storm => Machine::restore_storm,
        RowKind::Override => Machine::restore_override,
    }
}

fn read<T: DeserializeOwned>(row: &Row) -> Result<T, String> {
    serde_json::from_slice(&row.value).map_err(|error| error.to_string())
}

fn check(version: u32) -> Result<(), String> {
    match version {
        VERSION => Ok(()),
        other => Err(format!("version {other} of the row is not known")),
    }
}

fn number(key: &str) -> Result<u64, String> {
    key.parse().map_err(|_| format!("no number: {key:?}"))
}

fn target(row: TargetRow) -> IntegrationKey {
    IntegrationKey {
        receiver: row.receiver,
        kind: row.kind,
        index: row.index,
    }
}

fn escalating(row: EscalatingRow) -> Escalating {
    Escalating {
        policy: row.policy,
        since_ms: row.since,
        level: row.level,
        round: row.round,
        due_ms: row.due,
        told: row
            .told
            .into_iter()
            .map(|to| Arc::new(target(to)))
            .collect(),
    }
}
