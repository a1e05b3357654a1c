//! Names to addresses for requests: refuses link-local ones, and knows a name that stands for another.

use super::address::check_address;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;

/// Resolves names with the machine's resolver.
pub(super) struct Resolver {
    allow_link_local: bool,
    /// The host that is meant, and the name that stands in the URL for it.
    renamed: Option<(String, String)>,
}

impl Resolver {
    pub(super) fn new(allow_link_local: bool, renamed: Option<(&str, &str)>) -> Self {
        Self {
            allow_link_local,
            renamed: renamed.map(|(host, name)| (host.to_owned(), name.to_owned())),
        }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow = self.allow_link_local;
        let host = match &self.renamed {
            Some((host, stands_for)) if stands_for == name.as_str() => host.clone(),
            _ => name.as_str().to_owned(),
        };
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
            for address in &found {
                check_address(address.ip(), allow)?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
