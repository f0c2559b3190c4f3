//! What is said of a port that does not speak plain gRPC.

use groupkeeper_assignment_store::AssignmentStore;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;

use super::fake_master::listen;
use super::*;

/// A server that reads so many bytes of each client, answers with these, and closes.
struct Answers {
    address: ServerAddress,
    _server: JoinSet<()>,
}

impl Answers {
    async fn with(reads: usize, answer: &'static [u8]) -> Self {
        let (address, listener) = listen().await;
        let mut server = JoinSet::new();
        server.spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                client.read_exact(&mut vec![0; reads]).await.unwrap();
                client.write_all(answer).await.unwrap();
            }
        });
        Self {
            address,
            _server: server,
        }
    }
}

/// The alert of a server that was sent what is no TLS: fatal, protocol version.
const TLS_ALERT: &[u8] = &[0x15, 3, 3, 0, 2, 2, 70];

/// What answers, after how many bytes, and what is to be said of it.
const WRONG: [(usize, &[u8], [&str; 2]); 6] = [
    (24, TLS_ALERT, ["it speaks TLS", "security.toml"]),
    (5, TLS_ALERT, ["it speaks TLS", "plain-text listener"]),
    // As SeaweedFS's servers do under TLS.
    (5, b"", ["as a gRPC port under TLS does", "security.toml"]),
    (24, b"", ["without a word", "security.toml"]),
    (
        24,
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        ["it speaks HTTP/1", "HOST:PORT.GRPCPORT"],
    ),
    (24, b"SSH-2.0-x\r\n", ["no gRPC port", "HOST:PORT.GRPCPORT"]),
];

#[tokio::test]
async fn is_what_a_master_is_told_of() {
    for (reads, answer, words) in WRONG {
        let master = Answers::with(reads, answer).await;
        let mut config = SeaweedConfig::new(vec![master.address.clone()]);
        config.read_timeout = Duration::from_millis(500);
        let error = SeaweedFs::connect(config).record().await.unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains(&format!("master {}", master.address)),
            "{error}"
        );
        for word in words {
            assert!(error.contains(word), "{answer:?}: {error}");
        }
    }
}

#[tokio::test]
async fn is_what_a_filer_is_told_of() {
    for (reads, answer, words) in WRONG {
        let filer = Answers::with(reads, answer).await;
        let (store, _master) = connect_at([&filer.address].into_iter()).await;
        // The first calls find the connection at different moments of its end.
        for _ in 0..5 {
            let error = store.load(&group("g")).await.unwrap_err().to_string();
            assert!(
                error.contains(&format!("filer {}", filer.address)),
                "{error}"
            );
            for word in words {
                assert!(error.contains(word), "{answer:?}: {error}");
            }
        }
    }
}
