//! What an ID token says.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// Who issues the tokens.
pub const ISSUER: &str = "https://accounts.google.com";

/// The account on whose behalf Bkper calls handlers.
pub const BKPER_SERVICE_ACCOUNT: &str = "bkper-hrd@appspot.gserviceaccount.com";

const LIFETIME: SignedDuration = SignedDuration::from_hours(1);
const SUBJECT: &str = "104892710655738120394";

/// The claims of an ID token, in Google's format.
///
/// Every field can be changed before signing: a test needs tokens that ought to be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdClaims {
    /// The URL that is called.
    pub aud: String,
    /// The authorised party; for a service account its number.
    pub azp: String,
    /// The service account.
    pub email: String,
    /// Whether Google knows the address to be the account's own.
    pub email_verified: bool,
    /// When the token ends, in seconds since 1970.
    pub exp: i64,
    /// When it was signed, in seconds since 1970.
    pub iat: i64,
    /// Who signed it.
    pub iss: String,
    /// The account's number.
    pub sub: String,
}

impl IdClaims {
    /// Bkper calling `audience`, with a token made `now` that is good for an hour.
    pub fn bkper(audience: &str, now: Timestamp) -> Self {
        Self {
            aud: audience.to_owned(),
            azp: SUBJECT.to_owned(),
            email: BKPER_SERVICE_ACCOUNT.to_owned(),
            email_verified: true,
            exp: now.as_second() + LIFETIME.as_secs(),
            iat: now.as_second(),
            iss: ISSUER.to_owned(),
            sub: SUBJECT.to_owned(),
        }
    }
}
