//! Bkper's published TypeScript types judge every answer: the compiler assigns each one to its type.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::endpoints::ENDPOINTS;
use crate::node;

/// An answer is a constant, so that the compiler knows its texts, and is not written in the place of its type, so that
/// fields which are younger than the published types are let through. So are the types of events which are younger.
const HEAD: &str = "\
type Younger = 'FILE_UPDATED' | 'FILE_DELETED' | 'BOOK_CREATED' | 'BOOK_AUDITED';
type Constant<T> = ['TRANSACTION_POSTED'] extends [T] ? T | Younger
  : T extends (infer Item)[] ? readonly Constant<Item>[]
  : T extends object ? { readonly [Key in keyof T]: Constant<T[Key]> } : T;
";

/// Fails with the compiler's words when an answer is not of its type.
pub(super) async fn check(answers: &BTreeMap<&'static str, Vec<Value>>) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("walk-types");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("answers.ts"), program(answers)).unwrap();
    let types = node::folder().join("node_modules/@bkper/bkper-api-types/index.d.ts");
    let options = json!({"noEmit": true, "strict": true, "target": "es2022", "types": []});
    let project = json!({"compilerOptions": options, "files": [types, "answers.ts"]});
    std::fs::write(folder.join("tsconfig.json"), project.to_string()).unwrap();
    let mut compiler = node::script("node_modules/typescript/bin/tsc");
    let output = compiler.arg("--project").arg(&folder).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn program(answers: &BTreeMap<&'static str, Vec<Value>>) -> String {
    let mut program = HEAD.to_owned();
    for (endpoint, of) in ENDPOINTS.iter().filter(|(_, of)| *of != "-") {
        for (number, answer) in answers.get(endpoint).into_iter().flatten().enumerate() {
            let _ = writeln!(
                program,
                "// {endpoint}\n{{ const answer = {answer:#} as const; const typed: Constant<{of}> = answer; \
                 void typed; void {number} }}"
            );
        }
    }
    program
}
