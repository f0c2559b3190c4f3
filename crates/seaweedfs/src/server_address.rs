use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use groupkeeper_types::{InvalidHostPort, RpcAddr};
use thiserror::Error;

/// Where a SeaweedFS server listens: `host:port`, or `host:port.grpcPort`. Without a gRPC port it is
/// the port plus 10,000, as everywhere in SeaweedFS. IPv6 hosts are bracketed.
///
/// Two spellings are one server when host and port are the same: see [`RpcAddr`].
#[derive(Debug, Clone)]
pub struct ServerAddress {
    http: RpcAddr,
    grpc_port: u16,
}

/// A text that is no address of a SeaweedFS server.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidServerAddress {
    /// The part before a gRPC port.
    #[error(transparent)]
    HostPort(#[from] InvalidHostPort),
    /// The part after the last dot.
    #[error("`{0}` has a gRPC port that is not a number from 1 to 65535; give HOST:PORT.GRPCPORT")]
    GrpcPort(String),
    /// No gRPC port is given, and the usual one does not exist.
    #[error("the gRPC port of `{0}` would be above 65535; give it, as HOST:PORT.GRPCPORT")]
    NoGrpcPort(String),
}

const GRPC_OFFSET: u16 = 10_000;

impl ServerAddress {
    /// Checks an address.
    ///
    /// # Errors
    /// When it is not of one of the two forms, or has no valid gRPC port.
    pub fn new(text: &str) -> Result<Self, InvalidServerAddress> {
        let (host, ports) = text.rsplit_once(':').unwrap_or((text, ""));
        let Some((port, grpc)) = ports.split_once('.') else {
            let http = RpcAddr::new(text)?;
            let grpc_port = http.port().checked_add(GRPC_OFFSET);
            let grpc_port =
                grpc_port.ok_or_else(|| InvalidServerAddress::NoGrpcPort(http.to_string()))?;
            return Ok(Self { http, grpc_port });
        };
        let http = RpcAddr::new(&format!("{host}:{port}"))?;
        let plain = !grpc.starts_with('0') && grpc.bytes().all(|c| c.is_ascii_digit());
        match grpc.parse() {
            Ok(grpc_port) if plain => Ok(Self { http, grpc_port }),
            _ => Err(InvalidServerAddress::GrpcPort(http.to_string())),
        }
    }

    /// Where it answers gRPC, as `http://host:port`.
    pub(crate) fn grpc_uri(&self) -> String {
        let host = self
            .http
            .as_str()
            .rsplit_once(':')
            .map_or("", |(host, _)| host);
        format!("http://{host}:{}", self.grpc_port)
    }

    /// The host: an IPv6 address without its brackets.
    pub fn host(&self) -> &str {
        self.http.host()
    }

    /// The port for HTTP, 1 and up.
    pub fn port(&self) -> u16 {
        self.http.port()
    }

    /// The port for gRPC, 1 and up.
    pub const fn grpc_port(&self) -> u16 {
        self.grpc_port
    }
}

impl PartialEq for ServerAddress {
    fn eq(&self, other: &Self) -> bool {
        self.http == other.http
    }
}

impl Eq for ServerAddress {}

impl PartialOrd for ServerAddress {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ServerAddress {
    fn cmp(&self, other: &Self) -> Ordering {
        self.http.cmp(&other.http)
    }
}

impl Hash for ServerAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.http.hash(state);
    }
}

/// The shortest spelling.
impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.http.fmt(f)?;
        if self.http.port().checked_add(GRPC_OFFSET) == Some(self.grpc_port) {
            return Ok(());
        }
        write!(f, ".{}", self.grpc_port)
    }
}

impl std::str::FromStr for ServerAddress {
    type Err = InvalidServerAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_are_one_server() {
        let short = ServerAddress::new("Filer-1:8888").unwrap();
        let long = ServerAddress::new("filer-1:8888.18888").unwrap();
        let other = ServerAddress::new("filer-1:8888.9999").unwrap();
        assert_eq!(
            (short.grpc_port(), long.grpc_port(), other.grpc_port()),
            (18888, 18888, 9999)
        );
        assert_eq!(short, long);
        assert_eq!(short, other);
        assert_eq!((long.to_string(), other.to_string()).0, "filer-1:8888");
        assert_eq!(other.to_string(), "filer-1:8888.9999");
        assert_ne!(short, ServerAddress::new("filer-1:8889").unwrap());
        let spelled = ServerAddress::new("FILER-1.:8888.9999").unwrap();
        assert_eq!((&spelled, spelled.to_string()), (&other, other.to_string()));
        let (v6, full) = ("[::1]:8888", "[0:0:0:0:0:0:0:1]:8888");
        assert_eq!(ServerAddress::new(v6), ServerAddress::new(full));
    }

    #[test]
    fn an_ipv6_host_keeps_its_brackets_where_they_belong() {
        let addr = ServerAddress::new("[::1]:8888.1").unwrap();
        assert_eq!(
            (addr.host(), addr.port(), addr.grpc_port()),
            ("::1", 8888, 1)
        );
        assert_eq!(addr.grpc_uri(), "http://[::1]:1");
    }

    #[test]
    fn refuses_what_nobody_can_connect_to() {
        for bad in [
            "",
            "host",
            "host:",
            "host:0",
            "host:8888.",
            "host:8888.x",
            "a b:1",
            "0.0.0.0:1",
            "10.0.0.300:8888",
            "10.0.0.300:8888.18888",
        ] {
            assert!(ServerAddress::new(bad).is_err(), "{bad}");
        }
        for bad in [
            "host:8888.0",
            "host:8888.65536",
            "host:8888.+1",
            "host:8888.1.2",
        ] {
            let error = ServerAddress::new(bad).unwrap_err();
            assert!(
                matches!(error, InvalidServerAddress::GrpcPort(_)),
                "{bad}: {error}"
            );
        }
        assert!(ServerAddress::new("host:55535").is_ok());
        let error = ServerAddress::new("host:55536").unwrap_err();
        assert!(
            matches!(error, InvalidServerAddress::NoGrpcPort(_)),
            "{error}"
        );
        assert!(ServerAddress::new("host:55536.1").is_ok());
    }
}
