use thiserror::Error;

/// Why bytes are no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Malformed {
    #[error("it ends {missing} bytes too early")]
    Short { missing: usize },
    #[error("{count} bytes follow its end")]
    Trailing { count: usize },
    #[error("a length is {length}")]
    NegativeLength { length: i32 },
    #[error("a number of variable length does not end after 5 bytes, or exceeds 32 bits")]
    Varint,
    #[error("a string has {bytes} bytes, and {max} is the most", max = super::MAX_STRING)]
    LongString { bytes: usize },
    #[error("{what} is null")]
    Null { what: &'static str },
    #[error("its tagged fields are not in ascending order")]
    TagOrder,
}
