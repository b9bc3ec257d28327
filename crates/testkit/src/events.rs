//! Events as Bkper sends them, one example a type, and how a test makes another one of it.

use std::path::Path;

use serde_json::{Value, json};

/// An event that a test may change before it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Example(Value);

/// The example of this type, such as `TRANSACTION_CHECKED`.
pub fn example(event_type: &str) -> Example {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("events/{event_type}.json"));
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("there is no example of {event_type}: {error}"));
    Example(serde_json::from_str(&text).unwrap())
}

impl Example {
    /// With this id.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.0["id"] = json!(id);
        self
    }

    /// In the book with this id.
    #[must_use]
    pub fn book(mut self, id: &str) -> Self {
        self.0["bookId"] = json!(id);
        self.0["book"]["id"] = json!(id);
        self
    }

    /// Caused by this agent.
    #[must_use]
    pub fn agent(mut self, id: &str) -> Self {
        self.0["agent"]["id"] = json!(id);
        self
    }

    /// Of another type, whatever it carries.
    #[must_use]
    pub fn of_type(mut self, event_type: &str) -> Self {
        self.0["type"] = json!(event_type);
        self
    }

    /// About a transaction of this amount.
    #[must_use]
    pub fn amount(mut self, amount: &str) -> Self {
        self.0["data"]["object"]["transaction"]["amount"] = json!(amount);
        self
    }

    /// As Bkper sends it again after this agent has answered.
    #[must_use]
    pub fn answered_by(mut self, agent: &str, message: &str) -> Self {
        self.0["botResponses"] = json!([{"agentId": agent, "type": "INFO", "message": message}]);
        self
    }

    /// Its id.
    pub fn event_id(&self) -> &str {
        self.0["id"].as_str().unwrap()
    }

    /// Its JSON.
    pub fn body(&self) -> String {
        self.0.to_string()
    }

    /// The same JSON, written otherwise.
    pub fn reformatted(&self) -> String {
        format!("\n{:#}\n", self.0)
    }
}

impl From<&Example> for Vec<u8> {
    fn from(example: &Example) -> Self {
        example.body().into_bytes()
    }
}

impl From<Example> for Vec<u8> {
    fn from(example: Example) -> Self {
        Self::from(&example)
    }
}
