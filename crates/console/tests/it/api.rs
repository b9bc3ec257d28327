//! The API's own description, and whether an answer is as it says.

use std::sync::LazyLock;

use bookhook_console::OPENAPI;
use bookhook_testkit::Reply;
use boon::{Compiler, Schemas};
use serde_json::Value;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(OPENAPI).unwrap());

pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

/// Follows a `$ref`.
pub(crate) fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(place) => {
            document().pointer(place.strip_prefix('#').unwrap()).unwrap_or_else(|| panic!("{place}"))
        }
        None => value,
    }
}

/// Gives the answer back if it is one that the description has for this request.
pub(crate) fn checked(method: &str, target: &str, reply: Reply) -> Reply {
    let path = target.split('?').next().unwrap();
    let Some(operation) = operation(method, path) else {
        assert!(matches!(reply.status, 401 | 403 | 404 | 405), "{method} {path} is not described");
        check_body("Problem", &reply);
        return reply;
    };
    let status = reply.status.to_string();
    let described = &operation["responses"][&status];
    assert!(!described.is_null(), "{method} {path}: {status} is not described: {}", reply.text());
    let content = resolved(described)["content"].as_object().unwrap();
    let media_type = reply.header("content-type").unwrap().split(';').next().unwrap();
    let found = content.get(media_type);
    let found = found.unwrap_or_else(|| panic!("{method} {path}: {status}: {media_type} is not described"));
    if let Some(name) = found["schema"]["$ref"].as_str() {
        check_body(name.rsplit('/').next().unwrap(), &reply);
    }
    reply
}

fn check_body(schema: &str, reply: &Reply) {
    check(schema, &reply.json());
}

/// Fails if the value is not as the schema of this name says; or if there is no such schema, or it is none.
pub(crate) fn check(schema: &str, value: &Value) {
    const PLACE: &str = "https://bookhook.example/openapi.json";
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.enable_format_assertions();
    compiler.add_resource(PLACE, document().clone()).unwrap();
    let place = format!("{PLACE}#/components/schemas/{schema}");
    let compiled =
        compiler.compile(&place, &mut schemas).unwrap_or_else(|error| panic!("{schema}: {error:#}"));
    schemas.validate(value, compiled).unwrap_or_else(|error| panic!("no {schema}: {error:#}: {value}"));
}

/// Whether this is a schema.
pub(crate) fn is_schema(value: &Value) -> Result<(), String> {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let meta = "https://json-schema.org/draft/2020-12/schema";
    let compiled = compiler.compile(meta, &mut schemas).map_err(|error| format!("{error:#}"))?;
    schemas.validate(value, compiled).map_err(|error| format!("{error:#}"))
}

fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let paths = document()["paths"].as_object().unwrap();
    let item = paths.iter().find(|(template, _)| fits(template, path))?.1;
    item.get(method.to_lowercase())
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template.zip(path).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
}
