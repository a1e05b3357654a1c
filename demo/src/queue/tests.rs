//! The queue: order, restarts, one process at a time.

use super::{Counts, INTERRUPTED, NewRun, Queue};
use crate::plan::Workflow;

fn run(id: &str) -> NewRun {
    NewRun {
        id: id.to_owned(),
        workflow: Workflow::FixAndTest,
        request: String::new(),
        cause: "http",
        correlation_id: "corr-1".to_owned(),
        traceparent: None,
        tracestate: None,
    }
}

#[tokio::test]
async fn restart_keeps_waiting_runs_and_fails_running_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.db");
    let queue = Queue::open(&path).unwrap();
    for id in ["a", "b", "c"] {
        assert!(queue.push(run(id)).await.unwrap());
    }
    assert_eq!(queue.claim(None).await.unwrap().unwrap().id, "a");
    drop(queue);
    let queue = Queue::open(&path).unwrap();
    let counts = queue.counts().await.unwrap();
    assert_eq!(
        counts,
        Counts {
            pending: 2,
            failed: 1,
            ..Counts::default()
        }
    );
    let (runs, next) = queue.list(Workflow::FixAndTest, 2, None).await.unwrap();
    assert_eq!([&*runs[0].id, &*runs[1].id], ["c", "b"]);
    let (rest, end) = queue.list(Workflow::FixAndTest, 2, next).await.unwrap();
    assert_eq!(rest[0].error.as_deref(), Some(INTERRUPTED));
    assert!(end.is_none());
    assert_eq!(
        queue.claim(Some("c".to_owned())).await.unwrap().unwrap().id,
        "c"
    );
}

#[tokio::test]
async fn second_process_is_turned_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.db");
    let _first = Queue::open(&path).unwrap();
    let second = Queue::open(&path).unwrap_err();
    assert!(
        second.to_string().contains("is another demo running?"),
        "{second}"
    );
}

#[tokio::test]
async fn urgent_runs_go_first_and_are_counted_apart() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(&folder.path().join("queue.db")).unwrap();
    for (id, workflow, cause) in [
        ("own", Workflow::ScanAndNotify, "schedule"),
        ("asked", Workflow::FixAndTest, "http"),
        ("later", Workflow::FixAndTest, "http"),
        ("alert", Workflow::AlertNotification, "http"),
    ] {
        let run = NewRun {
            workflow,
            cause,
            ..run(id)
        };
        assert!(queue.push(run).await.unwrap());
    }
    assert_eq!(queue.waiting().await.unwrap(), [1, 2, 1]);
    let mut order = Vec::new();
    while let Some(run) = queue.claim(None).await.unwrap() {
        order.push(run.id);
    }
    assert_eq!(order, ["alert", "asked", "later", "own"]);
    assert_eq!(queue.waiting().await.unwrap(), [0, 0, 0]);
}
