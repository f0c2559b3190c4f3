use std::net::{IpAddr, SocketAddr};

use groupkeeper_assignment_store::GatewayRecord;

use crate::backend_spec::BackendSpec;

/// A gateway that only this machine reaches, and a store that gateways of others share with it: what
/// to tell people about it, if anything.
pub(super) fn doubt(
    backend: &BackendSpec,
    me: &GatewayRecord,
    kafka: SocketAddr,
    rpc: SocketAddr,
) -> Option<String> {
    let store = match backend {
        BackendSpec::SeaweedFs(masters) => {
            let far = masters.iter().find(|master| !is_here(master.host()))?;
            format!("master {far}")
        }
        BackendSpec::Etcd(members) => {
            let far = members.iter().find(|member| !is_here(member.host()))?;
            format!("member {far}")
        }
        BackendSpec::Embedded(_) | BackendSpec::Memory => return None,
    };
    let (what, cure) = if is_here(me.addr.host()) {
        let what = format!("clients and gateways are told that it is at {}", me.addr);
        (what, "--listen 0.0.0.0:PORT --advertise HOST:PORT")
    } else if is_here(me.rpc.host()) {
        let what = format!("other gateways are told that it is at {}", me.rpc);
        (what, "--rpc HOST:PORT")
    } else if kafka.ip().is_loopback() {
        (format!("it listens on {kafka}"), "--listen 0.0.0.0:PORT")
    } else if rpc.ip().is_loopback() {
        (format!("it listens on {rpc}"), "--rpc 0.0.0.0:PORT")
    } else {
        return None;
    };
    Some(format!(
        "{what}, which only this machine reaches, and the store is elsewhere ({store}): if \
         other machines are to reach it, give {cure}"
    ))
}

/// Whether a host stands for the machine that asks.
fn is_here(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    match host.parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use groupkeeper_types::{GatewayAddr, Incarnation, RpcAddr};

    use super::*;

    fn told(backend: &str, addr: &str, rpc: &str, listens: &str) -> Option<String> {
        let me = GatewayRecord {
            addr: GatewayAddr::new(addr).unwrap(),
            incarnation: Incarnation::new(1),
            rpc: RpcAddr::new(rpc).unwrap(),
        };
        let listens: IpAddr = listens.parse().unwrap();
        let at = |port| SocketAddr::new(listens, port);
        doubt(&backend.parse().unwrap(), &me, at(9092), at(19092))
    }

    #[test]
    fn who_shares_a_store_with_other_machines_and_is_reached_from_none_is_told_what_to_give() {
        let far = "seaweedfs:127.0.0.1:9333,filer.example:9333";
        for (addr, rpc, listens, cure) in [
            ("localhost:9092", "gw:19092", "0.0.0.0", "--advertise"),
            (
                "127.0.0.7:9092",
                "127.0.0.7:19092",
                "127.0.0.7",
                "--advertise",
            ),
            ("[::1]:9092", "[::1]:19092", "::1", "--advertise"),
            ("gw:9092", "127.0.0.1:19092", "0.0.0.0", "--rpc HOST:PORT"),
            ("gw:9092", "gw:19092", "127.0.0.1", "--listen 0.0.0.0:PORT"),
        ] {
            let told = told(far, addr, rpc, listens).unwrap_or_default();
            assert!(told.contains(cure), "{addr}: {told}");
            assert!(told.contains("filer.example:9333"), "{addr}: {told}");
        }
        assert_eq!(told(far, "gw:9092", "gw:19092", "0.0.0.0"), None);
        let etcd = told(
            "etcd:etcd-1.example:2379",
            "localhost:9092",
            "gw:19092",
            "0.0.0.0",
        );
        let etcd = etcd.unwrap_or_default();
        assert!(etcd.contains("member etcd-1.example:2379"), "{etcd}");
    }

    #[test]
    fn on_one_machine_there_is_nothing_to_tell() {
        for backend in [
            "seaweedfs:localhost:9333",
            "etcd:[::1]:2379",
            "memory:",
            "embedded:x",
        ] {
            let told = told(backend, "127.0.0.1:9092", "127.0.0.1:19092", "127.0.0.1");
            assert_eq!(told, None, "{backend}");
        }
    }
}
