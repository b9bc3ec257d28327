//! The API's own description.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::api::{document, is_schema, resolved};
use crate::given::Given;

const METHODS: [&str; 2] = ["get", "post"];

fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let paths = document()["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .iter()
            .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// Every value in the document, with its place.
fn walk(value: &'static Value, visit: &mut impl FnMut(&'static Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Object(fields) => fields.values().for_each(|field| walk(field, visit)),
        _ => {}
    }
}

#[tokio::test]
async fn it_is_served_as_it_is() {
    let given = Given::open().await;
    assert_eq!(given.get("/api/v1/openapi.json").await, *document());
}

#[test]
fn it_is_openapi_3_1() {
    let spec = oas3::from_json(bookhook_console::OPENAPI).unwrap();
    spec.validate_version().unwrap();
    assert_eq!(spec.openapi, "3.1.0");
    assert_eq!(document()["info"]["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn every_reference_leads_somewhere_and_everything_is_referred_to() {
    let mut used = BTreeSet::new();
    walk(document(), &mut |value| {
        if let Some(place) = value.get("$ref").and_then(Value::as_str) {
            resolved(value);
            used.insert(place.to_owned());
        }
    });
    for kind in ["parameters", "responses", "schemas"] {
        for name in document()["components"][kind].as_object().unwrap().keys() {
            let place = format!("#/components/{kind}/{name}");
            assert!(used.contains(&place), "nothing refers to {place}");
        }
    }
}

#[test]
fn every_schema_is_one() {
    for (name, schema) in document()["components"]["schemas"].as_object().unwrap() {
        is_schema(schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn every_operation_is_whole() {
    let mut ids = BTreeSet::new();
    let tags: BTreeSet<&str> =
        document()["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    for (path, method, operation) in operations() {
        assert!(METHODS.contains(&method), "{method} {path}");
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap()),
            "{method} {path}: its id is another's"
        );
        assert!(operation["summary"].is_string(), "{method} {path}");
        assert!(tags.contains(operation["tags"][0].as_str().unwrap()), "{method} {path}");
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let in_path: BTreeSet<&str> = parameters
            .map(resolved)
            .filter(|parameter| parameter["in"] == "path" && parameter["required"] == true)
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let wanted: BTreeSet<&str> =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(in_path, wanted, "{method} {path}");
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert!(resolved(response)["description"].is_string(), "{method} {path}: {status}");
        }
    }
}

/// What the router has is compared with it beside the table of routes; here, what it has is asked for.
#[tokio::test]
async fn every_operation_is_served() {
    let given = Given::open().await;
    for (path, method, _) in operations() {
        let path = path.replace("{id}", "dlv_01JD9X4S8Q3M5V6W7X8Y9Z0ABC").replace("{name}", "other");
        let path = path.replace("{replays}", "rpl_01JD9X4S8Q3M5V6W7X8Y9Z0ABC");
        if path.ends_with("/stream") {
            continue; // it never ends
        }
        let method = if method == "get" { "GET" } else { "POST" };
        let reply = given.answer(method, &path).await;
        assert!(!matches!(reply.status, 405 | 401), "{method} {path}: {}", reply.text());
        assert!(reply.status != 404 || reply.json()["code"] != "no_such_path", "{method} {path}");
    }
}
