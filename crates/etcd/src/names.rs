//! Names as parts of keys: what people can read stays, and every name has one spelling.

use std::fmt::Write as _;

/// Characters that would break a line on a terminal, or the reading of one.
///
/// A fixed list: one that grew with a version of Unicode would give a group another key in another build.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

/// A name in a key: hidden characters and `%` stand as `%XX`, a pair of digits for each byte of UTF-8.
pub(crate) fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        if c != '%' && !is_hidden(c) {
            escaped.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            // Writing to a String can't fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// The name that stands so in a key; `None` where no name does.
pub(crate) fn unescape(escaped: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped.as_bytes().iter();
    while let Some(&byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [*rest.next()?, *rest.next()?];
        let digits = std::str::from_utf8(&digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
    }
    let name = String::from_utf8(bytes).ok()?;
    (escape(&name) == escaped).then_some(name)
}

/// What stands for bytes that are no text of ours.
const RAW: &str = "%%";

/// A part of a key as a text: itself, or where it is no UTF-8, or might be taken for such, its bytes in
/// hexadecimal. No two parts have one text.
pub(crate) fn shown(part: &[u8]) -> String {
    match std::str::from_utf8(part) {
        Ok(text) if !text.starts_with(RAW) => text.to_owned(),
        _ => part.iter().fold(RAW.to_owned(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }),
    }
}

/// The part of a key that is [`shown`] so; `None` where none is.
pub(crate) fn part(shown: &str) -> Option<Vec<u8>> {
    let Some(digits) = shown.strip_prefix(RAW) else {
        return Some(shown.as_bytes().to_vec());
    };
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_can_read_stays() {
        for name in ["orders", "a/b", "Ünï côdé", " ", "..", "日本", "a\\b"] {
            assert_eq!(escape(name), name);
        }
        assert_eq!(escape("100%\n"), "100%25%0A");
        assert_eq!(escape("\u{202e}x"), "%E2%80%AEx");
    }

    #[test]
    fn what_no_name_is_escaped_to_is_none() {
        for other in ["%", "%4", "%zz", "%41", "%0a", "\n", "%FF", "%+1", "%E2%80"] {
            assert_eq!(unescape(other), None, "{other:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_have_a_name_too() {
        for bytes in [&b"orders"[..], b"\xff\x00", b"%%", b"%%6f", b"", b"%25"] {
            assert_eq!(part(&shown(bytes)).as_deref(), Some(bytes), "{bytes:?}");
        }
        assert_eq!(shown(b"\xffa"), "%%ff61");
        assert_ne!(shown(b"%%61"), shown(b"a"));
    }

    proptest! {
        #[test]
        fn every_name_has_one_spelling(name in ".{0,40}|[%0-9A-F\n]{0,12}") {
            prop_assert_eq!(unescape(&escape(&name)), Some(name));
        }

        #[test]
        fn every_part_has_one_text(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            prop_assert_eq!(part(&shown(&bytes)), Some(bytes));
        }
    }
}
