//! What a token must say, and what it then proves.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::refusal::{Excerpt, Refusal};
use super::token::Claims;

/// The issuer of Google's own ID tokens.
pub const GOOGLE_ISSUER: &str = "https://accounts.google.com";

/// By how much the caller's clock and ours may differ.
const SKEW: SignedDuration = SignedDuration::from_secs(30);

/// The caller that a hook expects. All of it is configured, nothing is taken from a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Who issues the tokens, such as [`GOOGLE_ISSUER`]. A leading `https://` may be absent, here and in the token.
    pub issuer: String,
    /// What the caller may be calling, each one compared in full. With none, nobody is let in.
    pub audiences: Vec<String>,
    /// The email address of the caller's service account.
    pub service_account: String,
}

impl Expectation {
    /// The identity that claims prove, when they are signed.
    pub(super) fn check(&self, claims: &Claims, now: Timestamp) -> Result<Identity, Refusal> {
        self.check_issuer(claims)?;
        let audience = self.check_audience(claims)?;
        let lifetime = Lifetime::of(claims)?;
        lifetime.check(now)?;
        self.check_account(claims)?;
        Ok(Identity { email: self.service_account.as_str().into(), audience: audience.into(), lifetime })
    }

    fn check_issuer(&self, claims: &Claims) -> Result<(), Refusal> {
        if without_scheme(&claims.iss) == without_scheme(&self.issuer) {
            return Ok(());
        }
        Err(Refusal::WrongIssuer { claimed: Excerpt::of(&claims.iss) })
    }

    fn check_audience(&self, claims: &Claims) -> Result<&str, Refusal> {
        self.audiences
            .iter()
            .find(|expected| claims.aud == **expected)
            .map(String::as_str)
            .ok_or_else(|| Refusal::WrongAudience { claimed: excerpt_of_json(&claims.aud) })
    }

    fn check_account(&self, claims: &Claims) -> Result<(), Refusal> {
        if claims.email != self.service_account {
            return Err(Refusal::WrongAccount { claimed: Excerpt::of(&claims.email) });
        }
        match &claims.email_verified {
            Value::Bool(true) => Ok(()),
            Value::String(quoted) if quoted == "true" => Ok(()),
            _ => Err(Refusal::EmailNotVerified),
        }
    }
}

fn without_scheme(issuer: &str) -> &str {
    issuer.strip_prefix("https://").unwrap_or(issuer)
}

fn excerpt_of_json(claim: &Value) -> Excerpt {
    match claim {
        Value::String(text) => Excerpt::of(text),
        other => Excerpt::of(&other.to_string()),
    }
}

/// A caller whose token was verified in every respect. There is no other way to come by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    email: Arc<str>,
    audience: Arc<str>,
    lifetime: Lifetime,
}

impl Identity {
    /// The email address of the caller's service account.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Which of the expected audiences the token was made for.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// When the token expires.
    pub fn expires_at(&self) -> Timestamp {
        self.lifetime.expires_at
    }

    pub(super) fn lifetime(&self) -> Lifetime {
        self.lifetime
    }
}

/// From when till when a token proves anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lifetime {
    valid_from: Timestamp,
    expires_at: Timestamp,
}

impl Lifetime {
    fn of(claims: &Claims) -> Result<Self, Refusal> {
        let valid_from = claims.nbf.map_or(claims.iat, |nbf| nbf.max(claims.iat));
        let time = |seconds| Timestamp::from_second(seconds).map_err(|_| Refusal::Malformed);
        Ok(Self { valid_from: time(valid_from)?, expires_at: time(claims.exp)? })
    }

    pub(super) fn check(self, now: Timestamp) -> Result<(), Refusal> {
        if now.duration_since(self.expires_at) >= SKEW {
            return Err(Refusal::Expired);
        }
        if self.valid_from.duration_since(now) > SKEW {
            return Err(Refusal::NotYetValid);
        }
        Ok(())
    }
}
