//! What a model gets to read: a prompt that repeats the whole history at every turn, in the JSON
//! shape of `gen_ai.input.messages`. Messages are kept serialised, because they are sent over and
//! over.

use serde_json::{Value, json};

/// The history is shortened from the front beyond this size, as agents do when a context window
/// fills up.
const CONVERSATION_BYTES_MAX: usize = 200 * 1024;

pub(crate) const TOOL_DEFINITIONS: &str = r#"[{"type":"function","name":"read_file","description":"Reads a text file of the project. Long files are cut.","parameters":{"type":"object","properties":{"path":{"type":"string","description":"relative to the root of the project"}},"required":["path"]}},{"type":"function","name":"edit_file","description":"Replaces text in a file. Fails if the text is not there.","parameters":{"type":"object","properties":{"path":{"type":"string"},"find":{"type":"string"},"replace":{"type":"string"},"countMax":{"type":"integer","description":"how many places to change, in the order of lines"}},"required":["path","find","replace"]}},{"type":"function","name":"write_file","description":"Writes a whole file.","parameters":{"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"}},"required":["path","content"]}},{"type":"function","name":"search","description":"Searches all text files for a regular expression and lists the lines.","parameters":{"type":"object","properties":{"pattern":{"type":"string"}},"required":["pattern"]}},{"type":"function","name":"run_command","description":"Runs a program (no shell) in the root of the project.","parameters":{"type":"object","properties":{"command":{"type":"array","items":{"type":"string"}}},"required":["command"]}},{"type":"function","name":"describe","description":"Counts and hashes a file (plugin file_stats).","parameters":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}},{"type":"function","name":"summarize","description":"Lists the kinds of files of the project (plugin project_stats).","parameters":{"type":"object","properties":{}}},{"type":"function","name":"send","description":"Delivers a notification (plugin notifier).","parameters":{"type":"object","properties":{"channel":{"type":"string"},"message":{"type":"string"}},"required":["channel","message"]}}]"#;

const GROUND_RULES: &str = "You work in a team of agents on one source tree. An orchestrator has split the request \
into tasks and gave you one of them; others work on theirs at the same time, on other files.\n\n\
Rules:\n\
1. Look before you write: read a file, and what uses it, before you change it.\n\
2. Do your task and nothing else. What you notice beside it belongs into your answer, not into the tree.\n\
3. Every change is checked by a command. A change that was not checked is not done.\n\
4. Prefer the smallest change that solves the problem. Keep names, layout and style of the file.\n\
5. Never invent the content of a file, the output of a command or the result of a search.\n\
6. If a tool fails, say what failed and why. Try again only if something has changed since.\n\
7. Paths are relative to the root of the project. Nothing outside of it exists for you.\n\
8. Secrets do not belong into answers. Name the place, not the value.\n\
9. End with a short answer: what you did, what you found with file and line, what is left.\n";

/// One dialogue between an agent and its model.
#[derive(Debug)]
pub(crate) struct Conversation {
    id: String,
    system: String,
    /// Serialised messages, oldest first; the first one is the task.
    messages: Vec<String>,
    bytes: usize,
    /// How much of the prompt the previous turn has sent already: what a prompt cache can serve.
    sent_bytes: usize,
}

fn message(role: &str, part: &Value) -> String {
    json!({"role": role, "parts": [part]}).to_string()
}

impl Conversation {
    pub(crate) fn new(id: String, instructions: &str, task: &str) -> Self {
        let system = format!("{instructions}\n\n{GROUND_RULES}");
        let first = message("user", &json!({"type": "text", "content": task}));
        let bytes = first.len();
        Self {
            id,
            system,
            messages: vec![first],
            bytes,
            sent_bytes: 0,
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The system prompt as `gen_ai.system_instructions`.
    pub(crate) fn system_instructions(&self) -> String {
        json!([{"type": "text", "content": self.system}]).to_string()
    }

    /// The history as `gen_ai.input.messages`; with the system prompt in front for providers that
    /// want it there.
    pub(crate) fn input_messages(&self, with_system: bool) -> String {
        let mut text = String::with_capacity(self.prompt_bytes() + self.messages.len() + 2);
        text.push('[');
        if with_system {
            text.push_str(&message(
                "system",
                &json!({"type": "text", "content": self.system}),
            ));
            text.push(',');
        }
        text.push_str(&self.messages.join(","));
        text.push(']');
        text
    }

    /// Size of everything the model reads: system prompt, tools, history.
    pub(crate) fn prompt_bytes(&self) -> usize {
        self.system.len() + TOOL_DEFINITIONS.len() + self.bytes
    }

    /// The part of the prompt that is the same as last time.
    pub(crate) fn sent_bytes(&self) -> usize {
        self.sent_bytes
    }

    /// Adds the model's turn; it must be serialised as one message.
    pub(crate) fn push_answer(&mut self, answer: String) {
        self.sent_bytes = self.prompt_bytes();
        self.push(answer);
    }

    pub(crate) fn push_tool_result(&mut self, call_id: &str, text: &str) {
        self.push(message(
            "tool",
            &json!({"type": "tool_call_response", "id": call_id, "response": text}),
        ));
    }

    fn push(&mut self, text: String) {
        self.bytes += text.len();
        self.messages.push(text);
        // The task stays; answers and their tool results leave in pairs, which also empties the
        // prompt cache.
        while self.bytes > CONVERSATION_BYTES_MAX && self.messages.len() > 3 {
            let removed: usize = self.messages.drain(1..3).map(|text| text.len()).sum();
            self.bytes -= removed;
            self.sent_bytes = 0;
        }
    }
}

/// The model's turn as one message of `gen_ai.output.messages` and of later prompts.
pub(crate) fn answer_message(text: &str, call: Option<(&str, &str, Value)>) -> (String, String) {
    let mut parts = vec![json!({"type": "text", "content": text})];
    let mut finish_reason = "stop";
    if let Some((id, name, arguments)) = call {
        finish_reason = "tool_call";
        parts.push(json!({"type": "tool_call", "id": id, "name": name, "arguments": arguments}));
    }
    let history = json!({"role": "assistant", "parts": parts}).to_string();
    let output =
        json!([{"role": "assistant", "parts": parts, "finish_reason": finish_reason}]).to_string();
    (history, output)
}

#[cfg(test)]
mod tests {
    use super::{CONVERSATION_BYTES_MAX, Conversation, TOOL_DEFINITIONS, answer_message};
    use serde_json::{Value, json};

    #[test]
    fn history_is_repeated_and_stays_valid_json() {
        let mut conversation = Conversation::new("c".to_owned(), "You review.", "look at \"a\"");
        let (history, output) = answer_message("ok", Some(("call_1", "search", json!({"p": 1}))));
        conversation.push_answer(history);
        conversation.push_tool_result("call_1", "a.rs:1: x\n");
        let messages: Value = serde_json::from_str(&conversation.input_messages(true)).unwrap();
        let roles: Vec<_> = messages
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["role"].as_str().unwrap())
            .collect();
        assert_eq!(roles, ["system", "user", "assistant", "tool"]);
        assert!(output.contains("tool_call"));
        assert!(conversation.sent_bytes() < conversation.prompt_bytes());
        assert!(serde_json::from_str::<Value>(TOOL_DEFINITIONS).is_ok());
    }

    #[test]
    fn history_is_bounded_and_keeps_the_task() {
        let mut conversation = Conversation::new("c".to_owned(), "s", "the task");
        for _ in 0..40 {
            conversation.push_answer(answer_message("reading", None).0);
            conversation.push_tool_result("id", &"x".repeat(20_000));
        }
        let text = conversation.input_messages(false);
        assert!(text.len() <= CONVERSATION_BYTES_MAX + 1_000);
        assert!(text.contains("the task"));
        assert!(conversation.messages.len() % 2 == 1);
    }
}
