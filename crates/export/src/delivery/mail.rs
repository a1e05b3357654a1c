//! Sends mail: STARTTLS, TLS from the start, or neither; PLAIN and LOGIN.

use crate::channel::Verdict;
use crate::channel::email::Mail;
use crate::dial::address::check_address;
use crate::dial::{Surroundings, causes};
use crate::receiver::email::Email;
use crate::secret::text_of;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    Certificate, CertificateStore, Identity, Tls, TlsParameters, TlsVersion,
};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tacho_yaml::http_client;
use tacho_yaml::http_client::Origin;

/// Longest wait for each step of the talk; the whole try is limited by who asks.
const STEP: Duration = Duration::from_secs(10);
/// The port of TLS from the start.
const SMTPS: u16 = 465;

/// What has to be read from files.
struct Prepared {
    message: Message,
    tls: Tls,
    password: Option<String>,
}

/// Sends a mail.
pub(super) async fn send(email: &Email, mail: &Mail, surroundings: &Surroundings) -> Verdict {
    let refused = |error: String| Verdict::Refused { error };
    let later = |error: String| Verdict::Retry { after: None, error };
    let Some((host, port)) = host_port(&email.smarthost) else {
        return refused(format!("{:?} is no HOST:PORT", email.smarthost));
    };
    let addresses = match resolve(&host, port, surroundings.allow_link_local).await {
        Ok(addresses) => addresses,
        Err(error) if error.contains("is a link-local address") => return refused(error),
        Err(error) => return later(error),
    };
    let prepared = {
        let (email, mail) = (email.clone(), mail.clone());
        let (surroundings, host) = (surroundings.clone(), host.clone());
        let prepare = move || prepare(&email, &mail, &surroundings, (&host, port));
        tokio::task::spawn_blocking(prepare).await
    };
    let prepared = match prepared {
        Ok(Ok(prepared)) => prepared,
        Ok(Err(error)) => return later(error),
        Err(_) => return later("the mail could not be written".to_owned()),
    };
    let mut last = format!("{host} has no address");
    for address in addresses {
        let mut sent = talk(email, &prepared, address, true).await;
        if matches!(&sent, Err(error) if error.is_client() && prepared.password.is_some()) {
            // a server that offers no login takes mail without one
            sent = talk(email, &prepared, address, false).await;
        }
        match sent {
            Ok(()) => {
                return Verdict::Sent {
                    thread: Some(mail.thread()),
                };
            }
            Err(error) => {
                let text = causes(&error);
                let code = error.status().map(u16::from);
                if error.is_permanent() && !is_about_login(code) {
                    return refused(text);
                }
                last = text;
                if error.is_response() {
                    // it was reached, the other addresses will say the same
                    break;
                }
            }
        }
    }
    later(last)
}

/// Codes about the login: a password can be exchanged.
fn is_about_login(code: Option<u16>) -> bool {
    code.is_some_and(|code| [530, 534, 535, 538].contains(&code))
}

async fn talk(
    email: &Email,
    prepared: &Prepared,
    address: SocketAddr,
    with_login: bool,
) -> Result<(), lettre::transport::smtp::Error> {
    let server = address.ip().to_string();
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server)
        .port(address.port())
        .timeout(Some(STEP))
        .tls(prepared.tls.clone());
    if !email.hello.is_empty() {
        builder = builder.hello_name(ClientId::Domain(email.hello.clone()));
    }
    if let Some(password) = prepared.password.as_ref().filter(|_| with_login) {
        let credentials = Credentials::new(email.username.clone(), password.clone());
        builder = builder
            .credentials(credentials)
            .authentication(vec![Mechanism::Plain, Mechanism::Login]);
    }
    builder.build().send(prepared.message.clone()).await?;
    Ok(())
}

fn host_port(smarthost: &str) -> Option<(String, u16)> {
    let (host, port) = smarthost.rsplit_once(':')?;
    let host = host.trim_matches(['[', ']']);
    let host = if host.is_empty() { "localhost" } else { host };
    let port = match port {
        "smtp" => 25,
        "smtps" => SMTPS,
        "submission" => 587,
        port => port.parse().ok()?,
    };
    Some((host.to_owned(), port))
}

async fn resolve(host: &str, port: u16, allow: bool) -> Result<Vec<SocketAddr>, String> {
    let found = tokio::net::lookup_host((host, port)).await;
    let found: Vec<SocketAddr> = found
        .map_err(|error| format!("cannot find {host}: {error}"))?
        .collect();
    for address in &found {
        check_address(address.ip(), allow)?;
    }
    Ok(found)
}

fn prepare(
    email: &Email,
    mail: &Mail,
    surroundings: &Surroundings,
    (host, port): (&str, u16),
) -> Result<Prepared, String> {
    let files = surroundings.files.as_ref();
    let password = match email.username.is_empty() {
        true => None,
        false => Some(text_of(&email.password, files)?.unwrap_or_default()),
    };
    let implicit = email.implicit_tls.unwrap_or(port == SMTPS);
    let tls = match (implicit, email.require_tls) {
        (true, _) => Tls::Wrapper(parameters(&email.tls, host, surroundings)?),
        (false, true) => Tls::Required(parameters(&email.tls, host, surroundings)?),
        (false, false) => Tls::None,
    };
    Ok(Prepared {
        message: mail.message()?,
        tls,
        password,
    })
}

fn parameters(
    tls: &http_client::Tls,
    host: &str,
    surroundings: &Surroundings,
) -> Result<TlsParameters, String> {
    // a second installation changes nothing
    let _ = rustls::crypto::ring::default_provider().install_default();
    let files = Arc::clone(&surroundings.files);
    let read = |origin: &Origin| text_of(origin, files.as_ref()).map(Option::unwrap_or_default);
    let name = match tls.server_name.as_str() {
        "" => host,
        name => name,
    };
    let wrong = |what: &str, error: &lettre::transport::smtp::Error| {
        format!("tls_config.{what}: {}", causes(error))
    };
    let mut builder = TlsParameters::builder(name.to_owned())
        .dangerous_accept_invalid_certs(tls.insecure_skip_verify);
    let ca = read(&tls.ca)?;
    if !ca.is_empty() {
        let ca = Certificate::from_pem(ca.as_bytes()).map_err(|error| wrong("ca", &error))?;
        builder = builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(ca);
    }
    let (cert, key) = (read(&tls.cert)?, read(&tls.key)?);
    if !cert.is_empty() {
        let identity = Identity::from_pem(cert.as_bytes(), key.as_bytes());
        builder = builder.identify_with(identity.map_err(|error| wrong("cert", &error))?);
    }
    if tls.min_version == Some(http_client::TlsVersion::Tls13) {
        builder = builder.set_min_tls_version(TlsVersion::Tlsv13);
    }
    builder.build().map_err(|error| wrong("ca", &error))
}

#[cfg(test)]
mod tests;
