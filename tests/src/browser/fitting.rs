//! Whether a page fits whoever reads it: nothing of it is wider than what is seen of it, and what can be pressed is met.

use serde_json::{Value, json};

use super::session::Browser;

/// Widths that a page is held to, in CSS pixels: the narrowest that is promised, where a table has no columns; one with
/// some room for them; a laptop's.
const WIDTHS_PX: [u32; 3] = [320, 800, 1280];

/// Least height and width of what a pointer has to meet, in CSS pixels (WCAG 2.5.5).
const TARGET_PX: u32 = 44;

impl Browser {
    /// Fails the test where somebody would have to move a part of the page to and fro, or would press beside something. What is
    /// folded away is unfolded for it. `name`: the page, as its pictures are called.
    pub async fn expect_fits(&self, name: &str) {
        // What takes no pointer for a moment does so once that is over.
        let over = "return Promise.all(document.getAnimations().map(one => one.finished)).then(() => true);";
        assert_eq!(self.script(over, json!([])).await, json!(true), "{name} never comes to rest");
        for width_px in WIDTHS_PX {
            self.be_wide(width_px).await;
            let found = self.script(include_str!("fitting.js"), json!([TARGET_PX])).await;
            let faults: Vec<&str> = found.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            assert!(faults.is_empty(), "{name} does not fit a screen of {width_px} pixels:\n{}", faults.join("\n"));
        }
    }
}
