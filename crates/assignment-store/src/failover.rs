use std::num::NonZeroU32;

use groupkeeper_types::{GatewayAddr, Stamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One commit that moves every group of some gateways, whatever their number.
///
/// From `stamp` on, each settled assignment that is older and names one of the `gone` is as good as
/// one with this stamp that names the gateway on which `rule` places the group. The rule looks at one
/// group alone, so whoever computes it gets the same answer; the assignments themselves are rewritten
/// later. One without a stamp, which is the reference's, is not touched.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Failover {
    stamp: Stamp,
    gone: Vec<GatewayAddr>,
    rule: String,
    among: Vec<(GatewayAddr, NonZeroU32)>,
}

/// What can't be a failover.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidFailover {
    /// A list that is empty, or too long to stand in a leader record.
    #[error("a failover names 1 to {max} bytes of {what}, and this one {bytes}", max = Failover::MAX_BYTES)]
    Length {
        /// Of what.
        what: &'static str,
        /// The bytes of the addresses together.
        bytes: usize,
    },
    /// A list that is not sorted, or names a gateway twice.
    #[error("the {what} of a failover are not sorted, or one stands there twice")]
    NotSorted {
        /// Of what.
        what: &'static str,
    },
    /// A gateway is to take its own groups.
    #[error("{0} is gone, and is to take over its own groups")]
    TakesItsOwn(GatewayAddr),
}

impl Failover {
    /// The most bytes of addresses in each of the two lists: a leader record is written with every
    /// commit, and carries up to [`Failovers::MAX`](crate::Failovers::MAX) of these.
    pub const MAX_BYTES: usize = 16 << 10;

    /// The groups of those `gone` as of `stamp` are placed by `rule` `among` these, by their weights.
    /// The order does not matter.
    ///
    /// # Errors
    /// When a list is empty, too long or names a gateway twice, or when one gateway is in both.
    pub fn new(
        stamp: Stamp,
        gone: Vec<GatewayAddr>,
        rule: impl Into<String>,
        among: Vec<(GatewayAddr, NonZeroU32)>,
    ) -> Result<Self, InvalidFailover> {
        // How an earlier version wrote them is of no account: others are told the canonical spellings, and place by
        // those.
        let among = among.into_iter();
        let mut among: Vec<_> = among
            .map(|(addr, weight)| (addr.into_canonical(), weight))
            .collect();
        let mut gone: Vec<_> = gone.into_iter().map(GatewayAddr::into_canonical).collect();
        gone.sort_unstable();
        among.sort_unstable();
        let failover = Self {
            stamp,
            gone,
            rule: rule.into(),
            among,
        };
        failover.check(GatewayAddr::as_str)?;
        Ok(failover)
    }

    /// The commit that decided it, and now decides for those groups.
    pub const fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The gateways that lose their groups, sorted.
    pub fn gone(&self) -> &[GatewayAddr] {
        &self.gone
    }

    /// Whether a gateway is one of them.
    ///
    /// An earlier version takes two spellings of an address for two gateways. Where it let one take over from the
    /// other, the spelling tells whose groups have moved.
    pub fn takes_from(&self, addr: &GatewayAddr) -> bool {
        let from = self.gone.partition_point(|gone| gone < addr);
        let mut gone = self.gone[from..].iter().take_while(|gone| *gone == addr);
        if self
            .among
            .binary_search_by(|(left, _)| left.cmp(addr))
            .is_ok()
        {
            gone.any(|gone| gone.as_written() == addr.as_written())
        } else {
            gone.next().is_some()
        }
    }

    /// The rule of placement and its version, `rendezvous/1` say.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The gateways that take the groups, sorted, with their weights.
    pub fn among(&self) -> &[(GatewayAddr, NonZeroU32)] {
        &self.among
    }

    fn check(&self, text: fn(&GatewayAddr) -> &str) -> Result<(), InvalidFailover> {
        let among: Vec<&str> = self.among.iter().map(|(addr, _)| text(addr)).collect();
        let gone: Vec<&str> = self.gone.iter().map(text).collect();
        for (what, addrs) in [("those gone", &gone), ("those left", &among)] {
            let bytes = addrs.iter().map(|addr| addr.len()).sum();
            if bytes == 0 || bytes > Self::MAX_BYTES {
                return Err(InvalidFailover::Length { what, bytes });
            }
            if !addrs.is_sorted_by(|a, b| a < b) {
                return Err(InvalidFailover::NotSorted { what });
            }
        }
        let both = |addr: &&GatewayAddr| gone.binary_search(&text(addr)).is_ok();
        match self.among.iter().map(|(addr, _)| addr).find(both) {
            Some(both) => Err(InvalidFailover::TakesItsOwn(both.clone())),
            None => Ok(()),
        }
    }
}

/// As it is written, sorted as it is spelled: nothing is a failover before it has been checked.
#[derive(Serialize, Deserialize)]
struct Stored {
    stamp: Stamp,
    gone: Vec<GatewayAddr>,
    rule: String,
    among: Vec<(GatewayAddr, NonZeroU32)>,
}

impl TryFrom<Stored> for Failover {
    type Error = InvalidFailover;

    fn try_from(stored: Stored) -> Result<Self, InvalidFailover> {
        let mut failover = Self {
            stamp: stored.stamp,
            gone: stored.gone,
            rule: stored.rule,
            among: stored.among,
        };
        failover.check(GatewayAddr::as_written)?;
        failover.gone.sort();
        failover.among.sort();
        Ok(failover)
    }
}

impl From<Failover> for Stored {
    fn from(mut failover: Failover) -> Self {
        let written = |a: &GatewayAddr, b: &GatewayAddr| a.as_written().cmp(b.as_written());
        failover.gone.sort_by(written);
        failover.among.sort_by(|(a, _), (b, _)| written(a, b));
        Self {
            stamp: failover.stamp,
            gone: failover.gone,
            rule: failover.rule,
            among: failover.among,
        }
    }
}
