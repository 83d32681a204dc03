//! How a credential is put on a request: one function per scheme. Knows schemes, not git servers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use super::sigv4::{self, AccessKey};
use model::{BasicUser, CredentialFields, Origin, Scheme, Timestamp};

/// Why a credential cannot be put on a request. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    #[error("the credential has no field `{0}`")]
    FieldMissing(String),
    /// Line breaks and the like would change the request.
    #[error("the credential's field `{0}` holds characters a header cannot carry")]
    NotAHeaderValue(String),
    #[error("the scheme's header name is not one")]
    NotAHeaderName,
    /// The provider put one there, for whatever reason.
    #[error("a provider cannot set the header `{0}`: it is the credential's")]
    Taken(HeaderName),
    #[error("the origin has no AWS service and region to sign for")]
    CannotSign,
}

pub(super) fn apply(
    scheme: &Scheme,
    fields: &CredentialFields,
    request: &mut http::Request<Vec<u8>>,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), ApplyError> {
    match scheme {
        Scheme::Bearer { token } => {
            let text = joined(&["Bearer ", field(fields, token)?]);
            set(request, AUTHORIZATION, token, &text)
        }
        Scheme::Basic { password, .. } => {
            let user_and_password = basic_user_and_password(scheme, fields)?;
            set(request, AUTHORIZATION, password, &basic(&user_and_password))
        }
        Scheme::Header { name, value } => {
            let header = HeaderName::try_from(name.as_str()).map_err(|_| ApplyError::NotAHeaderName)?;
            set(request, header, value, field(fields, value)?)
        }
        Scheme::AwsSigv4 { access_key_id, secret_access_key, session_token } => {
            let aws = origin.aws.as_ref().ok_or(ApplyError::CannotSign)?;
            let key = AccessKey { id: field(fields, access_key_id)?, secret: field(fields, secret_access_key)? };
            if let Some((name, token)) = session_token.as_ref().and_then(|name| filled_in(fields, name)) {
                set(request, sigv4::SESSION_TOKEN, name, token)?;
            }
            let authorization = sigv4::sign(request, &key, aws, now);
            set(request, AUTHORIZATION, access_key_id, &authorization)
        }
    }
}

/// What a scheme makes of the secret that would give it away without containing it as it is.
pub(super) fn derived_secrets(scheme: &Scheme, fields: &CredentialFields) -> Vec<Zeroizing<String>> {
    basic_user_and_password(scheme, fields).into_iter().collect()
}

fn basic_user_and_password(scheme: &Scheme, fields: &CredentialFields) -> Result<Zeroizing<String>, ApplyError> {
    let Scheme::Basic { user, password } = scheme else { return Err(ApplyError::FieldMissing("password".into())) };
    let user = match user {
        BasicUser::Fixed(user) => user,
        BasicUser::Field(name) => filled_in(fields, name).map_or("", |(_, user)| user),
    };
    Ok(joined(&[user, ":", field(fields, password)?]))
}

/// The header's value.
fn basic(user_and_password: &str) -> Zeroizing<String> {
    let encoded = Zeroizing::new(STANDARD.encode(user_and_password));
    joined(&["Basic ", &encoded])
}

/// In one buffer of the right size: one that grows leaves its old copy behind.
fn joined(parts: &[&str]) -> Zeroizing<String> {
    Zeroizing::new(parts.concat())
}

fn field<'a>(fields: &'a CredentialFields, name: &str) -> Result<&'a str, ApplyError> {
    fields.get(name).ok_or_else(|| ApplyError::FieldMissing(name.to_owned()))
}

/// A field that may be left out, or left empty, which is the same. Together with its name.
fn filled_in<'a>(fields: &'a CredentialFields, name: &'a str) -> Option<(&'a str, &'a str)> {
    fields.get(name).filter(|value| !value.is_empty()).map(|value| (name, value))
}

fn set(request: &mut http::Request<Vec<u8>>, header: HeaderName, field: &str, text: &str) -> Result<(), ApplyError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| ApplyError::NotAHeaderValue(field.to_owned()))?;
    value.set_sensitive(true);
    if request.headers().contains_key(&header) {
        return Err(ApplyError::Taken(header));
    }
    request.headers_mut().insert(header, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use model::AwsOrigin;

    fn applied(scheme: &Scheme, fields: &[(&str, &str)]) -> Result<http::HeaderMap, ApplyError> {
        applied_at(scheme, fields, &Origin { url: "https://git.example.com".into(), aws: None })
    }

    fn applied_at(scheme: &Scheme, fields: &[(&str, &str)], origin: &Origin) -> Result<http::HeaderMap, ApplyError> {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))).collect();
        let mut request = http::Request::new(Vec::new());
        apply(scheme, &fields, &mut request, origin, Timestamp::from_unix_ms(0))?;
        Ok(request.headers().clone())
    }

    #[test]
    fn p3_a_header_of_the_credentials_is_nobody_elses() {
        let scheme = Scheme::Header { name: "X-Key".into(), value: "key".into() };
        let fields = [("key".to_owned(), SecretString::from("t0ken"))].into_iter().collect();
        let mut request = http::Request::builder().header("x-KEY", "mine").body(Vec::new()).unwrap();
        let origin = Origin { url: "https://git.example.com".into(), aws: None };
        let refused = apply(&scheme, &fields, &mut request, &origin, Timestamp::from_unix_ms(0)).unwrap_err();
        assert_eq!(refused.to_string(), "a provider cannot set the header `x-key`: it is the credential's");
    }

    #[test]
    fn each_scheme_sets_its_header() {
        let bearer = applied(&Scheme::Bearer { token: "token".into() }, &[("token", "t0ken")]).unwrap();
        assert_eq!(bearer["authorization"], "Bearer t0ken");
        assert!(bearer["authorization"].is_sensitive());
        let basic = Scheme::Basic { user: BasicUser::Fixed(String::new()), password: "pat".into() };
        assert_eq!(applied(&basic, &[("pat", "p")]).unwrap()["authorization"], "Basic OnA=");
        let basic = Scheme::Basic { user: BasicUser::Field("user".into()), password: "pat".into() };
        assert_eq!(applied(&basic, &[("user", "ann"), ("pat", "p")]).unwrap()["authorization"], "Basic YW5uOnA=");
        let without_a_user = applied(&basic, &[("pat", "p")]).unwrap();
        assert_eq!(without_a_user["authorization"], "Basic OnA=", "a user name may be left out");
        let header = Scheme::Header { name: "X-Token".into(), value: "pat".into() };
        assert_eq!(applied(&header, &[("pat", "p")]).unwrap()["x-token"], "p");
    }

    #[test]
    fn a_credential_cannot_smuggle_a_header_in() {
        let scheme = Scheme::Bearer { token: "token".into() };
        let smuggled = applied(&scheme, &[("token", "a\r\nX-Evil: 1")]);
        assert_eq!(smuggled, Err(ApplyError::NotAHeaderValue("token".into())));
        assert_eq!(applied(&scheme, &[]), Err(ApplyError::FieldMissing("token".into())));
    }

    #[test]
    fn an_aws_request_is_signed_with_the_session_token_where_there_is_one() {
        let signed = |token: &str, aws: Option<AwsOrigin>| {
            let scheme = Scheme::AwsSigv4 {
                access_key_id: "id".into(),
                secret_access_key: "secret".into(),
                session_token: Some("token".into()),
            };
            let fields = [("id", "AKIDEXAMPLE"), ("secret", "s3cret"), ("token", token)];
            applied_at(&scheme, &fields, &Origin { url: "https://git.example.com".into(), aws })
        };
        let aws = || Some(AwsOrigin { service: "git".into(), region: "us-east-1".into() });
        let with_token = signed("t0ken", aws()).unwrap();
        assert_eq!(with_token["x-amz-security-token"], "t0ken");
        assert!(with_token["x-amz-security-token"].is_sensitive() && with_token["authorization"].is_sensitive());
        let authorization = with_token["authorization"].to_str().unwrap();
        assert!(authorization.contains("SignedHeaders=host;x-amz-date;x-amz-security-token,"), "{authorization}");
        assert!(!signed("", aws()).unwrap().contains_key("x-amz-security-token"));
        assert_eq!(signed("", None), Err(ApplyError::CannotSign));
        assert_eq!(signed("a\nb", aws()), Err(ApplyError::NotAHeaderValue("token".into())));
    }
}
