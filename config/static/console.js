// The console works without this file. It lets the clock run and gives its buttons the keys that are printed on them.
(() => {
  "use strict";

  // The clock counts on from what the server said; the clock of this machine may be wrong.
  const clock = document.querySelector("[data-seconds]");
  if (clock) {
    const base = Number(clock.dataset.seconds);
    const longFrom = Number(clock.dataset.longFrom);
    const begun = performance.now();
    const two = (number) => String(number).padStart(2, "0");
    const tick = () => {
      const seconds = base + Math.floor((performance.now() - begun) / 1000);
      const hours = Math.floor(seconds / 3600);
      const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
      clock.textContent = hours ? `${hours}:${rest}` : rest;
      if (seconds < longFrom) return;
      clock.closest("[data-callbar]").classList.add("is-long");
      document.querySelector("[data-when-long]").hidden = false;
    };
    tick();
    setInterval(tick, 1000);
  }

  const keys = document.querySelector("[data-keys]");
  if (!keys || keys.dataset.keys === "off") return;
  // Printed only where they act.
  document.documentElement.classList.add("has-keys");

  const FIELDS = "input, select, textarea, [contenteditable]:not([contenteditable='false'])";
  const COMPOSING = 229; // what browsers report for keys that the composing of Japanese takes

  const isTyping = (event) =>
    event.isComposing || event.keyCode === COMPOSING || (event.target instanceof Element && event.target.closest(FIELDS));

  const ASKED = "input:not([type='hidden']), select, textarea";
  const ENTRIES = `${ASKED}, button, a[href]`;

  const enter = (place) => {
    place.scrollIntoView({ block: "nearest" });
    const first = place.querySelector(ENTRIES);
    const chosen = first?.type === "radio" && place.querySelector(`[name='${first.name}']:checked`);
    (chosen || first)?.focus();
  };

  const act = (target) => {
    if (target.matches(FIELDS)) {
      target.focus();
      target.select?.();
    } else if (target.matches("summary")) {
      target.click();
      target.focus();
      const field = target.parentElement.querySelector(`:scope form :is(${ASKED})`);
      if (target.parentElement.open && field) enter(field.form);
    } else if (target.hash && document.querySelector(target.hash)) {
      enter(document.querySelector(target.hash));
    } else {
      target.click();
    }
  };

  const step = (by) => {
    const lines = [...document.querySelectorAll("[data-step]")];
    const here = lines.indexOf(document.activeElement);
    const next = here < 0 ? (by > 0 ? 0 : lines.length - 1) : here + by;
    lines[Math.min(Math.max(next, 0), lines.length - 1)]?.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && event.keyCode !== COMPOSING) document.activeElement?.blur();
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") {
      event.preventDefault();
      step(key === "j" ? 1 : -1);
      return;
    }
    const target = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
    if (!target) return;
    event.preventDefault(); // or the letter would be typed into the field that gets the focus
    act(target);
  });
})();
