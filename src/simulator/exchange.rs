//! One request and one reply, apart from any HTTP library, so that `$batch` can make them too.

use axum::body::Bytes;
use axum::http::HeaderMap;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::odata::Query;

/// A request as the routes see it.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: String,
    /// Path and query as sent.
    pub(super) target: String,
    /// The path behind `/v1.0` in normal spelling (see `routes::segments`).
    pub(super) segments: Vec<String>,
    pub(super) query: Query,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// Scheme, host and port by which the client reached us; links are made with it.
    pub(super) origin: String,
    pub(super) now: Timestamp,
    /// A fresh GUID for the `request-id` header and for ids made by this request.
    pub(super) request_id: String,
}

impl Call {
    /// A header as text, empty when absent.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Whether a `Prefer` header asks for this.
    pub(super) fn prefers(&self, preference: &str) -> bool {
        self.headers
            .get_all("prefer")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.split(',').any(|part| part.trim() == preference))
    }

    /// The v1.0 base, without a slash at the end.
    pub(super) fn base(&self) -> String {
        format!("{}/v1.0", self.origin)
    }

    /// Reads the JSON body; unknown fields are refused by the type, `@odata.type` is accepted.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Box<GraphError>> {
        if !self.header("content-type").starts_with("application/json") {
            return Err(GraphError::bad(
                "RequestBodyRead",
                "Write requests need Content-Type application/json.",
            ));
        }
        let mut value: Value = serde_json::from_slice(&self.body).map_err(|error| {
            GraphError::bad(
                "BadRequest",
                format!("Unable to read JSON request payload. {error}"),
            )
        })?;
        drop_type_annotations(&mut value);
        serde_path_to_error::deserialize(value).map_err(|error| {
            GraphError::bad(
                "BadRequest",
                format!("Invalid body at '{}': {}", error.path(), error.inner()),
            )
        })
    }
}

/// The SDKs annotate every object with its type; Graph takes that and so do we.
fn drop_type_annotations(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !key.ends_with("@odata.type"));
            map.values_mut().for_each(drop_type_annotations);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_type_annotations),
        _ => {}
    }
}

/// What goes back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) content_type: &'static str,
    pub(super) body: Vec<u8>,
}

pub(super) const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

impl Reply {
    /// A status without a body.
    pub(super) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content_type: "",
            body: Vec::new(),
        }
    }

    /// A JSON body.
    pub(super) fn json(status: u16, value: &Value) -> Self {
        Self::bytes(status, value.to_string().into_bytes())
    }

    /// A body that is JSON already.
    pub(super) fn bytes(status: u16, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content_type: JSON,
            body,
        }
    }

    /// Plain text.
    pub(super) fn text(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content_type: "text/plain",
            body: body.into().into_bytes(),
        }
    }

    /// The same with one more header.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A refusal in Graph's envelope (docs/graph.md 9.2).
#[derive(Debug)]
pub(super) struct GraphError {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) headers: Vec<(&'static str, String)>,
}

/// What every route answers.
pub(super) type Answer = Result<Reply, Box<GraphError>>;

impl GraphError {
    pub(super) fn new(status: u16, code: &str, message: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            headers: Vec::new(),
        })
    }

    /// 400 with a code of its own.
    pub(super) fn bad(code: &str, message: impl Into<String>) -> Box<Self> {
        Self::new(400, code, message)
    }

    /// 404 as the directory words it.
    pub(super) fn no_such_object(what: &str) -> Box<Self> {
        Self::new(
            404,
            "Request_ResourceNotFound",
            format!(
                "Resource '{what}' does not exist or one of its queried reference-property objects are not present."
            ),
        )
    }

    /// The reply that carries it.
    pub(super) fn into_reply(self, call: &Call) -> Reply {
        let client = call.header("client-request-id");
        let body = json!({"error": {
            "code": self.code,
            "message": self.message,
            "innerError": {
                "date": call.now.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                "request-id": call.request_id,
                "client-request-id": if client.is_empty() { &call.request_id } else { client },
            }
        }});
        let mut reply = Reply::json(self.status, &body);
        reply.headers = self.headers;
        reply
    }
}
