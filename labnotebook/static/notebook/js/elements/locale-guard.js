// uPlot formats with navigator.language while it loads; some WebKit builds report "C", which Intl refuses.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en", configurable: true });
}
