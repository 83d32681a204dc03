//! The keyboard, for whatever has the focus.

use http::Method;
use serde_json::{Value, json};

use super::session::Browser;

/// A key that is no letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Tab,
    /// The way back.
    ShiftTab,
    Enter,
    Escape,
    Space,
    ArrowDown,
    ArrowUp,
    Home,
    End,
}

/// What WebDriver calls the shift key (section 17.4.2).
const SHIFT: &str = "\u{e008}";

impl Key {
    fn code(self) -> &'static str {
        match self {
            Key::Tab | Key::ShiftTab => "\u{e004}",
            Key::Enter => "\u{e007}",
            Key::Escape => "\u{e00c}",
            Key::Space => " ",
            Key::ArrowDown => "\u{e015}",
            Key::ArrowUp => "\u{e013}",
            Key::Home => "\u{e011}",
            Key::End => "\u{e010}",
        }
    }
}

impl Browser {
    /// Presses a key and lets it go.
    pub async fn press(&self, key: Key) {
        let stroke = [down(key.code()), up(key.code())];
        match key {
            Key::ShiftTab => self.strokes([vec![down(SHIFT)], stroke.to_vec(), vec![up(SHIFT)]].concat()).await,
            _ => self.strokes(stroke.to_vec()).await,
        }
    }

    /// Types a text, letter by letter.
    pub async fn types(&self, text: &str) {
        let letters = text.chars().map(String::from);
        self.strokes(letters.flat_map(|letter| [down(&letter), up(&letter)]).collect()).await;
    }

    async fn strokes(&self, actions: Vec<Value>) {
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.tell(Method::POST, "/actions", json!({ "actions": [keyboard] })).await;
    }
}

fn down(key: &str) -> Value {
    json!({ "type": "keyDown", "value": key })
}

fn up(key: &str) -> Value {
    json!({ "type": "keyUp", "value": key })
}
