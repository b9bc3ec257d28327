//! How the types of this crate read JSON without losing any of it.
//!
//! A derived `Deserialize` refuses a whole event for one odd field. Here every value is read into the place of its
//! type, and what is not of that type is given back as it came. The resource decides where that is kept.

pub(crate) mod choice;
pub(crate) mod list;
pub(crate) mod resource;
pub(crate) mod scalar;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error},
};
use serde_json::Value;

use crate::fault::Findings;

/// What was not of the expected type, as it came; `None` when all was well.
pub(crate) type Misfit = Option<Value>;

/// A type of the API: reads any JSON, in one pass.
pub(crate) trait Wire: Sized {
    /// What an error says was expected.
    const EXPECTED: &'static str;

    /// Reads a value into `place`, which is empty afterwards exactly when there is a misfit. Fails when the input is
    /// not JSON at all, never because of its shape.
    ///
    /// Resources are large and contain each other. Filled in place they are never copied, and reading them takes
    /// little of the stack.
    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error>;

    /// Adds the faults inside of a value that was read.
    fn inspect(&self, _findings: &mut Findings) {}

    /// Adds what is wrong with a value that could not be read.
    fn explain(misfit: &Value, findings: &mut Findings) {
        findings.wrong_form(Self::EXPECTED, misfit);
    }
}

/// The place of a value, for the items of lists and the fields of objects.
pub(crate) struct Place<'a, T>(pub(crate) &'a mut Option<T>);

impl<'de, T: Wire> DeserializeSeed<'de> for Place<'_, T> {
    type Value = Misfit;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Misfit, D::Error> {
        T::read(self.0, json)
    }
}

/// Reads `T` where there is nowhere to keep anything else: the public `Deserialize` of every type.
pub(crate) fn deserialize<'de, T: Wire, D: Deserializer<'de>>(json: D) -> Result<T, D::Error> {
    let mut place = None;
    let misfit = T::read(&mut place, json)?.unwrap_or_default();
    place.ok_or_else(|| D::Error::custom(format_args!("expected {}, found {}", T::EXPECTED, kind(&misfit))))
}

/// The value itself stays out of the message: it may be confidential.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The methods of a `Visitor` for everything that is neither a list nor an object: none of it fits.
macro_rules! scalars_are_misfits {
    () => {
        fn visit_unit<E>(self) -> Result<Misfit, E> {
            Ok(Some(Value::Null))
        }

        fn visit_bool<E>(self, value: bool) -> Result<Misfit, E> {
            Ok(Some(value.into()))
        }

        fn visit_i64<E>(self, value: i64) -> Result<Misfit, E> {
            Ok(Some(value.into()))
        }

        fn visit_u64<E>(self, value: u64) -> Result<Misfit, E> {
            Ok(Some(value.into()))
        }

        fn visit_f64<E>(self, value: f64) -> Result<Misfit, E> {
            Ok(Some(value.into()))
        }

        fn visit_str<E>(self, value: &str) -> Result<Misfit, E> {
            Ok(Some(value.into()))
        }

        fn visit_string<E>(self, value: String) -> Result<Misfit, E> {
            Ok(Some(value.into()))
        }
    };
}
pub(crate) use scalars_are_misfits;
