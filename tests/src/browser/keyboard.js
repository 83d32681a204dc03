// What can be reached with the Tab key, in the order of the document, and how each looks while it is not.
const controls = 'a[href], area[href], button, input, select, textarea, summary, iframe, audio[controls], video[controls], ' +
    '[contenteditable], [tabindex]';
const reachable = (element) =>
    !element.disabled && element.tabIndex >= 0 && element.type !== 'hidden' && !element.closest('[inert]') &&
    element.checkVisibility({ visibilityProperty: true });
// Of radio buttons of one name, one stands for all.
const group = (element) => element.type === 'radio' && element.name ? `${element.form?.id} ${element.name}` : null;
const groups = new Map();
for (const radio of document.querySelectorAll('input[type=radio]')) {
    if (group(radio) && (radio.checked || !groups.has(group(radio)))) groups.set(group(radio), radio);
}
const dialog = [...document.querySelectorAll('dialog')].find((dialog) => dialog.matches(':modal'));
document.activeElement?.blur();
// The next Tab starts at the beginning of what is open.
const start = dialog ?? document.body;
const before = start.getAttribute('tabindex');
start.setAttribute('tabindex', '-1');
start.focus({ preventScroll: true });
start.blur();
if (before === null) start.removeAttribute('tabindex'); else start.setAttribute('tabindex', before);

const look = (element) => {
    const style = getComputedStyle(element);
    const outline = style.outlineStyle === 'none' || style.outlineWidth === '0px' ? 'none' : style.outline;
    return { outline, shadow: style.boxShadow };
};
const elements = [...start.querySelectorAll(controls)]
    .filter(reachable)
    .filter((element) => !group(element) || groups.get(group(element)) === element);
return elements.map((element) => ({
    element,
    look: look(element),
    shown: element.outerHTML.slice(0, 160),
    order: element.tabIndex,
    isFrame: element.tagName === 'IFRAME',
}));
