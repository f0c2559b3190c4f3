use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::fake_filer::FakeFiler;
use super::fake_master::listen;
use crate::ServerAddress;

/// An address behind which one filer is replaced by another, as by one that died and was started
/// again with other data.
pub(super) struct FakePort {
    pub(super) address: ServerAddress,
    replace: mpsc::Sender<(SocketAddr, oneshot::Sender<()>)>,
    _server: JoinSet<()>,
}

impl FakePort {
    pub(super) async fn start(filer: &FakeFiler) -> Self {
        let (address, listener) = listen().await;
        let (replace, replaced) = mpsc::channel(1);
        let mut server = JoinSet::new();
        server.spawn(serve(listener, socket(filer), replaced));
        Self {
            address,
            replace,
            _server: server,
        }
    }

    /// Ends every connection, and leads new ones to this filer. Returns when every client knows.
    pub(super) async fn replace(&self, filer: &FakeFiler) {
        let (done, is_done) = oneshot::channel();
        self.replace.send((socket(filer), done)).await.unwrap();
        is_done.await.unwrap();
    }
}

fn socket(filer: &FakeFiler) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], filer.address.grpc_port()))
}

async fn serve(
    listener: TcpListener,
    mut behind: SocketAddr,
    mut replaced: mpsc::Receiver<(SocketAddr, oneshot::Sender<()>)>,
) {
    loop {
        let (mut connections, end) = (JoinSet::new(), CancellationToken::new());
        let done = loop {
            tokio::select! {
                accepted = listener.accept() => {
                    connections.spawn(pass_on(accepted.unwrap().0, behind, end.clone()));
                }
                Some((next, done)) = replaced.recv() => {
                    behind = next;
                    break done;
                }
            }
        };
        end.cancel();
        while connections.join_next().await.is_some() {}
        done.send(()).unwrap();
    }
}

async fn pass_on(mut client: TcpStream, behind: SocketAddr, end: CancellationToken) {
    let mut filer = TcpStream::connect(behind).await.unwrap();
    let both = copy_bidirectional(&mut client, &mut filer);
    let _ = end.run_until_cancelled(both).await;
    let _ = client.shutdown().await;
    // Until the client has closed its end, too.
    while client
        .read(&mut [0; 1_024])
        .await
        .is_ok_and(|bytes| bytes > 0)
    {}
}
