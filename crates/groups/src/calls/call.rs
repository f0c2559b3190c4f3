use std::net::IpAddr;
use std::sync::Arc;

use groupkeeper_types::GroupName;

use super::Lease;

/// Who calls, and by what right this gateway acts.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// Leave to act for the group, valid when the call was handed over.
    pub lease: Arc<dyn Lease>,
    /// What the client calls itself, at most 32,767 bytes. Nothing proves it.
    pub client_id: Option<&'a str>,
    /// Where it connects from.
    pub client_host: IpAddr,
}

impl Call<'_> {
    /// The group that the call is about.
    pub fn group(&self) -> &GroupName {
        self.lease.group()
    }
}
