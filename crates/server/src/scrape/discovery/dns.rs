//! Targets from DNS: addresses of names from the machine's resolver, services (SRV) asked for at the
//! name servers of `/etc/resolv.conf`.

use super::dns_message::{self, Service};
use super::{Outlet, pause};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tacho_ingest::scrape::config::discovery::DnsKind;
use tacho_ingest::scrape::config::discovery::targets::{ADDRESS_LABEL, TargetGroup};
use tacho_model::labels::Labels;
use tacho_storage::io::{Io, read_limited};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};

const RESOLV_CONF: &str = "/etc/resolv.conf";
/// Name servers that are asked, one after the other.
const SERVERS_MAX: usize = 3;
/// Time for an answer of one server.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What is looked up.
pub(super) struct Lookup {
    pub(super) names: Vec<String>,
    pub(super) kind: DnsKind,
    pub(super) port: u16,
    pub(super) io: Arc<dyn Io>,
}

/// Looks up again and again. A name that fails keeps its targets.
pub(super) async fn run(lookup: Lookup, refresh: Duration, outlet: Outlet) {
    let mut groups: Vec<Option<TargetGroup>> = vec![None; lookup.names.len()];
    let mut given: Option<Vec<TargetGroup>> = None;
    loop {
        for (name, group) in lookup.names.iter().zip(&mut groups) {
            match lookup.targets(name).await {
                Ok(targets) => {
                    *group = Some(TargetGroup {
                        source: name.clone(),
                        targets,
                        labels: Labels::default(),
                    });
                }
                Err(reason) => outlet.failed(name, &reason),
            }
        }
        let now: Vec<TargetGroup> = groups.iter().flatten().cloned().collect();
        if given.as_ref() != Some(&now) {
            given = Some(now.clone());
            if !outlet.give(now).await {
                return;
            }
        }
        pause(refresh).await;
    }
}

impl Lookup {
    async fn targets(&self, name: &str) -> Result<Vec<Labels>, String> {
        let mut targets = match self.kind {
            DnsKind::Srv => {
                let servers = self.servers().await?;
                let services = services(name, &servers).await?;
                services
                    .iter()
                    .map(|found| service_labels(name, found))
                    .collect()
            }
            DnsKind::A | DnsKind::Aaaa => self.addresses(name).await?,
            DnsKind::Mx | DnsKind::Ns => Vec::new(),
        };
        targets.sort_unstable();
        targets.dedup();
        Ok(targets)
    }

    async fn addresses(&self, name: &str) -> Result<Vec<Labels>, String> {
        let wants_v4 = self.kind == DnsKind::A;
        let found = tokio::net::lookup_host((name, self.port))
            .await
            .map_err(|error| error.to_string())?;
        Ok(found
            .filter(|address| address.is_ipv4() == wants_v4)
            .map(|address| {
                Labels::from_pairs([
                    (ADDRESS_LABEL, address.to_string().as_str()),
                    ("__meta_dns_name", name),
                ])
            })
            .collect())
    }

    async fn servers(&self) -> Result<Vec<SocketAddr>, String> {
        let io = Arc::clone(&self.io);
        let read = tokio::task::spawn_blocking(move || {
            read_limited(io.as_ref(), Path::new(RESOLV_CONF), 64 << 10)
        });
        // a machine without the file has a resolver of its own
        let text = match read.await {
            Ok(Ok(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            _ => String::new(),
        };
        Ok(servers_of(&text))
    }
}

/// The name servers of a `resolv.conf`; this machine if it names none.
fn servers_of(text: &str) -> Vec<SocketAddr> {
    let mut servers: Vec<SocketAddr> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("nameserver"))
        .filter_map(|rest| rest.split_whitespace().next())
        .filter_map(|address| address.parse::<IpAddr>().ok())
        .map(|address| SocketAddr::new(address, 53))
        .take(SERVERS_MAX)
        .collect();
    if servers.is_empty() {
        servers.push(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 53));
    }
    servers
}

fn service_labels(name: &str, service: &Service) -> Labels {
    let host = service.target.trim_end_matches('.');
    Labels::from_pairs([
        (ADDRESS_LABEL, format!("{host}:{}", service.port).as_str()),
        ("__meta_dns_name", name),
        ("__meta_dns_srv_record_target", service.target.as_str()),
        ("__meta_dns_srv_record_port", &service.port.to_string()),
    ])
}

/// Asks name servers for services until one answers.
async fn services(name: &str, servers: &[SocketAddr]) -> Result<Vec<Service>, String> {
    let mut reason = "there is no name server".to_owned();
    for server in servers {
        let asked = tokio::time::timeout(TIMEOUT, ask(name, *server));
        match asked.await {
            Ok(Ok(services)) => return Ok(services),
            Ok(Err(wrong)) => reason = format!("{server}: {wrong}"),
            Err(_) => reason = format!("{server}: no answer in time"),
        }
    }
    Err(reason)
}

async fn ask(name: &str, server: SocketAddr) -> Result<Vec<Service>, String> {
    let wrong = |error: std::io::Error| error.to_string();
    let local: SocketAddr = if server.is_ipv4() {
        (Ipv4Addr::UNSPECIFIED, 0).into()
    } else {
        (std::net::Ipv6Addr::UNSPECIFIED, 0).into()
    };
    let socket = UdpSocket::bind(local).await.map_err(wrong)?;
    socket.connect(server).await.map_err(wrong)?;
    // the port that the system chose is as hard to guess as a number of ours would be
    let id = socket.local_addr().map_err(wrong)?.port() ^ 0x5a5a;
    let question = dns_message::question(name, id)?;
    socket.send(&question).await.map_err(wrong)?;
    let mut buffer = vec![0; 4096];
    loop {
        let length = socket.recv(&mut buffer).await.map_err(wrong)?;
        let answer = buffer.get(..length).unwrap_or_default();
        match dns_message::services(answer, &question)? {
            // someone else's answer
            None => {}
            Some(answer) if answer.truncated => return ask_by_tcp(&question, server).await,
            Some(answer) => return Ok(answer.services),
        }
    }
}

/// Asks again where an answer is too long for a datagram.
async fn ask_by_tcp(question: &[u8], server: SocketAddr) -> Result<Vec<Service>, String> {
    let wrong = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(server).await.map_err(wrong)?;
    let length = u16::try_from(question.len()).unwrap_or(u16::MAX);
    let mut message = length.to_be_bytes().to_vec();
    message.extend_from_slice(question);
    stream.write_all(&message).await.map_err(wrong)?;
    let length = stream.read_u16().await.map_err(wrong)?;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await.map_err(wrong)?;
    match dns_message::services(&answer, question)? {
        Some(answer) => Ok(answer.services),
        None => Err("the answer is to another question".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Lookup, servers_of, service_labels, services};
    use crate::scrape::discovery::dns_message::{Service, tests::answer_to};
    use std::sync::Arc;
    use tacho_ingest::scrape::config::discovery::DnsKind;
    use tacho_storage::io::std_io::StdIo;
    use tokio::net::UdpSocket;

    #[test]
    fn name_servers_are_read_from_resolv_conf() {
        let text = "# x\nnameserver 10.0.0.1\nsearch a.b\nnameserver ::1 # y\nnameserver bad\n";
        let servers = servers_of(text);
        let shown: Vec<String> = servers.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["10.0.0.1:53", "[::1]:53"]);
        assert_eq!(servers_of("").len(), 1);
    }

    #[tokio::test]
    async fn services_are_asked_for_and_the_next_server_if_one_is_silent() {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr().unwrap();
        let dead = {
            let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.local_addr().unwrap()
        };
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            let (length, from) = server.recv_from(&mut buffer).await.unwrap();
            let answer = answer_to(&buffer[..length], &[(9100, "node.example.org")]);
            server.send_to(&answer, from).await.unwrap();
        });
        let found = services("_x._tcp.example.org", &[dead, address])
            .await
            .unwrap();
        assert_eq!(
            found,
            [Service {
                target: "node.example.org.".to_owned(),
                port: 9100
            }]
        );
        let labels = service_labels("_x._tcp.example.org", &found[0]);
        assert_eq!(labels.value("__address__"), "node.example.org:9100");
    }

    #[tokio::test]
    async fn addresses_come_from_the_machine() {
        let lookup = Lookup {
            names: vec!["localhost".to_owned()],
            kind: DnsKind::A,
            port: 9100,
            io: Arc::new(StdIo),
        };
        let targets = lookup.targets("localhost").await.unwrap();
        assert_eq!(targets[0].value("__address__"), "127.0.0.1:9100");
        assert_eq!(targets[0].value("__meta_dns_name"), "localhost");
    }
}
