//! The pointer at a place, whatever is to be seen there: what somebody is made to do whose page is hidden below another.

use http::Method;
use serde_json::{Value, json};

use super::element::Element;
use super::session::Browser;

/// Somewhere on the screen, in CSS pixels from the upper left corner of the page's part of it.
pub type Point = (i64, i64);

impl Browser {
    /// Moves there and clicks.
    pub async fn click_at(&self, (x, y): Point) {
        self.expect_no_complaints().await;
        let moved = json!({ "type": "pointerMove", "origin": "viewport", "duration": 0, "x": x, "y": y });
        let (down, up) = (json!({ "type": "pointerDown", "button": 0 }), json!({ "type": "pointerUp", "button": 0 }));
        let pointer = json!({ "type": "pointer", "id": "mouse", "actions": [moved, down, up] });
        self.tell(Method::POST, "/actions", json!({ "actions": [pointer] })).await;
    }

    /// The middle of something, which has to be on the screen.
    pub async fn middle_of(&self, element: &Element<'_>) -> Point {
        let script = "const box = arguments[0].getBoundingClientRect(), [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
            return arguments[0].contains(document.elementFromPoint(x, y)) ? [Math.round(x), Math.round(y)] : null;";
        let place = self.script(script, json!([element.reference()])).await;
        let [x, y] = [0, 1].map(|index| place.get(index).and_then(Value::as_i64).expect("it is on the screen"));
        (x, y)
    }
}
