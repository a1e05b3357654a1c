//! Plans: which tasks a request becomes.

use super::{Plan, Request, Work, Workflow, quoted};
use crate::random::Random;
use crate::tree::Tree;

fn plan(workflow: Workflow, text: &str) -> Plan {
    let folder = tempfile::tempdir().unwrap();
    let tree = Tree::template(None, &folder.path().join("t")).unwrap();
    let request = Request {
        workflow,
        text: text.to_owned(),
        run_id: "run-0a".to_owned(),
    };
    Plan::decompose(&request, &tree, &mut Random::new(5))
}

#[test]
fn fixes_touch_different_files_and_are_verified() {
    let plan = plan(Workflow::FixAndTest, "repair");
    assert_eq!(plan.batches[1].len(), 4);
    let mut files: Vec<_> = plan.batches[1]
        .iter()
        .flat_map(super::Task::files)
        .collect();
    files.sort();
    files.dedup();
    assert_eq!(files.len(), 4);
    assert_eq!(plan.batches[2].len(), 2);
    assert_eq!(plan.task_count(), 8);
    assert_eq!(plan.batches[0][0].id, "task-0a-01");
}

#[test]
fn request_can_name_what_to_look_for() {
    let plan = plan(Workflow::ScanAndNotify, "where do we use 'writeln!(file'?");
    let Work::Scan { pattern } = &plan.batches[0][4].work else {
        panic!("no fifth scan")
    };
    assert_eq!(pattern, r"writeln!\(file");
    assert_eq!(quoted("it's one quote"), None);
}

#[test]
fn names_of_workflows_are_read_back() {
    for workflow in Workflow::ALL {
        assert_eq!(Workflow::from_name(workflow.name()), Some(workflow));
    }
    assert_eq!(Workflow::from_name("nope"), None);
}
