// Makes the pages nicer; nothing needs it. Without it, forms post, links lead, and menus open.
"use strict";
(() => {
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const number = new Intl.NumberFormat("en");

  // The reader's zone: sent to the server for the next page, and used on this one when the server did not know it.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  const shownZone = document.getElementById("zone");
  if (shownZone && shownZone.textContent !== zone) {
    const known = document.cookie.split("; ").includes(`cw_zone=${zone}`);
    document.cookie = `cw_zone=${zone}; path=/; max-age=31536000; SameSite=Lax`;
    if (!known) {
      for (const time of $$("time")) {
        if (!/, \d\d:\d\d$/.test(time.textContent)) continue;
        const at = new Date(time.dateTime);
        const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
        time.textContent = `${day}, ${at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
      }
      shownZone.textContent = zone;
    }
  }

  // A list that is filtered as the person types keeps the forms around it: they get its present filters, without the
  // columns, which are chosen there, and without the page of the list.
  const NOT_KEPT = ["columns", "metric", "tagged", "after", "before", "skipped"];
  document.addEventListener("submit", ({ target }) => {
    for (const address of $$("[data-address]", target)) address.value = location.pathname + location.search;
    if (!target.matches("[data-filters]")) return;
    for (const hidden of $$("input[type=hidden]", target)) hidden.remove();
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (NOT_KEPT.includes(name)) continue;
      target.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
  });

  // An address has no empty filters.
  document.addEventListener("htmx:configRequest", ({ target, detail }) => {
    if (detail.verb !== "get" || !target.matches(".cw-filter")) return;
    const given = [...detail.formData];
    for (const [name] of given) detail.formData.delete(name);
    for (const [name, value] of given) if (value) detail.formData.append(name, value);
  });

  // Characters left, counted as the server counts: by code point, a line break as one.
  const spoken = document.createElement("p");
  spoken.className = "visually-hidden";
  spoken.setAttribute("aria-live", "polite");
  document.body.append(spoken);
  function count(field) {
    const counter = document.getElementById(`${field.id}-c`);
    if (!counter || !counter.dataset.limit) return;
    const limit = Number(counter.dataset.limit);
    const left = limit - [...field.value.replace(/\r\n?/g, "\n")].length;
    const before = counter.className;
    const near = left < limit / 10;
    counter.className = `cw-count${left < 0 ? " cw-count-over" : near ? " cw-count-near" : ""}`;
    counter.textContent =
      left < 0
        ? `${number.format(-left)} over the limit of ${number.format(limit)}`
        : `${number.format(left)} character${left === 1 ? "" : "s"} left`;
    if (counter.className !== before && near) spoken.textContent = counter.textContent;
  }
  document.addEventListener("input", (event) => {
    if (event.target.id) count(event.target);
  });

  // Text that was not sent is there again when the same person comes back to its form in this tab. A page with a toast
  // says that the text sent before was saved; signing in comes before that.
  const SENT = "cw sent";
  const keyOf = (field) => `cw unsent ${document.querySelector(".cw-me summary")?.ariaLabel} ${field.dataset.unsent}`;
  function restore(root) {
    for (const field of $$("textarea[data-unsent]", root)) {
      const text = sessionStorage.getItem(keyOf(field));
      if (!text || field.value) continue;
      field.value = text;
      field.closest("details.cw-cm, details.cw-mn-re")?.setAttribute("open", "");
      count(field);
    }
  }
  document.addEventListener("input", ({ target }) => {
    if (target.dataset.unsent !== undefined) sessionStorage.setItem(keyOf(target), target.value);
  });
  document.addEventListener("submit", ({ target }) => {
    const [field] = $$("textarea[data-unsent]", target);
    if (field) sessionStorage.setItem(SENT, keyOf(field));
  });
  if (document.querySelector(".cw-toast")) sessionStorage.removeItem(sessionStorage.getItem(SENT));
  if (!document.querySelector("[name=password], [aria-labelledby=again]")) sessionStorage.removeItem(SENT);

  // A menu with a field to write in is opened for it.
  document.addEventListener("toggle", ({ target }) => target.open && target.querySelector("[data-first]")?.focus(), true);

  // Selecting cards.
  function selection(form) {
    const boxes = $$('input[name="card"]', form);
    const chosen = boxes.filter((box) => box.checked);
    for (const box of boxes) {
      if (box.checked) box.closest("tr").setAttribute("aria-selected", "true");
      else box.closest("tr").removeAttribute("aria-selected");
    }
    const whole = form.querySelector('input[name="all"]');
    const wholeList = Boolean(whole && whole.checked);
    form.classList.toggle("is-choosing", wholeList || chosen.length > 0);
    form.querySelector(".cw-picked-count").textContent = wholeList ? "The list is selected" : `${chosen.length} selected`;
    form.querySelector(".cw-clear").hidden = !wholeList && chosen.length === 0;
    form.querySelector(".cw-leaves").textContent = ""; // the server says what is left out
    const all = form.querySelector(".cw-all");
    all.checked = chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && !all.checked;
  }
  // On the way back, and in some browsers after a reload, the browser selects again what was selected before.
  addEventListener("pageshow", () => {
    for (const form of $$("#list > form")) {
      selection(form);
      if (form.classList.contains("is-choosing")) form.dispatchEvent(new Event("change")); // asks what is left out
    }
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("#list > form");
    if (form && event.target.matches('input[type="checkbox"]') && form.querySelector(".cw-picked-count")) {
      if (event.target.matches(".cw-all")) {
        for (const box of $$('input[name="card"]', form)) box.checked = event.target.checked;
      }
      selection(form);
    }
    if (event.target.matches('.cw-drop input[type="file"]')) chosenFile(event.target);
  });

  // Files: dropped onto their field, read at once where the form has a button for it.
  function chosenFile(input) {
    const drop = input.closest(".cw-drop");
    const label = drop.querySelector("b");
    label.textContent = [...input.files].map((file) => file.name).join(", ") || label.textContent;
    const read = drop.closest(".cw-job-in")?.querySelector('button[value="stay"]');
    if (read && input.files.length) {
      drop.querySelector("small").textContent = "Reading the report…";
      read.click();
    }
  }
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const drop = event.target.closest?.(".cw-drop");
      if (!drop) return;
      event.preventDefault();
      drop.classList.toggle("is-over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) {
        const input = drop.querySelector('input[type="file"]');
        input.files = event.dataTransfer.files;
        chosenFile(input);
      }
    });
  }

  document.addEventListener("click", (event) => {
    const close = event.target.closest(".cw-close");
    if (close) close.closest(".cw-toast").remove();
    const clear = event.target.closest(".cw-clear");
    if (clear) {
      const form = clear.closest("form");
      for (const box of $$('input[type="checkbox"]', form)) box.checked = false;
      selection(form);
    }
    for (const menu of $$("details.cw-menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  // Shortcuts that the person switched off: keys that write characters reach no listener of these pages.
  if (document.documentElement.dataset.shortcuts === "off") {
    const stop = (event) => {
      if (event.altKey || event.key.length === 1) event.stopImmediatePropagation();
    };
    document.addEventListener("keydown", stop, true);
  }

  // Lists: J and K go through the rows, X selects, O opens; on a card J and K go to the next and the previous one.
  function listKey(event) {
    const key = event.key.toLowerCase();
    if (event.shiftKey || !["j", "k", "x", "o"].includes(key)) return;
    const links = $$(".cw-list2 .c-name > a");
    const row = document.activeElement.closest?.(".cw-list2 tbody tr");
    const place = row ? links.indexOf(row.querySelector(".c-name > a")) : -1;
    if (key === "j" || key === "k") {
      const next = key === "j" ? links[place + 1] : links[Math.max(0, place - 1)];
      if (next) next.focus();
      else document.querySelector(`.cw-neighbours a[rel="${key === "j" ? "next" : "prev"}"]`)?.click();
    } else if (place >= 0 && key === "x") row.querySelector('input[name="card"]').click();
    else if (place >= 0) links[place].click();
    else return;
    event.preventDefault();
  }

  // The next gap, failed check or open comment.
  function nextGap() {
    const gaps = $$("[data-gap]");
    if (!gaps.length) return false;
    const here = document.activeElement;
    const next = gaps.find((gap) => here.compareDocumentPosition(gap) & Node.DOCUMENT_POSITION_FOLLOWING && !here.contains(gap));
    const wanted = next && here !== document.body ? next : gaps[0];
    reveal(wanted);
    wanted.focus();
    wanted.scrollIntoView({ block: "center" });
    return true;
  }

  // Folds around an element, opened so that it can be seen.
  function reveal(element) {
    for (let fold = element.closest("details:not([open])"); fold; fold = fold.parentElement.closest("details:not([open])")) {
      fold.open = true;
    }
  }

  // A comment on the field that has the focus, or else on the first field in view, or else on the next one below.
  function commentHere() {
    const forms = $$("details.cw-cm").filter((form) => form.checkVisibility());
    const around = document.activeElement.closest?.(".cw-cf, .cw-rw, dd");
    const top = document.querySelector(".cw-stick")?.getBoundingClientRect().bottom ?? 0;
    const isBelow = (form) => form.querySelector("summary").getBoundingClientRect().top >= top;
    const form = forms.find((one) => around?.contains(one)) ?? forms.find(isBelow);
    if (!form) return false;
    form.open = true;
    form.querySelector("textarea").focus();
    return true;
  }

  const typing = (target) => target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.cw-menu[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      const form = document.activeElement.closest?.("details.cw-cm[open], details.cw-mn-re[open]");
      if (form && !form.querySelector("textarea").value.trim()) {
        form.open = false;
        form.querySelector("summary").focus();
      }
      if (event.target.closest?.(".cw-decide")) event.target.blur(); // the keys of the queue work again
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
      const form = event.target.form;
      const buttons = form && form.id !== "wizard" ? $$("button:not([type=button])", form) : [];
      const one = buttons.length === 1 ? buttons[0] : buttons.find(({ id }) => id === event.target.dataset.button);
      if (one) form.requestSubmit(one);
      return;
    }
    if (event.key === "Enter" && event.target.id === "find") {
      event.preventDefault(); // finds, with what was written saved; Enter elsewhere goes on to the next step
      document.querySelector('button[name="do"][value="find"]').click();
      return;
    }
    if (event.altKey && document.getElementById("wizard")) {
      const button =
        event.code === "KeyS"
          ? document.querySelector(".cw-saver")
          : /^Digit[1-5]$/.test(event.code) && $$(".cw-steps button")[Number(event.code.slice(5)) - 1];
      if (button) {
        event.preventDefault();
        button.click();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      event.preventDefault();
      const search = document.getElementById("q");
      if (search) search.focus();
      else location.assign("/cards#q");
    }
    if (event.key === "?") location.assign("/help#keyboard");
    if ((event.key === "n" && nextGap()) || (event.key === "c" && commentHere())) event.preventDefault();
    listKey(event);
  });

  // A request that waited for the user to sign in again continues by itself.
  document.querySelector("form[data-resume]")?.requestSubmit();

  // What every new part of a page needs: menus that close, groups that fold on the page's first look.
  function prepare(root) {
    for (const form of $$("#list > form", root.parentNode || document)) {
      form.querySelector(".cw-picked-count").textContent = "0 selected";
      if ($$('input[name="card"]:checked', form).length) selection(form);
    }
    restore(root);
    const wanted = root.querySelector?.("[autofocus]");
    if (wanted && root !== document) wanted.focus();
    for (const toast of $$(".cw-toast:not(.is-kept)", root)) setTimeout(() => toast.remove(), 12000);
  }
  document.documentElement.classList.add("cw-js");
  prepare(document);
  if (location.hash === "#q") document.getElementById("q")?.focus();
  document.addEventListener("htmx:afterSettle", (event) => prepare(event.detail.target));

  // Notes in the margin begin at their field, or below the note before, and leave the text as it is.
  const sheet = document.querySelector(".cw-body.has-margin");
  if (sheet?.checkVisibility) {
    const wide = matchMedia("screen and (min-width: 62.01rem)");
    const groups = $$(".cw-rw:not(.cw-rw-flow) > .g", sheet);
    const places = new CSSStyleSheet(); // no element gets a style of its own
    document.adoptedStyleSheets.push(places);
    const stack = () => {
      sheet.classList.toggle("is-stacked", wide.matches);
      const begin = sheet.getBoundingClientRect().top;
      const rules = [];
      let free = 0;
      groups.forEach((group, index) => {
        if (!wide.matches || !group.checkVisibility()) return;
        const place = group.parentElement.getBoundingClientRect().top - begin;
        const down = Math.max(0, free - place);
        group.dataset.place = index;
        group.classList.toggle("is-moved", down > 0);
        rules.push(`[data-place="${index}"] { top: ${down}px; }`);
        free = place + down + group.offsetHeight;
      });
      places.replaceSync(`${rules.join(" ")} .is-stacked { min-height: ${free}px; }`);
    };
    const resized = new ResizeObserver(stack);
    for (const one of [sheet, ...groups]) resized.observe(one);
    wide.addEventListener("change", stack);
    stack();
    sheet.querySelector(".g :target")?.scrollIntoView();
  }

  // Evaluation jobs and long texts: a link opens its job, one link opens all, and print shows them open.
  const folds = (open) => $$("details:is(.cw-fold, .cw-each, .cw-cut-all)").filter((fold) => fold.open !== open);
  const unfold = () => {
    const inside = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!inside?.closest("details:is(.cw-fold, .cw-each, .cw-mn-old):not([open])")) return;
    reveal(inside);
    inside.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();
  document.querySelector(".cw-openall")?.addEventListener("click", (event) => {
    event.preventDefault();
    const closed = folds(true);
    for (const fold of closed.length ? closed : folds(false)) fold.open = closed.length > 0;
    event.target.textContent = closed.length > 0 ? "Close all" : "Open all";
  });
  let printed = [];
  addEventListener("beforeprint", () => {
    printed = folds(true);
    for (const fold of printed) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of printed) fold.open = false;
  });

  // Contents: the section that is read.
  const links = new Map($$(".cw-toc a").map((link) => [link.getAttribute("href").slice(1), link]));
  if (links.size) {
    const seen = new IntersectionObserver(
      (entries) => {
        const now = entries.filter((entry) => entry.isIntersecting).at(-1);
        if (!now) return;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(now.target.id)?.setAttribute("aria-current", "true");
      },
      { rootMargin: "-10% 0px -75% 0px" },
    );
    for (const id of links.keys()) {
      const section = document.getElementById(id);
      if (section?.closest("article")) seen.observe(section);
    }
  }
})();

// Comparison: the card picker by keyboard, a new version at once, and folded jobs.
(() => {
  const form = document.querySelector(".cw-vs");
  if (!form) return;
  for (const field of form.querySelectorAll("input[list]")) field.removeAttribute("list");
  form.addEventListener("change", (event) => {
    const row = event.target.closest(".cw-pk");
    const known = row?.querySelector('input[type="hidden"]').value;
    if (event.target.matches("select") && known && form.reportValidity()) form.requestSubmit();
  });
  form.addEventListener("keydown", (event) => {
    const search = event.target.closest(".cw-search");
    if (!search) return;
    const field = search.querySelector("input");
    const found = [...search.querySelectorAll(".cw-pick-one")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      const next = found.indexOf(event.target) + step;
      (found[next] ?? (next < 0 ? field : found.at(-1))).focus();
    } else if (event.key === "Escape" && found.length) {
      search.querySelector(".cw-pick-list").replaceChildren();
      field.focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const list of form.querySelectorAll(".cw-pick-list")) {
      if (!list.parentElement.contains(event.target)) list.replaceChildren();
    }
  });
  const jobs = [...document.querySelectorAll("details.cw-cj")];
  if (matchMedia("(max-width: 40rem)").matches) for (const job of jobs) job.open &&= !job.matches(".is-first");
  const unfold = () => {
    const job = jobs.find((one) => location.hash === `#${one.id}`);
    if (job) job.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();
  let printed = [];
  addEventListener("beforeprint", () => {
    printed = jobs.filter((job) => !job.open);
    for (const job of printed) job.open = true;
  });
  addEventListener("afterprint", () => {
    for (const job of printed) job.open = false;
  });
})();

// Reviews: J and K move, O opens, Q starts or leaves the queue, A and S move to a decision. No key decides.
(() => {
  const byId = (id) => document.getElementById(id);
  const rows = [...document.querySelectorAll(".cw-rv-row .c-name > a")];
  const queue = document.querySelector(".cw-queuepage");
  const open = (id) => {
    const link = byId(id);
    if (link) location.assign(link.href);
    return link;
  };
  const move = (step) => {
    if (queue) return open(step > 0 ? "next-card" : "previous-card");
    const at = rows.indexOf(document.activeElement);
    const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
    row?.focus();
    return row;
  };
  const decide = (id) => {
    const button = byId(id);
    if (!button) return null;
    const comment = byId("dc");
    if (button.matches("summary")) {
      button.parentElement.open = true;
      // A comment is required to send back, and optional to approve: there, Enter decides.
      button.parentElement.querySelector(id === "approve" ? ".cw-pop-form button" : "textarea").focus();
    } else if (id === "send-back" && comment && !comment.value.trim()) {
      comment.dataset.button = id; // Ctrl+Enter presses it
      comment.addEventListener("blur", () => delete comment.dataset.button, { once: true });
      comment.focus({ preventScroll: true });
    } else button.focus({ preventScroll: true });
    return button;
  };
  // The queue stays until there is a comment to send a card back with.
  document.addEventListener("submit", (event) => {
    const comment = event.target.querySelector("#dc");
    if (event.submitter?.id !== "send-back" || !comment || comment.value.trim()) return;
    event.preventDefault();
    comment.required = true;
    comment.reportValidity();
    comment.required = false;
  });
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    o: () => open("open-card"),
    q: () => open("start-queue") || open("leave-queue"),
    a: () => decide("approve"),
    s: () => decide("send-back"),
  };
  if (!rows.length && !byId("approve") && !byId("send-back") && !queue && !byId("start-queue")) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return;
    if (keys[event.key]?.()) event.preventDefault();
  });
})();

// E edits the card of the page. It opens the form, and begins no draft.
document.addEventListener("keydown", (event) => {
  const edit = document.getElementById("edit-card");
  if (!edit || event.key !== "e" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return;
  event.preventDefault();
  edit.click();
});
