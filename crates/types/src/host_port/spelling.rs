use std::net::{Ipv4Addr, Ipv6Addr};

const NO_PORT: &str = "it has no port";
const BAD_PORT: &str = "its port is not a number from 1 to 65535";
const WILDCARD: &str = "a wildcard says where to listen, not where to connect";
const NO_IPV6: &str = "what is in brackets is no IPv6 address";

/// An address in its one spelling.
///
/// A name is written in lower case, without the dot that may end it: labels of 1 to 63 letters, digits, `-` and
/// `_`, 253 bytes at most. An IPv6 address is written in brackets as RFC 5952 has it. A host whose last label is a
/// number is an IPv4 address or nothing (RFC 1123, 2.1): resolvers take `10.0.300` or `0x7f.1` for addresses, each
/// in its own way. A port is 1 to 65,535 in plain decimal.
pub(super) fn canonical(text: &str) -> Result<String, &'static str> {
    let (host, port) = split(text)?;
    if let Some(ip) = bracketed(host)? {
        return Ok(format!("[{ip}]:{port}"));
    }
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    if name.is_empty() {
        return Err("it has no host");
    }
    if name.len() > 253 {
        return Err("its host is longer than the 253 bytes of a host name");
    }
    for label in name.split('.') {
        match label.len() {
            0 => return Err("its host has nothing between two dots, or before the first"),
            1..=63 => {}
            _ => return Err("a part of its host is longer than the 63 bytes between two dots"),
        }
    }
    if name.rsplit('.').next().is_some_and(is_number) {
        let ip: Ipv4Addr = name.parse().map_err(|_| {
            "its host ends in a number, as only IPv4 addresses do, and is no IPv4 address of four numbers \
             from 0 to 255 without leading zeros"
        })?;
        if ip.is_unspecified() {
            return Err(WILDCARD);
        }
    }
    Ok(format!("{name}:{port}"))
}

/// What versions took that knew no canonical spelling: so much must be true of any stored address.
pub(super) fn check_stored(text: &str) -> Result<(), &'static str> {
    let (host, _) = split(text)?;
    bracketed(host)?;
    match host {
        "0.0.0.0" => Err(WILDCARD),
        _ if host.len() > 255 => Err("its host is longer than 255 bytes"),
        _ => Ok(()),
    }
}

/// The host, of characters that hosts have, and the port.
fn split(text: &str) -> Result<(&str, u16), &'static str> {
    let (host, port) = text.rsplit_once(':').ok_or(NO_PORT)?;
    if host.is_empty() {
        return Err("it has no host");
    }
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_');
    if !host.starts_with('[') && !host.bytes().all(plain) {
        return Err(
            "its host has a character that no host name has; IPv6 addresses stand in brackets",
        );
    }
    if port.starts_with('0') || !port.bytes().all(|c| c.is_ascii_digit()) {
        return Err(BAD_PORT);
    }
    Ok((host, port.parse().map_err(|_| BAD_PORT)?))
}

/// The IPv6 address of a host that begins with a bracket.
fn bracketed(host: &str) -> Result<Option<Ipv6Addr>, &'static str> {
    let Some(inner) = host.strip_prefix('[') else {
        return Ok(None);
    };
    let inner = inner.strip_suffix(']').ok_or("a bracket is not closed")?;
    // A zone (`%eth0`) names an interface of one machine, which means nothing on another.
    let ip: Ipv6Addr = inner.parse().map_err(|_| NO_IPV6)?;
    let wildcard = ip.to_ipv4_mapped().is_some_and(|ip| ip.is_unspecified());
    if ip.is_unspecified() || wildcard {
        return Err(WILDCARD);
    }
    Ok(Some(ip))
}

/// Decimal, or hexadecimal as in C.
fn is_number(label: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
    let hexadecimal = |text: &str| text.bytes().all(|c| c.is_ascii_hexdigit());
    digits(label) || label.strip_prefix("0x").is_some_and(hexadecimal)
}
