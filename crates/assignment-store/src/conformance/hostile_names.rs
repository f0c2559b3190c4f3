/// Names that a path, a key or a line of text would bend into another one.
#[rustfmt::skip]
pub(super) const HOSTILE: &[&str] = &[
    // Paths.
    ".", "..", "/", "//", "a", "a/", "/a", "a/b", "a//b", "a/./b", "a/../b", "b", "../b",
    "../../b", "a\\b", "..\\b", "C:", "CON", "nul", "~", "-rf", ".a", "..a", "a.", "a..", "...",
    // Escapes of those.
    "a%2Fb", "a%2fb", "a%252Fb", "a%", "%", "%00", "%2E", "%2e%2e", "a+b", "a b", "a%20b", "&#47;",
    // What is invisible, or ends a text or a line.
    "\0", "a\0", "\0a", "a\0b", "\n", "a\nb", "a\r\nb", "\t", "\u{1b}[31m", "\u{7f}", "\u{85}",
    " ", "  ", " a", "a ", "a  ", "\u{a0}", "\u{200b}", "a\u{200b}", "\u{feff}a", "\u{202e}a",
    "\u{2028}",
    // Case, also beyond ASCII.
    "A", "ab", "Ab", "aB", "AB", "ß", "ẞ", "ss", "SS", "i", "I", "ı", "İ", "k", "K", "\u{212a}",
    // One letter, composed and not; look-alikes; beyond the first plane.
    "\u{e9}", "e\u{301}", "\u{c5}", "A\u{30a}", "\u{212b}", "ﬁ", "fi", "\u{430}", "日本", "한",
    "\u{1112}\u{1161}\u{11ab}", "\u{fffd}", "\u{10ffff}", "👩\u{200d}👧", "👩👧", "\u{d7ff}",
    "\u{e000}",
    // What the files of assignments and records may be called.
    "_assignments.json", "a_assignments.json", "a_assignments.json_assignments.json",
    "_assignments", "assignments.json", ".json", "leader", "leader.json", "record", "gateways",
    ".groupkeeper", "groupkeeper", "a.tmp", "a~", ".a.swp",
    // Other people's languages.
    "*", "?", "[a]", "{a}", "a:b", "a;b", "a|b", "<a>", "\"", "'", "`", "$(a)", "${a}", "#", "&",
    "{\"ConsumerGroup\":\"a\"}", "'; DROP TABLE a; --", "null", "true", "0", "00", "-1", "1e3",
];
