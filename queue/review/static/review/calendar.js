/* Moving posts in the calendar: drag one to a free slot or another day, or press Move and choose with the keys.
   Both fill in the form that is on the page; the server says whether the time will do. Without this script,
   Move leads to the same form with a field for the time. */
"use strict";
(() => {
  const days = document.querySelector(".planned[data-form]");
  const form = days && document.getElementById(days.dataset.form);
  const moving = document.getElementById("moving");
  if (!form || !moving) return;

  let lifted = null; // the post that is on its way
  const say = (words) => moving.replaceChildren(words);

  const fits = (place) =>
    place.matches(".planned-day") || ` ${place.dataset.accounts} `.includes(` ${lifted.dataset.account} `);
  const dayOf = (place) => place.closest(".planned-day");

  /* A free slot has its own time; on a day as a whole the post keeps its time of day. */
  function timeAt(place) {
    return place.dataset.when ?? `${place.dataset.day}T${lifted.dataset.at.slice(11)}`;
  }

  function placeOf(element) {
    const place = element?.closest?.(".free") ?? element?.closest?.(".planned-day");
    return lifted && place && days.contains(place) && fits(place) ? place : null;
  }

  function places() {
    return [...days.querySelectorAll(".planned-day, .free")].filter(
      (place) => fits(place) && !(place.matches(".planned-day") && place === dayOf(lifted)),
    );
  }

  function lift(post) {
    put();
    lifted = post;
    post.classList.add("is-lifted");
    days.classList.add("is-moving");
  }

  function put() {
    days.querySelectorAll(".is-target, .is-lifted").forEach((each) => each.classList.remove("is-target", "is-lifted"));
    days.querySelectorAll("[data-place]").forEach((place) => {
      for (const name of ["tabindex", "role", "aria-label", "data-place"]) place.removeAttribute(name);
    });
    days.classList.remove("is-moving");
    lifted = null;
  }

  function send(place) {
    const when = timeAt(place);
    if (when === lifted.dataset.at) return leave();
    const { post, seen } = lifted.dataset;
    form.action = form.dataset.address.replace("/0/", `/${post}/`);
    form.elements.seen.value = seen;
    form.elements.when.value = when;
    form.elements.next.value += `#post-${post}`;
    form.submit();
  }

  function leave() {
    const post = lifted;
    put();
    say(days.dataset.left);
    post.querySelector(".shift")?.focus();
  }

  /* With the pointer. */
  days.querySelectorAll(".planned-post[data-post]").forEach((post) => (post.draggable = true));

  days.addEventListener("dragstart", (event) => {
    const post = event.target.closest?.(".planned-post[data-post]");
    if (!post) return;
    lift(post);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", post.textContent.trim());
  });
  days.addEventListener("dragover", (event) => {
    const place = placeOf(event.target);
    days.querySelectorAll(".is-target").forEach((each) => each !== place && each.classList.remove("is-target"));
    if (!place) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    place.classList.add("is-target");
  });
  days.addEventListener("drop", (event) => {
    const place = placeOf(event.target);
    if (!place) return;
    event.preventDefault();
    send(place);
  });
  days.addEventListener("dragend", () => put());

  /* With the keys, or with two clicks. */
  function offer(post) {
    lift(post);
    const found = places();
    for (const place of found) {
      place.dataset.place = "";
      place.tabIndex = -1;
      place.setAttribute("role", "button");
      if (place.matches(".planned-day")) {
        place.setAttribute("aria-label", `${days.dataset.same} ${place.querySelector("h2").textContent.trim()}`);
      }
    }
    const now = post.dataset.at;
    const first = found.find((place) => timeAt(place) > now) ?? found[0];
    say(days.dataset.how);
    first?.focus();
  }

  function step(from, key) {
    const found = places();
    const at = found.indexOf(from);
    if (key === "ArrowDown") return found[at + 1];
    if (key === "ArrowUp") return found[at - 1];
    const ahead = key === "ArrowRight" ? found.slice(at + 1) : found.slice(0, Math.max(at, 0)).reverse();
    const other = ahead.find((place) => dayOf(place) !== dayOf(from));
    return other && found.find((place) => dayOf(place) === dayOf(other));
  }

  days.addEventListener("click", (event) => {
    const shift = event.target.closest?.(".shift");
    const plain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (shift && plain) {
      event.preventDefault();
      // A second press leads to the form with a field for the time.
      if (lifted === shift.closest(".planned-post")) location.assign(shift.href);
      else offer(shift.closest(".planned-post"));
      return;
    }
    const place = event.target.closest?.("a") ? null : placeOf(event.target);
    if (place?.hasAttribute("data-place")) send(place);
  });

  days.addEventListener("keydown", (event) => {
    if (!lifted || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = event.target;
    if (event.key === "Escape") {
      event.preventDefault();
      leave();
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      step(place.hasAttribute("data-place") ? place : dayOf(place), event.key)?.focus();
    } else if ((event.key === "Enter" || event.key === " ") && place.hasAttribute("data-place")) {
      event.preventDefault();
      send(place);
    }
  });
})();
