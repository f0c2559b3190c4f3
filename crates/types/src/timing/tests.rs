use proptest::prelude::*;

use super::*;

const MS: fn(u64) -> Duration = Duration::from_millis;

#[test]
fn the_default_keeps_every_promise() {
    let timing = Timing::default();
    timing.validate().unwrap();
    assert_eq!(timing.leaderless(), MS(2_550));
    assert_eq!(timing.wait(), Duration::from_micros(4_292_212));
}

#[test]
fn the_reference_s_spans_keep_promises_of_their_own() {
    let timing = Timing::reference();
    timing.validate().unwrap();
    let spans = (timing.heartbeat_every, timing.lease, timing.lock_ttl);
    assert_eq!(spans, (MS(10_000), MS(30_000), MS(7_000)));
    let promised = Timing {
        promises: Promises::default(),
        ..timing
    };
    let error = promised.validate().unwrap_err().to_string();
    assert!(
        error.contains("NewLeader") && error.contains("8s ≤ 4s"),
        "{error}"
    );
}

#[test]
fn what_follows_from_the_spans() {
    let timing = Timing {
        lease: MS(4_000),
        heartbeat_every: MS(500),
        rejoin: MS(1_300),
        round_trips: MS(70),
        verify_every: MS(300),
        store_call: MS(1_000),
        ..Timing::default()
    };
    assert_eq!(timing.gather(), MS(1_800));
    assert_eq!(timing.rejoin_after_outage(), MS(2_870));
    assert_eq!(timing.store_silence(), MS(800));
    assert_eq!(timing.heartbeat_call(), MS(500));
    // A leader that gives the lease of this configuration hears as often as that says.
    assert_eq!(timing.heartbeat_for(MS(4_000)), MS(500));
    assert_eq!(
        timing.heartbeat_for(MS(3_999)),
        Duration::from_micros(399_900)
    );
    let slow = Timing {
        store_call: MS(60_000),
        ..timing
    };
    assert_eq!(slow.rejoin_after_outage(), slow.wait());
}

#[test]
fn what_must_be_less_may_not_be_equal() {
    let timing = Timing::default();
    let rest = timing.heartbeat_every + timing.round_trips;
    let equal = Timing {
        rejoin: timing.wait() - rest,
        ..timing
    };
    assert!(Inequality::NothingMoves.check(&equal).is_err());
    let less = Timing {
        rejoin: equal.rejoin - Duration::from_micros(1),
        ..equal
    };
    assert_eq!(Inequality::NothingMoves.check(&less), Ok(()));
}

#[test]
fn a_profile_is_found_by_its_name_alone() {
    for profile in TimingProfile::ALL {
        assert_eq!(profile.to_string().parse(), Ok(profile));
        profile.timing().validate().unwrap();
    }
    assert_ne!(
        TimingProfile::Reference.timing(),
        TimingProfile::Default.timing()
    );
    let error = "fast".parse::<TimingProfile>().unwrap_err().to_string();
    assert!(
        error.contains("`fast`") && error.contains("`default` or `reference`"),
        "{error}"
    );
}

#[test]
fn a_broken_promise_names_itself_and_both_numbers() {
    type Change = fn(&mut Timing);
    let broken = |change: Change| {
        let mut timing = Timing::default();
        change(&mut timing);
        timing.validate().unwrap_err().to_string()
    };
    let cases: [(Change, &str, &str); 12] = [
        (|t| t.drift_ppm = 200_000, "ClocksAgree", "200ms ≤ 100ms"),
        (|t| t.drift_ppm = u32::MAX, "ClocksAgree", "≤ 100ms"),
        (
            |t| t.lock_call = MS(1_000),
            "OneFailedRenewal",
            "2.55s ≤ 1.99s",
        ),
        (
            |t| t.retry_every = MS(1_001),
            "CandidatesNotice",
            "1.001s ≤ 1s",
        ),
        (|t| t.take_over = MS(1_751), "NewLeader", "4.001s ≤ 4s"),
        (|t| t.round_trips = MS(101), "Rejoins", "351ms ≤ 350ms"),
        (|t| t.lease = MS(4_000), "LeasesSurvive", "4.15s ≤ 3.98s"),
        (|t| t.take_over = MS(330), "LeasesSurvive", "4.18s ≤ 4.179s"),
        (|t| t.announce = MS(1_000), "CoordinatorLost", "≤ 5s"),
        (|t| t.lease = MS(6_000), "CoordinatorLost", "≤ 5s"),
        (
            |t| t.promises.both = MS(7_000),
            "BothLost",
            "7.492212s ≤ 7s",
        ),
        (|t| t.lock_ttl = MS(2_500), "whole seconds", "2.5s"),
    ];
    for (change, name, numbers) in cases {
        let error = broken(change);
        assert!(error.contains(name) && error.contains(numbers), "{error}");
    }
    for change in [
        (|t| t.margin = Duration::ZERO) as Change,
        |t| t.promises.leader = Duration::MAX,
        |t| t.lock_ttl = Duration::MAX,
        |t| t.find = Duration::ZERO,
    ] {
        assert!(broken(change).contains("1 ms to an hour"));
    }
}

/// The inequality that no other implies: the lease could be the shortest of all spans without it.
#[test]
fn a_change_of_leader_moves_nothing_is_an_inequality_of_its_own() {
    let timing = Timing {
        lease: MS(900),
        ..Timing::default()
    };
    let error = Inequality::NothingMoves
        .check(&timing)
        .map_err(|e| e.to_string());
    assert!(error.is_ok(), "{error:?}");
    let timing = Timing {
        lease: MS(740),
        margin: MS(1),
        ..Timing::default()
    };
    let error = Inequality::NothingMoves
        .check(&timing)
        .unwrap_err()
        .to_string();
    assert!(error.contains("800ms < 748.438ms"), "{error}");
}

#[test]
fn a_longer_lease_of_an_earlier_leader_is_waited_for() {
    let timing = Timing::default();
    assert_eq!(timing.wait_for(timing.lease), timing.wait());
    assert!(timing.wait_for(MS(30_000)) >= MS(30_300));
    assert_eq!(
        timing.wait_for(Duration::MAX),
        timing.wait_for(Timing::LONGEST)
    );
}

#[test]
fn heartbeats_keep_to_the_leader_s_leases_where_those_are_shorter() {
    let (default, reference) = (Timing::default(), Timing::reference());
    assert_eq!(
        default.heartbeat_for(default.lease),
        default.heartbeat_every
    );
    assert_eq!(
        default.heartbeat_for(reference.lease),
        default.heartbeat_every
    );
    assert_eq!(reference.heartbeat_for(default.lease), MS(420));
    assert_eq!(reference.heartbeat_for(Duration::ZERO), Timing::SHORTEST);
}

/// Spans around those of the two profiles, some far off.
fn any_timing() -> impl Strategy<Value = Timing> {
    let profile = prop_oneof![Just(Timing::default()), Just(Timing::reference())];
    let factor = || prop_oneof![8 => 90..=110_u32, 1 => 1..=400_u32];
    (
        profile,
        prop::array::uniform14(factor()),
        0..=1_200_000_u32,
        any::<bool>(),
    )
        .prop_map(|(from, f, drift, drifts)| {
            let by = |span: Duration, i: usize| span * f[i] / 100;
            let ttl = by(from.lock_ttl, 0).as_secs();
            Timing {
                lock_ttl: Duration::from_secs(ttl),
                renew_every: by(from.renew_every, 1),
                lock_call: by(from.lock_call, 2),
                retry_every: by(from.retry_every, 3),
                take_over: by(from.take_over, 4),
                lease: by(from.lease, 5),
                heartbeat_every: by(from.heartbeat_every, 6),
                verify_every: by(from.verify_every, 7),
                rejoin: by(from.rejoin, 8),
                round_trips: by(from.round_trips, 9),
                announce: by(from.announce, 10),
                margin: by(from.margin, 11),
                drift_ppm: if drifts { drift / 100 } else { from.drift_ppm },
                promises: Promises {
                    leader: by(from.promises.leader, 12),
                    coordinator: by(from.promises.coordinator, 13),
                    both: by(from.promises.both, 12),
                },
                ..from
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Computed here in floating point, from the table of the design and not from the code.
    #[test]
    fn what_is_accepted_fulfils_every_inequality_and_what_is_not_breaks_one(timing in any_timing()) {
        let s = |span: Duration| span.as_secs_f64();
        let rho = f64::from(timing.drift_ppm) / 1e6;
        let (l, r, a, c, w) = (s(timing.lock_ttl), s(timing.renew_every), s(timing.lock_call), s(timing.retry_every), s(timing.take_over));
        let (d, h, v, j, t) = (s(timing.lease), s(timing.heartbeat_every), s(timing.verify_every), s(timing.rejoin), s(timing.round_trips));
        let (f, m) = (s(timing.announce), s(timing.margin));
        let leaderless = l + c + w;
        let wait = d * (1.0 + rho) / (1.0 - rho) + m;
        let p = timing.promises;
        let sides = [
            (rho, 0.1),
            (r + 2.0 * a + m, l * (1.0 - rho)),
            (c, l / 2.0),
            (leaderless, s(p.leader)),
            (c + t, j),
            (leaderless + j + h + h.max(5.0 * t) + v + t, d * (1.0 - rho)),
            (leaderless + j + h + t, leaderless + wait),
            (wait + h + f, s(p.coordinator)),
            (leaderless + wait + h + f, s(p.both)),
        ];
        const ROUNDING: f64 = 2e-6;
        let spans_are_sane = timing.spans().iter().all(|(_, span)| *span >= Timing::SHORTEST);
        match timing.validate() {
            Ok(()) => for (left, right) in sides {
                prop_assert!(spans_are_sane && left <= right + ROUNDING, "{left} {right}");
            },
            Err(_) => prop_assert!(
                !spans_are_sane || sides.iter().any(|(left, right)| *left > right - ROUNDING),
                "refused for nothing"
            ),
        }
    }
}

#[test]
fn an_answer_to_a_heartbeat_is_waited_for_past_the_next_where_those_are_frequent() {
    let default = Timing::default();
    assert!(default.heartbeat_call() > default.heartbeat_every);
    let reference = Timing::reference();
    assert_eq!(reference.heartbeat_call(), reference.heartbeat_every);
}
