use super::situation::Situation;

/// Decides when a gateway's situation is worth a line in the log, looking ten times a second.
#[derive(Debug, Default)]
pub(super) struct News {
    /// As of the last look.
    last: Option<Situation>,
    /// Looks in a row that found the same.
    same: u32,
    /// Looks in a row at which it was not ready.
    waiting: u32,
    ready: bool,
}

impl News {
    /// One that settles is as good as ready when it has done so for so many looks: what is over sooner
    /// is not worth a line.
    const SETTLING: u32 = 8;
    /// A wait is told when it has lasted so many looks: a start, or a change of leader that goes
    /// well, is over before.
    const PATIENCE: u32 = 12;
    /// And told again after so many, whatever happened.
    const AGAIN: u32 = 300;

    /// Whether this is to be told. That it is ready is told at once, and once.
    pub(super) fn is(&mut self, now: &Situation) -> bool {
        let changed = self.last.as_ref() != Some(now);
        self.same = if changed {
            1
        } else {
            self.same.saturating_add(1)
        };
        self.last = Some(now.clone());
        let ready_at = match now {
            Situation::Ready { .. } => 1,
            Situation::Settling { .. } => Self::SETTLING,
            Situation::Waiting { .. } => u32::MAX,
        };
        self.ready = self.same >= ready_at;
        if self.ready {
            self.waiting = 0;
            return self.same == ready_at;
        }
        self.waiting = self.waiting.saturating_add(1);
        self.same == Self::PATIENCE || self.waiting.is_multiple_of(Self::AGAIN)
    }

    /// Whether it was ready at the last look.
    pub(super) const fn is_ready(&self) -> bool {
        self.ready
    }
}

#[cfg(test)]
mod tests {
    use groupkeeper_registry::peer::LeaderView;
    use groupkeeper_types::{Epoch, GatewayAddr, RpcAddr};

    use super::*;

    fn waiting(what: &str) -> Situation {
        let what = what.to_owned();
        Situation::Waiting { what, why: None }
    }

    fn ready(epoch: u64) -> Situation {
        let leader = LeaderView {
            addr: GatewayAddr::new("gw:1").unwrap(),
            rpc: RpcAddr::new("gw:2").unwrap(),
            epoch: Epoch::new(epoch),
        };
        Situation::Ready {
            leader,
            leads: true,
        }
    }

    fn settling() -> Situation {
        let Situation::Ready { leader, leads } = ready(1) else {
            unreachable!("it is made so")
        };
        Situation::Settling { leader, leads }
    }

    /// At which looks it is told.
    fn told(news: &mut News, situation: &Situation, looks: u32) -> Vec<u32> {
        (1..=looks).filter(|_| news.is(situation)).collect()
    }

    #[test]
    fn a_wait_is_told_when_it_lasts_and_again_while_it_does() {
        let mut news = News::default();
        assert_eq!(told(&mut news, &waiting("a"), 11), [0; 0]);
        assert_eq!(told(&mut news, &waiting("b"), 30), [12]);
        assert_eq!(told(&mut news, &waiting("b"), 600), [300 - 41, 600 - 41]);
        assert!(!news.is_ready());
    }

    #[test]
    fn settling_is_told_when_it_lasts_and_counts_as_ready_then() {
        let mut news = News::default();
        assert_eq!(told(&mut news, &settling(), 7), [0; 0]);
        assert!(!news.is_ready());
        assert_eq!(told(&mut news, &settling(), 1_000), [1]);
        assert!(news.is_ready());
        assert_eq!(told(&mut news, &ready(1), 5), [1]);
    }

    #[test]
    fn readiness_is_told_at_once_and_once_for_each_leader() {
        let mut news = News::default();
        assert_eq!(told(&mut news, &ready(1), 1_000), [1]);
        assert_eq!(told(&mut news, &waiting("a"), 5), [0; 0]);
        assert_eq!(told(&mut news, &ready(2), 5), [1]);
        assert!(news.is_ready());
    }
}
