//! The server about itself.

use serde_json::json;

use super::call::{Call, Outcome, ok};

const REVISION: &str = "57a4d1257a4";

pub(super) fn version(call: &Call<'_>) -> Outcome {
    call.known_caller()?;
    let mut body = json!({ "version": call.product.version, "revision": REVISION });
    if call.product.since(15, 6) {
        add_metadata(call, &mut body);
    }
    Ok(ok(&body))
}

pub(super) fn metadata(call: &Call<'_>) -> Outcome {
    call.known_caller()?;
    let mut body = json!({ "version": call.product.version, "revision": REVISION });
    add_metadata(call, &mut body);
    Ok(ok(&body))
}

fn add_metadata(call: &Call<'_>, body: &mut serde_json::Value) {
    body["kas"] = json!({ "enabled": false, "externalUrl": null, "version": null });
    body["enterprise"] = json!(!call.product.free);
}
