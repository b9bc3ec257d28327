//! Reads the published keys, by HTTP or from a file, within bounds of size and time.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use jiff::SignedDuration;
use reqwest::header::{AGE, CACHE_CONTROL, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use tokio::io::AsyncReadExt;

use super::key_set::KeySet;
use super::source::{KeySource, Place};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// From the first byte sent to the last one received.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Google's key set has less than two KiB.
const BYTES_MAX: usize = 256 * 1024;

/// For how long keys are fresh when nobody says so.
const FRESH_DEFAULT: SignedDuration = SignedDuration::from_mins(5);
/// Whatever the server says, so that a bad header neither makes every request a fetch nor keeps a key for ever.
const FRESH_MIN: SignedDuration = SignedDuration::from_mins(1);
const FRESH_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Keys as they were read.
pub(super) struct PublishedKeys {
    pub(super) keys: KeySet,
    pub(super) fresh_for: SignedDuration,
}

/// Why the keys could not be read this time.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error("there is no way to make a TLS connection: are the system's certificates installed?")]
    Tls(#[source] reqwest::Error),
    #[error("the key server cannot be reached")]
    Http(#[source] reqwest::Error),
    #[error("the key server answered {0}")]
    Status(StatusCode),
    #[error("the file cannot be read")]
    File(#[source] std::io::Error),
    #[error("there are more than {BYTES_MAX} bytes")]
    TooLarge,
    #[error("it is no key set (JWKS)")]
    NotAKeySet(#[source] serde_json::Error),
    #[error("the key set has no RSA key for signatures")]
    NoUsableKey,
}

impl From<reqwest::Error> for ReadError {
    /// Without the URL, which may hold a secret; the log names the source beside it.
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

pub(super) enum Reader {
    /// The client is made at the first read: to load the system's certificates takes longer than all else at start.
    Http {
        client: OnceLock<Client>,
        url: Url,
    },
    File(PathBuf),
}

impl Reader {
    pub(super) fn new(source: &KeySource) -> Self {
        match &source.0 {
            Place::File(path) => Self::File(path.clone()),
            Place::Url(url) => Self::Http { client: OnceLock::new(), url: url.clone() },
        }
    }

    pub(super) async fn read(&self) -> Result<PublishedKeys, ReadError> {
        match self {
            Self::Http { client, url } => read_http(&made(client, url)?, url).await,
            Self::File(path) => read_file(path).await,
        }
    }
}

fn made(client: &OnceLock<Client>, url: &Url) -> Result<Client, ReadError> {
    if let Some(client) = client.get() {
        return Ok(client.clone());
    }
    let new = self::client(url).map_err(ReadError::Tls)?;
    Ok(client.get_or_init(|| new).clone())
}

fn client(url: &Url) -> reqwest::Result<Client> {
    let builder =
        Client::builder().connect_timeout(CONNECT_TIMEOUT).timeout(TIMEOUT).redirect(Policy::none());
    // Plain HTTP is for this machine, to which no proxy leads.
    if url.scheme() == "http" { builder.no_proxy().build() } else { builder.build() }
}

async fn read_http(client: &Client, url: &Url) -> Result<PublishedKeys, ReadError> {
    let response = client.get(url.clone()).send().await?;
    if response.status() != StatusCode::OK {
        return Err(ReadError::Status(response.status()));
    }
    let fresh_for = freshness(response.headers());
    let keys = KeySet::parse(&bounded_body(response).await?)?;
    Ok(PublishedKeys { keys, fresh_for })
}

async fn bounded_body(mut response: Response) -> Result<Vec<u8>, ReadError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > BYTES_MAX {
            return Err(ReadError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

async fn read_file(path: &Path) -> Result<PublishedKeys, ReadError> {
    let file = tokio::fs::File::open(path).await.map_err(ReadError::File)?;
    let mut content = Vec::new();
    file.take(BYTES_MAX as u64 + 1).read_to_end(&mut content).await.map_err(ReadError::File)?;
    if content.len() > BYTES_MAX {
        return Err(ReadError::TooLarge);
    }
    Ok(PublishedKeys { keys: KeySet::parse(&content)?, fresh_for: FRESH_DEFAULT })
}

/// For how long a response may be used, by its `Cache-Control` and the `Age` it already has.
fn freshness(headers: &HeaderMap) -> SignedDuration {
    let Some(max_age) = max_age(headers) else {
        return FRESH_DEFAULT;
    };
    let age = headers.get(AGE).and_then(|age| age.to_str().ok()).and_then(seconds).unwrap_or_default();
    SignedDuration::from_secs(max_age.saturating_sub(age)).clamp(FRESH_MIN, FRESH_MAX)
}

fn max_age(headers: &HeaderMap) -> Option<i64> {
    if directives(headers).any(forbids_caching) {
        return Some(0);
    }
    directives(headers).find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        name.trim().eq_ignore_ascii_case("max-age").then(|| seconds(value)).flatten()
    })
}

fn directives(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(CACHE_CONTROL).into_iter();
    values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','))
}

fn forbids_caching(directive: &str) -> bool {
    ["no-store", "no-cache"].iter().any(|name| directive.trim().eq_ignore_ascii_case(name))
}

/// A number of seconds as HTTP has it: digits, perhaps in quotes.
fn seconds(value: &str) -> Option<i64> {
    let digits = value.trim().trim_matches('"');
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}
