//! Where a handler is: what is needed to call it, and what may be shown of it.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::uri::{Authority, InvalidUri, InvalidUriParts, Scheme};
use http::{HeaderValue, Uri};
use percent_encoding::percent_decode_str;

/// Why a handler cannot be called at a URL. The URL itself is not in it, for it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum BadUrl {
    /// It cannot be read.
    #[error("not a URL")]
    Syntax(#[from] InvalidUri),
    /// It does not begin with `http://` or `https://`.
    #[error("a handler's URL begins with `http://` or `https://`")]
    Scheme,
    /// The port is not a number up to 65535.
    #[error("the port is not a number up to 65535")]
    Port,
    /// What is left without the user and password is no URL.
    #[error("the user and password cannot be told from the rest of the URL")]
    UserInfo(#[from] InvalidUriParts),
    /// The machine's certificates cannot be read, so that no server could prove to be who it is.
    #[error("`https` needs the certificates of this machine's trusted authorities")]
    NoCertificates(#[from] std::io::Error),
}

/// A handler's URL, taken apart. Shown, it is without user, password and query.
pub(super) struct Target {
    uri: Uri,
    authorization: Option<HeaderValue>,
    /// What nobody may read, in every form in which a handler could repeat it.
    secrets: Vec<String>,
}

/// A shorter value in a query is rather a word (`mode=test`), which may stand in any sentence.
const SECRET_CHARACTERS_MIN: usize = 8;

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, BadUrl> {
        let uri: Uri = url.parse()?;
        let is_http = |scheme: &Scheme| *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS;
        if !uri.scheme().is_some_and(is_http) {
            return Err(BadUrl::Scheme);
        }
        let mut parts = uri.into_parts();
        let authority = parts.authority.take().ok_or(BadUrl::Scheme)?;
        let (user_info, place) = split_user_info(&authority);
        let place = Authority::try_from(place)?;
        check_port(&place)?;
        parts.authority = Some(place);
        let uri = Uri::from_parts(parts)?;
        let credentials = user_info.map(credentials);
        let secrets = credentials.iter().cloned().chain(user_info.map(secret_of_user)).chain(in_query(&uri));
        Ok(Self { secrets: secrets.collect(), authorization: credentials.as_deref().map(basic), uri })
    }

    /// What to call. No user and password are in it; the query is.
    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The `authorization` that the URL's user and password amount to.
    pub(super) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }

    pub(super) fn is_secure(&self) -> bool {
        self.uri.scheme() == Some(&Scheme::HTTPS)
    }

    pub(super) fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    /// Host and port.
    pub(super) fn place(&self) -> String {
        let usual = if self.is_secure() { 443 } else { 80 };
        format!("{}:{}", self.host(), self.uri.port_u16().unwrap_or(usual))
    }

    /// The parts of the URL that nobody may read.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(String::as_str)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.uri.scheme_str().unwrap_or_default();
        let authority = self.uri.authority().map(Authority::as_str).unwrap_or_default();
        write!(f, "{scheme}://{authority}{}", self.uri.path())
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn split_user_info(authority: &Authority) -> (Option<&str>, &str) {
    match authority.as_str().rsplit_once('@') {
        Some((user_info, place)) => (Some(user_info), place),
        None => (None, authority.as_str()),
    }
}

/// A port that is too large would be taken for none.
fn check_port(place: &Authority) -> Result<(), BadUrl> {
    let given = place.as_str().strip_prefix(place.host()).is_some_and(|port| port.len() > 1);
    if given && place.port_u16().is_none() { Err(BadUrl::Port) } else { Ok(()) }
}

/// User and password as basic authentication has them.
fn credentials(user_info: &str) -> String {
    let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
    let mut plain: Vec<u8> = percent_decode_str(user).collect();
    plain.push(b':');
    plain.extend(percent_decode_str(password));
    BASE64_STANDARD.encode(plain)
}

fn basic(credentials: &str) -> HeaderValue {
    let mut value = HeaderValue::try_from(format!("Basic {credentials}")).expect("base64 is visible ASCII");
    value.set_sensitive(true);
    value
}

/// The password; who has none has a token for a name.
fn secret_of_user(user_info: &str) -> String {
    match user_info.split_once(':') {
        Some((user, "")) => decode(user),
        Some((_, password)) => decode(password),
        None => decode(user_info),
    }
}

/// The query as a whole, and the values in it, as they are written and as they are meant.
fn in_query(uri: &Uri) -> Vec<String> {
    let Some(query) = uri.query() else { return Vec::new() };
    let values = query.split('&').filter_map(|parameter| parameter.split_once('=')).map(|(_, value)| value);
    let mut secrets: Vec<_> = values.flat_map(|value| [value.to_owned(), decode(value)]).collect();
    secrets.retain(|value| value.chars().count() >= SECRET_CHARACTERS_MIN);
    secrets.push(query.to_owned());
    secrets
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_it_is_without_user_password_and_query() {
        let target = Target::parse("https://me:hunter2@bots.example:8443/tax?key=s3cret#part").unwrap();
        for shown in [target.to_string(), format!("{target:?}")] {
            assert_eq!(shown, "https://bots.example:8443/tax");
        }
        assert_eq!(target.uri(), "https://bots.example:8443/tax?key=s3cret");
        assert_eq!(target.place(), "bots.example:8443");
    }

    #[test]
    fn user_and_password_become_basic_authentication() {
        let target = Target::parse("http://me:p%40ss@127.0.0.1/").unwrap();
        assert_eq!(target.authorization().unwrap(), "Basic bWU6cEBzcw==");
        assert!(target.authorization().unwrap().is_sensitive());
        assert!(Target::parse("http://127.0.0.1/").unwrap().authorization().is_none());
    }

    #[test]
    fn what_nobody_may_read_is_known_in_every_form() {
        let secrets =
            |url: &str| -> Vec<String> { Target::parse(url).unwrap().secrets().map(str::to_owned).collect() };
        assert_eq!(secrets("http://me:p%40ss@127.0.0.1/"), ["bWU6cEBzcw==", "p@ss"]);
        assert_eq!(secrets("http://t0ken@127.0.0.1/"), ["dDBrZW46", "t0ken"]);
        assert_eq!(secrets("http://t0ken:@127.0.0.1/"), ["dDBrZW46", "t0ken"]);
        assert_eq!(
            secrets("http://127.0.0.1/?key=open%20sesame&mode=test"),
            ["open%20sesame", "open sesame", "key=open%20sesame&mode=test"]
        );
        assert_eq!(secrets("http://127.0.0.1/"), [""; 0]);
    }

    #[test]
    fn a_url_without_a_path_calls_the_root() {
        let target = Target::parse("http://127.0.0.1:3003").unwrap();
        assert_eq!(target.to_string(), "http://127.0.0.1:3003/");
        assert_eq!(Target::parse("http://[::1]/").unwrap().place(), "[::1]:80");
        assert_eq!(Target::parse("https://bots.example").unwrap().place(), "bots.example:443");
    }

    #[test]
    fn what_cannot_be_called_is_refused() {
        for (url, expected) in [
            ("", "not a URL"),
            ("http://", "not a URL"),
            ("http://a b/", "not a URL"),
            ("127.0.0.1:3003", "begins with"),
            ("/events", "begins with"),
            ("ftp://127.0.0.1/", "begins with"),
            ("http://127.0.0.1:70000/", "65535"),
            ("http://me:s3cret@127.0.0.1:70000/", "65535"),
        ] {
            let refused = Target::parse(url).err().unwrap_or_else(|| panic!("{url} was taken"));
            assert!(refused.to_string().contains(expected), "{url}: {refused}");
            assert!(!format!("{refused:?}").contains("s3cret"));
        }
    }
}
