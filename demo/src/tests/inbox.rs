//! Alerts come back: by webhook into a workflow, by chat and by mail into the inbox.

use super::collector::Collector;
use super::{Running, eventually, options};
use serde_json::{Value, json};
use std::net::TcpListener;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

async fn inbox(running: &Running) -> Vec<Value> {
    let answer = running.client.get(running.url("/api/inbox")).send();
    let body: Value = answer.await.unwrap().json().await.unwrap();
    body["messages"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_of_grafana_starts_a_run_that_succeeds() {
    let (home, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let running = Running::start(options(home.path(), &collector)).await;
    let url = running.url("/api/webhooks/grafana");
    let body = json!({
        "title": "AgentFailureSpike", "state": "alerting", "message": "7 failures in 10 minutes",
        "dashboardURL": "http://127.0.0.1:3000/alerts/alert-1", "labels": {"agent_id": "tester-1"},
    });
    let answer = running.client.post(&url).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    let runs = running.ended("alert-notification", 1).await;
    assert_eq!(runs[0]["id"], answer["workflowRunId"]);
    assert_eq!(runs[0]["status"], "SUCCESS");
    assert_eq!(runs[0]["trigger"], "grafana_webhook");
    let wrong = running.client.post(&url).body("[1]").send().await.unwrap();
    assert_eq!(wrong.status(), 400);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chat_messages_and_mail_arrive_and_are_shown() {
    let (home, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let mut options = options(home.path(), &collector);
    let mail = TcpListener::bind("127.0.0.1:0").unwrap();
    let mail_address = mail.local_addr().unwrap();
    options.mail = Some(mail);
    let running = Running::start(options).await;
    let chat = json!({"channel": "#alerts", "text": "it <failed>"});
    let url = running.url("/inbox/slack");
    let answer = running.client.post(&url).json(&chat).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "ok");
    let empty = running.client.post(&url).body("{}").send().await.unwrap();
    assert_eq!(empty.status(), 400);

    let mut client = tokio::net::TcpStream::connect(mail_address).await.unwrap();
    let talk = "EHLO me\r\nMAIL FROM:<a@b>\r\nDATA\r\nRCPT TO:<on-call@example.com>\r\nDATA\r\n\
                Subject: down\r\n\r\n..see http://h/alerts/1\r\n.\r\nQUIT\r\n";
    client.write_all(talk.as_bytes()).await.unwrap();
    let mut said = String::new();
    client.read_to_string(&mut said).await.unwrap();
    assert!(said.contains("503 no addressee"), "{said}");
    assert!(
        said.contains("250 kept") && said.ends_with("221 bye\r\n"),
        "{said}"
    );

    let both = || async { Some(inbox(&running).await).filter(|messages| messages.len() == 2) };
    let messages = eventually("both messages", both).await;
    assert_eq!(messages[0]["title"], "down");
    assert_eq!(messages[0]["text"], ".see http://h/alerts/1\n");
    assert_eq!(messages[0]["to"], "on-call@example.com");
    assert_eq!(messages[1]["by"], "slack");
    let page = running
        .client
        .get(running.url("/inbox"))
        .send()
        .await
        .unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("it &lt;failed&gt;"), "{page}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn something_is_broken_on_demand() {
    let (home, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let running = Running::start(options(home.path(), &collector)).await;
    let answer = running.client.post(running.url("/api/break")).send().await;
    assert_eq!(answer.unwrap().status(), 200);
    let runs = running.ended("test-failure", 20).await;
    assert!(runs.iter().all(|run| run["status"] == "FAILED"), "{runs:?}");
    running.stop().await;
}
