// Elements to be seen that have something to do with a name, all where it is empty; first those that are most likely meant.
const wanted = arguments[0];
const clean = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
const named = 'a, button, input, select, textarea, summary, h1, h2, h3, h4, h5, h6, img, table, th, td, tr, li, nav, main, ' +
    'header, footer, section, form, fieldset, dialog, iframe, option, progress, output, [role], [aria-label], ' +
    '[aria-labelledby], [tabindex]';
const texts = (element) => [
    element.getAttribute('aria-label'),
    element.getAttribute('title'),
    element.getAttribute('alt'),
    element.getAttribute('placeholder'),
    element.type === 'submit' || element.type === 'button' ? element.value : '',
    element.textContent,
    ...(element.getAttribute('aria-labelledby') ?? '').split(/\s+/).map((id) => document.getElementById(id)?.textContent),
    ...[...(element.labels ?? [])].map((label) => label.textContent),
].map(clean);
return [...document.querySelectorAll(named)]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => texts(element).some((text) => text.includes(wanted)))
    .sort((one, other) => one.textContent.length - other.textContent.length);
