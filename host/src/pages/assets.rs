//! The stylesheet and the script of all pages: one of each, in the program, named with what is in them.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use crypto::{hex, sha256};
use http::{HeaderValue, StatusCode, header};

pub(super) const ROUTE: &str = "/ui/{file}";

/// What is in a file of this name never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// A file that is served.
struct Asset {
    content_type: &'static str,
    content: &'static str,
    /// `style-0123456789abcdef.css`: another content has another name.
    name: String,
}

impl Asset {
    fn new(stem: &str, ending: &str, content_type: &'static str, content: &'static str) -> Self {
        let digest = hex(&sha256(content.as_bytes())[..8]);
        Self { content_type, content, name: format!("{stem}-{digest}.{ending}") }
    }
}

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css; charset=utf-8", include_str!("assets/style.css")));
static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("pages", "js", "text/javascript; charset=utf-8", include_str!("assets/pages.js")));

/// Below the public URL.
pub(super) fn style_path() -> String {
    format!("/ui/{}", STYLE.name)
}

/// Below the public URL.
pub(super) fn script_path() -> String {
    format!("/ui/{}", SCRIPT.name)
}

/// The file of that name.
pub(super) async fn serve(Path(file): Path<String>) -> Response {
    let Some(asset) = [&*STYLE, &*SCRIPT].into_iter().find(|asset| asset.name == file) else {
        return (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain")], "There is no such file.")
            .into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static(FOR_EVER)),
    ];
    (headers, asset.content).into_response()
}
