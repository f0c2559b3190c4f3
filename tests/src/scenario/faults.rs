use super::fleet::Fleet;
use crate::history::Fault;

/// What is done to gateways. Each is written down before it is done, so that no answer is held against a
/// gateway that was not well.
impl<S> Fleet<S> {
    /// `kill -9` of several gateways at one moment; returns when.
    pub async fn kill(&mut self, places: &[usize]) -> u64 {
        let mut at = self.recorder.now();
        for &place in places {
            at = self.recorder.fault(&self.nodes[place].addr, Fault::Killed);
        }
        for &place in places {
            self.nodes[place].serve.kill_now();
        }
        for &place in places {
            let node = &mut self.nodes[place];
            self.recorder.forget(node.process).await;
            node.serve.kill().await;
        }
        at
    }

    /// Asks a gateway to stop, with SIGTERM, and waits until it has ended well; returns when it was
    /// asked.
    ///
    /// # Panics
    /// When it does not end, or says that something went wrong.
    pub async fn stop(&mut self, place: usize) -> u64 {
        let node = &mut self.nodes[place];
        let at = self.recorder.fault(&node.addr, Fault::Leaving);
        let code = node.serve.stop().await;
        assert_eq!(code, 0, "{}", node.serve.words());
        self.recorder.forget(node.process).await;
        at
    }

    /// Starts a gateway again that is dead, and waits until it has joined the others.
    ///
    /// # Panics
    /// When it does not within a minute.
    pub async fn start_again(&mut self, place: usize, gateways: usize) {
        self.nodes[place].serve.start_again();
        self.nodes[place].serve.knows(gateways).await;
        self.watch(place);
        self.recorder.healed(&self.nodes[place].addr);
    }

    /// Starts a gateway again that is dead, and asks it from its first moment on.
    pub fn start_at_once(&mut self, place: usize) {
        self.nodes[place].serve.start_again();
        self.watch(place);
        self.recorder.healed(&self.nodes[place].addr);
    }

    /// SIGSTOP; returns when.
    pub fn pause(&self, place: usize) -> u64 {
        let at = self.recorder.fault(&self.nodes[place].addr, Fault::Paused);
        self.nodes[place].serve.pause();
        at
    }

    /// SIGCONT. The gateway is on its way to be well.
    pub fn resume(&self, place: usize) {
        self.nodes[place].serve.resume();
        self.recorder.healed(&self.nodes[place].addr);
    }
}
