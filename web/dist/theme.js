// Sets the colour scheme before anything is drawn, so that no page flashes in the wrong one.
(function () {
  var kept = null;
  try {
    kept = localStorage.getItem("mantine-color-scheme-value");
  } catch {
    // No storage: as the system has it.
  }
  var light = kept === "light" || (kept !== "dark" && matchMedia("(prefers-color-scheme: light)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", light ? "light" : "dark");
})();
