use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::sync::{Mutex, PoisonError};

use super::namespace::Namespace;

/// Hosts, each with an address and a kernel's network of its own, and a wire from each to the middle,
/// where packets between two of them can be dropped: no connection is closed, and nobody is told.
///
/// This process stands in the middle: it reaches every host all the time.
#[derive(Debug)]
pub struct Network {
    middle: Namespace,
    hosts: Vec<Host>,
    /// From whom to whom no packet passes.
    dropped: Mutex<BTreeSet<(u8, u8)>>,
}

/// What stands on hosts of its own.
pub trait OnHosts {
    /// The network of its hosts, and of those of whoever uses it.
    fn network(&self) -> &Network;
}

/// One of them.
#[derive(Debug, Clone)]
pub struct Host {
    number: u8,
    namespace: Namespace,
}

impl Network {
    /// Runs a scenario on a runtime whose threads stand in the middle of a network without hosts.
    ///
    /// # Panics
    /// When the scenario does, or this machine allows no such network.
    pub fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Self) -> F + Send) {
        let middle = Namespace::new();
        middle.ip("link set lo up\n");
        middle.set("net/ipv4/ip_forward", "1");
        middle.enter(|| {
            let threads = middle.clone();
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .on_thread_start(move || threads.move_in())
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(scenario(Self {
                middle: middle.clone(),
                hosts: Vec::new(),
                dropped: Mutex::default(),
            }));
        });
    }

    /// Adds a host, which everybody reaches.
    ///
    /// # Panics
    /// When there are more than 99.
    pub fn host(&mut self) -> Host {
        let number = u8::try_from(self.hosts.len() + 1).expect("few hosts");
        assert!(number <= 99, "too many hosts");
        let host = Host {
            number,
            namespace: Namespace::new(),
        };
        let (own, middle) = (host.ip(), Ipv4Addr::new(10, 77, number, 1));
        let path = host.namespace.path();
        self.middle.ip(&format!(
            "link add name host{number} type veth peer name eth0 netns {}\n\
             addr add {middle}/24 dev host{number}\n\
             link set host{number} up\n",
            path.display()
        ));
        host.namespace.ip(&format!(
            "link set lo up\n\
             addr add {own}/24 dev eth0\n\
             link set eth0 up\n\
             route add default via {middle}\n"
        ));
        self.hosts.push(host.clone());
        host
    }

    /// Drops every packet from some hosts to others, from now on.
    ///
    /// # Panics
    /// When the machine refuses.
    pub fn drop_packets(&self, from: &[Host], to: &[Host]) {
        let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = String::new();
        for (from, to) in pairs(from, to) {
            if dropped.insert((from.number, to.number)) {
                let (preference, from, to) = (preference(from, to), from.ip(), to.ip());
                let _ = writeln!(
                    lines,
                    "rule add pref {preference} from {from} to {to} blackhole"
                );
            }
        }
        self.middle.ip(&lines);
    }

    /// Drops every packet between some hosts and others, from now on.
    ///
    /// # Panics
    /// When the machine refuses.
    pub fn cut(&self, some: &[Host], others: &[Host]) {
        self.drop_packets(some, others);
        self.drop_packets(others, some);
    }

    /// All packets pass again.
    ///
    /// # Panics
    /// When the machine refuses.
    pub fn heal(&self) {
        let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |number: u8| self.hosts.iter().find(|host| host.number == number);
        let mut lines = String::new();
        for (from, to) in std::mem::take(&mut *dropped) {
            if let (Some(from), Some(to)) = (of(from), of(to)) {
                let _ = writeln!(lines, "rule del pref {}", preference(from, to));
            }
        }
        self.middle.ip(&lines);
    }

    /// All hosts but these.
    pub fn others(&self, these: &[Host]) -> Vec<Host> {
        let is_one = |host: &&Host| these.iter().any(|one| one.number == host.number);
        self.hosts
            .iter()
            .filter(|host| !is_one(host))
            .cloned()
            .collect()
    }
}

impl Host {
    /// Its address, which everybody reaches whose packets are not dropped.
    pub const fn ip(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 77, self.number, 2)
    }

    /// Does something there: a process that is started stays there.
    pub fn enter<T: Send>(&self, act: impl FnOnce() -> T + Send) -> T {
        self.namespace.enter(act)
    }

    /// Closes its connections to others, as a kernel does that was told to give up soon. The others are
    /// told where packets pass.
    ///
    /// # Panics
    /// When its kernel can't do that.
    pub fn close_connections(&self, to: &[Self]) {
        for other in to {
            self.namespace.close_connections(other.ip());
        }
    }

    /// Sets a parameter of its network: `net/ipv4/tcp_retries2`, say.
    pub fn set(&self, name: &str, value: &str) {
        self.namespace.set(name, value);
    }
}

/// Every two different hosts.
fn pairs<'a>(from: &'a [Host], to: &'a [Host]) -> impl Iterator<Item = (&'a Host, &'a Host)> {
    let all = from
        .iter()
        .flat_map(move |from| to.iter().map(move |to| (from, to)));
    all.filter(|(from, to)| from.number != to.number)
}

/// Where the rule that drops packets from one to the other stands: before all the others.
fn preference(from: &Host, to: &Host) -> u32 {
    1 + u32::from(from.number) * 100 + u32::from(to.number)
}
