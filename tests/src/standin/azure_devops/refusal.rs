//! The errors of the API: a wrapped exception as JSON, or what stands before the API says: pages of HTML and empty bodies.

use http::{HeaderName, Method, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::product::Product;
use super::world::{Repository, TokenState};
use crate::standin::git::GitError;
use crate::standin::message::{Answer, Request};

/// A request that was not done.
#[derive(Debug)]
pub(super) struct Refusal(Box<Answer>);

/// Where the server's exceptions live; the last part of their full name is their key.
const FRAMEWORK: &str = "Microsoft.TeamFoundation.Framework.Server";
const GIT: &str = "Microsoft.TeamFoundation.Git.Server";
const SOURCE_CONTROL: &str = "Microsoft.TeamFoundation.SourceControl.WebServer";
const CORE: &str = "Microsoft.TeamFoundation.Core.WebApi";
const WEB_API: &str = "Microsoft.VisualStudio.Services.WebApi";

/// The deployment that hosts the organisation, which refusals name.
const DEPLOYMENT: &str = "https://tfsprodsin1.app.visualstudio.com/";

const SIGN_IN_PAGE: &str = "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\r\n<html lang=\"en-US\">\r\n<head><title>\r\n\tAzure DevOps Services | Sign In\r\n</title></head>\r\n<body></body>\r\n</html>";

/// What the text of a header may not hold as it is.
const IN_HEADER: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What the web server in front of a server of one's own says, before the API is reached.
const IIS_PAGE: &str = "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\n<html xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\"/>\n<title>401 - Unauthorized: Access is denied due to invalid credentials.</title>\n</head>\n<body>\n<div id=\"header\"><h1>Server Error</h1></div>\n</body>\n</html>";

impl Refusal {
    pub(super) fn into_answer(self) -> Answer {
        *self.0
    }

    fn new(answer: Answer) -> Refusal {
        Refusal(Box::new(answer))
    }

    /// An exception of `assembly` by its key, wrapped as the API wraps them.
    fn exception(status: StatusCode, assembly: &str, key: &str, message: &str) -> Refusal {
        Refusal::new(Answer::json(status, &wrapped(&format!("{assembly}.{key}, {assembly}"), key, 3000, message)))
    }

    pub(super) fn git(status: StatusCode, key: &str, message: &str) -> Refusal {
        Refusal::exception(status, GIT, key, message)
    }

    pub(super) fn web_api(key: &str, message: &str) -> Refusal {
        Refusal::exception(StatusCode::BAD_REQUEST, WEB_API, key, message)
    }

    /// What the resources that were never released say to a version without `-preview`, and all resources beyond what the server
    /// released.
    pub(super) fn under_preview(asked: &str) -> Refusal {
        let message = format!(
            "The requested version \"{asked}\" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: \"{asked}-preview\""
        );
        Refusal::web_api("VssInvalidPreviewVersionException", &message)
    }

    pub(super) fn invalid_argument(parameter: &str) -> Refusal {
        Refusal::invalid(&format!("Invalid argument value.\r\nParameter name: {parameter}"))
    }

    pub(super) fn invalid(message: &str) -> Refusal {
        Refusal::exception(StatusCode::BAD_REQUEST, SOURCE_CONTROL, "InvalidArgumentValueException", message)
    }

    pub(super) fn missing_argument(parameter: &str) -> Refusal {
        let message = format!("Value cannot be null.\r\nParameter name: {parameter}");
        let body = wrapped("System.ArgumentNullException, mscorlib", "ArgumentNullException", 0, &message);
        Refusal::new(Answer::json(StatusCode::BAD_REQUEST, &body))
    }

    /// What the stand-in does not serve, whatever the real server says to it.
    pub(super) fn not_served(request: &Request) -> Refusal {
        let body = wrapped("StandIn", "StandIn", 0, &request.not_served(""));
        Refusal::new(Answer::json(StatusCode::NOT_IMPLEMENTED, &body))
    }

    /// No controller for the path: it belongs to the other host.
    pub(super) fn no_such_path(path: &str) -> Refusal {
        let message = format!("The controller for path '{path}' was not found or does not implement IController.");
        let body = wrapped("System.Web.HttpException, System.Web", "HttpException", 0, &message);
        Refusal::new(Answer::json(StatusCode::NOT_FOUND, &body))
    }

    /// No organisation, account or collection of that name: nothing that answers as the API does.
    pub(super) fn no_such_collection() -> Refusal {
        let page = "<html><head><title>The resource cannot be found.</title></head><body></body></html>";
        Refusal::new(Answer::html(StatusCode::NOT_FOUND, page))
    }

    pub(super) fn no_such_method(method: &Method) -> Refusal {
        let message = format!("The requested resource does not support http method '{method}'.");
        let body = json!({ "count": 1, "value": { "Message": message } });
        Refusal::new(Answer::json(StatusCode::METHOD_NOT_ALLOWED, &body))
    }

    pub(super) fn no_such_project(product: &Product, asked: &str) -> Refusal {
        if is_guid(asked) {
            let message = format!(
                "VS800075: The project with id 'vstfs:///Classification/TeamProject/{asked}' does not exist, or you do not have permission to access it."
            );
            return Refusal::exception(StatusCode::NOT_FOUND, CORE, "ProjectDoesNotExistException", &message);
        }
        let message = format!(
            "TF200016: The following project does not exist: {asked}. Verify that the name of the project is correct and that the project exists on the specified {}.",
            product.name()
        );
        Refusal::exception(StatusCode::NOT_FOUND, CORE, "ProjectDoesNotExistWithNameException", &message)
    }

    pub(super) fn no_such_repository(asked: &str) -> Refusal {
        let message = format!(
            "TF401019: The Git repository with name or identifier {asked} does not exist or you do not have permissions for the operation you are attempting."
        );
        Refusal::git(StatusCode::NOT_FOUND, "GitRepositoryNotFoundException", &message)
    }

    pub(super) fn unresolvable(repository: &Repository, branch: &str) -> Refusal {
        let message = format!(
            "TF401175: The version descriptor <Branch: {branch}> could not be resolved to a version in the repository {}",
            repository.name
        );
        Refusal::git(StatusCode::NOT_FOUND, "GitUnresolvableToCommitException", &message)
    }

    pub(super) fn needs_permission(identity: &str, permission: &str, scope: &str) -> Refusal {
        let message = needs_permission(identity, permission, scope);
        Refusal::git(StatusCode::FORBIDDEN, "GitNeedsPermissionException", &message)
    }

    /// A token that is good, but not for this: often no more than a status.
    pub(super) fn lacks_scope(status: StatusCode, product: &Product, request: &Request) -> Refusal {
        Refusal::new(with_challenge(Answer::empty(status), product, &request.origin))
    }

    /// A request without a credential where one is needed.
    pub(super) fn anonymous(product: &Product, request: &Request) -> Refusal {
        if !product.is_hosted() {
            return Refusal::new(iis_page(product, &request.origin));
        }
        let asks_for_json = request.header("accept").is_some_and(|accept| accept.contains("json"));
        if suppresses_redirects(request) || asks_for_json {
            let message = "TF400813: Resource not available for anonymous access. Client authentication required.";
            let refusal = Refusal::unauthorized(message);
            return Refusal::new(with_challenge(refusal.into_answer(), product, &request.origin));
        }
        Refusal::new(sign_in_redirect(&request.origin))
    }

    /// A credential that is not accepted. Clients that do not ask otherwise get the page for people.
    pub(super) fn bad_credential(product: &Product, request: &Request, state: Option<TokenState>) -> Refusal {
        if !product.is_hosted() {
            return Refusal::new(iis_page(product, &request.origin));
        }
        if !suppresses_redirects(request) {
            return match request.method {
                Method::GET | Method::POST => Refusal::new(sign_in_page()),
                _ => Refusal::unauthorized(NOT_AUTHORIZED),
            };
        }
        let (answer, reason) = match state {
            Some(TokenState::Expired) => (Answer::json(StatusCode::UNAUTHORIZED, &expired()), EXPIRED),
            _ => (Answer::empty(StatusCode::UNAUTHORIZED), NOT_AUTHORIZED),
        };
        let reason = utf8_percent_encode(reason, IN_HEADER).to_string();
        let answer = answer.with(HeaderName::from_static("x-tfs-serviceerror"), &reason);
        Refusal::new(with_challenge(answer, product, &request.origin))
    }

    fn unauthorized(message: &str) -> Refusal {
        Refusal::exception(StatusCode::UNAUTHORIZED, FRAMEWORK, "UnauthorizedRequestException", message)
    }
}

const NOT_AUTHORIZED: &str = "TF400813: The user '' is not authorized to access this resource.";
const EXPIRED: &str = "Access Denied: The Personal Access Token used has expired.";

pub(super) fn needs_permission(identity: &str, permission: &str, scope: &str) -> String {
    format!(
        "TF401027: You need the Git '{permission}' permission to perform this action. Details: identity '{identity}', scope '{scope}'."
    )
}

/// Too much at once, and this time not answered at all.
pub(super) fn blocked() -> Answer {
    let message = "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'Concurrency' in namespace 'User'.";
    Refusal::exception(StatusCode::TOO_MANY_REQUESTS, FRAMEWORK, "RequestCanceledException", message).into_answer()
}

/// The sign-in page, with a status that says success.
pub(super) fn sign_in_page() -> Answer {
    Answer::html(StatusCode::NON_AUTHORITATIVE_INFORMATION, SIGN_IN_PAGE)
}

/// To the sign-in page of `reply_to`, an origin.
pub(super) fn sign_in_redirect(reply_to: &str) -> Answer {
    let reply_to = utf8_percent_encode(reply_to, NON_ALPHANUMERIC).to_string();
    let page = format!("https://spsprodeus27.vssps.visualstudio.com/_signin?realm=dev.azure.com&reply_to={reply_to}");
    let body = format!(
        "<html><head><title>Object moved</title></head><body>\r\n<h2>Object moved to <a href=\"{page}\">here</a>.</h2>\r\n</body></html>"
    );
    Answer::html(StatusCode::FOUND, &body).with(header::LOCATION, &page)
}

fn iis_page(product: &Product, origin: &str) -> Answer {
    let answer = Answer::html(StatusCode::UNAUTHORIZED, IIS_PAGE).with(header::CONTENT_TYPE, "text/html");
    with_challenge(answer, product, origin)
}

fn with_challenge(mut answer: Answer, product: &Product, origin: &str) -> Answer {
    let challenge = match product {
        Product::Server { directory, .. } => {
            answer = answer.with(header::SERVER, "Microsoft-IIS/10.0");
            let basic = format!("Basic realm=\"{origin}/{directory}\", Negotiate, NTLM");
            if product.takes_pats() { format!("Bearer, {basic}") } else { basic }
        }
        _ => format!("Basic realm=\"{DEPLOYMENT}\""),
    };
    answer.with(header::WWW_AUTHENTICATE, &challenge)
}

fn suppresses_redirects(request: &Request) -> bool {
    request.header("x-tfs-fedauthredirect").is_some_and(|value| value.eq_ignore_ascii_case("suppress"))
}

fn expired() -> Value {
    let type_name =
        "Microsoft.VisualStudio.Services.Security.AccessCheckException, Microsoft.VisualStudio.Services.WebApi";
    let mut body = wrapped(type_name, "AccessCheckException", 3000, EXPIRED);
    body["customProperties"] = json!({
        "Descriptor": null, "IdentityDisplayName": null, "Token": null, "RequestedPermissions": 0,
        "NamespaceId": "00000000-0000-0000-0000-000000000000",
    });
    body
}

fn wrapped(type_name: &str, key: &str, event_id: u32, message: &str) -> Value {
    json!({
        "$id": "1", "innerException": null, "message": message, "typeName": type_name, "typeKey": key, "errorCode": 0,
        "eventId": event_id,
    })
}

pub(super) fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// git failing is never an answer of the real server's: the test should see what happened.
impl From<GitError> for Refusal {
    fn from(error: GitError) -> Refusal {
        let body = wrapped("StandIn", "StandIn", 0, &format!("stand-in: {error}"));
        Refusal::new(Answer::json(StatusCode::INTERNAL_SERVER_ERROR, &body))
    }
}
