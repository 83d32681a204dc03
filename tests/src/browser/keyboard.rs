//! Whether a page can be used with the keyboard alone: Tab reaches everything there is to use, in the order it is read, shows
//! where it is, and gets out again.

use serde_json::{Value, json};

use super::element::Element;
use super::keys::Key;
use super::session::Browser;

/// How often Tab may stay within one thing: a moment with its day, month, year, hour, minute, half of the day and
/// calendar; a frame with a page in it.
const MAX_STEPS_WITHIN: usize = 7;
const MAX_STEPS_WITHIN_FRAME: usize = 200;

/// Where the focus is, among the arguments: an index, -1 where it is elsewhere; and how it shows.
const WHERE: &str = "const at = document.activeElement;
    const style = at ? getComputedStyle(at) : {};
    const outline = style.outlineStyle === 'none' || style.outlineWidth === '0px' ? 'none' : style.outline;
    return { at: arguments[0].indexOf(at), shown: at?.outerHTML.slice(0, 160), look: { outline, shadow: style.boxShadow } };";

/// A thing that Tab should come to.
struct Stop<'a> {
    element: Element<'a>,
    /// Outline and shadow while the focus is elsewhere.
    look: Value,
    shown: String,
    is_frame: bool,
}

impl Browser {
    /// Fails the test where somebody without a mouse would be lost. In an open dialog, that is the dialog. The focus is beyond the
    /// last thing afterwards.
    pub async fn expect_keyboard_suffices(&self) {
        let stops = self.stops().await;
        assert!(!stops.is_empty(), "there is nothing on {} that Tab reaches", self.address().await);
        let references = json!([stops.iter().map(|stop| stop.element.reference()).collect::<Vec<_>>()]);
        self.press(Key::Tab).await;
        for (index, stop) in stops.iter().enumerate() {
            let found = self.script(WHERE, references.clone()).await;
            assert_eq!(found["at"], json!(index), "Tab should be at {} and is at {}", stop.shown, found["shown"]);
            let is_seen = stop.is_frame || is_marked(&stop.look, &found["look"]);
            assert!(is_seen, "nothing shows that the focus is at {}: {}", stop.shown, found["look"]);
            self.go_on_from(index, stop, &references).await;
        }
    }

    /// Presses Tab until the focus is elsewhere.
    async fn go_on_from(&self, index: usize, stop: &Stop<'_>, references: &Value) {
        let allowed = if stop.is_frame { MAX_STEPS_WITHIN_FRAME } else { MAX_STEPS_WITHIN };
        for _ in 0..allowed {
            self.press(Key::Tab).await;
            if self.script(WHERE, references.clone()).await["at"] != json!(index) {
                return;
            }
        }
        panic!("Tab does not get out of {}", stop.shown);
    }

    async fn stops(&self) -> Vec<Stop<'_>> {
        let found = self.script(include_str!("keyboard.js"), json!([])).await;
        let stop = |found: &Value| {
            let shown = found["shown"].as_str().unwrap_or_default().to_owned();
            assert_eq!(found["order"], json!(0), "has an order of its own: {shown}");
            let element = Element::of(self, &found["element"]).expect("an element");
            Stop { element, look: found["look"].clone(), shown, is_frame: found["isFrame"] == json!(true) }
        };
        found.as_array().into_iter().flatten().map(stop).collect()
    }
}

/// Whether an outline or a shadow came with the focus.
fn is_marked(before: &Value, now: &Value) -> bool {
    let came = |what: &str| now[what] != "none" && now[what] != before[what];
    came("outline") || came("shadow")
}
