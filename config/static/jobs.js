// The page of a job draws its bar anew while the job runs. Without this file the link on the page does the same.
(() => {
  "use strict";

  const EVERY_MS = 2000;

  const again = async () => {
    const shown = document.getElementById("job");
    if (!shown?.dataset.running) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("job");
        if (fresh) shown.replaceWith(fresh);
        // What stands around the bar (failures, buttons) changes once, at the end.
        if (fresh && !fresh.dataset.running) location.reload();
      }
    } catch {
      // The network is away: the bar stays as it was until it is back.
    }
    setTimeout(again, EVERY_MS);
  };

  setTimeout(again, EVERY_MS);
})();
