//! The network that scenarios cut: what is dropped vanishes, and the middle reaches everybody.

#![allow(missing_docs, reason = "tests")]

use std::net::SocketAddr;
use std::time::Duration;

use groupkeeper_tests::{Host, Network};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// What has not come by then was dropped.
const SOON: Duration = Duration::from_secs(1);
/// What is not dropped comes by then, also on a busy machine.
const LATE: Duration = Duration::from_secs(20);

#[test]
fn dropped_packets_vanish_in_one_direction_and_are_sent_again_later() {
    Network::run(async |mut network| {
        let (one, two) = (network.host(), network.host());
        let listener = listen(&two);
        let at = SocketAddr::from((two.ip(), 7));
        let mut client = connect(&one, at, LATE).await.expect("it is reached");
        let (mut server, from) = listener.accept().await.expect("a client");
        assert_eq!(from.ip(), one.ip());
        assert!(passes(&mut client, &mut server, LATE).await);
        assert!(passes(&mut server, &mut client, LATE).await);

        network.drop_packets(std::slice::from_ref(&one), std::slice::from_ref(&two));
        assert!(
            passes(&mut server, &mut client, LATE).await,
            "the other direction is open"
        );
        assert!(
            !passes(&mut client, &mut server, SOON).await,
            "a connection that stands"
        );
        assert!(connect(&one, at, SOON).await.is_none(), "a new one");
        let mut middle = TcpStream::connect(at)
            .await
            .expect("the middle reaches everybody");
        let (mut seen, _) = listener.accept().await.expect("a client");
        assert!(passes(&mut middle, &mut seen, LATE).await);

        network.heal();
        let mut byte = [0];
        server
            .read_exact(&mut byte)
            .await
            .expect("it was sent again");
        assert!(connect(&one, at, LATE).await.is_some());
    });
}

#[test]
fn a_network_has_nothing_in_common_with_this_machine_s() {
    let cards = || std::fs::read_to_string("/proc/thread-self/net/dev").expect("a list of cards");
    let own = cards();
    Network::run(async |mut network| {
        let host = network.host();
        assert_eq!(host.enter(cards).matches("eth0").count(), 1);
        let middle = tokio::task::spawn_blocking(cards).await.expect("it ends");
        assert!(
            middle.contains("host1") && !own.contains("host1"),
            "{middle}"
        );
    });
    assert_eq!(cards().lines().count(), own.lines().count());
}

fn listen(host: &Host) -> TcpListener {
    let listener = host.enter(|| std::net::TcpListener::bind((host.ip(), 7)));
    let listener = listener.expect("the port is free");
    listener.set_nonblocking(true).expect("a socket");
    TcpListener::from_std(listener).expect("a socket")
}

/// A connection from a host; `None` where it is not made in time.
async fn connect(from: &Host, to: SocketAddr, within: Duration) -> Option<TcpStream> {
    let from = from.clone();
    let connect = move || from.enter(|| std::net::TcpStream::connect_timeout(&to, within));
    let stream = tokio::task::spawn_blocking(connect)
        .await
        .expect("it ends")
        .ok()?;
    stream.set_nonblocking(true).expect("a socket");
    Some(TcpStream::from_std(stream).expect("a socket"))
}

/// Whether a byte gets from one end of a connection to the other in time.
async fn passes(from: &mut TcpStream, to: &mut TcpStream, within: Duration) -> bool {
    from.write_all(b"x")
        .await
        .expect("nobody is told of what is dropped");
    let mut byte = [0];
    timeout(within, to.read_exact(&mut byte)).await.is_ok()
}
