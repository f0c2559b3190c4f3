use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::Fleet;
use super::kafka::KafkaClient;
use crate::history::Answer;

/// Clients that ask for new groups, one after the other, at whichever gateway answers.
#[derive(Debug)]
pub struct Load {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Shared {
    over: AtomicBool,
    answered: AtomicUsize,
    failed: AtomicUsize,
}

/// What became of the groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// So many got a coordinator.
    pub answered: usize,
    /// So many got none within [`Load::PATIENCE`].
    pub failed: usize,
}

impl Load {
    /// How long a client goes on asking, at one gateway after the other.
    pub const PATIENCE: Duration = Duration::from_secs(5);

    /// So many clients, from now on.
    pub fn start(fleet: &Fleet, clients: usize) -> Self {
        let shared = Arc::<Shared>::default();
        let gateways: Vec<String> = fleet
            .nodes
            .iter()
            .map(|n| n.serve.kafka().to_owned())
            .collect();
        let mut tasks = JoinSet::new();
        for client in 0..clients {
            tasks.spawn(ask(client, gateways.clone(), Arc::clone(&shared)));
        }
        Self { shared, tasks }
    }

    /// Ends when each client has its last answer.
    pub async fn stop(self) -> Done {
        self.shared.over.store(true, Ordering::Relaxed);
        self.tasks.join_all().await;
        Done {
            answered: self.shared.answered.load(Ordering::Relaxed),
            failed: self.shared.failed.load(Ordering::Relaxed),
        }
    }
}

async fn ask(client: usize, gateways: Vec<String>, shared: Arc<Shared>) {
    let mut gateways: Vec<_> = gateways.iter().map(|addr| KafkaClient::new(addr)).collect();
    let mut place = client;
    let mut number = 0;
    while !shared.over.load(Ordering::Relaxed) {
        let group = format!("load-{client}-{number}");
        number += 1;
        let deadline = Instant::now() + Load::PATIENCE;
        let count = gateways.len();
        loop {
            if let Answer::At(_) = gateways[place % count].find(&group).await {
                shared.answered.fetch_add(1, Ordering::Relaxed);
                break;
            }
            if Instant::now() >= deadline {
                shared.failed.fetch_add(1, Ordering::Relaxed);
                break;
            }
            place += 1;
            sleep(Duration::from_millis(50)).await;
        }
        sleep(Duration::from_millis(20)).await;
    }
}
