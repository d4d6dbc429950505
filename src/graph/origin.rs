//! Where the token may go: the origin of the configured Graph URL, and nowhere else (docs/graph.md, trap 10).

use super::GraphError;
use crate::directory::{Link, ReadError};
use reqwest::Url;
use std::net::IpAddr;

/// Hosts of the clouds that have no number management, and of their sign-in (docs/graph.md 8).
const NATIONAL: [&str; 6] = [
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
    "login.microsoftonline.us",
    "login.chinacloudapi.cn",
    "login.partner.microsoftonline.cn",
];

/// A base URL that was checked.
#[derive(Clone, Debug)]
pub(super) struct Base {
    url: Url,
    text: String,
}

impl std::fmt::Display for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Base {
    /// Checks a configured URL: https, or http to a loopback host, and no national cloud.
    pub(super) fn parse(key: &'static str, text: &str) -> Result<Self, GraphError> {
        let unusable = |why: &str| GraphError::Url {
            key,
            url: text.to_owned(),
            why: why.to_owned(),
        };
        let url = Url::parse(text.trim()).map_err(|e| unusable(&e.to_string()))?;
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        if NATIONAL.contains(&host) {
            return Err(GraphError::NationalCloud {
                key,
                host: host.to_owned(),
            });
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(host) => {}
            "http" => return Err(unusable("http is accepted for loopback hosts only")),
            _ => return Err(unusable("it must begin with https://")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(unusable("it must not carry a user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(unusable("it must not carry a query or fragment"));
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, text })
    }

    /// Whether it is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(self.url.host_str().unwrap_or_default())
    }

    /// The URL of `path` (with its slash, and encoded) below this base.
    pub(super) fn at(&self, path: &str) -> Result<Url, ReadError> {
        Url::parse(&format!("{}{path}", self.text))
            .map_err(|e| ReadError::Broken(format!("`{path}` makes no URL: {e}")))
    }

    /// The URL of a link the service sent, when it leads to this origin.
    pub(super) fn follow(&self, link: &Link) -> Result<Url, ReadError> {
        let url = Url::parse(&link.0)
            .map_err(|e| ReadError::Broken(format!("Graph sent a link that is no URL ({e})")))?;
        let same = url.scheme() == self.url.scheme()
            && url.host_str() == self.url.host_str()
            && url.port_or_known_default() == self.url.port_or_known_default()
            && url.username().is_empty()
            && url.password().is_none();
        if same {
            return Ok(url);
        }
        Err(ReadError::Broken(format!(
            "Graph sent a link to {}, which is not the configured {}: it is not followed and the token was not sent there",
            origin_text(&url),
            origin_text(&self.url),
        )))
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Scheme, host and port, without user names or paths.
fn origin_text(url: &Url) -> String {
    let host = url.host_str().unwrap_or("no host");
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_https_and_loopback_http_only() {
        let accepted = |text: &str| Base::parse("graph_url", text).is_ok();
        assert!(accepted("https://graph.microsoft.com/v1.0"));
        assert!(accepted("https://graph.microsoft.com/v1.0/"));
        assert!(accepted("http://localhost:8080/v1.0"));
        assert!(accepted("http://127.0.0.1:1/v1.0"));
        assert!(accepted("http://[::1]:1/v1.0"));
        assert!(!accepted("http://graph.microsoft.com/v1.0"));
        assert!(!accepted("http://localhost.example/v1.0"));
        assert!(!accepted("ftp://graph.microsoft.com"));
        assert!(!accepted("https://me:secret@graph.microsoft.com/v1.0"));
        assert!(!accepted("https://graph.microsoft.com/v1.0?x=1"));
        assert!(!accepted("graph.microsoft.com"));
        for host in NATIONAL {
            let refused = Base::parse("graph_url", &format!("https://{host}/v1.0"));
            assert!(matches!(refused, Err(GraphError::NationalCloud { .. })));
        }
    }

    #[test]
    fn follows_links_of_its_own_origin_only() {
        let base = Base::parse("graph_url", "https://graph.microsoft.com/v1.0").expect("a URL");
        let follows = |text: &str| base.follow(&Link(text.into())).is_ok();
        assert!(follows(
            "https://graph.microsoft.com/v1.0/users/delta?$skiptoken=a"
        ));
        assert!(follows("https://graph.microsoft.com:443/beta/x"));
        assert!(!follows("http://graph.microsoft.com/v1.0/users"));
        assert!(!follows("https://graph.microsoft.com:8443/v1.0/users"));
        assert!(!follows("https://graph.microsoft.com.evil.example/v1.0"));
        assert!(!follows("https://graph.microsoft.com@evil.example/v1.0"));
        assert!(!follows("https://token@graph.microsoft.com/v1.0"));
        assert!(!follows("/v1.0/users"));
        assert!(!follows(""));
    }
}
