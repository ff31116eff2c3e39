// What is typed in the workbench is kept in this browser until the server has it.
(() => {
  "use strict";
  const { tenant, writer, ...words } = document.body.dataset;
  if (!writer) return;
  const say = (name, when) => (words[`word${name}`] || "").replace("{when}", when);
  const PREFIX = "ogpmonitor:";
  const OWN = `${PREFIX}${tenant}:${writer}:`;
  const SENT = `${PREFIX}sent`;
  const NEVER = /^(file|password|hidden|submit|button|reset|image)$/;
  const clock = (at, more) => new Intl.DateTimeFormat(
    document.documentElement.lang.replace("en", "en-GB"), { hour: "2-digit", minute: "2-digit", ...more }).format(at);
  const make = (tag, textContent, className, more) => Object.assign(document.createElement(tag), { textContent, className, ...more });
  const isBack = () => document.querySelector(".notice--problem") !== null;
  let isLeft = false;

  // The store may be full, or shut.
  const attempt = (act, otherwise) => { try { return act(); } catch { return otherwise; } };
  const read = (key) => attempt(() => JSON.parse(localStorage.getItem(key)), null);
  const drop = (key) => attempt(() => localStorage.removeItem(key));
  const write = (key, value) => attempt(() => { localStorage.setItem(key, JSON.stringify(value)); return true; }, false);
  const keys = (start) => attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(start)), []);
  for (const key of keys(PREFIX)) if (!(Date.now() - read(key)?.at < 14 * 24 * 3600 * 1000)) drop(key);

  // What people fill in, as it is now and as the page brought it: [name, value, ticked].
  const isChoice = (one) => one.type === "checkbox" || one.type === "radio";
  const controls = (form) => [...form.elements].filter(
    (one) => one.name && !one.disabled && !NEVER.test(one.type) && !one.name.startsWith("take_"));
  const live = (one) => [one.name, one.value, one.checked === true];
  const first = (one) => {
    if (isChoice(one)) return [one.name, one.value, one.defaultChecked];
    if (!one.options) return [one.name, one.defaultValue, false];
    return [one.name, ([...one.options].find((option) => option.defaultSelected) || one.options[0])?.value ?? "", false];
  };
  const versionsOf = (form) => [...form.querySelectorAll('input[type="hidden"][name$="version"]')];
  const seen = (form) => versionsOf(form).map((one) => one.value);
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  // Each kept value beside its control: a choice by its value, a text by its place.
  const pairs = (form, fields) => {
    const left = controls(form);
    return fields.flatMap((field) => {
      const index = left.findIndex((one) => one.name === field[0] && (!isChoice(one) || one.value === field[1]));
      return index < 0 ? [] : [[left.splice(index, 1)[0], field]];
    });
  };
  const differs = (form, fields, how) => pairs(form, fields).some(([one, field]) => !same(how(one), field));

  const state = (form, text, kind) => {
    const line = form.querySelector("[data-save-state]");
    if (!line || line.textContent === text) return;
    line.textContent = text;
    line.className = `save-state save-state--${kind}`;
  };

  // Nothing is filled in by itself.
  const offer = (form, kept, key) => {
    const isNewer = !same(seen(form), kept.versions);
    const notice = make("div", "", "notice");
    const button = (text, act) => {
      const made = make("button", text, "button button--plain", { type: "button" });
      made.addEventListener("click", () => { act(); notice.remove(); });
      return made;
    };
    const row = make("div", "", "actions");
    row.append(button(say("Recover", clock(kept.at, { day: "numeric", month: "short" })), () => {
      for (const [one, [, value, ticked]] of pairs(form, kept.fields)) if (isChoice(one)) one.checked = ticked; else one.value = value;
      versionsOf(form).forEach((one, index) => { one.value = kept.versions[index] ?? one.value; }); // then both texts are shown
      form.dispatchEvent(new Event("input", { bubbles: true }));
      controls(form)[0]?.focus();
    }), button(say("Discard"), () => drop(key)));
    notice.append(make("p", say("Found"), "notice__title"), ...(isNewer ? [make("p", say("Newer"), "")] : []), row);
    form.prepend(notice);
  };

  const keep = (form) => {
    const key = OWN + form.dataset.keep, kept = read(key), saves = "autosave" in form.dataset;
    let shown = controls(form).map(first), isDirty = false, flight = null, noting = 0, waiting = 0;
    if (kept && differs(form, kept.fields, first)) { if (differs(form, kept.fields, live)) offer(form, kept, key); }
    else if (kept && !isBack()) drop(key);
    if (!write(`${PREFIX}probe`, 0)) return;
    drop(`${PREFIX}probe`);
    form.dataset.kept = "yes"; // app.js need not warn before leaving
    const now = () => controls(form).map(live);

    const note = () => {
      clearTimeout(noting);
      if (!isDirty || isLeft) return;
      const fields = now();
      if (same(fields, shown) && !isBack()) return drop(key);
      const done = write(key, { at: Date.now(), versions: seen(form), fields });
      state(form, say(done ? "Kept" : "Unsaved"), "unsaved");
      if (!done) delete form.dataset.kept;
    };
    const later = (delay) => { clearTimeout(waiting); waiting = setTimeout(save, delay); };
    const save = async () => {
      if (flight || !isDirty || isLeft) return;
      note();
      const sent = now();
      const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
      flight = fetch(form.getAttribute("action"), { method: "POST", body, headers: { "X-Autosave": "yes" }, redirect: "manual" });
      try {
        const answer = await flight;
        if (answer.ok) {
          const told = await answer.json();
          form.elements.version.value = told.version;
          for (const name in told.seen) form.elements[`seen:${name}`].value = told.seen[name];
          shown = sent;
          isDirty = !same(now(), sent);
          if (!isDirty) { drop(key); state(form, say("Saved", clock(Date.now())), "saved"); }
        } else state(form, say(answer.status === 401 ? "Ended" : "Unsent"), "failed");
      } catch {
        state(form, say("Offline"), "failed");
        later(30000);
      }
      flight = null;
      if (!same(now(), sent)) later(2000);
    };

    form.addEventListener("input", () => {
      isDirty = true;
      clearTimeout(noting);
      noting = setTimeout(note, 400);
      if (saves) later(2000);
    });
    if (saves) for (const back of ["online", "focus"]) addEventListener(back, save);
    addEventListener("pagehide", note);
    form.addEventListener("submit", (event) => {
      note();
      clearTimeout(waiting);
      if (!navigator.onLine) {
        event.preventDefault();
        state(form, say(saves ? "Offline" : "Away"), "failed");
      } else if (flight) { // its answer brings the version to send
        event.preventDefault();
        const again = () => setTimeout(() => form.requestSubmit(event.submitter));
        flight.then(again, again);
      } else attempt(() => sessionStorage.setItem(SENT, key));
    });
  };

  // Accepted: it led on to a page that is no form with errors.
  attempt(() => {
    const key = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    const [landing] = performance.getEntriesByType("navigation");
    if (key && landing.type === "navigate" && landing.redirectCount > 0 && !isBack()) drop(key);
  });
  const prepare = () => document.querySelectorAll("form[data-keep]:not([data-kept])").forEach(keep);
  prepare();
  document.addEventListener("htmx:after:swap", prepare);

  // Who signs out leaves nothing behind.
  document.addEventListener("submit", (event) => {
    if (!/\/sign-out\/?$/.test(event.target.getAttribute("action"))) return;
    isLeft = !keys(OWN).length || confirm(say("Leave"));
    if (isLeft) return keys(OWN).forEach(drop);
    event.preventDefault();
    event.stopPropagation();
  }, true);
})();
