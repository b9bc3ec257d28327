//! An app: a program that acts on books, and is told what happens in them.

use bkper_model::{self as wire, AgentId, EventObject, EventType, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{User, pattern};

/// An app.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct App {
    pub(crate) id: AgentId,
    pub(crate) owner: UserId,
    pub(crate) owner_email: String,
    /// What its manifest says, and nothing that the sandbox says.
    manifest: wire::App,
}

impl App {
    pub(crate) fn new(id: AgentId, owner: &User) -> Self {
        let name = Some(id.to_string());
        let manifest = wire::App { name, ..wire::App::default() };
        Self { id, owner: owner.id.clone(), owner_email: owner.email.clone(), manifest }
    }

    /// Takes over what a client or a manifest says: absent fields stay as they are, `null` clears.
    pub(crate) fn describe(&mut self, body: &wire::App) {
        let mut fields = fields(&self.manifest);
        for (name, value) in fields_of_manifest(body) {
            match value {
                Value::Null => fields.remove(&name),
                value => fields.insert(name, value),
            };
        }
        let read = serde_json::from_value(Value::Object(fields));
        let read: wire::App = read.expect("every JSON object is an app");
        // Manifests have keys that are no matter of the API, such as how the app is built.
        self.manifest = wire::App { extra: Map::new(), ..read };
    }

    pub(crate) fn name(&self) -> &str {
        self.manifest.name.as_deref().unwrap_or(self.id.as_str())
    }

    /// Whether the user owns the app or develops it: may change it, and runs it in development mode.
    pub(crate) fn is_developed_by(&self, user: &User) -> bool {
        let developers = self.manifest.developers.as_deref().unwrap_or_default();
        self.owner == user.id || pattern::names(developers, user)
    }

    /// Whether the user may install the app. No app is published here.
    pub(crate) fn is_for(&self, user: &User) -> bool {
        let users = self.manifest.users.as_deref().unwrap_or_default();
        users.trim().is_empty() || pattern::names(users, user) || self.is_developed_by(user)
    }

    pub(crate) fn is_deprecated(&self) -> bool {
        self.manifest.deprecated == Some(true)
    }

    /// Where events are sent that this user caused.
    pub(crate) fn webhook_url(&self, user: &User) -> Option<&str> {
        let [production, development] = self.webhook_urls();
        development.filter(|_| self.is_developed_by(user)).or(production)
    }

    /// Where events are sent: in production, and in development.
    pub(crate) fn webhook_urls(&self) -> [Option<&str>; 2] {
        let urls = [&self.manifest.webhook_url, &self.manifest.webhook_url_dev];
        urls.map(|url| url.as_deref().filter(|url| !url.is_empty()))
    }

    /// How the app stands in events and at what it made.
    pub(crate) fn agent(&self) -> wire::Agent {
        wire::Agent {
            id: Some(self.id.clone()),
            name: Some(self.name().to_owned()),
            logo: self.manifest.logo_url.clone(),
            logo_dark: self.manifest.logo_url_dark.clone(),
            ..wire::Agent::default()
        }
    }

    /// Which events it listens to.
    pub(crate) fn wishes(&self) -> Wishes {
        Wishes {
            events: self.manifest.events.clone().unwrap_or_default(),
            file_patterns: self.manifest.file_patterns.clone().unwrap_or_default(),
        }
    }

    /// The app as this user sees it.
    pub(crate) fn shown(&self, user: &User) -> wire::App {
        wire::App {
            id: Some(self.id.clone()),
            owner_id: Some(self.owner.to_string()),
            owner_email: Some(self.owner_email.clone()),
            connectable: Some(false),
            installable: Some(self.is_for(user)),
            published: Some(false),
            ..self.manifest.clone()
        }
    }
}

/// What a manifest may say. The secret of an app's own OAuth client is not kept at all.
fn fields_of_manifest(body: &wire::App) -> Map<String, Value> {
    let body = wire::App {
        id: None,
        owner_id: None,
        owner_email: None,
        connectable: None,
        installable: None,
        published: None,
        client_secret: None,
        ..body.clone()
    };
    fields(&body)
}

fn fields(app: &wire::App) -> Map<String, Value> {
    match serde_json::to_value(app) {
        Ok(Value::Object(fields)) => fields,
        _ => unreachable!("an app is a JSON object"),
    }
}

/// The events that an app listens to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wishes {
    events: Vec<EventType>,
    file_patterns: Vec<String>,
}

impl Wishes {
    /// Whether the app wants to be told. With patterns for files, it wants new files that match and no others.
    pub(crate) fn include(&self, what: &EventType, object: Option<&EventObject>) -> bool {
        match object {
            Some(EventObject::File(file)) if *what == EventType::FileCreated && self.has_file_patterns() => {
                let name = file.name.as_deref().unwrap_or_default();
                self.file_patterns.iter().any(|pattern| pattern::matches(pattern, name))
            }
            _ => self.events.contains(what),
        }
    }

    /// Whether the app wants the content of files with its events.
    pub(crate) fn has_file_patterns(&self) -> bool {
        !self.file_patterns.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn user(name: &str) -> User {
        User::named(format!("user-{name}").into(), name)
    }

    fn app(manifest: Value) -> App {
        let mut app = App::new("tax-bot".into(), &user("mia"));
        app.describe(&serde_json::from_value(manifest).unwrap());
        app
    }

    #[test]
    fn absent_fields_stay_and_null_clears() {
        let mut app = app(
            json!({"name": "Tax", "webhookUrl": "http://a", "webhookUrlDev": "http://b", "deployment": {}}),
        );
        app.describe(
            &serde_json::from_value(json!({"webhookUrlDev": null, "description": "Taxes"})).unwrap(),
        );
        let expected = json!({"name": "Tax", "description": "Taxes", "webhookUrl": "http://a"});
        assert_eq!(serde_json::to_value(&app.manifest).unwrap(), expected);
    }

    #[test]
    fn what_the_sandbox_says_is_not_taken_from_a_manifest_and_the_secret_is_not_kept() {
        let app = app(
            json!({"id": "other", "ownerEmail": "x@y", "published": true, "clientSecret": "s3cret", "clientId": "c"}),
        );
        assert_eq!(app.id.as_str(), "tax-bot");
        let shown = serde_json::to_string(&app.shown(&user("zoe"))).unwrap();
        assert!(!serde_json::to_string(&app).unwrap().contains("s3cret"));
        assert!(shown.contains(r#""published":false"#) && shown.contains("mia@example.com"), "{shown}");
    }

    #[test]
    fn developers_are_sent_to_the_development_url() {
        let app = app(json!({"developers": "dev", "webhookUrl": "http://a", "webhookUrlDev": "http://b"}));
        let url = |name| app.webhook_url(&user(name));
        assert_eq!(
            [url("mia"), url("dev"), url("zoe")],
            [Some("http://b"), Some("http://b"), Some("http://a")]
        );
    }

    #[test]
    fn without_a_development_url_developers_are_sent_to_the_other_one() {
        let app = app(json!({"webhookUrl": "http://a", "webhookUrlDev": ""}));
        assert_eq!(app.webhook_url(&user("mia")), Some("http://a"));
        assert_eq!(App::new("x".into(), &user("mia")).webhook_url(&user("mia")), None);
    }

    #[test]
    fn an_app_is_for_everyone_unless_it_names_its_users() {
        assert!(app(json!({})).is_for(&user("zoe")));
        let app = app(json!({"users": "ana", "developers": "dev"}));
        assert_eq!(
            ["mia", "dev", "ana", "zoe"].map(|name| app.is_for(&user(name))),
            [true, true, true, false]
        );
    }

    #[test]
    fn new_files_are_for_apps_whose_patterns_they_match() {
        let file = |json: Value| EventObject::File(serde_json::from_value(json).unwrap());
        let ofx = file(json!({"name": "a.ofx"}));
        let txt = file(json!({"name": "a.txt"}));
        let wants = |manifest, object| app(manifest).wishes().include(&EventType::FileCreated, Some(object));
        assert!(wants(json!({"filePatterns": ["*.ofx"]}), &ofx));
        assert!(!wants(json!({"filePatterns": ["*.ofx"], "events": ["FILE_CREATED"]}), &txt));
        assert!(wants(json!({"events": ["FILE_CREATED"]}), &txt));
        assert!(!wants(json!({"events": ["FILE_UPDATED"]}), &txt));
    }
}
