use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use groupkeeper_types::{BootClock, Clock, Moment, Timing, WallTime};

/// A clock that counts, beside suspension, the pauses of a virtual machine that its wall clock shows.
///
/// `CLOCK_BOOTTIME` stands still while a host has paused a virtual machine, and between a snapshot and its resumption:
/// a process goes on with leases that others have long taken for over. Where something sets the wall clock right
/// afterwards, that jumps ahead of the boot clock. This clock then goes ahead by an hour at least, which is longer
/// than any lease or term may be: to the process it is as if it had been suspended. Whatever it may do now ends, and
/// its next heartbeat asks for a lease anew.
///
/// Not every step of the wall clock is a pause: one of up to [`STEP`](Self::STEP), any step backwards, and any step
/// in the first [`BOOT`](Self::BOOT) of the machine change nothing. What the wall clock does not show, or shows only
/// later, can't be found here.
pub struct PauseClock<W = fn() -> WallTime> {
    boot: Arc<dyn Clock>,
    wall: W,
    /// By how many milliseconds the wall clock was ahead of the boot clock when last looked at.
    ahead: AtomicI64,
    /// How many microseconds this clock is ahead of the boot clock.
    added: AtomicU64,
}

impl PauseClock {
    /// By the clocks of this machine.
    pub fn system() -> Self {
        Self::new(Arc::new(BootClock), WallTime::now)
    }
}

impl<W: Fn() -> WallTime> PauseClock<W> {
    /// A wall clock that goes ahead by more than this has been set after a pause. Leap seconds and the steps of time
    /// services on a machine whose clock is kept are shorter.
    pub const STEP: Duration = Duration::from_secs(5);

    /// After the start of a machine, in which a time service sets the wall clock for the first time, by hours where
    /// the hardware's is in another time zone.
    pub const BOOT: Duration = Duration::from_secs(120);

    /// How far the clocks may have moved apart unnoticed: slewed clocks take minutes for it.
    const SLEW_MILLIS: i64 = 100;

    /// By these two clocks; the first must count suspension.
    pub fn new(boot: Arc<dyn Clock>, wall: W) -> Self {
        let ahead = AtomicI64::new(ahead(wall(), boot.now()));
        Self {
            boot,
            wall,
            ahead,
            added: AtomicU64::new(0),
        }
    }

    /// Looks again, and more closely: this thread may have been suspended between the two clocks.
    #[cold]
    fn look(&self) {
        let seen = self.ahead.load(Ordering::SeqCst);
        let before = self.boot.now();
        let wall = (self.wall)();
        let after = self.boot.now();
        let (most, least) = (ahead(wall, before), ahead(wall, after));
        let jump = u64::try_from(least.saturating_sub(seen)).unwrap_or(0);
        let jump = Duration::from_millis(jump);
        let jumped = jump > Self::STEP;
        // Not to be told from being suspended just now: the next look tells.
        if !jumped && most - least > Self::SLEW_MILLIS {
            return;
        }
        // Where another thread was quicker, it has seen to this.
        let noted = self
            .ahead
            .compare_exchange(seen, least, Ordering::SeqCst, Ordering::SeqCst);
        if noted.is_err() || !jumped || after.since(Moment::ZERO) < Self::BOOT {
            return;
        }
        let by = jump.max(Timing::LONGEST).as_micros();
        let by = u64::try_from(by).unwrap_or(u64::MAX);
        self.added.fetch_add(by, Ordering::SeqCst);
        tracing::warn!(
            "the wall clock has gone ahead of the clock since boot by {jump:.1?}: this machine was paused and did \
             not count it, or its clock was set; what this process may do by its leases ends now, and is asked for anew"
        );
    }
}

impl<W: Fn() -> WallTime + Send + Sync + 'static> Clock for PauseClock<W> {
    fn now(&self) -> Moment {
        let mut boot = self.boot.now();
        let moved = ahead((self.wall)(), boot).abs_diff(self.ahead.load(Ordering::SeqCst));
        if moved > Self::SLEW_MILLIS.unsigned_abs() {
            self.look();
            boot = self.boot.now();
        }
        boot + Duration::from_micros(self.added.load(Ordering::SeqCst))
    }
}

impl<W> fmt::Debug for PauseClock<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PauseClock")
            .field("boot", &self.boot)
            .field("ahead", &self.ahead)
            .field("added", &self.added)
            .finish_non_exhaustive()
    }
}

/// By how many milliseconds the one is ahead of the other.
fn ahead(wall: WallTime, boot: Moment) -> i64 {
    let boot = i64::try_from(boot.as_micros() / 1_000).unwrap_or(i64::MAX);
    wall.as_millis().saturating_sub(boot)
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use groupkeeper_types::ManualClock;

    use super::*;

    const HOUR: Duration = Timing::LONGEST;

    /// A machine that has run for ten minutes, and its wall clock's milliseconds ahead of that.
    fn machine() -> (ManualClock, Arc<AtomicI64>) {
        let boot = ManualClock::default();
        boot.advance(Duration::from_secs(600));
        (boot, Arc::new(AtomicI64::new(1_795_000_000_000)))
    }

    fn clock(
        boot: &ManualClock,
        set: &Arc<AtomicI64>,
    ) -> PauseClock<impl Fn() -> WallTime + use<>> {
        let (by, set) = (boot.clone(), Arc::clone(set));
        let wall = move || {
            let boot = i64::try_from(by.now().as_micros() / 1_000).unwrap();
            WallTime::from_millis(boot + set.load(Ordering::SeqCst))
        };
        PauseClock::new(Arc::new(boot.clone()), wall)
    }

    #[test]
    fn a_pause_ends_whatever_was_counted_and_time_goes_on_from_there() {
        let (boot, set) = machine();
        let clock = clock(&boot, &set);
        let before = clock.now();
        assert_eq!(before, boot.now());
        set.fetch_add(5_001, Ordering::SeqCst);
        assert_eq!(clock.now().since(before), HOUR);
        boot.advance(Duration::from_secs(1));
        assert_eq!(
            clock.now().since(before),
            HOUR + Duration::from_secs(1),
            "once"
        );
        set.fetch_add(2 * 3_600_000, Ordering::SeqCst);
        assert_eq!(clock.now().since(before), 3 * HOUR + Duration::from_secs(1));
    }

    #[test]
    fn a_time_service_ends_nothing() {
        let (boot, set) = machine();
        let clock = clock(&boot, &set);
        // A leap second, a step, the clock set back, and some of each.
        for step in [1_000, -1_000, 5_000, -86_400_000, 100, 101, 4_000, 5_000] {
            set.fetch_add(step, Ordering::SeqCst);
            assert_eq!(clock.now(), boot.now(), "{step}");
        }
        // Slewed at ten times what time services do, for an hour.
        for _ in 0..3_600 {
            boot.advance(Duration::from_secs(1));
            set.fetch_add(5, Ordering::SeqCst);
            assert_eq!(clock.now(), boot.now());
        }
    }

    #[test]
    fn the_first_time_that_a_machine_is_told_ends_nothing() {
        let (boot, set) = (ManualClock::default(), Arc::new(AtomicI64::new(0)));
        let clock = clock(&boot, &set);
        boot.advance(Duration::from_millis(119_999));
        set.fetch_add(7_200_000, Ordering::SeqCst);
        assert_eq!(clock.now(), boot.now());
        boot.advance(Duration::from_millis(1));
        set.fetch_add(7_200_000, Ordering::SeqCst);
        assert_eq!(clock.now().since(boot.now()), 2 * HOUR);
    }

    /// Both clocks count suspension, and it may come between reading the one and the other.
    #[test]
    fn suspension_between_two_readings_is_no_pause() {
        let (boot, set) = machine();
        // For how many seconds each reading is suspended, before and after it reads.
        let naps = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
        let (by, at, asleep) = (boot.clone(), Arc::clone(&set), Arc::clone(&naps));
        let wall = move || {
            let nap =
                |when: usize| by.advance(Duration::from_secs(asleep[when].load(Ordering::SeqCst)));
            nap(0);
            let boot = i64::try_from(by.now().as_micros() / 1_000).unwrap();
            nap(1);
            WallTime::from_millis(boot + at.load(Ordering::SeqCst))
        };
        let clock = PauseClock::new(Arc::new(boot.clone()), wall);
        for (before, after) in [(60, 0), (0, 60), (60, 60), (0, 0)] {
            naps[0].store(before, Ordering::SeqCst);
            naps[1].store(after, Ordering::SeqCst);
            for _ in 0..3 {
                assert!(clock.now() <= boot.now(), "{before} {after}");
            }
        }
        naps[0].store(60, Ordering::SeqCst);
        set.fetch_add(60_000, Ordering::SeqCst);
        clock.now();
        assert!(
            clock.now().since(boot.now()) > HOUR / 2,
            "a pause is found none the less"
        );
    }

    /// Another thread looks while this one does: here, as this one reads the wall clock for its closer look.
    #[test]
    fn of_two_threads_that_see_it_one_counts_it() {
        type Wall = Box<dyn Fn() -> WallTime + Send + Sync>;
        let (boot, set) = machine();
        let me: Arc<OnceLock<Arc<PauseClock<Wall>>>> = Arc::default();
        let (by, at, other) = (boot.clone(), Arc::clone(&set), Arc::clone(&me));
        let reading = AtomicU64::new(0);
        let wall: Wall = Box::new(move || {
            if reading.fetch_add(1, Ordering::SeqCst) == 2 {
                let _ = other.get().map(|clock| clock.now());
            }
            let boot = i64::try_from(by.now().as_micros() / 1_000).unwrap();
            WallTime::from_millis(boot + at.load(Ordering::SeqCst))
        });
        let clock = me.get_or_init(|| Arc::new(PauseClock::new(Arc::new(boot.clone()), wall)));
        set.fetch_add(60_000, Ordering::SeqCst);
        assert_eq!(clock.now().since(boot.now()), HOUR);
    }
}
