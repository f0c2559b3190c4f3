use std::net::Ipv6Addr;

use thiserror::Error;

/// A text that is not an address others can connect to.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{text}` is not an address that others can connect to: {why}; give HOST:PORT, like `10.0.0.7:9092`"
)]
pub struct InvalidHostPort {
    text: String,
    why: &'static str,
}

/// The host's length and the port of a well-formed `host:port`.
///
/// A host is a name, an IPv4 address or a bracketed IPv6 address of at most 255 bytes; a wildcard
/// is refused, since nobody can connect to it; a port is 1 to 65,535 in plain decimal.
pub(crate) fn check(text: &str) -> Result<(usize, u16), InvalidHostPort> {
    let invalid = |why| InvalidHostPort {
        text: text.escape_debug().take(300).collect(),
        why,
    };
    let (host, port) = text
        .rsplit_once(':')
        .ok_or_else(|| invalid("it has no port"))?;
    if host.is_empty() {
        return Err(invalid("it has no host"));
    }
    if host.len() > 255 {
        return Err(invalid("its host is longer than 255 bytes"));
    }
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner
            .strip_suffix(']')
            .ok_or_else(|| invalid("a bracket is not closed"))?;
        // A zone (`%eth0`) names an interface of one machine, which means nothing on another.
        let ip: Ipv6Addr = inner
            .parse()
            .map_err(|_| invalid("what is in brackets is no IPv6 address"))?;
        if ip.is_unspecified() {
            return Err(invalid(
                "a wildcard says where to listen, not where to connect",
            ));
        }
    } else {
        let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_');
        if !host.bytes().all(plain) {
            return Err(invalid("its host has a character that no host name has"));
        }
        if host == "0.0.0.0" {
            return Err(invalid(
                "a wildcard says where to listen, not where to connect",
            ));
        }
    }
    if port.is_empty() || port.starts_with('0') || !port.bytes().all(|c| c.is_ascii_digit()) {
        return Err(invalid("its port is not a number from 1 to 65535"));
    }
    let port = port
        .parse()
        .map_err(|_| invalid("its port is not a number from 1 to 65535"))?;
    Ok((host.len(), port))
}

/// Declares an address type over one shared text.
macro_rules! host_port {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(arcstr::ArcStr);

        impl $name {
            /// Checks an address.
            ///
            /// # Errors
            /// When it is not `host:port`, or nobody can connect to it (a wildcard, port 0).
            pub fn new(text: &str) -> Result<Self, crate::InvalidHostPort> {
                crate::host_port::check(text)?;
                Ok(Self(text.into()))
            }

            /// The whole text, `host:port`.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The host: an IPv6 address without its brackets.
            pub fn host(&self) -> &str {
                let host = self.0.rsplit_once(':').map_or(&*self.0, |(host, _)| host);
                host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host)
            }

            /// The port, 1 and up.
            pub fn port(&self) -> u16 {
                self.0.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::InvalidHostPort;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = crate::InvalidHostPort;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(addr: $name) -> Self {
                addr.as_str().to_owned()
            }
        }
    };
}
pub(crate) use host_port;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_a_client_can_connect_to() {
        for good in [
            "127.0.0.1:9092",
            "gateway-1.example_x:1",
            "[::1]:65535",
            "localhost:9092",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn refuses_the_rest_and_says_why() {
        let cases = [
            ("", "no port"),
            ("host", "no port"),
            (":9092", "no host"),
            ("0.0.0.0:9092", "wildcard"),
            ("[::]:9092", "wildcard"),
            ("[0:0:0:0:0:0:0:0]:9092", "wildcard"),
            ("::1:9092", "no host name has"),
            ("[::1:9092", "not closed"),
            ("a b:9092", "no host name has"),
            ("a\n:9092", "no host name has"),
            ("host:0", "port"),
            ("host:+1", "port"),
            ("host:09092", "port"),
            ("host:65536", "port"),
            ("host:", "port"),
        ];
        for (bad, why) in cases {
            let error = check(bad).expect_err(bad).to_string();
            assert!(error.contains(why), "{bad:?}: {error}");
            assert!(!error.contains('\n'), "{error}");
        }
        assert!(check(&format!("{}:1", "h".repeat(256))).is_err());
    }
}
