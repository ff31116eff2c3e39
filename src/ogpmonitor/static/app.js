// Small comforts. Every page works without this file.
(() => {
  "use strict";
  const word = (name) => document.body.dataset[`word${name}`];
  let unsaved = false;

  // A form is sent once. Coming back by the back button frees it again.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    unsaved = false;
    const form = event.target;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => release(document));
  document.addEventListener("htmx:after:swap", () => {
    unsaved = document.querySelector(".save-state--unsaved, .save-state--failed") !== null;
    prepare(document);
  });
  document.addEventListener("htmx:finally:request", () => release(document));

  const release = (root) => root.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  });

  // A form that shows its save state also says when that is no longer true.
  document.addEventListener("input", (event) => {
    const state = event.target.form && document.querySelector("[data-save-state]");
    if (!state || (event.target.form.dataset.kept && event.target.type !== "file")) return; // workbench.js keeps it
    unsaved = true;
    state.textContent = word("Unsaved");
    state.className = "save-state save-state--unsaved";
  });
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

  const prepare = (root) => root.querySelectorAll("[data-copy]:not([data-ready])").forEach((code) => {
    if (!navigator.clipboard) return;
    code.dataset.ready = "yes";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet";
    button.textContent = word("Copy");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = word("Copied");
    });
    code.after(" ", button);
  });
  prepare(document);

  // A link to something folded unfolds it. A page that was just opened knows its target only once it is loaded.
  const unfold = () => document.querySelector("details:target")?.setAttribute("open", "");
  addEventListener("hashchange", unfold);
  addEventListener("load", unfold);
  document.querySelector(".notice--problem[tabindex]")?.focus({ preventScroll: true });
})();
