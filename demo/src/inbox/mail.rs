//! A mailbox: as much of SMTP (RFC 5321) as a mail client needs to deliver on this machine. No
//! encryption, no users, nothing is passed on.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{Inbox, Message, now};

/// Connections at a time.
const CONNECTIONS_MAX: usize = 16;
const LINE_BYTES_MAX: u64 = 2_048;
const MAIL_BYTES_MAX: usize = 1 << 20;
/// Longest wait for a line.
const PATIENCE: Duration = Duration::from_secs(60);

/// Takes mail until it is dropped.
pub(crate) async fn serve(listener: TcpListener, inbox: Inbox) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if open.len() < CONNECTIONS_MAX => {
                    let inbox = inbox.clone();
                    open.spawn(async move {
                        // A client that goes in the middle has said nothing.
                        let _ = converse(stream, &inbox).await;
                    });
                }
                // Closed at once: the client tries again later.
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "the mailbox could not take a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = open.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, inbox: &Inbox) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    writer.write_all(b"220 demo ready\r\n").await?;
    let mut addressees: Vec<String> = Vec::new();
    while let Some(line) = line(&mut reader).await? {
        let word = line
            .split(' ')
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        let answer: &[u8] = match word.as_str() {
            "EHLO" => b"250-demo\r\n250-8BITMIME\r\n250 SIZE 1048576\r\n",
            "HELO" | "NOOP" => b"250 demo\r\n",
            "MAIL" | "RSET" => {
                addressees.clear();
                b"250 ok\r\n"
            }
            "RCPT" if addressees.len() < 100 => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default();
                addressees.push(address.to_owned());
                b"250 ok\r\n"
            }
            "RCPT" => b"452 too many addressees\r\n",
            "DATA" if addressees.is_empty() => b"503 no addressee\r\n",
            "DATA" => {
                writer.write_all(b"354 end with a dot\r\n").await?;
                match mail(&mut reader).await? {
                    Some(text) => {
                        inbox.keep(read(&text, &addressees.join(", ")));
                        b"250 kept\r\n"
                    }
                    None => b"552 too long\r\n",
                }
            }
            "QUIT" => {
                writer.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => b"502 not known here\r\n",
        };
        writer.write_all(answer).await?;
    }
    Ok(())
}

/// The next line without its end; nothing if the client has gone.
async fn line(
    reader: &mut (impl tokio::io::AsyncBufRead + Unpin),
) -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut limited = reader.take(LINE_BYTES_MAX);
    let read = tokio::time::timeout(PATIENCE, limited.read_until(b'\n', &mut bytes));
    match read.await {
        Ok(Ok(0)) | Err(_) => Ok(None),
        Ok(Ok(_)) => {
            let text = String::from_utf8_lossy(&bytes);
            Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
        }
        Ok(Err(error)) => Err(error),
    }
}

/// A mail up to the line with a dot; nothing if it is too long, when it has been read to its end.
async fn mail(
    reader: &mut (impl tokio::io::AsyncBufRead + Unpin),
) -> std::io::Result<Option<String>> {
    let mut text = String::new();
    let mut fits = true;
    while let Some(line) = line(reader).await? {
        if line == "." {
            return Ok(fits.then_some(text));
        }
        fits &= text.len() + line.len() < MAIL_BYTES_MAX;
        if fits {
            text.push_str(line.strip_prefix('.').unwrap_or(&line));
            text.push('\n');
        }
    }
    Ok(None)
}

/// Subject and text of a mail; of one with several parts the plain one.
fn read(mail: &str, addressees: &str) -> Message {
    let (head, body) = mail.split_once("\n\n").unwrap_or((mail, ""));
    let head = head.replace("\n ", " ").replace("\n\t", " ");
    let field = |name: &str| {
        let line = head.lines().find(|line| {
            let start = line.get(..name.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(name))
        });
        line.map_or("", |line| line[name.len()..].trim()).to_owned()
    };
    let kind = field("content-type:");
    let boundary = kind.split("boundary=").nth(1).map(|rest| {
        let rest = rest.split(';').next().unwrap_or_default();
        rest.trim_matches('"').to_owned()
    });
    let text = match boundary {
        Some(boundary) => plain_part(body, &boundary),
        None => decoded(body, &field("content-transfer-encoding:")),
    };
    let links = text
        .split_whitespace()
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .map(|url| (link_name(url), url.to_owned()))
        .collect();
    Message {
        by: "mail",
        at: now(),
        to: addressees.to_owned(),
        title: decoded_words(&field("subject:")),
        text,
        links,
    }
}

/// What a link leads to, by its path.
fn link_name(url: &str) -> String {
    let path = url.splitn(4, '/').nth(3).unwrap_or_default();
    let name = path.split(['/', '?']).next().unwrap_or_default();
    if name.is_empty() { "link" } else { name }.to_owned()
}

fn plain_part(body: &str, boundary: &str) -> String {
    let boundary = format!("--{boundary}");
    for part in body.split(&boundary) {
        let Some((head, text)) = part.trim_start_matches('\n').split_once("\n\n") else {
            continue;
        };
        let head = head.to_ascii_lowercase();
        if head.contains("text/plain") {
            let encoding = head
                .split("content-transfer-encoding:")
                .nth(1)
                .and_then(|rest| rest.lines().next())
                .unwrap_or_default()
                .trim()
                .to_owned();
            return decoded(text, &encoding);
        }
    }
    String::new()
}

fn decoded(text: &str, encoding: &str) -> String {
    match encoding.to_ascii_lowercase().as_str() {
        "quoted-printable" => quoted_printable(text, false),
        "base64" => base64(text),
        _ => text.to_owned(),
    }
}

/// RFC 2045, section 6.7; in headers (RFC 2047) an underscore is a blank.
fn quoted_printable(text: &str, header: bool) -> String {
    let mut out = Vec::new();
    let joined = text.replace("=\n", "");
    let bytes = joined.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = bytes
            .get(at + 1..at + 3)
            .filter(|_| byte == b'=')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                out.push(code);
                at += 3;
            }
            None => {
                out.push(if header && byte == b'_' { b' ' } else { byte });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn base64(text: &str) -> String {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut out, mut bits, mut count) = (Vec::new(), 0u32, 0u32);
    for six in text.bytes().filter_map(value) {
        bits = (bits << 6 | u32::from(six)) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `=?utf-8?b?…?=` and `=?utf-8?q?…?=` of a header.
fn decoded_words(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("=?") {
        let mut parts = after.splitn(4, '?');
        let (_, encoding, word, tail) = (parts.next(), parts.next(), parts.next(), parts.next());
        let (Some(encoding), Some(word), Some(tail)) = (encoding, word, tail) else {
            break;
        };
        if !before.trim().is_empty() || out.is_empty() {
            out.push_str(before);
        }
        out.push_str(&match encoding {
            "b" | "B" => base64(word),
            _ => quoted_printable(word, true),
        });
        rest = tail.strip_prefix('=').unwrap_or(tail);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::{decoded_words, read};

    #[test]
    fn subject_and_plain_part_are_read() {
        let mail = "Subject: =?utf-8?b?8J+aqCBBbGVydA==?=\nContent-Type: multipart/alternative;\n boundary=\"x\"\n\n--x\n\
                    Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nAgent =\nfailed =C3=A4 http://h/alerts/1\n--x\nContent-Type: text/html\n\n<b>no</b>\n--x--\n";
        let message = read(mail, "a@b");
        assert_eq!(message.title, "🚨 Alert");
        assert_eq!(message.text.trim(), "Agent failed ä http://h/alerts/1");
        assert_eq!(
            message.links,
            [("alerts".to_owned(), "http://h/alerts/1".to_owned())]
        );
        assert_eq!(decoded_words("=?utf-8?q?a_b=21?= c"), "a b! c");
    }
}
