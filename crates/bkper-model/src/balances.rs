//! Balances of accounts and groups, in total and by period.
//!
//! All amounts are raw: what the node's accounts were credited minus what they were debited. A bank account with
//! money in it has a negative balance. People are shown the amount times -1 where `credit` is false.

use crate::wire::choice::choice;
use crate::wire::resource::resource;
use crate::{Amount, TextMap};

choice! {
    /// Length of the periods of [`Balances`].
    pub enum Periodicity {
        /// One day.
        Daily = "DAILY",
        /// One month.
        Monthly = "MONTHLY",
        /// One year.
        Yearly = "YEARLY",
    }
}

resource! {
    /// The balances that a query asks for.
    pub struct Balances {
        /// Length of the periods.
        periodicity: Periodicity = "periodicity",
        /// The range as a query, such as ` before:2025 by:m` (a space in front is usual).
        range: String = "range",
        /// First day of the range in the date pattern of the book; empty when the range is open.
        range_begin_label: String = "rangeBeginLabel",
        /// Last day of the range, which belongs to it, in the date pattern of the book.
        range_end_label: String = "rangeEndLabel",
        /// The range before this one as a query.
        previous_range: String = "previousRange",
        /// The range after this one as a query.
        next_range: String = "nextRange",
        /// The accounts, of a query by account.
        account_balances: Vec<AccountBalances> = "accountBalances",
        /// The topmost groups, of a query by group.
        group_balances: Vec<GroupBalances> = "groupBalances",
        /// Where the balances are when they are too large for the answer: a web address that is read without
        /// credentials.
        balances_url: String = "balancesUrl",
    }
}

resource! {
    /// The balances of a group, and of what is in it: either groups or accounts.
    pub struct GroupBalances {
        /// Name as it was written.
        name: String = "name",
        /// Name in lower case, without diacritics, words joined by `_`.
        normalized_name: String = "normalizedName",
        /// Whether the accounts below are credit by nature; absent when they differ.
        credit: bool = "credit",
        /// Whether the accounts below are permanent.
        permanent: bool = "permanent",
        /// Custom properties.
        properties: TextMap = "properties",
        /// Balance of the range: credit minus debit.
        period_balance: Amount = "periodBalance",
        /// What was credited in the range.
        period_credit: Amount = "periodCredit",
        /// What was debited in the range.
        period_debit: Amount = "periodDebit",
        /// Balance of everything before the end of the range: credit minus debit.
        cumulative_balance: Amount = "cumulativeBalance",
        /// What was credited before the end of the range.
        cumulative_credit: Amount = "cumulativeCredit",
        /// What was debited before the end of the range.
        cumulative_debit: Amount = "cumulativeDebit",
        /// The balances by period, without gaps.
        balances: Vec<Balance> = "balances",
        /// The groups in this one.
        group_balances: Vec<GroupBalances> = "groupBalances",
        /// The accounts in this group.
        account_balances: Vec<AccountBalances> = "accountBalances",
    }
}

resource! {
    /// The balances of an account.
    pub struct AccountBalances {
        /// Name as it was written.
        name: String = "name",
        /// Name in lower case, without diacritics, words joined by `_`.
        normalized_name: String = "normalizedName",
        /// Whether the account is credit by nature.
        credit: bool = "credit",
        /// Whether the account is permanent.
        permanent: bool = "permanent",
        /// Whether the account is hidden from new use.
        archived: bool = "archived",
        /// Whether nothing was ever posted in the account.
        empty: bool = "empty",
        /// Custom properties.
        properties: TextMap = "properties",
        /// Balance of the range: credit minus debit.
        period_balance: Amount = "periodBalance",
        /// What was credited in the range.
        period_credit: Amount = "periodCredit",
        /// What was debited in the range.
        period_debit: Amount = "periodDebit",
        /// Balance of everything before the end of the range: credit minus debit.
        cumulative_balance: Amount = "cumulativeBalance",
        /// What was credited before the end of the range.
        cumulative_credit: Amount = "cumulativeCredit",
        /// What was debited before the end of the range.
        cumulative_debit: Amount = "cumulativeDebit",
        /// The balances by period, without gaps.
        balances: Vec<Balance> = "balances",
    }
}

resource! {
    /// The balance of one period.
    pub struct Balance {
        /// Year of the period.
        year: u32 = "year",
        /// Month of the period, 1 to 12; 0 for a year.
        month: u32 = "month",
        /// Day of the period, 1 to 31; 0 for a month or a year.
        day: u32 = "day",
        /// The three as a number: `YYYYMMDD`, `YYYYMM00` or `YYYY0000`.
        fuzzy_date: u32 = "fuzzyDate",
        /// Balance of the period: credit minus debit.
        period_balance: Amount = "periodBalance",
        /// What was credited in the period.
        period_credit: Amount = "periodCredit",
        /// What was debited in the period.
        period_debit: Amount = "periodDebit",
        /// Balance of everything up to the end of the period: credit minus debit.
        cumulative_balance: Amount = "cumulativeBalance",
        /// What was credited up to the end of the period.
        cumulative_credit: Amount = "cumulativeCredit",
        /// What was debited up to the end of the period.
        cumulative_debit: Amount = "cumulativeDebit",
    }
}
