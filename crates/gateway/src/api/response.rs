use super::Header;
use crate::wire::Writer;

/// Appends one whole response frame: its length, its header, and what `body` writes.
pub(crate) fn respond(header: &Header, out: &mut Vec<u8>, body: impl FnOnce(&mut Writer<'_>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    let mut head = Writer::new(out, header.api.has_flexible_answer_header(header.version));
    head.i32(header.correlation_id);
    head.no_tags();
    body(&mut Writer::new(out, header.is_flexible()));
    let length = i32::try_from(out.len() - start - 4).unwrap_or(i32::MAX);
    if let Some(place) = out.get_mut(start..start + 4) {
        place.copy_from_slice(&length.to_be_bytes());
    }
}
