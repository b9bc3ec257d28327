//! The dispatcher and the journal in one thread, with a clock that the simulation sets, a disk that loses, delays and
//! refuses what is written, handlers that do what they like, and callers who come back or do not. Every step is drawn
//! from a seed, so a story that breaks a promise can be told again.
//!
//! - `BOOKHOOK_SIM_SEED=7 cargo test -p bookhook-dispatch --test simulation` tells the story of one seed;
//! - `BOOKHOOK_SIM_SECONDS=3600 …` tries new seeds for so long;
//! - `BOOKHOOK_SIM_LINES=100000 …` shows that much of the end of a story.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]
#![expect(clippy::print_stdout, reason = "which seeds were tried")]

mod callers;
mod chance;
mod clock;
mod ending;
mod hearing;
mod life;
mod mirror;
mod panics;
mod people;
mod promise;
mod seeds;
mod simulation;
mod stage;
mod steps;
mod story;

#[test]
fn the_promises_hold_whatever_happens() {
    seeds::try_them();
}

#[test]
fn the_same_seed_tells_the_same_story() {
    for seed in 0..3 {
        let [once, again] = [(); 2].map(|()| simulation::simulate(seed, 2_000).story);
        assert_eq!(once.to_string(), again.to_string());
        assert_eq!(once.digest(), again.digest());
    }
}
