//! What `bookhook dev` loads into a Node program so that its calls of Bkper's API reach the sandbox.

use std::path::Path;
use std::process::Command;

#[test]
fn what_a_node_program_calls_at_bkper_reaches_the_sandbox_and_nothing_else_does() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node/preload.test.mjs");
    let output = Command::new("node")
        .arg("--test")
        .arg(tests)
        .env_remove("NODE_OPTIONS")
        .output()
        .expect("node is installed: `cargo xtask test` installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
