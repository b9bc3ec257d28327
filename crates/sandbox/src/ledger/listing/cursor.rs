//! Cursors: where the next page of transactions begins, as opaque text.
//!
//! A cursor tells the place of the last transaction of a page in the order of lists. What is created later does not
//! move that place, so every transaction that was there is listed once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::store::search::Place;

const DAY: usize = size_of::<u32>();
const SEQ: usize = size_of::<i64>();

pub(super) fn write(place: Place) -> String {
    let bytes = [&place.day.to_be_bytes()[..], &place.seq.to_be_bytes()[..]].concat();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place; `None` for what is no cursor, such as the one of another list.
pub(super) fn read(text: &str) -> Option<Place> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let bytes: [u8; DAY + SEQ] = bytes.try_into().ok()?;
    let (day, seq) = bytes.split_at(DAY);
    Some(Place {
        day: u32::from_be_bytes(day.try_into().ok()?),
        seq: i64::from_be_bytes(seq.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (day, seq) in [(0, 0), (20_260_304, 17), (99_999_999, i64::MAX)] {
            let place = Place { day, seq };
            assert_eq!(read(&write(place)), Some(place));
        }
    }

    #[test]
    fn other_texts_are_no_cursors() {
        for text in ["", "x", "undefined", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%%"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
