//! Amounts of money: exact decimals that keep the digits they were written with.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value};

use crate::wire::{self, Misfit, Wire, scalar};

/// An amount of money, or what came in the place of one.
///
/// In JSON a decimal in plain notation, as text: `.` as separator, no grouping, any number of fraction digits
/// (`"1250.5"`, `"1000.00"`). A JSON number is read too, and any other text is kept, so that an amount that cannot
/// be understood is noticed and not mistaken for none. All of them are written back as they came.
///
/// Two amounts are equal when their values are: `1.5` is `1.50`.
#[derive(Clone, Debug)]
pub struct Amount(Written);

/// How the amount stands in JSON.
#[derive(Clone, Debug, PartialEq)]
enum Written {
    /// The text that the decimal itself prints.
    Plain(Decimal),
    /// Any other text.
    Text(String),
    Number(Number),
}

/// Why an [`Amount`] has no decimal value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// The text is no decimal in plain notation.
    #[error("the amount {text:?} is not a decimal number")]
    NotDecimal {
        /// The amount as it came.
        text: String,
    },
    /// The number has more digits than a [`Decimal`] can hold without rounding (28 are always possible).
    #[error("the amount {text} has too many digits")]
    TooManyDigits {
        /// The amount as it came.
        text: String,
    },
}

impl Amount {
    /// The exact value, with the fraction digits that were written.
    pub fn decimal(&self) -> Result<Decimal, AmountError> {
        match &self.0 {
            Written::Plain(decimal) => Ok(*decimal),
            Written::Text(text) => parse(text),
            Written::Number(number) => parse(&number.to_string()),
        }
    }
}

fn parse(text: &str) -> Result<Decimal, AmountError> {
    if !is_plain(text) {
        return Err(AmountError::NotDecimal { text: text.to_owned() });
    }
    Decimal::from_str_exact(text).map_err(|_| AmountError::TooManyDigits { text: text.to_owned() })
}

/// Stricter than `Decimal`, which also takes `1_000`.
fn is_plain(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
}

impl From<Decimal> for Amount {
    fn from(decimal: Decimal) -> Self {
        Self(Written::Plain(decimal))
    }
}

/// Takes any text; [`Amount::decimal`] tells whether it is a number.
impl From<String> for Amount {
    fn from(text: String) -> Self {
        match parse(&text) {
            Ok(decimal) if decimal.to_string() == text => Self(Written::Plain(decimal)),
            _ => Self(Written::Text(text)),
        }
    }
}

/// Takes any text; [`Amount::decimal`] tells whether it is a number.
impl From<&str> for Amount {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        match (self.decimal(), other.decimal()) {
            (Ok(one), Ok(two)) => one == two,
            _ => self.0 == other.0,
        }
    }
}

impl Eq for Amount {}

/// The amount as it is written in JSON, without quotes.
impl fmt::Display for Amount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Written::Plain(decimal) => decimal.fmt(out),
            Written::Text(text) => out.pad(text),
            Written::Number(number) => number.fmt(out),
        }
    }
}

impl Wire for Amount {
    const EXPECTED: &'static str = "a text or a number (Amount)";

    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
        scalar::read(place, json, |value| match value {
            Value::String(text) => Ok(Self::from(text)),
            Value::Number(number) => Ok(Self(Written::Number(number))),
            other => Err(other),
        })
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        wire::deserialize(json)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Written::Plain(decimal) => json.collect_str(decimal),
            Written::Text(text) => json.serialize_str(text),
            Written::Number(number) => number.serialize(json),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn decimal(text: &str) -> Result<String, AmountError> {
        Amount::from(text).decimal().map(|decimal| decimal.to_string())
    }

    #[test]
    fn keeps_the_digits_it_was_written_with() {
        for text in ["1000.00", "0", "0.000", "-12.50", "404.8", "79228162514264337593543950335"] {
            assert_eq!(decimal(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn understands_a_decimal_in_an_unusual_form() {
        assert_eq!(decimal("+5.00").as_deref(), Ok("5.00"));
        assert_eq!(decimal("007").as_deref(), Ok("7"));
        assert_eq!(decimal(".5").as_deref(), Ok("0.5"));
        assert_eq!(decimal("5.").as_deref(), Ok("5"));
    }

    #[test]
    fn says_what_is_no_decimal() {
        for text in ["", "-", ".", "undefined", "1,000.00", "1_000", "1e3", " 5", "NaN", "٣"] {
            assert_eq!(decimal(text), Err(AmountError::NotDecimal { text: text.into() }));
        }
    }

    #[test]
    fn never_rounds() {
        for text in ["79228162514264337593543950336", "0.33333333333333333333333333333333"] {
            assert_eq!(decimal(text), Err(AmountError::TooManyDigits { text: text.into() }));
        }
    }

    #[test]
    fn is_written_back_as_it_came() -> Result<(), serde_json::Error> {
        let huge = "9".repeat(300);
        for value in
            [json!("1000.00"), json!("007"), json!("-0"), json!("n/a"), json!(huge), json!(12.5), json!(3)]
        {
            let amount: Amount = serde_json::from_value(value.clone())?;
            assert_eq!(serde_json::to_value(amount)?, value);
        }
        Ok(())
    }

    #[test]
    fn is_equal_by_value() -> Result<(), serde_json::Error> {
        assert_eq!(Amount::from("1.5"), Amount::from("1.50"));
        assert_eq!(Amount::from("+1.5"), serde_json::from_value(json!(1.5))?);
        assert_eq!(Amount::from("n/a"), Amount::from("n/a"));
        assert_ne!(Amount::from("n/a"), Amount::from("1.5"));
        Ok(())
    }

    #[test]
    fn no_amount_is_made_of_anything_else() {
        for value in [json!(null), json!(true), json!([1]), json!({})] {
            assert!(serde_json::from_value::<Amount>(value).is_err());
        }
    }
}
