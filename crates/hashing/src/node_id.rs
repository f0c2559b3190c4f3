use groupkeeper_types::{GatewayAddr, NodeId};

use crate::fnv1a32;

/// The node ID of the gateway advertised at `addr`: the reference's, hashed from the whole text.
///
/// Two addresses have the same one by a chance of 1 in 2^31; whoever keeps the list of members
/// refuses the second.
pub fn node_id(addr: &GatewayAddr) -> NodeId {
    node_id_from_hash(fnv1a32(addr.as_str().as_bytes()))
}

/// The node ID of an address with this FNV-1a 32 hash: its lower 31 bits plus one.
///
/// Where those bits are all ones the reference's sum overflows to -2147483648, which no Kafka
/// client takes for a broker; ours is 2147483647 then, and so differs from the reference's in that
/// single case.
///
/// # Panics
/// Never: the number is positive for every hash.
pub fn node_id_from_hash(hash: u32) -> NodeId {
    let lower = i32::try_from(hash & 0x7fff_ffff).unwrap_or(i32::MAX);
    NodeId::new(lower.saturating_add(1)).expect("one and up")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stays_positive_where_the_reference_overflows() {
        let addr = GatewayAddr::new("gateway-2780338390:9092").unwrap();
        assert_eq!(fnv1a32(addr.as_str().as_bytes()), 0x7fff_ffff);
        assert_eq!(node_id(&addr).get(), i32::MAX);
        assert_eq!(node_id_from_hash(u32::MAX).get(), i32::MAX);
        assert_eq!(node_id_from_hash(0x7fff_fffe).get(), i32::MAX);
        assert_eq!(node_id_from_hash(0x8000_0000).get(), 1);
    }

    proptest! {
        #[test]
        fn is_the_lower_bits_plus_one(hash in any::<u32>()) {
            let sum = i64::from(hash & 0x7fff_ffff) + 1;
            let expected = sum.min(i64::from(i32::MAX));
            prop_assert_eq!(i64::from(node_id_from_hash(hash).get()), expected);
        }
    }
}
