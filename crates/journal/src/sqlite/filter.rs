//! What a run of keys may hold: a Bloom filter.
//!
//! It may say that a key is among its own when it is not; never the other way round. A key is the beginning of a SHA-256
//! ([`crate::seal::event_key`]), so its own bits are as good as any hash of them.
//!
//! Filters are kept. Whoever makes others of the same keys has a migration that lets every key pass the old ones.

/// So many bits for each key.
const BITS_PER_KEY: usize = 20;
/// So many of them are set for a key. With [`BITS_PER_KEY`], one foreign key in fifteen thousand passes.
const BITS_SET: u64 = 10;

/// A set of keys, about. As it is on the disk: words of 64 bits, the lowest byte first.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filter(Box<[u64]>);

impl Filter {
    /// Of these keys.
    pub(super) fn of(keys: impl ExactSizeIterator<Item = i64>) -> Self {
        let words = (keys.len() * BITS_PER_KEY).div_ceil(64).max(1);
        let mut filter = Self(vec![0; words].into());
        for key in keys {
            for number in 0..BITS_SET {
                let (word, bit) = place(key, number, words);
                filter.0[word] |= bit;
            }
        }
        filter
    }

    /// As it was kept. What was kept in no whole word says that it may have every key.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        match bytes.as_chunks() {
            ([], _) | (_, [_, ..]) => Self([u64::MAX].into()),
            (words, []) => Self(words.iter().copied().map(u64::from_le_bytes).collect()),
        }
    }

    /// As it is kept.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// Whether the key may be one of them.
    pub(super) fn may_have(&self, key: i64) -> bool {
        (0..BITS_SET).all(|number| self.has_bit(key, number))
    }

    /// Of many filters, those that may have the key. Each is asked for one bit before any is asked for the next, so that the
    /// processor fetches many at once: they are in memory, and no two in the same place.
    pub(super) fn that_may_have<'f, T>(key: i64, of: impl Iterator<Item = (T, &'f Self)>) -> Vec<T> {
        let mut left: Vec<_> = of.filter(|(_, filter)| filter.has_bit(key, 0)).collect();
        for number in 1..BITS_SET {
            left.retain(|(_, filter)| filter.has_bit(key, number));
        }
        left.into_iter().map(|(name, _)| name).collect()
    }

    fn has_bit(&self, key: i64, number: u64) -> bool {
        let (word, bit) = place(key, number, self.0.len());
        self.0[word] & bit != 0
    }
}

/// One of the bits of a key, with the word that it is in. The key is where they begin, and by how much they are apart.
fn place(key: i64, number: u64, words: usize) -> (usize, u64) {
    let begin = key.cast_unsigned();
    let apart = begin.rotate_left(32) | 1;
    let hash = begin.wrapping_add(apart.wrapping_mul(number));
    // The hash as a share of all hashes, and the same share of all bits.
    let place = (u128::from(hash) * (words as u128 * 64)) >> 64;
    (usize::try_from(place / 64).unwrap_or(0), 1 << (place % 64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_has_every_key_of_its_own(keys: Vec<i64>) {
            let filter = Filter::of(keys.iter().copied());
            prop_assert!(keys.iter().all(|key| filter.may_have(*key)));
            let other = Filter::of([0].into_iter());
            for key in keys {
                let found = Filter::that_may_have(key, [(1, &filter), (2, &other)].into_iter());
                prop_assert_eq!(found.contains(&1), true);
                prop_assert_eq!(found.contains(&2), other.may_have(key));
            }
        }

        #[test]
        fn it_is_kept_as_it_is(keys: Vec<i64>) {
            let filter = Filter::of(keys.iter().copied());
            prop_assert_eq!(Filter::from_bytes(&filter.to_bytes()), filter);
        }

        /// Of a filter that is damaged nothing is believed, and nothing is lost.
        #[test]
        fn what_is_cut_off_may_have_every_key(keys: Vec<i64>, cut in 1..8usize, key: i64) {
            let bytes = Filter::of(keys.iter().copied()).to_bytes();
            prop_assert!(Filter::from_bytes(&bytes[..bytes.len() - cut]).may_have(key));
        }
    }

    #[test]
    fn few_foreign_keys_pass() {
        let hash = |number: u64| (number.wrapping_add(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
        let keys = |from: u64| (from..from + 100_000).map(move |number| mixed(hash(number)).cast_signed());
        let filter = Filter::of(keys(0).collect::<Vec<_>>().into_iter());
        let passing = keys(100_000).filter(|key| filter.may_have(*key)).count();
        assert!(passing < 30, "{passing} of 100,000");
    }

    /// As even as a hash (`SplitMix64`).
    fn mixed(number: u64) -> u64 {
        let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
