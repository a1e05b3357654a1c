//! Reads escalation policies, rotas and overrides (R212, R213).

use super::fields::{
    MatchValues, check_count, check_unique, names, read_time, read_who, refuse_annotations,
};
use super::turns::{read_handover, read_starts, read_turn};
use crate::config::escalation::{Escalation, Level, Override, Policy};
use crate::config::rota::{Member, Rota};
use crate::matcher::read::Source;
use crate::route::read::{Use, duration_ms};
use crate::time_interval::read::read_place;
use crate::time_interval::{Place, TimeInterval};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem::{Wrong, closest};
use tacho_yaml::section::{Read, Section, items_of};

const POLICIES_MAX: usize = 1_000;
const LEVELS_MAX: usize = 50;
const ROTAS_MAX: usize = 1_000;
const MEMBERS_MAX: usize = 200;
const OVERRIDES_MAX: usize = 5_000;

/// Escalation, and the receivers that it uses.
#[derive(Debug, Clone, Default)]
pub(super) struct Reader {
    pub(super) escalation: Escalation,
    pub(super) receivers: Vec<Use>,
}

impl Reader {
    /// Adds the policies of a list.
    pub(super) fn policies(&mut self, node: &Node, source: &mut Source<'_>) -> Read<()> {
        const KEY: &str = "policies";
        check_count(node, KEY, POLICIES_MAX)?;
        for item in items_of(node, KEY)? {
            let policy = self.policy(item, source)?;
            let names = self.escalation.policies.iter().map(|known| &known.name);
            check_unique(&policy.name, names, "escalation policy", item.line)?;
            self.escalation.policies.push(policy);
        }
        Ok(())
    }

    fn policy(&mut self, node: &Node, source: &mut Source<'_>) -> Read<Policy> {
        let mut section = Section::open(node, "escalation policy")?;
        let name = section.text_or_empty("name")?;
        let who = read_who(&mut section, MatchValues::Alternatives, source)?;
        refuse_annotations(&who, &section)?;
        let mut levels = Vec::new();
        for key in ["levels", "steps"] {
            if let Some(node) = section.node(key) {
                check_count(node, key, LEVELS_MAX)?;
                for item in items_of(node, key)? {
                    levels.push(self.level(item, levels.last(), source)?);
                }
            }
        }
        if levels.is_empty() {
            let mut wrong = section.wrong("levels", "an escalation policy needs levels");
            wrong.hint = Some("add levels: [{after: 5m, receivers: [NAME]}]".to_owned());
            return Err(wrong);
        }
        let repeat_ms = duration_ms(&mut section, "repeat")?.filter(|repeat| *repeat > 0);
        let times = section.count("repeat_times")?;
        if repeat_ms.is_none() && times.is_some_and(|times| times > 0) {
            let mut wrong = section.wrong("repeat_times", "repeat_times without repeat");
            wrong.hint = Some("add the time between rounds, such as repeat: 15m".to_owned());
            return Err(wrong);
        }
        let enabled = section.flag("enabled")?.unwrap_or(true);
        section.finish()?;
        Ok(Policy {
            name: match name.is_empty() {
                true => format!("policy {}", self.escalation.policies.len() + 1),
                false => name,
            },
            matchers: who.matchers,
            condition: who.condition,
            levels,
            repeat_ms,
            repeat_times: times.map_or(u32::MAX, |times| u32::try_from(times).unwrap_or(u32::MAX)),
            enabled,
        })
    }

    fn level(
        &mut self,
        node: &Node,
        before: Option<&Level>,
        source: &mut Source<'_>,
    ) -> Read<Level> {
        let mut section = Section::open(node, "escalation level")?;
        let mut after = None;
        for key in ["after", "delay"] {
            after = duration_ms(&mut section, key)?.or(after);
        }
        let after_ms = after.unwrap_or_else(|| before.map_or(0, |before| before.after_ms));
        let receivers = names(
            &mut section,
            &["receivers", "receiver", "channels", "notify"],
        )?;
        let rota = section.text("rota")?.filter(|rota| !rota.is_empty());
        let line = section.line;
        if receivers.is_empty() && rota.is_none() {
            let mut wrong = Wrong::new(line, "an escalation level tells nobody");
            wrong.hint = Some("add receivers: [NAME], or rota: NAME".to_owned());
            return Err(wrong);
        }
        if let Some(before) = before
            && after_ms < before.after_ms
        {
            let mut wrong = section.wrong("after", "a level comes before the one above it");
            let hint = "after counts from the first message, not from the level above";
            wrong.hint = Some(hint.to_owned());
            return Err(wrong);
        }
        if before.is_some() && after.is_none() {
            let message = "a level without after comes together with the one above it";
            source.warnings.push(Wrong::new(line, message));
        }
        section.finish()?;
        self.uses(&receivers, line);
        Ok(Level {
            after_ms,
            receivers,
            rota,
        })
    }

    /// Adds the rotas of a list.
    pub(super) fn rotas(&mut self, node: &Node) -> Read<()> {
        const KEY: &str = "rotas";
        check_count(node, KEY, ROTAS_MAX)?;
        for item in items_of(node, KEY)? {
            let rota = self.rota(item)?;
            let names = self.escalation.rotas.iter().map(|known| &known.name);
            check_unique(&rota.name, names, "rota", item.line)?;
            self.escalation.rotas.push(rota);
        }
        Ok(())
    }

    fn rota(&mut self, node: &Node) -> Read<Rota> {
        let mut section = Section::open(node, "rota")?;
        let name = section.text_or_empty("name")?;
        if name.is_empty() {
            return Err(Wrong::new(section.line, "missing name in rota"));
        }
        let mut place = Place {
            name: "UTC".to_owned(),
            zone: TimeZone::UTC,
        };
        for key in ["time_zone", "timezone", "location"] {
            if let Some(node) = section.node(key) {
                place = read_place(node, key)?;
            }
        }
        let turn_days = read_turn(&mut section)?;
        let handover = read_handover(&mut section, turn_days)?;
        let starts = read_starts(&mut section, &place.zone, handover)?;
        let members = match section.node("members") {
            Some(node) => self.members(node)?,
            None => Vec::new(),
        };
        if members.is_empty() {
            let mut wrong = section.wrong("members", format!("rota {name:?} has no members"));
            wrong.hint = Some("add members: [{name: NAME, receivers: [NAME]}]".to_owned());
            return Err(wrong);
        }
        let mut restrictions = match section.node("restrictions") {
            None => Vec::new(),
            Some(node) if matches!(node.data, Data::Mapping(_)) => vec![TimeInterval::read(node)?],
            Some(node) => TimeInterval::read_list(node, "restrictions")?,
        };
        for interval in &mut restrictions {
            interval.location.get_or_insert_with(|| place.clone());
        }
        section.finish()?;
        Ok(Rota {
            name,
            place,
            starts,
            handover,
            turn_days,
            members,
            restrictions,
        })
    }

    /// Members; one that is a plain name is told by the receiver of that name.
    fn members(&mut self, node: &Node) -> Read<Vec<Member>> {
        const KEY: &str = "members";
        check_count(node, KEY, MEMBERS_MAX)?;
        let mut members: Vec<Member> = Vec::new();
        for item in items_of(node, KEY)? {
            let member = match &item.data {
                Data::Scalar { text, .. } => Member {
                    name: text.clone(),
                    receivers: vec![text.clone()],
                },
                _ => {
                    let mut section = Section::open(item, "member of a rota")?;
                    let name = section.text_or_empty("name")?;
                    let mut receivers = names(&mut section, &["receivers", "receiver"])?;
                    section.finish()?;
                    if receivers.is_empty() {
                        receivers.push(name.clone());
                    }
                    Member { name, receivers }
                }
            };
            if member.name.is_empty() {
                return Err(Wrong::new(item.line, "missing name in member of a rota"));
            }
            let before = members.iter().map(|known| &known.name);
            check_unique(&member.name, before, "member", item.line)?;
            self.uses(&member.receivers, item.line);
            members.push(member);
        }
        Ok(members)
    }

    /// Adds the overrides of a list; the rotas are read before.
    pub(super) fn overrides(&mut self, node: &Node) -> Read<()> {
        const KEY: &str = "overrides";
        check_count(node, KEY, OVERRIDES_MAX)?;
        for item in items_of(node, KEY)? {
            let swap = self.one_override(item)?;
            self.escalation.overrides.push(swap);
        }
        Ok(())
    }

    fn one_override(&self, node: &Node) -> Read<Override> {
        let mut section = Section::open(node, "override")?;
        let name = section.text_or_empty("rota")?;
        let Some(rota) = self.escalation.rota(&name) else {
            let known = self.escalation.rotas.iter().map(|rota| rota.name.as_str());
            let message = format!("undefined rota {name:?} used in override");
            return Err(with_near(section.wrong("rota", message), &name, known));
        };
        let zone = &rota.place.zone;
        let times = (
            read_time(&mut section, "start", zone)?,
            read_time(&mut section, "end", zone)?,
        );
        let (Some(start_ms), Some(end_ms)) = times else {
            let mut wrong = Wrong::new(section.line, "an override needs start and end");
            wrong.hint = Some("write times as 2026-11-20T18:00:00Z".to_owned());
            return Err(wrong);
        };
        if end_ms <= start_ms {
            return Err(section.wrong("end", "end is not after start"));
        }
        let wanted = section.text_or_empty("member")?;
        let others = self.escalation.rotas.iter();
        let mut members = rota
            .members
            .iter()
            .chain(others.flat_map(|rota| &rota.members));
        let Some(member) = members.find(|member| member.name == wanted).cloned() else {
            let known = rota.members.iter().map(|member| member.name.as_str());
            let message = format!("{wanted:?} is no member of a rota");
            return Err(with_near(section.wrong("member", message), &wanted, known));
        };
        let reason = section.text_or_empty("reason")?;
        section.finish()?;
        Ok(Override {
            rota: name,
            start_ms,
            end_ms,
            member,
            reason,
            created_by: String::new(),
        })
    }

    /// Refuses levels whose rota is not there.
    pub(super) fn check(&self, line: usize) -> Read<()> {
        let rotas = self.escalation.rotas.iter().map(|rota| rota.name.as_str());
        let known: BTreeSet<&str> = rotas.collect();
        for policy in &self.escalation.policies {
            let mut used = policy
                .levels
                .iter()
                .filter_map(|level| level.rota.as_deref());
            if let Some(name) = used.find(|name| !known.contains(name)) {
                let message = format!("undefined rota {name:?} used in policy {:?}", policy.name);
                let known = known.iter().copied();
                return Err(with_near(Wrong::new(line, message), name, known));
            }
        }
        Ok(())
    }

    fn uses(&mut self, receivers: &[String], line: usize) {
        let uses = receivers.iter().cloned();
        self.receivers.extend(uses.map(|name| Use { name, line }));
    }
}

fn with_near<'a>(mut wrong: Wrong, name: &str, known: impl Iterator<Item = &'a str>) -> Wrong {
    wrong.hint = closest(name, known).map(|near| format!("did you mean {near}?"));
    wrong
}
