//! How a client is made.

use std::env::{self, VarError};
use std::time::Duration;

use bkper_model::AgentId;
use reqwest::Url;
use reqwest::redirect::Policy;
use secrecy::SecretString;

use crate::client::Settings;
use crate::{Client, RemoteIds, RetryPolicy};

const BASE_URL: &str = "https://api.bkper.app";
const BASE_URL_VARIABLE: &str = "BKPER_API_URL";
const USER_AGENT: &str = concat!("bkper-client/", env!("CARGO_PKG_VERSION"));
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_mins(1);

/// What a [`Client`] is made of. Everything has a default, and only what is said here is used: the environment counts
/// only in [`ClientBuilder::from_env`] (and, for `https`, in the usual variables for a proxy).
///
/// ```
/// use std::time::Duration;
///
/// use bkper_client::{Client, RetryPolicy};
///
/// let client = Client::builder()
///     .base_url("http://127.0.0.1:8090")
///     .token("mia")
///     .agent_id("tax-bot")
///     .timeout(Duration::from_secs(10))
///     .retry(RetryPolicy::OFF)
///     .build()?;
/// # Ok::<(), bkper_client::BuildError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder {
    base_url: String,
    token: Option<SecretString>,
    agent_id: Option<AgentId>,
    api_key: Option<SecretString>,
    timeout: Duration,
    retry: RetryPolicy,
    remote_ids: Option<RemoteIds>,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL is none.
    #[error("the base URL is no URL: write one such as {BASE_URL}")]
    NotAUrl,
    /// The base URL is neither `http` nor `https`.
    #[error("the base URL begins with {scheme}:, which is neither http: nor https:")]
    NotHttp {
        /// What it begins with.
        scheme: String,
    },
    /// The base URL has more than scheme, host, port and path.
    #[error("the base URL has a user, a query string or a fragment: leave them out")]
    NotABase,
    /// The environment variable with the base URL is not Unicode.
    #[error("the environment variable {BASE_URL_VARIABLE} is not Unicode")]
    NotUnicode,
    /// TLS is not to be had on this machine.
    #[error("there is no TLS")]
    Tls(#[source] reqwest::Error),
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            base_url: BASE_URL.to_owned(),
            token: None,
            agent_id: None,
            api_key: None,
            timeout: TIMEOUT,
            retry: RetryPolicy::default(),
            remote_ids: None,
        }
    }
}

impl ClientBuilder {
    /// The base URL from the environment variable `BKPER_API_URL`, if it is set and not empty; the rest by default.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variable(env::var(BASE_URL_VARIABLE))
    }

    fn from_variable(base_url: Result<String, VarError>) -> Result<Self, BuildError> {
        match base_url {
            Ok(url) if !url.is_empty() => Ok(Self::default().base_url(url)),
            Ok(_) | Err(VarError::NotPresent) => Ok(Self::default()),
            Err(VarError::NotUnicode(_)) => Err(BuildError::NotUnicode),
        }
    }

    /// Where the API is, with or without `/` at the end: `https://api.bkper.app` unless told otherwise. It may have a
    /// path (`http://localhost:8081/_ah/api/bkper`).
    pub fn base_url(self, url: impl Into<String>) -> Self {
        Self { base_url: url.into(), ..self }
    }

    /// The user's OAuth access token. Without one, none is sent.
    pub fn token(self, token: impl Into<SecretString>) -> Self {
        Self { token: Some(token.into()), ..self }
    }

    /// The app that acts. It is the agent of what it creates and of the events that follow, by which handlers know
    /// their own doing.
    pub fn agent_id(self, id: impl Into<AgentId>) -> Self {
        Self { agent_id: Some(id.into()), ..self }
    }

    /// A key of Google's for a quota of one's own. Few need one.
    pub fn api_key(self, key: impl Into<SecretString>) -> Self {
        Self { api_key: Some(key.into()), ..self }
    }

    /// How long one try of a call may take, from connecting to the last byte of the answer: a minute unless told
    /// otherwise. A connection must be there within ten seconds.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// How often calls are tried. [`RetryPolicy::OFF`] is once.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        Self { retry: policy, ..self }
    }

    /// Gives every transaction that is created one of these remote ids, unless it has one.
    pub fn remote_ids(self, remote_ids: RemoteIds) -> Self {
        Self { remote_ids: Some(remote_ids), ..self }
    }

    /// Makes the client. Nothing is sent yet.
    pub fn build(self) -> Result<Client, BuildError> {
        let base_url = base(&self.base_url)?;
        Ok(Client::of(Settings {
            http: http(&base_url)?,
            base: base_url.as_str().trim_end_matches('/').to_owned(),
            token: self.token,
            agent_id: self.agent_id,
            api_key: self.api_key,
            timeout: self.timeout,
            retry: self.retry,
            remote_ids: self.remote_ids,
        }))
    }
}

/// The messages have nothing of a URL in which there may be a password.
fn base(text: &str) -> Result<Url, BuildError> {
    let url = Url::parse(text).map_err(|_| BuildError::NotAUrl)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(BuildError::NotHttp { scheme: url.scheme().to_owned() });
    }
    let has_user = !url.username().is_empty() || url.password().is_some();
    if has_user || url.query().is_some() || url.fragment().is_some() {
        return Err(BuildError::NotABase);
    }
    Ok(url)
}

/// Nothing is followed: a redirect of a call that changes a book is no answer.
fn http(base: &Url) -> Result<reqwest::Client, BuildError> {
    let builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(Policy::none());
    // Plain HTTP is for this machine, to which no proxy leads.
    let builder = if base.scheme() == "http" { builder.no_proxy() } else { builder };
    builder.build().map_err(BuildError::Tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(url: &str) -> Result<String, String> {
        let client = Client::builder().base_url(url).build();
        client.map(|client| client.base_url().to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_base_url_may_end_with_a_slash() {
        for url in ["http://127.0.0.1:8090", "http://127.0.0.1:8090/", "http://127.0.0.1:8090//"] {
            assert_eq!(built(url).as_deref(), Ok("http://127.0.0.1:8090"), "{url}");
        }
    }

    #[test]
    fn the_base_url_may_have_a_path() {
        let with_path = "http://localhost:8081/_ah/api/bkper";
        assert_eq!(built(with_path).as_deref(), Ok(with_path));
    }

    #[test]
    fn other_base_urls_are_refused_without_repeating_them() {
        for url in
            ["", "api.bkper.app", "ftp://bkper.app", "https://mia:secret@bkper.app", "https://a/?key=secret"]
        {
            let message = built(url).unwrap_err();
            assert!(!message.contains("secret"), "{message}");
        }
    }

    #[test]
    fn the_environment_may_name_another_server() {
        let base_url = |variable| ClientBuilder::from_variable(variable).unwrap().base_url;
        assert_eq!(base_url(Ok("http://127.0.0.1:8090".to_owned())), "http://127.0.0.1:8090");
        assert_eq!(base_url(Ok(String::new())), BASE_URL);
        assert_eq!(base_url(Err(VarError::NotPresent)), BASE_URL);
        assert!(ClientBuilder::from_variable(Err(VarError::NotUnicode("x".into()))).is_err());
        assert!(ClientBuilder::from_env().is_ok());
    }

    #[test]
    fn secrets_are_not_shown() {
        let builder = Client::builder().token("hush-token").api_key("hush-key");
        assert!(!format!("{builder:?}").contains("hush"));
        let client = builder.build().unwrap();
        assert!(!format!("{client:?}").contains("hush"));
        assert!(!format!("{:?}", client.book("b1")).contains("hush"));
    }
}
