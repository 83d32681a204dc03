//! Whose browser it is: somebody who likes it dark, who has a small screen, who runs no scripts. All of it holds for this tab
//! until it is changed.

use serde_json::json;

use super::session::Browser;

/// Which colours somebody prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    /// As a stylesheet asks for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        }
    }
}

/// Height of every screen, in CSS pixels: what a laptop shows of a page.
const HEIGHT_PX: u32 = 800;

impl Browser {
    pub async fn prefer(&self, scheme: Scheme) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme.name() });
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": [feature] })).await;
    }

    /// In CSS pixels.
    pub async fn be_wide(&self, width_px: u32) {
        let screen = json!({ "width": width_px, "height": HEIGHT_PX, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await;
    }

    /// From the next page on, no page runs a script. Those of a test still run, as far as they wait for nothing.
    pub async fn run_no_scripts(&self) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    }

    /// From the next page on, pages run their scripts again. The one that is open stays without its own.
    pub async fn run_scripts(&self) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await;
    }

    /// As a browser without a network, until it has one again.
    pub async fn is_offline(&self, is_offline: bool) {
        let conditions =
            json!({ "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }
}
