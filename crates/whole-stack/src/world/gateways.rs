//! Processes come and go.

use std::sync::Arc;

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_election::testing::{Fault, FaultyLockService, Operation};
use groupkeeper_registry::{Config, Parts, Registry};
use groupkeeper_rpc::{GrpcPeers, RpcTimeouts};
use groupkeeper_simulation::Random;

use super::{Process, World};
use crate::names;
use crate::parts::{Drifting, SlowStore};
use crate::wire::{Dialer, Host};

impl World {
    /// Starts a process in a slot, unless one runs there.
    pub(crate) fn start(&mut self, slot: usize) {
        if self.slots[slot].process.is_some() {
            return;
        }
        self.pids += 1;
        let pid = self.pids;
        let me = GatewayRecord {
            addr: names::addr(slot),
            incarnation: self.random.incarnation(),
            rpc: names::rpc(slot),
        };
        let (locks, lock_faults) = FaultyLockService::new(Arc::new(self.locks.clone()));
        if self.slots[slot].lock_cut {
            lock_faults.cut_off();
        } else {
            self.calm_lock(&lock_faults);
        }
        let dialer = Dialer {
            network: self.network.clone(),
            from: Host(slot),
        };
        let peers = GrpcPeers::new(RpcTimeouts::default()).with_connect(Arc::new(dialer));
        let store = SlowStore::new(self.store.clone(), Random::new(self.random.seed()));
        let parts = Parts {
            locks: Arc::new(locks),
            lock_key: self.lock_key.clone(),
            store: Arc::new(store),
            peers: Arc::new(peers),
            clock: Arc::new(Drifting {
                clock: self.clock.clone(),
                rate: self.slots[slot].rate,
            }),
        };
        let port = self.network.listen(me.rpc.clone(), Host(slot));
        let registry = Registry::start(me, Config::default(), parts).expect("the default");
        let calls = self.calls.clone();
        let process = Process::new(pid, registry, lock_faults, calls, port);
        self.slots[slot].process = Some(process);
        self.counts.add("processes", 1);
        self.judge.is_better(slot);
        self.note(&format!("gw{slot} starts as p{pid}"));
    }

    /// Ends the process in a slot, as by `kill -9`. Says whether there was one.
    pub(crate) fn end(&mut self, slot: usize) -> bool {
        let Some(process) = self.slots[slot].process.take() else {
            return false;
        };
        let pid = process.pid;
        self.judge.forget(pid);
        self.judge.falls_ill(slot);
        if process.leaving {
            self.judge.is_better(slot);
        }
        self.remains.push(process.remains());
        drop(process);
        self.note(&format!("gw{slot} ends (p{pid})"));
        true
    }

    /// Another process starts at the address of one that goes on, unless there are two already. Says
    /// whether it did.
    pub(crate) fn start_twin(&mut self, slot: usize) -> bool {
        let place = &mut self.slots[slot];
        if place.elder.is_some() || place.process.is_none() {
            return false;
        }
        place.elder = place.process.take();
        // Its own illness ends when the second one has started. If the first leads, nobody finds it.
        self.judge.falls_ill(slot);
        self.all_fall_ill();
        self.start(slot);
        true
    }

    /// Ends the earlier of two processes at one address.
    pub(crate) fn end_elder(&mut self, slot: usize) {
        if let Some(process) = self.slots[slot].elder.take() {
            process.ended.cancel();
            self.all_are_better();
            self.remains.push(process.remains());
            let pid = process.pid;
            self.note(&format!("the elder of gw{slot} ends (p{pid})"));
        }
    }

    /// The process in a slot is on its way out.
    pub(crate) fn leaves(&mut self, slot: usize) {
        if let Some(process) = &mut self.slots[slot].process
            && !process.leaving
        {
            process.leaving = true;
            self.judge.falls_ill(slot);
        }
    }

    /// Every call to the lock service takes a moment, and nothing else is wrong with it.
    pub(crate) fn calm_lock(&mut self, faults: &groupkeeper_election::testing::Faults) {
        faults.heal();
        for operation in Operation::ALL {
            let takes = std::time::Duration::from_micros(self.random.between(500, 15_000));
            faults.always(operation, Fault::DelayRequest(takes));
        }
    }
}
