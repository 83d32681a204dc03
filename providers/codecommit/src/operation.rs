//! The operations of CodeCommit that are asked for here. Whatever goes out names one of them, so that the policy that lets a
//! key do this work is made of the same list and can be neither too narrow nor too wide.

macro_rules! operations {
    ($($name:ident,)*) => {
        /// One operation, called as in CodeCommit's service model.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Operation {
            $($name,)*
        }

        impl Operation {
            /// Every one, in alphabetical order.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// As a request names it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// As a policy of IAM names it.
            pub fn action(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("codecommit:", stringify!($name)),)*
                }
            }
        }
    };
}

operations! {
    BatchGetRepositories,
    CreateBranch,
    CreatePullRequest,
    DeleteBranch,
    GetBranch,
    GetMergeConflicts,
    GetPullRequest,
    GetRepository,
    ListBranches,
    ListPullRequests,
    ListRepositories,
}

/// The least policy of IAM under which all of them are done, in one region, as JSON.
///
/// Held to the region by a condition and not by ARNs: `ListRepositories` knows no resource but `*`, and the account's number,
/// which no ARN of CodeCommit may leave open, is not known here. (AWS CodeCommit User Guide, "Customer managed policy
/// examples", example 1, and "CodeCommit permissions reference".)
pub fn policy(region: &str) -> String {
    let actions: Vec<_> = Operation::ALL.iter().map(|one| format!("        \"{}\"", one.action())).collect();
    format!(
        r#"{{
  "Version": "2012-10-17",
  "Statement": [
    {{
      "Effect": "Allow",
      "Action": [
{}
      ],
      "Resource": "*",
      "Condition": {{ "StringEquals": {{ "aws:RequestedRegion": "{region}" }} }}
    }}
  ]
}}"#,
        actions.join(",\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::{BRANCHES, LIST, PULL_REQUESTS, READ};

    #[test]
    fn the_permissions_that_are_told_are_those_of_the_operations() {
        let mut told: Vec<_> = [LIST, READ, BRANCHES, PULL_REQUESTS].iter().flat_map(|some| some.split(", ")).collect();
        told.sort_unstable();
        let actions: Vec<_> = Operation::ALL.iter().map(|operation| operation.action()).collect();
        assert_eq!(told, actions);
    }
}
