use super::{ApiKey, ErrorCode};
use crate::wire::{Malformed, Reader, Writer};

/// Reads an ApiVersions request. What a client calls itself is checked and forgotten.
pub(crate) fn read(reader: &mut Reader<'_>, version: i16) -> Result<(), Malformed> {
    if version >= 3 {
        reader.string("the client's name")?;
        reader.string("the client's version")?;
    }
    reader.tags()
}

/// Writes which APIs are answered, in which versions. Nothing else is listed, so clients ask for
/// nothing else.
pub(crate) fn write(writer: &mut Writer<'_>, version: i16, error: ErrorCode) {
    writer.i16(error.number());
    writer.array(ApiKey::ALL.iter(), |writer, api| {
        writer.i16(api.number());
        writer.i16(api.oldest());
        writer.i16(api.newest());
        writer.no_tags();
    });
    if version >= 1 {
        writer.i32(0);
    }
    writer.no_tags();
}
