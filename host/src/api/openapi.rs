//! The OpenAPI document: made from the handlers, completed with what they have in common.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, Info, License, OpenApi, Server};

const ABOUT: &str = "Create branches and pull requests from Jira as the Jira user herself. Connectors send \
    `Authorization: Bearer` with a JWT (EdDSA or ES256) signed with their registered key: `iss` the connector, `sub` the \
    Jira user's immutable id, `aud` the daemon's public URL, `iat` and `exp` at most 300 seconds apart, `jti` of 16 to 128 \
    characters used once for a change, `projects` the keys of the Jira projects in which the user holds View Development \
    Tools; `username` and `display_name` may say what she is called, for people and for branch names. Administrators send an admin token. Errors are problems (RFC 9457).";

pub(super) fn finished(mut document: OpenApi) -> OpenApi {
    let mut info = Info::new("Countersign", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.to_owned());
    info.license = Some(License::new("Apache-2.0"));
    document.info = info;
    document.servers = Some(vec![Server::new("/api/v1")]);
    let bearer = |what: &str| {
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(what)).build())
    };
    let mut components = document.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
    components.add_security_scheme("connector", bearer("A connector's JWT"));
    components.add_security_scheme("admin", bearer("An admin token"));
    document.components = Some(components);
    name_operations(&mut document);
    document
}

/// Names every operation after its handler and its resource, so that none has another's name: generated clients have one
/// function for each.
fn name_operations(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let is_parameter = |segment: &&str| segment.is_empty() || segment.starts_with('{');
        let resource = path.split('/').filter(|segment| !is_parameter(segment)).collect::<Vec<_>>().join("_");
        let resource = resource.replace(['-', '.'], "_");
        let methods = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in methods.into_iter().flatten() {
            let handler = operation.operation_id.take().unwrap_or_default();
            operation.operation_id = Some(format!("{handler}_{resource}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let document = serde_json::to_value(crate::api::document()).unwrap();
        let paths = document["paths"].as_object().unwrap().values();
        let ids = paths.flat_map(|item| item.as_object().unwrap().values());
        let ids: Vec<_> = ids.filter_map(|operation| operation["operationId"].as_str()).collect();
        assert!(ids.contains(&"create_integrations_repositories_branches"), "{ids:?}");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    }
}
