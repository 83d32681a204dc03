// Improves the pages; every one of them works without it. Nothing is loaded from elsewhere, and nothing is kept.

/** Calls `work` once nothing has happened for a moment. */
function later(work, delay = 250) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), delay);
  };
}

/** A part of a page as the server writes it. None where it cannot be had: the page stays as it is. */
async function part(address, query, signal) {
  try {
    const answer = await fetch(`${address}?${new URLSearchParams(query)}`, { signal, credentials: "same-origin" });
    return answer.ok && !answer.redirected ? await answer.text() : null;
  } catch {
    return null;
  }
}

/** Asks for a part of a page at a time: a question takes back the one before it. */
function asking() {
  let asked;
  return (address, query) => {
    asked?.abort();
    asked = new AbortController();
    return part(address, query, asked.signal);
  };
}

/** Repositories are found while their name is typed. */
function findWhileTyping(input) {
  const results = document.getElementById(input.dataset.results);
  const ask = asking();
  const find = async () => {
    results.setAttribute("aria-busy", "true");
    const found = await ask(input.dataset.from, { part: "results", find: input.value });
    if (found !== null) results.innerHTML = found;
    results.removeAttribute("aria-busy");
  };
  input.addEventListener("input", later(find));
  if (results.childElementCount === 0) find();
}

/** Whether one of a list was chosen, rather than a letter typed. */
function isWhole(event) {
  return event.inputType === undefined || event.inputType === "insertReplacementText";
}

/** Branches are offered that hold what is typed. */
function offerBranches(input) {
  const list = document.getElementById(input.dataset.branches);
  const ask = asking();
  const offer = later(async () => {
    // Of this form: another window may have chosen another meanwhile.
    const repository = input.form.elements.namedItem("repository").value;
    const found = await ask(location.pathname, { part: "branches", q: input.value, repository });
    if (found !== null && input.value !== "") list.innerHTML = found;
  });
  input.addEventListener("input", (event) => {
    if (!isWhole(event)) offer();
  });
}

/** What is said of two branches is said of those that stand in the form now. */
function compareBranches(said) {
  const { elements } = said.closest("form");
  const ask = asking();
  const names = ["source", "target"];
  const text = (name) => elements.namedItem(name).value;
  let isOfForm = true;
  const compare = async () => {
    if (isOfForm) return;
    isOfForm = true;
    const [repository, source, target] = ["repository", ...names].map(text);
    const found = await ask(location.pathname, { part: "comparison", repository, source, target });
    if (found !== null && isOfForm) said.innerHTML = found;
  };
  for (const name of names) {
    const input = elements.namedItem(name);
    input.addEventListener("input", (event) => {
      isOfForm = false;
      said.replaceChildren();
      if (isWhole(event)) compare();
    });
    input.addEventListener("change", compare);
  }
}

/** What a branch template makes of an issue is shown while it is typed. */
function previewWhileTyping(box) {
  const shown = document.getElementById(box.dataset.shown);
  const ask = asking();
  const preview = later(async () => {
    const fields = [...box.querySelectorAll("input, select")].map((field) => [field.name, field.value]);
    const found = await ask(box.dataset.preview, fields);
    if (found !== null) shown.innerHTML = found;
  });
  box.addEventListener("input", preview);
}

/** What is to be copied can be, with one button. */
function offerCopy(text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = text.dataset.copy;
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  const row = document.createElement("p");
  row.className = "buttons";
  row.append(button, said);
  text.after(row);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      // Within a frame the browser may keep the clipboard to itself: it is selected, and a key copies it.
      getSelection().selectAllChildren(text);
      if (!document.execCommand("copy")) return;
    }
    said.textContent = text.dataset.copied;
  });
}

/**
 * The page that a form is answered with, or the address that it leads to. None where that is no page of ours; undefined where
 * nothing is answered.
 */
async function answerTo(form, button) {
  const body = new URLSearchParams(new FormData(form));
  body.set(button.name, button.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    if (answer.redirected) return answer.url;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("main") ? page : null;
  } catch {
    return undefined;
  }
}

/** Tries what a form says and shows what came of it. What was typed of a credential stays: no page ever has it. */
async function look(form, button) {
  underWay(form);
  // What is typed now would be gone with the answer.
  form.inert = true;
  const page = await answerTo(form, button);
  if (typeof page === "string") {
    // It was done; until what it leads to is here, nothing is sent again.
    location.assign(page);
    return;
  }
  atRest(form);
  if (page === undefined) {
    sayAbove(document.body.dataset.unreached);
    return;
  }
  if (page === null) {
    // As without a script: the browser shows what there is to see.
    delete button.dataset.look;
    form.requestSubmit(button);
    return;
  }
  const fresh = page.querySelector("main");
  if (fresh.querySelector("[data-too-long]") !== null) fresh.querySelector("form").remove();
  if (fresh.querySelector("form") === null) {
    // It says why nothing came of it; the form stays as it is.
    sayAbove(...fresh.childNodes);
    return;
  }
  // After a collision it is typed anew: what it was typed for may lead elsewhere by now.
  const stays = fresh.querySelector("[data-collided]") === null;
  const typed = [...form.querySelectorAll('[name^="credential-"]')].filter((field) => stays && field.value !== "");
  for (const { id, value } of typed) {
    const field = fresh.querySelector(`#${CSS.escape(id)}`);
    if (field) field.value = value;
  }
  // It is not lost where it still stands here.
  if (typed.length > 0) for (const lost of fresh.querySelectorAll("[data-lost]")) lost.remove();
  document.title = page.title;
  document.body.replaceChildren(...page.body.childNodes);
  main = document.querySelector("main");
  improve(document);
  focusOn(main.querySelector(".told") ?? main.querySelector("h1"));
}

/** Says it above a form that stays as it is. */
function sayAbove(...nodes) {
  const said = document.createElement("div");
  said.className = "told wrong unanswered";
  main.querySelector(".unanswered")?.remove();
  said.append(...nodes);
  main.prepend(said);
  focusOn(said);
}

/** Has it read out, and in sight. */
function focusOn(element) {
  element.setAttribute("tabindex", "-1");
  element.focus();
}

/** A form is sent once, and says that it is under way. */
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    const looks = event.submitter?.dataset.look !== undefined;
    if (form.dataset.sent || looks) event.preventDefault();
    if (form.dataset.sent) return;
    if (looks) look(form, event.submitter);
    else if (!navigator.onLine) {
      // The browser's own page would take what was typed.
      event.preventDefault();
      sayAbove(document.body.dataset.unreached);
    } else underWay(form);
  });
}

/** No answer takes longer, in milliseconds: where somebody stopped waiting for one, the form can be sent again. */
const LONGEST = 120_000;

function underWay(form) {
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  setTimeout(() => atRest(form), LONGEST);
}

function atRest(form) {
  form.inert = false;
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
}

/** How long Jira has to take this page away, in milliseconds. */
const LEAVING = 1000;

/** Tells the page of Jira around this one what it has to know: that something was made, how high this is, or that it is left. */
function tellParent(main) {
  const parents = (main.dataset.parent ?? "").split(" ").filter((origin) => origin !== "");
  const tell = (message) => {
    // The browser hands it to the one whose origin it is, and to no other.
    for (const origin of parents) window.parent.postMessage(message, origin);
  };
  const height = () => tell({ type: "countersign:height", height: document.documentElement.offsetHeight });
  new ResizeObserver(height).observe(main);
  const done = document.querySelector("[data-done]");
  if (done) tell({ type: "countersign:done", made: done.dataset.done });
  for (const link of parents.length > 0 ? document.querySelectorAll("a[data-leave]") : []) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      tell({ type: `countersign:${link.dataset.leave}` });
      // Where nobody listens, it leads where it says.
      setTimeout(() => window.open(link.href, "_top"), LEAVING);
    });
  }
}

/** All of a page that works better with a script. */
function improve(root) {
  for (const input of root.querySelectorAll("input[data-results]")) findWhileTyping(input);
  for (const input of root.querySelectorAll("input[data-branches]")) offerBranches(input);
  for (const said of root.querySelectorAll("[data-compares]")) compareBranches(said);
  for (const text of root.querySelectorAll("[data-copy]")) offerCopy(text);
  for (const box of root.querySelectorAll("[data-preview]")) previewWhileTyping(box);
  for (const form of root.querySelectorAll('form[method="post"]')) sendOnce(form);
}

let main = document.querySelector("main");
improve(document);
// Back from another page, a form can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) atRest(form);
});
if (main && window.parent !== window) tellParent(main);
