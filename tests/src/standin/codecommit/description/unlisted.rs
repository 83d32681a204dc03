//! Operations of CodeCommit's model that the slice at hand leaves out, by the model itself (botocore, `codecommit`
//! 2015-04-13, `service-2.json`).

use serde_json::{Value, json};

/// Adds them to a document like that of the slice: operations and shapes.
pub(super) fn add_to(document: &mut Value) {
    document["x-operations"]["GetMergeConflicts"] = json!({
        "target": "CodeCommit_20150413.GetMergeConflicts",
        "input": { "$ref": "#/$defs/GetMergeConflictsInput" },
        "output": { "$ref": "#/$defs/GetMergeConflictsOutput" },
        "errors": [
            "RepositoryNameRequiredException", "InvalidRepositoryNameException", "RepositoryDoesNotExistException",
            "MergeOptionRequiredException", "InvalidMergeOptionException", "InvalidContinuationTokenException",
            "CommitRequiredException", "CommitDoesNotExistException", "InvalidCommitException",
            "TipsDivergenceExceededException", "InvalidMaxConflictFilesException",
            "InvalidConflictDetailLevelException", "InvalidDestinationCommitSpecifierException",
            "InvalidSourceCommitSpecifierException", "InvalidConflictResolutionStrategyException",
            "MaximumFileContentToLoadExceededException", "MaximumItemsToCompareExceededException",
            "EncryptionIntegrityChecksFailedException", "EncryptionKeyAccessDeniedException",
            "EncryptionKeyDisabledException", "EncryptionKeyNotFoundException", "EncryptionKeyUnavailableException",
        ],
    });
    document["$defs"]["GetMergeConflictsInput"] = json!({
        "type": "object",
        "properties": {
            "repositoryName": { "$ref": "#/$defs/RepositoryName" },
            "destinationCommitSpecifier": { "type": "string" },
            "sourceCommitSpecifier": { "type": "string" },
            "mergeOption": { "enum": ["FAST_FORWARD_MERGE", "SQUASH_MERGE", "THREE_WAY_MERGE"] },
            "conflictDetailLevel": { "enum": ["FILE_LEVEL", "LINE_LEVEL"] },
            "maxConflictFiles": { "type": "integer" },
            "conflictResolutionStrategy": { "enum": ["NONE", "ACCEPT_SOURCE", "ACCEPT_DESTINATION", "AUTOMERGE"] },
            "nextToken": { "type": "string" },
        },
        "required": ["repositoryName", "destinationCommitSpecifier", "sourceCommitSpecifier", "mergeOption"],
    });
    document["$defs"]["GetMergeConflictsOutput"] = json!({
        "type": "object",
        "properties": {
            "mergeable": { "type": "boolean" },
            "destinationCommitId": { "type": "string" },
            "sourceCommitId": { "type": "string" },
            "baseCommitId": { "type": "string" },
            "conflictMetadataList": { "type": "array" },
            "nextToken": { "type": "string" },
        },
        "required": ["mergeable", "destinationCommitId", "sourceCommitId", "conflictMetadataList"],
    });
}
