use std::sync::Arc;

use groupkeeper_types::Stamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Failover;

/// The failovers whose groups' assignments have not all been rewritten yet, oldest first. Clones share
/// them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Arc<Failover>>", into = "Vec<Arc<Failover>>")]
pub struct Failovers(Arc<[Arc<Failover>]>);

/// A list that no leader writes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidFailovers {
    /// More than a record carries.
    #[error("{0} failovers in one leader record, and {max} are the most", max = Failovers::MAX)]
    TooMany(usize),
    /// They apply in the order of their stamps.
    #[error("the failover of {0} follows one that is not older")]
    NotInOrder(Stamp),
}

impl Failovers {
    /// The most at once. Gateways that go later wait until the oldest is through; whoever asks for a
    /// group of theirs has it moved by itself.
    pub const MAX: usize = 16;

    /// These, oldest first.
    ///
    /// # Errors
    /// When there are more than [`MAX`](Self::MAX), or when they are not in the order of their stamps.
    pub fn new(failovers: Vec<Arc<Failover>>) -> Result<Self, InvalidFailovers> {
        if failovers.len() > Self::MAX {
            return Err(InvalidFailovers::TooMany(failovers.len()));
        }
        let disorder = failovers
            .windows(2)
            .find(|pair| pair[0].stamp() >= pair[1].stamp());
        match disorder {
            Some(pair) => Err(InvalidFailovers::NotInOrder(pair[1].stamp())),
            None => Ok(Self(failovers.into())),
        }
    }

    /// All of them, oldest first.
    pub fn as_slice(&self) -> &[Arc<Failover>] {
        &self.0
    }

    /// The newest.
    pub fn newest(&self) -> Option<&Arc<Failover>> {
        self.0.last()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<Vec<Arc<Failover>>> for Failovers {
    type Error = InvalidFailovers;

    fn try_from(failovers: Vec<Arc<Failover>>) -> Result<Self, InvalidFailovers> {
        Self::new(failovers)
    }
}

impl From<Failovers> for Vec<Arc<Failover>> {
    fn from(failovers: Failovers) -> Self {
        failovers.0.to_vec()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use groupkeeper_types::{Epoch, GatewayAddr, Revision};

    use super::*;
    use crate::InvalidFailover;

    fn addr(name: &str) -> GatewayAddr {
        GatewayAddr::new(&format!("{name}:1")).unwrap()
    }

    fn failover(
        revision: u64,
        gone: &[&str],
        among: &[&str],
    ) -> Result<Arc<Failover>, InvalidFailover> {
        let gone = gone.iter().map(|name| addr(name)).collect();
        let among = among
            .iter()
            .map(|name| (addr(name), NonZeroU32::MIN))
            .collect();
        let stamp = Stamp::new(Epoch::new(1), Revision::new(revision));
        Failover::new(stamp, gone, "rendezvous/1", among).map(Arc::new)
    }

    #[test]
    fn come_back_from_json_as_they_were() {
        let written = Failovers::new(vec![
            failover(1, &["b", "a"], &["d", "c"]).unwrap(),
            failover(2, &["c"], &["a"]).unwrap(),
        ])
        .unwrap();
        let json = serde_json::to_string(&written).unwrap();
        assert_eq!(serde_json::from_str::<Failovers>(&json).unwrap(), written);
        assert!(written.as_slice()[0].takes_from(&addr("a")));
        assert!(!written.as_slice()[0].takes_from(&addr("c")));
        for hostile in [
            json.replace(r#""revision":1"#, r#""revision":2"#),
            json.replace("b:1", "a:1"),
            json.replace("c:1", "a:1"),
            json.replace(r#"["d:1",1]"#, r#"["d:1",0]"#),
        ] {
            assert_ne!(hostile, json);
            assert!(
                serde_json::from_str::<Failovers>(&hostile).is_err(),
                "{hostile}"
            );
        }
    }

    #[test]
    fn refuses_what_means_nothing() {
        assert!(failover(1, &[], &["a"]).is_err());
        assert!(failover(1, &["a"], &[]).is_err());
        assert!(failover(1, &["a", "a"], &["b"]).is_err());
        assert_eq!(
            failover(1, &["a"], &["b", "a"]),
            Err(InvalidFailover::TakesItsOwn(addr("a")))
        );
        let long = "x.".repeat(120);
        let many: Vec<String> = (0..70).map(|n| format!("{long}{n:0>9}x")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(matches!(
            failover(1, &many, &["a"]),
            Err(InvalidFailover::Length { .. })
        ));
        let one = |revision| failover(revision, &["a"], &["b"]).unwrap();
        assert!(Failovers::new(vec![one(2), one(1)]).is_err());
        assert_eq!(
            Failovers::new((0..17).map(one).collect()),
            Err(InvalidFailovers::TooMany(17))
        );
    }
}
