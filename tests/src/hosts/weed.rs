use std::path::{Path, PathBuf};

use groupkeeper_seaweedfs::ServerAddress;
use groupkeeper_types::Nonce;
use tempfile::TempDir;

use super::{Host, Network, OnHosts};
use crate::weed_cluster::{agreed, leads};
use crate::weed_process::WeedProcess;
use crate::{WeedFiler, eventually};

/// The usual ports: each host has all of its own.
const MASTER: u16 = 9333;
const VOLUME: u16 = 8080;
const FILER: u16 = 8888;

/// How many of each there are; each has a host to itself.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Masters; on the first one's host stands the volume server too.
    pub masters: usize,
    /// More options for each of them.
    pub master_options: &'static [&'static str],
    /// Filers, with a store each.
    pub filers: usize,
    /// Gateways.
    pub gateways: usize,
}

/// A real SeaweedFS with a host for each master and each filer.
#[derive(Debug)]
pub struct HostedWeed {
    /// All hosts, also those of whoever uses it.
    pub network: Network,
    filers: Vec<Server>,
    masters: Vec<Server>,
    _volume: WeedProcess,
    /// Last, so that nobody writes into it any more when it is removed.
    directory: TempDir,
}

#[derive(Debug)]
struct Server {
    host: Host,
    address: ServerAddress,
    process: WeedProcess,
}

impl HostedWeed {
    /// Starts it, and waits until one master leads, every filer is known to it, and all filers agree on
    /// who decides and hear of each other's writes.
    ///
    /// # Panics
    /// When it does not work within a minute.
    pub async fn start(mut network: Network, layout: Layout) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| {
            let path = directory.path().join(name);
            std::fs::create_dir(&path).expect("a directory");
            path.display().to_string()
        };
        let hosts: Vec<Host> = (0..layout.masters).map(|_| network.host()).collect();
        let addresses: Vec<_> = hosts.iter().map(|host| address(host, MASTER)).collect();
        let all = list(&addresses);
        let log = |name: &str| directory.path().join(format!("{name}.log"));
        let masters: Vec<Server> = hosts
            .iter()
            .zip(addresses)
            .map(|(host, address)| {
                let name = format!("master-{}", host.ip());
                let peers = if layout.masters == 1 { "none" } else { &all };
                let mut args = vec!["master".to_owned(), format!("-mdir={}", at(&name))];
                args.extend([format!("-port={MASTER}"), format!("-peers={peers}")]);
                args.extend(
                    layout
                        .master_options
                        .iter()
                        .map(|&option| option.to_owned()),
                );
                let process = start(host, &log(&name), args);
                let host = host.clone();
                Server {
                    host,
                    address,
                    process,
                }
            })
            .collect();
        let mut args = vec!["volume".to_owned(), format!("-dir={}", at("volume"))];
        args.extend([
            format!("-port={VOLUME}"),
            format!("-master={all}"),
            "-max=5".to_owned(),
        ]);
        let volume = start(&hosts[0], &log("volume"), args);
        let mut weed = Self {
            network,
            filers: Vec::new(),
            masters,
            _volume: volume,
            directory,
        };
        // A filer that asks a master too early asks again only a second later.
        weed.leading_master().await;
        for _ in 0..layout.filers {
            let host = weed.network.host();
            weed.start_filer(host).await;
        }
        weed.agreed().await;
        weed
    }

    /// No two start together: a filer ends at once when one that the master knows does not answer.
    async fn start_filer(&mut self, host: Host) {
        let number = self.filers.len();
        std::fs::create_dir(self.store(number)).expect("a directory");
        let process = self.filer_process(number, &host);
        let address = address(&host, FILER);
        self.filers.push(Server {
            host,
            address,
            process,
        });
        self.answers(number).await;
    }

    fn filer_process(&self, number: usize, host: &Host) -> WeedProcess {
        let store = self.store(number);
        let args = vec![
            "filer".to_owned(),
            format!("-port={FILER}"),
            format!("-master={}", self.master_list()),
            format!("-defaultStoreDir={}", store.display()),
            format!("-localSocket={}", store.join("socket").display()),
        ];
        start(
            host,
            &self.directory.path().join(format!("filer-{number}.log")),
            args,
        )
    }

    fn store(&self, number: usize) -> PathBuf {
        self.directory.path().join(format!("filer-{number}"))
    }

    async fn answers(&self, number: usize) {
        let filer = self.filer(number);
        eventually(&format!("filer {number} answers"), async || {
            filer.try_names("/").await.ok()
        })
        .await;
    }

    /// Waits until all filers agree on who decides, and each sees what another one writes.
    ///
    /// # Panics
    /// When they don't within a minute.
    pub async fn agreed(&self) {
        let all: Vec<WeedFiler> = (0..self.filers.len())
            .map(|number| self.filer(number))
            .collect();
        let addresses = self.filers.iter().map(|filer| filer.address.clone());
        agreed(&all.iter().cloned().zip(addresses).collect::<Vec<_>>()).await;
        for from in &all {
            let name = Nonce::random().to_string();
            from.write("/heard", &name, b"x").await;
            for to in &all {
                eventually("a filer hears of another's write", async || {
                    to.read("/heard", &name).await.ok()
                })
                .await;
            }
        }
    }

    /// All masters, as gateways are told of them.
    pub fn master_list(&self) -> String {
        let masters = self.masters.iter().map(|master| master.address.clone());
        list(&masters.collect::<Vec<_>>())
    }

    /// The number of the master that leads the masters.
    ///
    /// # Panics
    /// When none, or more than one, says so within a minute.
    pub async fn leading_master(&self) -> usize {
        eventually("one master leads", async || {
            let mut leading = Vec::new();
            for (number, master) in self.masters.iter().enumerate() {
                if leads(master.host.ip(), MASTER).await {
                    leading.push(number);
                }
            }
            (leading.len() == 1).then(|| leading[0])
        })
        .await
    }

    /// A filer, to be asked directly.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn filer(&self, number: usize) -> WeedFiler {
        let address = &self.filers[number].address;
        WeedFiler::at(self.filers[number].host.ip(), address.grpc_port())
    }

    /// The number of the filer that decides on a key.
    ///
    /// # Panics
    /// When none says so within a minute.
    pub async fn decider(&self, key: &str) -> usize {
        eventually("a filer says who decides", async || {
            let named = self.filer(0).decides(key, &self.filers[0].address).await?;
            self.filers.iter().position(|filer| filer.address == named)
        })
        .await
    }

    /// Each master's host.
    pub fn masters(&self) -> Vec<Host> {
        self.masters
            .iter()
            .map(|master| master.host.clone())
            .collect()
    }

    /// Each filer's host.
    pub fn filers(&self) -> Vec<Host> {
        self.filers.iter().map(|filer| filer.host.clone()).collect()
    }
}

impl OnHosts for HostedWeed {
    fn network(&self) -> &Network {
        &self.network
    }
}

impl Drop for HostedWeed {
    #[allow(clippy::print_stderr, reason = "shown with the test that failed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            for server in self.masters.iter().chain(&self.filers) {
                eprintln!("{}", server.process.last_words());
            }
        }
    }
}

/// Starts `weed ARGS` on a host, at that host's address.
fn start(host: &Host, log: &Path, mut args: Vec<String>) -> WeedProcess {
    args.push(format!("-ip={}", host.ip()));
    host.enter(|| WeedProcess::start(log, &args))
}

fn address(host: &Host, port: u16) -> ServerAddress {
    ServerAddress::new(&format!("{}:{port}", host.ip())).expect("a port with a gRPC port")
}

fn list(addresses: &[ServerAddress]) -> String {
    let each: Vec<_> = addresses.iter().map(ToString::to_string).collect();
    each.join(",")
}
