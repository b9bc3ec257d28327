//! Which seeds are tried, on how many threads, and what is said of one that breaks a promise.

use std::hash::{BuildHasher as _, RandomState};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::promise::Broken;
use crate::simulation::{Simulated, simulate};

/// Of one simulation, before faults stop.
const STEPS: usize = 3_000;
/// Seeds that are tried every time.
const FIXED: u64 = 40;
/// So long are they and new ones tried.
const SECONDS: u64 = 30;

pub(crate) fn try_them() {
    match number("BOOKHOOK_SIM_SEED") {
        Some(seed) => tell(seed, &simulate(seed, STEPS)),
        None => Trial::new().run(),
    }
}

/// The fixed seeds, then new ones until the time is over.
struct Trial {
    begun: Instant,
    time: Duration,
    /// The first of the new ones.
    base: u64,
    next: AtomicU64,
    steps: AtomicU64,
    is_broken: AtomicBool,
}

impl Trial {
    fn new() -> Self {
        Self {
            begun: Instant::now(),
            time: Duration::from_secs(number("BOOKHOOK_SIM_SECONDS").unwrap_or(SECONDS)),
            base: RandomState::new().hash_one("bookhook") >> 1,
            next: AtomicU64::new(0),
            steps: AtomicU64::new(0),
            is_broken: AtomicBool::new(false),
        }
    }

    fn run(self) {
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    while let Some(seed) = self.next_seed() {
                        self.try_one(seed);
                    }
                });
            }
        });
        let (seeds, steps) = (self.next.into_inner(), self.steps.into_inner());
        let (base, seconds) = (self.base, self.begun.elapsed().as_secs());
        println!("{seeds} seeds (new ones from {base}), {steps} steps in {seconds} s");
    }

    fn next_seed(&self) -> Option<u64> {
        let nth = self.next.fetch_add(1, Ordering::Relaxed);
        let is_over = nth >= FIXED && self.begun.elapsed() >= self.time;
        let seed = if nth < FIXED { nth } else { self.base + nth };
        (!is_over && !self.is_broken.load(Ordering::Relaxed)).then_some(seed)
    }

    fn try_one(&self, seed: u64) {
        let simulated = simulate(seed, STEPS);
        self.steps.fetch_add(simulated.story.step as u64, Ordering::Relaxed);
        self.is_broken.fetch_or(simulated.broken.is_some(), Ordering::Relaxed);
        tell(seed, &simulated);
    }
}

fn tell(seed: u64, simulated: &Simulated) {
    let Simulated { story, broken } = simulated;
    if let Some(Broken(promise)) = broken {
        panic!(
            "\n{story}\nA promise is broken: {promise}\n\nThis is seed {seed}, step {}; to have it told again:\n\
             BOOKHOOK_SIM_SEED={seed} cargo test -p bookhook-dispatch --test simulation promises\n",
            story.step
        );
    }
}

pub(crate) fn number<T: FromStr>(variable: &str) -> Option<T> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {text}")))
}
