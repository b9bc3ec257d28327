//! Apps, as their developers see them, and templates of books.

use bkper_model::{App, AppList, Template, TemplateList};

use crate::books::found;
use crate::{Client, Error, RefersTo};

/// # Apps
impl Client {
    /// The apps that the user can see.
    pub async fn apps(&self) -> Result<Vec<App>, Error> {
        self.get(&["apps"]).list::<AppList>().await
    }

    /// The app with this id. Nothing is sent yet.
    pub fn app(&self, app: impl RefersTo<App>) -> AppHandle {
        AppHandle { client: self.clone(), id: app.reference().in_path().to_owned() }
    }

    /// Registers an app, with the `id` that it is to have for ever.
    pub async fn create_app(&self, app: &App) -> Result<App, Error> {
        self.post(&["apps"]).body(app).send().await
    }

    /// Changes the app that has the `id`: the fields that are set. A `null` in `extra` clears a field:
    ///
    /// ```no_run
    /// # async fn example(client: bkper_client::Client) -> Result<(), bkper_client::Error> {
    /// use bkper_client::model::App;
    ///
    /// let mut app = App { id: Some("tax-bot".into()), ..App::default() };
    /// app.extra.insert("webhookUrlDev".into(), serde_json::Value::Null);
    /// client.update_app(&app).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn update_app(&self, app: &App) -> Result<App, Error> {
        self.put(&["apps"]).body(app).refusing(app.id.is_none()).send().await
    }

    /// Books to start from.
    pub async fn templates(&self) -> Result<Vec<Template>, Error> {
        self.get(&["templates"]).list::<TemplateList>().await
    }
}

/// One app. What it *says* is an [`App`].
#[derive(Clone, Debug)]
pub struct AppHandle {
    client: Client,
    id: String,
}

impl AppHandle {
    /// The app.
    pub async fn get(&self) -> Result<App, Error> {
        self.client.get(&["apps", &self.id]).send().await
    }

    /// The app, or `None` when there is none.
    pub async fn find(&self) -> Result<Option<App>, Error> {
        found(self.get().await)
    }
}
