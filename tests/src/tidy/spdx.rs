//! Licence expressions as crates write them: SPDX with `OR`, `AND`, `WITH` and parentheses, and the older `A/B`.

/// Whether some choice the expression offers consists of allowed licences alone. A licence `WITH` an exception is one
/// of its own, as in `deny.toml`. `Err` names what stands in the way.
pub fn permits(expression: &str, allowed: &[String]) -> Result<(), String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = Words { words: spaced.split_whitespace().collect(), at: 0, allowed };
    let verdict = words.any()?;
    match words.peek() {
        None => verdict.map_or(Ok(()), Err),
        Some(word) => Err(format!("`{expression}` is no licence expression: unexpected `{word}`")),
    }
}

struct Words<'a> {
    words: Vec<&'a str>,
    at: usize,
    allowed: &'a [String],
}

/// What is not allowed, if anything.
type Obstacle = Option<String>;

impl<'a> Words<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        self.at += usize::from(found);
        found
    }

    fn next(&mut self) -> Result<&'a str, String> {
        let word = self.peek().ok_or("the licence expression ends early")?;
        self.at += 1;
        Ok(word)
    }

    fn any(&mut self) -> Result<Obstacle, String> {
        let mut obstacle = self.all()?;
        while self.take("OR") {
            let other = self.all()?;
            obstacle = obstacle.and_then(|obstacle| other.map(|other| format!("{obstacle}, {other}")));
        }
        Ok(obstacle)
    }

    fn all(&mut self) -> Result<Obstacle, String> {
        let mut obstacle = self.one()?;
        while self.take("AND") {
            let other = self.one()?;
            obstacle = obstacle.or(other);
        }
        Ok(obstacle)
    }

    fn one(&mut self) -> Result<Obstacle, String> {
        if self.take("(") {
            let obstacle = self.any()?;
            return if self.take(")") { Ok(obstacle) } else { Err("a parenthesis is not closed".to_owned()) };
        }
        let mut licence = self.next()?.to_owned();
        if ["OR", "AND", "WITH", ")"].contains(&licence.as_str()) {
            return Err(format!("a licence is missing before `{licence}`"));
        }
        if self.take("WITH") {
            licence = format!("{licence} WITH {}", self.next()?);
        }
        Ok((!self.allowed.contains(&licence)).then_some(licence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permitted(expression: &str) -> Result<(), String> {
        permits(expression, &["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned))
    }

    #[test]
    fn one_allowed_choice_is_enough() {
        for expression in [
            "MIT",
            "GPL-3.0 OR MIT",
            "MIT/Apache-2.0",
            "Apache-2.0 / MIT",
            "(GPL-3.0 OR ISC) AND MIT",
            "GPL-3.0 AND ISC OR MIT",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert_eq!(permitted(expression), Ok(()), "{expression}");
        }
    }

    #[test]
    fn every_part_of_a_conjunction_is_needed_and_the_obstacle_named() {
        assert_eq!(permitted("MIT AND GPL-3.0"), Err("GPL-3.0".to_owned()));
        assert_eq!(permitted("GPL-3.0 OR MPL-2.0"), Err("GPL-3.0, MPL-2.0".to_owned()));
        assert_eq!(permitted("MIT AND (GPL-3.0 OR BSL-1.0)"), Err("GPL-3.0, BSL-1.0".to_owned()));
        assert_eq!(permitted("MIT WITH Classpath-exception-2.0"), Err("MIT WITH Classpath-exception-2.0".to_owned()));
        assert_eq!(permitted("mit"), Err("mit".to_owned()));
    }

    #[test]
    fn what_is_no_expression_permits_nothing() {
        for expression in ["", "MIT ISC", "MIT OR", "OR MIT", "(MIT", "MIT)", "MIT AND AND ISC", "MIT WITH"] {
            assert!(permitted(expression).is_err(), "{expression}");
        }
    }
}
