//! A file, and its content.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bkper_model::{self as wire, AgentId, BookId, FileId};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::{Changes, Properties};
use crate::refusal::Refusal;

/// What is said about a file. Its content is kept apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) id: FileId,
    pub(crate) book: BookId,
    pub(crate) name: String,
    pub(crate) content_type: String,
    /// Of the content, in bytes.
    pub(crate) size: usize,
    pub(crate) properties: Properties,
    pub(crate) agent: Option<AgentId>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

/// Of a file of which nobody says what it is.
pub(super) const UNKNOWN_TYPE: &str = "application/octet-stream";
/// How a client says that it attaches the file to a transaction.
const ATTACHED: (&str, &str) = ("upload_method", "attachment");
/// What stands in a URL as it is.
const IN_URL: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

impl File {
    /// Whether it was sent to be attached to a transaction, instead of as a document of its own.
    pub(super) fn is_attachment(&self) -> bool {
        self.properties.get(ATTACHED.0) == Some(ATTACHED.1)
    }

    /// Takes over what a client says about the file: absent fields stay as they are.
    pub(super) fn change(&mut self, body: &wire::File, changes: &mut Changes) -> Result<(), Refusal> {
        if let Some(name) = &body.name {
            if name.trim().is_empty() {
                return Err(Refusal::Required { field: "name" });
            }
            changes.set("name", &mut self.name, name.clone(), String::clone);
        }
        if let Some(content_type) = &body.content_type {
            changes.set("contentType", &mut self.content_type, content_type.clone(), String::clone);
        }
        if let Some(properties) = Properties::said_in(body, body.properties.as_ref())? {
            changes.set_properties(&mut self.properties, properties);
        }
        Ok(())
    }

    /// The file without its content, which is served under this address.
    pub(super) fn shown(&self, address: &str) -> wire::File {
        let name = utf8_percent_encode(&self.name, &IN_URL);
        wire::File {
            id: Some(self.id.clone()),
            name: Some(self.name.clone()),
            content_type: Some(self.content_type.clone()),
            size: Some(self.size as u64),
            url: Some(format!("{address}/{}/{name}", self.id)),
            properties: Some(self.properties.shown()),
            agent_id: self.agent.clone(),
            created_at: Some(self.created.into()),
            updated_at: Some(self.updated.into()),
            ..wire::File::default()
        }
    }
}

/// The content of a file: Base64 as the client wrote it, and as clients get it back.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Content(String);

/// So many bytes are the most that a file may have.
const MOST_BYTES: usize = 20 * 1024 * 1024;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

impl Content {
    /// What a client sends: Base64 in either alphabet, with or without padding.
    pub(crate) fn given(text: String) -> Result<Self, Refusal> {
        let content = Self(text);
        if content.size() > MOST_BYTES {
            return Err(Refusal::TooLarge);
        }
        content
            .bytes()
            .map_err(|error| Refusal::Invalid { field: "content", message: format!("no Base64: {error}") })?;
        Ok(content)
    }

    /// What was given before.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn empty() -> Self {
        Self(String::new())
    }

    pub(crate) fn as_base64(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_base64(self) -> String {
        self.0
    }

    pub(crate) fn bytes(&self) -> Result<Vec<u8>, base64::DecodeError> {
        STANDARD.decode(&self.0).or_else(|error| URL_SAFE.decode(&self.0).map_err(|_| error))
    }

    /// How many bytes the text stands for: four characters for three of them.
    pub(super) fn size(&self) -> usize {
        self.0.trim_end_matches('=').len() * 3 / 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_base64_in_either_alphabet_with_or_without_padding() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("aGk=", b"hi"),
            ("aGk", b"hi"),
            ("AAEC", &[0, 1, 2]),
            ("+/8=", &[0xfb, 0xff]),
            ("-_8", &[0xfb, 0xff]),
        ] {
            let content = Content::given(text.to_owned()).unwrap();
            assert_eq!(content.bytes().unwrap(), bytes, "{text}");
            assert_eq!((content.size(), content.as_base64()), (bytes.len(), text));
        }
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for text in ["a", "aGk= ", "a+_=", "data:text/plain;base64,aGk=", "é"] {
            let refused = Content::given(text.to_owned()).err().unwrap();
            assert!(matches!(refused, Refusal::Invalid { field: "content", .. }), "{text}: {refused}");
        }
    }

    #[test]
    fn a_file_has_twenty_megabytes_at_most() {
        let of_size = |bytes: usize| Content::given(STANDARD.encode(vec![0; bytes]));
        assert!(of_size(MOST_BYTES).is_ok());
        assert!(matches!(of_size(MOST_BYTES + 1), Err(Refusal::TooLarge)));
    }
}
