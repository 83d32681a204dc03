//! From the signature of a request to the key that made it, or to the refusal the real server has for it.

use time::{
    Duration, OffsetDateTime, PrimitiveDateTime, format_description::BorrowedFormatItem, macros::format_description,
};

use super::call::Caller;
use super::refusal::Refusal;
use super::service::Service;
use super::signature::{ALGORITHM, Authorization};
use super::world::{AccessKey, TokenState, World};
use crate::standin::message::Request;

/// How far a client's clock may be off, either way.
const CLOCK_WINDOW: Duration = Duration::minutes(5);
/// `20250102T030405Z`
const DATE_TIME: &[BorrowedFormatItem<'static>] = format_description!("[year][month][day]T[hour][minute][second]Z");

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

/// Whose key signed the request, for this service, now.
pub(super) fn caller<'a>(
    world: &'a World,
    request: &Request,
    service: Service,
    now: OffsetDateTime,
) -> Result<Caller<'a>, Refusal> {
    let header = request.header("authorization").filter(|header| header.starts_with(ALGORITHM));
    let header = header.ok_or_else(Refusal::missing_authentication)?;
    let incomplete = |message: &str| Refusal::new("IncompleteSignatureException", message);
    let authorization = Authorization::parse(header).map_err(|missing| incomplete(&missing.to_string()))?;
    let date_time = request.header("x-amz-date").ok_or_else(|| {
        incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    })?;
    check_scope(&authorization, service, &world.region, date_time)?;
    check_signed_headers(&authorization, request)?;
    let key = world.key(&authorization.key_id).ok_or_else(Refusal::unrecognized_client)?;
    check_session(key, request, now)?;
    check_clock(date_time, now)?;
    if !authorization.is_right(request, date_time, &key.secret) {
        return Err(Refusal::invalid_signature(MISMATCH));
    }
    let user = world.user(&key.login).ok_or_else(Refusal::unrecognized_client)?;
    Ok(Caller { user, key })
}

fn check_scope(authorization: &Authorization, service: Service, region: &str, date_time: &str) -> Result<(), Refusal> {
    let scope = &authorization.scope;
    let name = service.signing_name();
    if scope.service != name {
        let message = format!("Credential should be scoped to correct service: '{name}'. ");
        return Err(Refusal::invalid_signature(&message));
    }
    if scope.region != region {
        let message = format!("Credential should be scoped to a valid region, not '{}'. ", scope.region);
        return Err(Refusal::invalid_signature(&message));
    }
    if !date_time.starts_with(&scope.date) {
        let date = date_time.get(..8).unwrap_or(date_time);
        let message = format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{date}', from '{date_time}'.",
            scope.date
        );
        return Err(Refusal::invalid_signature(&message));
    }
    Ok(())
}

/// `host` and every `x-amz-` header are to be signed; a session token may be added after.
fn check_signed_headers(authorization: &Authorization, request: &Request) -> Result<(), Refusal> {
    if !authorization.signs("host") {
        let message = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
        return Err(Refusal::invalid_signature(message));
    }
    let names = request.headers.keys().map(http::HeaderName::as_str);
    let mut needed = names.filter(|name| name.starts_with("x-amz-") && *name != "x-amz-security-token");
    match needed.find(|name| !authorization.signs(name)) {
        None => Ok(()),
        Some(name) => {
            let message = format!("'{name}' must be a 'SignedHeader' in the AWS Authorization.");
            Err(Refusal::invalid_signature(&message))
        }
    }
}

/// A temporary key is known by its session token; a long-term one has none.
fn check_session(key: &AccessKey, request: &Request, now: OffsetDateTime) -> Result<(), Refusal> {
    let given = request.header("x-amz-security-token");
    if key.state == TokenState::Revoked || key.session_token.as_deref() != given {
        return Err(Refusal::unrecognized_client());
    }
    match key.state_at(now) {
        TokenState::Usable => Ok(()),
        TokenState::Expired => Err(Refusal::expired_token()),
        TokenState::Revoked => Err(Refusal::unrecognized_client()),
    }
}

fn check_clock(date_time: &str, now: OffsetDateTime) -> Result<(), Refusal> {
    let signed_at = PrimitiveDateTime::parse(date_time, DATE_TIME).map_err(|_| {
        let message = format!(
            "Date must be in ISO-8601 'basic format'. Got '{date_time}'. See http://en.wikipedia.org/wiki/ISO_8601"
        );
        Refusal::new("IncompleteSignatureException", &message)
    })?;
    let signed_at = signed_at.assume_utc();
    let (earliest, latest) = (now - CLOCK_WINDOW, now + CLOCK_WINDOW);
    let minutes = CLOCK_WINDOW.whole_minutes();
    if signed_at < earliest {
        let (earliest, now) = (written(earliest), written(now));
        return Err(Refusal::invalid_signature(&format!(
            "Signature expired: {date_time} is now earlier than {earliest} ({now} - {minutes} min.)"
        )));
    }
    if signed_at > latest {
        let (latest, now) = (written(latest), written(now));
        return Err(Refusal::invalid_signature(&format!(
            "Signature not yet current: {date_time} is still later than {latest} ({now} + {minutes} min.)"
        )));
    }
    Ok(())
}

/// As `X-Amz-Date` writes a time.
pub(super) fn written(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC).format(DATE_TIME).expect("a date within four-digit years")
}
