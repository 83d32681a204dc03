//! From a core module to a component, and the first look at what it asks for. Not the last: the daemon checks again
//! when a component is installed, because one may come from anywhere.

use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

/// The WIT package that is all a provider may import, and of which it exports the interface `provider`.
pub const CONTRACT: &str = "countersign:provider";

/// Why a module is not a provider component.
#[derive(Debug, thiserror::Error)]
pub enum ComponentError {
    /// The module's imports or exports are not those of the contract.
    #[error(
        "it cannot be made a component (does the crate export a provider with the SDK, and use no import of its own?)"
    )]
    Encode(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What was made is not WebAssembly.
    #[error("the component cannot be read back")]
    Malformed(#[from] wasmparser::BinaryReaderError),
    /// It asks for more than the contract gives: the names of all that is foreign.
    #[error(
        "it imports {}, and a provider has nothing but {CONTRACT}/*: \
         remove the dependency that wants files, clocks, randomness or a network",
        .0.join(", ")
    )]
    ForeignImports(Vec<String>),
    /// It is a component, but of something else.
    #[error("it does not export {CONTRACT}/provider: implement the SDK's provider trait and export it")]
    NoProvider,
}

/// Makes a component of what rustc made, and refuses one that no daemon would install.
pub(crate) fn from_module(module: &[u8]) -> Result<Vec<u8>, ComponentError> {
    let component = ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| ComponentError::Encode(error.into()))?;
    check(&component)?;
    Ok(component)
}

fn check(component: &[u8]) -> Result<(), ComponentError> {
    let Names { imports, exports } = Names::read(component)?;
    let foreign: Vec<_> = imports.into_iter().filter(|name| interface(name).is_none()).collect();
    if !foreign.is_empty() {
        return Err(ComponentError::ForeignImports(foreign));
    }
    if !exports.iter().any(|name| interface(name) == Some("provider")) {
        return Err(ComponentError::NoProvider);
    }
    Ok(())
}

/// `lending` for `countersign:provider/lending@0.3.0`; nothing for an interface of another package.
fn interface(name: &str) -> Option<&str> {
    let name = name.strip_prefix(CONTRACT)?.strip_prefix('/')?;
    Some(name.split_once('@').map_or(name, |(interface, _version)| interface))
}

/// What a component imports and exports itself; what the modules and components nested in it pass among
/// themselves is their own affair.
#[derive(Default)]
struct Names {
    imports: Vec<String>,
    exports: Vec<String>,
}

impl Names {
    fn read(component: &[u8]) -> Result<Self, wasmparser::BinaryReaderError> {
        let mut names = Self::default();
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(component) {
            match payload? {
                Payload::Version { .. } => depth += 1,
                Payload::End(_) => depth -= 1,
                Payload::ComponentImportSection(section) if depth == 1 => {
                    for import in section {
                        names.imports.push(import?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 1 => {
                    for export in section {
                        names.exports.push(export?.name.name.to_owned());
                    }
                }
                _ => {}
            }
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        Component, ComponentExportKind, ComponentExportSection, ComponentImportSection, ComponentTypeRef,
        ComponentTypeSection, InstanceType, Module, NestedComponentSection,
    };

    use super::*;

    const LENDING: &str = "countersign:provider/lending@0.3.0";
    const PROVIDER: &str = "countersign:provider/provider@0.3.0";

    /// A component that imports and exports empty instances of these names, the first import under every export.
    fn component(imports: &[&str], exports: &[&str]) -> Component {
        let mut component = Component::new();
        let mut types = ComponentTypeSection::new();
        types.instance(&InstanceType::new());
        let mut import_section = ComponentImportSection::new();
        for name in imports {
            import_section.import(*name, ComponentTypeRef::Instance(0));
        }
        let mut export_section = ComponentExportSection::new();
        for name in exports {
            export_section.export(*name, ComponentExportKind::Instance, 0, None);
        }
        component.section(&types).section(&import_section).section(&export_section);
        component
    }

    fn verdict(imports: &[&str], exports: &[&str]) -> Result<(), ComponentError> {
        check(&component(imports, exports).finish())
    }

    #[test]
    fn a_component_within_the_contract_passes() {
        verdict(&[LENDING, "countersign:provider/log@0.3.0"], &[PROVIDER]).unwrap();
    }

    #[test]
    fn p7_every_import_outside_the_contract_is_refused_by_name() {
        for foreign in
            ["wasi:cli/environment@0.2.6", "countersign:provider-evil/lending@0.3.0", "countersign:other/log", "stray"]
        {
            let error = verdict(&[LENDING, foreign], &[PROVIDER]).unwrap_err();
            assert!(matches!(&error, ComponentError::ForeignImports(names) if *names == [foreign]), "{error}");
        }
    }

    #[test]
    fn a_component_that_exports_no_provider_is_refused() {
        assert!(matches!(verdict(&[LENDING], &[LENDING]), Err(ComponentError::NoProvider)));
    }

    #[test]
    fn imports_of_a_nested_component_are_not_the_providers_own() {
        let nested = component(&["inner:parts/part"], &[]);
        let mut outer = component(&[LENDING], &[PROVIDER]);
        outer.section(&NestedComponentSection(&nested));
        check(&outer.finish()).unwrap();
    }

    #[test]
    fn p7_what_is_no_component_is_refused() {
        assert!(matches!(check(b"#!/bin/sh"), Err(ComponentError::Malformed(_))));
        assert!(matches!(check(&component(&[LENDING], &[PROVIDER]).finish()[..40]), Err(ComponentError::Malformed(_))));
        assert!(matches!(from_module(b"#!/bin/sh"), Err(ComponentError::Encode(_))));
    }

    #[test]
    fn a_module_without_the_sdk_becomes_no_provider() {
        assert!(matches!(from_module(&Module::new().finish()), Err(ComponentError::NoProvider)));
    }
}
