//! Lists: pages of the size that was asked for, of what was searched for, out of whatever pages a server has.
//!
//! Some servers have no pages, or pages of their own size, or no search, or one that finds too much. A cursor is the server's
//! own token of the page to read next; where items of that page were given already, their number and [`SEPARATOR`] stand
//! before it.

use crate::types::Failure;

/// Between the two parts of a cursor.
const SEPARATOR: char = '~';

/// A page of a list, and the cursor for the next; none on the last.
pub type Sifted<T> = (Vec<T>, Option<String>);

/// One page, at most `limit` of the items that `is_wanted`: fewer where a page of the server's ends, and none only where
/// nothing was found in `most_pages` of them.
///
/// `get` asks the server for the page that a token of its own names, the first without one, and gives the items with the
/// token of the page behind it. It is asked again for a page of which not all was given.
///
/// # Errors
/// What `get` says: it judges the tokens.
pub fn sift<T>(
    cursor: Option<&str>,
    limit: u32,
    most_pages: usize,
    is_wanted: impl Fn(&T) -> bool,
    mut get: impl FnMut(Option<&str>) -> Result<Sifted<T>, Failure>,
) -> Result<Sifted<T>, Failure> {
    let (mut given, mut token) = cursor.map_or((0, None), parts);
    let mut searched = 0;
    loop {
        searched += 1;
        let (mut items, next) = get(token.as_deref())?;
        items.retain(&is_wanted);
        items.drain(..items.len().min(given as usize));
        // A token that leads back to itself leads nowhere.
        let next = next.filter(|next| token.as_ref() != Some(next));
        if items.is_empty() && searched < most_pages && next.is_some() {
            (given, token) = (0, next);
            continue;
        }
        let next = if items.len() > limit as usize {
            items.truncate(limit as usize);
            Some(format!("{}{SEPARATOR}{}", given.saturating_add(limit), token.unwrap_or_default()))
        } else {
            // A token that looks like both parts is made one of them.
            next.map(|next| match parts(&next) {
                (0, Some(token)) if token == next => next,
                _ => format!("0{SEPARATOR}{next}"),
            })
        };
        return Ok((items, next));
    }
}

/// How many of a page were given already, and the token of that page; none for the first.
fn parts(cursor: &str) -> (u32, Option<String>) {
    let split = cursor.split_once(SEPARATOR).and_then(|(given, token)| Some((given.parse().ok()?, token)));
    match split {
        Some((given, "")) => (given, None),
        Some((given, token)) => (given, Some(token.to_owned())),
        None => (0, Some(cursor.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server with these pages, whose tokens are `p2`, `p3` and so on.
    fn server(pages: &'static [&'static [u32]]) -> impl Fn(Option<&str>) -> Result<Sifted<u32>, Failure> {
        move |token| {
            let number: usize = token.map_or(1, |token| token[1..].parse().unwrap());
            let next = (number < pages.len()).then(|| format!("p{}", number + 1));
            Ok((pages[number - 1].to_vec(), next))
        }
    }

    /// All pages of a list.
    fn all(
        pages: &'static [&'static [u32]],
        limit: u32,
        most_pages: usize,
        is_wanted: fn(&u32) -> bool,
    ) -> Vec<Vec<u32>> {
        let (mut cursor, mut all) = (None, Vec::new());
        loop {
            let (items, next) = sift(cursor.as_deref(), limit, most_pages, is_wanted, server(pages)).unwrap();
            all.push(items);
            match next {
                Some(next) => cursor = Some(next),
                None => return all,
            }
        }
    }

    #[test]
    fn pages_of_a_server_are_given_in_pieces_of_the_size_that_is_asked_for() {
        const ALL: &[&[u32]] = &[&[1, 2, 3, 4, 5], &[6], &[7, 8]];
        let any = |_: &u32| true;
        assert_eq!(all(ALL, 2, 1, any), [vec![1, 2], vec![3, 4], vec![5], vec![6], vec![7, 8]]);
        assert_eq!(all(ALL, 100, 1, any), [vec![1, 2, 3, 4, 5], vec![6], vec![7, 8]]);
        assert_eq!(all(&[&[]], 2, 5, any), [Vec::<u32>::new()]);
    }

    #[test]
    fn pages_without_a_match_are_passed_over_up_to_a_number() {
        const ALL: &[&[u32]] = &[&[1], &[3], &[5], &[6, 7, 8, 10]];
        let even = |number: &u32| number.is_multiple_of(2);
        assert_eq!(all(ALL, 2, 9, even), [vec![6, 8], vec![10]]);
        assert_eq!(all(ALL, 2, 2, even), [vec![], vec![6, 8], vec![10]]);
    }

    #[test]
    fn a_server_that_leads_in_circles_is_not_followed() {
        let circle = |_: Option<&str>| Ok((Vec::<u32>::new(), Some("again".to_owned())));
        assert_eq!(sift(None, 5, 100, |_| true, circle), Ok((vec![], None)));
    }

    #[test]
    fn any_token_comes_back_as_it_was() {
        for odd in ["2", "7~x", "~", "0~", "0~x", "refs/heads/a~1", "18446744073709551616~x"] {
            let (_, next) = sift(None, 5, 1, |_| true, |_| Ok((vec![1], Some(odd.to_owned())))).unwrap();
            let mut asked = None;
            let last = sift(
                next.as_deref(),
                5,
                1,
                |_| true,
                |token| {
                    asked = token.map(str::to_owned);
                    Ok((vec![2, 3], None))
                },
            );
            assert_eq!((last, asked.as_deref()), (Ok((vec![2, 3], None)), Some(odd)), "{odd}");
        }
        assert_eq!(sift(Some("7~"), 5, 1, |_| true, server(&[&[1]])), Ok((vec![], None)), "what was there is gone");
    }
}
