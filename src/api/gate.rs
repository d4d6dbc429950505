//! Who is let in: programs of this machine, and pages of this service. Not the page of another site that makes a
//! browser send what its user never wished, nor one whose name was pointed at this machine (DNS rebinding).

use super::problem::Problem;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::net::IpAddr;

/// The most bytes of a body.
pub(super) const LARGEST_BODY: usize = 1 << 20;

/// Whether the service is reached by loopback names only.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gate {
    pub(super) loopback_only: bool,
}

/// Lets a request in or answers with 403.
pub(super) async fn gate(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    if announced(request.headers()) > LARGEST_BODY {
        let detail = format!("the body is larger than {LARGEST_BODY} bytes");
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).into_response();
    }
    match gate.refusal(request.method(), request.uri().host(), request.headers()) {
        Some(detail) => Problem::new(StatusCode::FORBIDDEN, detail).into_response(),
        None => next.run(request).await,
    }
}

/// How long the body says it is; what says nothing is cut off where it is read.
fn announced(headers: &HeaderMap) -> usize {
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
    length.unwrap_or_default()
}

impl Gate {
    fn refusal(
        self,
        method: &Method,
        target: Option<&str>,
        headers: &HeaderMap,
    ) -> Option<&'static str> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let host = target.or_else(|| text(header::HOST).map(without_port));
        if self.loopback_only && !host.is_some_and(is_loopback) {
            return Some(
                "this service listens on loopback: ask for it as localhost, 127.0.0.1 or [::1]",
            );
        }
        let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        let foreign = |origin: &str| {
            let of = origin.split_once("://").map_or(origin, |(_, rest)| rest);
            Some(of) != text(header::HOST)
        };
        let cross_site = headers
            .get("sec-fetch-site")
            .is_some_and(|site| site != "same-origin" && site != "none");
        if !reads && (cross_site || text(header::ORIGIN).is_some_and(foreign)) {
            return Some("a page of another site may not change anything here");
        }
        None
    }
}

fn without_port(host: &str) -> &str {
    let end = match host.rfind(']') {
        Some(bracket) => bracket + 1,
        None => host.find(':').unwrap_or(host.len()),
    };
    &host[..end]
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &str, headers: &[(&'static str, &'static str)], let_in: bool) {
        let gate = Gate {
            loopback_only: true,
        };
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                let name: header::HeaderName = name.parse().expect("a header name");
                (name, value.parse().expect("a header value"))
            })
            .collect();
        let method: Method = method.parse().expect("a method");
        let refusal = gate.refusal(&method, None, &headers);
        assert_eq!(
            refusal.is_none(),
            let_in,
            "{method} {headers:?}: {refusal:?}"
        );
    }

    #[test]
    fn loopback_names_only() {
        for (host, let_in) in [
            ("localhost:8080", true),
            ("LOCALHOST", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("evil.example", false),
            ("localhost.evil.example:8080", false),
            ("127.0.0.1.evil.example", false),
            ("", false),
        ] {
            check("GET", &[("host", host)], let_in);
        }
        check("GET", &[], false);
    }

    #[test]
    fn other_sites_change_nothing() {
        let host = ("host", "localhost:8080");
        for (header, method, let_in) in [
            (("origin", "http://localhost:8080"), "POST", true),
            (("origin", "http://evil.example"), "POST", false),
            (("origin", "null"), "POST", false),
            (("origin", "http://localhost:9999"), "DELETE", false),
            (("sec-fetch-site", "cross-site"), "PUT", false),
            (("sec-fetch-site", "same-site"), "PUT", false),
            (("sec-fetch-site", "same-origin"), "PUT", true),
            (("sec-fetch-site", "none"), "POST", true),
            (("origin", "http://evil.example"), "GET", true),
        ] {
            check(method, &[host, header], let_in);
        }
    }
}
