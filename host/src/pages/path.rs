//! What an address names, for people: one that cannot be read leads to a page, as one that names nothing does.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::answer::Page;
use super::told;
use crate::operate::SharedApp;

/// The parameters of a route.
pub(super) struct FromPath<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<SharedApp> for FromPath<T> {
    type Rejection = Page;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Page> {
        let read = Path::<T>::from_request_parts(parts, app).await;
        read.map(|Path(named)| Self(named)).map_err(|_| told::nothing_here(&app.config))
    }
}
