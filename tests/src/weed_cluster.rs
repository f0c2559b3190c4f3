use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::AssignmentStore;
use groupkeeper_seaweedfs::{SeaweedConfig, SeaweedFs, ServerAddress};
use groupkeeper_types::Nonce;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::weed_ports::free_port;
use crate::weed_process::WeedProcess;
use crate::{Stored, WeedFiler, eventually};

/// A real SeaweedFS on this machine: a master, a volume server, and filers with a store each. All
/// of it is gone when this value is.
#[derive(Debug)]
pub struct WeedCluster {
    filers: Vec<Filer>,
    volume: WeedProcess,
    master: WeedProcess,
    master_address: ServerAddress,
    /// Last, so that nobody writes into it any more when it is removed.
    directory: TempDir,
}

#[derive(Debug)]
struct Filer {
    address: ServerAddress,
    /// Options beyond those every filer gets.
    options: Vec<String>,
    process: WeedProcess,
}

/// Enough keys to tell whether filers agree on who decides what.
const KEYS: usize = 16;

impl WeedCluster {
    /// Starts one with so many filers, and waits until it works: every filer is known to the
    /// master, and all agree on who decides.
    ///
    /// # Panics
    /// When it does not work within a minute.
    pub async fn start(filers: usize) -> Self {
        Self::start_with(filers, &[]).await
    }

    /// As [`start`](Self::start), with more options for each filer.
    ///
    /// # Panics
    /// When it does not work within a minute.
    pub async fn start_with(filers: usize, filer_options: &[&str]) -> Self {
        let mut cluster = Self::without_filers().await;
        for _ in 0..filers {
            cluster.start_filer(filer_options).await;
        }
        cluster.ready().await;
        cluster
    }

    async fn without_filers() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| directory.path().join(name);
        let master_address = local(free_port());
        for name in ["m", "v"] {
            std::fs::create_dir(at(name)).expect("a directory");
        }
        let master = WeedProcess::start(
            &at("master.log"),
            &[
                "master".to_owned(),
                "-ip=127.0.0.1".to_owned(),
                format!("-port={}", master_address.port()),
                format!("-mdir={}", at("m").display()),
            ],
        );
        let volume = WeedProcess::start(
            &at("volume.log"),
            &[
                "volume".to_owned(),
                "-ip=127.0.0.1".to_owned(),
                format!("-port={}", free_port()),
                format!("-dir={}", at("v").display()),
                "-max=5".to_owned(),
                format!("-master={master_address}"),
            ],
        );
        let cluster = Self {
            filers: Vec::new(),
            volume,
            master,
            master_address,
            directory,
        };
        cluster.master_leads().await;
        cluster
    }

    /// A filer that asks a master too early asks again only a second later.
    async fn master_leads(&self) {
        eventually("the master leads", async || {
            let leads = leads(Ipv4Addr::LOCALHOST, self.master_address.port()).await;
            leads.then_some(())
        })
        .await;
    }

    /// Starts one more filer, with an empty store, and returns its number once it answers. It may
    /// not have caught up with the others by then.
    ///
    /// A filer ends at once when one that the master knows does not answer, so no two start
    /// together.
    ///
    /// # Panics
    /// When it does not answer within a minute.
    pub async fn start_filer(&mut self, options: &[&str]) -> usize {
        let number = self.filers.len();
        let address = local(free_port());
        let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        std::fs::create_dir(self.store(number)).expect("a directory");
        let process = self.filer_process(number, &address, &options);
        self.filers.push(Filer {
            address,
            options,
            process,
        });
        self.answers(number).await;
        number
    }

    /// Waits until a filer answers.
    ///
    /// # Panics
    /// When it does not within a minute.
    pub async fn answers(&self, number: usize) {
        let filer = self.filer(number);
        eventually(&format!("filer {number} answers"), async || {
            filer.try_names("/").await.ok()
        })
        .await;
    }

    fn filer_process(
        &self,
        number: usize,
        address: &ServerAddress,
        options: &[String],
    ) -> WeedProcess {
        let store = self.store(number);
        let mut args = vec![
            "filer".to_owned(),
            "-ip=127.0.0.1".to_owned(),
            format!("-port={}", address.port()),
            format!("-master={}", self.master_address),
            format!("-defaultStoreDir={}", store.display()),
            format!("-localSocket={}", store.join("socket").display()),
        ];
        args.extend_from_slice(options);
        WeedProcess::start(
            &self.directory.path().join(format!("filer-{number}.log")),
            &args,
        )
    }

    fn store(&self, number: usize) -> PathBuf {
        self.directory.path().join(format!("filer-{number}"))
    }

    /// Waits until all filers agree on who decides, and each sees what another one writes.
    ///
    /// # Panics
    /// When they don't within a minute.
    pub async fn ready(&self) {
        let all: Vec<usize> = (0..self.filers.len()).collect();
        self.agreed(&all).await;
        for &from in &all {
            let name = Nonce::random().to_string();
            self.filer(from).write("/heard", &name, b"x").await;
            for &to in &all {
                let filer = self.filer(to);
                eventually(&format!("filer {to} hears of filer {from}"), async || {
                    filer.read("/heard", &name).await.ok()
                })
                .await;
            }
        }
    }

    /// Waits until these filers agree on who decides, and decide for themselves: no other one does.
    ///
    /// # Panics
    /// When they don't within a minute.
    pub async fn agreed(&self, filers: &[usize]) {
        let asked = filers.iter().map(|&number| {
            let address = self.filer_address(number).clone();
            (self.filer(number), address)
        });
        agreed(&asked.collect::<Vec<_>>()).await;
    }

    /// Waits until transactions, too, go to the filers that decide on the locks: for five seconds
    /// after filers came or went they still go to those that decided before.
    pub async fn settled(&self) {
        tokio::time::sleep(Duration::from_secs(6)).await;
    }

    /// How to connect to it: the default fleet, with default timeouts. Decisions do not wait until a filer
    /// has stood for some time, as they must where somebody may decide at another one.
    pub fn config(&self) -> SeaweedConfig {
        let mut config = SeaweedConfig::new(vec![self.master_address.clone()]);
        config.settle = Duration::ZERO;
        config
    }

    /// Where the master listens.
    pub const fn master(&self) -> &ServerAddress {
        &self.master_address
    }

    /// Where a filer listens.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn filer_address(&self, number: usize) -> &ServerAddress {
        &self.filers[number].address
    }

    /// A filer, to be asked directly.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn filer(&self, number: usize) -> WeedFiler {
        WeedFiler::at_port(self.filers[number].address.grpc_port())
    }

    /// The number of the filer that decides on a key.
    ///
    /// # Panics
    /// When none says so within a minute.
    pub async fn decider(&self, key: &str) -> usize {
        eventually("a filer says who decides", async || {
            let named = self.filer(0).decides(key, self.filer_address(0)).await?;
            self.filers.iter().position(|filer| filer.address == named)
        })
        .await
    }

    /// Every assignment file of the default fleet, with what it holds.
    ///
    /// # Panics
    /// When the first filer fails.
    pub async fn assignment_files(&self) -> BTreeMap<String, Vec<u8>> {
        const DIRECTORY: &str = "/topics/kafka/.meta/coordinators";
        let filer = self.filer(0);
        let mut files = BTreeMap::new();
        for name in filer.names(DIRECTORY).await {
            let content = filer.read(DIRECTORY, &name).await.expect("it was listed");
            files.insert(name, content);
        }
        files
    }

    /// Kills a filer as a crash would.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn kill_filer(&self, number: usize) {
        self.filers[number].process.kill();
    }

    /// Makes a filer hang: it still takes connections, and never answers.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn stop_filer(&self, number: usize) {
        self.filers[number].process.stop();
    }

    /// Lets a filer go on that was made to hang.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn cont_filer(&self, number: usize) {
        self.filers[number].process.cont();
    }

    /// Starts a filer again, on the store it had, and waits until it answers.
    ///
    /// # Panics
    /// When there are not so many, or it does not answer within a minute.
    pub async fn restart_filer(&mut self, number: usize) {
        self.filers[number].process.kill();
        let (address, options) = {
            let filer = &self.filers[number];
            (filer.address.clone(), filer.options.clone())
        };
        self.filers[number].process = self.filer_process(number, &address, &options);
        self.answers(number).await;
    }

    /// Makes the master hang.
    pub fn stop_master(&self) {
        self.master.stop();
    }

    /// Lets the master go on that was made to hang.
    pub fn cont_master(&self) {
        self.master.cont();
    }

    /// Where logs and stores stand.
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }
}

impl Stored for WeedCluster {
    fn store(&self) -> Arc<dyn AssignmentStore> {
        SeaweedFs::connect(self.config())
    }
}

impl Drop for WeedCluster {
    #[allow(clippy::print_stderr, reason = "shown with the test that failed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            let filers = self.filers.iter().map(|filer| &filer.process);
            for process in [&self.master, &self.volume].into_iter().chain(filers) {
                eprintln!("{}", process.last_words());
            }
        }
    }
}

/// Whether a master says that it leads the masters.
pub(crate) async fn leads(host: Ipv4Addr, port: u16) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect((host, port)).await.ok()?;
        let question = b"GET /cluster/status HTTP/1.0\r\n\r\n";
        stream.write_all(question).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        Some(answer.contains(r#""IsLeader":true"#))
    };
    let answer = timeout(Duration::from_secs(1), ask).await;
    answer.ok().flatten().unwrap_or(false)
}

/// Waits until filers agree on who decides, and decide for themselves: no other one does.
///
/// # Panics
/// When they don't within a minute.
pub(crate) async fn agreed(filers: &[(WeedFiler, ServerAddress)]) {
    eventually("the filers agree on who decides", async || {
        for key in 0..KEYS {
            let key = format!("key-{key}");
            let mut named = Vec::new();
            for (filer, own) in filers {
                named.push(filer.decides(&key, own).await?);
            }
            let first = named.first()?;
            let among = filers.iter().any(|(_, own)| own == first);
            if !among || named.iter().any(|other| other != first) {
                return None;
            }
        }
        Some(())
    })
    .await;
}

fn local(port: u16) -> ServerAddress {
    ServerAddress::new(&format!("127.0.0.1:{port}")).expect("a port with a gRPC port")
}
