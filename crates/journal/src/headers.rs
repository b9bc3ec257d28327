//! Headers as bytes: for the payload as they are, for tokens before they are sealed.
//!
//! A version byte, then for each header the length of its name (u16), the name, the length of its value (u32) and the
//! value; numbers are little-endian.

use bytes::Bytes;

use bookhook_model::Header;

const VERSION: u8 = 1;

/// Bytes that are no headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("damaged headers")]
pub(crate) struct Damaged;

/// Writes name and value of each header.
pub(crate) fn encode<'a>(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    bytes.push(VERSION);
    for (name, value) in headers {
        // No source lets a name or a value pass that is longer than these fields count.
        bytes.extend_from_slice(&u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend_from_slice(&name.as_bytes()[..name.len().min(usize::from(u16::MAX))]);
        bytes.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(value);
    }
    bytes
}

/// Reads what [`encode`] wrote.
pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<Header>, Damaged> {
    let (version, mut rest) = bytes.split_first().ok_or(Damaged)?;
    if *version != VERSION {
        return Err(Damaged);
    }
    let mut headers = Vec::new();
    while !rest.is_empty() {
        let length = u16::from_le_bytes(take(&mut rest)?);
        let name = std::str::from_utf8(cut(&mut rest, usize::from(length))?).map_err(|_| Damaged)?;
        let length = usize::try_from(u32::from_le_bytes(take(&mut rest)?)).map_err(|_| Damaged)?;
        let value = Bytes::copy_from_slice(cut(&mut rest, length)?);
        headers.push(Header { name: name.into(), value });
    }
    Ok(headers)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Damaged> {
    let (field, after) = rest.split_first_chunk().ok_or(Damaged)?;
    *rest = after;
    Ok(*field)
}

fn cut<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Damaged> {
    let (field, after) = rest.split_at_checked(length).ok_or(Damaged)?;
    *rest = after;
    Ok(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_read_back_in_order_with_duplicates() {
        let written = [("a", &b"1"[..]), ("b", b""), ("a", b"\xff\x00")];
        let read = decode(&encode(written.into_iter())).unwrap();
        let read: Vec<_> = read.iter().map(|h| (&*h.name, &h.value[..])).collect();
        assert_eq!(read, written);
        assert_eq!(decode(&encode(std::iter::empty())), Ok(vec![]));
    }

    #[test]
    fn what_is_cut_short_is_damaged() {
        let whole = encode([("name", &b"value"[..])].into_iter());
        for length in [0, 2, 5, whole.len() - 1] {
            assert_eq!(decode(&whole[..length]), Err(Damaged), "{length}");
        }
    }
}
