/// The most bytes of a request. The largest is a heartbeat that reports 256 KiB of group names; the
/// rest is room for what may be added.
pub const MAX_REQUEST_BYTES: usize = 1024 * 1024;

/// The most bytes of an answer: 65,536 decisions or gateways with names of usual length, a few times
/// over. An acknowledgement that would be larger says that everything may have changed instead.
pub const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// The most entries of any list in a message.
pub const MAX_LIST_LEN: usize = 65_536;

/// The most groups in one question of who owns them: with the longest addresses the answer still
/// fits.
pub const MAX_OWNS: usize = 16_384;

/// The most bytes of an error's text: it travels in a header, percent-encoded to at most three times
/// its length, and a peer takes 16 KiB of headers.
pub(crate) const MAX_TEXT_BYTES: usize = 2_048;
