//! Values without typed parts: read as JSON first, then taken or given back.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Misfit, Wire};

/// Reads a value and lets `take` have it; what `take` gives back is the misfit.
pub(crate) fn read<'de, T, D: Deserializer<'de>>(
    place: &mut Option<T>,
    json: D,
    take: impl FnOnce(Value) -> Result<T, Value>,
) -> Result<Misfit, D::Error> {
    let misfit;
    (*place, misfit) = match take(Value::deserialize(json)?) {
        Ok(typed) => (Some(typed), None),
        Err(value) => (None, Some(value)),
    };
    Ok(misfit)
}

/// The same for types that are texts in JSON.
pub(crate) fn read_text<'de, T, D: Deserializer<'de>>(
    place: &mut Option<T>,
    json: D,
    take: impl FnOnce(String) -> Result<T, String>,
) -> Result<Misfit, D::Error> {
    read(place, json, |value| match value {
        Value::String(text) => take(text).map_err(Value::String),
        other => Err(other),
    })
}

impl Wire for String {
    const EXPECTED: &'static str = "a text";

    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
        read_text(place, json, Ok)
    }
}

impl Wire for bool {
    const EXPECTED: &'static str = "a boolean";

    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
        read(place, json, |value| value.as_bool().ok_or(value))
    }
}

/// Integers: typed when the number is whole and in range.
macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Wire for $type {
            const EXPECTED: &'static str = concat!("an integer (", stringify!($type), ")");

            fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
                read(place, json, |value| <$type>::deserialize(&value).map_err(|_| value))
            }
        }
    )*};
}

integers!(i32, u16, u32, u64);
