use std::time::Duration;

use groupkeeper_types::{Epoch, GatewayAddr, Incarnation, Nonce, Revision, RpcAddr, Stamp};
use serde::{Deserialize, Serialize};

use crate::{Failovers, Lineage, OtherVersion, Undecodable, codec};

/// How long a leader's leases last, from when it last found its record standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Leases {
    /// Those that it gives.
    pub given: Duration,
    /// The longest that may be running: also one that an earlier leader gave, in a fleet that changes
    /// from one configuration to another.
    pub running: Duration,
}

/// The one durable record that says whose term it is: the fence in front of every write and the
/// head of the chain of commits.
///
/// Two records are the same writing exactly when they are equal: the nonce is fresh each time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LeaderRecord {
    /// The term.
    pub epoch: Epoch,
    /// The last commit that is whole.
    pub revision: Revision,
    /// Who leads, by its advertised address.
    pub leader: GatewayAddr,
    /// Which process of that address.
    pub incarnation: Incarnation,
    /// Where it answers other gateways.
    pub rpc: RpcAddr,
    /// The terms that this one stands on.
    #[serde(default)]
    pub lineage: Lineage,
    /// No token under which anybody may act is less than this: it is raised when another history of this
    /// fleet has come to light, under which others may have acted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub floor: Stamp,
    /// Every commit of an earlier epoch up to this stamp was whole, or has been decided again since.
    /// One beyond it may be half of a commit that its leader did not finish; so a new leader takes
    /// this over from the record before, and raises it once it has looked at everything.
    pub settled: Stamp,
    /// Moves of all groups of gateways that are gone, which stored assignments do not show yet.
    #[serde(default, skip_serializing_if = "Failovers::is_empty")]
    pub failovers: Failovers,
    /// How long leases are, where its leader says: by this the next one knows for how long to take
    /// everybody for alive, whatever its own configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leases: Option<Leases>,
    /// Different at every writing.
    pub nonce: Nonce,
    /// What another version of this program has put into it.
    #[serde(skip)]
    pub other: OtherVersion,
}

fn is_zero(stamp: &Stamp) -> bool {
    *stamp == Stamp::ZERO
}

/// What every version can tell of a record: whose term it is.
#[derive(Deserialize)]
struct Contact {
    epoch: Epoch,
    revision: Revision,
    leader: GatewayAddr,
    incarnation: Incarnation,
    rpc: RpcAddr,
    nonce: Nonce,
}

impl LeaderRecord {
    /// The newest commit that is whole.
    pub const fn stamp(&self) -> Stamp {
        Stamp::new(self.epoch, self.revision)
    }

    /// Whether this is a term of the record's history, or the record's own.
    pub fn has(&self, epoch: Epoch) -> bool {
        epoch == self.epoch || self.lineage.has(epoch)
    }

    /// Whether a decision with this stamp is of the record's history: not one of another copy of the store,
    /// nor one that the store has lost.
    pub fn contains(&self, stamp: Stamp) -> bool {
        if stamp.epoch == self.epoch {
            stamp.revision <= self.revision
        } else {
            self.lineage.contains(stamp)
        }
    }

    /// Whether a decision with this stamp is of a whole commit, as far as this record tells: one that
    /// is not is in doubt, and no answer for anybody.
    pub fn settles(&self, stamp: Stamp) -> bool {
        let own = stamp.epoch == self.epoch || stamp <= self.settled;
        own && self.contains(stamp) && !self.is_newer()
    }

    /// Whether only a newer version of this program can read all of it: then it tells whose term it is, and
    /// nothing else; whoever reads it may follow, and may not lead.
    pub fn is_newer(&self) -> bool {
        self.other.format() > codec::LEADER_FORMAT
    }

    /// The record as bytes: JSON, the same for the same record, so that a store may compare the
    /// bytes or a digest of them. One that another version wrote is as it was read.
    pub fn encode(&self) -> Vec<u8> {
        self.other.encode(codec::LEADER_FORMAT, self)
    }

    /// Reads what [`encode`](Self::encode) wrote, here or in another version. Fields that this version
    /// does not know are kept.
    ///
    /// # Errors
    /// When the bytes don't tell whose term it is.
    pub fn decode(bytes: &[u8]) -> Result<Self, Undecodable> {
        let format = codec::format(bytes)?;
        let mut record = match codec::value::<Self>(bytes) {
            Ok(record) => record,
            Err(_) if format > codec::LEADER_FORMAT => Self::of(codec::value(bytes)?),
            Err(error) => return Err(error),
        };
        if format < codec::LINEAGE_SINCE {
            record.lineage = Lineage::up_to(Stamp::new(record.epoch, record.revision));
        }
        record.other = OtherVersion::read(format, codec::LEADER_FORMAT, bytes, &record)?;
        Ok(record)
    }

    fn of(contact: Contact) -> Self {
        Self {
            epoch: contact.epoch,
            revision: contact.revision,
            leader: contact.leader,
            incarnation: contact.incarnation,
            rpc: contact.rpc,
            nonce: contact.nonce,
            lineage: Lineage::default(),
            floor: Stamp::ZERO,
            settled: Stamp::ZERO,
            failovers: Failovers::default(),
            leases: None,
            other: OtherVersion::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> LeaderRecord {
        let text = br#"{"format":2,"value":{"epoch":9,"revision":30,"leader":"a:1","incarnation":5,
            "rpc":"a:2","lineage":{"forgotten":0,"ended":[[7,28]]},"settled":{"epoch":9,"revision":29},"nonce":3}}"#;
        LeaderRecord::decode(text).unwrap()
    }

    fn stamp(epoch: u64, revision: u64) -> Stamp {
        Stamp::new(Epoch::new(epoch), Revision::new(revision))
    }

    #[test]
    fn settles_what_is_of_its_history_alone() {
        let record = record();
        for settled in [Stamp::ZERO, stamp(7, 28), stamp(9, 30)] {
            assert!(record.settles(settled), "{settled}");
        }
        // Lost; of another copy, where all are less than what is settled; not whole yet.
        for other in [stamp(7, 29), stamp(8, 3), stamp(9, 31)] {
            assert!(!record.settles(other), "{other}");
        }
    }

    #[test]
    fn one_that_knew_no_lineage_vouches_for_everything_older() {
        let text = br#"{"format":1,"value":{"epoch":7,"revision":30,"leader":"a:1","incarnation":5,"rpc":"a:2","settled":{"epoch":7,"revision":29},"nonce":3}}"#;
        let old = LeaderRecord::decode(text).unwrap();
        assert!(old.settles(stamp(3, 99)) && old.settles(stamp(7, 30)));
        assert!(!old.settles(stamp(7, 31)) && !old.is_newer());
        assert_eq!(old.encode(), text, "or compare-and-swap would never match");
    }

    #[test]
    fn keeps_what_it_does_not_know() {
        let text = String::from_utf8(record().encode()).unwrap();
        let more = text.replace(r#""rpc":"a:2","#, r#""rpc":"a:2","zone":{"b":1,"a":[2]},"#);
        let read = LeaderRecord::decode(more.as_bytes()).unwrap();
        assert_eq!(read.encode(), more.as_bytes(), "as it was read");
        assert_eq!((read.stamp(), read.is_newer()), (record().stamp(), false));
        // Its next writing has it too, and is the same record when it is read back.
        let next = LeaderRecord {
            nonce: Nonce::new(4),
            other: read.other.carried(),
            ..read
        };
        let written = next.encode();
        assert!(
            String::from_utf8(written.clone())
                .unwrap()
                .contains(r#""zone":{"a":[2],"b":1}"#)
        );
        assert_eq!(LeaderRecord::decode(&written).unwrap(), next);
    }

    #[test]
    fn of_a_newer_format_tells_whose_term_it_is() {
        let newer = br#"{"format":3,"value":{"epoch":9,"revision":30,"leader":"a:1","incarnation":5,"rpc":"a:2","nonce":3,"settled":"all","failovers":7}}"#;
        let read = LeaderRecord::decode(newer).unwrap();
        assert!(read.is_newer());
        assert_eq!((read.leader.as_str(), read.rpc.as_str()), ("a:1", "a:2"));
        assert!(!read.settles(stamp(9, 1)) && !read.settles(Stamp::ZERO));
        assert_eq!(read.encode(), newer);
        assert!(LeaderRecord::decode(br#"{"format":3,"value":{"epoch":9}}"#).is_err());
    }
}
