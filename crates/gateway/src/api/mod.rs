//! The requests that are answered: one file each for what is read and what is written, per version.

mod api_key;
pub(crate) mod api_versions;
pub(crate) mod delete_groups;
pub(crate) mod describe_cluster;
pub(crate) mod describe_groups;
mod error_code;
pub(crate) mod find_coordinator;
mod flaw;
mod group_request;
mod header;
pub(crate) mod heartbeat;
pub(crate) mod join_group;
pub(crate) mod leave_group;
pub(crate) mod list_groups;
pub(crate) mod metadata;
pub(crate) mod offset_commit;
pub(crate) mod offset_delete;
pub(crate) mod offset_fetch;
mod refusal;
mod request;
mod response;
pub(crate) mod sync_group;

pub(crate) use api_key::ApiKey;
pub(crate) use error_code::ErrorCode;
pub(crate) use flaw::{Flaw, Group};
pub(crate) use group_request::GroupRequest;
pub(crate) use header::Header;
pub(crate) use refusal::Refusal;
pub(crate) use request::Request;
pub(crate) use response::respond;
