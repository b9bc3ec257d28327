//! Billing of a user.

use crate::wire::resource::resource;

resource! {
    /// What a user pays for, and how much of it was used.
    pub struct Billing {
        /// Email address of the user.
        email: String = "email",
        /// Email address of the user who manages the billing.
        admin_email: String = "adminEmail",
        /// Whether billing is enabled.
        enabled: bool = "enabled",
        /// Name of the plan.
        plan: String = "plan",
        /// Whether a payment of the plan is overdue.
        plan_overdue: bool = "planOverdue",
        /// Name of the domain whose administrator manages the user.
        hosted_domain: String = "hostedDomain",
        /// Whether the trial was started.
        started_trial: bool = "startedTrial",
        /// Days until the trial ends.
        days_left_in_trial: i32 = "daysLeftInTrial",
        /// Number of transactions in the current month.
        total_transactions_this_month: u64 = "totalTransactionsThisMonth",
        /// Number of transactions in the current year.
        total_transactions_this_year: u64 = "totalTransactionsThisYear",
    }
}
