/** How a cell looks on screen: the text a number format makes of a value, and the style as CSS. */

/** @typedef {import("./typing.js").Value} Value */

/** Office's own theme colours, by the numbers files use. */
const THEME = ["FFFFFF", "000000", "E7E6E6", "44546A", "4472C4", "ED7D31", "A5A5A5", "FFC000", "5B9BD5", "70AD47"];
const INDEXED = ["000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF"];
const BORDERS = {
  thin: "1px solid",
  hair: "1px dotted",
  dotted: "1px dotted",
  dashed: "1px dashed",
  medium: "2px solid",
  thick: "3px solid",
  double: "3px double",
};
const SIDES = ["top", "right", "bottom", "left"];
const COLOUR_CODE = /^\[(black|blue|cyan|green|magenta|red|white|yellow)\]/i;
const FACES = '"Carlito", "Segoe UI", sans-serif';
const POINT = 4 / 3;
/** Pixels of one step of indentation. */
export const INDENT = 9;

/**
 * @param {Value} value @param {string} format
 * @returns {string} what the cell shows
 */
export function shownText(value, format) {
  if (value === null || value === "") return "";
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (typeof value === "string") return value;
  if (format === "General" || format === "@") return plainNumber(value);
  try {
    return /** @type {any} */ (globalThis).SSF.format(format, value);
  } catch {
    return plainNumber(value); // a format SSF cannot read must not hide the number
  }
}

/** @param {number} value as General shows it: eleven characters */
function plainNumber(value) {
  const size = Math.abs(value);
  if (size >= 1e11 || (size > 0 && size < 1e-9))
    return value
      .toExponential(5)
      .replace(/\.?0+e/, "E")
      .replace("e", "E");
  return String(Number(value.toPrecision(11)));
}

/** @param {Value} value @param {string} format @returns {string | null} the colour a format gives: `[Red]` */
export function formatColour(value, format) {
  if (typeof value !== "number" || !format.includes("[")) return null;
  const sections = format.split(";");
  const section = value < 0 ? sections[1] : value === 0 ? (sections[2] ?? sections[0]) : sections[0];
  return COLOUR_CODE.exec(section ?? "")?.[1]?.toLowerCase() ?? null;
}

/** @param {any} colour of ExcelJS @returns {string | null} `#RRGGBB`; alpha is ignored, as Excel does */
export function hex(colour) {
  if (!colour) return null;
  if (colour.argb) return `#${colour.argb.slice(-6).toUpperCase()}`;
  if (colour.indexed !== undefined) return colour.indexed < 64 ? `#${INDEXED[colour.indexed % 8]}` : null;
  if (colour.theme === undefined) return null;
  return tinted(THEME[colour.theme] ?? "000000", colour.tint ?? 0);
}

/** @param {any} style of ExcelJS @returns {string | null} `#RRGGBB`, null without a fill */
export function fillOf(style) {
  const fill = style?.fill;
  return fill?.type === "pattern" && fill.pattern === "solid" ? hex(fill.fgColor) : null;
}

/**
 * @param {any} style @param {Value} value @param {string} format
 * @returns {string} CSS of the cell
 */
export function css(style, value, format) {
  const fill = fillOf(style);
  const rules = [fontCss(style?.font), alignmentCss(style?.alignment, value)];
  if (fill) rules.push(`background:${fill}`);
  for (const side of SIDES) {
    const border = style?.border?.[side];
    const line = BORDERS[/** @type {keyof typeof BORDERS} */ (border?.style)];
    if (line) rules.push(`border-${side}:${line} ${hex(border.color) ?? "#000"}`);
  }
  const colour = formatColour(value, format);
  if (colour) rules.push(`color:${colour}`);
  return rules.filter(Boolean).join(";");
}

/** @param {any} font */
function fontCss(font) {
  if (!font) return "";
  const lines = [font.underline && "underline", font.strike && "line-through"].filter(Boolean).join(" ");
  return [
    `font:${font.italic ? "italic " : ""}${font.bold ? "700 " : ""}${(font.size ?? 11) * POINT}px "${font.name ?? "Calibri"}",${FACES}`.replaceAll(
      '"',
      "'",
    ),
    font.color ? `color:${hex(font.color) ?? "#000"}` : "",
    lines ? `text-decoration:${lines}` : "",
  ]
    .filter(Boolean)
    .join(";");
}

/** @param {any} alignment @param {Value} value */
function alignmentCss(alignment, value) {
  const side = sideOf(alignment, value);
  const vertical =
    { top: "flex-start", middle: "center" }[/** @type {"top"} */ (alignment?.vertical)] ?? "flex-end";
  const rules = [
    `justify-content:${side === "center" ? "center" : side === "right" ? "flex-end" : "flex-start"}`,
    `text-align:${side}`,
    `align-items:${vertical}`,
  ];
  if (alignment?.wrapText) rules.push("white-space:pre-wrap", "overflow-wrap:anywhere");
  if (alignment?.indent)
    rules.push(`padding-${side === "right" ? "right" : "left"}:${3 + alignment.indent * INDENT}px`);
  return rules.join(";");
}

/** @param {any} alignment @param {Value} value @returns {"left" | "right" | "center"} where Excel puts it */
export function sideOf(alignment, value) {
  const told = alignment?.horizontal;
  if (told === "left" || told === "right") return told;
  if (told === "center" || told === "centerContinuous") return "center";
  if (typeof value === "boolean" || (typeof value === "string" && value.startsWith("#"))) return "center";
  return typeof value === "number" ? "right" : "left";
}

/** @param {string} base RRGGBB @param {number} tint -1 to 1 */
function tinted(base, tint) {
  const channel = (/** @type {number} */ at) => {
    const value = Number.parseInt(base.slice(at, at + 2), 16);
    const moved = tint < 0 ? value * (1 + tint) : value + (255 - value) * tint;
    return Math.round(moved).toString(16).padStart(2, "0");
  };
  return `#${channel(0)}${channel(2)}${channel(4)}`.toUpperCase();
}
