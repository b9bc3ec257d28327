//! Who may come in: whoever has the token; without one, on the machine's own address, the machine's users.
//!
//! A door without a token has to be on its guard against web pages that are open in a user's browser: they can send requests
//! to this machine too. Their own name in `Host` (after DNS rebinding) or in `Origin` gives them away.

use std::net::{IpAddr, SocketAddr};

use aws_lc_rs::{constant_time, digest};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, header};
use secrecy::{ExposeSecret, SecretString};

use crate::console::Console;
use crate::problem::Problem;

/// Who may come in.
#[derive(Debug)]
pub struct Access(Kind);

enum Kind {
    /// Whoever has the token with this digest.
    Token(digest::Digest),
    /// Whoever is on this machine and no web page.
    Here,
}

/// A door beyond this machine without a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the operators' door may not be open to everybody at {0}: set `console.token`, or let it listen on 127.0.0.1"
)]
pub struct NoToken(pub SocketAddr);

impl Access {
    /// To a door at this address.
    pub fn new(address: SocketAddr, token: Option<&SecretString>) -> Result<Self, NoToken> {
        match token {
            Some(token) => Ok(Self(Kind::Token(digest_of(token.expose_secret().as_bytes())))),
            None if address.ip().is_loopback() => Ok(Self(Kind::Here)),
            None => Err(NoToken(address)),
        }
    }

    fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        match &self.0 {
            Kind::Token(expected) => check_token(expected, headers),
            Kind::Here => check_is_here(headers),
        }
    }
}

/// Lets a request through, or not.
pub(crate) async fn guard(State(console): State<Console>, request: Request, next: Next) -> Response {
    match console.access().check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Token",
            Self::Here => "Here",
        })
    }
}

fn digest_of(token: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA256, token)
}

/// Digests are compared: they are all of one length, whatever is sent.
fn check_token(expected: &digest::Digest, headers: &HeaderMap) -> Result<(), Problem> {
    let sent = headers.get(header::AUTHORIZATION).map_or(&[][..], |value| value.as_bytes());
    let (scheme, token) = sent.split_at_checked("Bearer ".len()).unwrap_or_default();
    let is_right =
        constant_time::verify_slices_are_equal(digest_of(token.trim_ascii()).as_ref(), expected.as_ref())
            .is_ok();
    if scheme.eq_ignore_ascii_case(b"Bearer ") && is_right { Ok(()) } else { Err(Problem::unauthorized()) }
}

fn check_is_here(headers: &HeaderMap) -> Result<(), Problem> {
    let host = text(headers, &header::HOST);
    if !host.is_some_and(is_this_machine) {
        return Err(Problem::foreign_host());
    }
    let origin = text(headers, &header::ORIGIN);
    let is_own = |origin: &str| origin.split_once("://").map(|(_, authority)| authority) == host;
    if headers.contains_key(header::ORIGIN) && !origin.is_some_and(is_own) {
        return Err(Problem::foreign_origin());
    }
    Ok(())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// Whether a `Host` names this machine itself, at whatever port: a tunnel may lead here.
fn is_this_machine(authority: &str) -> bool {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (authority, ""),
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let is_here = host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    is_here && port.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn allows(access: &Access, headers: &[(HeaderName, &str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        access.check(&headers.collect()).is_ok()
    }

    #[test]
    fn beyond_this_machine_a_token_is_needed() {
        let token = SecretString::from("letmein");
        for beyond in ["0.0.0.0:8081", "192.0.2.1:1", "[::]:1"] {
            assert!(Access::new(address(beyond), None).is_err(), "{beyond}");
            assert!(Access::new(address(beyond), Some(&token)).is_ok(), "{beyond}");
        }
        for here in ["127.0.0.1:8081", "127.8.8.8:1", "[::1]:1"] {
            assert!(Access::new(address(here), None).is_ok(), "{here}");
        }
    }

    #[test]
    fn the_token_is_compared_whole() {
        let token = SecretString::from("letmein");
        let access = Access::new(address("0.0.0.0:1"), Some(&token)).unwrap();
        let with = |value| allows(&access, &[(header::AUTHORIZATION, value)]);
        assert!(with("Bearer letmein") && with("bearer  letmein"));
        for wrong in
            ["Bearer letmei", "Bearer letmeinn", "Bearer ", "letmein", "Basic letmein", "Bearer\tx", ""]
        {
            assert!(!with(wrong), "{wrong}");
        }
        assert!(!allows(&access, &[(header::HOST, "127.0.0.1")]));
        assert!(!format!("{access:?}").contains("letmein"));
    }

    #[test]
    fn without_a_token_only_names_of_this_machine_lead_in() {
        let access = Access::new(address("127.0.0.1:8081"), None).unwrap();
        for good in ["127.0.0.1:8081", "localhost", "LOCALHOST:1", "[::1]:8081", "127.0.0.2", "[::1]"] {
            assert!(allows(&access, &[(header::HOST, good)]), "{good}");
        }
        for bad in [
            "evil.example",
            "evil.example:8081",
            "localhost.evil.example",
            "192.168.0.1",
            "",
            "localhost:x",
            "10.0.0.1:8081",
        ] {
            assert!(!allows(&access, &[(header::HOST, bad)]), "{bad}");
        }
        assert!(!allows(&access, &[]));
    }

    #[test]
    fn no_web_page_of_elsewhere_comes_in() {
        let access = Access::new(address("127.0.0.1:8081"), None).unwrap();
        let from = |origin| allows(&access, &[(header::HOST, "localhost:8081"), (header::ORIGIN, origin)]);
        assert!(from("http://localhost:8081"));
        for bad in ["http://evil.example", "null", "http://localhost:3000", "localhost:8081", ""] {
            assert!(!from(bad), "{bad}");
        }
    }
}
