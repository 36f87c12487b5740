// The preview works without this file. It zooms and turns pages without loading anew, and gives the buttons their keys.
(() => {
  "use strict";

  const viewer = document.querySelector("[data-looking]");
  if (!viewer) return;
  const percents = viewer.dataset.looking.split(" ");
  const shown = viewer.querySelector("[data-percent]");
  const sheets = viewer.querySelector("[data-sheets]");
  const pages = [...viewer.querySelectorAll("li[data-page]")];
  // Printed only where they act.
  viewer.classList.add("has-keys");

  const count = Number(viewer.dataset.count);
  const numbered = viewer.querySelector("[data-at]");
  let at = pages[0];
  const inView = () => pages.find((page) => page.getBoundingClientRect().bottom > innerHeight / 4) || pages[0];

  const show = (zoom) => {
    const page = at;
    const before = page.getBoundingClientRect();
    viewer.dataset.zoom = zoom;
    shown.textContent = `${percents[zoom - 1]}\u00a0%`;
    if (zoom > 1) {
      viewer.querySelectorAll("img[data-large]").forEach((picture) => {
        picture.src = picture.dataset.large;
        delete picture.dataset.large;
      });
    }
    // What was at the top stays there, though the pages above it grew or shrank.
    const after = page.getBoundingClientRect();
    const kept = before.top < 0 ? (before.top * after.height) / before.height : before.top;
    scrollBy(0, after.top - kept);
    history.replaceState(null, "", `?zoom=${zoom}&page=${page.dataset.page}`);
  };

  const step = (by) => {
    const now = Number(viewer.dataset.zoom);
    const next = by === 0 ? 1 : Math.min(Math.max(now + by, 1), percents.length);
    if (next !== now) show(next);
  };

  const tell = (page) => {
    at = page;
    if (numbered) numbered.textContent = `${page.dataset.page}\u00a0/\u00a0${count}`;
  };

  // A last page that is too short for the top of the window is the one that is read at the end.
  const isAtEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
  const follow = () => {
    const page = isAtEnd() ? pages[pages.length - 1] : inView();
    if (page !== at) tell(page);
  };
  let waits = false;
  addEventListener(
    "scroll",
    () => {
      if (waits) return;
      waits = true;
      requestAnimationFrame(() => {
        waits = false;
        follow();
      });
    },
    { passive: true },
  );

  const turn = (by) => {
    const wanted = Number(at.dataset.page) + by;
    if (wanted < 1 || wanted > count) return;
    const page = pages.find((one) => Number(one.dataset.page) === wanted);
    if (!page) {
      location.assign(`?zoom=${viewer.dataset.zoom}&page=${wanted}`);
      return;
    }
    page.scrollIntoView({ block: "start" });
    tell(page);
    history.replaceState(null, "", `?zoom=${viewer.dataset.zoom}&page=${wanted}`);
  };

  viewer.addEventListener("click", (event) => {
    const link = event.target.closest("[data-zoom-by], [data-turn]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.dataset.turn) turn(Number(link.dataset.turn));
    else step(Number(link.dataset.zoomBy));
  });

  const KEYS = { "+": 1, "=": 1, "-": -1, 0: 0 };
  const TURNS = { n: 1, p: -1 };
  const FIELDS = "input, select, textarea, [contenteditable]:not([contenteditable='false'])";
  const COMPOSING = 229; // what browsers report for keys that the composing of Japanese takes

  // Only while the focus is in the preview: keys of one letter must not act on somebody who speaks to the machine.
  viewer.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === COMPOSING || event.target.closest(FIELDS)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (!(key in KEYS) && !(key in TURNS)) return;
    event.preventDefault();
    if (key in KEYS) step(KEYS[key]);
    else turn(TURNS[key]);
  });

  // An address with a mark is scrolled to by the browser itself, which then keeps the focus there.
  const asked = pages.find((page) => page.dataset.page === viewer.dataset.page) || pages[0];
  if (asked !== pages[0] && !location.hash) asked.scrollIntoView({ block: "start" });
  tell(asked);
  if (document.activeElement === document.body && !location.hash) sheets.focus({ preventScroll: true });
})();
