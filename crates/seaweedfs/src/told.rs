//! What people are told about who decides: each change once, and an alarm when it does not answer.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, timeout};

use crate::ServerAddress;
use crate::deciding::settling;
use crate::proto::filer_pb::GetFilerConfigurationRequest;
use crate::rule::{Refusal, Round};
use crate::shared::Shared;

/// How long the decider may be silent before it is an alarm.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long until filers that did not answer are asked again about their stores.
const AGAIN: Duration = Duration::from_secs(30);
/// The most one question to a filer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);

/// What was told last.
#[derive(Debug, Default)]
pub(crate) struct Told {
    state: Option<State>,
    /// Since when the decider does not answer.
    silent: Option<Instant>,
    alarmed: bool,
    /// The filers that it was said of whether they share a store.
    stores: Vec<ServerAddress>,
    /// When to ask again, where some did not answer.
    stores_at: Option<Instant>,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Decides(ServerAddress),
    Settles(ServerAddress),
    Copies(ServerAddress),
    Unknown,
}

impl Told {
    pub(crate) async fn tell(&mut self, shared: &Shared, round: &Round) {
        let state = match shared.deciding.permit() {
            Ok(permit) => State::Decides(permit.decider),
            Err(Refusal::Settling(decider, missing)) => {
                let state = State::Settles(decider.clone());
                if self.state.as_ref() != Some(&state) {
                    let why = settling(&decider, missing);
                    tracing::warn!(owner = %decider, "nothing is decided yet: {why}");
                }
                state
            }
            Err(Refusal::Copying(decider, missing)) => {
                let state = State::Copies(decider.clone());
                if self.state.as_ref() != Some(&state) {
                    tracing::warn!(owner = %decider, "{}", Refusal::Copying(decider.clone(), missing));
                }
                state
            }
            Err(refusal @ Refusal::Unknown(_)) => {
                if self.state.as_ref() != Some(&State::Unknown) {
                    tracing::warn!("{refusal}");
                }
                State::Unknown
            }
        };
        if let State::Decides(decider) | State::Settles(decider) | State::Copies(decider) = &state {
            shared.filers.set_owner(decider.clone());
        }
        if let State::Decides(decider) = &state
            && self.state.as_ref() != Some(&state)
        {
            tracing::info!(owner = %decider, "this filer decides on the leader record");
            if let Some(missing) = &round.missing {
                tracing::error!(
                    %decider,
                    "ALARM: the filer that decides lacks what was decided elsewhere, and decides from now on without \
                     it: {missing}. Groups go back to whom they had before. Look at the copying between these filers"
                );
            }
        }
        self.state = Some(state);
        if let Ok(named) = &round.masters {
            self.alarm(&named.address, round.answers);
        }
        self.tell_of_stores(shared).await;
    }

    fn alarm(&mut self, decider: &ServerAddress, answers: bool) {
        if answers {
            if std::mem::take(&mut self.alarmed) {
                tracing::info!("the filer that decides answers again, or another one decides");
            }
            self.silent = None;
            return;
        }
        let silent = self.silent.get_or_insert_with(Instant::now).elapsed();
        if silent < PATIENCE || self.alarmed {
            return;
        }
        self.alarmed = true;
        tracing::error!(
            %decider,
            "ALARM: the filer that decides has not answered for {silent:?}; nothing is decided until it \
             does, or the masters drop it. They do so at once where its connection closes, as when its \
             process ends; a host that has vanished they keep for 50 to 80 s. Look at that host. \
             net.ipv4.tcp_retries2=5 on the masters' hosts makes it about 30 s"
        );
    }

    /// Says once of each set of filers whether they share a store.
    async fn tell_of_stores(&mut self, shared: &Shared) {
        let filers = shared.filers.all();
        let listed: Vec<_> = filers.iter().map(|filer| filer.address.clone()).collect();
        let early = self.stores_at.is_some_and(|at| Instant::now() < at);
        if listed.len() < 2 || listed == self.stores || early {
            return;
        }
        self.stores_at = Some(Instant::now() + AGAIN);
        let signatures = join_all(filers.iter().map(|filer| async {
            let mut client = filer.client().ok()?;
            let asked = client.get_filer_configuration(GetFilerConfigurationRequest {});
            let answer = timeout(ANSWER_TIMEOUT, asked).await.ok()?.ok()?;
            Some(answer.into_inner().signature)
        }));
        let signatures: Option<Vec<i32>> = signatures.await.into_iter().collect();
        let Some(signatures) = signatures else { return };
        let shares = signatures.windows(2).all(|pair| pair[0] == pair[1]);
        if shares {
            tracing::info!("the filers share one store");
        } else {
            tracing::info!(
                "each filer has a store of its own, copied to the others a little later: one that dies or is \
                 cut off can take its newest writes along. A store that all filers share is safer"
            );
        }
        self.stores = listed;
    }
}
