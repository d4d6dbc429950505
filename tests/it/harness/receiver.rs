//! A receiver of webhooks: keeps what comes over real HTTP, checks signatures by itself, and answers as it is told.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// The secret of every receiver here, as it stands in a file.
pub(crate) const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// A message as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) id: String,
    pub(crate) body: Value,
    /// What was answered.
    pub(crate) status: u16,
}

impl Received {
    /// `assigned anna +498955501000 muc rule`, without what is not there.
    pub(crate) fn line(&self) -> String {
        let data = &self.body["data"];
        let user = data["user"]["upn"].as_str().unwrap_or_default();
        let parts = [
            self.body["type"].as_str(),
            user.split('@').next(),
            data["number"].as_str(),
            data["range"].as_str(),
            data["reason"].as_str(),
        ];
        let parts: Vec<&str> = parts
            .into_iter()
            .flatten()
            .filter(|p| !p.is_empty())
            .collect();
        parts.join(" ")
    }
}

/// A receiver on a port of this machine.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    answer: Arc<Mutex<u16>>,
}

impl Receiver {
    /// One that takes everything.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let receiver = Self {
            address: listener.local_addr().expect("an address"),
            received: Arc::default(),
            answer: Arc::new(Mutex::new(204)),
        };
        let (received, answer) = (Arc::clone(&receiver.received), Arc::clone(&receiver.answer));
        let handle = move |request: Request| {
            let (received, answer) = (Arc::clone(&received), Arc::clone(&answer));
            async move {
                let status = *answer.lock().expect("the answer");
                let message = arrived(request, status).await;
                received.lock().expect("the list").push(message);
                let moved = [("location", "/elsewhere")];
                (StatusCode::from_u16(status).expect("a status"), moved)
            }
        };
        let app = axum::Router::new().fallback(handle);
        tokio::spawn(async move { axum::serve(listener, app).await });
        receiver
    }

    /// From now on it answers so.
    pub(crate) fn answers(&self, status: u16) {
        *self.answer.lock().expect("the answer") = status;
    }

    /// The block of the configuration that names it.
    pub(crate) fn block(&self, more: &str) -> String {
        format!(
            "[[webhook]]\nurl = \"http://{}/hook?k=s3cr3t-of-the-address\"\nsecret_file = \"hook\"\n{more}\n",
            self.address
        )
    }

    /// Everything that came.
    pub(crate) fn all(&self) -> Vec<Received> {
        self.received.lock().expect("the list").clone()
    }

    /// The lines of what it took, in their order.
    pub(crate) fn lines(&self) -> Vec<String> {
        let taken = |message: &Received| message.status < 300;
        self.all()
            .iter()
            .filter(|m| taken(m))
            .map(Received::line)
            .collect()
    }

    /// Waits until it has taken so many messages.
    pub(crate) async fn takes(&self, count: usize) -> Vec<String> {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(40);
        loop {
            let lines = self.lines();
            if lines.len() >= count {
                return lines;
            }
            assert!(std::time::Instant::now() < deadline, "only {lines:?}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

async fn arrived(request: Request, status: u16) -> Received {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    let header = |name: &str| {
        let value = parts
            .headers
            .get(name)
            .unwrap_or_else(|| panic!("no {name}"));
        value.to_str().expect("text").to_owned()
    };
    assert_eq!(parts.method, "POST");
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(parts.uri.to_string(), "/hook?k=s3cr3t-of-the-address");
    let (id, time) = (header("webhook-id"), header("webhook-timestamp"));
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .expect("after 1970")
        .as_secs();
    let sent: u64 = time.parse().expect("seconds");
    assert!(now.abs_diff(sent) < 60, "signed at {sent}, now it is {now}");
    let mut signed = format!("{id}.{time}.").into_bytes();
    signed.extend_from_slice(&body);
    let key = STANDARD.decode(&SECRET["whsec_".len()..]).expect("base64");
    let expected = format!("v1,{}", STANDARD.encode(hmac_sha256(&key, &signed)));
    assert_eq!(header("webhook-signature"), expected);
    Received {
        id,
        body: serde_json::from_slice(&body).expect("JSON"),
        status,
    }
}

/// HMAC by its definition (RFC 2104), so that the product's library is not checked by itself.
fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    let padded = |pad: u8| -> Vec<u8> {
        let byte = |at: usize| key.get(at).copied().unwrap_or_default() ^ pad;
        (0..64).map(byte).collect()
    };
    let mut inner = Sha256::new();
    inner.update(padded(0x36));
    inner.update(text);
    let mut outer = Sha256::new();
    outer.update(padded(0x5c));
    outer.update(inner.finalize());
    outer.finalize().to_vec()
}
