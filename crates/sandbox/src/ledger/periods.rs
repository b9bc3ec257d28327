//! Periods as the API numbers them.

use bkper_model::date_value;
use bkper_model::query::{Granularity, Period};

/// `YYYYMMDD` for a day, `YYYYMM00` for a month, `YYYY0000` for a year.
pub(crate) fn fuzzy_date(period: Period) -> u32 {
    let first = date_value(period.first_day());
    match period.granularity() {
        Granularity::Day => first,
        Granularity::Month => first / 100 * 100,
        Granularity::Year => first / 10_000 * 10_000,
    }
}
