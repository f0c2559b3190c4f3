use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use groupkeeper_types::RpcAddr;

use crate::Host;
use crate::weed_process::WeedProcess;

/// Every real `etcd` there is: what `GROUPKEEPER_ETCD` names, else what `cargo xtask setup` installed, and Debian's
/// where its package `etcd-server` is there.
///
/// # Panics
/// When the first is not there: a test on real parts is never passed over.
pub fn etcd_binaries() -> Vec<PathBuf> {
    let mut binaries = vec![installed()];
    let of_the_system = Path::new("/usr/bin/etcd");
    if of_the_system.is_file() {
        binaries.push(of_the_system.to_owned());
    }
    binaries
}

fn installed() -> PathBuf {
    let named = std::env::var_os("GROUPKEEPER_ETCD").map(PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = named.unwrap_or_else(|| root.join("target/tools/venv/bin/etcd"));
    assert!(
        path.is_file(),
        "there is no {}: run `cargo xtask setup`",
        path.display()
    );
    path
}

/// The `etcdctl` that was installed, which talks to every etcd.
pub(crate) fn etcdctl() -> PathBuf {
    installed().with_file_name("etcdctl")
}

/// Where a member of an etcd listens, and where it keeps its data.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) name: String,
    pub(crate) ip: Ipv4Addr,
    pub(crate) client: u16,
    pub(crate) peer: u16,
    /// `http` or `https`, to clients.
    pub(crate) scheme: &'static str,
    /// Where it runs, where that is not this machine itself.
    pub(crate) host: Option<Host>,
}

impl Seat {
    pub(crate) fn client_url(&self) -> String {
        format!("{}://{}:{}", self.scheme, self.ip, self.client)
    }

    pub(crate) fn peer_url(&self) -> String {
        format!("http://{}:{}", self.ip, self.peer)
    }
}

/// A member of an etcd.
#[derive(Debug)]
pub(crate) struct EtcdMember {
    pub(crate) seat: Seat,
    /// How it was started.
    program: PathBuf,
    args: Vec<OsString>,
    log: PathBuf,
    pub(crate) process: WeedProcess,
}

impl EtcdMember {
    /// Starts one of these members, with its data and its log in a directory.
    pub(crate) fn start(
        program: &Path,
        directory: &Path,
        seat: Seat,
        all: &[Seat],
        options: &[String],
    ) -> Self {
        let members = all
            .iter()
            .map(|seat| format!("{}={}", seat.name, seat.peer_url()));
        let members = members.collect::<Vec<_>>().join(",");
        let mut args = vec![
            format!("--name={}", seat.name),
            format!("--data-dir={}", directory.join(&seat.name).display()),
            format!("--listen-client-urls={}", seat.client_url()),
            format!("--advertise-client-urls={}", seat.client_url()),
            format!("--listen-peer-urls={}", seat.peer_url()),
            format!("--initial-advertise-peer-urls={}", seat.peer_url()),
            format!("--initial-cluster={members}"),
            "--initial-cluster-state=new".to_owned(),
            "--logger=zap".to_owned(),
            "--log-level=warn".to_owned(),
        ];
        args.extend(options.iter().cloned());
        let args: Vec<OsString> = args.into_iter().map(OsString::from).collect();
        let log = directory.join(format!("{}.log", seat.name));
        Self {
            process: run(&seat, &log, program, &args),
            program: program.to_owned(),
            seat,
            args,
            log,
        }
    }

    /// Starts it again as it was started, with the data that it has.
    pub(crate) fn start_again(&mut self) {
        self.process = run(&self.seat, &self.log, &self.program, &self.args);
    }

    /// Where gateways reach it.
    pub(crate) fn address(&self) -> RpcAddr {
        let text = format!("{}:{}", self.seat.ip, self.seat.client);
        RpcAddr::new(&text).expect("an address")
    }
}

fn run(seat: &Seat, log: &Path, program: &Path, args: &[OsString]) -> WeedProcess {
    let run = || WeedProcess::run(log, program, args.iter().cloned());
    match &seat.host {
        Some(host) => host.enter(run),
        None => run(),
    }
}
