//! Sums of money: what was credited and what was debited.

use bkper_model::Decimal;

use crate::refusal::Refusal;

/// What was credited and what was debited. Neither is negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) credit: Decimal,
    pub(crate) debit: Decimal,
}

/// What an account moved on a day, which is a number `YYYYMMDD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DayTotal {
    pub(crate) day: u32,
    pub(crate) sums: Sums,
}

impl Sums {
    /// Both together.
    pub(crate) fn plus(self, other: Self) -> Result<Self, Refusal> {
        let credit = exact_sum(self.credit, other.credit)?;
        let debit = exact_sum(self.debit, other.debit)?;
        Ok(Self { credit, debit })
    }

    /// The balance as the API has it: a bank account with money in it has a negative one.
    pub(crate) fn balance(self) -> Result<Decimal, Refusal> {
        exact_sum(self.credit, -self.debit)
    }
}

/// The sum without any rounding, in its shortest form.
pub(crate) fn exact_sum(one: Decimal, other: Decimal) -> Result<Decimal, Refusal> {
    let too_long = || Refusal::TooManyDigits;
    let sum = one.checked_add(other).ok_or_else(too_long)?;
    // A sum that does not fit is rounded: then what was added is not what it differs by.
    let is_exact = sum.checked_sub(one) == Some(other) && sum.checked_sub(other) == Some(one);
    if is_exact { Ok(sum.normalize()) } else { Err(too_long()) }
}
