// Opens Countersign's pages in a dialog over the issue. Without it, the same buttons open them in a tab.
'use strict';

const dialog = document.querySelector('dialog');
const status = document.querySelector('#status');
const problem = dialog?.querySelector('.problem');
const FRAME = 'countersign';
const LEAST_HEIGHT_PX = 120;
// As far as a page may stretch the dialog, of the height of the window.
const MOST_HEIGHT = 0.8;

const more = document.querySelector('.more');
const paste = document.querySelector('#to-paste');

let frame = null;

// A new frame each time: an old one would keep its page, and a place in the history.
function open(title) {
    dialog.querySelector('h2').textContent = title;
    problem.hidden = true;
    frame?.remove();
    frame = document.createElement('iframe');
    frame.name = FRAME;
    frame.title = title;
    dialog.append(frame);
    // At hand where they are to be pasted.
    if (paste) dialog.append(paste);
    dialog.showModal();
}

// A link is sent as a form, so that it is in no address, no history and no log on the way.
function go(url) {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = url;
    form.target = FRAME;
    form.hidden = true;
    document.body.append(form);
    form.submit();
    form.remove();
}

async function clicked(event) {
    if (event.submitter?.dataset.tab !== undefined) return;
    event.preventDefault();
    const form = event.target;
    open(form.dataset.title);
    try {
        const answer = await fetch('/link', { method: 'POST', body: new URLSearchParams(new FormData(form)) });
        const { url, problem: said } = await answer.json();
        if (url) go(url); else refuse(said);
    } catch {
        refuse('Jira does not answer.');
    }
}

function refuse(said) {
    frame?.remove();
    problem.textContent = said;
    problem.hidden = false;
}

// What the git servers have by now, without losing where somebody is on the page.
async function refresh() {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.querySelector('#made').replaceWith(fresh.querySelector('#made'));
    status.textContent = 'Development is up to date.';
}

function told(event) {
    if (event.origin !== new URL(dialog.dataset.daemon).origin || event.source !== frame?.contentWindow) return;
    const { type, height } = event.data ?? {};
    if (type === 'countersign:height' && Number.isFinite(height)) {
        frame.style.height = `${Math.min(Math.max(height, LEAST_HEIGHT_PX), innerHeight * MOST_HEIGHT)}px`;
    }
    // What was made is shown in the dialog, and on the issue behind it.
    if (type === 'countersign:done') refresh();
    if (type === 'countersign:cancel' || type === 'countersign:close') dialog.close();
}

if (dialog) {
    for (const form of document.querySelectorAll('form.action')) form.addEventListener('submit', clicked);
    dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());
    // However it was closed: something may have been made before.
    dialog.addEventListener('close', () => {
        frame?.remove();
        frame = null;
        if (paste) more.append(paste);
        refresh();
    });
    addEventListener('message', told);
}
