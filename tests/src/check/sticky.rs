//! G4: a group leaves a gateway only when something is wrong with that one, or it leaves itself.

use super::Violation;
use super::faults::Faults;
use super::reigns::Reigns;

pub(super) fn check(reigns: &Reigns, faults: &Faults) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (group, reigns) in reigns.all() {
        for pair in reigns.windows(2) {
            let [from, to] = pair else { continue };
            if faults.is_well(&from.addr, from.lasted, to.began) {
                let what = format!(
                    "{group} went from {}, which is well, to {} by {:?}",
                    from.addr, to.addr, to.first_token
                );
                violations.push(Violation {
                    of: "G4",
                    at: to.began,
                    what,
                });
            }
        }
    }
    violations
}
