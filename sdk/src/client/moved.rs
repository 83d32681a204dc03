//! A server that sends what it is asked on to somewhere else where it is not followed: to the same host by `https:`, or to anywhere
//! for good. It will answer so for ever, until an administrator changes the address: that is no outage, and no answer of the API's.
//! Where people sign in there is no git server: no address mends that, for good or not.

use super::Reply;
use crate::target::Target;
use crate::types::Failure;

/// The failure of a redirect that leads out of `api` and will do so the next time, for the setting that holds the address.
pub(super) fn away(reply: &Reply, api: Option<&str>, setting: &str) -> Option<Failure> {
    let target = reply.target()?;
    let is_for_good = matches!(reply.status, 301 | 308) || target.is_the_same_encrypted();
    let is_sign_in = target.is_sign_in() && !target.is_the_same_encrypted();
    // Back to where it came from is a circle, which is another fault.
    if !is_for_good || is_sign_in || target.is_where_it_came_from() || api.is_some_and(|api| target.lies_below(api)) {
        return None;
    }
    let (to, advice) = advice(target);
    let message = format!("The server sends what comes to {} on to {to}: {advice}.", target.from);
    Some(Failure::misconfigured(setting, &message, reply))
}

/// Where it leads, and what is to be done about it.
fn advice(target: &Target) -> (String, &'static str) {
    if target.is_the_same_encrypted() || (target.is_elsewhere_alone() && !target.is_unencrypted_now()) {
        (target.origin.clone(), "let the address begin with that")
    } else if target.is_unencrypted_now() {
        (target.address(), "nothing is encrypted there, and it, or a proxy before it, has to lead elsewhere")
    } else if target.keeps_the_path() {
        (target.address(), "give the address of the server there")
    } else {
        let advice =
            "if the git server is there, give its address; if not, something in front of it has to let its API through";
        (target.address(), advice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{FailureReason, Header, Method, Response};

    const API: &str = "https://git.example.com/api";

    fn told(method: Method, status: u16, location: &str, api: Option<&str>) -> Option<String> {
        told_from("https://git.example.com/api/user?q=1", method, status, location, api)
    }

    fn told_from(from: &str, method: Method, status: u16, location: &str, api: Option<&str>) -> Option<String> {
        let response = Response { status, headers: vec![Header::new("Location", location)], body: b"<html>".to_vec() };
        let reply = Reply::new(from, method, method != Method::Get, response, false);
        let failure = away(&reply, api, "base_url")?;
        let FailureReason::Misconfigured(error) = failure.reason else { panic!("{failure:?}") };
        assert_eq!((error.field.as_str(), failure.status), ("base_url", Some(status)));
        Some(error.message)
    }

    #[test]
    fn e1_a_permanent_redirect_to_another_server_or_path_names_where_it_leads() {
        for (location, to) in [
            ("https://new.example.com/api/user?q=1", "https://new.example.com: let the address begin"),
            ("//new.example.com/api/user", "https://new.example.com: let the address begin"),
            ("https://u:p@new.example.com/git/api/user?t=x", "https://new.example.com/git/api/user: give"),
            ("https://git.example.com:8443/api/user", "https://git.example.com:8443: let the address begin"),
            ("/git/api/user?q=1", "https://git.example.com/git/api/user: give"),
            ("https://git.example.com/git/api/user", "https://git.example.com/git/api/user: give"),
            ("http://git.example.com/api/user", "http://git.example.com/api/user: nothing is encrypted"),
            ("/vpn/index.html", "https://git.example.com/vpn/index.html: if the git server is there, give"),
            ("https://portal.example.com/?to=x", "https://portal.example.com/: if the git server is there, give"),
            ("https://status.example.com/maintenance", "https://status.example.com/maintenance: if the git server"),
        ] {
            for (status, method) in [(301, Method::Get), (308, Method::Post)] {
                for api in [None, Some(API)] {
                    let told = told(method, status, location, api).unwrap();
                    assert!(told.contains(&format!("https://git.example.com on to {to}")), "{told}");
                }
            }
        }
    }

    #[test]
    fn e1_what_is_not_for_good_or_stays_within_the_api_is_something_else() {
        for status in [300, 302, 303, 307, 200] {
            assert_eq!(told(Method::Get, status, "https://new.example.com/login", Some(API)), None);
        }
        assert_eq!(told(Method::Post, 301, "/api/users/7", Some(API)), None);
        for location in ["/api/user?q=2", "https://git.example.com/api/user", "", "javascript:x", "login"] {
            assert_eq!(told(Method::Get, 301, location, None), None, "{location}");
        }
    }

    #[test]
    fn e1_a_permanent_redirect_to_where_people_sign_in_is_no_address_to_give() {
        for location in ["/login?to=/api/user", "https://sso.example.com/saml2", "//adfs.example.com/adfs/ls"] {
            for (status, api) in [(301, None), (308, Some(API))] {
                assert_eq!(told(Method::Get, status, location, api), None, "{location}");
            }
        }
    }

    #[test]
    fn e1_a_redirect_to_the_same_host_encrypted_names_where_it_leads() {
        for (from, to, origin) in [
            ("http://git.example.com/api", "https://git.example.com/api", "https://git.example.com:"),
            ("http://git.example.com:8080/api?q", "https://GIT.example.com/sign-in", "https://git.example.com:"),
            ("http://git.example.com/", "https://git.example.com:8443/", "https://git.example.com:8443:"),
            ("http://[fd00::7]:80/", "https://[fd00::7]/", "https://[fd00::7]:"),
        ] {
            for status in [301, 302, 303, 307, 308] {
                let message = told_from(from, Method::Get, status, to, None).unwrap();
                assert!(message.contains(&format!(" on to {origin} let")), "{message}");
            }
        }
    }

    #[test]
    fn e1_a_redirect_that_is_not_for_good_to_anywhere_else_is_something_else() {
        for to in
            ["http://git.example.com/b", "https://evil.example/", "https://git.example.com.evil/", "/b", "//x", ""]
        {
            assert_eq!(told_from("http://git.example.com/", Method::Get, 302, to, None), None, "{to}");
        }
    }
}
