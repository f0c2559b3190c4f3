/// The topics of a consumer's subscription, as consumers write it: a version, then the topics, then
/// what is of no interest here. `None` where it is no such thing.
pub(super) fn subscribed(metadata: &[u8]) -> Option<Vec<String>> {
    let mut rest = metadata.get(2..)?;
    let count = i32::from_be_bytes(take(&mut rest)?);
    let mut topics = Vec::new();
    for _ in 0..count.max(0) {
        let length = usize::try_from(i16::from_be_bytes(take(&mut rest)?)).ok()?;
        let (topic, after) = rest.split_at_checked(length)?;
        topics.push(std::str::from_utf8(topic).ok()?.to_owned());
        rest = after;
    }
    Some(topics)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_topics_and_refuses_what_is_cut_off() {
        let metadata = [
            &[0, 1, 0, 0, 0, 2][..],
            &[0, 1, b'a', 0, 2, b'b', b'c', 9, 9],
        ]
        .concat();
        let topics = Some(vec!["a".to_owned(), "bc".to_owned()]);
        assert_eq!(subscribed(&metadata), topics);
        for length in 0..11 {
            assert_eq!(subscribed(&metadata[..length]), None, "{length}");
        }
        assert_eq!(subscribed(&[0, 0, 0x7f, 255, 255, 255]), None);
    }
}
