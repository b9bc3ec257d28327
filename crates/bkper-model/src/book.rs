//! Books: ledgers with their settings.

use crate::wire::choice::choice;
use crate::wire::resource::resource;
use crate::{Account, AgentId, BookId, Collection, Date, Group, Permission, TextMap, TimestampMs};

choice! {
    /// What separates the whole from the fraction in amounts that people see.
    pub enum DecimalSeparator {
        /// `1234.56`
        Dot = "DOT",
        /// `1234,56`
        Comma = "COMMA",
    }
}

choice! {
    /// Length of a book's period.
    pub enum Period {
        /// One month.
        Month = "MONTH",
        /// Three months.
        Quarter = "QUARTER",
        /// Twelve months.
        Year = "YEAR",
    }
}

choice! {
    /// A month of the year.
    pub enum Month {
        /// Month 1.
        January = "JANUARY",
        /// Month 2.
        February = "FEBRUARY",
        /// Month 3.
        March = "MARCH",
        /// Month 4.
        April = "APRIL",
        /// Month 5.
        May = "MAY",
        /// Month 6.
        June = "JUNE",
        /// Month 7.
        July = "JULY",
        /// Month 8.
        August = "AUGUST",
        /// Month 9.
        September = "SEPTEMBER",
        /// Month 10.
        October = "OCTOBER",
        /// Month 11.
        November = "NOVEMBER",
        /// Month 12.
        December = "DECEMBER",
    }
}

choice! {
    /// Who can see a book.
    pub enum Visibility {
        /// Everyone who has the link.
        Public = "PUBLIC",
        /// Its collaborators.
        Private = "PRIVATE",
    }
}

resource! {
    /// A book, as the user sees it who is meant by [`Book::permission`].
    pub struct Book {
        /// Id of the book.
        id: BookId = "id",
        /// Name of the book.
        name: String = "name",
        /// Username of the owner.
        owner_name: String = "ownerName",
        /// What the calling user may do in the book.
        permission: Permission = "permission",
        /// Who can see the book.
        visibility: Visibility = "visibility",
        /// The collection that the book is in, with its books. Those have no collection of their own.
        collection: Collection = "collection",
        /// The accounts, where they were asked for. Events have none.
        accounts: Vec<Account> = "accounts",
        /// The groups, where they were asked for. Events have none.
        groups: Vec<Group> = "groups",
        /// Custom properties.
        properties: TextMap = "properties",
        /// How people see dates: `dd/MM/yyyy`, `MM/dd/yyyy` or `yyyy/MM/dd`.
        date_pattern: String = "datePattern",
        /// How people see amounts.
        decimal_separator: DecimalSeparator = "decimalSeparator",
        /// Number of digits that people see after the decimal separator, 0 to 8.
        fraction_digits: u32 = "fractionDigits",
        /// Time zone, an IANA name such as `America/New_York`.
        time_zone: String = "timeZone",
        /// Minutes from the book's time to UTC: positive west of Greenwich.
        time_zone_offset: i32 = "timeZoneOffset",
        /// Number of transactions on a page.
        page_size: u32 = "pageSize",
        /// Length of the book's period.
        period: Period = "period",
        /// The month that quarters and years start with.
        period_start_month: Month = "periodStartMonth",
        /// Transactions on or before this day are locked.
        lock_date: Date = "lockDate",
        /// Transactions on or before this day are closed.
        closing_date: Date = "closingDate",
        /// Whether a complete transaction is posted as soon as it is created.
        auto_post: bool = "autoPost",
        /// Logo: a web address or a data URL.
        logo_url: String = "logoUrl",
        /// Number of posted transactions.
        total_transactions: u64 = "totalTransactions",
        /// Number of transactions posted in the current month.
        total_transactions_current_month: u64 = "totalTransactionsCurrentMonth",
        /// Number of transactions posted in the current year.
        total_transactions_current_year: u64 = "totalTransactionsCurrentYear",
        /// When anything in the book last changed.
        last_update: TimestampMs = "lastUpdateMs",
        /// App that created the book.
        agent_id: AgentId = "agentId",
        /// When the book was created.
        created_at: TimestampMs = "createdAt",
        /// When the book's own settings were last changed.
        updated_at: TimestampMs = "updatedAt",
    }
}
