use groupkeeper_gateway::LimitSettings;

use crate::client::{find, with_length};
use crate::log::Log;
use crate::server::{Server, coordinators};

/// Frames that break a rule, with what the log should say of each.
fn frames() -> Vec<(Vec<u8>, &'static str)> {
    let head = [0, 10, 0, 4, 0, 0, 0, 1, 0xff, 0xff, 0];
    let find = |rest: &[u8]| with_length(&[&head[..], rest].concat());
    let keys_2_31 = find(&[0, 0xff, 0xff, 0xff, 0xff, 0x07, 0]);
    assert_eq!(keys_2_31.len(), 22);
    vec![
        (keys_2_31, "it ends 2147483645 bytes too early"),
        (find(&[0, 0x90, 0x4e, 0]), "it ends"),
        (find(&[0, 2, 0, 0]), "a name is null"),
        (find(&[0, 0, 0]), "keys is null"),
        (
            find(&[0, 1, 0xff, 0xff, 0xff, 0xff, 0x7f]),
            "variable length",
        ),
        (find(&[0, 1, 0xff, 1]), "it ends 1 bytes too early"),
        (find(&[0, 1, 0, 0]), "1 bytes follow"),
        (
            with_length(&[0, 10, 0, 0, 0, 0, 0, 1, 0xff, 0xfe]),
            "a length is -2",
        ),
        (
            with_length(&[0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0x80, 0, 0, 0]),
            "-2147483648",
        ),
        (with_length(&[0, 10, 0xff, 0xff, 0, 0, 0, 1]), "version -1"),
        (
            with_length(&[0, 19, 0, 0, 0, 0, 0, 1, 0xff, 0xff]),
            "does not answer that API",
        ),
        (
            with_length(&[0, 11, 0, 10, 0, 0, 0, 1, 0xff, 0xff]),
            "version 10 is not answered, and 0 to 9 are",
        ),
        (
            with_length(&[0, 15, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]),
            "it ends 2147483647 bytes too early",
        ),
        (
            with_length(&[
                0, 12, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 9,
            ]),
            "1 bytes follow",
        ),
        (
            with_length(&[0x7f, 0xff, 0, 0, 0, 0, 0, 1, 0xff, 0xff]),
            "does not answer that API",
        ),
        (vec![0x7f, 0xff, 0xff, 0xff], "2147483647 bytes"),
        (vec![0xff, 0xff, 0xff, 0xff], "-1 bytes"),
        (vec![0, 0, 0, 0], "0 bytes"),
        (vec![0, 0, 0, 3, 0, 10, 0], "3 bytes"),
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), "HTTP"),
        (vec![0x16, 3, 1, 0, 0xa5, 1, 0, 0, 0xa1, 3, 3], "TLS"),
    ]
}

#[tokio::test]
async fn a_hostile_frame_closes_its_own_connection_with_one_line() {
    let log = Log::start();
    let server = Server::start(coordinators(), LimitSettings::default()).await;
    let mut good = server.client().await;
    for (frame, why) in frames() {
        assert!(good.is_answered().await);
        let mut bad = server.client().await;
        let peer = bad.0.local_addr().unwrap();
        // What came before it in the same write is still answered.
        bad.send(&[find(5, &["known"]), frame].concat()).await;
        assert_eq!(bad.found().await, (5, vec![(0, 1)]));
        bad.closed().await;
        let lines = log.wait().await;
        let [line] = &lines[..] else {
            panic!("{lines:?}")
        };
        assert!(
            line.contains(why) && line.contains(&peer.to_string()),
            "{why}: {line}"
        );
        let key = ["api_key=1", "api_key=3", "bytes, and 8 to"];
        assert!(key.iter().any(|key| line.contains(key)), "{line}");
        assert!(good.is_answered().await);
    }
}

#[tokio::test]
async fn a_crowd_of_hostile_clients_does_not_fill_the_log() {
    let log = Log::start();
    let server = Server::start(coordinators(), LimitSettings::default()).await;
    let started = tokio::time::Instant::now();
    for _ in 0..500 {
        let mut bad = server.client().await;
        bad.send(&[0xff; 4]).await;
        bad.closed().await;
    }
    let lines = log.wait().await.len();
    // 100 a second, and the seconds of the listener are not the test's.
    let most = 100 * (started.elapsed().as_secs() + 2);
    assert!(
        (100..=most).contains(&u64::try_from(lines).unwrap()),
        "{lines} of at most {most}"
    );
    assert!(server.client().await.is_answered().await);
}
