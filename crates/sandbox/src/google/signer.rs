//! The key, and signing with it.

use std::fmt;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::claims::IdClaims;
use super::key_file::{self, KeyFileError};

/// An RSA key of 2048 bits that signs ID tokens as Google does (RS256).
pub struct Signer {
    key: KeyPair,
    id: String,
}

/// The system could not make a key.
#[derive(Debug, thiserror::Error)]
#[error("cannot generate an RSA key of 2048 bits")]
pub struct KeyGenerationFailed;

impl Signer {
    /// A signer with a new key, which is gone when the signer is.
    pub fn generate() -> Result<Self, KeyGenerationFailed> {
        KeyPair::generate(KeySize::Rsa2048).map(Self::from_key).map_err(|_| KeyGenerationFailed)
    }

    /// The signer whose key is in the file (PKCS#8, DER), which is made when there is none.
    ///
    /// Only the file's owner can read it. Two processes that make it at the same time end up with the same key.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyFileError> {
        if let Some(signer) = Self::load(path)? {
            return Ok(signer);
        }
        let signer = Self::generate()?;
        if key_file::create(path, &signer.pkcs8())? {
            return Ok(signer);
        }
        Self::load(path)?.ok_or_else(|| KeyFileError::Vanished { path: path.to_owned() })
    }

    fn load(path: &Path) -> Result<Option<Self>, KeyFileError> {
        let Some(pkcs8) = key_file::read(path)? else {
            return Ok(None);
        };
        let key = KeyPair::from_pkcs8(&pkcs8).map_err(|_| KeyFileError::NotAKey { path: path.to_owned() })?;
        Ok(Some(Self::from_key(key)))
    }

    fn from_key(key: KeyPair) -> Self {
        let id = thumbprint(&key);
        Self { key, id }
    }

    fn pkcs8(&self) -> Vec<u8> {
        self.key.as_der().expect("a key that was generated has an encoding").as_ref().to_vec()
    }

    /// The key's id, derived from the key (RFC 7638): the same key always has the same one.
    pub fn key_id(&self) -> &str {
        &self.id
    }

    /// The public key in the format in which Google publishes its own (a JWK set).
    pub fn jwks(&self) -> serde_json::Value {
        let (n, e) = public_components(&self.key);
        json!({"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.id, "n": n, "e": e}]})
    }

    /// The token with which Bkper calls `audience`, good for an hour from `now`.
    pub fn id_token(&self, audience: &str, now: Timestamp) -> String {
        self.sign(&IdClaims::bkper(audience, now))
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &impl Serialize) -> String {
        self.sign_with_header(&json!({"alg": "RS256", "kid": self.id, "typ": "JWT"}), claims)
    }

    /// A token with this header, whatever it says, over these claims. The signature is RS256 all the same.
    pub fn sign_with_header(&self, header: &impl Serialize, claims: &impl Serialize) -> String {
        let message = format!("{}.{}", encode_json(header), encode_json(claims));
        let signature = URL_SAFE_NO_PAD.encode(self.rs256(message.as_bytes()));
        format!("{message}.{signature}")
    }

    fn rs256(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .expect("a key of 2048 bits signs any message");
        signature
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("key_id", &self.id).finish_non_exhaustive()
    }
}

/// RFC 7638: the hash of the key's required members in alphabetical order, without white space.
fn thumbprint(key: &KeyPair) -> String {
    let (n, e) = public_components(key);
    let members = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
    URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()))
}

fn public_components(key: &KeyPair) -> (String, String) {
    let public = key.public_key();
    let encode = |number: aws_lc_rs::io::Positive<'_>| {
        URL_SAFE_NO_PAD.encode(number.big_endian_without_leading_zero())
    };
    (encode(public.modulus()), encode(public.exponent()))
}

fn encode_json(part: &impl Serialize) -> String {
    let json = serde_json::to_vec(part).expect("headers and claims are plain JSON");
    URL_SAFE_NO_PAD.encode(json)
}
