//! Addresses of Graph and of the sign-in service, where a token may be sent; of repositories; of webhooks.

use reqwest::Url;
use std::net::IpAddr;

/// Clouds without number management (docs/graph.md 8); a host at or under one of these is refused.
const NATIONAL_CLOUDS: &[&str] = &[
    "microsoft.us",
    "microsoftonline.us",
    "chinacloudapi.cn",
    "microsoftonline.cn",
    "microsoft.de",
    "microsoftonline.de",
    "cloudapi.de",
];

/// Checks a base URL and takes off a closing slash: https, or http on loopback; no credentials, query or fragment.
pub(super) fn base_url(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| format!("not a URL: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a URL with a user name or password in it is refused".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("expected a URL without `?` and `#`".to_owned());
    }
    let host = url.host_str().unwrap_or_default();
    if let Some(cloud) = national_cloud(host) {
        return Err(format!(
            "{host} belongs to a national cloud ({cloud}); phone numbers can be managed in the global cloud only"
        ));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return Err(format!(
                "http:// is accepted for loopback hosts only, and {host} is none; write https://"
            ));
        }
        other => return Err(format!("expected https://, found {other}://")),
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Checks where messages are sent to: https, or http on loopback; no credentials. What is wrong is told without the
/// address, whose path or query may be a secret.
pub(super) fn webhook(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| format!("not a URL: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "a URL with a user name or password in it is refused; messages are signed instead"
                .to_owned(),
        );
    }
    match url.scheme() {
        "https" => Ok(url.into()),
        "http" if is_loopback(&url) => Ok(url.into()),
        "http" => Err("http:// is accepted for loopback hosts only; write https://".to_owned()),
        other => Err(format!("expected https://, found {other}://")),
    }
}

/// Checks where a git repository is: https, ssh, or a path; http on loopback. A password in it would be shown.
pub(super) fn repository(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.starts_with('-') || text.contains(char::is_control) {
        return Err("expected a URL or a path".to_owned());
    }
    if text.contains("::") {
        return Err("remote helpers (`name::address`) are not accepted; write an https or ssh URL, or a path".to_owned());
    }
    if !is_url(text) {
        return Ok(text.to_owned());
    }
    let url = Url::parse(text).map_err(|error| format!("not a URL: {error}"))?;
    if url.password().is_some() {
        return Err(
            "a URL with a password in it is refused; let git's credential helper give it"
                .to_owned(),
        );
    }
    match url.scheme() {
        "https" | "ssh" | "file" => Ok(text.to_owned()),
        "http" if is_loopback(&url) => Ok(text.to_owned()),
        "http" => Err("http:// is accepted for loopback hosts only; write https://".to_owned()),
        other => Err(format!(
            "expected https://, ssh:// or a path, found {other}://"
        )),
    }
}

/// Whether a repository is named by a URL.
fn is_url(text: &str) -> bool {
    text.contains("://")
}

/// Whether a repository is a path on this machine; `git@example.com:rules.git` is none.
pub(super) fn is_path(text: &str) -> bool {
    let before_colon = text.split_once(':').map(|(before, _)| before);
    !is_url(text) && before_colon.is_none_or(|before| before.contains('/'))
}

/// Whether a checked base URL points to this machine.
pub(super) fn is_loopback_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| is_loopback(&url))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn national_cloud(host: &str) -> Option<&'static str> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    NATIONAL_CLOUDS.iter().copied().find(|cloud| {
        host.strip_suffix(cloud)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}
