//! Whether a form was sent from one of our own pages.

use http::{HeaderMap, HeaderName, header};
use url::Url;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A page of another site sent the form, or may have.
#[derive(Debug, PartialEq, Eq)]
pub struct CrossSite;

/// Believes what the browser says of where a request comes from: no page can forge it. Both headers may be missing (a
/// script that follows a link, a very old browser); one that is there has to name us.
pub fn refuse(headers: &HeaderMap, public_url: &str) -> Result<(), CrossSite> {
    let ours = Url::parse(public_url).map(|url| url.origin().ascii_serialization());
    let from_here = |site: &str| matches!(site, "same-origin" | "none");
    let our_origin = |origin: &str| ours.as_ref().is_ok_and(|ours| ours == origin);
    let is_ours = all(headers, SEC_FETCH_SITE, from_here) && all(headers, header::ORIGIN, our_origin);
    if is_ours { Ok(()) } else { Err(CrossSite) }
}

/// Whether the browser says that one of our own pages sent the form, rather than saying nothing.
pub fn is_ours(headers: &HeaderMap, public_url: &str) -> bool {
    headers.contains_key(header::ORIGIN) && refuse(headers, public_url).is_ok()
}

/// The same, where pages of these origins may send a form too.
pub fn refuse_but(headers: &HeaderMap, public_url: &str, origins: &[String]) -> Result<(), CrossSite> {
    let is_named = headers.contains_key(header::ORIGIN);
    let is_one = |origin: &str| origins.iter().any(|allowed| allowed == origin);
    if is_named && all(headers, header::ORIGIN, is_one) { Ok(()) } else { refuse(headers, public_url) }
}

fn all(headers: &HeaderMap, name: HeaderName, is_ours: impl Fn(&str) -> bool) -> bool {
    let mut values = headers.get_all(name).iter();
    values.all(|value| value.to_str().is_ok_and(&is_ours))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn is_refused(headers: &[(HeaderName, &'static str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(name, value);
        }
        refuse(&all, "https://pat.example.com/sub") == Err(CrossSite)
    }

    #[test]
    fn u1_a_form_from_another_site_is_known_by_what_the_browser_says() {
        const US: (HeaderName, &str) = (header::ORIGIN, "https://pat.example.com");
        for passes in [&[][..], &[US], &[(SEC_FETCH_SITE, "same-origin")], &[US, (SEC_FETCH_SITE, "none")]] {
            assert!(!is_refused(passes), "{passes:?}");
        }
        for site in ["cross-site", "same-site", "", "same-origin, cross-site"] {
            assert!(is_refused(&[US, (SEC_FETCH_SITE, site)]), "{site}");
        }
        for origin in [
            "https://evil.example",
            "null",
            "",
            "http://pat.example.com",
            "https://pat.example.com:8443",
            "https://pat.example.com/sub",
            "https://pat.example.com.evil.example",
        ] {
            let sent = [(header::ORIGIN, origin), (SEC_FETCH_SITE, "same-origin")];
            assert!(is_refused(&sent), "{origin}");
        }
        assert!(is_refused(&[US, (header::ORIGIN, "https://evil.example")]));
        let mut said = HeaderMap::new();
        assert!(!is_ours(&said, "https://pat.example.com/sub"), "nothing is said");
        said.insert(header::ORIGIN, HeaderValue::from_static("https://evil.example"));
        assert!(!is_ours(&said, "https://pat.example.com/sub"));
        said.insert(header::ORIGIN, HeaderValue::from_static(US.1));
        assert!(is_ours(&said, "https://pat.example.com/sub"));
    }

    #[test]
    fn u1_a_form_of_a_named_origin_passes_and_no_other() {
        let jira = ["https://jira.example.com".to_owned()];
        let is_refused = |origins: &[&'static str], site: &'static str| {
            let mut headers = HeaderMap::new();
            for origin in origins {
                headers.append(header::ORIGIN, HeaderValue::from_static(origin));
            }
            headers.append(SEC_FETCH_SITE, HeaderValue::from_static(site));
            refuse_but(&headers, "https://pat.example.com", &jira) == Err(CrossSite)
        };
        assert!(!is_refused(&["https://jira.example.com"], "cross-site"));
        assert!(!is_refused(&["https://pat.example.com"], "same-origin"));
        assert!(is_refused(&[], "cross-site"));
        for origin in
            ["https://evil.example", "null", "http://jira.example.com", "https://jira.example.com.evil.example"]
        {
            assert!(is_refused(&[origin], "cross-site"), "{origin}");
            assert!(is_refused(&["https://jira.example.com", origin], "cross-site"), "{origin}");
        }
    }
}
