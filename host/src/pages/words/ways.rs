//! Ways in and out, and pages that say why there is no other.

use model::PageName;

pub(in crate::pages) const PRODUCT: &str = "Countersign";

/// Heading and text.
type Told = (&'static str, &'static str);

pub(in crate::pages) const OPENED_FOR: &str = "This page is for Jira user";
pub(in crate::pages) const NOT_YOU: &str = "If that is not you, close this page.";
pub(in crate::pages) const CONTINUE_AS: &str = "Continue as";
pub(in crate::pages) const FOR_WHOM: &str = "You are Jira user";
pub(in crate::pages) const BACK_TO_JIRA: &str = "Back to Jira";
pub(in crate::pages) const OPEN_IN_A_WINDOW: &str = "Open it in a new window as";
pub(in crate::pages) const WHAT_YOU_TYPED: &str = "What you typed";
pub(in crate::pages) const WHERE_TO_MEND: &str = "Open the page where it can be mended";
pub(in crate::pages) const IN_A_NEW_WINDOW: &str = "(opens in a new window)";
pub(in crate::pages) const REQUEST_ID: &str = "Request";

pub(in crate::pages) const LINK_GONE: Told =
    ("This link does not work any more", "It works once, for half an hour. Start again from Jira to get a new one.");
pub(in crate::pages) const NOTHING_HERE: Told =
    ("There is no such page", "What Jira users see is opened from Jira. Administrators begin below.");
pub(in crate::pages) const LOGIN_LINK_GONE: Told = (
    LINK_GONE.0,
    "It works once, for half an hour. The command countersign admin login-link prints another; an admin token signs in, too.",
);
pub(in crate::pages) const CROSS_SITE: Told =
    ("This form was sent from another site", "Nothing was done. Start again from Jira, and fill in the form there.");
/// The same of an administrators' form.
pub(in crate::pages) const CROSS_SITE_TO_ADMIN: Told =
    ("This form was sent from another site", "Nothing was done. Open the page anew, and fill in the form there.");
pub(in crate::pages) const NOT_FROM_HERE: Told =
    ("This form is not of this page", "Nothing was done. Load the page again, and fill in the form there.");
pub(in crate::pages) const NO_VISIT: Told = (
    "This page is not open in this browser",
    "It is open in the browser it was opened in from Jira, and only as long as that Jira is connected. Nothing was sent. Start \
     again from Jira.",
);
pub(in crate::pages) const VISIT_ENDED: Told = (
    "You were away for a while",
    "For your safety this page has ended, and nothing was sent. Open the same page from Jira again.",
);
pub(in crate::pages) const VISIT_ENDED_AND_KEPT: Told = (
    VISIT_ENDED.0,
    "For your safety this page has ended, and nothing was sent. What you typed is kept for a day: open the same page from \
     Jira again, and it is filled in.",
);
pub(in crate::pages) const NO_COOKIE: Told = (
    "Your browser keeps no cookies here",
    "This page is shown within Jira, and your browser keeps no cookies for such pages. It works in a window of its own.",
);
pub(in crate::pages) const UNREADABLE: Told =
    ("The form could not be read", "Nothing was done. Go back, load the page again and fill it in.");
pub(in crate::pages) const TOO_LONG: Told = (
    "This is more than the form takes",
    "Nothing was done. Go back: what you typed is still there. Make it shorter, and send it again.",
);
pub(in crate::pages) const TOO_SLOW: Told = (
    "This took too long",
    "It may be done or not. Start again from Jira and look; what you do again is looked up before anything is sent.",
);
pub(in crate::pages) const BROKEN: Told = (
    "Something went wrong",
    "It is our fault, and the log holds the reason. Start again from Jira; if it happens again, tell your Jira \
     administrator.",
);
pub(in crate::pages) const BUSY: Told =
    ("Too many people are here just now", "Nothing was done. Load the page again in a minute.");

pub(in crate::pages) const NO_HOST: Told =
    ("The request could not be read", "It does not say which host it is for. Nothing was done. Load the page again.");

/// What a page is called.
pub(in crate::pages) fn title_of(page: PageName) -> &'static str {
    match page {
        PageName::CreateBranch => "Create branch",
        PageName::CreatePullRequest => "Create pull request",
        PageName::SetUp => "Set up your personal access token",
        PageName::Repositories => "Repository browser",
        PageName::Tokens => "My tokens",
    }
}
