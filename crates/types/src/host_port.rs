use arcstr::ArcStr;
use thiserror::Error;

mod spelling;
#[cfg(test)]
mod tests;

/// A text that is not an address others can connect to.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{text}` is not an address that others can connect to: {why}; give HOST:PORT, like `10.0.0.7:9092`"
)]
pub struct InvalidHostPort {
    text: String,
    why: &'static str,
}

impl InvalidHostPort {
    fn new(text: &str, why: &'static str) -> Self {
        let text = text.escape_debug().take(300).collect();
        Self { text, why }
    }
}

/// A checked `host:port`: the canonical spelling and, where a store has another, that one too.
///
/// In one text, so that an address is one word: there is one for each group. The canonical spelling stands alone,
/// or `CANONICAL NUL WRITTEN NUL`; no address has a NUL.
#[derive(Clone)]
pub(crate) struct HostPort(ArcStr);

impl HostPort {
    pub(crate) fn new(text: &str) -> Result<Self, InvalidHostPort> {
        let canonical = spelling::canonical(text);
        canonical
            .map(|it| Self(it.into()))
            .map_err(|why| InvalidHostPort::new(text, why))
    }

    pub(crate) fn stored(text: &str) -> Result<Self, InvalidHostPort> {
        match spelling::canonical(text) {
            Ok(canonical) if canonical == text => Ok(Self(canonical.into())),
            Ok(canonical) => Ok(Self(format!("{canonical}\0{text}\0").into())),
            Err(_) => spelling::check_stored(text)
                .map(|()| Self(text.into()))
                .map_err(|why| InvalidHostPort::new(text, why)),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        self.spellings().0
    }

    pub(crate) fn as_written(&self) -> &str {
        self.spellings().1
    }

    pub(crate) fn into_canonical(self) -> Self {
        match self.spellings() {
            (canonical, written) if canonical == written => self,
            (canonical, _) => Self(canonical.into()),
        }
    }

    fn spellings(&self) -> (&str, &str) {
        let both = self.0.strip_suffix('\0').and_then(|it| it.split_once('\0'));
        both.unwrap_or((&self.0, &self.0))
    }

    pub(crate) fn host(&self) -> &str {
        let text = self.as_str();
        let host = text.rsplit_once(':').map_or(text, |(host, _)| host);
        let inner = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        inner.unwrap_or(host)
    }

    pub(crate) fn port(&self) -> u16 {
        let port = self.as_str().rsplit_once(':').map(|(_, port)| port);
        port.and_then(|port| port.parse().ok()).unwrap_or(0)
    }
}

/// Declares an address type.
macro_rules! host_port {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// It is in its one canonical spelling: a name in lower case without the dot that may end it, an IPv6
        /// address in brackets as RFC 5952 writes it. So two spellings of one address are equal.
        #[derive(Clone)]
        pub struct $name(crate::host_port::HostPort);

        impl $name {
            /// An address in any spelling.
            ///
            /// # Errors
            /// When it is not `host:port`, or nobody can connect to it: a wildcard, port 0, a host that is neither
            /// a name nor an IP address.
            pub fn new(text: &str) -> Result<Self, crate::InvalidHostPort> {
                crate::host_port::HostPort::new(text).map(Self)
            }

            /// An address as a store has it, where the reference or an earlier version may have written another
            /// spelling: it equals the canonical one, and keeps the other for [`as_written`](Self::as_written).
            /// What such a version took, and is no address, stays as it stands, and equals itself alone.
            ///
            /// This is how it is deserialized, and it is serialized as it was written: a store that compares
            /// bytes finds those that it has.
            ///
            /// # Errors
            /// When no version has taken it for an address.
            pub fn stored(text: &str) -> Result<Self, crate::InvalidHostPort> {
                crate::host_port::HostPort::stored(text).map(Self)
            }

            /// The whole text in its canonical spelling, `host:port`.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// The whole text as the store has it that this was read from; else the canonical one.
            pub fn as_written(&self) -> &str {
                self.0.as_written()
            }

            /// The same address without a memory of how it was written.
            #[must_use]
            pub fn into_canonical(self) -> Self {
                Self(self.0.into_canonical())
            }

            /// The host: an IPv6 address without its brackets.
            pub fn host(&self) -> &str {
                self.0.host()
            }

            /// The port, 1 and up.
            pub fn port(&self) -> u16 {
                self.0.port()
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.as_str().cmp(other.as_str())
            }
        }

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.as_written()).finish()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::InvalidHostPort;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(addr: $name) -> Self {
                addr.as_str().to_owned()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_written())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::stored(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use host_port;
