//! One request and its answer; reads are repeated, writes only where the service took nothing (docs/graph.md 9.2).

use super::decode::Malformed;
use super::login::TokenError;
use super::observer::{Departure, Observer};
use super::origin::Base;
use super::rejection::{Failure, read_failure};
use super::retry::{Patience, Policy, header_date, is_passing, jittered, millis, retry_after};
use super::route::Route;
use super::token::{Token, TokenSource};
use super::{GraphError, GraphSettings};
use crate::clock::Clock;
use jiff::SignedDuration;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Method, StatusCode, Url};
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use uuid::Uuid;

/// No answer is read beyond this; a page of a thousand users is a fiftieth of it.
const ANSWER_LIMIT: usize = 64 * 1024 * 1024;

/// A connection is there within this, or it is given up.
const CONNECT: Duration = Duration::from_secs(10);

/// Sets up the HTTPS client: rustls, gzip, proxies from the environment, no redirects, no repetition of its own.
/// Tenants may share one; each request has its own timeout.
///
/// # Errors
/// When the machine has no usable certificate store, or a proxy variable cannot be understood.
pub fn http_client() -> Result<Client, GraphError> {
    client(false, CONNECT)
}

/// A client; a `direct` one goes without any proxy.
pub(super) fn client(direct: bool, connect: Duration) -> Result<Client, GraphError> {
    let builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .gzip(true)
        .pool_idle_timeout(Duration::from_mins(1))
        .connect_timeout(connect)
        .user_agent(concat!("linekeeper/", env!("CARGO_PKG_VERSION")));
    let builder = if direct { builder.no_proxy() } else { builder };
    builder.build().map_err(GraphError::Client)
}

/// What is asked.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) route: Route,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<serde_json::Value>,
}

impl Ask {
    pub(super) const fn get(route: Route, url: Url) -> Self {
        Self {
            route,
            method: Method::GET,
            url,
            body: None,
        }
    }
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Graph's own id of the request.
    pub(super) fn request_id(&self) -> Option<&str> {
        self.headers.get("request-id")?.to_str().ok()
    }

    /// The media type, when one is named and it is not JSON.
    pub(super) fn foreign_type(&self) -> Option<&str> {
        let text = self.headers.get(CONTENT_TYPE)?.to_str().unwrap_or("?");
        let media = text.split(';').next().unwrap_or_default().trim();
        let json = media.eq_ignore_ascii_case("application/json") || media.ends_with("+json");
        (!json).then_some(media)
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Without a token nothing leaves.
    Token(TokenError),
    /// No connection: nothing left.
    NotConnected(String),
    /// The request may have arrived.
    Lost(String),
    /// The answer is longer than anything Graph sends.
    TooLong,
    /// It was not its turn in time: nothing left.
    NotInTime,
}

/// The way to one tenant.
pub(super) struct Transport {
    pub(super) base: Base,
    pub(super) policy: Policy,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) client_id: String,
    client: Client,
    tokens: TokenSource,
    permits: Semaphore,
    observer: Arc<dyn Observer>,
    timeout: Duration,
    /// Until when the tenant is throttled; nobody of this tenant sends anything before.
    paused: Mutex<Option<Instant>>,
    ahead: Mutex<Option<SignedDuration>>,
}

impl Transport {
    pub(super) fn new(
        settings: &GraphSettings,
        clock: Arc<dyn Clock>,
        shared: Option<Client>,
    ) -> Result<Self, GraphError> {
        let base = Base::parse("graph_url", &settings.graph_url)?;
        let login = Base::parse("login_url", &settings.login_url)?;
        if settings.concurrency == 0 {
            return Err(GraphError::Concurrency);
        }
        let direct = base.is_loopback() && login.is_loopback();
        let client = match shared {
            Some(client) => client,
            None => client(direct, CONNECT)?,
        };
        Ok(Self {
            base,
            policy: Policy::from(settings),
            tokens: TokenSource::new(settings, client.clone(), Arc::clone(&clock))?,
            clock,
            client_id: settings.client_id.clone(),
            client,
            observer: Arc::clone(&settings.observer),
            permits: Semaphore::new(settings.concurrency.min(Semaphore::MAX_PERMITS)),
            timeout: settings.request_timeout,
            paused: Mutex::default(),
            ahead: Mutex::default(),
        })
    }

    /// How far this machine's clock is ahead of the service's, by the newest answer.
    pub(super) fn clock_ahead(&self) -> Option<SignedDuration> {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token as it is now, for who wants to look into it.
    pub(super) async fn token(&self) -> Result<Arc<Token>, TokenError> {
        self.tokens.current().await
    }

    /// Reads, and parses what came. Repeated where another try may help: busy service, no connection, cut answer.
    pub(super) async fn read<T>(
        &self,
        route: Route,
        url: Url,
        parse: impl Fn(&Answer) -> Result<T, Malformed> + Send,
    ) -> Result<T, Failure>
    where
        T: Send,
    {
        let ask = Ask::get(route, url);
        let mut patience = Patience::new(self.policy);
        loop {
            let exchanged = self.exchange(&ask, None).await;
            let asked = exchanged.as_ref().ok().and_then(|a| self.asked(a));
            let throttled = is_throttled(&exchanged);
            let (failure, again) = match self.outcome(route, exchanged, &parse) {
                Ok(parsed) => return Ok(parsed),
                Err(verdict) => verdict,
            };
            if !again {
                return Err(failure);
            }
            let Some(wait) = self.rest(&mut patience, asked, throttled) else {
                return Err(failure);
            };
            tracing::debug!(endpoint = route.endpoint(), error = %failure.error, wait_ms = millis(wait), "reading again");
            sleep(wait).await;
        }
    }

    /// What one exchange came to, and of a failure whether another try may help.
    fn outcome<T>(
        &self,
        route: Route,
        exchanged: Result<Answer, Trouble>,
        parse: &impl Fn(&Answer) -> Result<T, Malformed>,
    ) -> Result<T, (Failure, bool)> {
        let (subject, at) = (route.subject(), &self.base);
        let answer = match exchanged {
            Ok(answer) => answer,
            Err(Trouble::Token(error)) => {
                return Err((Failure::from_error(error.into()), false));
            }
            Err(Trouble::NotInTime) => {
                let text = format!("no turn in time while reading {subject}");
                return Err((Failure::unreachable(text), false));
            }
            Err(Trouble::NotConnected(why) | Trouble::Lost(why)) => {
                let text = format!("{at} cannot be reached while reading {subject}: {why}");
                return Err((Failure::unreachable(text), true));
            }
            Err(Trouble::TooLong) => {
                let text = format!(
                    "while reading {subject}: the answer is longer than {ANSWER_LIMIT} bytes"
                );
                return Err((Failure::broken(text), false));
            }
        };
        if !answer.status.is_success() {
            let failure = read_failure(route, &self.client_id, &answer);
            return Err((failure, is_passing(answer.status)));
        }
        if let Some(media) = answer.foreign_type() {
            let text = format!(
                "while reading {subject}: an answer of type `{media}` instead of JSON; does a proxy stand between?"
            );
            return Err((Failure::broken(text), false));
        }
        parse(&answer).map_err(|malformed| {
            let (why, again) = match malformed {
                Malformed::Cut(why) => (why, true),
                Malformed::Wrong(why) => (why, false),
            };
            (
                Failure::broken(format!("while reading {subject}: {why}")),
                again,
            )
        })
    }

    /// Sends, with a token that is renewed once when it is not accepted; a 401 has taken nothing. With `by`, nothing
    /// leaves later than that.
    pub(super) async fn exchange(&self, ask: &Ask, by: Option<Instant>) -> Result<Answer, Trouble> {
        let token = within(by, self.tokens.current()).await?;
        let token = token.map_err(Trouble::Token)?;
        let answer = self.attempt(ask, &token, by).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let renewed = within(by, self.tokens.other_than(&token)).await?;
        let renewed = renewed.map_err(Trouble::Token)?;
        self.attempt(ask, &renewed, by).await
    }

    /// How long an answer asks to wait.
    pub(super) fn asked(&self, answer: &Answer) -> Option<Duration> {
        retry_after(&answer.headers, self.clock.now())
    }

    /// How long to wait before the next try, if there is one. A throttled answer makes the whole tenant wait.
    pub(super) fn rest(
        &self,
        patience: &mut Patience,
        asked: Option<Duration>,
        throttled: bool,
    ) -> Option<Duration> {
        let wait = patience.next(asked, throttled);
        if throttled {
            let pause = asked.or(wait).unwrap_or(self.policy.first_pause);
            let pause = jittered(pause, 0.05).min(self.policy.max_wait);
            self.observer.throttled(pause);
            self.pause(pause);
        }
        wait
    }

    async fn attempt(
        &self,
        ask: &Ask,
        token: &Token,
        by: Option<Instant>,
    ) -> Result<Answer, Trouble> {
        let _permit = within(by, self.permit()).await?;
        let id = Uuid::new_v4();
        let departure = Departure {
            route: ask.route,
            method: &ask.method,
            path: ask.url.path(),
            id,
        };
        let begun = Instant::now();
        let outcome = self.sent(ask, token, id).await;
        departure.ended(&outcome, begun.elapsed(), &*self.observer);
        outcome
    }

    async fn sent(&self, ask: &Ask, token: &Token, id: Uuid) -> Result<Answer, Trouble> {
        let mut request = self
            .client
            .request(ask.method.clone(), ask.url.clone())
            .timeout(self.timeout)
            .header(AUTHORIZATION, token.header.clone())
            .header("client-request-id", id.to_string());
        if let Some(body) = &ask.body {
            request = request.json(body);
        }
        let mut answer = request.send().await.map_err(|error| {
            if error.is_connect() || error.is_builder() {
                Trouble::NotConnected(cause(&error))
            } else {
                Trouble::Lost(cause(&error))
            }
        })?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        if let Some(theirs) = header_date(&headers) {
            let ahead = self.clock.now().duration_since(theirs);
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(ahead);
        }
        let announced = answer.content_length().unwrap_or(0);
        if announced > ANSWER_LIMIT as u64 {
            return Err(Trouble::TooLong);
        }
        let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| Trouble::Lost(cause(&error)))?
        {
            if body.len() + chunk.len() > ANSWER_LIMIT {
                return Err(Trouble::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    /// Waits until the tenant is not throttled and a place is free.
    async fn permit(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        loop {
            while let Some(until) = self.pause_end() {
                sleep_until(until).await;
            }
            // The semaphore is never closed, so there is always a permit to wait for.
            let permit = self.permits.acquire().await.ok();
            if self.pause_end().is_none() {
                return permit;
            }
        }
    }

    fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner);
        *paused = (*paused).max(Some(until));
    }

    /// Until when the tenant is throttled, if it is.
    pub(super) fn pause_end(&self) -> Option<Instant> {
        let paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner);
        paused.filter(|until| *until > Instant::now())
    }
}

/// Waits for `work`, but not beyond `by`.
async fn within<T>(by: Option<Instant>, work: impl Future<Output = T>) -> Result<T, Trouble> {
    match by {
        None => Ok(work.await),
        Some(at) => timeout_at(at, work).await.map_err(|_| Trouble::NotInTime),
    }
}

fn is_throttled(exchanged: &Result<Answer, Trouble>) -> bool {
    matches!(exchanged, Ok(answer) if answer.status == StatusCode::TOO_MANY_REQUESTS)
}

/// The innermost reason of an HTTP error; the outer ones only say that there was one, and quote the URL.
pub(super) fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no complete answer in time".into();
    }
    let mut inner: &dyn Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    if error.source().is_none() {
        return "the request could not be sent".into();
    }
    inner.to_string()
}
