//! Why a caller is turned away.

use std::fmt;

use http::StatusCode;

/// Why a request's credentials do not prove the expected identity.
///
/// It says what the operator has to know, and never holds the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request has no `Authorization` header.
    #[error("no credentials")]
    Missing,
    /// The request has several, and which one somebody in front has looked at cannot be known.
    #[error("more than one Authorization header")]
    Several,
    /// The header is no bearer token, or the token is no signed JSON of the expected form.
    #[error("the Authorization header holds no well-formed ID token")]
    Malformed,
    /// The header is longer than any real token; it was not decoded.
    #[error("the Authorization header is too large")]
    TooLarge,
    /// The token is not meant to be verified by RS256.
    #[error("the token is not signed with RS256")]
    WrongAlgorithm,
    /// The token names no key, or one that the key set does not have.
    #[error("the token is signed with an unknown key")]
    UnknownKey,
    /// The token was not signed with the key that it names, or was changed since.
    #[error("the token's signature is wrong")]
    BadSignature,
    /// The token's time is over.
    #[error("the token has expired")]
    Expired,
    /// The token's time has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// Another party issued the token.
    #[error("the token's issuer is \"{claimed}\", which is not the expected one")]
    WrongIssuer {
        /// Who did, as the token has it.
        claimed: Excerpt,
    },
    /// The token was made for calling something else.
    #[error("the token's audience is \"{claimed}\", which is not an expected one")]
    WrongAudience {
        /// What, as the token has it.
        claimed: Excerpt,
    },
    /// The token proves another identity.
    #[error("the caller is \"{claimed}\", which is not the expected account")]
    WrongAccount {
        /// Whose, as the token has it.
        claimed: Excerpt,
    },
    /// The token names the expected account without vouching for its email address.
    #[error("the caller's email address is not verified")]
    EmailNotVerified,
    /// There is no key to verify anything with, and none can be had right now.
    #[error("the keys that verify tokens cannot be read")]
    KeysUnavailable,
}

impl Refusal {
    /// The status to answer with.
    ///
    /// 401 for no or bad credentials, 403 for a valid identity that is not the expected one, 503 when nothing can be
    /// verified at the moment and the caller should come again.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::WrongAccount { .. } | Self::EmailNotVerified => StatusCode::FORBIDDEN,
            Self::KeysUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Missing
            | Self::Several
            | Self::Malformed
            | Self::TooLarge
            | Self::WrongAlgorithm
            | Self::UnknownKey
            | Self::BadSignature
            | Self::Expired
            | Self::NotYetValid
            | Self::WrongIssuer { .. }
            | Self::WrongAudience { .. } => StatusCode::UNAUTHORIZED,
        }
    }

    /// A short name for counters, which stays the same over releases.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Several => "several",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::WrongAlgorithm => "wrong_algorithm",
            Self::UnknownKey => "unknown_key",
            Self::BadSignature => "bad_signature",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::WrongIssuer { .. } => "wrong_issuer",
            Self::WrongAudience { .. } => "wrong_audience",
            Self::WrongAccount { .. } => "wrong_account",
            Self::EmailNotVerified => "email_not_verified",
            Self::KeysUnavailable => "keys_unavailable",
        }
    }
}

/// The beginning of a claim, safe to be put in a log: control characters are escaped, and it is never long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt(String);

impl Excerpt {
    const CHARS_MAX: usize = 200;

    pub(super) fn of(claim: &str) -> Self {
        Self(claim.chars().take(Self::CHARS_MAX).flat_map(char::escape_debug).collect())
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
