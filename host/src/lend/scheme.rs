//! How a credential is put on a request: one function per scheme. Knows schemes, not git servers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::model::{BasicUser, CredentialFields, Origin, Scheme, Timestamp};

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
    #[error("this version cannot sign requests with AWS Signature Version 4")]
    CannotSign,
}

pub(super) fn apply(
    scheme: &Scheme,
    fields: &CredentialFields,
    request: &mut http::Request<Vec<u8>>,
    _origin: &Origin,
    _now: Timestamp,
) -> Result<(), ApplyError> {
    match scheme {
        Scheme::Bearer { token } => {
            let text = Zeroizing::new(format!("Bearer {}", field(fields, token)?));
            set(request, AUTHORIZATION, token, &text)
        }
        Scheme::Basic { password, .. } => {
            let user_and_password = basic_user_and_password(scheme, fields)?;
            let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(user_and_password.as_bytes())));
            set(request, AUTHORIZATION, password, &text)
        }
        Scheme::Header { name, value } => {
            let header = HeaderName::try_from(name.as_str()).map_err(|_| ApplyError::NotAHeaderName)?;
            set(request, header, value, field(fields, value)?)
        }
        Scheme::AwsSigv4 { .. } => Err(ApplyError::CannotSign),
    }
}

/// What a scheme makes of the secret that would give it away without containing it as it is.
pub(super) fn derived_secrets(scheme: &Scheme, fields: &CredentialFields) -> Vec<Zeroizing<String>> {
    basic_user_and_password(scheme, fields).into_iter().collect()
}

fn basic_user_and_password(scheme: &Scheme, fields: &CredentialFields) -> Result<Zeroizing<String>, ApplyError> {
    let Scheme::Basic { user, password } = scheme else {
        return Err(ApplyError::FieldMissing("password".into()));
    };
    let user = match user {
        BasicUser::Fixed(user) => user,
        BasicUser::Field(name) => field(fields, name)?,
    };
    Ok(Zeroizing::new(format!("{user}:{}", field(fields, password)?)))
}

fn field<'a>(fields: &'a CredentialFields, name: &str) -> Result<&'a str, ApplyError> {
    fields
        .get(name)
        .ok_or_else(|| ApplyError::FieldMissing(name.to_owned()))
}

fn set(request: &mut http::Request<Vec<u8>>, header: HeaderName, field: &str, text: &str) -> Result<(), ApplyError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| ApplyError::NotAHeaderValue(field.to_owned()))?;
    value.set_sensitive(true);
    request.headers_mut().insert(header, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn applied(scheme: &Scheme, fields: &[(&str, &str)]) -> Result<http::HeaderMap, ApplyError> {
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), SecretString::from(*value)))
            .collect();
        let mut request = http::Request::new(Vec::new());
        let origin = Origin {
            url: "https://git.example.com".into(),
            aws: None,
        };
        apply(scheme, &fields, &mut request, &origin, Timestamp::from_unix_ms(0))?;
        Ok(request.headers().clone())
    }

    #[test]
    fn each_scheme_sets_its_header() {
        let bearer = applied(&Scheme::Bearer { token: "token".into() }, &[("token", "t0ken")]).unwrap();
        assert_eq!(bearer["authorization"], "Bearer t0ken");
        assert!(bearer["authorization"].is_sensitive());
        let basic = Scheme::Basic {
            user: BasicUser::Fixed(String::new()),
            password: "pat".into(),
        };
        assert_eq!(applied(&basic, &[("pat", "p")]).unwrap()["authorization"], "Basic OnA=");
        let basic = Scheme::Basic {
            user: BasicUser::Field("user".into()),
            password: "pat".into(),
        };
        assert_eq!(
            applied(&basic, &[("user", "ann"), ("pat", "p")]).unwrap()["authorization"],
            "Basic YW5uOnA="
        );
        let header = Scheme::Header {
            name: "X-Token".into(),
            value: "pat".into(),
        };
        assert_eq!(applied(&header, &[("pat", "p")]).unwrap()["x-token"], "p");
    }

    #[test]
    fn a_credential_cannot_smuggle_a_header_in() {
        let scheme = Scheme::Bearer { token: "token".into() };
        let smuggled = applied(&scheme, &[("token", "a\r\nX-Evil: 1")]);
        assert_eq!(smuggled, Err(ApplyError::NotAHeaderValue("token".into())));
        assert_eq!(applied(&scheme, &[]), Err(ApplyError::FieldMissing("token".into())));
    }
}
