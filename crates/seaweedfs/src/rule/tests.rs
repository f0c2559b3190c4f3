use super::*;

mod model;

const S: Duration = Duration::from_secs(6);
const MS: fn(u64) -> Duration = Duration::from_millis;

fn address(host: &str) -> ServerAddress {
    ServerAddress::new(&format!("{host}:8888")).unwrap()
}

fn decider(host: &str, since: i64, leader: &str) -> Decider {
    let (address, leader) = (address(host), address(leader));
    Decider {
        address,
        leader,
        since,
    }
}

/// A rule, and a clock that it is fed by.
struct Fed {
    rule: Rule,
    start: Instant,
    /// Whether deciders answer.
    answers: bool,
    /// Whether they are seen to decide.
    decides: bool,
    /// Whether they have not copied everything.
    lacks: bool,
}

impl Fed {
    fn new() -> Self {
        let rule = Rule::new(S);
        let start = Instant::now();
        Self {
            rule,
            start,
            answers: true,
            decides: false,
            lacks: false,
        }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + MS(ms)
    }

    /// A round that is sent at this moment and answered a little later.
    fn round(&mut self, ms: u64, masters: Result<Decider, &str>, filers: Option<Result<(), &str>>) {
        let round = Round {
            sent: self.at(ms),
            answered: self.at(ms + 20),
            masters: masters.map_err(str::to_owned),
            answers: self.answers,
            decides: self.decides,
            missing: self.lacks.then(|| "b has more".to_owned()),
            filers: filers.map(|filers| filers.map_err(str::to_owned)),
        };
        self.rule.heard(&round);
    }

    fn named(&mut self, ms: u64, host: &str) {
        self.round(ms, Ok(decider(host, 1, "m")), None);
    }

    /// Rounds each half second, the first and the last included.
    fn stands(&mut self, from: u64, to: u64, host: &str) {
        for ms in (from..=to).step_by(500) {
            self.named(ms, host);
        }
    }

    /// The decider at a moment, if this process may decide.
    fn decides(&self, ms: u64) -> Option<String> {
        let permit = self.rule.permit(self.at(ms)).ok()?;
        Some(permit.decider.host().to_owned())
    }
}

#[test]
fn nothing_is_decided_before_the_first_round_and_before_a_decider_has_stood_for_s() {
    let mut fed = Fed::new();
    let refused = fed.rule.permit(fed.at(0));
    assert!(matches!(refused, Err(Refusal::Unknown(why)) if why.contains("not been asked")));
    fed.stands(0, 6_000, "a");
    // The first round was answered at 20 ms, and counts from there.
    assert_eq!(fed.decides(6_001), None);
    let refused = fed.rule.permit(fed.at(6_001));
    assert_eq!(refused, Err(Refusal::Settling(address("a"), MS(19))));
    fed.named(6_020, "a");
    assert_eq!(fed.decides(6_021).as_deref(), Some("a"));
}

#[test]
fn a_permit_ends_with_the_time_since_its_round_was_sent() {
    let mut fed = Fed::new();
    fed.stands(0, 6_500, "a");
    assert_eq!(fed.decides(8_499).as_deref(), Some("a"));
    assert_eq!(fed.decides(8_500), None);
    let permit = fed.rule.permit(fed.at(7_000)).unwrap();
    assert_eq!((permit.sent, permit.until), (fed.at(6_500), fed.at(8_500)));
}

#[test]
fn another_decider_ends_the_first_one_s_permit_at_once_and_has_to_stand_itself() {
    let mut fed = Fed::new();
    fed.stands(0, 7_000, "a");
    fed.named(7_500, "b");
    assert_eq!(fed.decides(7_501), None);
    fed.stands(8_000, 13_500, "b");
    assert_eq!(fed.decides(13_501), None);
    fed.named(14_000, "b");
    assert_eq!(fed.decides(14_001).as_deref(), Some("b"));
    // Nor does the first one come back for free.
    fed.named(14_500, "a");
    assert_eq!(fed.decides(14_501), None);
}

#[test]
fn rounds_that_fail_stop_the_permit_and_not_the_standing_until_they_are_half_of_s() {
    let mut fed = Fed::new();
    fed.stands(0, 7_000, "a");
    fed.round(7_500, Err("no majority"), None);
    assert_eq!(fed.decides(7_501).as_deref(), Some("a"));
    fed.round(9_500, Err("no majority"), None);
    let refused = fed.rule.permit(fed.at(9_501));
    assert_eq!(refused, Err(Refusal::Unknown("no majority".to_owned())));
    fed.named(10_000, "a");
    assert_eq!(fed.decides(10_001).as_deref(), Some("a"));
    fed.named(13_001, "a");
    assert_eq!(fed.decides(13_002), None);
}

#[test]
fn a_decider_that_left_the_listing_between_two_rounds_has_to_stand_again() {
    let mut fed = Fed::new();
    fed.stands(0, 7_000, "a");
    fed.round(7_500, Ok(decider("a", 2, "m")), None);
    assert_eq!(fed.decides(7_501), None);
}

#[test]
fn a_decider_that_is_seen_to_decide_has_settled_unless_it_was_named_just_now() {
    let mut fed = Fed::new();
    fed.decides = true;
    fed.named(0, "a");
    assert_eq!(fed.decides(50), None, "nobody knows what was there before");
    fed.named(500, "a");
    assert_eq!(fed.decides(550).as_deref(), Some("a"));
    fed.decides = false;
    fed.named(1_000, "a");
    assert_eq!(fed.decides(1_050).as_deref(), Some("a"));
    // Of another decider, or of the same one later, it says nothing.
    fed.named(1_500, "b");
    assert_eq!(fed.decides(1_550), None);
    fed.named(2_000, "a");
    assert_eq!(fed.decides(2_050), None);
}

#[test]
fn a_decider_that_has_not_copied_everything_is_given_some_time_for_it() {
    let mut fed = Fed::new();
    fed.lacks = true;
    fed.stands(0, 8_000, "a");
    let refused = fed.rule.permit(fed.at(8_001));
    let copying = Refusal::Copying(address("a"), "b has more".to_owned());
    assert_eq!(refused, Err(copying.clone()));
    fed.lacks = false;
    fed.named(8_500, "a");
    assert_eq!(fed.decides(8_501).as_deref(), Some("a"));
    // Later nobody decides elsewhere, so it lacks nothing.
    fed.lacks = true;
    fed.named(9_000, "a");
    assert_eq!(fed.decides(9_001).as_deref(), Some("a"));

    let mut fed = Fed::new();
    // It had copied everything that was there then: somebody may have decided elsewhere until S was over.
    fed.stands(0, 6_000, "a");
    fed.lacks = true;
    fed.stands(6_500, 36_000, "a");
    assert_eq!(fed.rule.permit(fed.at(36_001)), Err(copying));
    // From the first round's answer on, S and that time.
    fed.named(36_020, "a");
    assert_eq!(fed.decides(36_021).as_deref(), Some("a"));

    let mut fed = Fed::new();
    (fed.lacks, fed.decides) = (true, true);
    fed.stands(0, 500, "a");
    let seen = fed.decides(501);
    assert_eq!(seen.as_deref(), Some("a"), "somebody has waited for that");
}

#[test]
fn a_decider_stands_only_while_it_answers_until_it_has_settled() {
    let mut fed = Fed::new();
    fed.answers = false;
    fed.stands(0, 7_000, "a");
    let refused = fed.rule.permit(fed.at(7_001));
    assert!(matches!(refused, Err(Refusal::Unknown(why)) if why.contains("does not answer")));
    fed.answers = true;
    fed.stands(7_500, 14_000, "a");
    fed.answers = false;
    fed.stands(14_500, 30_000, "a");
    assert_eq!(fed.decides(30_001).as_deref(), Some("a"));
    // The first one's time is over all the same when another one is named.
    fed.named(30_500, "b");
    assert_eq!(fed.decides(30_501), None);
}

#[test]
fn another_leader_of_the_masters_changes_nothing_where_it_lists_the_decider() {
    let mut fed = Fed::new();
    fed.stands(0, 7_000, "a");
    fed.round(7_500, Ok(decider("a", 2, "n")), None);
    assert_eq!(fed.decides(9_400).as_deref(), Some("a"));
}

#[test]
fn without_masters_a_decider_goes_on_while_every_filer_agrees() {
    let mut fed = Fed::new();
    let election = Err("no majority");
    fed.stands(0, 7_000, "a");
    assert!(fed.rule.asks_filers(&Err(String::new())).is_some());
    for ms in (7_500..=30_000).step_by(500) {
        fed.round(ms, election.clone(), Some(Ok(())));
        assert_eq!(fed.decides(ms + 1).as_deref(), Some("a"));
    }
    fed.round(30_500, election.clone(), Some(Err("b does not answer")));
    assert_eq!(fed.decides(31_999).as_deref(), Some("a"));
    fed.round(32_000, election, Some(Err("b does not answer")));
    let refused = fed.rule.permit(fed.at(32_001));
    let Err(Refusal::Unknown(why)) = refused else {
        panic!("{refused:?}")
    };
    assert!(
        why.contains("no majority") && why.contains("b does not"),
        "{why}"
    );
}

#[test]
fn a_decider_that_has_not_settled_gets_nowhere_without_masters() {
    let mut fed = Fed::new();
    fed.stands(0, 3_000, "a");
    assert_eq!(fed.rule.asks_filers(&Err(String::new())), None);
    for ms in (3_500..=9_000).step_by(500) {
        fed.round(ms, Err("no majority"), Some(Ok(())));
    }
    assert_eq!(fed.decides(9_001), None);
}

/// As when the only master was started again: filers come back to it one after the other.
#[test]
fn a_listing_that_grows_again_stops_nothing_while_every_filer_agrees_and_only_for_so_long() {
    let mut fed = Fed::new();
    fed.stands(0, 7_000, "a");
    let named = Ok(decider("b", 9, "m"));
    assert!(fed.rule.asks_filers(&Ok(decider("b", 9, "m"))).is_some());
    for ms in [7_500, 8_000, 8_500] {
        fed.round(ms, named.clone(), Some(Ok(())));
        assert_eq!(fed.decides(ms + 1).as_deref(), Some("a"));
    }
    let mut grown = Fed::new();
    grown.rule = fed.rule;
    grown.start = fed.start;
    grown.round(9_000, Ok(decider("a", 1, "m")), None);
    assert_eq!(grown.decides(9_001).as_deref(), Some("a"));
    // Else it is a change: the other one's time counts from when it was named first.
    for ms in (9_500..=11_500).step_by(500) {
        grown.round(ms, named.clone(), Some(Ok(())));
    }
    assert_eq!(grown.decides(11_501).as_deref(), Some("a"));
    for ms in (12_000..=15_500).step_by(500) {
        grown.round(ms, named.clone(), Some(Ok(())));
        assert_eq!(grown.decides(ms + 1), None);
    }
    grown.round(15_520, named, None);
    assert_eq!(grown.decides(15_521).as_deref(), Some("b"));
}

#[test]
fn s_is_longer_than_what_follows_from_a_round() {
    let timing = Timing::default();
    let settle = settle_for(&timing);
    assert!(settle > timing.wait() + FRESH + RING_LAG, "{settle:?}");
    assert!(settle < Duration::from_millis(6_700), "{settle:?}");
    let reference = settle_for(&Timing::reference());
    assert!(reference > Duration::from_secs(32), "{reference:?}");
}
