//! Where assignments are kept, as it is given.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use groupkeeper_seaweedfs::{InvalidServerAddress, ServerAddress};
use groupkeeper_types::{InvalidHostPort, RpcAddr};
use thiserror::Error;

/// Where a fleet keeps its lock and its assignments, as it is given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackendSpec {
    /// In a directory of this machine, for one process.
    Embedded(PathBuf),
    /// Nowhere: gone with the process.
    Memory,
    /// On a SeaweedFS that has these masters; at least one.
    SeaweedFs(Vec<ServerAddress>),
    /// On an etcd that has these members; at least one.
    Etcd(Vec<RpcAddr>),
}

/// A text that names no backend.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidBackend {
    /// It begins with nothing known.
    #[error(
        "`{0}` names no backend: give embedded:DIR, memory:, seaweedfs:MASTER[,MASTER...] or etcd:HOST:PORT[,HOST:PORT...]"
    )]
    Unknown(String),
    /// `embedded:` and nothing else.
    #[error("`embedded:` has no directory: give one, like embedded:./groupkeeper-data")]
    NoDirectory,
    /// `memory:` and something else.
    #[error("`memory:{0}` has something after the colon: memory has no place, so give memory:")]
    MemoryPlace(String),
    /// `seaweedfs:` and nothing else.
    #[error("`seaweedfs:` has no master: give one or more, like seaweedfs:127.0.0.1:9333")]
    NoMaster,
    /// A master that can't be one.
    #[error("`seaweedfs:` has a master that can't be one: {0}")]
    Master(#[from] InvalidServerAddress),
    /// `etcd:` and nothing else.
    #[error("`etcd:` has no member: give one or more, like etcd:127.0.0.1:2379")]
    NoMember,
    /// A member that can't be one.
    #[error("`etcd:` has a member that can't be one: {0}")]
    Member(#[from] InvalidHostPort),
    /// One member twice: it would count as two.
    #[error("`etcd:` has the member {0} twice: give each once")]
    MemberTwice(RpcAddr),
    /// A URL.
    #[error("`{0}` is a URL: give HOST:PORT alone, like etcd:127.0.0.1:2379")]
    Url(String),
}

impl FromStr for BackendSpec {
    type Err = InvalidBackend;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = |text: &str| text.escape_debug().take(300).collect::<String>();
        match text.split_once(':') {
            Some(("embedded", "")) => Err(InvalidBackend::NoDirectory),
            Some(("embedded", dir)) => Ok(Self::Embedded(dir.into())),
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("memory", place)) => Err(InvalidBackend::MemoryPlace(shown(place))),
            Some(("seaweedfs", "")) => Err(InvalidBackend::NoMaster),
            Some(("seaweedfs", masters)) => {
                let masters = masters
                    .split(',')
                    .map(|master| ServerAddress::new(master.trim()));
                Ok(Self::SeaweedFs(masters.collect::<Result<_, _>>()?))
            }
            Some(("etcd", "")) => Err(InvalidBackend::NoMember),
            Some(("etcd", url)) if url.contains("://") => Err(InvalidBackend::Url(shown(url))),
            Some(("etcd", all)) => {
                let mut members: Vec<RpcAddr> = Vec::new();
                for member in all.split(',') {
                    let member = RpcAddr::new(member.trim())?;
                    if members.contains(&member) {
                        return Err(InvalidBackend::MemberTwice(member));
                    }
                    members.push(member);
                }
                Ok(Self::Etcd(members))
            }
            _ => Err(InvalidBackend::Unknown(shown(text))),
        }
    }
}

impl fmt::Display for BackendSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded(dir) => write!(f, "embedded:{}", dir.display()),
            Self::Memory => f.write_str("memory:"),
            Self::SeaweedFs(masters) => {
                let masters: Vec<_> = masters.iter().map(ToString::to_string).collect();
                write!(f, "seaweedfs:{}", masters.join(","))
            }
            Self::Etcd(members) => {
                let members: Vec<_> = members.iter().map(ToString::to_string).collect();
                write!(f, "etcd:{}", members.join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in [
            "embedded:./groupkeeper-data",
            "embedded:a:b",
            "memory:",
            "seaweedfs:127.0.0.1:9333",
            "seaweedfs:a:9333,b:9333.7",
            "etcd:127.0.0.1:2379",
            "etcd:a:2379,[::1]:2379",
        ] {
            let spec: BackendSpec = text.parse().expect(text);
            assert_eq!(spec.to_string(), text);
        }
    }

    #[test]
    fn says_what_is_wrong_and_what_to_give() {
        for (text, expected) in [
            ("", "give embedded:DIR, memory:, seaweedfs:"),
            ("memory", "or etcd:HOST:PORT"),
            ("zookeeper:localhost:2181", "names no backend"),
            ("etcd:", "like etcd:127.0.0.1:2379"),
            ("etcd:localhost", "it has no port"),
            ("etcd:a:2379,", "it has no port"),
            ("etcd:a:2379,A:2379", "a:2379 twice"),
            ("etcd:http://a:2379", "give HOST:PORT alone"),
            ("Embedded:x\n", "`Embedded:x\\n` names no backend"),
            ("embedded:", "like embedded:./groupkeeper-data"),
            ("memory:x", "so give memory:"),
            ("seaweedfs:", "like seaweedfs:127.0.0.1:9333"),
            ("seaweedfs:a:9333,", "it has no port"),
            ("seaweedfs:localhost", "it has no port"),
            ("seaweedfs:a:60000", "above 65535"),
        ] {
            let error = text.parse::<BackendSpec>().expect_err(text).to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }
}
