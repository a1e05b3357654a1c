//! What a span is to an agent system: a call of a model or of a tool, an agent, a workflow. Told
//! by the attributes of the GenAI and MCP conventions, of other dialects, and by the span's name.

use crate::cells::each_text;
use tacho_storage::columns::span_batch::SpanBatch;

/// What a span is to an agent system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Nothing of these.
    #[default]
    Other = 0,
    /// A model was asked.
    ModelCall = 1,
    /// A tool was called.
    ToolCall = 2,
    /// An agent worked.
    Agent = 3,
    /// Work of several was put together.
    Workflow = 4,
}

use Role::{Agent, ModelCall, Other, ToolCall, Workflow};

type Words = &'static [(&'static str, Role)];

/// Keys whose values tell the role, the most trusted first.
const TELLING: [(&str, Words); 7] = [
    (
        "gen_ai.operation.name",
        &[
            ("chat", ModelCall),
            ("generate_content", ModelCall),
            ("text_completion", ModelCall),
            ("embeddings", ModelCall),
            ("execute_tool", ToolCall),
            ("invoke_agent", Agent),
            ("create_agent", Agent),
            ("plan", Agent),
            ("invoke_workflow", Workflow),
        ],
    ),
    ("mcp.method.name", &[("tools/call", ToolCall)]),
    (
        "openinference.span.kind",
        &[
            ("LLM", ModelCall),
            ("EMBEDDING", ModelCall),
            ("TOOL", ToolCall),
            ("AGENT", Agent),
            ("CHAIN", Workflow),
        ],
    ),
    (
        "langfuse.observation.type",
        &[
            ("generation", ModelCall),
            ("embedding", ModelCall),
            ("tool", ToolCall),
            ("agent", Agent),
            ("chain", Workflow),
        ],
    ),
    (
        "traceloop.span.kind",
        &[("tool", ToolCall), ("agent", Agent), ("workflow", Workflow)],
    ),
    ("lmnr.span.type", &[("LLM", ModelCall), ("TOOL", ToolCall)]),
    (
        "llm.request.type",
        &[
            ("chat", ModelCall),
            ("completion", ModelCall),
            ("embedding", ModelCall),
        ],
    ),
];

/// Names of spans that tell the role.
const NAMES: Words = &[
    ("agent.execute_task", Agent),
    ("agent.execute", Agent),
    ("agent_execution", Agent),
    ("orchestrator.decompose", Agent),
    ("agent.read_file", ToolCall),
    ("agent.edit_file", ToolCall),
    ("agent.search", ToolCall),
    ("agent.run_command", ToolCall),
    ("mcp.invoke_tool", ToolCall),
    ("llm_call", ModelCall),
    ("workflow.execute", Workflow),
    ("orchestrator.execute_request", Workflow),
    ("orchestrator.dispatch_batch", Workflow),
    ("team.coordinate", Workflow),
    ("claude_code.interaction", Agent),
    ("claude_code.llm_request", ModelCall),
    ("claude_code.tool", ToolCall),
    ("ai.generateText", ModelCall),
    ("ai.streamText", ModelCall),
    ("ai.generateObject", ModelCall),
    ("ai.streamObject", ModelCall),
    ("ai.generateText.doGenerate", ModelCall),
    ("ai.streamText.doStream", ModelCall),
    ("ai.generateObject.doGenerate", ModelCall),
    ("ai.streamObject.doStream", ModelCall),
    ("ai.embed", ModelCall),
    ("ai.embedMany", ModelCall),
    ("ai.toolCall", ToolCall),
];

/// First words of names that tell the role; something must follow.
const FIRST_WORDS: Words = &[
    ("execute_tool", ToolCall),
    ("anthropic.tool_use", ToolCall),
    ("invoke_agent", Agent),
    ("invoke_workflow", Workflow),
];

/// Keys that roles are read of; a projection must have them and the column of names.
pub(crate) fn keys() -> impl Iterator<Item = &'static str> {
    TELLING.iter().map(|(key, _)| *key)
}

/// The role of every row.
pub(crate) fn roles(batch: &SpanBatch) -> Vec<Role> {
    let mut roles = vec![Other; batch.len];
    for (key, words) in &TELLING {
        each_text(&batch.shared.attributes, key, |row, text| {
            if let Some(role) = roles.get_mut(row).filter(|role| **role == Other) {
                *role = find(words, text);
            }
        });
    }
    for (row, role) in roles.iter_mut().enumerate() {
        if *role == Other && row < batch.names.len() {
            *role = of_name(batch.names.cell(row));
        }
    }
    roles
}

fn find(words: Words, text: &str) -> Role {
    let found = words
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(text));
    found.map_or(Other, |(_, role)| *role)
}

fn of_name(name: &str) -> Role {
    let exact = NAMES.iter().find(|(known, _)| *known == name);
    if let Some((_, role)) = exact {
        return *role;
    }
    match name.split_once(' ') {
        Some((first, _)) => find(FIRST_WORDS, first),
        None => Other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, roles};
    use tacho_model::span::Span;
    use tacho_storage::columns::span_batch::SpanBatch;

    fn of(name: &str, pairs: &[(&str, &str)]) -> Role {
        let mut batch = SpanBatch::default();
        let span = Span {
            name: name.to_owned(),
            attributes: pairs.iter().copied().collect(),
            ..Span::default()
        };
        batch.push_span(&span, 0, 0);
        roles(&batch)[0]
    }

    #[test]
    fn attributes_go_before_names() {
        assert_eq!(of("llm_call", &[]), Role::ModelCall);
        assert_eq!(
            of("llm_call", &[("gen_ai.operation.name", "execute_tool")]),
            Role::ToolCall
        );
        assert_eq!(
            of("llm_call", &[("gen_ai.operation.name", "retrieval")]),
            Role::ModelCall
        );
        assert_eq!(
            of("tools/call grep", &[("mcp.method.name", "tools/call")]),
            Role::ToolCall
        );
        assert_eq!(
            of("x", &[("openinference.span.kind", "llm")]),
            Role::ModelCall
        );
        assert_eq!(of("invoke_agent Coder", &[]), Role::Agent);
        assert_eq!(of("invoke_agent", &[]), Role::Other);
        assert_eq!(of("GET /", &[]), Role::Other);
    }
}
