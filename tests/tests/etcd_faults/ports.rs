//! Ports that are not etcd's for clients in plain text.

use groupkeeper_etcd::{Etcd, EtcdConfig};
use groupkeeper_tests::{EtcdCluster, eventually};
use groupkeeper_types::RpcAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::said;

fn at(address: RpcAddr) -> Etcd {
    Etcd::new(EtcdConfig::new(vec![address]))
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_told() {
    let cluster = EtcdCluster::start_with_tls().await;
    let etcd = at(cluster.addresses().remove(0));
    eventually("TLS is told", async || {
        let why = said(&etcd).await;
        (why.contains("TLS") && why.contains("http://")).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_for_http_is_told() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = RpcAddr::new(&port.local_addr().unwrap().to_string()).unwrap();
    let serve = async {
        loop {
            let (mut client, _) = port.accept().await.unwrap();
            client.read_exact(&mut [0; 16]).await.unwrap();
            client
                .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                .await
                .unwrap();
            // What is left unread would take the answer along when this end closes.
            drop(client.read_to_end(&mut Vec::new()).await);
        }
    };
    let etcd = at(address);
    let why = tokio::select! {
        why = said(&etcd) => why,
        () = serve => String::new(),
    };
    assert!(
        why.contains("HTTP/1") && why.contains("usually 2379"),
        "{why}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_and_refusal_are_told() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let why = said(&at(RpcAddr::new(&address).unwrap())).await;
    assert!(
        why.contains(&address) && (why.contains("no answer") || why.contains("no connection")),
        "{why}"
    );
    drop(silent);
    let why = said(&at(RpcAddr::new(&address).unwrap())).await;
    assert!(why.contains("refused"), "{why}");
}
