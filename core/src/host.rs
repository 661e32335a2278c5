//! Hosts of this machine.

use std::net::IpAddr;

/// Whether a host, as in a URL, is this machine: `localhost`, `127.0.0.0/8` or `[::1]`.
///
/// ```
/// use reqllm_core::is_loopback;
///
/// assert!(is_loopback("LocalHost") && is_loopback("127.1.2.3") && is_loopback("[::1]"));
/// assert!(!is_loopback("localhost.example.com") && !is_loopback("10.0.0.1"));
/// ```
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
