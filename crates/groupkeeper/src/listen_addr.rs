//! Addresses to listen on, as they are given.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use groupkeeper_types::GatewayAddr;
use thiserror::Error;

/// Where to listen: `host:port`. Other than an address to connect to, the host may be a wildcard,
/// and port 0 takes any free port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenAddr {
    /// An IPv6 address keeps its brackets.
    host: String,
    port: u16,
}

/// A text that is no address to listen on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not an address to listen on: {why}; give HOST:PORT, like `127.0.0.1:9092`")]
pub struct InvalidListenAddr {
    text: String,
    why: &'static str,
}

impl ListenAddr {
    /// How long a host's name may take to be resolved.
    const RESOLVE: Duration = Duration::from_secs(1);

    /// The host as it was given: an IPv6 address with its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port; 0 is any free one.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The same host with another port.
    #[must_use]
    pub fn with_port(&self, port: u16) -> Self {
        Self {
            host: self.host.clone(),
            port,
        }
    }

    /// Whether it stands for all addresses of the machine, so that nobody can connect to it.
    pub fn is_wildcard(&self) -> bool {
        self.ip().is_some_and(|ip| ip.is_unspecified())
    }

    fn ip(&self) -> Option<IpAddr> {
        if let Some(inner) = self.host.strip_prefix('[') {
            return inner
                .strip_suffix(']')?
                .parse::<Ipv6Addr>()
                .ok()
                .map(IpAddr::V6);
        }
        self.host.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
    }

    /// The socket's address: of a name that has several, the first IPv4 one, which most clients
    /// try first. Dropped, it forgets the question.
    ///
    /// # Errors
    /// When nobody knows the name, or not within a second.
    pub async fn resolve(&self) -> io::Result<SocketAddr> {
        if let Some(ip) = self.ip() {
            return Ok(SocketAddr::new(ip, self.port));
        }
        let asked = tokio::net::lookup_host((self.host.as_str(), self.port));
        let late = |_| io::Error::new(io::ErrorKind::TimedOut, "no name server answers");
        let found: Vec<_> = tokio::time::timeout(Self::RESOLVE, asked)
            .await
            .map_err(late)??
            .collect();
        let first_v4 = found.iter().find(|addr| addr.is_ipv4());
        let nothing = || io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        first_v4.or(found.first()).copied().ok_or_else(nothing)
    }
}

impl FromStr for ListenAddr {
    type Err = InvalidListenAddr;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = |why| InvalidListenAddr {
            text: text.escape_debug().take(300).collect(),
            why,
        };
        let (host, port) = text
            .rsplit_once(':')
            .ok_or_else(|| invalid("it has no port"))?;
        let plain = port.bytes().all(|c| c.is_ascii_digit()) && !port.is_empty();
        let port = port.parse().ok().filter(|_| plain);
        let port = port.ok_or_else(|| invalid("its port is not a number from 0 to 65535"))?;
        if host.is_empty() {
            return Err(invalid(
                "it has no host (0.0.0.0 is every address of this machine)",
            ));
        }
        let addr = Self {
            host: host.to_owned(),
            port,
        };
        // Whatever is no wildcard must be something others could connect to.
        if !addr.is_wildcard() && GatewayAddr::new(&format!("{host}:1")).is_err() {
            return Err(invalid(
                "its host is neither a name nor an IP address (IPv6 in brackets)",
            ));
        }
        Ok(addr)
    }
}

impl fmt::Display for ListenAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_wildcards_names_and_port_0() {
        for (text, wildcard) in [
            ("127.0.0.1:9092", false),
            ("localhost:0", false),
            ("[::1]:65535", false),
            ("0.0.0.0:9092", true),
            ("[::]:9092", true),
            ("[0:0::0]:9092", true),
        ] {
            let addr: ListenAddr = text.parse().expect(text);
            assert_eq!(addr.is_wildcard(), wildcard, "{text}");
            assert_eq!(addr.to_string(), text);
        }
    }

    #[test]
    fn refuses_the_rest_and_says_what_to_give() {
        for (text, why) in [
            ("", "no port"),
            ("9092", "no port"),
            (":9092", "no host"),
            ("host:", "not a number from 0 to 65535"),
            ("host:65536", "not a number from 0 to 65535"),
            ("host:+1", "not a number from 0 to 65535"),
            ("::1:9092", "IPv6 in brackets"),
            ("[::1:9092", "neither a name"),
            ("a b:9092", "neither a name"),
            ("a\nb:9092", "neither a name"),
        ] {
            let error = text.parse::<ListenAddr>().expect_err(text).to_string();
            assert!(error.contains(why), "{text:?}: {error}");
            assert!(
                error.contains("give HOST:PORT") && !error.contains('\n'),
                "{error}"
            );
        }
    }

    #[tokio::test]
    async fn resolves_addresses_without_asking_anybody() {
        for text in ["127.0.0.1:9092", "[::1]:9092", "0.0.0.0:0"] {
            let addr: ListenAddr = text.parse().expect(text);
            assert_eq!(addr.resolve().await.expect(text).to_string(), text);
        }
    }
}
