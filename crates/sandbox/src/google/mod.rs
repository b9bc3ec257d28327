//! A stand-in for Google's ID tokens: who calls a handler, signed with a key of our own.
//!
//! Bkper's production calls carry a token that Google signs for Bkper's service account. Here a [`Signer`] makes tokens
//! of the same shape, and [`key_server()`] publishes its public key the way Google does, so that a host verifies a local
//! call exactly as it verifies a real one; only its `jwks_url` differs.
//!
//! Verification is not here: the receiver must not share a mistake with what it is tested against.

mod claims;
mod key_file;
mod key_server;
mod signer;

pub use claims::{BKPER_SERVICE_ACCOUNT, ISSUER, IdClaims};
pub use key_file::KeyFileError;
pub(crate) use key_server::key_set;
pub use key_server::{JWKS_PATH, key_server};
pub use signer::{KeyGenerationFailed, Signer};
