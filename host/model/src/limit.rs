//! Limits that an administrator can set, each with its name, its bounds and its reason.

/// One limit, as it is named in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What it is called; the unit is at the end of it where it has one.
    pub name: &'static str,
    /// What it is unless somebody sets it.
    pub usual: u32,
    /// The least it can be.
    pub least: u32,
    /// The most it can be.
    pub most: u32,
    /// What it bounds, and why it is what it is.
    pub about: &'static str,
}

/// Why a limit cannot be set so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// None of these is called so.
    #[error("no limit is called so")]
    Unknown,
    /// The value is none that it can have.
    #[error("it can be {least} to {most}")]
    Beyond {
        /// The least it can be.
        least: u32,
        /// The most it can be.
        most: u32,
    },
}

/// Makes a type of limits that belong together: `name: usual, least..=most, "reason";` for each.
#[macro_export]
macro_rules! limits {
    ($(#[$about_all:meta])* $all:ident; $($name:ident: $usual:literal, $least:literal..=$most:literal, $about:literal;)+) => {
        $(#[$about_all])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $all {
            $(#[doc = $about] pub $name: u32,)+
        }

        impl $all {
            /// Every one there is.
            pub const ALL: &'static [$crate::Limit] = &[
                $($crate::Limit {
                    name: stringify!($name),
                    usual: $usual,
                    least: $least,
                    most: $most,
                    about: $about,
                },)+
            ];
            /// Those that hold unless somebody sets others.
            pub const USUAL: $all = $all { $($name: $usual,)+ };

            /// The value of one, by its name.
            pub fn get(&self, name: &str) -> Option<u32> {
                $(if name == stringify!($name) { return Some(self.$name); })+
                None
            }

            /// Sets one by its name.
            pub fn set(&mut self, name: &str, value: u32) -> Result<(), $crate::LimitError> {
                $(if name == stringify!($name) {
                    let (least, most) = ($least, $most);
                    if !(least..=most).contains(&value) {
                        return Err($crate::LimitError::Beyond { least, most });
                    }
                    self.$name = value;
                    return Ok(());
                })+
                Err($crate::LimitError::Unknown)
            }
        }

        impl Default for $all {
            fn default() -> Self {
                Self::USUAL
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    limits! {
        /// Two of them.
        Two;
        one: 5, 1..=9, "Why it is five.";
        other: 7, 0..=4_294_967_295, "Why it is seven.";
    }

    #[test]
    fn a_limit_is_set_by_its_name_within_its_bounds() {
        let mut two = Two::default();
        assert_eq!((two.get("one"), two.get("other"), two.get("third")), (Some(5), Some(7), None));
        for value in [1, 9] {
            two.set("one", value).unwrap();
            assert_eq!(two.one, value);
        }
        for value in [0, 10] {
            assert_eq!(two.set("one", value), Err(LimitError::Beyond { least: 1, most: 9 }));
        }
        assert_eq!(two.set("third", 1), Err(LimitError::Unknown));
        assert_eq!((two, Two::ALL.len()), (Two { one: 9, ..Two::USUAL }, 2));
    }
}
