// Runs before the first paint, so a fixed scheme never flashes. A plain script on purpose.
(function () {
  var theme;
  try { theme = localStorage.getItem("theme"); } catch { theme = null; }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
