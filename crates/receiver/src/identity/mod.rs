//! Who calls: verification of the ID tokens that Google signs for service accounts.
//!
//! A token is read from the `Authorization` header and must hold in every respect: signed with RS256 by a key of the
//! configured key set, at this time, by the expected issuer, for one of the expected audiences, and for the expected
//! account, whose email is verified. Nothing in the token chooses how it is verified: the algorithm is fixed, keys come
//! from the configured place only, and a key that the token brings or names along is never looked at.
//!
//! ```text
//! bearer ─▶ seen before? ──yes──▶ still in its lifetime? ─▶ Identity
//!              └─no─▶ parse ─▶ key (fetch at most once in a while) ─▶ signature ─▶ claims ─▶ remember ─▶ Identity
//! ```
//!
//! Here live the token, its claims, the keys and what was verified already. HTTP answers, counters and the log line of a
//! refusal belong to the caller, who has [`Refusal::status`] and [`Refusal::reason`] for them; so does refusing a
//! request with more than one `Authorization` header.

mod expectation;
mod keys;
mod refusal;
mod token;
mod verified;

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey};

pub use expectation::{Expectation, GOOGLE_ISSUER, Identity};
pub use keys::{KeySource, KeySourceError, KeyStore};
pub use refusal::{Excerpt, Refusal};

use token::{Token, bearer};
use verified::{TokenHash, VerifiedTokens};

/// Verifies the callers of one hook.
#[derive(Debug)]
pub struct IdentityVerifier {
    expectation: Expectation,
    keys: KeyStore,
    verified: VerifiedTokens,
    signature_checks: AtomicU64,
}

impl IdentityVerifier {
    /// A verifier that trusts the keys in `keys`, which other verifiers may share.
    pub fn new(expectation: Expectation, keys: KeyStore) -> Self {
        Self { expectation, keys, verified: VerifiedTokens::default(), signature_checks: AtomicU64::new(0) }
    }

    /// The identity that the value of the `Authorization` header proves at the time `now`.
    ///
    /// A token that was verified before is answered at once, until it expires: nothing is awaited and no signature is
    /// checked. Otherwise it may wait for the key server, a few seconds at most.
    ///
    /// Cancellation safe: a fetch of keys that this call began goes on for those who wait for it too.
    pub async fn verify(&self, authorization: Option<&[u8]>, now: Timestamp) -> Result<Identity, Refusal> {
        let text = bearer(authorization)?;
        let hash = TokenHash::of(text);
        if let Some(known) = self.verified.find(&hash) {
            known.lifetime().check(now)?;
            return Ok(known);
        }
        let identity = self.verify_unseen(text, now).await?;
        self.verified.remember(hash, identity.clone(), now);
        Ok(identity)
    }

    async fn verify_unseen(&self, text: &str, now: Timestamp) -> Result<Identity, Refusal> {
        let token = Token::parse(text)?;
        let key = self.keys.key(token.key_id(), now).await?;
        self.check_signature(&token, &key)?;
        self.expectation.check(&token.claims()?, now)
    }

    fn check_signature(&self, token: &Token<'_>, key: &DecodingKey) -> Result<(), Refusal> {
        self.signature_checks.fetch_add(1, Ordering::Relaxed);
        let checked = jsonwebtoken::crypto::verify(token.signature(), token.message(), key, Algorithm::RS256);
        match checked {
            Ok(true) => Ok(()),
            Ok(false) => Err(Refusal::BadSignature),
            Err(_) => Err(Refusal::Malformed),
        }
    }

    /// How many signatures were checked since the start.
    pub fn signature_checks(&self) -> u64 {
        self.signature_checks.load(Ordering::Relaxed)
    }
}
