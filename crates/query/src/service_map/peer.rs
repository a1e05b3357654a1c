//! What a span called that sends nothing itself: a model, a tool, a database, a queue, an address.

use super::NodeKind;
use crate::role::Role;
use crate::visit::RowTexts;
use std::borrow::Cow;
use tacho_model::span::SpanKind;
use tacho_storage::columns::span_batch::SpanBatch;

const MODEL: [&str; 6] = [
    "gen_ai.request.model",
    "gen_ai.response.model",
    "llm.model_name",
    "llm.request.model",
    "ai.model.id",
    "model",
];
const TOOL: [&str; 5] = [
    "gen_ai.tool.name",
    "mcp.tool.name",
    "tool.name",
    "ai.toolCall.name",
    "tool_name",
];
const DATABASE: [&str; 2] = ["db.system.name", "db.system"];
const NAMESPACE: [&str; 2] = ["db.namespace", "db.name"];
const DESTINATION: [&str; 3] = [
    "messaging.destination.name",
    "messaging.destination",
    "messaging.kafka.topic",
];
const MESSAGING: [&str; 1] = ["messaging.system"];
const ADDRESS: [&str; 5] = [
    "peer.service",
    "server.address",
    "net.peer.name",
    "http.host",
    "rpc.service",
];

/// All keys that peers are read of; a projection must have them.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    let lists: [&'static [&'static str]; 7] = [
        &MODEL,
        &TOOL,
        &DATABASE,
        &NAMESPACE,
        &DESTINATION,
        &MESSAGING,
        &ADDRESS,
    ];
    lists.into_iter().flatten().copied()
}

/// What the spans of a trace say of their peers.
pub(super) struct Peers {
    model: RowTexts,
    tool: RowTexts,
    database: RowTexts,
    namespace: RowTexts,
    destination: RowTexts,
    messaging: RowTexts,
    address: RowTexts,
}

/// A peer.
pub(super) type Peer<'a> = (NodeKind, Cow<'a, str>);

impl Peers {
    pub(super) fn of(batch: &SpanBatch) -> Self {
        let of = |keys: &[&str]| RowTexts::of_spans(batch, keys);
        Self {
            model: of(&MODEL),
            tool: of(&TOOL),
            database: of(&DATABASE),
            namespace: of(&NAMESPACE),
            destination: of(&DESTINATION),
            messaging: of(&MESSAGING),
            address: of(&ADDRESS),
        }
    }

    /// The model or tool that a span of this role called.
    pub(super) fn of_role(&self, row: usize, role: Role) -> Option<Peer<'_>> {
        let (kind, texts) = match role {
            Role::ModelCall => (NodeKind::Model, &self.model),
            Role::ToolCall => (NodeKind::Tool, &self.tool),
            Role::Other | Role::Agent | Role::Workflow => return None,
        };
        Some((kind, Cow::Borrowed(&**texts.get(row)?)))
    }

    /// What a client or producer called.
    pub(super) fn of_client(&self, batch: &SpanBatch, row: usize) -> Option<Peer<'_>> {
        const CLIENT: u8 = SpanKind::Client as u8;
        const PRODUCER: u8 = SpanKind::Producer as u8;
        if !matches!(batch.kinds.get(row), Some(&(CLIENT | PRODUCER))) {
            return None;
        }
        if let Some(system) = self.database.get(row) {
            let name = match self.namespace.get(row) {
                Some(namespace) => Cow::Owned(format!("{system} {namespace}")),
                None => Cow::Borrowed(&**system),
            };
            return Some((NodeKind::Database, name));
        }
        if let Some(queue) = self.queue(row) {
            return Some(queue);
        }
        let address = self.address.get(row)?;
        Some((NodeKind::External, Cow::Borrowed(&**address)))
    }

    /// The queue of a consumer or producer.
    pub(super) fn queue(&self, row: usize) -> Option<Peer<'_>> {
        let name = self.destination.get(row).or(self.messaging.get(row))?;
        Some((NodeKind::Queue, Cow::Borrowed(&**name)))
    }
}
