//! The client: whose token, which server, which habits.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bkper_model::AgentId;
use reqwest::Method;
use secrecy::SecretString;

use crate::http::Request;
use crate::{BuildError, ClientBuilder, RemoteIds, RetryPolicy};

/// Calls Bkper's REST API on behalf of a user.
///
/// Cheap to clone: clones share their connections. So do the clients that the `with_…` methods make, for another user or
/// another app.
///
/// ```
/// use bkper_client::Client;
///
/// let of_program = Client::builder().build()?;
/// let of_mia = of_program.with_token("mia's token").with_agent_id("tax-bot");
/// # Ok::<(), bkper_client::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Client(Arc<Settings>);

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) http: reqwest::Client,
    /// Without `/` at the end.
    pub(crate) base: String,
    pub(crate) token: Option<SecretString>,
    pub(crate) agent_id: Option<AgentId>,
    pub(crate) api_key: Option<SecretString>,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) remote_ids: Option<RemoteIds>,
}

impl Client {
    /// A client of `https://api.bkper.app` with this access token.
    pub fn new(token: impl Into<SecretString>) -> Result<Self, BuildError> {
        Self::builder().token(token).build()
    }

    /// A client to be told more about.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The same client with this access token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<SecretString>) -> Self {
        Self::of(Settings { token: Some(token.into()), ..self.settings() })
    }

    /// The same client, acting as this app: see [`ClientBuilder::agent_id`].
    #[must_use]
    pub fn with_agent_id(&self, id: impl Into<AgentId>) -> Self {
        Self::of(Settings { agent_id: Some(id.into()), ..self.settings() })
    }

    /// The same client, which gives every transaction that it creates one of these remote ids, unless it has one.
    #[must_use]
    pub fn with_remote_ids(&self, remote_ids: RemoteIds) -> Self {
        Self::of(Settings { remote_ids: Some(remote_ids), ..self.settings() })
    }

    /// Where the API is, such as `https://api.bkper.app`; without `/` at the end.
    pub fn base_url(&self) -> &str {
        &self.0.base
    }

    /// The app that acts.
    pub fn agent_id(&self) -> Option<&AgentId> {
        self.0.agent_id.as_ref()
    }

    pub(crate) fn of(settings: Settings) -> Self {
        Self(Arc::new(settings))
    }

    fn settings(&self) -> Settings {
        Settings::clone(&self.0)
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    pub(crate) fn token(&self) -> Option<&SecretString> {
        self.0.token.as_ref()
    }

    pub(crate) fn api_key(&self) -> Option<&SecretString> {
        self.0.api_key.as_ref()
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.0.timeout
    }

    pub(crate) fn retry(&self) -> RetryPolicy {
        self.0.retry
    }

    pub(crate) fn remote_ids(&self) -> Option<&RemoteIds> {
        self.0.remote_ids.as_ref()
    }

    /// The URL of a path that begins with `/`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0.base)
    }

    /// The same client, that tells nobody who calls.
    pub(crate) fn anonymous(&self) -> Self {
        Self::of(Settings { token: None, agent_id: None, api_key: None, ..self.settings() })
    }

    pub(crate) fn get(&self, segments: &[&str]) -> Request {
        Request::new(self, Method::GET, segments)
    }

    pub(crate) fn post(&self, segments: &[&str]) -> Request {
        Request::new(self, Method::POST, segments)
    }

    pub(crate) fn put(&self, segments: &[&str]) -> Request {
        Request::new(self, Method::PUT, segments)
    }

    pub(crate) fn patch(&self, segments: &[&str]) -> Request {
        Request::new(self, Method::PATCH, segments)
    }

    pub(crate) fn delete(&self, segments: &[&str]) -> Request {
        Request::new(self, Method::DELETE, segments)
    }
}

/// Without token and key.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { base, agent_id, timeout, retry, remote_ids, .. } = &*self.0;
        f.debug_struct("Client")
            .field("base_url", base)
            .field("agent_id", agent_id)
            .field("timeout", timeout)
            .field("retry", retry)
            .field("remote_ids", remote_ids)
            .finish_non_exhaustive()
    }
}
