/* The desk's one script. Without it every page works; with it a verb does not reload the page, the counter
   and the checks follow the typing, and single keys work for those who switched them on. */
"use strict";
(() => {
  const LOOK_AFTER = 120; // milliseconds without a keystroke
  const UNDO_FOR = 10_000; // milliseconds; the server is the judge
  const said = document.getElementById("said");
  const main = document.getElementById("main");
  if (!said || !main) return;

  const cards = () => [...main.querySelectorAll("section.post[id]")];
  const cardOf = (element) => element?.closest?.("section.post[id]");
  let current = ""; // the id of the card that the keys act on
  let busy = false;

  function select(card, { scroll = true } = {}) {
    main.querySelectorAll(".post.current").forEach((other) => other.classList.remove("current"));
    if (!card) return;
    current = card.id;
    card.classList.add("current");
    card.focus({ preventScroll: true });
    if (scroll) card.scrollIntoView({ block: "nearest" });
  }

  const selected = () => document.getElementById(current) ?? null;

  /* Which card comes next once `card` is gone: the one after it, else the one before. */
  function neighbours(card) {
    const all = cards().map((each) => each.id);
    const at = all.indexOf(card?.id);
    return [...all.slice(at), ...all.slice(0, Math.max(at, 0)).reverse()];
  }

  /* What has been on screen, as "post-revision": several posts are approved together only once they have. */
  const onScreen = new Set();
  const nameOf = (card) => `${card.id.slice(5)}-${card.querySelector('[name="seen"]')?.value}`;
  const screen = new IntersectionObserver(
    (changes) => {
      for (const { isIntersecting, intersectionRatio, intersectionRect, target } of changes) {
        const card = cardOf(target);
        const enough = intersectionRatio >= 0.5 || intersectionRect.height >= innerHeight / 2;
        if (card && isIntersecting && enough) onScreen.add(nameOf(card));
      }
    },
    { threshold: [0, 0.25, 0.5, 0.75] },
  );

  function observe() {
    screen.disconnect();
    main.querySelectorAll("section.post .looks .words").forEach((words) => screen.observe(words));
  }

  /* Lead to the first of these posts that has not been on screen. False: all have. */
  function leadsToUnseen(button) {
    const name = button.value.split(".").find((each) => !onScreen.has(each));
    const card = name && document.getElementById(`post-${name.split("-")[0]}`);
    if (!card) return false;
    select(card, { scroll: false });
    card.scrollIntoView({ block: "center" });
    const line = document.createElement("p");
    line.className = "message";
    line.textContent = document.getElementById("verbs")?.dataset.unseen ?? "";
    said.replaceChildren(line);
    return true;
  }

  function undoSoonGone() {
    const buttons = said.querySelectorAll(".undo");
    if (buttons.length) setTimeout(() => buttons.forEach((button) => button.remove()), UNDO_FOR);
  }

  /* What was typed elsewhere on the page and not saved outlives the exchange. */
  function unsaved(besides) {
    return [...main.querySelectorAll(".post form.boxed")].filter(
      (form) =>
        form !== besides &&
        [...form.elements].some((field) => field.tagName === "TEXTAREA" && field.value !== field.defaultValue),
    );
  }

  /* Put the answer's content where this page's is. */
  function show(html, address, { besides = null } = {}) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const content = fresh.getElementById("main");
    if (!content || !fresh.getElementById("said")) {
      location.assign(address);
      return false;
    }
    const kept = unsaved(besides).map((form) => [cardOf(form)?.id, form]);
    main.className = content.className;
    main.replaceChildren(...content.childNodes);
    for (const [id, form] of kept) {
      const card = id && document.getElementById(id);
      if (card && !card.querySelector("form.boxed")) card.append(form);
    }
    const here = document.querySelector(".top nav ul");
    const there = fresh.querySelector(".top nav ul");
    if (here && there) here.replaceWith(there);
    const verbs = document.getElementById("verbs");
    const theirs = fresh.getElementById("verbs");
    if (verbs && theirs) verbs.elements.next.value = theirs.elements.next.value;
    said.replaceChildren(...fresh.getElementById("said").childNodes);
    undoSoonGone();
    document.title = fresh.title;
    history.replaceState(null, "", address);
    main.querySelectorAll("form.editor").forEach(watch);
    observe();
    return true;
  }

  async function exchange(address, options, { card, besides }) {
    if (busy) return;
    busy = true;
    main.setAttribute("aria-busy", "true");
    const onward = neighbours(card);
    try {
      const answer = await fetch(address, { credentials: "same-origin", ...options });
      const html = await answer.text();
      if (!show(html, answer.url, { besides })) return;
      const alert = main.querySelector("[role=alert]");
      const field = document.getElementById(new URL(address, location).hash.slice(1));
      if (alert && !answer.ok) {
        alert.focus();
        alert.scrollIntoView({ block: "nearest" });
      } else if (field?.matches("form.boxed *") && !said.childElementCount) {
        select(cardOf(field), { scroll: false });
        field.focus();
        field.closest("form").scrollIntoView({ block: "nearest" });
      } else {
        const undone = address.match(/\/undo\/(\d+)/)?.[1];
        const place = undone ? `post-${undone}` : new URL(address, location).hash.slice(1);
        const target = document.getElementById(place);
        const staying = target?.matches("section.post") ? target : null;
        const next = staying ?? onward.map((id) => document.getElementById(id)).find(Boolean) ?? cards()[0];
        if (next) select(next);
        else main.focus();
      }
    } catch {
      // No connection: the browser's own way says so, and keeps the page.
      location.assign(options?.method === "POST" ? location.href : address);
    } finally {
      busy = false;
      main.removeAttribute("aria-busy");
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const ours = form.id === "verbs" || form.matches("main .post form");
    if (!ours || form.method !== "post") return;
    event.preventDefault();
    if (button?.name === "posts" && leadsToUnseen(button)) return;
    const address = button?.hasAttribute("formaction") ? button.formAction : form.action;
    const data = new FormData(form, button);
    const card = cardOf(button) ?? cardOf(form) ?? button?.closest("article")?.querySelector("section.post") ?? selected();
    exchange(address, { method: "POST", body: new URLSearchParams(data) }, { card, besides: form });
  });

  /* A form that is opened on a card, or closed again. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const card = cardOf(link);
    const opens = link.getAttribute("href").includes("open=");
    const closes = link.matches("form.boxed .buttons a") && link.hash === `#${card?.id}`;
    if (!card || !(opens || closes)) return;
    event.preventDefault();
    if (opens) {
      exchange(link.href, {}, { card });
    } else {
      link.closest("form").remove();
      history.replaceState(null, "", link.pathname + link.search);
      select(card);
    }
  });

  /* The counter, the checks and the preview while somebody types. */
  function watch(form) {
    if (form.dataset.watched) return;
    form.dataset.watched = "yes";
    const check = form.action.replace(/amend\/.*$/, "check/");
    const key = check.match(/posts\/(\d+)\//)?.[1];
    let timer = 0;
    let asked = 0;
    form.addEventListener("submit", () => {
      clearTimeout(timer); // the answer brings the checks along
      asked += 1;
    });
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const turn = ++asked;
        try {
          const answer = await fetch(check, {
            method: "POST",
            credentials: "same-origin",
            body: new URLSearchParams(new FormData(form)),
          });
          const looks = document.querySelector(`#post-${key} .looks`);
          if (!answer.ok || turn !== asked || !looks) return;
          const before = looks.querySelectorAll(".error").length;
          const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
          looks.replaceChildren(...fresh.body.childNodes);
          const after = looks.querySelectorAll(".error");
          if (before !== after.length) say(after[0] ?? looks.querySelector(".good"));
        } catch {
          // The checks come with the answer when it is saved.
        }
      }, LOOK_AFTER);
    });
  }

  function say(element) {
    const line = document.createElement("p");
    line.className = "hidden";
    line.textContent = element ? element.textContent : "";
    said.replaceChildren(line);
  }

  /* Single keys, for those who switched them on. */
  const typing = (element) => element.matches?.("input, textarea, select, [contenteditable]");
  const opening = { e: "amend-", r: "reject-", s: "approve-", c: "comment-", m: "assign-" };

  function press(key) {
    const all = cards();
    const card = selected() && all.includes(selected()) ? selected() : null;
    if (key === "j" || key === "k") {
      const at = all.indexOf(card) + (key === "j" ? 1 : -1);
      select(card ? all[Math.min(Math.max(at, 0), all.length - 1)] : all[0]);
    } else if (key === "z") {
      said.querySelector(".undo")?.click();
    } else if (key === "?") {
      location.assign("/keys/");
    } else if (key === "a" || opening[key]) {
      // Nothing is decided about a card that is not the marked one.
      const what = key === "a" ? '.verbs > [formaction*="/approve/"]' : `a[href*="open=${opening[key]}"]`;
      if (card) card.querySelector(what)?.click();
      else select(all[0]);
    } else {
      return false;
    }
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = event.target;
    const form = field.closest?.("form.boxed");
    if (form && event.key === "Escape") {
      event.preventDefault();
      form.querySelector(".buttons a")?.click();
    } else if (form && event.key === "Enter" && field.matches("select")) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button"));
    } else if ("keys" in document.body.dataset && !typing(field) && press(event.key)) {
      event.preventDefault();
    }
  });

  document.addEventListener("focusin", (event) => {
    const card = cardOf(event.target);
    if (card && card.id !== current) {
      main.querySelectorAll(".post.current").forEach((other) => other.classList.remove("current"));
      current = card.id;
      card.classList.add("current");
    }
  });

  /* Who else is looking: said while this page is in front and somebody is at it. */
  const AGAIN_AFTER = 10_000; // milliseconds
  const AWAY_AFTER = 180_000; // without a key or a movement
  let stirred = Date.now();
  for (const sign of ["keydown", "pointermove", "pointerdown", "scroll"]) {
    document.addEventListener(sign, () => (stirred = Date.now()), { passive: true });
  }

  const looks = (words) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    return new URLSearchParams({ csrfmiddlewaretoken: token, ...words });
  };
  const lookingAt = () => (cards().length === 1 ? cards()[0] : selected())?.id.slice(5) ?? "";

  async function tellLookers() {
    const all = cards();
    if (!all.length || document.hidden || Date.now() - stirred > AWAY_AFTER) return;
    const keys = all.map((card) => card.id.slice(5)).join(".");
    try {
      const answer = await fetch("/looking/", {
        method: "POST",
        credentials: "same-origin",
        body: looks({ at: lookingAt(), posts: keys }),
      });
      if (!answer.ok) return;
      const found = await answer.json();
      for (const card of cards()) {
        const words = found[card.id.slice(5)];
        let line = card.querySelector(".looked-at");
        if (!words) line?.remove();
        else if (!line) {
          line = document.createElement("p");
          line.className = "note looked-at";
          card.querySelector(".looks")?.before(line);
        }
        if (words) line.textContent = words;
      }
    } catch {
      // The next time will do.
    }
  }

  if (main.querySelector("section.post[id]")) {
    setTimeout(tellLookers, AGAIN_AFTER / 5);
    setInterval(tellLookers, AGAIN_AFTER);
    addEventListener("pagehide", () => navigator.sendBeacon("/looking/", looks({ left: lookingAt() })));
  }
  document.querySelectorAll("form.editor").forEach(watch);
  observe();
  undoSoonGone();
})();
