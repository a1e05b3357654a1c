//! A few words beside the name of a span: the model of a model call, the file of a tool, the
//! route of a request, the beginning of a statement.

use crate::cells::each_text;
use crate::role::Role;
use crate::text::short;
use std::collections::HashMap;
use tacho_storage::columns::attribute::AttributeColumns;
use tacho_storage::columns::span_batch::SpanBatch;

const MODELS: &[&str] = &[
    "gen_ai.response.model",
    "gen_ai.request.model",
    "llm.model_name",
    "ai.model.id",
    "agent.model",
    "model",
];
const TOOLS: &[&str] = &[
    "gen_ai.tool.name",
    "tool_name",
    "tool.name",
    "ai.toolCall.name",
];
/// What a tool works on.
const OBJECTS: &[&str] = &[
    "file.path",
    "process.command_line",
    "pattern",
    "gen_ai.retrieval.query.text",
];
const TASKS: &[&str] = &["task.title", "task.id", "task_id", "agent.action"];
const WORKFLOWS: &[&str] = &[
    "workflow.name",
    "gen_ai.workflow.name",
    "team.name",
    "batch.id",
];
const METHODS: &[&str] = &["http.request.method", "http.method"];
const ROUTES: &[&str] = &[
    "http.route",
    "url.path",
    "http.target",
    "url.full",
    "http.url",
];
/// What says most of any other span, the most telling first.
const OTHERS: &[&str] = &[
    "db.query.text",
    "db.statement",
    "db.query.summary",
    "rpc.method",
    "messaging.destination.name",
    "messaging.destination",
    "gen_ai.data_source.id",
    "file.path",
    "process.command_line",
    "code.function.name",
    "code.function",
];

/// Keys that details are made of.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    [
        MODELS, TOOLS, OBJECTS, TASKS, WORKFLOWS, METHODS, ROUTES, OTHERS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The detail of every row; empty where there is nothing to say.
pub(super) fn details(batch: &SpanBatch, roles: &[Role]) -> Vec<String> {
    let attributes = &batch.shared.attributes;
    let found = Found {
        models: first(attributes, MODELS),
        tools: first(attributes, TOOLS),
        objects: first(attributes, OBJECTS),
        tasks: first(attributes, TASKS),
        workflows: first(attributes, WORKFLOWS),
        methods: first(attributes, METHODS),
        routes: first(attributes, ROUTES),
        others: first(attributes, OTHERS),
    };
    (0..batch.len as u32)
        .map(|row| {
            let role = roles.get(row as usize).copied().unwrap_or_default();
            found.detail(row, role, batch.names.cell(row as usize))
        })
        .collect()
}

/// The first text of some keys by row.
type Texts<'a> = HashMap<u32, &'a str>;

fn first<'a>(attributes: &'a AttributeColumns, keys: &[&'static str]) -> Texts<'a> {
    let mut texts = Texts::new();
    for key in keys {
        each_text(attributes, key, |row, text| {
            if !text.trim().is_empty() {
                texts.entry(row as u32).or_insert(text);
            }
        });
    }
    texts
}

struct Found<'a> {
    models: Texts<'a>,
    tools: Texts<'a>,
    objects: Texts<'a>,
    tasks: Texts<'a>,
    workflows: Texts<'a>,
    methods: Texts<'a>,
    routes: Texts<'a>,
    others: Texts<'a>,
}

impl Found<'_> {
    fn detail(&self, row: u32, role: Role, name: &str) -> String {
        // What the name says already is not said again.
        let of = |texts: &Texts<'_>| -> Option<String> {
            let text = texts.get(&row)?;
            (!name.contains(text)).then(|| short(text))
        };
        let by_role = match role {
            Role::ModelCall => of(&self.models),
            Role::ToolCall => join(of(&self.tools), of(&self.objects)),
            Role::Agent => of(&self.tasks),
            Role::Workflow => of(&self.workflows),
            Role::Other => None,
        };
        let request = || match self.routes.contains_key(&row) {
            true => join(of(&self.methods), of(&self.routes)),
            false => None,
        };
        by_role
            .or_else(request)
            .or_else(|| of(&self.others))
            .unwrap_or_default()
    }
}

fn join(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) => Some(short(&format!("{first} {second}"))),
        (first, second) => first.or(second),
    }
}

#[cfg(test)]
mod tests {
    use super::details;
    use crate::role::roles;
    use tacho_model::span::Span;
    use tacho_storage::columns::span_batch::SpanBatch;

    fn of(name: &str, pairs: &[(&str, &str)]) -> String {
        let mut batch = SpanBatch::default();
        let span = Span {
            name: name.to_owned(),
            attributes: pairs.iter().copied().collect(),
            ..Span::default()
        };
        batch.push_span(&span, 0, 0);
        details(&batch, &roles(&batch)).remove(0)
    }

    #[test]
    fn details_say_what_the_name_does_not() {
        let chat = [
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.request.model", "gpt-5"),
            ("task_id", "t1"),
        ];
        assert_eq!(of("llm_call", &chat), "gpt-5");
        assert_eq!(of("chat gpt-5", &chat), "");
        let read = [("gen_ai.tool.name", "read_file"), ("file.path", "a/b.rs")];
        assert_eq!(of("agent.read_file", &read), "a/b.rs");
        assert_eq!(of("mcp.invoke_tool", &read), "read_file a/b.rs");
        let request = [("http.request.method", "GET"), ("http.route", "/a/{id}")];
        assert_eq!(of("GET", &request), "/a/{id}");
        assert_eq!(of("handle", &request), "GET /a/{id}");
        assert_eq!(of("GET /a/{id}", &request), "");
        let statement = [("db.statement", "SELECT *\n   FROM t"), ("db.system", "pg")];
        assert_eq!(of("query", &statement), "SELECT * FROM t");
        let task = [("task.id", "task-1"), ("agent.type", "Coder")];
        assert_eq!(of("agent.execute_task", &task), "task-1");
    }
}
