//! Hosts of this machine, and near it.

use std::net::{IpAddr, Ipv6Addr};

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

/// Whether a host is this machine, or one that is reached over its own link, as metadata services are. A proxy could not
/// reach either, and must not see what is said there.
///
/// ```
/// use reqllm_core::is_near;
///
/// for host in ["127.0.0.1", "localhost", "169.254.169.254", "169.254.170.2", "[fd00:ec2::254]", "[fe80::1]"] {
///     assert!(is_near(host), "{host}");
/// }
/// for host in ["sts.amazonaws.com", "10.0.0.1", "[2600::1]"] {
///     assert!(!is_near(host), "{host}");
/// }
/// ```
pub fn is_near(host: &str) -> bool {
    /// The metadata service of EC2 over IPv6; its address is none of the link's own. Source: EC2's documentation.
    const EC2: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    /// The agent of EKS Pod Identity, likewise. Source: EKS's documentation.
    const EKS: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    is_loopback(host)
        || match bare.parse() {
            Ok(IpAddr::V4(address)) => address.is_link_local(),
            Ok(IpAddr::V6(address)) => {
                address.is_unicast_link_local() || [EC2, EKS].contains(&address)
            }
            Err(_) => false,
        }
}
