//! Sealing of users' credentials: AES-256-GCM under one key of the host.
//!
//! A sealed value is a version byte, four bytes that tell the key, the nonce (random), and the ciphertext with its tag.
//! It is bound to the event it came with (see [`Binding`]): moved to another delivery, it does not open. The binding is
//! to the event and not to the delivery's id, because a sending is sealed before it is known to be a repeated one.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretBox, SecretString};

use bookhook_model::{DeliveryId, Event, EventId, Fingerprint, HookName, SecretHeader};

use crate::headers;

const VERSION: u8 = 1;
const KEY_BYTES: usize = 32;

/// The key that seals tokens at rest. Shown nowhere; zeroed when dropped.
pub struct SealingKey(SecretBox<[u8; KEY_BYTES]>);

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no sealing key: one is 32 bytes in base64, as `openssl rand -base64 32` makes it")]
pub struct BadKey;

impl SealingKey {
    /// The key in this text; white space around it is ignored.
    pub fn from_base64(text: &str) -> Result<Self, BadKey> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| BadKey)?);
        let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).map_err(|_| BadKey)?;
        Ok(Self(SecretBox::new(Box::new(key))))
    }

    /// These bytes as a key.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// A new key.
    pub(crate) fn random() -> Result<Self, NoEntropy> {
        let mut key = Box::new([0; KEY_BYTES]);
        rand::fill(key.as_mut_slice()).map_err(|_| NoEntropy)?;
        Ok(Self(SecretBox::new(key)))
    }

    /// What [`Self::from_base64`] reads.
    pub(crate) fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.0.expose_secret()))
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey([hidden])")
    }
}

/// The system has no random numbers.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the system has no random numbers")]
pub(crate) struct NoEntropy;

/// A value that does not open: sealed for another event, or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DoesNotOpen;

/// Tells keys apart, without telling a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyId([u8; 4]);

impl KeyId {
    fn of(key: &[u8; KEY_BYTES]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"bookhook sealing key");
        context.update(key);
        let hash = context.finish();
        let mut id = [0; 4];
        id.copy_from_slice(&hash.as_ref()[..4]);
        Self(id)
    }

    /// Of this key.
    pub(crate) fn of_key(key: &SealingKey) -> Self {
        Self::of(key.0.expose_secret())
    }

    /// As it stands in a sealed value, from its second byte on.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether this key sealed the value.
    pub(crate) fn sealed(self, value: &[u8]) -> bool {
        value.first() == Some(&VERSION) && value.get(1..5) == Some(&self.0[..])
    }
}

/// What a sealed value belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Binding([u8; 32]);

impl Binding {
    /// To this event of this hook; one without an id is told by its delivery, for it never comes again.
    pub(crate) fn new(hook: &HookName, event: Option<&EventId>, id: DeliveryId, body: Fingerprint) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(hook.as_str().as_bytes());
        context.update(&[0]);
        match event {
            Some(event) => context.update(event.0.as_bytes()),
            None => context.update(&id.to_bytes()),
        }
        context.update(&[0]);
        context.update(&body.0);
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        Self(hash)
    }
}

/// Seals and opens the secret headers of events.
pub(crate) struct Sealer {
    key: RandomizedNonceKey,
    id: KeyId,
}

impl Sealer {
    /// With this key.
    pub(crate) fn new(key: &SealingKey) -> Result<Self, NoEntropy> {
        let bytes = key.0.expose_secret();
        let sealer = RandomizedNonceKey::new(&AES_256_GCM, bytes).map_err(|_| NoEntropy)?;
        Ok(Self { key: sealer, id: KeyId::of(bytes) })
    }

    /// Which key it is.
    pub(crate) fn key_id(&self) -> KeyId {
        self.id
    }

    /// Seals the secrets of an event; `None` when it has none.
    pub(crate) fn seal(&self, event: &Event, binding: Binding) -> Result<Option<Vec<u8>>, NoEntropy> {
        if event.secrets.is_empty() {
            return Ok(None);
        }
        let pairs = event.secrets.iter().map(|s| (&*s.name, s.value.expose_secret().as_bytes()));
        let mut secret = headers::encode(pairs);
        let nonce =
            self.key.seal_in_place_append_tag(Aad::from(binding.0), &mut secret).map_err(|_| NoEntropy)?;
        let mut sealed = Vec::with_capacity(5 + NONCE_LEN + secret.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&self.id.0);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&secret);
        Ok(Some(sealed))
    }

    /// Opens what [`Self::seal`] made for this binding.
    pub(crate) fn open(&self, sealed: &[u8], binding: Binding) -> Result<Vec<SecretHeader>, DoesNotOpen> {
        if !self.id.sealed(sealed) {
            return Err(DoesNotOpen);
        }
        let (nonce, secret) = sealed[5..].split_first_chunk::<NONCE_LEN>().ok_or(DoesNotOpen)?;
        let mut secret = Zeroizing::new(secret.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain =
            self.key.open_in_place(nonce, Aad::from(binding.0), &mut secret).map_err(|_| DoesNotOpen)?;
        let headers = headers::decode(plain).map_err(|_| DoesNotOpen)?;
        headers.into_iter().map(secret_header).collect()
    }
}

fn secret_header(header: bookhook_model::Header) -> Result<SecretHeader, DoesNotOpen> {
    let value = std::str::from_utf8(&header.value).map_err(|_| DoesNotOpen)?;
    Ok(SecretHeader { name: header.name, value: SecretString::from(value) })
}

/// The key under which the sendings of one event are found: the first eight bytes of SHA-256(hook, 0, event id).
pub(crate) fn event_key(hook: &HookName, event: &EventId) -> i64 {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(hook.as_str().as_bytes());
    context.update(&[0]);
    context.update(event.0.as_bytes());
    let mut key = [0; 8];
    key.copy_from_slice(&context.finish().as_ref()[..8]);
    i64::from_be_bytes(key)
}
