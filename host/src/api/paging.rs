//! Lists that are here already, a page at a time: those of things with an id, in order of it.

use serde::Deserialize;
use utoipa::IntoParams;

use super::path;
use crate::cursor::Scope;
use crate::operate::{App, Place, Places};
use crate::problem::Problem;
use model::PageLimit;

/// What the one list is called among the cursors.
const LIST: &str = "list";

/// Which page is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageAsked {
    /// At most so many items; 100 where it is left out. The same for all pages of a list.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, example = 50)]
    limit: Option<String>,
    /// `next_cursor` of the page before, with the same `limit` and filters.
    cursor: Option<String>,
}

/// A page, and the cursor for the next one; none on the last.
pub(super) struct Paged<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

impl PageAsked {
    /// As a route with more parameters has them.
    pub fn of(limit: Option<String>, cursor: Option<String>) -> Self {
        Self { limit, cursor }
    }

    /// The page of a list in order of `id`. `scope` is whatever makes it this list: its path, and whose it is. What was added
    /// or removed between two pages moves no other item.
    pub fn page<T>(
        self,
        app: &App,
        scope: &[&str],
        mut items: Vec<T>,
        id: impl Fn(&T) -> &str,
    ) -> Result<Paged<T>, Problem> {
        let limit = path::limit(self.limit.as_deref())?;
        let page_size = limit.items().to_string();
        let scope: Vec<&str> = scope.iter().copied().chain([page_size.as_str()]).collect();
        let scope = Scope(&scope);
        let after = self.cursor.map(|cursor| scope.read(&app.cursor_key, &cursor)).transpose()?;
        if let Some(after) = after.as_ref().and_then(|places| places.get(LIST)) {
            items.retain(|item| id(item) > after.next.as_str());
        }
        let next = after_the_page(&items, limit, id);
        items.truncate(limit.items() as usize);
        Ok(Paged { items, next_cursor: scope.write(&app.cursor_key, &next) })
    }
}

fn after_the_page<T>(items: &[T], limit: PageLimit, id: impl Fn(&T) -> &str) -> Places {
    let size = limit.items() as usize;
    let last = if items.len() > size { items.get(size - 1) } else { None };
    let place = |item| (LIST.to_owned(), Place { next: id(item).to_owned(), front: None });
    last.map(place).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::World;

    #[tokio::test]
    async fn a_list_is_paged_and_its_cursor_is_of_no_other() {
        let app = World::new().await.app.clone();
        let all: Vec<String> = (100..350).map(|number| number.to_string()).collect();
        let page = |scope: &str, limit: Option<&str>, cursor: Option<String>, items: Vec<String>| {
            let asked = PageAsked::of(limit.map(str::to_owned), cursor);
            asked.page(&app, &[scope], items, |id| id).map_err(|problem| problem.code())
        };
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let Paged { items, next_cursor } = page("a", None, cursor, all.clone()).unwrap();
            seen.extend(items);
            cursor = next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, all);
        let first = page("a", Some("2"), None, all.clone()).unwrap();
        assert_eq!(first.items, ["100", "101"]);
        for (scope, limit) in [("b", Some("2")), ("a", Some("3"))] {
            assert_eq!(page(scope, limit, first.next_cursor.clone(), all.clone()).err(), Some("not-found"));
        }
        let less: Vec<String> = all.into_iter().filter(|id| id != "101" && id != "102").collect();
        assert_eq!(page("a", Some("2"), first.next_cursor, less).unwrap().items, ["103", "104"]);
        for limit in ["0", "101", "x"] {
            assert_eq!(page("a", Some(limit), None, vec![]).err(), Some("invalid"));
        }
    }
}
