// The preview works without this file. It zooms without loading the page anew, and gives the buttons their keys.
(() => {
  "use strict";

  const viewer = document.querySelector("[data-looking]");
  if (!viewer) return;
  const percents = viewer.dataset.looking.split(" ");
  const shown = viewer.querySelector("[data-percent]");
  const sheets = viewer.querySelector("[data-sheets]");
  const pages = [...viewer.querySelectorAll("[data-page]")];
  // Printed only where they act.
  viewer.classList.add("has-keys");

  const inView = () => pages.find((page) => page.getBoundingClientRect().bottom > innerHeight / 4) || pages[0];

  const show = (zoom) => {
    const page = inView();
    const before = page.getBoundingClientRect();
    viewer.dataset.zoom = zoom;
    shown.textContent = `${percents[zoom - 1]}\u00a0%`;
    if (zoom > 1) {
      viewer.querySelectorAll("img[data-large]").forEach((picture) => {
        picture.src = picture.dataset.large;
        delete picture.dataset.large;
      });
    }
    // What was at the top stays there.
    const after = page.getBoundingClientRect();
    if (before.top < 0) scrollBy(0, after.top - (before.top * after.height) / before.height);
    history.replaceState(null, "", `?zoom=${zoom}&page=${page.dataset.page}`);
  };

  const step = (by) => {
    const now = Number(viewer.dataset.zoom);
    const next = by === 0 ? 1 : Math.min(Math.max(now + by, 1), percents.length);
    if (next !== now) show(next);
  };

  viewer.addEventListener("click", (event) => {
    const link = event.target.closest("[data-zoom-by]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    step(Number(link.dataset.zoomBy));
  });

  const KEYS = { "+": 1, "=": 1, "-": -1, 0: 0 };
  const FIELDS = "input, select, textarea, [contenteditable]:not([contenteditable='false'])";
  const COMPOSING = 229; // what browsers report for keys that the composing of Japanese takes

  // Only while the focus is in the preview: keys of one letter must not act on somebody who speaks to the machine.
  viewer.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === COMPOSING || event.target.closest(FIELDS)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
    event.preventDefault();
    step(KEYS[event.key]);
  });

  if (document.activeElement === document.body && !location.hash) sheets.focus({ preventScroll: true });
})();
