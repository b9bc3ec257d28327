//! Users.

use crate::wire::choice::choice;
use crate::wire::resource::resource;
use crate::{DomainId, UserId};

choice! {
    /// How often a plan is paid.
    pub enum PlanCycle {
        /// Every month.
        Monthly = "MONTHLY",
        /// Every year.
        Yearly = "YEARLY",
    }
}

resource! {
    /// The domain that a user belongs to.
    pub struct Domain {
        /// Id of the domain.
        id: DomainId = "id",
        /// Name, such as `example.com`.
        name: String = "name",
    }
}

resource! {
    /// A user. Events have at least name, username and picture.
    pub struct User {
        /// Id of the user.
        id: UserId = "id",
        /// Username, unique.
        username: String = "username",
        /// Name that people see.
        name: String = "name",
        /// Given name and family name.
        full_name: String = "fullName",
        /// Given name.
        given_name: String = "givenName",
        /// Email address.
        email: String = "email",
        /// Picture: a web address.
        avatar_url: String = "avatarUrl",
        /// Hash that stands for the user.
        hash: String = "hash",
        /// Name of the domain whose administrator manages the user.
        hosted_domain: String = "hostedDomain",
        /// The domain that the user belongs to.
        domain: Domain = "domain",
        /// Whether the user has connections to banks.
        bank_connections: bool = "bankConnections",
        /// Whether the user is on the free plan.
        free: bool = "free",
        /// Name of the plan.
        plan: String = "plan",
        /// How often the plan is paid.
        plan_cycle: PlanCycle = "planCycle",
        /// Whether a payment of the plan is overdue.
        plan_overdue: bool = "planOverdue",
        /// Whether billing is enabled.
        billing_enabled: bool = "billingEnabled",
        /// Email address of the user who manages the billing.
        billing_admin_email: String = "billingAdminEmail",
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
