//! Addresses on this machine, and no other. Nothing is looked up: a name or number that is not
//! plainly this machine is refused, however it might be answered for elsewhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The address of a server on this machine: `http://127.0.0.1:8080`, perhaps with a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loopback(String);

/// Why an address is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotLoopback(&'static str);

impl std::fmt::Display for NotLoopback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl Loopback {
    /// Reads `http://HOST[:PORT][/PATH]`, where HOST is of 127.0.0.0/8 in four whole numbers,
    /// `[::1]`, or `localhost`, which is taken for 127.0.0.1 without asking anybody.
    pub(crate) fn parse(text: &str) -> Result<Self, NotLoopback> {
        let no = |why| Err(NotLoopback(why));
        let Some((scheme, rest)) = text.split_once("://") else {
            return no("it does not begin with http://");
        };
        if scheme.eq_ignore_ascii_case("https") {
            return no("https is for servers elsewhere; on this machine it is http://");
        }
        if !scheme.eq_ignore_ascii_case("http") {
            return no("it does not begin with http://");
        }
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
        if !path.chars().all(plain) || path.split('/').any(|part| part == "..") {
            return no("its path holds characters that the path of a server has no need of");
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(six) => match six.split_once(']') {
                Some((host, port)) => (host, port),
                None => return no("the bracket of its host is not closed"),
            },
            None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
        };
        let port = match port.strip_prefix(':') {
            Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => port.parse().ok(),
            Some(_) => None,
            None if port.is_empty() => Some(80),
            None => None,
        };
        let Some(port) = port.filter(|port| *port != 0) else {
            return no("its port is no number from 1 to 65535");
        };
        let host = if authority.starts_with('[') {
            host.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
        } else if host.eq_ignore_ascii_case("localhost") {
            Some(IpAddr::V4(Ipv4Addr::LOCALHOST))
        } else {
            host.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
        };
        let Some(host) = host.filter(IpAddr::is_loopback) else {
            return no("it is not this machine: 127.0.0.1, [::1] or localhost");
        };
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix("/v1").unwrap_or(path);
        Ok(Self(format!("http://{}{path}", SocketAddr::new(host, port))))
    }

    /// The address of something on the server, from its `/v1`.
    pub(crate) fn at(&self, what: &str) -> String {
        format!("{}/v1/{what}", self.0)
    }
}

impl std::fmt::Display for Loopback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_these_names() {
        for (text, base) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("HTTP://LOCALHOST:8080/", "http://127.0.0.1:8080"),
            ("http://127.9.8.7", "http://127.9.8.7:80"),
            ("http://[::1]:1234/v1", "http://[::1]:1234"),
            ("http://localhost:1/models/v1/", "http://127.0.0.1:1/models"),
        ] {
            assert_eq!(Loopback::parse(text).map(|at| at.to_string()), Ok(base.to_owned()));
        }
    }

    #[test]
    fn nothing_else_is_this_machine() {
        for text in [
            "",
            "127.0.0.1:8080",
            "https://127.0.0.1",
            "file:///etc/passwd",
            "http://",
            "http://192.168.0.1",
            "http://example.org",
            "http://localhost.example.org",
            "http://127.0.0.1.example.org",
            "http://127.0.0.1@example.org",
            "http://example.org@127.0.0.1",
            "http://127.0.0.1:80@example.org",
            "http://127.0.0.1\\@example.org",
            "http://127.1",
            "http://2130706433",
            "http://0177.0.0.1",
            "http://0x7f.0.0.1",
            "http://0.0.0.0",
            "http://[::]",
            "http://[::ffff:127.0.0.1]",
            "http://[::1%25eth0]",
            "http://[::1",
            "http://::1",
            "http://localhost.",
            "http://localhost:0",
            "http://localhost:99999",
            "http://localhost:+80",
            "http://localhost:",
            "http://localhost/?to=elsewhere",
            "http://localhost/#x",
            "http://localhost/a b",
            "http://localhost/../x",
            "http://localhost\r\nHost: example.org",
            "http://１２７.0.0.1",
        ] {
            assert!(Loopback::parse(text).is_err(), "{text:?}");
        }
    }
}
