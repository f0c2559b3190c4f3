//! Times as the reference writes them: RFC 3339, with 0 to 9 digits of a second and any zone.

use groupkeeper_types::WallTime;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

/// Where milliseconds are counted from.
const ORIGIN: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
/// Go's first moment, which is also what it writes for "no time".
const FIRST_MILLIS: i64 = -62_135_596_800_000;
/// Go's last year is 9999.
const LAST_MILLIS: i64 = 253_402_300_799_999;

/// A time as Go reads it; what Go can't read is moved to the nearest that it can.
pub(crate) fn format(time: WallTime) -> String {
    let millis = time.as_millis().clamp(FIRST_MILLIS, LAST_MILLIS);
    let since = SignedDuration::from_millis(millis);
    format!("{}Z", ORIGIN.checked_add(since).unwrap_or(ORIGIN))
}

/// A time that Go wrote, without what is finer than a millisecond; [`WallTime::EPOCH`], which
/// stands for "unknown", where there is none.
pub(crate) fn parse(text: Option<&str>) -> Result<WallTime, jiff::Error> {
    let Some(text) = text else {
        return Ok(WallTime::EPOCH);
    };
    let since = match text.strip_suffix('Z').map(str::parse::<DateTime>) {
        // Without a zone to convert from, the last day of 9999 can be read too.
        Some(Ok(utc)) => utc.duration_since(ORIGIN),
        _ => text.parse::<Timestamp>()?.as_duration(),
    };
    let nanos = since.as_nanos().div_euclid(1_000_000);
    Ok(WallTime::from_millis(
        i64::try_from(nanos).unwrap_or(i64::MAX),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_go_writes() {
        let read = |text| parse(Some(text)).unwrap().as_millis();
        assert_eq!(read("1970-01-01T00:00:01Z"), 1_000);
        assert_eq!(read("1970-01-01T00:00:01.5Z"), 1_500);
        assert_eq!(read("1970-01-01T00:00:01.123456789Z"), 1_123);
        assert_eq!(read("1969-12-31T23:59:59.9999Z"), -1);
        assert_eq!(read("1970-01-01T02:00:01+02:00"), 1_000);
        assert_eq!(read("1969-12-31T13:30:01.5-10:30"), 1_500);
        assert_eq!(read("0001-01-01T00:00:00Z"), FIRST_MILLIS);
        assert_eq!(read("9999-12-31T23:59:59.999999999Z"), LAST_MILLIS);
        assert_eq!(parse(None).unwrap(), WallTime::EPOCH);
        for bad in [
            "",
            "Z",
            "yesterday",
            "1970-01-01T00:00:01",
            "1970-13-01T00:00:00Z",
        ] {
            assert!(parse(Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn writes_what_go_reads() {
        let written = |millis| format(WallTime::from_millis(millis));
        assert_eq!(written(0), "1970-01-01T00:00:00Z");
        assert_eq!(written(1_500), "1970-01-01T00:00:01.5Z");
        assert_eq!(written(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(written(i64::MIN), "0001-01-01T00:00:00Z");
        assert_eq!(written(i64::MAX), "9999-12-31T23:59:59.999Z");
    }
}
