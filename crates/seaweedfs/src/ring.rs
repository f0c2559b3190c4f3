//! The ring of SeaweedFS: the filer that a listing gives a key to.
//!
//! Any fixed function of the listing would do to agree on one filer. This is the filers' own, so
//! that the filer which decides on the record is the one that keeps the leader's lock, and its death
//! is one event. If a later SeaweedFS computes it otherwise, they are two filers, and nothing else
//! changes.

/// How many places each filer has on the ring.
const PLACES: u32 = 50;

/// The filer, of those listed under these names, that the key belongs to.
pub(crate) fn owner<'a>(names: impl Iterator<Item = &'a str>, key: &str) -> Option<&'a str> {
    let key = crc32(key.as_bytes());
    let places = names.flat_map(|name| {
        (0..PLACES).map(move |place| (crc32(format!("{name}#{place}").as_bytes()), name))
    });
    // The first place from the key on, around the ring. Of two filers at one place, it is the one
    // whose name comes last.
    places
        .min_by_key(|(place, name)| (place.wrapping_sub(key), std::cmp::Reverse(*name)))
        .map(|(_, name)| name)
}

/// The CRC-32 of Ethernet and zip.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            let carry = 0_u32.wrapping_sub(crc & 1);
            (crc >> 1) ^ (0xEDB8_8320 & carry)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn every_order_of_a_listing_names_one_filer_and_another_one_s_going_changes_nothing() {
        let names = ["a:8888.18888", "b:8888.18888", "c:8888.18888"];
        for key in ["kafka-gateway-leader", "another", ""] {
            let owner_of = |names: &[&'static str]| owner(names.iter().copied(), key);
            let first = owner_of(&names).unwrap();
            assert_eq!(owner_of(&[names[2], names[0], names[1]]), Some(first));
            for gone in names.into_iter().filter(|name| *name != first) {
                let left: Vec<_> = names.into_iter().filter(|name| *name != gone).collect();
                assert_eq!(owner_of(&left), Some(first));
            }
        }
        assert_eq!(owner(std::iter::empty(), "key"), None);
    }

    #[test]
    fn filers_share_the_keys() {
        let names = ["a:8888.18888", "b:8888.18888", "c:8888.18888"];
        for name in names {
            let keys = (0..300).map(|key| format!("key-{key}"));
            let owned = keys.filter(|key| owner(names.into_iter(), key) == Some(name));
            assert!(owned.count() > 30, "{name}");
        }
    }
}
