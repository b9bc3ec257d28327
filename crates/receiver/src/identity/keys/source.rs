//! Where the keys are, as it is configured.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use reqwest::Url;

const GOOGLE: &str = "https://www.googleapis.com/oauth2/v3/certs";

/// Where a key set (JWKS) is published: an `https` URL, an `http` URL of this machine, or `file:PATH`.
#[derive(Clone, PartialEq, Eq)]
pub struct KeySource(pub(super) Place);

#[derive(Clone, PartialEq, Eq)]
pub(super) enum Place {
    Url(Url),
    File(PathBuf),
}

/// Why keys cannot be read from a place at all.
#[derive(Debug, thiserror::Error)]
pub enum KeySourceError {
    /// `file:` alone.
    #[error("`file:` needs a path")]
    NoPath,
    /// It is no URL.
    #[error("not a URL")]
    NotAUrl(#[source] <Url as FromStr>::Err),
    /// It is a URL of another kind.
    #[error("keys are read from https: URLs and from file:PATH, not from `{scheme}:`")]
    Scheme {
        /// The URL's scheme.
        scheme: String,
    },
    /// Whoever sits between could give us their own keys.
    #[error("keys are read from another machine only by https, and `{host}` is another machine")]
    NotPrivate {
        /// The URL's host.
        host: String,
    },
}

impl Default for KeySource {
    /// Google's key set.
    fn default() -> Self {
        Self(Place::Url(Url::parse(GOOGLE).expect("the address of Google's keys is a URL")))
    }
}

impl FromStr for KeySource {
    type Err = KeySourceError;

    fn from_str(text: &str) -> Result<Self, KeySourceError> {
        match text.strip_prefix("file:") {
            Some("") => Err(KeySourceError::NoPath),
            Some(path) => Ok(Self(Place::File(path.into()))),
            None => private_url(text).map(Place::Url).map(Self),
        }
    }
}

fn private_url(text: &str) -> Result<Url, KeySourceError> {
    let url = Url::parse(text).map_err(KeySourceError::NotAUrl)?;
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_this_machine(host) => Ok(url),
        "http" => Err(KeySourceError::NotPrivate { host: host.to_owned() }),
        scheme => Err(KeySourceError::Scheme { scheme: scheme.to_owned() }),
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

impl fmt::Display for KeySource {
    /// Without what could be secret in a URL (user, password, query).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Url(url) => write!(f, "{}{}", url.origin().ascii_serialization(), url.path()),
            Place::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySource({self})")
    }
}
