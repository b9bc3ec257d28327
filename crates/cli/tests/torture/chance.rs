//! Chance that can be had again: `SplitMix64`.

use std::time::Duration;

#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Another one, for somebody who runs beside.
    pub(crate) fn fork(&mut self) -> Self {
        Self(self.next())
    }

    /// At least 1.
    pub(crate) fn up_to(&mut self, most: usize) -> usize {
        1 + self.below(most)
    }

    pub(crate) fn one_in(&mut self, ways: usize) -> bool {
        self.below(ways) == 0
    }

    pub(crate) fn duration_up_to(&mut self, most: Duration) -> Duration {
        let most = usize::try_from(most.as_micros()).unwrap();
        Duration::from_micros(self.up_to(most) as u64)
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }

    fn below(&mut self, ways: usize) -> usize {
        usize::try_from(self.next() % ways as u64).unwrap()
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
