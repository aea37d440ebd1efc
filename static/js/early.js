// Runs before the first paint: the chosen theme and the folded rail, so that nothing jumps.
(() => {
  const root = document.documentElement;
  try {
    root.dataset.theme = localStorage.getItem("theme") || "dark";
    if (localStorage.getItem("rail") === "icons") root.dataset.rail = "icons";
  } catch { /* storage is closed to us: the defaults stand */ }
})();
