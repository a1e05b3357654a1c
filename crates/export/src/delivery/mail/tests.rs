//! Mail against a server of a few lines that says what it is told to say. TLS and real servers are
//! tried elsewhere.

use super::send;
use crate::channel::Verdict;
use crate::channel::email::mail;
use crate::dial::Surroundings;
use crate::message::Writer;
use crate::message::markup::Markup;
use crate::message::tests::{context, notification, spike};
use crate::notification::Reason;
use crate::receiver::defaults::Defaults;
use crate::receiver::email::Email;
use crate::receiver::{Settings, read_receivers};
use crate::secret::SecretReader;
use std::sync::Arc;
use tacho_stdx::clock::SystemClock;
use tacho_yaml::node::parse;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A file with a password.
#[derive(Debug)]
struct OneFile;

impl SecretReader for OneFile {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match path {
            "/password" => Ok(b"sesame\n".to_vec()),
            _ => Err(format!("there is no file {path}")),
        }
    }
}

fn surroundings() -> Surroundings {
    Surroundings {
        files: Arc::new(OneFile),
        env: Arc::default(),
        clock: Arc::new(SystemClock::new()),
        allow_link_local: false,
        other_hosts: false,
    }
}

fn email(smarthost: &str, more: &str) -> Email {
    let text = format!(
        "[{{name: a, email_configs: [{{to: a@example.org, from: b@example.org, smarthost: '{smarthost}', require_tls: false, {more}}}]}}]"
    );
    let receivers = read_receivers(&parse(&text).unwrap(), &Defaults::default()).unwrap();
    match &receivers.receivers[0].integrations[0].settings {
        Settings::Email(email) => (**email).clone(),
        other => panic!("mail was expected, not {other:?}"),
    }
}

/// Talks to whoever comes: `login` is what it offers, `data` how it answers a mail. Gives what it was
/// told in the last talk.
async fn serve(login: &'static str, data: &'static str) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let task = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let heard = talk(stream, login, data).await;
            if heard.iter().any(|line| line == ".") {
                return heard;
            }
        }
    });
    (address, task)
}

async fn talk(stream: TcpStream, login: &str, data: &str) -> Vec<String> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 here\r\n").await.unwrap();
    let mut heard = Vec::new();
    let mut in_data = false;
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = if in_data {
            in_data = line != ".";
            if in_data {
                String::new()
            } else {
                format!("{data}\r\n")
            }
        } else if line.starts_with("EHLO") {
            format!("250-here\r\n{login}250 8BITMIME\r\n")
        } else if line.starts_with("AUTH") {
            "235 welcome\r\n".to_owned()
        } else if line == "DATA" {
            in_data = true;
            "354 go on\r\n".to_owned()
        } else {
            "250 fine\r\n".to_owned()
        };
        heard.push(line);
        if write.write_all(answer.as_bytes()).await.is_err() {
            break;
        }
    }
    heard
}

async fn try_mail(email: &Email) -> Verdict {
    let told = notification(vec![spike()], Reason::First);
    let context = context();
    let mail = mail(email, &Writer::new(&told, &context, Markup::Plain)).unwrap();
    send(email, &mail, &surroundings()).await
}

#[tokio::test]
async fn mail_is_handed_over_after_a_login() {
    let (address, server) = serve("250-AUTH PLAIN LOGIN\r\n", "250 taken").await;
    let email = email(
        &address,
        "auth_username: u, auth_password_file: /password, hello: me.example",
    );
    let verdict = try_mail(&email).await;
    let Verdict::Sent {
        thread: Some(thread),
    } = verdict
    else {
        panic!("{verdict:?}");
    };
    assert!(thread.starts_with("<tacho.") && thread.ends_with("@example.org>"));
    let heard = server.await.unwrap();
    assert!(heard.contains(&"EHLO me.example".to_owned()), "{heard:?}");
    // "\0u\0sesame"
    assert!(
        heard.contains(&"AUTH PLAIN AHUAc2VzYW1l".to_owned()),
        "{heard:?}"
    );
    let to = |line: &String| line.starts_with("RCPT TO:<a@example.org>");
    assert!(heard.iter().any(to), "{heard:?}");
    assert!(
        heard.contains(&format!("Message-ID: {thread}")),
        "{heard:?}"
    );
}

#[tokio::test]
async fn a_server_without_login_takes_mail_without_one() {
    let (address, server) = serve("", "250 taken").await;
    let email = email(&address, "auth_username: u, auth_password: p");
    assert!(matches!(try_mail(&email).await, Verdict::Sent { .. }));
    assert!(
        server
            .await
            .unwrap()
            .iter()
            .all(|line| !line.starts_with("AUTH"))
    );
}

#[tokio::test]
async fn what_the_server_says_decides() {
    let (address, _server) = serve("", "451 later").await;
    let verdict = try_mail(&email(&address, "")).await;
    assert!(matches!(verdict, Verdict::Retry { .. }), "{verdict:?}");
    let (address, _server) = serve("", "554 never").await;
    let verdict = try_mail(&email(&address, "")).await;
    assert!(matches!(verdict, Verdict::Refused { .. }), "{verdict:?}");
    // nobody is there
    let verdict = try_mail(&email("127.0.0.1:1", "")).await;
    assert!(matches!(verdict, Verdict::Retry { .. }), "{verdict:?}");
    let verdict = try_mail(&email("169.254.1.1:25", "")).await;
    assert!(matches!(verdict, Verdict::Refused { .. }), "{verdict:?}");
    let lost = try_mail(&email(
        "127.0.0.1:1",
        "auth_username: u, auth_password_file: /x",
    ))
    .await;
    assert!(matches!(lost, Verdict::Retry { .. }), "{lost:?}");
}

#[tokio::test]
async fn mail_that_must_be_encrypted_is_not_sent_open() {
    let (address, _server) = serve("", "250 taken").await;
    let mut email = email(&address, "auth_username: u, auth_password: p");
    email.require_tls = true;
    let verdict = try_mail(&email).await;
    let Verdict::Retry { error, .. } = &verdict else {
        panic!("{verdict:?}");
    };
    assert!(error.contains("STARTTLS"), "{error}");
}
