use std::net::Ipv4Addr;
use std::time::Duration;

use groupkeeper_seaweedfs::ServerAddress;
use groupkeeper_seaweedfs::proto::filer_pb::object_mutation::Type;
use groupkeeper_seaweedfs::proto::filer_pb::seaweed_filer_client::SeaweedFilerClient;
use groupkeeper_seaweedfs::proto::filer_pb::{
    CreateEntryRequest, Entry, FuseAttributes, ListEntriesRequest, LookupDirectoryEntryRequest,
    ObjectMutation, ObjectTransactionRequest, UnlockRequest,
};
use tokio::time::timeout;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};

/// One filer, asked as another program would ask it.
#[derive(Debug, Clone)]
pub struct WeedFiler {
    client: SeaweedFilerClient<Channel>,
}

impl WeedFiler {
    /// The filer that listens for gRPC on this port of this machine. Nothing is connected yet.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub fn at_port(grpc_port: u16) -> Self {
        Self::at(Ipv4Addr::LOCALHOST, grpc_port)
    }

    /// The filer that listens for gRPC on this port of a host. Nothing is connected yet.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub fn at(host: Ipv4Addr, grpc_port: u16) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{host}:{grpc_port}"));
        let channel = endpoint.expect("an address").connect_lazy();
        Self {
            client: SeaweedFilerClient::new(channel).max_decoding_message_size(1 << 28),
        }
    }

    /// Writes a file, with its content beside its name.
    ///
    /// # Panics
    /// When the filer refuses.
    pub async fn write(&self, directory: &str, name: &str, content: &[u8]) {
        let refused = self.try_write(directory, name, content).await;
        refused.unwrap_or_else(|why| panic!("{directory}/{name:?}: {why}"));
    }

    /// As [`write`](Self::write).
    ///
    /// # Errors
    /// What the filer said.
    pub async fn try_write(
        &self,
        directory: &str,
        name: &str,
        content: &[u8],
    ) -> Result<(), String> {
        self.create(directory, file(name, content)).await
    }

    /// Writes any entry: a directory, say, or a file without its content.
    ///
    /// # Errors
    /// What the filer said.
    pub async fn create(&self, directory: &str, entry: Entry) -> Result<(), String> {
        let request = CreateEntryRequest {
            directory: directory.to_owned(),
            entry: Some(entry),
        };
        let answer = self.client.clone().create_entry(request).await;
        let answer = answer.map_err(|status| status.to_string())?.into_inner();
        if answer.error.is_empty() {
            Ok(())
        } else {
            Err(answer.error)
        }
    }

    /// Writes files of one directory in one transaction without a condition: as fast as a filer takes
    /// so many at a time.
    ///
    /// # Errors
    /// What the filer said.
    pub async fn try_write_together(
        &self,
        directory: &str,
        files: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Result<(), String> {
        let put = |(name, content): (String, Vec<u8>)| ObjectMutation {
            r#type: Type::Put.into(),
            directory: directory.to_owned(),
            entry: Some(file(&name, &content)),
            ..ObjectMutation::default()
        };
        let request = ObjectTransactionRequest {
            lock_key: directory.to_owned(),
            mutations: files.into_iter().map(put).collect(),
            ..ObjectTransactionRequest::default()
        };
        let answer = self.client.clone().object_transaction(request).await;
        let answer = answer.map_err(|status| status.to_string())?.into_inner();
        match (answer.error_code, answer.error) {
            (0, error) if error.is_empty() => Ok(()),
            (code, error) => Err(format!("error {code}: {error}")),
        }
    }

    /// What a file holds.
    ///
    /// # Errors
    /// The status, also for a file that does not exist.
    pub async fn read(&self, directory: &str, name: &str) -> Result<Vec<u8>, Status> {
        let (directory, name) = (directory.to_owned(), name.to_owned());
        let request = LookupDirectoryEntryRequest { directory, name };
        let answer = self
            .client
            .clone()
            .lookup_directory_entry(request)
            .await?
            .into_inner();
        Ok(answer.entry.unwrap_or_default().content)
    }

    /// The names in a directory, in the filer's order.
    ///
    /// # Panics
    /// When the filer fails.
    pub async fn names(&self, directory: &str) -> Vec<String> {
        self.try_names(directory)
            .await
            .unwrap_or_else(|why| panic!("{directory}: {why}"))
    }

    /// As [`names`](Self::names).
    ///
    /// # Errors
    /// When the filer fails, also after a part of the listing.
    pub async fn try_names(&self, directory: &str) -> Result<Vec<String>, Status> {
        let mut names = Vec::new();
        self.try_files(directory, 1_000, |name, _| names.push(name.to_owned()))
            .await?;
        Ok(names)
    }

    /// Shows every file of a directory, name and content, asked for in pages of so many, and returns
    /// how many there are.
    ///
    /// # Errors
    /// When the filer fails, also after a part of the listing.
    pub async fn try_files(
        &self,
        directory: &str,
        page: u32,
        mut show: impl FnMut(&str, &[u8]),
    ) -> Result<usize, Status> {
        let (mut after, mut count) = (String::new(), 0);
        let mut see = |entry: &Entry| {
            show(&entry.name, &entry.content);
            count += 1;
        };
        while let Some(last) = self.page(directory, &after, page, &mut see).await? {
            after = last;
        }
        Ok(count)
    }

    /// Shows what the filer gives in answer to one question, and returns the last name, if any. A
    /// limit of 0 leaves it to the filer how much that is.
    ///
    /// # Errors
    /// When the filer fails, also after a part of the page.
    pub async fn page(
        &self,
        directory: &str,
        after: &str,
        limit: u32,
        mut show: impl FnMut(&Entry),
    ) -> Result<Option<String>, Status> {
        let request = ListEntriesRequest {
            directory: directory.to_owned(),
            start_from_file_name: after.to_owned(),
            limit,
            ..ListEntriesRequest::default()
        };
        let answer = self.client.clone().list_entries(request).await?;
        let (mut stream, mut last) = (answer.into_inner(), None);
        while let Some(answer) = stream.message().await? {
            let entry = answer.entry.unwrap_or_default();
            show(&entry);
            last = Some(entry.name);
        }
        Ok(last)
    }

    /// The filer that decides on a lock's key, as this one sees it; `None` while it does not say.
    pub async fn decides(&self, key: &str, own: &ServerAddress) -> Option<ServerAddress> {
        let request = UnlockRequest {
            name: key.to_owned(),
            renew_token: "who decides?".to_owned(),
            is_moved: true,
        };
        let mut client = self.client.clone();
        let asked = timeout(Duration::from_secs(1), client.distributed_unlock(request));
        let answer = asked.await.ok()?.ok()?.into_inner();
        match (answer.moved_to.as_str(), answer.error.as_str()) {
            ("", "no lock server found") => None,
            ("", _) => Some(own.clone()),
            (moved_to, _) => ServerAddress::new(moved_to).ok(),
        }
    }
}

/// A file with its content beside its name.
fn file(name: &str, content: &[u8]) -> Entry {
    let attributes = FuseAttributes {
        file_size: content.len() as u64,
        file_mode: 0o644,
        ..FuseAttributes::default()
    };
    Entry {
        name: name.to_owned(),
        is_directory: false,
        attributes: Some(attributes),
        content: content.to_vec(),
        ..Entry::default()
    }
}
