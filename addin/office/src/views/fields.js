/** Input fields: a control for each kind, the errors of answers, and the answers in the form of the service. */

import { element } from "./element.js";

/**
 * @typedef {import("../contract.js").AskedField} Field
 * @typedef {Field & {kind: Exclude<Field["kind"], "buttons">}} FilledField a field that is filled in, not pressed
 * @typedef {import("../click.js").Answers} Answers
 */

/**
 * Return a field with its label, and a place for the error of its answer.
 * @param {FilledField} field
 * @param {string} id
 * @param {string} label
 */
export function row(field, id, label) {
  if (isSettled(field)) {
    return element("div", { hidden: true }, element("input", { type: "hidden", name: field.name, value: field.default }));
  }
  const error = element("p", { class: "error", id: `${id}-error`, role: "alert" });
  if (field.kind === "yes-no") {
    return element("fieldset", { class: "field" }, element("legend", {}, label), options(field, YES_NO, id), error);
  }
  if (field.kind === "several") {
    return element("fieldset", { class: "field" }, element("legend", {}, label), boxes(field, id), error);
  }
  // An optional choice is a list with an empty entry: a radio button cannot be cleared once it is chosen.
  const short = field.kind === "choice" && field.required && field.choices.length <= 4;
  if (short) {
    return element("fieldset", { class: "field" }, element("legend", {}, label), options(field, field.choices, id), error);
  }
  const makers = { choice: select, file: chooser, text: input, date: input, number: input };
  const made = makers[field.kind](field, id);
  return element("div", { class: "field" }, element("label", { for: id }, label), made, error);
}

/**
 * Return whether there is nothing to choose: the only choice is the answer already.
 * @param {Field} field
 */
const isSettled = ({ kind, choices, default: given }) => kind === "choice" && choices.length === 1 && choices[0]?.value === given;

const YES_NO = [
  { value: "yes", label: "Yes" },
  { value: "no", label: "No" },
];

const KILOBYTE = 1_000;
const MEGABYTE = 1_000_000;
/** The service accepts no larger file; we check it before we send it. */
const LARGEST = 20 * MEGABYTE;
const ACCEPTED = ".pdf,.png,.jpg,.jpeg,.tif,.tiff,.txt";
/** What to do about a question that needs an answer and has none, by its kind. @type {Record<string, string>} */
const MISSING = {
  choice: "Choose an answer.",
  date: "Enter a date.",
  file: "Choose a file.",
  number: "Enter a number.",
  several: "Tick at least one.",
  "yes-no": "Choose Yes or No.",
};

const KINDS = "PDF, PNG, JPEG, TIFF or text";

const TYPES = { text: "text", date: "date", number: "text" };

/**
 * @param {Field} field
 * @param {string} id
 */
function input(field, id) {
  const type = TYPES[/** @type {keyof typeof TYPES} */ (field.kind)];
  const mode = field.kind === "number" ? "decimal" : null;
  const shared = { id, name: field.name, "aria-describedby": `${id}-error`, "aria-required": field.required };
  return element("input", { ...shared, type, inputmode: mode, value: field.default, autocomplete: "off" });
}

/**
 * @param {Field} field
 * @param {string} id
 */
function select(field, id) {
  const none = field.default && field.required ? [] : [{ value: "", label: "" }];
  const options = [...none, ...field.choices].map(({ value, label }) =>
    element("option", { value, selected: value === (field.default ?? "") }, label),
  );
  const shared = { id, name: field.name, "aria-describedby": `${id}-error`, "aria-required": field.required };
  return element("select", shared, ...options);
}

/**
 * @param {Field} field
 * @param {string} id
 */
function chooser(field, id) {
  const says = element("p", { class: "hint", id: `${id}-size` }, `${KINDS}, at most ${sizeOf(LARGEST)}.`);
  const described = { "aria-describedby": `${id}-size ${id}-error`, "aria-required": field.required };
  const chosen = element("input", { id, name: field.name, type: "file", accept: ACCEPTED, ...described });
  chosen.addEventListener("change", () => {
    const file = chosen.files?.[0];
    says.textContent = file ? sizeOf(file.size) : `${KINDS}, at most ${sizeOf(LARGEST)}.`;
  });
  return element("div", {}, chosen, says);
}

/**
 * Return the size of a file in words.
 * @param {number} bytes
 */
function sizeOf(bytes) {
  if (bytes >= MEGABYTE) return `${(bytes / MEGABYTE).toFixed(1).replace(/\.0$/, "")} MB`;
  return bytes >= KILOBYTE ? `${Math.round(bytes / KILOBYTE)} KB` : `${bytes} bytes`;
}

/**
 * @param {Field} field
 * @param {{value: string, label: string}[]} choices
 * @param {string} id
 */
function options(field, choices, id) {
  const made = choices.map(({ value, label }, at) => {
    const checked = value === field.default;
    const radio = element("input", { type: "radio", id: at ? `${id}-${at}` : id, name: field.name, value, checked });
    return element("label", { class: "option" }, radio, element("span", {}, label));
  });
  return element("div", { class: "options", role: "radiogroup", "aria-describedby": `${id}-error` }, ...made);
}

/** Separates the answers if several can be chosen. */
const SEPARATOR = ";";

/**
 * @param {Field} field
 * @param {string} id
 */
function boxes(field, id) {
  const chosen = new Set((field.default ?? "").split(SEPARATOR));
  const made = field.choices.map(({ value, label }, at) => {
    const shared = { id: at ? `${id}-${at}` : id, name: field.name, value, checked: chosen.has(value) };
    return element("label", { class: "option" }, element("input", { type: "checkbox", ...shared }), element("span", {}, label));
  });
  return element("div", { class: "options", role: "group", "aria-describedby": `${id}-error` }, ...made);
}

/** @param {HTMLElement | undefined} row */
export const control = (row) => /** @type {HTMLInputElement | null} */ (row?.querySelector("input, select") ?? null);

/**
 * Return whether the answer of a field is valid, and show its error if it is not.
 * @param {Field} field
 * @param {HTMLElement | undefined} row
 */
export function complete(field, row) {
  const [first, error] = [control(row), row?.querySelector(".error")];
  const checked = /** @type {HTMLInputElement | null} */ (row?.querySelector("input:checked") ?? null);
  const value = first?.type === "radio" || first?.type === "checkbox" ? (checked?.value ?? "") : (first?.value.trim() ?? "");
  const complaint = complaintAbout(field, value, first);
  if (error) error.textContent = complaint;
  first?.setAttribute("aria-invalid", String(complaint !== ""));
  return !complaint;
}

/**
 * @param {Field} field
 * @param {string} value
 * @param {HTMLInputElement | null} input
 */
function complaintAbout(field, value, input) {
  // A half-typed date reads as empty; only the field itself knows.
  if (field.kind === "date" && input?.validity.badInput) return "Type the whole date, such as 10/25/2026.";
  const file = input?.files?.[0];
  if (file && !file.size) return "That file is empty. Choose another.";
  if (file && file.size > LARGEST) return `That file has ${sizeOf(file.size)}; ${sizeOf(LARGEST)} is the most.`;
  if (!value) return field.required ? field.missing || (MISSING[field.kind] ?? "Enter an answer.") : "";
  if (field.kind === "number" && !/^-?\d+(\.\d+)?$/.test(value)) return "Type a plain number, such as 1234.50.";
  return "";
}

/**
 * Return the answers as text, as the service takes them: without blanks, days in ISO form. Files are not sent yet.
 * @param {Field[]} fields
 * @param {FormData} data
 * @returns {Answers}
 */
export function answers(fields, data) {
  const given = fields.map(({ name, kind }) => [name, kind === "several" ? all(data, name) : answer(data.get(name))]);
  return Object.fromEntries(given.filter(([, value]) => value));
}

/**
 * @param {FormData} data
 * @param {string} name
 */
const all = (data, name) => data.getAll(name).join(SEPARATOR);

/** @param {FormDataEntryValue | null} given a file without a name if none was chosen */
function answer(given) {
  if (given instanceof File) return given.name ? given : "";
  return (given ?? "").trim();
}
