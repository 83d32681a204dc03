//! Pictures of pages, for people to look at: `target/screens/NAME-WIDTH-SCHEME.png`.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::emulate::Scheme;
use super::session::Browser;
use crate::tidy::workspace_root;

/// From the root of the workspace.
const SCREENS: &str = "target/screens";

/// Widths every page is looked at, in CSS pixels: a telephone or a narrow dialog, and a laptop, which is what it is left at.
const WIDTHS_PX: [u32; 2] = [400, 1280];

impl Browser {
    /// Takes the whole page at each width, in light and dark. A page that is wider than the screen fails the test: nobody reads by
    /// moving a page to and fro.
    pub async fn take_pictures(&self, name: &str) {
        for width_px in WIDTHS_PX {
            self.be_wide(width_px).await;
            let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth;";
            let over = self.script(script, json!([])).await;
            assert_eq!(over, json!(0), "{name} is wider than a screen of {width_px} pixels");
            for scheme in [Scheme::Dark, Scheme::Light] {
                self.prefer(scheme).await;
                self.take_picture(&format!("{name}-{width_px}-{}", scheme.name())).await;
            }
        }
    }

    /// Takes what is on a laptop's screen, in light, and no more.
    pub async fn take_screen(&self, name: &str) {
        self.be_wide(WIDTHS_PX[1]).await;
        self.prefer(Scheme::Light).await;
        self.keep_picture(name, json!({ "format": "png" })).await;
    }

    /// Takes the whole page as it is; of one with a dialog over it, what is on the screen, which is all the dialog covers.
    async fn take_picture(&self, file_name: &str) {
        let is_covered =
            self.script("return document.querySelector(':modal') !== null;", json!([])).await == json!(true);
        let mut wanted = json!({ "format": "png", "captureBeyondViewport": !is_covered });
        if !is_covered {
            wanted["clip"] = self.extent().await;
        }
        self.keep_picture(file_name, wanted).await;
    }

    async fn keep_picture(&self, file_name: &str, wanted: Value) {
        let taken = self.devtools("Page.captureScreenshot", wanted).await;
        let png = STANDARD.decode(taken["data"].as_str().expect("a picture")).expect("Base64");
        let directory = workspace_root().join(SCREENS);
        let write =
            || fs::create_dir_all(&directory).and_then(|()| fs::write(directory.join(format!("{file_name}.png")), png));
        write().expect("the picture is kept");
    }

    async fn extent(&self) -> Value {
        let size = &self.devtools("Page.getLayoutMetrics", json!({})).await["cssContentSize"];
        json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 })
    }
}
