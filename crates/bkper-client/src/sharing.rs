//! Who else works in a book: collaborators, and apps that are installed there. Not the apps themselves.

use bkper_model::{Collaborator, CollaboratorId, CollaboratorList, Integration, IntegrationList, Permission};
use reqwest::Method;

use crate::{BookHandle, Error, RefersTo};

/// # Collaborators
impl BookHandle {
    /// The users that the book is shared with.
    pub async fn collaborators(&self) -> Result<Vec<Collaborator>, Error> {
        self.get_at(&["collaborators"]).list::<CollaboratorList>().await
    }

    /// Shares the book with the user of this email address, or changes what that user may do. With a message Bkper
    /// tells the user about it.
    pub async fn add_collaborator(
        &self,
        email: &str,
        permission: Permission,
        message: Option<&str>,
    ) -> Result<Collaborator, Error> {
        let collaborator = Collaborator {
            email: Some(email.to_owned()),
            permission: Some(permission),
            ..Collaborator::default()
        };
        let request = self.at(Method::POST, &["collaborators"]).maybe("message", message);
        request.body(&collaborator).send().await
    }

    /// No longer shares the book with this user: an id or an email address.
    pub async fn remove_collaborator(
        &self,
        collaborator: impl RefersTo<Collaborator>,
    ) -> Result<Collaborator, Error> {
        self.at(Method::DELETE, &["collaborators", collaborator.reference().in_path()]).send().await
    }

    /// Asks the owner of a book that the user cannot see for a permission.
    pub async fn request_access(&self, permission: Permission, message: Option<&str>) -> Result<(), Error> {
        let request = self.at(Method::POST, &["collaborators", "request"]);
        request.parameter("permission", permission.as_str()).maybe("message", message).send_only().await
    }

    /// Who asked for which permission. Nobody is a collaborator by that: [add](Self::add_collaborator) them.
    pub async fn access_request(&self, id: &CollaboratorId) -> Result<Collaborator, Error> {
        self.get_at(&["collaborators", "request", id.as_str()]).send().await
    }
}

/// # Integrations
///
/// An integration is an app that is installed in the book.
impl BookHandle {
    /// The integrations of the book.
    pub async fn integrations(&self) -> Result<Vec<Integration>, Error> {
        self.get_at(&["integrations"]).list::<IntegrationList>().await
    }

    /// Installs the app that the `agent_id` names. It acts with the rights of the user who installs it.
    pub async fn create_integration(&self, integration: &Integration) -> Result<Integration, Error> {
        self.at(Method::POST, &["integrations"]).body(integration).send().await
    }

    /// Changes the integration that has the `id`: the fields that are set. `properties` replace all that were there.
    pub async fn update_integration(&self, integration: &Integration) -> Result<Integration, Error> {
        let request = self.at(Method::PUT, &["integrations"]).refusing(integration.id.is_none());
        request.body(integration).send().await
    }

    /// Uninstalls the app, and gives the integration back as it was.
    pub async fn delete_integration(
        &self,
        integration: impl RefersTo<Integration>,
    ) -> Result<Integration, Error> {
        self.at(Method::DELETE, &["integrations", integration.reference().in_path()]).send().await
    }
}
