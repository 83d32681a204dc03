//! One page of a list and the headers to the others: by page number, or by what the last item was.

use http::header;
use serde_json::Value;

use super::call::{Call, Outcome, named, ok};
use super::params::Params;
use super::refusal::Refusal;
use crate::standin::message::Answer;

/// Items per page when a request does not say.
const DEFAULT_PER_PAGE: u64 = 20;

/// The page a request asks for.
pub(super) struct Page {
    number: usize,
    size: usize,
    /// By what the last item was, not by number.
    pub(super) keyset: bool,
}

impl Page {
    pub(super) fn of(call: &Call<'_>, params: &Params) -> Result<Page, Refusal> {
        let size = params.number("per_page")?.unwrap_or(DEFAULT_PER_PAGE);
        if size == 0 {
            return Err(Refusal::invalid("per_page has a value not allowed"));
        }
        let number = params.number("page")?.unwrap_or(1).max(1);
        Ok(Page {
            number: usize::try_from(number).unwrap_or(usize::MAX),
            size: usize::try_from(size).unwrap_or(usize::MAX).min(call.page_cap),
            keyset: params.text("pagination")?.as_deref() == Some("keyset"),
        })
    }

    pub(super) fn skipped(&self) -> usize {
        (self.number - 1).saturating_mul(self.size)
    }
}

/// The numbered page of `items`. Only what is on it is shaped.
pub(super) fn by_number<T>(
    call: &Call<'_>,
    page: &Page,
    items: &[T],
    shape: impl Fn(&T) -> Result<Value, Refusal>,
) -> Outcome {
    let last = items.len().div_ceil(page.size).max(1);
    let shown = items.iter().skip(page.skipped()).take(page.size).map(shape).collect::<Result<Vec<_>, _>>()?;
    let next = (page.number < last).then(|| page.number + 1);
    let previous = (page.number > 1).then(|| page.number - 1);
    let mut links = Vec::new();
    let mut link = |number: usize, rel: &str| {
        links.push(format!("<{}>; rel=\"{rel}\"", url(call, page, &[("page", number.to_string())])));
    };
    previous.into_iter().for_each(|number| link(number, "prev"));
    next.into_iter().for_each(|number| link(number, "next"));
    link(1, "first");
    if call.totals {
        link(last, "last");
    }
    let text = |number: Option<usize>| number.map(|number| number.to_string()).unwrap_or_default();
    let answer = ok(&Value::Array(shown))
        .with(header::LINK, &links.join(", "))
        .with(named("x-next-page"), &text(next))
        .with(named("x-page"), &page.number.to_string())
        .with(named("x-per-page"), &page.size.to_string())
        .with(named("x-prev-page"), &text(previous));
    Ok(if call.totals { with_totals(answer, items.len(), last) } else { answer })
}

fn with_totals(answer: Answer, items: usize, pages: usize) -> Answer {
    answer.with(named("x-total"), &items.to_string()).with(named("x-total-pages"), &pages.to_string())
}

/// The first page of `items`, which begin where the last page ended. `cursor` is what the next one begins after, by the last item
/// shown; where the page is not full `ends_short` says whether there is a next one at all.
pub(super) fn by_key<T>(
    call: &Call<'_>,
    page: &Page,
    items: &[T],
    shape: impl Fn(&T) -> Result<Value, Refusal>,
    cursor: impl Fn(&T) -> (&'static str, String),
    ends_short: bool,
) -> Outcome {
    let shown = &items[..items.len().min(page.size)];
    let answer = ok(&Value::Array(shown.iter().map(shape).collect::<Result<Vec<_>, _>>()?));
    let Some(last) = shown.last().filter(|_| shown.len() == page.size || !ends_short) else {
        return Ok(answer);
    };
    Ok(answer.with(header::LINK, &format!("<{}>; rel=\"next\"", url(call, page, &[cursor(last)]))))
}

/// The request's own address with other parameters. Those of the path are among them, as in the real server's links.
fn url(call: &Call<'_>, page: &Page, changed: &[(&str, String)]) -> String {
    let per_page = ("per_page", page.size.to_string());
    let changed: Vec<_> = changed.iter().chain([&per_page]).collect();
    let mut pairs = call.request.query_pairs();
    pairs.retain(|(name, _)| name != "id" && changed.iter().all(|(other, _)| other != name));
    pairs.extend(changed.into_iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    pairs.extend(project_of(call).map(|id| ("id".to_owned(), id)));
    pairs.sort();
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(&pairs);
    format!("{}{}?{}", call.request.origin, call.request.path, query.finish())
}

fn project_of(call: &Call<'_>) -> Option<String> {
    let segments = call.request.segments()?;
    let at = segments.iter().position(|segment| segment == "projects")?;
    segments.get(at + 1).cloned()
}
