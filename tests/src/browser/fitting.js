// What of a page does not fit: what is wider than the place that it is seen in, and what is too small to be met with a pointer.
// The argument: least height and width of a target, in CSS pixels.
const [least] = arguments;
const shown = (element) => element.outerHTML.slice(0, 160);
const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
// For ears, or until the focus is there.
const isUnseen = (element) => {
    for (let one = element; one; one = one.parentElement) {
        const { width, height } = one.getBoundingClientRect();
        if (width <= 1 && height <= 1 && getComputedStyle(one).overflow !== 'visible') return true;
    }
    return false;
};
const over = document.querySelector('dialog:modal') ?? document.documentElement;
const opened = [...over.querySelectorAll('details:not([open])')];
for (const details of opened) details.open = true;
const faults = [];

const { clientWidth, scrollWidth } = document.documentElement;
if (scrollWidth > clientWidth) faults.push(`the page is ${scrollWidth} px wide and ${clientWidth} px are seen`);
// What is typed into a field scrolls within it.
for (const element of over.querySelectorAll('*:not(input, select, textarea, option, svg *)')) {
    if (!isSeen(element) || isUnseen(element)) continue;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (style.position !== 'fixed' && (box.right > clientWidth + 1 || box.left < -1)) {
        faults.push(`reaches from ${Math.round(box.left)} to ${Math.round(box.right)} px of ${clientWidth}: ${shown(element)}`);
    } else if (style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1) {
        faults.push(`has ${element.scrollWidth} px in ${element.clientWidth}: ${shown(element)}`);
    }
}

// A link that is some words of a sentence is as high as its line (WCAG 2.5.8): other words stand before or behind it in the same
// paragraph, which nobody can press.
const controls = 'a[href], button, summary, select, textarea, input:not([type=hidden])';
const isWithinASentence = (element) => {
    if (element.tagName !== 'A' || getComputedStyle(element).display !== 'inline') return false;
    let block = element.parentElement;
    while (getComputedStyle(block).display.startsWith('inline')) block = block.parentElement;
    if (!/^(P|LI|DD|DIV)$/.test(block.tagName)) return false;
    const rest = block.cloneNode(true);
    for (const other of rest.querySelectorAll(`${controls}, .hidden, ul, ol, table`)) other.remove();
    return (rest.textContent.match(/\p{L}{2,}/gu) ?? []).length >= 2;
};
// A box is ticked by its label, too.
const targetOf = (element) => (/^(checkbox|radio)$/.test(element.type) && element.labels?.[0]) || element;
const isMet = (element, x, y) => element.contains(document.elementFromPoint(x, y));
const [x0, y0] = [scrollX, scrollY];
for (const control of over.querySelectorAll(controls)) {
    const element = targetOf(control);
    if (!isSeen(element) || isUnseen(control) || control.disabled || isWithinASentence(element)) continue;
    if (element.getBoundingClientRect().bottom + scrollY < 0) continue;
    element.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
    const box = [...element.getClientRects()].sort((one, other) => other.width - one.width)[0];
    // Where a thing ends between two pixels, the last one may be its neighbour's.
    const [x, y, reach] = [box.x + box.width / 2, box.y + box.height / 2, least / 2 - 1];
    const around = { above: [x, y - reach], below: [x, y + reach], left: [x - reach, y], right: [x + reach, y] };
    const missed = Object.entries(around).filter(([, [x, y]]) => !isMet(element, x, y)).map(([side]) => side);
    const isSmall = Math.min(box.width, box.height) < least - 0.5;
    if (isSmall || missed.length > 0) {
        const size = `${Math.round(box.width)} by ${Math.round(box.height)} px`;
        faults.push(`is met within less than ${least} px (${[size, ...missed].join(', not ')}): ${shown(control)}`);
    }
}
scrollTo({ left: x0, top: y0, behavior: 'instant' });
for (const details of opened) details.open = false;
return faults;
