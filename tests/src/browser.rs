//! A real browser in a test: Debian's Chromium, without a window, told by WebDriver what a person would do.
//!
//! ```no_run
//! # async fn scene(link: &str, front: &countersign_tests::browser::Front) {
//! use countersign_tests::browser::Browser;
//!
//! let Some(browser) = Browser::start(&[front]).await else { return };
//! browser.open(link).await;
//! browser.labelled("Personal access token").await.fill("ghp_…").await;
//! browser.find("button", "Check and save").await.click().await;
//! browser.sees("is now created as alice").await;
//! browser.expect_accessible().await;
//! # }
//! ```
//!
//! Things are found by what a person goes by, seeing or hearing the page: a role and a name, a label, a text. Whatever is looked
//! for is waited for. What a page complains of on its console, breaches of its own Content-Security-Policy among it, fails the
//! test at its next step, at the latest when the browser is dropped.
//!
//! Where there is no browser, [`Browser::start`] says so and gives none: the test ends, and `make test` names it at its end as
//! one that did not pass. Everything else panics where it cannot go on, as in [`crate::daemon`]; the demo, which is no test, starts a
//! [`Driver`] of its own and takes a panic for a promise that was not kept.
//!
//! | module | job |
//! |---|---|
//! | [`driver`] | `chromedriver`, which never outlives its process, and what is missing where there is none |
//! | [`wire`] | WebDriver itself: one request, one answer |
//! | [`session`] | one browser with a profile of its own, from its start to its end |
//! | [`complaints`] | what a page wrote on its console |
//! | [`cookies`] | which cookies somebody has it keep |
//! | [`element`], [`find`], [`keys`], [`pointer`], [`windows`] | what a person does: look for, click, type, go to a frame or a tab |
//! | [`emulate`], [`pictures`] | light and dark, without script, how wide; what that looks like |
//! | [`accessible`], [`keyboard`], [`fitting`] | whether everybody can use a page: axe-core's rules, the keyboard alone, a narrow screen and a thumb |
//! | [`front`] | TLS under the daemon's public name, so that the browser is where a user's is |

mod accessible;
mod complaints;
mod cookies;
mod driver;
mod element;
mod emulate;
mod find;
mod fitting;
mod front;
mod keyboard;
mod keys;
mod pictures;
mod pointer;
mod session;
mod windows;
mod wire;

pub use self::cookies::Cookies;
pub use self::driver::{Driver, Missing, is_there, skip};
pub use self::element::Element;
pub use self::emulate::Scheme;
pub use self::front::Front;
pub use self::keys::Key;
pub use self::pointer::Point;
pub use self::session::Browser;
