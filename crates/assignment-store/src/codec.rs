use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// Stored bytes that are not what they should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Undecodable(String);

impl Undecodable {
    /// Bytes with this wrong with them: for a store's own checks, beyond those of the format.
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// Wraps a value with the version of its format, so that an older program says so instead of
/// misreading a newer one's bytes.
#[derive(Serialize, serde::Deserialize)]
struct Versioned<T> {
    format: u32,
    value: T,
}

const FORMAT: u32 = 1;

pub(crate) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(&Versioned {
        format: FORMAT,
        value,
    })
    .expect("structs of numbers and strings always serialize")
}

pub(crate) fn decode<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, Undecodable> {
    #[derive(serde::Deserialize)]
    struct FormatOnly {
        format: u32,
    }
    let unreadable = |e: serde_json::Error| Undecodable(format!("not a record of ours: {e}"));
    let FormatOnly { format } = serde_json::from_slice(bytes).map_err(unreadable)?;
    if format != FORMAT {
        return Err(Undecodable(format!(
            "written in format {format}, and this version reads format {FORMAT} only: \
             run the version that wrote it, or a newer one"
        )));
    }
    let value = serde_json::from_slice::<Versioned<T>>(bytes)
        .map_err(unreadable)?
        .value;
    // Compare-and-swap compares bytes: a spelling that differs from ours would never match again.
    if encode(&value) != bytes {
        return Err(Undecodable(
            "not as this program writes it: it was edited by hand".to_owned(),
        ));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_wrote_and_nothing_else() {
        let bytes = encode(&7_u32);
        assert_eq!(decode::<u32>(&bytes).unwrap(), 7);
        let error = |bytes: &[u8]| decode::<u32>(bytes).unwrap_err().to_string();
        assert!(error(b"").contains("not a record of ours"));
        assert!(error(br#"{"format":2,"value":{"new":1}}"#).contains("format 2"));
        assert!(error(br#"{"format":1,"value":"x"}"#).contains("not a record of ours"));
        assert!(error(br#"{"format":1, "value":7}"#).contains("edited by hand"));
        assert!(error(br#"{"format":1,"value":7,"extra":1}"#).contains("edited by hand"));
    }
}
