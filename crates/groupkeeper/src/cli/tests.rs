use clap::{CommandFactory as _, Parser as _};

use super::*;
use crate::backend_spec::BackendSpec;
use crate::group_calls::GroupCalls;

fn parsed(line: &str) -> Command {
    let words = std::iter::once("groupkeeper").chain(line.split(' '));
    Cli::try_parse_from(words).expect(line).command
}

fn refused(line: &str) -> String {
    let words = std::iter::once("groupkeeper").chain(line.split(' '));
    Cli::try_parse_from(words).expect_err(line).to_string()
}

#[test]
fn the_definition_holds() {
    Cli::command().debug_assert();
}

#[test]
fn nothing_but_the_command_is_needed() {
    let Command::Serve(serve) = parsed("serve") else {
        panic!("another command")
    };
    assert_eq!(serve.addresses.listen.to_string(), "127.0.0.1:9092");
    assert_eq!(
        (serve.addresses.advertise, serve.addresses.rpc),
        (None, None)
    );
    assert_eq!(
        serve.store.backend,
        BackendSpec::Embedded("./groupkeeper-data".into())
    );
    assert_eq!(
        (
            serve.store.fleet,
            serve.store.placement.name(),
            serve.store.timing.name()
        ),
        (None, "rendezvous", "default")
    );
    assert_eq!(serve.store.group_calls, GroupCalls::Serve);

    let Command::Fleet(fleet) = parsed("fleet") else {
        panic!("another command")
    };
    assert_eq!((fleet.gateways, fleet.addresses.listen.port()), (3, 9092));

    let Command::Find(find) = parsed("find a b") else {
        panic!("another command")
    };
    let groups: Vec<_> = find.groups.iter().map(ToString::to_string).collect();
    assert_eq!(groups, ["a", "b"]);
    assert_eq!(find.query.server.as_str(), "127.0.0.1:19092");
    assert_eq!(
        (find.query.output, find.wait.as_secs()),
        (OutputFormat::Table, 10)
    );

    let Command::Drain(drain) = parsed("drain gw:9092") else {
        panic!("another command")
    };
    assert_eq!(drain.gateway.as_str(), "gw:9092");
    assert_eq!(drain.query.server.as_str(), "127.0.0.1:19092");
    assert_eq!(
        (drain.query.output, drain.wait.as_secs()),
        (OutputFormat::Table, 30)
    );
}

#[test]
fn every_option_is_taken() {
    let line = "serve --listen 0.0.0.0:1 --advertise gw:2 --rpc 0.0.0.0:3 --fleet blue \
                --backend seaweedfs:a:9333,b:9333 --placement modulo --load-cap 10 --timing reference --group-calls memory";
    let Command::Serve(serve) = parsed(line) else {
        panic!("another command")
    };
    assert_eq!(serve.addresses.advertise.unwrap().as_str(), "gw:2");
    assert_eq!(serve.addresses.rpc.unwrap().to_string(), "0.0.0.0:3");
    assert_eq!(serve.store.fleet.unwrap().as_str(), "blue");
    assert_eq!(serve.store.group_calls, GroupCalls::Memory);
    assert_eq!(serve.store.backend.to_string(), "seaweedfs:a:9333,b:9333");
    assert_eq!(serve.store.placement.name(), "modulo");
    assert_eq!(serve.store.load_cap, Some(10));
    assert_eq!(serve.store.timing.name(), "reference");

    let line = "serve --backend etcd:a:2379,b:2379 --etcd-user gk --etcd-password-file /run/pw";
    let Command::Serve(serve) = parsed(line) else {
        panic!("another command")
    };
    assert_eq!(serve.store.backend.to_string(), "etcd:a:2379,b:2379");
    let login = serve.store.etcd.login().unwrap();
    assert_eq!(
        (login.user.as_str(), login.password_file.to_str()),
        ("gk", Some("/run/pw"))
    );

    let line = "status --server gw:19092 --output json";
    let Command::Status(status) = parsed(line) else {
        panic!("another command")
    };
    assert_eq!(
        (status.server.as_str(), status.output),
        ("gw:19092", OutputFormat::Json)
    );
}

#[test]
fn bad_input_is_answered_with_its_flag_and_what_to_give() {
    for (line, flag, cure) in [
        ("serve --listen 9092", "--listen", "give HOST:PORT"),
        (
            "serve --listen 127.0.0.1:99999",
            "--listen",
            "from 0 to 65535",
        ),
        (
            "serve --advertise 0.0.0.0:9092",
            "--advertise",
            "where to listen, not where to connect",
        ),
        ("serve --advertise gw", "--advertise", "give HOST:PORT"),
        ("serve --rpc :1", "--rpc", "it has no host"),
        ("serve --backend etcd:x", "--backend", "give HOST:PORT"),
        (
            "serve --backend zookeeper:x:1",
            "--backend",
            "give embedded:DIR, memory:, seaweedfs:",
        ),
        (
            "serve --backend etcd:x:1 --etcd-user a",
            "--etcd-password-file",
            "required",
        ),
        ("serve --fleet a/b", "--fleet", "letters, digits"),
        ("serve --placement random", "--placement", "`modulo`"),
        (
            "serve --timing fast",
            "--timing",
            "`default` or `reference`",
        ),
        ("fleet --gateways 0", "--gateways", "1..=100"),
        ("fleet --gateways 101", "--gateways", "1..=100"),
        ("fleet --gateways many", "--gateways", "invalid digit"),
        ("find", "<GROUP>", "required"),
        (
            "find a --wait=-1",
            "--wait",
            "give whole seconds, 0 to 3600",
        ),
        (
            "find a --wait 3601",
            "--wait",
            "give whole seconds, 0 to 3600",
        ),
        ("drain", "<GATEWAY>", "required"),
        ("drain gw-1", "<GATEWAY>", "give HOST:PORT"),
        (
            "drain gw:1 --wait 3601",
            "--wait",
            "give whole seconds, 0 to 3600",
        ),
        ("find a --server x", "--server", "give HOST:PORT"),
        ("status --output yaml", "--output", "json"),
        ("servee", "servee", "serve"),
        ("serve --listn x", "--listn", "--listen"),
    ] {
        let error = refused(line);
        assert!(error.contains(flag), "{line}: {error}");
        assert!(error.contains(cure), "{line}: {error}");
    }
    let empty = Cli::try_parse_from(["groupkeeper", "find", ""]).unwrap_err();
    assert!(
        empty.to_string().contains("the group name is empty"),
        "{empty}"
    );
}
