// Saves the form of a card while the user writes. Without it, the buttons of each step save.
"use strict";
(() => {
  const PAUSE = 900; // milliseconds without typing before a save
  const RETRIES = [3000, 10000, 30000, 60000];
  const LARGEST = 60000; // bytes that a browser sends after a page is gone: 64 KiB with the head
  const NOT_FIELDS = /^(token|revision|page|began|do|shape|job|find|found|template)$|^(report|uri|kind|reply)-/;
  const HEADERS = { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" };
  let open = null; // the form of this page, and what is known of its saves

  // The inputs that one value is read from: all columns of all rows of a list.
  const groupOf = (name) => name.replace(/(\.metric)?\.(index|name|value|notes|key|asked|otherwise)$/, "");

  function adopt() {
    const form = document.getElementById("wizard");
    if (!form || open?.form === form) return;
    const byHand = form.hasAttribute("data-by-hand");
    open = { form, byHand, changed: new Set(), dirty: byHand, turn: 0, failed: 0, sending: null, timer: 0, gone: false, offline: false };
    if (byHand) say("error", "Not saved yet", null);
  }

  function body() {
    const { form, changed, turn } = open;
    const values = new URLSearchParams({ do: "auto", turn: String(turn) });
    for (const control of form.elements) {
      const { name, type, value } = control;
      const isOfPage = name && ["token", "revision", "page", "began"].includes(name);
      const isChanged = name && !NOT_FIELDS.test(name) && changed.has(groupOf(name));
      if (!isOfPage && !isChanged) continue;
      if (control.disabled || type === "file" || (/^(radio|checkbox)$/.test(type) && !control.checked)) continue;
      values.append(name, value);
    }
    return values.toString();
  }

  function say(icon, text, button) {
    const place = open.form.querySelector(".cw-saved");
    if (!place) return;
    place.classList.toggle("is-wrong", icon === "error");
    const parts = [];
    if (icon) {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("class", "cw-icon");
      svg.setAttribute("aria-hidden", "true");
      const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
      use.setAttribute("href", `${open.form.dataset.icons}#i-${icon}`);
      svg.append(use);
      parts.push(svg);
    }
    const words = document.createElement("span");
    words.textContent = text;
    parts.push(words);
    if (button) {
      const press = document.createElement("button");
      Object.assign(press, { className: "cw-link", name: "do", value: "stay", formNoValidate: true, textContent: button });
      parts.push(press);
    }
    whenReleased(() => place.replaceChildren(...parts));
  }

  function again(text) {
    const wait = RETRIES[Math.min(open.failed, RETRIES.length - 1)];
    open.failed += 1;
    say("error", `Not saved: ${text}. Cardwright tries again.`, null);
    later(wait);
  }

  function later(wait) {
    clearTimeout(open.timer);
    open.timer = setTimeout(() => save(), wait);
  }

  // What the answer to a save means. Only an answer in JSON is one of the form.
  async function take(response, turn) {
    if (!response.headers.get("Content-Type")?.startsWith("application/json")) {
      if (response.status >= 500 || response.status === 429) return again("the server failed");
      open.failed += 1;
      if (response.status === 401) return say("error", "Not saved: your session ended.", "Sign in and save");
      if (response.status === 409) return say("error", "Not saved: you signed in again since.", "Save draft");
      return say("error", `Not saved: the server refused it (${response.status}).`, "Save draft");
    }
    const answer = await response.json();
    if (!response.ok) {
      open.failed += 1;
      const why = `Not saved: ${answer.why.charAt(0).toLowerCase()}${answer.why.slice(1)}.`;
      return say("error", why, answer.elsewhere ? "Show both" : "Save draft");
    }
    open.failed = 0;
    if (turn === open.turn) open.dirty = false;
    if (answer.nothing) return say("", "Nothing to save yet", null);
    open.form.elements.revision.value = answer.revision;
    begun(answer.address);
    whenReleased(() => {
      for (const list of document.querySelectorAll(".cw-steps > ol, .cw-steps-box > ol")) renew(list, answer.steps);
    });
    const time = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    say("check", `Saved at ${time}`, null);
    return undefined;
  }

  // A page without a draft has one after its first save.
  function begun(address) {
    if (new URL(open.form.action).pathname === address) return;
    open.form.action = address;
    for (const button of open.form.querySelectorAll("[hx-post]")) {
      button.setAttribute("hx-post", address);
      window.htmx?.process(button);
    }
    history.replaceState(history.state, "", address + location.hash);
    const discard = open.form.querySelector("[data-discard]");
    if (discard) {
      discard.href = address.replace(/[^/]*$/, "discard");
      discard.hidden = false;
    }
  }

  // The buttons stay: one of them may be pressed, have the focus or wait for the save it caused.
  function renew(list, html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    for (const [at, item] of [...made.content.querySelectorAll("li")].entries()) {
      const shown = list.children[at];
      shown.className = item.className;
      const [button, fresh] = [shown.firstElementChild, item.firstElementChild];
      if (button.tagName !== fresh.tagName) button.replaceWith(fresh);
      else if (button.innerHTML !== fresh.innerHTML) button.replaceChildren(...fresh.childNodes);
    }
  }

  // A page that moves between the press and the release of a pointer loses the click.
  let isPressed = false;
  const untilReleased = [];
  function whenReleased(draw) {
    if (isPressed) untilReleased.push(draw);
    else draw();
  }
  document.addEventListener("pointerdown", () => (isPressed = true), true);
  for (const kind of ["pointerup", "pointercancel", "dragend", "blur"]) {
    addEventListener(kind, (event) => {
      if (kind === "blur" && event.target !== window) return;
      // After the click, which follows the release.
      setTimeout(() => {
        isPressed = false;
        for (const draw of untilReleased.splice(0)) draw();
      });
    }, true);
  }

  async function send(keepalive) {
    const page = open;
    page.turn += 1;
    const turn = page.turn;
    const text = body();
    const small = text.length < LARGEST;
    try {
      const response = await fetch(page.form.action, {
        method: "POST",
        headers: HEADERS,
        body: text,
        keepalive: keepalive || small,
        redirect: "manual",
        credentials: "same-origin",
      });
      page.offline = false;
      if (page === open && !page.gone) await take(response, turn);
    } catch {
      page.offline = true;
      if (page === open && !page.gone) again("there is no connection to the server");
    }
  }

  // Saves what is changed; one request at a time.
  async function save() {
    clearTimeout(open.timer);
    if (!open.dirty || open.byHand || open.gone || !open.form.isConnected) return; // the sign-in form took its place
    if (open.sending) {
      await open.sending;
      if (open.dirty && !open.failed) await save();
      return;
    }
    open.sending = send(false);
    await open.sending;
    open.sending = null;
  }

  function edited(control) {
    if (!open || control.form !== open.form || !control.name || NOT_FIELDS.test(control.name)) return false;
    open.changed.add(groupOf(control.name));
    open.dirty = true;
    return !open.byHand;
  }

  document.addEventListener("input", (event) => {
    if (edited(event.target)) later(open.failed ? RETRIES[0] : PAUSE);
  });
  document.addEventListener("change", (event) => {
    if (edited(event.target)) save();
  });
  document.addEventListener("focusout", (event) => {
    if (open?.dirty && open.form.contains(event.target) && !open.failed) save();
  });
  addEventListener("online", () => open?.dirty && save());

  // A button of the form sends everything itself.
  document.addEventListener("submit", (event) => {
    if (!open?.form.isConnected) return; // the sign-in form took its place
    if (event.target === open.form) {
      if (open.dirty && !open.byHand && (open.offline || !navigator.onLine)) {
        // The browser would show its own error in place of what was written.
        event.preventDefault();
        save().finally(() => {
          if (!open.dirty && !open.offline) open.form.requestSubmit(event.submitter);
        });
        return;
      }
      open.gone = true;
      clearTimeout(open.timer);
      return;
    }
    if (!open.dirty || open.failed || open.byHand || event.defaultPrevented) return;
    event.preventDefault();
    const { target, submitter } = event;
    save().finally(() => {
      open.failed = 1; // so that the form goes now, saved or not
      target.requestSubmit(submitter);
    });
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (open?.form.contains(event.target) && event.detail.requestConfig.verb === "post") {
      open.gone = true;
      clearTimeout(open.timer);
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (open?.gone && event.detail.requestConfig.verb === "post" && open.form.isConnected && event.detail.failed) {
      open.gone = false;
      if (open.dirty) again("there is no connection to the server");
    }
  });
  document.addEventListener("htmx:afterSettle", adopt);

  // Leaving: a link waits for the save; a page that goes or is hidden sends what is left.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || !open?.form.isConnected || !open.dirty || open.failed || open.byHand || open.gone) return;
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.target || link.origin !== location.origin || link.hasAttribute("download")) return;
    if (link.pathname + link.search === location.pathname + location.search && link.hash) return;
    event.preventDefault();
    save().finally(() => location.assign(link.href));
  });
  function leave() {
    if (!open?.dirty || open.byHand || open.gone || open.failed || !open.form.isConnected) return;
    clearTimeout(open.timer);
    send(true);
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });
  addEventListener("pagehide", leave);
  addEventListener("beforeunload", (event) => {
    if (!open?.dirty || open.gone) return;
    if (open.failed || open.byHand || body().length >= LARGEST) event.preventDefault();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted && open?.gone) location.reload(); // a button sent this page; the draft has moved on
  });

  adopt();
})();
