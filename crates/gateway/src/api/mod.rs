//! The requests that are answered: one file each for what is read and what is written, per version.

mod api_key;
pub(crate) mod api_versions;
pub(crate) mod describe_cluster;
mod error_code;
pub(crate) mod find_coordinator;
mod header;
pub(crate) mod metadata;
mod refusal;
mod request;
mod response;

pub(crate) use api_key::ApiKey;
pub(crate) use error_code::ErrorCode;
pub(crate) use header::Header;
pub(crate) use refusal::Refusal;
pub(crate) use request::Request;
pub(crate) use response::respond;
