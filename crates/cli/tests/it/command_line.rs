//! What is typed, and what is said about it.

use crate::place::Place;

#[test]
fn the_help_groups_the_commands_each_on_one_line() {
    let ran = Place::new().run(&["--help"]);
    assert_eq!(ran.status, 0);
    assert!(ran.err.is_empty());
    let lines: Vec<_> = ran.out.lines().collect();
    for (group, command) in [
        ("See it work:", "  demo "),
        ("See it work:", "  sandbox "),
        ("See it work:", "  send "),
        ("Serve:", "  serve "),
        ("Serve:", "  check "),
        ("Look:", "  activity "),
        ("Besides:", "  completions "),
    ] {
        let at = |start: &str| lines.iter().position(|line| line.starts_with(start)).unwrap();
        assert!(at(group) < at(command), "{command}");
    }
    assert!(lines.iter().all(|line| line.chars().count() <= 110), "{}", ran.out);
    assert!(!ran.out.contains('\u{1b}'), "no colours where there is no terminal");
}

#[test]
fn every_command_has_help_of_its_own() {
    let place = Place::new();
    let commands: [&[&str]; 11] = [
        &["demo"],
        &["sandbox"],
        &["send"],
        &["serve"],
        &["check"],
        &["activity"],
        &["activity", "show"],
        &["activity", "payload"],
        &["journal", "copy"],
        &["journal", "check"],
        &["completions"],
    ];
    for command in commands {
        let ran = place.run(&[command, &["--help"]].concat());
        assert_eq!(ran.status, 0, "{command:?}");
        assert!(ran.out.contains(&format!("Usage: bookhook {}", command.join(" "))), "{}", ran.out);
    }
}

#[test]
fn an_unknown_command_is_a_wrong_command_line() {
    let ran = Place::new().run(&["serv"]);
    assert_eq!(ran.status, 2);
    assert!(ran.out.is_empty());
    assert!(ran.err.contains("error: unrecognized subcommand 'serv'"), "{}", ran.err);
    assert!(ran.err.contains("'serve'"), "{}", ran.err);
}

#[test]
fn nothing_typed_shows_what_there_is() {
    let ran = Place::new().run(&[]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("Usage: bookhook <COMMAND>"), "{}", ran.err);
}

#[test]
fn a_time_that_is_none_says_how_to_write_one() {
    let ran = Place::new().run(&["activity", "--after", "yesterday"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("how long ago: 30s, 15m, 2h, 7d"), "{}", ran.err);
}

#[test]
fn a_state_that_does_not_exist_lists_those_that_do() {
    let ran = Place::new().run(&["activity", "--state", "done"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("waiting, running, settled, parked, held, unmatched"), "{}", ran.err);
}

#[test]
fn completions_are_a_script_for_the_shell() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = Place::new().run(&["completions", shell]);
        assert_eq!(ran.status, 0);
        assert!(ran.out.contains("trust-sandbox"), "{shell}");
    }
}
