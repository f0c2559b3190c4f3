use super::*;

fn flexible(bytes: &[u8]) -> Reader<'_> {
    let mut reader = Reader::new(bytes);
    reader.set_flexible(true);
    reader
}

#[test]
fn varints_end_after_32_bits() {
    assert_eq!(
        flexible(&[0xff, 0xff, 0xff, 0xff, 0x0f]).uvarint(),
        Ok(u32::MAX)
    );
    assert_eq!(flexible(&[0xac, 0x02]).uvarint(), Ok(300));
    assert_eq!(
        flexible(&[0xff, 0xff, 0xff, 0xff, 0x1f]).uvarint(),
        Err(Malformed::Varint)
    );
    assert_eq!(flexible(&[0x80; 6]).uvarint(), Err(Malformed::Varint));
    assert_eq!(
        flexible(&[0x80]).uvarint(),
        Err(Malformed::Short { missing: 1 })
    );
}

#[test]
fn strings_are_bounded_by_what_is_there() {
    assert_eq!(
        Reader::new(&[0, 2, b'a', b'b']).string("it"),
        Ok(Text::Utf8("ab"))
    );
    let error = |bytes| Reader::new(bytes).string("it").unwrap_err();
    assert_eq!(error(&[0, 3, b'a']), Malformed::Short { missing: 2 });
    assert_eq!(error(&[0xff, 0xff]), Malformed::Null { what: "it" });
    assert_eq!(
        error(&[0xff, 0xfe]),
        Malformed::NegativeLength { length: -2 }
    );
    let other = Reader::new(&[0, 1, 0xff]).string("it");
    assert_eq!(other, Ok(Text::Other(&[0xff])));
    let long = flexible(&[0x81, 0x80, 0x02]).string("it");
    assert_eq!(long, Err(Malformed::LongString { bytes: 32_768 }));
    assert_eq!(flexible(&[0]).nullable_string(), Ok(None));
}

#[test]
fn arrays_are_bounded_by_what_is_there() {
    let count = |bytes| Reader::new(bytes).nullable_array(2);
    assert_eq!(count(&[0, 0, 0, 1, 0, 0]), Ok(Some(1)));
    assert_eq!(count(&[0xff; 4]), Ok(None));
    assert_eq!(
        count(&[0, 0, 0, 2, 0, 0]),
        Err(Malformed::Short { missing: 2 })
    );
    let missing = 2 * 0x7fff_ffff;
    let short = Malformed::Short { missing };
    assert_eq!(count(&[0x7f, 0xff, 0xff, 0xff]), Err(short));
    let negative = Malformed::NegativeLength { length: i32::MIN };
    assert_eq!(count(&[0x80, 0, 0, 0]), Err(negative));
}

#[test]
fn tagged_fields_are_there_and_ascend() {
    assert_eq!(flexible(&[2, 0, 1, 9, 5, 0]).tags(), Ok(()));
    assert_eq!(flexible(&[2, 5, 0, 5, 0]).tags(), Err(Malformed::TagOrder));
    assert_eq!(
        flexible(&[1, 0, 9]).tags(),
        Err(Malformed::Short { missing: 9 })
    );
    let short = Malformed::Short { missing: 1 };
    assert_eq!(flexible(&[65]).tags(), Err(short));
}
