//! The user whose token it is: who that is, what it costs, and what is connected.

use bkper_model::{
    Billing, Connection, ConnectionList, Counts, Integration, IntegrationList, PlanCycle, Url, User,
};

use crate::books::found;
use crate::http::Request;
use crate::{Client, Error, RefersTo};

/// # The user
impl Client {
    /// The user whose token it is.
    pub async fn user(&self) -> Result<User, Error> {
        self.get(&["user"]).send().await
    }

    /// What the user pays for, and how much of it was used.
    pub async fn billing(&self) -> Result<Billing, Error> {
        self.get(&["user", "billing"]).send().await
    }

    /// How many transactions the user made over time.
    pub async fn billing_counts(&self) -> Result<Counts, Error> {
        self.get(&["user", "billing", "counts"]).send().await
    }

    /// Web address where the user manages the billing, and from where it leads back to `return_url`.
    pub async fn billing_portal(&self, return_url: &str) -> Result<String, Error> {
        url(self.get(&["user", "billing", "portal"]).parameter("returnUrl", return_url)).await
    }

    /// Web address where the user buys a plan, and from where it leads to `success_url` or `cancel_url`.
    pub async fn billing_checkout(
        &self,
        plan: &str,
        cycle: &PlanCycle,
        success_url: &str,
        cancel_url: &str,
    ) -> Result<String, Error> {
        let request = self.get(&["user", "billing", "checkout"]);
        let request = request.parameter("plan", plan).parameter("cycle", cycle.as_str());
        url(request.parameter("successUrl", success_url).parameter("cancelUrl", cancel_url)).await
    }
}

async fn url(request: Request) -> Result<String, Error> {
    let call = request.call();
    let answer: Url = request.send().await?;
    answer.url.ok_or(Error::Incomplete { call, missing: "url" })
}

/// # Connections
///
/// A connection leads to an account that the user has elsewhere: in an app or a bank.
impl Client {
    /// The connections of the user.
    pub async fn connections(&self) -> Result<Vec<Connection>, Error> {
        self.get(&["user", "connections"]).list::<ConnectionList>().await
    }

    /// The connection with this id. Nothing is sent yet.
    pub fn connection(&self, connection: impl RefersTo<Connection>) -> ConnectionHandle {
        ConnectionHandle { client: self.clone(), id: connection.reference().in_path().to_owned() }
    }

    /// Makes a connection.
    pub async fn create_connection(&self, connection: &Connection) -> Result<Connection, Error> {
        self.post(&["user", "connections"]).body(connection).send().await
    }

    /// Changes the connection that has the `id`: the fields that are set. `properties` replace all that were there.
    pub async fn update_connection(&self, connection: &Connection) -> Result<Connection, Error> {
        let request = self.put(&["user", "connections"]).refusing(connection.id.is_none());
        request.body(connection).send().await
    }
}

/// One connection of the user, to be acted upon. What it *says* is a [`Connection`].
#[derive(Clone, Debug)]
pub struct ConnectionHandle {
    client: Client,
    id: String,
}

impl ConnectionHandle {
    /// The connection.
    pub async fn get(&self) -> Result<Connection, Error> {
        self.client.get(&["user", "connections", &self.id]).send().await
    }

    /// The connection, or `None` when there is none.
    pub async fn find(&self) -> Result<Option<Connection>, Error> {
        found(self.get().await)
    }

    /// The integrations that use the connection, in all books.
    pub async fn integrations(&self) -> Result<Vec<Integration>, Error> {
        self.client.get(&["user", "connections", &self.id, "integrations"]).list::<IntegrationList>().await
    }

    /// Deletes the connection, and gives it back as it was.
    pub async fn delete(&self) -> Result<Connection, Error> {
        self.client.delete(&["user", "connections", &self.id]).send().await
    }
}
