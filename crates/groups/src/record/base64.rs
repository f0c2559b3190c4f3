//! Bytes that stand in JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

pub(super) fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = STANDARD.decode(text).map_err(D::Error::custom)?;
    Ok(bytes.into())
}

/// A protocol: its name and its metadata.
pub(super) mod protocols {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Protocol(String, #[serde(with = "super")] Bytes);

    pub(in super::super) fn serialize<S: Serializer>(
        protocols: &[(String, Bytes)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let protocols = protocols.iter();
        serializer.collect_seq(protocols.map(|(name, bytes)| Protocol(name.clone(), bytes.clone())))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(String, Bytes)>, D::Error> {
        let protocols = Vec::<Protocol>::deserialize(deserializer)?;
        Ok(protocols.into_iter().map(|it| (it.0, it.1)).collect())
    }
}
