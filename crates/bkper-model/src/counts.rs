//! Numbers of transactions.

use crate::wire::resource::resource;

resource! {
    /// Numbers of transactions over time.
    pub struct Counts {
        /// Posted ones, by period.
        posted: Vec<Count> = "posted",
        /// Ones in the trash, by period.
        trashed: Vec<Count> = "trashed",
    }
}

resource! {
    /// A number of transactions: of all that a query finds, or of one period.
    pub struct Count {
        /// The number.
        total: u64 = "total",
        /// Year of the period.
        year: u32 = "year",
        /// Month of the period, 1 to 12; 0 for a year.
        month: u32 = "month",
        /// Day of the period, 1 to 31; 0 for a month or a year.
        day: u32 = "day",
        /// The three as a number: `YYYYMMDD`, `YYYYMM00` or `YYYY0000`.
        fuzzy_date: u32 = "fuzzyDate",
    }
}
