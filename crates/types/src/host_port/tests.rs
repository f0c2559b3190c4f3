use proptest::prelude::*;

use crate::{GatewayAddr, RpcAddr};

fn canonical(text: &str) -> String {
    let addr = GatewayAddr::new(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(RpcAddr::new(text).unwrap().as_str(), addr.as_str());
    addr.to_string()
}

#[test]
fn one_address_has_one_spelling() {
    for (given, expected) in [
        ("127.0.0.1:9092", "127.0.0.1:9092"),
        ("gateway-1.example_x:1", "gateway-1.example_x:1"),
        ("localhost:9092", "localhost:9092"),
        ("LOCALHOST:9092", "localhost:9092"),
        ("Gw-1.Example.NET.:9092", "gw-1.example.net:9092"),
        ("10.0.0.7.:9092", "10.0.0.7:9092"),
        ("1.2.3.4.example:9092", "1.2.3.4.example:9092"),
        ("[::1]:65535", "[::1]:65535"),
        ("[::0001]:9092", "[::1]:9092"),
        ("[0:0:0:0:0:0:0:1]:9092", "[::1]:9092"),
        ("[2001:DB8:0:0:1:0:0:1]:9092", "[2001:db8::1:0:0:1]:9092"),
        ("[2001:db8:0:1:1:1:1:1]:9092", "[2001:db8:0:1:1:1:1:1]:9092"),
        ("[::FFFF:A00:7]:9092", "[::ffff:10.0.0.7]:9092"),
    ] {
        assert_eq!(canonical(given), expected, "{given}");
        assert_eq!(GatewayAddr::new(given), GatewayAddr::new(expected));
    }
}

#[test]
fn what_nobody_can_connect_to_is_refused_with_the_reason() {
    let long_label = format!("{}.net:1", "h".repeat(64));
    let long = format!("{}h:1", "abc.".repeat(64));
    let cases = [
        ("", "no port"),
        ("host", "no port"),
        (":9092", "no host"),
        (".:9092", "no host"),
        ("0.0.0.0:9092", "wildcard"),
        ("[::]:9092", "wildcard"),
        ("[0:0:0:0:0:0:0:0]:9092", "wildcard"),
        ("[::ffff:0.0.0.0]:9092", "wildcard"),
        ("::1:9092", "no host name has"),
        ("[::1:9092", "not closed"),
        ("[fe80::1%eth0]:9092", "no IPv6 address"),
        ("[10.0.0.7]:9092", "no IPv6 address"),
        ("a b:9092", "no host name has"),
        ("a\n:9092", "no host name has"),
        ("a\0b:9092", "no host name has"),
        ("gateway-é:9092", "no host name has"),
        ("10.0.0.300:9092", "no IPv4 address"),
        ("10.0.0:9092", "no IPv4 address"),
        ("10.0.0.07:9092", "no IPv4 address"),
        ("1.2.3.4.5:9092", "no IPv4 address"),
        ("4294967295:9092", "no IPv4 address"),
        ("gateway.1:9092", "no IPv4 address"),
        ("0x7f000001:9092", "no IPv4 address"),
        ("gateway.0X1f:9092", "no IPv4 address"),
        ("a..b:9092", "nothing between two dots"),
        (".a:9092", "nothing between two dots"),
        ("a..:9092", "nothing between two dots"),
        (long_label.as_str(), "63"),
        (long.as_str(), "253"),
        ("host:0", "port"),
        ("host:+1", "port"),
        ("host:09092", "port"),
        ("host:65536", "port"),
        ("host:", "port"),
    ];
    for (bad, why) in cases {
        let error = GatewayAddr::new(bad).expect_err(bad).to_string();
        assert!(error.contains(why), "{bad:?}: {error}");
        assert!(error.contains("give HOST:PORT"), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
    let longest = format!("{}{}:1", "abc.".repeat(62), "hosts");
    assert_eq!(longest.len(), 253 + 2);
    assert_eq!(canonical(&longest), longest);
    assert_eq!(canonical(&longest.replace(":1", ".:1")), longest);
}

#[test]
fn what_a_store_has_is_the_same_gateway_and_is_written_back_as_it_stands() {
    let canonical = GatewayAddr::new("localhost:9092").unwrap();
    let json = r#""LOCALHOST.:9092""#;
    let stored: GatewayAddr = serde_json::from_str(json).unwrap();
    assert_eq!(stored, canonical);
    assert_eq!(stored.cmp(&canonical), std::cmp::Ordering::Equal);
    assert_eq!((stored.host(), stored.port()), ("localhost", 9092));
    assert_eq!(
        (stored.as_str(), stored.as_written()),
        ("localhost:9092", "LOCALHOST.:9092")
    );
    assert_eq!(stored.to_string(), "localhost:9092");
    assert_eq!(serde_json::to_string(&stored).unwrap(), json);
    assert_eq!(canonical.as_written(), "localhost:9092");
    assert_eq!(stored.into_canonical().as_written(), "localhost:9092");
    // What has its canonical spelling is kept once, and a store reads it as a person writes it.
    assert_eq!(
        GatewayAddr::stored("localhost:9092").unwrap().as_written(),
        "localhost:9092"
    );
    // What was no address stays one gateway, as it was.
    let impossible = GatewayAddr::stored("10.0.0.300:9092").unwrap();
    assert_eq!(impossible.as_str(), "10.0.0.300:9092");
    assert_eq!((impossible.host(), impossible.port()), ("10.0.0.300", 9092));
    let longest = format!("{}:1", "h".repeat(255));
    assert_eq!(GatewayAddr::stored(&longest).unwrap().as_str(), longest);
    for never_taken in [
        &format!("h{longest}"),
        "",
        "h",
        "h:0",
        "a\0b:1",
        "0.0.0.0:1",
        "[::]:1",
        "[::g]:1",
        "h:1\0H:1\0",
    ] {
        assert!(GatewayAddr::stored(never_taken).is_err(), "{never_taken}");
    }
}

/// Texts that are addresses, or nearly.
fn texts() -> impl Strategy<Value = String> {
    let host = prop_oneof![
        "[a-zA-Z0-9_.-]{1,20}",
        "([a-zA-Z0-9_-]{1,5}\\.){0,3}[a-zA-Z]{1,3}\\.?",
        "[0-9]{1,3}(\\.[0-9]{1,3}){3}\\.?",
        any::<[u16; 8]>().prop_map(|words| format!("[{}]", std::net::Ipv6Addr::from(words))),
        "\\[[0-9a-fA-F:.]{2,20}\\]",
        "\\PC{0,8}",
    ];
    let port =
        prop_oneof![4 => (1..=u16::MAX).prop_map(|port| port.to_string()), 1 => "[0-9+]{0,6}"];
    (host, port).prop_map(|(host, port)| format!("{host}:{port}"))
}

/// Other ways to write an address that is canonical.
fn respelled(addr: &GatewayAddr) -> Vec<String> {
    let port = addr.port();
    match addr.host().parse::<std::net::Ipv6Addr>() {
        Ok(ip) => {
            let full = ip.segments().map(|word| format!("{word:04X}")).join(":");
            vec![format!("[{full}]:{port}"), addr.as_str().to_uppercase()]
        }
        Err(_) => vec![
            addr.as_str().to_uppercase(),
            format!("{}.:{port}", addr.host()),
        ],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn canonical_forms_are_fixed_points_and_other_spellings_are_equal(text in texts()) {
        let Ok(addr) = GatewayAddr::new(&text) else { return Ok(()) };
        let again = GatewayAddr::new(addr.as_str()).unwrap();
        prop_assert_eq!(again.as_str(), addr.as_str());
        let host = match addr.host() {
            v6 if v6.contains(':') => format!("[{v6}]"),
            other => other.to_owned(),
        };
        prop_assert_eq!(format!("{host}:{}", addr.port()), addr.as_str());
        for other in respelled(&addr) {
            let other_addr = GatewayAddr::new(&other).unwrap();
            prop_assert_eq!(other_addr.as_str(), addr.as_str(), "{}", other);
            prop_assert_eq!(&other_addr, &addr);
        }
    }

    #[test]
    fn what_is_stored_comes_back_as_it_was_whatever_its_spelling(text in texts()) {
        let Ok(stored) = GatewayAddr::stored(&text) else {
            prop_assert!(GatewayAddr::new(&text).is_err());
            return Ok(());
        };
        prop_assert_eq!(stored.as_written(), &text);
        let json = serde_json::to_string(&stored).unwrap();
        let again: GatewayAddr = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), json);
        prop_assert_eq!(&again, &stored);
        match GatewayAddr::new(&text) {
            Ok(canonical) => prop_assert_eq!(canonical, stored),
            Err(_) => prop_assert_eq!(stored.as_str(), &text),
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,300}") {
        let _ = (GatewayAddr::new(&text), GatewayAddr::stored(&text));
    }
}
