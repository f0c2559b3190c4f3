use super::*;

fn given(listen: &str, advertise: Option<&str>, rpc: Option<&str>) -> Addresses {
    Addresses {
        listen: listen.parse().expect(listen),
        advertise: advertise.map(|addr| addr.parse().expect(addr)),
        rpc: rpc.map(|addr| addr.parse().expect(addr)),
    }
}

/// Where a lone gateway listens for RPC, and what it advertises to clients and gateways.
fn one(listen: &str, advertise: Option<&str>, rpc: Option<&str>) -> (String, String, String) {
    let plans = GatewayPlan::consecutive(&given(listen, advertise, rpc), 1).unwrap();
    let [plan] = plans.as_slice() else {
        panic!("one gateway, and not {plans:?}")
    };
    let (addr, reached) = plan.advertised(plan.kafka.port(), plan.rpc.port()).unwrap();
    (plan.rpc.to_string(), addr.to_string(), reached.to_string())
}

fn refused(first: &Addresses, count: u16) -> String {
    GatewayPlan::consecutive(first, count)
        .unwrap_err()
        .to_string()
}

#[test]
fn what_is_not_given_follows_from_the_rest() {
    let cases = [
        (
            ("127.0.0.1:9092", None, None),
            ("127.0.0.1:19092", "127.0.0.1:9092", "127.0.0.1:19092"),
        ),
        // Listening on every address, and reached under one.
        (
            ("0.0.0.0:9092", Some("gw:30092"), None),
            ("0.0.0.0:19092", "gw:30092", "gw:19092"),
        ),
        (
            ("[::]:9092", Some("[::1]:9"), None),
            ("[::]:19092", "[::1]:9", "[::1]:19092"),
        ),
        // A network of their own for gateways.
        (
            ("127.0.0.1:1", Some("gw:2"), Some("10.0.0.1:3")),
            ("10.0.0.1:3", "gw:2", "10.0.0.1:3"),
        ),
        (
            ("127.0.0.1:1", Some("gw:2"), Some("0.0.0.0:3")),
            ("0.0.0.0:3", "gw:2", "gw:3"),
        ),
        (
            ("127.0.0.1:1", None, Some("0.0.0.0:3")),
            ("0.0.0.0:3", "127.0.0.1:1", "127.0.0.1:3"),
        ),
    ];
    for ((listen, advertise, rpc), (rpc_listen, addr, reached)) in cases {
        let expected = (rpc_listen.to_owned(), addr.to_owned(), reached.to_owned());
        assert_eq!(
            one(listen, advertise, rpc),
            expected,
            "{listen} {advertise:?} {rpc:?}"
        );
    }
}

#[test]
fn gateways_take_consecutive_ports() {
    let first = given("127.0.0.1:9092", Some("gw:5"), None);
    let plans = GatewayPlan::consecutive(&first, 3).unwrap();
    let ports = |plan: &GatewayPlan| {
        let advertised = plan.advertised(plan.kafka.port(), plan.rpc.port()).unwrap();
        (
            plan.kafka.port(),
            plan.rpc.port(),
            advertised.0.port(),
            advertised.1.port(),
        )
    };
    let ports: Vec<_> = plans.iter().map(ports).collect();
    assert_eq!(
        ports,
        [
            (9092, 19092, 5, 19092),
            (9093, 19093, 6, 19093),
            (9094, 19094, 7, 19094)
        ]
    );
}

#[test]
fn of_port_0_every_gateway_gets_its_own_and_advertises_the_real_one() {
    let plans = GatewayPlan::consecutive(&given("127.0.0.1:0", None, None), 2).unwrap();
    assert_eq!(plans[0], plans[1]);
    assert_eq!((plans[0].kafka.port(), plans[0].rpc.port()), (0, 0));
    let (addr, rpc) = plans[0].advertised(4, 5).unwrap();
    assert_eq!(
        (addr.as_str(), rpc.as_str()),
        ("127.0.0.1:4", "127.0.0.1:5")
    );
}

#[test]
fn what_can_t_work_is_refused_with_the_flag_that_mends_it() {
    let cases = [
        (
            given("0.0.0.0:9092", None, None),
            1,
            "add --advertise HOST:PORT",
        ),
        (
            given("[::]:9092", None, None),
            1,
            "add --advertise HOST:PORT",
        ),
        (
            given("127.0.0.1:55536", None, None),
            1,
            "is 65536 (the Kafka port + 10000)",
        ),
        (
            given("127.0.0.1:55536", None, None),
            1,
            "with --rpc HOST:PORT",
        ),
        (
            given("127.0.0.1:55534", None, None),
            3,
            "first port with --listen",
        ),
        (
            given("127.0.0.1:65534", None, Some("127.0.0.1:1")),
            3,
            "65534 to 65536",
        ),
        (
            given("127.0.0.1:1", None, Some("127.0.0.1:65535")),
            2,
            "first port with --rpc",
        ),
        (
            given("127.0.0.1:1", Some("gw:65535"), None),
            2,
            "first port with --advertise",
        ),
        (
            given("127.0.0.1:5", None, Some("127.0.0.1:6")),
            2,
            "both want port 6",
        ),
        (
            given("127.0.0.1:5", None, Some("127.0.0.1:5")),
            1,
            "give --rpc another one",
        ),
    ];
    for (first, count, expected) in cases {
        let error = refused(&first, count);
        assert!(error.contains(expected), "{first:?}: {error}");
    }
    let edge = given("127.0.0.1:55535", None, None);
    assert!(GatewayPlan::consecutive(&edge, 1).is_ok());
}
