use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep, sleep_until};
use tonic::Status;
use tonic::transport::Channel;

use crate::caller::Caller;
use crate::connector::connect;
use crate::failure::{Failure, Kind};
use crate::member::{Link, Member};
use crate::proto::RangeRequest;
use crate::shared::Shared;

/// How long, and how eagerly, members are asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// The most the whole call may take.
    pub(crate) timeout: Duration,
    /// How long one member is waited for before the next is asked too.
    pub(crate) stagger: Duration,
}

/// An attempt that took this long without an end says something about its connection.
const SLOW: Duration = Duration::from_millis(150);
const FIRST_PAUSE: Duration = Duration::from_millis(25);

impl Shared {
    /// Asks one member after the other until one has the answer, and over again until the time is up.
    ///
    /// A member that fails is followed by the next at once; one that hangs is still waited for when the next is
    /// asked. So a call may be made twice, and its repetition must do no harm.
    pub(crate) async fn ask<T, Fut>(
        &self,
        plan: Plan,
        call: impl Fn(Caller) -> Fut,
    ) -> Result<T, Failure>
    where
        Fut: Future<Output = Result<T, Status>>,
    {
        let deadline = Instant::now() + plan.timeout;
        let mut pause = FIRST_PAUSE;
        loop {
            let answer = self.one_round(plan, deadline, &call).await;
            let again = answer.as_ref().is_err_and(Failure::elsewhere);
            if !again || Instant::now() + pause >= deadline {
                self.ended(&answer);
                return answer;
            }
            sleep(pause).await;
            pause = pause.saturating_mul(2);
        }
    }

    async fn one_round<T, Fut>(
        &self,
        plan: Plan,
        deadline: Instant,
        call: &impl Fn(Caller) -> Fut,
    ) -> Result<T, Failure>
    where
        Fut: Future<Output = Result<T, Status>>,
    {
        let mut waiting = self.in_order().into_iter();
        let mut running = FuturesUnordered::new();
        let mut next_start = Instant::now();
        let mut failure: Option<Failure> = None;
        loop {
            let now = Instant::now();
            if next_start <= now
                && let Some(member) = waiting.next()
            {
                running.push(async move {
                    let answer = self.attempt(&member, deadline, call).await;
                    (member.place, answer)
                });
                next_start = now + plan.stagger;
            }
            if running.is_empty() {
                break;
            }
            let more = waiting.len() > 0;
            let wake = if more {
                next_start.min(deadline)
            } else {
                deadline
            };
            tokio::select! {
                biased;
                Some((place, answer)) = running.next() => match answer {
                    Ok(answer) => {
                        self.preferred.store(place, Ordering::Relaxed);
                        return Ok(answer);
                    }
                    Err(why) if !why.elsewhere() => return Err(why),
                    Err(why) => {
                        failure = Some(join(failure, why));
                        next_start = Instant::now();
                        if running.is_empty() && waiting.len() == 0 {
                            break;
                        }
                    }
                },
                () = sleep_until(wake) => {
                    if Instant::now() >= deadline {
                        failure = Some(join(failure, self.late(plan)));
                        break;
                    }
                }
            }
        }
        Err(failure.unwrap_or_else(|| Failure::new(Kind::Member, "no member is named")))
    }

    async fn attempt<T, Fut>(
        &self,
        member: &Member,
        deadline: Instant,
        call: &impl Fn(Caller) -> Fut,
    ) -> Result<T, Failure>
    where
        Fut: Future<Output = Result<T, Status>>,
    {
        let link = member.link();
        let mut watched = Watched {
            member,
            link: &link,
            since: Instant::now(),
            ended: false,
        };
        let answer = async {
            let connecting = link.get_or_try_init(|| self.connect(member, deadline));
            let link = connecting.await?;
            self.agree_on_cluster(link, deadline).await?;
            let channel = link.channel.clone();
            self.logged_in(member, channel, deadline, true, call).await
        };
        let answer = answer.await;
        watched.ended = true;
        if answer.as_ref().is_err_and(Failure::elsewhere) {
            member.drop_link(&link);
        }
        answer
    }

    /// Connects to a member, and has it say which cluster it is of.
    async fn connect(&self, member: &Member, deadline: Instant) -> Result<Link, Failure> {
        let connected = connect(&member.address, self.config.connect_timeout).await?;
        let channel = connected.channel;
        let ask = |caller: Caller| async move {
            let about = RangeRequest {
                key: self.layout.record(),
                keys_only: true,
                // It answers nobody but this process, and is to work without a leader too.
                serializable: true,
                ..RangeRequest::default()
            };
            caller.range(about).await
        };
        let said = self.logged_in(member, channel.clone(), deadline, false, &ask);
        // Of a connection that ends while a call is on it, the call says no more than that.
        let why = |failure| match connected.wrong.get() {
            Some(wrong) => Failure::new(Kind::Member, format!("{}: {wrong}", member.address)),
            None => failure,
        };
        let said = said.await.map_err(why)?;
        let cluster = said.header.unwrap_or_default().cluster_id;
        self.cluster.hear(member.place, cluster);
        Ok(Link { channel, cluster })
    }

    /// Makes sure that what is on this connection is of the cluster that is worked on.
    async fn agree_on_cluster(&self, link: &Link, deadline: Instant) -> Result<(), Failure> {
        if self.cluster.chosen().is_none() {
            let mut others = FuturesUnordered::new();
            for member in self.members.clone() {
                others.push(async move {
                    let link = member.link();
                    let connecting = link.get_or_try_init(|| self.connect(&member, deadline));
                    drop(connecting.await.map(drop));
                });
            }
            while self.cluster.chosen().is_none() && others.next().await.is_some() {}
        }
        match self.cluster.chosen_at_last() {
            Some(chosen) if chosen == link.cluster => Ok(()),
            Some(_) => {
                let refusal = self.cluster.refusal(self.addresses());
                tracing::warn!("{refusal}");
                Err(refusal)
            }
            None => {
                // Whoever puts that right is to be seen without a restart.
                for member in &self.members {
                    member.drop_link(&member.link());
                }
                Err(self.cluster.refusal(self.addresses()))
            }
        }
    }

    /// Makes a call as the user there is, and once more after logging in anew where the login was forgotten.
    async fn logged_in<T, Fut>(
        &self,
        member: &Member,
        channel: Channel,
        deadline: Instant,
        needs_leader: bool,
        call: &impl Fn(Caller) -> Fut,
    ) -> Result<T, Failure>
    where
        Fut: Future<Output = Result<T, Status>>,
    {
        let told = |status: Status| Failure::from_status(&member.address, &status);
        let mut first = true;
        loop {
            let login = self.login.token();
            let token = login.get_or_try_init(|| self.login.log_in(channel.clone()));
            let caller = Caller {
                channel: channel.clone(),
                token: token.await.map_err(told)?.clone(),
                within: deadline.saturating_duration_since(Instant::now()),
                needs_leader,
            };
            let failure = match call(caller).await {
                Ok(answer) => return Ok(answer),
                Err(status) => told(status),
            };
            if failure.kind != Kind::LoggedOut || !self.login.is_somebody() || !first {
                return Err(failure);
            }
            self.login.forget(&login);
            first = false;
        }
    }

    /// What to say of members that gave no answer in time.
    fn late(&self, plan: Plan) -> Failure {
        let (reached, others): (Vec<_>, Vec<_>) = self
            .members
            .iter()
            .partition(|member| member.link().initialized());
        let names = |members: Vec<&Arc<Member>>| {
            let names = members.iter().map(|member| member.address.to_string());
            names.collect::<Vec<_>>().join(", ")
        };
        let within = plan.timeout;
        let why = if reached.is_empty() {
            let others = names(others);
            format!("{others}: no connection to an etcd within {within:?}")
        } else {
            let reached = names(reached);
            format!(
                "{reached}: reached, and no answer within {within:?}; most of etcd's members must be well and \
                 reach each other, and where they do, see whether its disk is slow"
            )
        };
        Failure::new(Kind::Member, why)
    }
}

fn join(failure: Option<Failure>, why: Failure) -> Failure {
    match failure {
        Some(failure) => failure.join(&why),
        None => why,
    }
}

/// Does without a connection that gave no answer for long, also when nobody waits for it any more: callers
/// give up by dropping.
struct Watched<'a> {
    member: &'a Member,
    link: &'a Arc<OnceCell<Link>>,
    since: Instant,
    ended: bool,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        if !self.ended && self.since.elapsed() >= SLOW {
            self.member.drop_link(self.link);
        }
    }
}
