//! Times as the reference writes them: RFC 3339, with 0 to 9 digits of a second and any zone.

use groupkeeper_types::WallTime;
use jiff::Timestamp;

/// What Go writes for "no time".
const ZERO: &str = "0001-01-01T00:00:00Z";
const ZERO_MILLIS: i64 = -62_135_596_800_000;

/// A time as Go reads it; [`WallTime::EPOCH`], which stands for "unknown", as Go's own "no time".
/// Go's years are 1 to 9999, so what lies beyond is moved to the nearest.
pub(crate) fn format(time: WallTime) -> String {
    if time == WallTime::EPOCH {
        return ZERO.to_owned();
    }
    let millis = time.as_millis().max(ZERO_MILLIS);
    Timestamp::from_millisecond(millis)
        .unwrap_or(Timestamp::MAX)
        .to_string()
}

/// A time that Go wrote, without what is finer than a millisecond; none, or Go's "no time", is
/// [`WallTime::EPOCH`].
pub(crate) fn parse(text: Option<&str>) -> Result<WallTime, jiff::Error> {
    let Some(text) = text else {
        return Ok(WallTime::EPOCH);
    };
    let millis = text.parse::<Timestamp>()?.as_millisecond();
    Ok(if millis <= ZERO_MILLIS {
        WallTime::EPOCH
    } else {
        WallTime::from_millis(millis)
    })
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
        assert_eq!(read("1970-01-01T02:00:01+02:00"), 1_000);
        assert_eq!(read("1969-12-31T13:30:01-10:30"), 1_000);
        assert_eq!(parse(Some(ZERO)).unwrap(), WallTime::EPOCH);
        assert_eq!(parse(None).unwrap(), WallTime::EPOCH);
        assert!(parse(Some("yesterday")).is_err());
        assert!(
            parse(Some("1970-01-01T00:00:01")).is_err(),
            "a zone is needed"
        );
    }

    #[test]
    fn writes_what_go_reads() {
        assert_eq!(format(WallTime::EPOCH), ZERO);
        assert_eq!(
            format(WallTime::from_millis(1_500)),
            "1970-01-01T00:00:01.5Z"
        );
        assert_eq!(
            format(WallTime::from_millis(-1)),
            "1969-12-31T23:59:59.999Z"
        );
        assert_eq!(format(WallTime::from_millis(i64::MIN)), ZERO);
        assert!(format(WallTime::from_millis(i64::MAX)).starts_with("9999-"));
    }
}
