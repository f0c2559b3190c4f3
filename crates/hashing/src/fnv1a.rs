/// FNV-1a, 32 bits: what the reference hashes addresses and group names with.
///
/// It mixes the last bytes poorly, and names that differ only there are the usual case. Take it
/// where the reference's numbers are needed, and nowhere else.
pub const fn fnv1a32(bytes: &[u8]) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}

/// FNV-1a, 64 bits: a start for [`crate::mix::spread`], never an end.
pub(crate) const fn fnv1a64(bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use std::hash::Hasher;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_64_bit_one_is_the_usual_one(bytes: Vec<u8>) {
            let mut usual = fnv::FnvHasher::default();
            usual.write(&bytes);
            prop_assert_eq!(fnv1a64(&bytes), usual.finish());
        }
    }
}
