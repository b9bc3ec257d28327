//! What happened in a simulation, for whoever has to find out why a promise was broken.

use std::collections::VecDeque;
use std::fmt;
use std::hash::{DefaultHasher, Hasher as _};

/// So much of the end is kept.
const LINES: usize = 150;

/// The last steps, and a digest of all.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    lines: VecDeque<String>,
    digest: DefaultHasher,
    pub(crate) step: usize,
}

/// So much of the end is kept, unless the environment wants more.
fn lines() -> usize {
    use std::sync::LazyLock;
    static WANTED: LazyLock<usize> =
        LazyLock::new(|| crate::seeds::number("BOOKHOOK_SIM_LINES").unwrap_or(LINES));
    *WANTED
}

impl Story {
    pub(crate) fn new() -> Self {
        Self { lines: VecDeque::new(), digest: DefaultHasher::new(), step: 0 }
    }

    pub(crate) fn tell(&mut self, what: fmt::Arguments<'_>) {
        let line = format!("{:>6}  {what}", self.step);
        self.digest.write(line.as_bytes());
        if self.lines.len() >= lines() {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    /// Equal for two stories that are the same from the beginning.
    pub(crate) fn digest(&self) -> u64 {
        self.digest.finish()
    }
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
