//! Apps: programs that act on books, installed there as integrations.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Number, Value};

use crate::wire::choice::choice;
use crate::wire::resource::resource;
use crate::wire::{self, Misfit, Wire, scalar};
use crate::{AgentId, EventType};

choice! {
    /// How the menu of an app opens.
    pub enum MenuOpenMode {
        /// Beside the book; the default.
        Sidebar = "SIDEBAR",
        /// Over the book.
        Expanded = "EXPANDED",
        /// In a new tab of the browser.
        NewTab = "NEW_TAB",
    }
}

choice! {
    /// Version of the API that the events of an app have.
    pub enum ApiVersion {
        /// Version 0.
        V0 = "v0",
        /// Version 1.
        V1 = "v1",
        /// Version 2.
        V2 = "v2",
        /// Version 3.
        V3 = "v3",
        /// Version 4.
        V4 = "v4",
        /// Version 5, the one that this crate has as types.
        V5 = "v5",
    }
}

/// Width or height of a popup, in pixels.
///
/// In JSON a text or a number, as it stood in the app's manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum PopupSize {
    /// Written as a text, such as `"500"` or `"500px"`.
    Text(String),
    /// Written as a number.
    Number(Number),
}

impl fmt::Display for PopupSize {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => out.pad(text),
            Self::Number(number) => number.fmt(out),
        }
    }
}

impl Wire for PopupSize {
    const EXPECTED: &'static str = "a text or a number (PopupSize)";

    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
        scalar::read(place, json, |value| match value {
            Value::String(text) => Ok(Self::Text(text)),
            Value::Number(number) => Ok(Self::Number(number)),
            other => Err(other),
        })
    }
}

impl<'de> Deserialize<'de> for PopupSize {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        wire::deserialize(json)
    }
}

resource! {
    /// An app, also called agent or bot: what its manifest `bkper.yaml` says, and what became of it.
    pub struct App {
        /// Id of the app.
        id: AgentId = "id",
        /// Name that people see.
        name: String = "name",
        /// What the app does.
        description: String = "description",
        /// Web address of the app's site.
        website: String = "website",
        /// Logo: a web address or a data URL.
        logo_url: String = "logoUrl",
        /// Logo for dark surroundings: a web address or a data URL.
        logo_url_dark: String = "logoUrlDark",
        /// Name of the owner.
        owner_name: String = "ownerName",
        /// Logo of the owner: a web address.
        owner_logo_url: String = "ownerLogoUrl",
        /// Web address of the owner's site.
        owner_website: String = "ownerWebsite",
        /// Email address of the owner.
        owner_email: String = "ownerEmail",
        /// Id of the owner.
        owner_id: String = "ownerId",
        /// Web address of the source.
        repo_url: String = "repoUrl",
        /// Whether the source is private.
        repo_private: bool = "repoPrivate",
        /// Whether the app is not to be used any more.
        deprecated: bool = "deprecated",
        /// Who may change the app: usernames and domain patterns such as `*@example.com`, between commas or spaces.
        developers: String = "developers",
        /// Who may install the app while it is not published, in the form of [`App::developers`]. Everyone when absent.
        users: String = "users",
        /// Readme, as the app's page shows it.
        readme: String = "readme",
        /// Readme in Markdown.
        readme_md: String = "readmeMd",
        /// Web address that the menu opens, with variables such as `${book.id}`.
        menu_url: String = "menuUrl",
        /// The same for the developers of the app.
        menu_url_dev: String = "menuUrlDev",
        /// Text of the menu.
        menu_text: String = "menuText",
        /// How the menu opens.
        menu_open_mode: MenuOpenMode = "menuOpenMode",
        /// Width of the popup that menus once opened in.
        menu_popup_width: PopupSize = "menuPopupWidth",
        /// Height of that popup.
        menu_popup_height: PopupSize = "menuPopupHeight",
        /// Web address that events are sent to; cleared with `null`.
        webhook_url: String = "webhookUrl",
        /// The same for what the developers of the app do; cleared with `null`.
        webhook_url_dev: String = "webhookUrlDev",
        /// Version of the API that the events have.
        api_version: ApiVersion = "apiVersion",
        /// The types of events that are sent.
        events: Vec<EventType> = "events",
        /// Names of the files whose events are sent, with `*` for any characters, such as `*.ofx`.
        file_patterns: Vec<String> = "filePatterns",
        /// The properties that the app understands, for editors that suggest them.
        properties_schema: AppPropertiesSchema = "propertiesSchema",
        /// Id of the app's own OAuth client.
        client_id: String = "clientId",
        /// Secret of the app's own OAuth client. Servers never return it.
        client_secret: String = "clientSecret",
        /// OAuth scopes that the app asks for.
        scopes: Vec<String> = "scopes",
        /// Whether users can connect the app to an account of theirs elsewhere.
        connectable: bool = "connectable",
        /// Whether the calling user can install the app.
        installable: bool = "installable",
        /// Whether everyone can see the app.
        published: bool = "published",
    }
}

resource! {
    /// The properties that an app understands, by the resource that has them.
    pub struct AppPropertiesSchema {
        /// Properties of books.
        book: AppPropertySchema = "book",
        /// Properties of groups.
        group: AppPropertySchema = "group",
        /// Properties of accounts.
        account: AppPropertySchema = "account",
        /// Properties of transactions.
        transaction: AppPropertySchema = "transaction",
    }
}

resource! {
    /// Suggestions for the properties of one kind of resource.
    pub struct AppPropertySchema {
        /// Keys.
        keys: Vec<String> = "keys",
        /// Values.
        values: Vec<String> = "values",
    }
}
