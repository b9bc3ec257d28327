//! The project's habits as commands: `cargo xtask test` is what CI runs.

mod mutants;
mod needs;
mod postgres;

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

const USAGE: &str = "\
cargo xtask test [ARGS]     everything that must hold: lints, docs, then all tests (ARGS go to `cargo test`);
                            installs Node, Python, their packages and PostgreSQL where they are missing
cargo xtask postgres [COMMAND]   a PostgreSQL server as the tests need it, for the time that COMMAND takes
                            (`cargo xtask postgres cargo test -p bookhook-journal`), or until Enter
cargo xtask lint            rustfmt, clippy, rustdoc, all warnings denied; cargo-deny where it is installed
cargo xtask torture [N]     N rounds (500) of killing hosts and handlers in the middle of bursts, then N seconds of `simulate`
cargo xtask simulate [N]    N seconds (600) of dispatcher and journal under faults drawn from seeds
cargo xtask mutate [NAME…]  takes parts out of a copy of the program, one at a time, to see that tests fail (minutes each)
cargo xtask bench [ARGS]    the benchmark; `cargo xtask bench --help` tells its options";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else { return usage() };
    let done = match command.as_str() {
        "test" => lint().and_then(|()| needs::install()).and_then(|()| test(rest)),
        "lint" => lint(),
        "postgres" => needs::postgres().and_then(|()| postgres::with_server(rest)),
        "torture" => needs::postgres().and_then(|()| torture(rest)).and_then(|()| simulate(rest)),
        "simulate" => simulate(rest),
        "mutate" => needs::postgres().and_then(|()| mutants::run(rest)),
        "bench" => bench(rest),
        _ => return usage(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    say(USAGE);
    ExitCode::from(2)
}

fn lint() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--locked", "--", "-D", "warnings"])?;
    run(Command::new("cargo").env("RUSTDOCFLAGS", "-D warnings").args([
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--all-features",
        "--locked",
    ]))?;
    deny()
}

fn test(arguments: &[String]) -> Result<()> {
    let fixed = ["test", "--workspace", "--all-features", "--locked"];
    let arguments: Vec<&str> = fixed.into_iter().chain(arguments.iter().map(String::as_str)).collect();
    let server = postgres::Server::start()?;
    run(server.tell(Command::new("cargo").args(arguments)))
}

/// Advisories, licences and sources. Needs the network, so a machine without the tool, or without a way to its
/// database, goes on without.
fn deny() -> Result<()> {
    let installed =
        Command::new("cargo").args(["deny", "--version"]).output().is_ok_and(|out| out.status.success());
    if !installed {
        say(
            "xtask: cargo-deny is not installed (`cargo install --locked cargo-deny`); dependencies are not checked",
        );
        return Ok(());
    }
    cargo(&["deny", "--all-features", "check", "bans", "licenses", "sources"])?;
    if cargo(&["deny", "fetch", "db"]).is_err() {
        say("xtask: the advisory database cannot be had; advisories are not checked");
        return Ok(());
    }
    cargo(&["deny", "--all-features", "check", "advisories"])
}

fn torture(arguments: &[String]) -> Result<()> {
    let rounds = arguments.first().map_or("500", String::as_str);
    run(Command::new("cargo").env("BOOKHOOK_TORTURE_ROUNDS", rounds).args([
        "test",
        "--release",
        "--locked",
        "-p",
        "bookhook-cli",
        "--test",
        "torture",
        "--",
        "--nocapture",
    ]))
}

fn simulate(arguments: &[String]) -> Result<()> {
    let seconds = arguments.first().map_or("600", String::as_str);
    run(Command::new("cargo").env("BOOKHOOK_SIM_SECONDS", seconds).args([
        "test",
        "--release",
        "--locked",
        "-p",
        "bookhook-dispatch",
        "--test",
        "simulation",
        "--",
        "--nocapture",
    ]))
}

fn bench(arguments: &[String]) -> Result<()> {
    cargo(&["build", "--release", "--locked", "-p", "bookhook-cli"])?;
    let fixed = ["run", "--release", "--locked", "--quiet", "-p", "bookhook-bench", "--"];
    let arguments: Vec<&str> = fixed.into_iter().chain(arguments.iter().map(String::as_str)).collect();
    cargo(&arguments)
}

fn cargo(arguments: &[&str]) -> Result<()> {
    run(Command::new("cargo").args(arguments))
}

fn run(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}").replace('"', "");
    say(&format!("xtask: {shown}"));
    let status = command.status().with_context(|| format!("cannot start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` failed");
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a task tells the person who started it what it does")]
fn say(text: &str) {
    eprintln!("{text}");
}
