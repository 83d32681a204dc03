//! The body of AWS's error answers, in all the shapes they have: JSON 1.1 of CodeCommit (`__type` or `code`, within `Output`
//! or not, or only a header), XML of CodeCommit's front end (named by the outermost element), and XML or JSON of STS. What
//! stands before AWS may answer with words alone.
//!
//! Reading only. What an error means is for `refusal.rs` and the resources.

use countersign_sdk::{Json, Reply};

use crate::xml;

/// Where a message begins to repeat what was sent, the signature included.
const ECHOES: [&str; 4] = ["\n\n", " Authorization=", " in Authorization header: ", ", got '"];

/// The id of a request, as AWS gives it.
const OWN_HEADER: &str = "x-amzn-requestid";
/// Where an error's name stands that the body does not have.
const TYPE: &str = "x-amzn-errortype";
/// What an API gateway of somebody's at AWS puts on all that comes through it. Errors of its own are named in a header.
const GATEWAYS_HEADERS: [&str; 2] = ["x-amz-apigw-id", "apigw-requestid"];
/// The service that such a gateway is, by which it names what it does not allow.
const GATEWAYS_SERVICE: &str = "execute-api";
/// Where an error's name stands in CodeCommit's JSON, as others do not write it.
const NAME: &str = "__type";
/// The id of a request of a store of objects, as which CodeCommit and STS never answer.
const OF_STORES: &str = "x-amz-request-id";
/// How an error of STS begins.
const OF_STS: &str = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/";
/// AWS's sentences on a key and on permissions, in lower case: in the form that errors of AWS's have they are its own, although
/// something on the way took the headers.
const SENTENCES: [&str; 11] = [
    "security token included in the request is ",
    "signature we calculated does not match the signature you provided",
    "not a valid key=value pair (missing equal-sign) in authorization header",
    "credential must have exactly 5 slash-delimited elements",
    "the provided token is malformed or otherwise invalid",
    "the provided token has expired",
    " is not authorized to perform: ",
    " not authorized for the kms default master key",
    "the ciphertext refers to a customer master key",
    "have sufficient access to perform this action",
    "have permission to perform this action",
];

/// What an error answer says. Everything is empty where it says nothing that can be shown, as a web page does.
#[derive(Debug, Default)]
pub struct ErrorBody {
    /// The name of the error without namespace and without `Exception` at its end, which STS leaves out too:
    /// `AccessDenied`.
    pub code: String,
    /// Whether it is AWS's own, as far as can be told: by a code, or by the header that all its answers have.
    pub is_awss: bool,
    /// Whether it is surely that, by the header, or by form and words: gateways and stores of objects call errors as AWS does.
    pub is_surely_awss: bool,
    /// Whether it says no words but AWS's on keys and permissions: with other words its other services mean things of their own.
    pub is_worded: bool,
    /// Whether an API gateway refused that somebody has put in front, and does not name what it does not allow: CodeCommit was
    /// not asked.
    pub is_gateways: bool,
    message: String,
}

impl ErrorBody {
    pub fn of(reply: &Reply) -> Self {
        let (code, message, has_form) = match reply.tree() {
            Some(body) => in_json(&body),
            None => in_xml(reply.text().unwrap_or_default()),
        };
        let message = message.or_else(|| reply.gateways_words()).unwrap_or_default();
        let is_gateways = code.is_none() && !message.contains(GATEWAYS_SERVICE) && is_through_a_gateway(reply);
        if is_gateways {
            return Self { is_gateways, message, ..Self::default() };
        }
        let code = code.or_else(|| reply.header(TYPE).map(str::to_owned)).unwrap_or_default();
        let code = bare(&code).to_owned();
        let is_signed = is_signed(reply);
        let mut error = Self { is_awss: !code.is_empty() || is_signed, code, is_gateways, message, ..Self::default() };
        let has_form = (has_form || reply.header(TYPE).is_some()) && reply.header(OF_STORES).is_none();
        let is_labelled =
            || reply.header("content-type").is_some_and(|label| label.starts_with("application/x-amz-json"));
        error.is_worded = match error.message.as_str() {
            "" => is_signed || is_labelled(),
            _ => SENTENCES.iter().any(|sentence| error.says(sentence)),
        };
        error.is_surely_awss = is_signed || has_form && error.is_worded;
        error
    }

    /// The error's name and the message, of which AWS sometimes leaves out one.
    pub fn text(&self) -> String {
        let end = ECHOES.iter().filter_map(|echo| self.message.find(echo)).min();
        let message = end.and_then(|end| self.message.get(..end)).unwrap_or(&self.message);
        match (self.code.as_str(), message) {
            ("", message) => message.to_owned(),
            (code, "") => format!("{code}: AWS gave no reason."),
            (code, message) => format!("{code}: {message}"),
        }
    }

    /// Whether the message contains this, in any case.
    pub fn says(&self, lower: &str) -> bool {
        self.message.to_ascii_lowercase().contains(lower)
    }
}

/// Whether an answer has the header that all of AWS's have.
pub fn is_signed(reply: &Reply) -> bool {
    reply.header(OWN_HEADER).is_some_and(|id| !id.trim().is_empty())
}

/// Whether it comes of an API gateway, which has answers of its own.
pub fn is_through_a_gateway(reply: &Reply) -> bool {
    GATEWAYS_HEADERS.iter().any(|name| reply.header(name).is_some())
}

/// The error's name, the message, and whether both stand as AWS writes them.
fn in_json(body: &Json) -> (Option<String>, Option<String>, bool) {
    let error = body.get("Error");
    // What STS writes has an id beside the error.
    let is_of_sts = error.is_some() && body.get("RequestId").is_some();
    let body = error.or_else(|| body.get("Output")).unwrap_or(body);
    let text_of = |names: [&str; 3]| {
        let texts = names.iter().filter_map(|name| body.get(name).and_then(Json::as_str));
        texts.map(str::to_owned).next()
    };
    let has_form = is_of_sts || body.get(NAME).is_some_and(|name| name.as_str().is_some());
    (text_of([NAME, "code", "Code"]), text_of(["message", "Message", "errorMessage"]), has_form)
}

fn in_xml(body: &str) -> (Option<String>, Option<String>, bool) {
    let named_by_root = || xml::root_of(body).filter(|name| name.ends_with("Exception")).map(str::to_owned);
    let has_form = body.contains(OF_STS);
    (xml::text_of(body, "Code").or_else(named_by_root), xml::text_of(body, "Message"), has_form)
}

/// `namespace#NameException:http://…` is `Name`.
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default().trim();
    code.strip_suffix("Exception").unwrap_or(code)
}
