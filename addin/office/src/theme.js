/** The pane in Excel's own colors: light or dark. High contrast comes from the system (see forced-colors in the style). */

/** Follow Excel's theme, or the system's if Excel does not report one. */
export function followTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    document.documentElement.dataset["theme"] = (excelIsDark() ?? system.matches) ? "dark" : "light";
  };
  apply();
  system.addEventListener("change", apply);
  // Excel has no event for a change of theme, so we check again when the pane gets the focus.
  addEventListener("focus", apply);
}

/** Return whether Excel is dark, `null` if it does not report it. */
function excelIsDark() {
  const theme = Office.context?.officeTheme;
  if (!theme) return null;
  return theme.isDarkTheme ?? isDark(theme.bodyBackgroundColor);
}

/**
 * @param {string | undefined} color `#RRGGBB`
 */
export function isDark(color) {
  const parts = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(color ?? "");
  if (!parts) return null;
  const [red = 0, green = 0, blue = 0] = parts.slice(1).map((part) => Number.parseInt(part, 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 < 128;
}
