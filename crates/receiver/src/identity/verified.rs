//! The tokens that were verified already, so that each one costs one signature check.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;

use super::expectation::Identity;

/// A caller uses one token for about an hour: this is room for many callers.
const TOKENS_MAX: usize = 1024;

/// A whole token, signature included, as SHA-256. The token itself is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TokenHash([u8; 32]);

impl TokenHash {
    pub(super) fn of(token: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(hash)
    }
}

/// What verified tokens prove. Only they are remembered, so that nobody else can fill it.
///
/// One that expired stays until its place is needed: it is still known to be expired.
#[derive(Debug, Default)]
pub(super) struct VerifiedTokens(Mutex<HashMap<TokenHash, Identity>>);

impl VerifiedTokens {
    /// What the token proves within its lifetime, which the caller has to check.
    pub(super) fn find(&self, token: &TokenHash) -> Option<Identity> {
        self.lock().get(token).cloned()
    }

    pub(super) fn remember(&self, token: TokenHash, identity: Identity, now: Timestamp) {
        let mut tokens = self.lock();
        if tokens.len() >= TOKENS_MAX {
            make_room(&mut tokens, now);
        }
        tokens.insert(token, identity);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TokenHash, Identity>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops what has expired; failing that, what expires next.
fn make_room(tokens: &mut HashMap<TokenHash, Identity>, now: Timestamp) {
    tokens.retain(|_, identity| identity.lifetime().check(now).is_ok());
    if tokens.len() < TOKENS_MAX {
        return;
    }
    let next = tokens.iter().min_by_key(|(_, identity)| identity.expires_at()).map(|(token, _)| *token);
    if let Some(token) = next {
        tokens.remove(&token);
    }
}
