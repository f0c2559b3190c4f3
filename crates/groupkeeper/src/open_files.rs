//! How many files this process may have open, and what of them the clients may take.

use groupkeeper_gateway::LimitSettings;
use groupkeeper_rpc::RpcLimits;
use thiserror::Error;

/// For the process: its log, its data, the store's servers, and what the system opens for a name.
const OF_PROCESS: usize = 40;
/// For each gateway: its ports, and connections to other gateways.
const OF_GATEWAY: usize = 24;
/// One file of so many is kept for the same, and [`MOST_KEPT`] at most: where there are more
/// files, there are more gateways.
const KEPT_OF: usize = 16;
const MOST_KEPT: usize = 4_096;

/// With fewer Kafka clients a gateway is of no use.
const LEAST_KAFKA: usize = 8;
/// Connections of tools, besides those of the gateways of this process.
const LEAST_TOOLS: usize = 7;

/// How many connections one gateway takes at a time: each is an open file, and together they leave
/// enough for everything else that a gateway opens. Otherwise a crowd of Kafka clients takes the
/// store and the lead away from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// Of Kafka clients.
    pub kafka: usize,
    /// Of gateways and tools.
    pub rpc: usize,
}

/// A limit below what gateways need.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "this process may have {limit} files open, and {gateways} gateway(s) need {least} at least, {enough} to take \
     as many clients as they can: {CURE}"
)]
pub struct TooFewFiles {
    limit: usize,
    gateways: usize,
    least: usize,
    enough: usize,
}

const CURE: &str = "raise the limit (`ulimit -n` in the shell that starts it, LimitNOFILE= in a \
                    systemd unit, `--ulimit nofile=` of a container)";

impl Connections {
    /// What each of so many gateways of this process may take. It raises the process's limit as far
    /// as the system allows it, and warns where it stays too low for what gateways take otherwise.
    ///
    /// # Errors
    /// When the limit leaves nothing for clients.
    pub fn of_each(gateways: usize) -> Result<Self, TooFewFiles> {
        let Some(limit) = raise_limit() else {
            return Ok(Self::most());
        };
        let each = Self::within(limit, gateways)?;
        let most = Self::most();
        if each != most {
            tracing::warn!(
                "this process may have {limit} files open: {} Kafka clients and {} gateways and tools \
                 at a time for each gateway, instead of {} and {}; for all of them it takes {}: {CURE}",
                each.kafka,
                each.rpc,
                most.kafka,
                most.rpc,
                enough(gateways),
            );
        }
        Ok(each)
    }

    /// As many as a gateway takes where nothing else bounds them.
    fn most() -> Self {
        Self {
            kafka: LimitSettings::default().connections,
            rpc: RpcLimits::default().connections,
        }
    }

    fn within(limit: usize, gateways: usize) -> Result<Self, TooFewFiles> {
        let most = Self::most();
        let least_rpc = gateways + LEAST_TOOLS;
        let needed = kept(0, gateways) + gateways * (LEAST_KAFKA + least_rpc);
        if limit < needed {
            return Err(TooFewFiles {
                limit,
                gateways,
                least: needed,
                enough: enough(gateways),
            });
        }
        // Of a limit that is hardly enough, a part of it may be more than what is left.
        let each = (limit - kept(limit, gateways)) / gateways.max(1);
        let each = each.max(LEAST_KAFKA + least_rpc);
        let rpc = (each / 4).clamp(least_rpc, most.rpc);
        let kafka = (each - rpc).min(most.kafka);
        let rpc = (each - kafka).min(most.rpc);
        Ok(Self { kafka, rpc })
    }
}

/// Files that no client gets.
fn kept(limit: usize, gateways: usize) -> usize {
    let part = (limit / KEPT_OF).min(MOST_KEPT);
    part.max(OF_PROCESS + gateways * OF_GATEWAY)
}

/// The limit from which on gateways take as many clients as they can.
fn enough(gateways: usize) -> usize {
    let most = Connections::most();
    let clients = gateways * (most.kafka + most.rpc);
    let part = (clients / (KEPT_OF - 1) + 1).min(MOST_KEPT);
    clients + part.max(kept(0, gateways))
}

/// Lets this process have as many files open as the system allows it to: what a shell hands out by
/// default, 1,024 often, is less than a gateway takes. How many that are; `None` without a limit.
#[cfg(unix)]
fn raise_limit() -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = Rlimit {
            current: limit.maximum,
            ..limit
        };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::debug!(%error, ?limit, "the limit of open files stays as it is");
        }
    }
    let limit = getrlimit(Resource::Nofile).current?;
    Some(usize::try_from(limit).unwrap_or(usize::MAX))
}

/// Where there is no such limit.
#[cfg(not(unix))]
const fn raise_limit() -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_may_take_fits_the_limit_with_a_reserve() {
        for gateways in [1, 3, 100] {
            let least_rpc = gateways + LEAST_TOOLS;
            let mut before = Connections { kafka: 0, rpc: 0 };
            for limit in (0..=enough(gateways)).step_by(37).chain([usize::MAX]) {
                let Ok(each) = Connections::within(limit, gateways) else {
                    assert_eq!(before.kafka, 0, "{limit} is less than what was enough");
                    continue;
                };
                assert!(
                    each.kafka >= LEAST_KAFKA && each.rpc >= least_rpc,
                    "{each:?}"
                );
                assert!(
                    each.kafka >= before.kafka && each.rpc >= before.rpc,
                    "{each:?}"
                );
                let clients = gateways * (each.kafka + each.rpc);
                assert!(
                    clients + OF_PROCESS + gateways * OF_GATEWAY <= limit,
                    "{each:?}"
                );
                before = each;
            }
            assert_eq!(before, Connections::most());
        }
    }

    #[test]
    fn the_limit_that_is_told_is_just_enough() {
        for gateways in [1, 2, 3, 50, 100] {
            let told = enough(gateways);
            let within = |limit| Connections::within(limit, gateways);
            assert_eq!(within(told), Ok(Connections::most()), "{gateways}");
            assert_ne!(
                within(told - 2 * gateways),
                Ok(Connections::most()),
                "{gateways}"
            );
            let needed = within(0).unwrap_err().least;
            assert!(
                within(needed).is_ok() && within(needed - 1).is_err(),
                "{gateways}"
            );
        }
    }
}
