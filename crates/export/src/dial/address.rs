//! Which addresses are dialled.

use reqwest::Url;
use std::net::IpAddr;

/// Whether a URL may be asked. Names are judged when they are resolved.
pub(super) fn check_url(url: &Url, allow_link_local: bool) -> Result<(), String> {
    if !["http", "https"].contains(&url.scheme()) {
        return Err(format!("unsupported protocol scheme {:?}", url.scheme()));
    }
    let Some(host) = url.host_str() else {
        return Err("there is no host in the URL".to_owned());
    };
    let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() else {
        return Ok(());
    };
    check_address(address, allow_link_local)
}

/// Refuses link-local addresses: behind them lie the credentials of cloud machines.
pub fn check_address(address: IpAddr, allow_link_local: bool) -> Result<(), String> {
    let link_local = match address.to_canonical() {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_unicast_link_local()
                || address.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]
        }
    };
    if link_local && !allow_link_local {
        return Err(format!(
            "{address} is a link-local address, which is not dialled unless allow_link_local is set"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_url;

    #[test]
    fn link_local_addresses_are_refused_however_they_are_written() {
        for url in [
            "http://169.254.169.254/latest",
            "http://[fe80::1]/",
            "http://[::ffff:169.254.169.254]/",
            "http://0xA9FEA9FE/",
            "http://2852039166/",
            "http://[fd00:ec2::254]/",
        ] {
            let url = url.parse().unwrap();
            assert!(check_url(&url, false).is_err(), "{url}");
            assert_eq!(check_url(&url, true), Ok(()));
        }
        for url in [
            "http://127.0.0.1:1/",
            "https://example.org/",
            "http://[::1]/",
        ] {
            assert_eq!(check_url(&url.parse().unwrap(), false), Ok(()));
        }
        assert!(check_url(&"file:///etc/passwd".parse().unwrap(), true).is_err());
    }
}
