//! Enumerations of the API. The API adds values over time, so every one of them keeps values it does not know.

use std::fmt;

/// A value of an enumeration that this version of the crate does not know, as it came.
///
/// Only reading makes one, so it never holds the text of a known value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unknown(String);

impl Unknown {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

/// Declares an enumeration: its variants with their texts, and `Other` for the rest.
macro_rules! choice {
    (
        $(#[$about:meta])*
        pub enum $name:ident {
            $($(#[$variant_about:meta])* $variant:ident = $text:literal,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[$variant_about])*
                #[doc = concat!("\n\n`", $text, "`.")]
                $variant,
            )*
            /// A value that this version does not know, written back as it came.
            Other($crate::Unknown),
        }

        impl $name {
            /// Every known value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            const TEXTS: &'static [&'static str] = &[$($text),*];

            /// The value's text in JSON.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(unknown) => unknown.as_str(),
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$variant,)*
                    _ => Self::Other($crate::Unknown::new(text)),
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::from(text.to_owned())
            }
        }

        /// Never fails: an unknown text is [`Self::Other`].
        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.pad(self.as_str())
            }
        }

        impl $crate::wire::Wire for $name {
            const EXPECTED: &'static str = concat!("a text (", stringify!($name), ")");

            fn read<'de, D: serde::Deserializer<'de>>(
                place: &mut Option<Self>,
                json: D,
            ) -> Result<$crate::wire::Misfit, D::Error> {
                $crate::wire::scalar::read_text(place, json, |text| Ok(Self::from(text)))
            }

            fn inspect(&self, findings: &mut $crate::fault::Findings) {
                if let Self::Other(unknown) = self {
                    findings.unknown_value(Self::TEXTS, unknown.as_str());
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
                $crate::wire::deserialize(json)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
                json.serialize_str(self.as_str())
            }
        }
    };
}
pub(crate) use choice;
