use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use futures_util::{Stream, StreamExt, stream};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use super::fake_lock;
use super::fake_master::listen;
use crate::ServerAddress;
use crate::layout::hex;
use crate::proto::filer_pb::object_mutation::Type;
use crate::proto::filer_pb::seaweed_filer_server::{SeaweedFiler, SeaweedFilerServer};
use crate::proto::filer_pb::write_condition::{Clause, Kind};
use crate::proto::filer_pb::*;
use crate::ring;

/// A filer in memory, with faults that a test switches on, until it is dropped.
pub(super) struct FakeFiler {
    pub(super) address: ServerAddress,
    state: Arc<Mutex<State>>,
    _server: JoinSet<()>,
}

/// What it holds, and what is wrong with it.
#[derive(Default)]
pub(super) struct State {
    pub(super) files: BTreeMap<(String, String), Entry>,
    pub(super) locks: fake_lock::Locks,
    /// The filer that its ring gives every key to; nobody when empty.
    pub(super) decider: String,
    pub(super) signature: i32,
    /// It is not there for those who ask who decides.
    pub(super) does_not_answer: bool,
    /// Transactions that it was asked for.
    pub(super) transactions: usize,
    /// Entries that it was asked for, one by one.
    pub(super) lookups: usize,
    /// It does not know transactions.
    pub(super) is_old: bool,
    /// Look-ups of entries get no answer.
    pub(super) reads_hang: bool,
    /// What every read is answered with.
    pub(super) reads_fail: Option<Status>,
    /// So many transactions are done and their answers lost.
    pub(super) answers_lost: usize,
    /// So many transactions stop after their first change.
    pub(super) stops_half_way: usize,
    /// A listing breaks off after so many entries.
    pub(super) listing_breaks_after: Option<usize>,
}

impl FakeFiler {
    pub(super) async fn start() -> Self {
        let (address, listener) = listen().await;
        let state = Arc::new(Mutex::new(State::default()));
        let service = SeaweedFilerServer::new(Served(Arc::clone(&state)));
        let mut server = JoinSet::new();
        server.spawn(async move {
            let server = Server::builder().add_service(service);
            // Else an answer waits for 40 ms, and no real filer is so slow.
            let at_once = |stream: &TcpStream| drop(stream.set_nodelay(true));
            let streams = TcpListenerStream::new(listener).map(|stream| stream.inspect(at_once));
            server.serve_with_incoming(streams).await.unwrap();
        });
        Self {
            address,
            state,
            _server: server,
        }
    }

    /// Several, of which the first decides where all of them are listed.
    pub(super) async fn start_some<const N: usize>() -> [Self; N] {
        let mut filers = join_all((0..N).map(|_| Self::start())).await;
        let names: Vec<String> = filers.iter().map(|it| it.address.to_string()).collect();
        let owner = ring::owner(names.iter().map(String::as_str), "kafka-gateway-leader");
        let decides = names.iter().position(|name| Some(name.as_str()) == owner);
        filers.swap(0, decides.unwrap());
        filers.try_into().ok().unwrap()
    }

    pub(super) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap())
    }

    /// Takes over what another one holds, as a copy that has caught up.
    pub(super) fn copy(&self, other: &Self) {
        let files = other.with(|state| state.files.clone());
        self.with(|state| state.files = files);
    }
}

struct Served(Arc<Mutex<State>>);

type Entries = Pin<Box<dyn Stream<Item = Result<ListEntriesResponse, Status>> + Send>>;

#[tonic::async_trait]
impl SeaweedFiler for Served {
    async fn lookup_directory_entry(
        &self,
        request: Request<LookupDirectoryEntryRequest>,
    ) -> Result<Response<LookupDirectoryEntryResponse>, Status> {
        if self.0.lock().unwrap().reads_hang {
            std::future::pending::<()>().await;
        }
        let (mut state, request) = (self.0.lock().unwrap(), request.into_inner());
        state.lookups += 1;
        if let Some(status) = &state.reads_fail {
            return Err(status.clone());
        }
        match state.files.get(&(request.directory, request.name)) {
            Some(entry) => Ok(Response::new(LookupDirectoryEntryResponse {
                entry: Some(entry.clone()),
            })),
            None => Err(Status::unknown("filer: no entry is found in filer store")),
        }
    }

    type ListEntriesStream = Entries;

    async fn list_entries(
        &self,
        request: Request<ListEntriesRequest>,
    ) -> Result<Response<Entries>, Status> {
        let (state, request) = (self.0.lock().unwrap(), request.into_inner());
        let after = (request.directory.clone(), request.start_from_file_name);
        let limit = usize::try_from(request.limit).unwrap();
        let mut answers: Vec<Result<ListEntriesResponse, Status>> = state
            .files
            .iter()
            .filter(|((directory, name), _)| *directory == after.0 && *name > after.1)
            .take(limit)
            .map(|(_, entry)| {
                Ok(ListEntriesResponse {
                    entry: Some(entry.clone()),
                })
            })
            .collect();
        if let Some(entries) = state.listing_breaks_after {
            answers.truncate(entries);
            answers.push(Err(Status::internal("the store is gone")));
        }
        Ok(Response::new(Box::pin(stream::iter(answers))))
    }

    async fn create_entry(
        &self,
        _: Request<CreateEntryRequest>,
    ) -> Result<Response<CreateEntryResponse>, Status> {
        panic!("nothing is written outside a transaction")
    }

    async fn object_transaction(
        &self,
        request: Request<ObjectTransactionRequest>,
    ) -> Result<Response<ObjectTransactionResponse>, Status> {
        let (mut state, request) = (self.0.lock().unwrap(), request.into_inner());
        state.transactions += 1;
        if state.is_old {
            return Err(Status::unimplemented("unknown method ObjectTransaction"));
        }
        let (directory, name) = request.lock_key.rsplit_once('/').unwrap();
        let locked = state.files.get(&(directory.to_owned(), name.to_owned()));
        let clauses = request.condition.unwrap_or_default().clauses;
        if !clauses.iter().all(|clause| holds(clause, locked)) {
            let error_code = FilerError::PreconditionFailed.into();
            let error = "precondition failed".to_owned();
            return Ok(Response::new(ObjectTransactionResponse {
                error,
                error_code,
            }));
        }
        let changes = !request.mutations.is_empty();
        for mutation in request.mutations {
            match mutation.r#type() {
                Type::Put => {
                    let entry = mutation.entry.unwrap();
                    state
                        .files
                        .insert((mutation.directory, entry.name.clone()), entry);
                }
                Type::Delete => {
                    state.files.remove(&(mutation.directory, mutation.name));
                }
            }
            if state.stops_half_way > 0 {
                state.stops_half_way -= 1;
                let error = "mutation 1: the store is gone".to_owned();
                return Ok(Response::new(ObjectTransactionResponse {
                    error,
                    error_code: 0,
                }));
            }
        }
        if changes && state.answers_lost > 0 {
            state.answers_lost -= 1;
            return Err(Status::unavailable("the answer is lost"));
        }
        Ok(Response::new(ObjectTransactionResponse::default()))
    }

    async fn distributed_lock(
        &self,
        request: Request<LockRequest>,
    ) -> Result<Response<LockResponse>, Status> {
        let (mut state, request) = (self.0.lock().unwrap(), request.into_inner());
        Ok(Response::new(state.locks.lock(&request)))
    }

    async fn distributed_unlock(
        &self,
        request: Request<UnlockRequest>,
    ) -> Result<Response<UnlockResponse>, Status> {
        let (mut state, request) = (self.0.lock().unwrap(), request.into_inner());
        assert!(request.is_moved, "nothing is passed on");
        if state.does_not_answer {
            return Err(Status::unavailable("it is gone"));
        }
        if state.decider.is_empty() {
            let error = "no lock server found".to_owned();
            return Ok(Response::new(UnlockResponse {
                error,
                moved_to: String::new(),
            }));
        }
        let moved_to = state.decider.clone();
        let error = state.locks.unlock(&request);
        Ok(Response::new(UnlockResponse { error, moved_to }))
    }

    async fn get_filer_configuration(
        &self,
        _: Request<GetFilerConfigurationRequest>,
    ) -> Result<Response<GetFilerConfigurationResponse>, Status> {
        let signature = self.0.lock().unwrap().signature;
        Ok(Response::new(GetFilerConfigurationResponse { signature }))
    }

    async fn ping(&self, _: Request<PingRequest>) -> Result<Response<PingResponse>, Status> {
        if self.0.lock().unwrap().does_not_answer {
            return Err(Status::unavailable("it is gone"));
        }
        Ok(Response::new(PingResponse {}))
    }

    async fn find_lock_owner(
        &self,
        request: Request<FindLockOwnerRequest>,
    ) -> Result<Response<FindLockOwnerResponse>, Status> {
        let (state, request) = (self.0.lock().unwrap(), request.into_inner());
        let not_found = || Status::not_found(format!("lock {} not found", request.name));
        let owner = state.locks.owner(&request.name).ok_or_else(not_found)?;
        Ok(Response::new(FindLockOwnerResponse { owner }))
    }
}

fn holds(clause: &Clause, entry: Option<&Entry>) -> bool {
    let etag = entry.map(|entry| hex(&entry.attributes.clone().unwrap_or_default().md5));
    match clause.kind() {
        Kind::IfNotExists => entry.is_none(),
        Kind::IfEtagMatch => etag.is_some_and(|etag| clause.etags.contains(&etag)),
        other => panic!("{other:?} is not used"),
    }
}
