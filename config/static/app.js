// Everything works without this file. It adds three comforts and nothing else.
(() => {
  "use strict";

  // A slow answer invites a second press; the server refuses that cleanly, but the person would see a refusal.
  // Buttons are not disabled, or their name and value would be missing from what is sent.
  const RELEASE_AFTER_MS = 8000; // a form answered with a download leaves its page in place

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => release(form), RELEASE_AFTER_MS);
  });

  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };

  // Coming back with the browser's back button must find the form usable.
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });

  // The summary of errors is the first thing to hear after a refused form.
  document.querySelector("[data-focus]")?.focus();
})();
