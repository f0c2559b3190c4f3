use std::time::{Duration, Instant};
use groupkeeper_model::*;
use stateright::{Checker, Model};
fn main() {
    let arg = |name: &str, or: u8| std::env::args().find_map(|it| it.strip_prefix(name)?.strip_prefix('=')?.parse().ok()).unwrap_or(or);
    let budget = Budget { terms: arg("terms",0), rivals: arg("rivals",0), timeouts: arg("timeouts",0), copies: arg("copies",0), halves: arg("halves",0), pauses: arg("pauses",0), restarts: arg("restarts",0), delays: arg("delays",0), questions: arg("questions",0), moves: arg("moves",0), stops: arg("stops",0) };
    let bounds = Bounds { name: "x", budget, settled: arg("settled",1)==1, lease: arg("lease",3), must_see: Kind::ALL };
    let from = Instant::now();
    let limit = Duration::from_secs(arg("secs",60).into());
    let fleet = Fleet::new(bounds);
    let seen = fleet.seen.clone();
    let c = fleet.checker().threads(2).timeout(limit);
    fn done(checker: &impl Checker<Fleet>, from: Instant, limit: Duration, seen: &Seen, budget: Budget) {
        println!("{budget:?}\n{} states, {} unique, depth {}, {:?}, exhaustive {}", checker.state_count(), checker.unique_state_count(), checker.max_depth(), from.elapsed(), from.elapsed() < limit);
        for k in Kind::ALL { println!("  {:>10} {}", seen.count(*k), k.name()); }
        for p in checker.model().properties() {
            if p.expectation == stateright::Expectation::Always && let Some(path) = checker.discovery(p.name) {
                println!("BROKEN {}", p.name);
                for (state, action) in path.into_vec() {
                    println!("    {}", state.told());
                    let Some(action) = action else { break };
                    println!("  {action:?}");
                }
            }
        }
    }
    if arg("dfs",0)==1 { let k=c.spawn_dfs().join(); done(&k, from, limit, &seen, budget); } else { let k=c.finish_when(stateright::HasDiscoveries::AnyFailures).spawn_bfs().join(); done(&k, from, limit, &seen, budget); }
    println!("{}", std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
