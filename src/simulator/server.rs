//! What all requests share, and how one is answered, faults included.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use axum::body::Bytes;
use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use uuid::Uuid;

use super::exchange::{Call, GraphError, Reply};
use super::faults::{FaultEffect, Faults};
use super::launch::Options;
use super::log::{Log, Logged};
use super::odata::Query;
use super::tenant_file::TenantFile;
use super::world::World;
use super::{identity, routes, token};
use crate::clock::Clock;

/// What all requests share.
#[derive(Debug)]
pub(super) struct Server {
    world: RwLock<World>,
    faults: Mutex<Faults>,
    log: Mutex<Log>,
    pub(super) options: Options,
    clock: Arc<dyn Clock>,
    ids: AtomicU64,
}

impl Server {
    pub(super) fn new(tenant: TenantFile, options: Options, clock: Arc<dyn Clock>) -> Self {
        Self {
            world: RwLock::new(World::new(tenant, options.switches.clone())),
            faults: Mutex::default(),
            log: Mutex::default(),
            options,
            clock,
            ids: AtomicU64::new(0),
        }
    }

    /// The tenant for reading, with everything done whose time has come.
    pub(super) fn world(&self, now: Timestamp) -> RwLockReadGuard<'_, World> {
        let world = self.world.read().unwrap_or_else(PoisonError::into_inner);
        if !world.is_due(now, Instant::now()) {
            return world;
        }
        drop(world);
        drop(self.world_mut(now));
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tenant for writing.
    pub(super) fn world_mut(&self, now: Timestamp) -> RwLockWriteGuard<'_, World> {
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        world.settle(now, Instant::now());
        world.users.purge(now);
        world
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes wrong with this request.
    pub(super) fn strike(&self, method: &str, target: &str) -> Option<FaultEffect> {
        self.faults().strike(method, target)
    }

    /// A GUID nobody had before: the same in every run.
    pub(super) fn fresh_id(&self) -> String {
        let count = u128::from(self.ids.fetch_add(1, Ordering::Relaxed) + 1);
        let spread = count.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        uuid::Builder::from_random_bytes(spread.to_be_bytes())
            .into_uuid()
            .to_string()
    }

    pub(super) fn call(
        &self,
        method: &str,
        target: &str,
        headers: HeaderMap,
        body: Bytes,
        origin: String,
    ) -> Call {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let behind = path.strip_prefix("/v1.0").unwrap_or(path);
        let offset = self
            .world
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .switches
            .clock_offset_seconds;
        let now = self.clock.now();
        Call {
            method: method.to_owned(),
            target: target.to_owned(),
            segments: routes::segments(behind),
            query: Query::parse(query),
            headers,
            body,
            origin,
            now: now
                .checked_add(SignedDuration::from_secs(offset))
                .unwrap_or(now),
            request_id: self.fresh_id(),
        }
    }

    /// The answer to a request outside `/_sim/`.
    pub(super) fn answer(&self, call: &Call, effect: &FaultEffect) -> Reply {
        if let Some(reply) = self.refused_by(effect, call) {
            return reply;
        }
        let mut reply = if call.target.starts_with("/v1.0/") {
            routes::dispatch(self, call, effect).unwrap_or_else(|error| error.into_reply(call))
        } else {
            self.answer_outside(call)
        };
        if effect.rewrites() {
            reply.body = effect.rewrite(&reply.body, &format!("{}{}", call.origin, call.target));
        }
        if let Some(count) = effect.pad {
            reply.body.splice(0..0, std::iter::repeat_n(b' ', count));
        }
        reply
    }

    /// The token endpoint and the endpoints of managed identities, which live on other hosts in the real world.
    fn answer_outside(&self, call: &Call) -> Reply {
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        match (call.method.as_str(), segments.as_slice()) {
            ("POST", [tenant, "oauth2", "v2.0", "token"]) => {
                let switches = self.world(call.now).switches.clone();
                token::issue(&self.options, &switches, call, tenant)
            }
            ("GET", ["metadata", "identity", "oauth2", "token"]) => {
                let switches = self.world(call.now).switches.clone();
                identity::of_machine(&self.options, &switches, call)
            }
            ("GET", ["msi", "token"]) => {
                let switches = self.world(call.now).switches.clone();
                identity::of_app(&self.options, &switches, call)
            }
            _ => GraphError::new(404, "NotFound", "Nothing is served here; see /_sim/.")
                .into_reply(call),
        }
    }

    /// The answer of a fault that lets nothing happen.
    pub(super) fn refused_by(&self, effect: &FaultEffect, call: &Call) -> Option<Reply> {
        if effect.drop {
            return Some(Reply::empty(500));
        }
        if effect.status.is_none() && effect.body.is_none() {
            return None;
        }
        let status = effect.status.unwrap_or(200);
        let mut reply = match &effect.body {
            Some(text) if text.starts_with('{') => Reply::bytes(status, text.clone().into_bytes()),
            Some(text) => Reply {
                content_type: "text/html",
                ..Reply::text(status, text.clone())
            },
            None => {
                let code = effect.code.as_deref().unwrap_or(code_of(status));
                GraphError::new(status, code, "Ordered through /_sim/faults.").into_reply(call)
            }
        };
        if let Some(after) = &effect.retry_after {
            reply = reply.with("retry-after", after.clone());
        }
        if status == 410 {
            reply = reply.with(
                "location",
                format!("{}/users/delta?$deltatoken=", call.base()),
            );
        }
        Some(reply)
    }

    /// Writes the request into the log; the bodies of token requests hold secrets and stay out.
    pub(super) fn record(&self, call: &Call, status: u16, effect: &FaultEffect) {
        let is_write = call.method != "GET" && call.target.starts_with("/v1.0/");
        let fault = serde_json::to_string(effect)
            .ok()
            .filter(|text| text != "{}");
        self.log().add(Logged {
            seq: 0,
            time: call.now.to_string(),
            method: call.method.clone(),
            path: call.target.clone(),
            body: is_write.then(|| serde_json::from_slice(&call.body).unwrap_or_default()),
            status,
            client_request_id: call.header("client-request-id").to_owned(),
            fault,
        });
    }

    /// Seconds by which the `Date` header is off.
    pub(super) fn date_skew(&self) -> i64 {
        self.world
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .switches
            .date_skew_seconds
    }
}

fn code_of(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "InvalidAuthenticationToken",
        403 => "Authorization_RequestDenied",
        404 => "Request_ResourceNotFound",
        409 => "Conflict",
        410 => "Gone",
        429 => "TooManyRequests",
        503 => "serviceNotAvailable",
        504 => "GatewayTimeout",
        _ => "internalError",
    }
}

/// An id for an object made by a control endpoint.
pub(super) fn guid(server: &Server) -> Uuid {
    server.fresh_id().parse().unwrap_or_default()
}
