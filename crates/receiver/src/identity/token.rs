//! The token as text: from the header to its parts. Nothing here is verified.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::refusal::Refusal;

/// Google's tokens have about one KiB. Beyond this nothing is decoded.
const AUTHORIZATION_BYTES_MAX: usize = 8 * 1024;

const ALGORITHM: &str = "RS256";

/// The bearer token in the value of an `Authorization` header.
pub(super) fn bearer(authorization: Option<&[u8]>) -> Result<&str, Refusal> {
    let value = authorization.ok_or(Refusal::Missing)?;
    if value.len() > AUTHORIZATION_BYTES_MAX {
        return Err(Refusal::TooLarge);
    }
    let value = std::str::from_utf8(value).map_err(|_| Refusal::Malformed)?;
    let (scheme, token) = value.split_once(' ').ok_or(Refusal::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::Malformed);
    }
    Ok(token.trim_matches(' '))
}

/// A token taken apart.
pub(super) struct Token<'a> {
    key_id: String,
    message: &'a str,
    claims: &'a str,
    signature: &'a str,
}

impl<'a> Token<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, Refusal> {
        let (message, signature) = text.rsplit_once('.').ok_or(Refusal::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(Refusal::Malformed)?;
        if claims.contains('.') {
            return Err(Refusal::Malformed);
        }
        let key_id = decode::<Header>(header)?.key_id()?;
        Ok(Self { key_id, message, claims, signature })
    }

    pub(super) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// What is signed.
    pub(super) fn message(&self) -> &'a [u8] {
        self.message.as_bytes()
    }

    /// The signature, as it is encoded in the token.
    pub(super) fn signature(&self) -> &'a str {
        self.signature
    }

    /// What the token says. Nothing of it is true before the signature is checked.
    pub(super) fn claims(&self) -> Result<Claims, Refusal> {
        decode(self.claims)
    }
}

/// The token's header. What could point at another key (`jku`, `jwk`, `x5u`, `x5c`) is not even read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
}

impl Header {
    fn key_id(self) -> Result<String, Refusal> {
        if self.alg != ALGORITHM {
            return Err(Refusal::WrongAlgorithm);
        }
        // An extension that must be understood, and is not (RFC 7515, section 4.1.11).
        if self.crit.is_some() {
            return Err(Refusal::Malformed);
        }
        self.kid.ok_or(Refusal::UnknownKey)
    }
}

/// What a token says. A claim that is absent is as wrong as one with another value.
#[derive(Deserialize)]
pub(super) struct Claims {
    #[serde(default)]
    pub(super) iss: String,
    /// Google's is one string; a list of audiences is never an exact match.
    #[serde(default)]
    pub(super) aud: Value,
    /// In seconds since 1970, as `iat` and `nbf`.
    pub(super) exp: i64,
    pub(super) iat: i64,
    pub(super) nbf: Option<i64>,
    #[serde(default)]
    pub(super) email: String,
    /// A boolean, or one in quotes.
    #[serde(default)]
    pub(super) email_verified: Value,
}

fn decode<T: DeserializeOwned>(part: &str) -> Result<T, Refusal> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| Refusal::Malformed)
}
