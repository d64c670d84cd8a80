//! Where a browser may be sent with a code or a session: GoTrue's rules.

use std::net::IpAddr;

use url::Url;

use super::rules::AuthRules;

/// The address that was asked for if it is allowed, else the project's site.
pub(super) fn target(rules: &AuthRules, asked: Option<&str>) -> String {
    let allowed = asked.filter(|url| is_allowed(rules, url));
    allowed.unwrap_or(&rules.site_url).to_owned()
}

fn is_allowed(rules: &AuthRules, text: &str) -> bool {
    // Browsers drop these, and would then see another address than was looked at.
    if text.is_empty() || text.contains(|letter: char| letter <= ' ' || letter == '\x7f') {
        return false;
    }
    let Ok(url) = Url::parse(text) else { return false };
    if is_of_site(rules, &url) {
        return true;
    }
    // As it was written: `Url` makes an address of 2130706433 and of 0x7f.1, which only tricks are.
    let host = written_host(text);
    if !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return address.is_loopback();
    }
    let is_web = matches!(url.scheme(), "http" | "https");
    if is_web && !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte)) {
        return false;
    }
    let without_fragment = text.split('#').next().unwrap_or_default();
    rules.redirect_urls.iter().any(|pattern| matches(pattern.as_bytes(), without_fragment.as_bytes()))
}

fn is_of_site(rules: &AuthRules, url: &Url) -> bool {
    let Ok(site) = Url::parse(&rules.site_url) else { return false };
    let any_port = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    site.scheme() == url.scheme()
        && site.host_str() == url.host_str()
        && (any_port || site.port_or_known_default() == url.port_or_known_default())
}

fn written_host(text: &str) -> &str {
    let after = text.split_once("://").map_or("", |(_, rest)| rest);
    let authority = after.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.strip_prefix('[') {
        Some(literal) => literal.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

/// `*` is any text without `.` and `/`, `**` any text.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let ends = |rest: &[u8], allowed: fn(u8) -> bool| {
        let free = text.iter().take_while(|byte| allowed(**byte)).count();
        (0..=free).any(|length| matches(rest, &text[length..]))
    };
    match pattern {
        [] => text.is_empty(),
        [b'*', b'*', rest @ ..] => ends(rest, |_| true),
        [b'*', rest @ ..] => ends(rest, |byte| !b"./".contains(&byte)),
        [first, rest @ ..] => text.first() == Some(first) && matches(rest, &text[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_address_is_always_allowed_and_others_as_the_project_says() {
        let rules = AuthRules {
            site_url: "https://app.example.com".into(),
            redirect_urls: vec!["flowmeter://**".into(), "https://*.example.org/back".into()],
            ..AuthRules::default()
        };
        for allowed in [
            "http://127.0.0.1:4711/callback",
            "http://127.0.0.1/",
            "http://127.9.9.9:1/x?y=z#f",
            "http://[::1]:4711/callback",
            "https://app.example.com/anything",
            "flowmeter://callback/a.b?c",
            "https://one.example.org/back#fragment",
        ] {
            assert_eq!(target(&rules, Some(allowed)), allowed);
        }
        for other in [
            "",
            "not an address",
            "http://10.0.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://127.1:80/",
            "http://127.0.0.1.evil.org/",
            "http://127.0.0.1@evil.org/",
            "http://evil.org\\@127.0.0.1/",
            "http://localhost:4711/",
            "http://app.example.com/",
            "https://app.example.com:444/",
            "https://a.b.example.org/back",
            "https://one.example.org/back/further",
            "\thttp://127.0.0.1/",
            "javascript:alert(1)",
        ] {
            assert_eq!(target(&rules, Some(other)), rules.site_url, "{other:?}");
        }
        assert_eq!(target(&rules, None), rules.site_url);
    }

    #[test]
    fn the_site_on_this_machine_may_have_any_port() {
        let rules = AuthRules::default();
        assert_eq!(target(&rules, Some("http://localhost:9/back")), "http://localhost:9/back");
    }
}
