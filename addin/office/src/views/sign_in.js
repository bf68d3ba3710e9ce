/** Signing in: the form, the way to a page of the browser, and the view that asks for it over a click that somebody has to be signed in for. */

import { button, element, heading, sign } from "./element.js";

/**
 * @typedef {import("../contract.js").Problem} Problem
 * @typedef {{name: string, password: string, code: string}} Typed
 * @typedef {(typed: Typed) => Promise<Problem | null>} SignIn returns why nobody is signed in, `null` once somebody is
 * @typedef {(show: (begun: import("../contract.js").DeviceCodes) => void, isWanted: () => boolean) => Promise<Problem | null>} SignInOnPage
 *   `show` tells the person what to do; it goes on as long as it is wanted
 * @typedef {{signIn: SignIn, signInOnPage: SignInOnPage}} Ways
 * @typedef {{row: HTMLElement, input: HTMLInputElement, error: HTMLElement}} Field
 */

/** Which field a refusal is about, by its code; the others are about none. @type {Record<string, "password" | "code">} */
const FIELD_OF = {
  "sign-in-refused": "password",
  "second-factor-needed": "code",
  "second-factor-refused": "code",
};
const CODE_NEEDED = "second-factor-needed";
const APP_MISSING = "second-factor-missing";
const PAGE = "/sign-in";

/**
 * Return the form. A password is in its field only, until somebody is signed in or the view is left.
 * @param {Ways} ways
 * @param {() => void} [cancel]
 */
export function signInForm({ signIn, signInOnPage }, cancel) {
  const fields = {
    name: field("name", "Name", { autocomplete: "username", autocapitalize: "none", maxlength: 100 }),
    password: field("password", "Password", { type: "password", autocomplete: "current-password", maxlength: 1000 }),
    code: field("code", "Code of your authenticator app", { inputmode: "numeric", autocomplete: "one-time-code", maxlength: 20 }),
  };
  fields.code.row.hidden = true;
  const said = element("div", { class: "error", role: "alert" });
  const onPage = element("div", { class: "on-page", role: "status" });
  const send = element("button", { type: "submit", class: "primary" }, "Sign in");
  const form = element(
    "form",
    { class: "sign-in", novalidate: true, "data-sign-in": "" },
    fields.name.row,
    fields.password.row,
    fields.code.row,
    said,
    onPage,
    element("div", { class: "actions" }, send, button("Use the browser", () => void usePage()), cancel && button("Cancel", cancel, { "data-leave": "" })),
  );
  let isWaiting = false;
  const usePage = async () => {
    if (isWaiting) return; // for the page that was opened already
    isWaiting = true;
    said.replaceChildren();
    const show = (/** @type {import("../contract.js").DeviceCodes} */ begun) => {
      onPage.replaceChildren(...wayOnPage(begun));
      onPage.querySelector("a")?.focus();
    };
    const refused = await signInOnPage(show, () => onPage.isConnected);
    isWaiting = false;
    onPage.replaceChildren();
    if (refused) showProblem(refused, fields, said);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.ariaDisabled === "true" || !complete(fields, said)) return;
    send.ariaDisabled = "true";
    const { name, password, code } = fields;
    const refused = await signIn({ name: name.input.value.trim(), password: password.input.value, code: code.input.value.trim() });
    send.ariaDisabled = "false";
    if (refused) showProblem(refused, fields, said);
    else password.input.value = code.input.value = "";
  });
  return form;
}

/**
 * Return the view that asks to sign in over a click. What was typed for the click is kept where it is.
 * @param {string} label of the button that was pressed
 * @param {Problem} problem
 * @param {Ways & {cancel: () => void}} act
 */
export function signInView(label, { title, detail }, { cancel, ...ways }) {
  return element(
    "div",
    { class: "view" },
    element(
      "div",
      { class: "card blocked", role: "alert" },
      element("p", { class: "level" }, sign("blocked"), "Not done yet"),
      heading(title),
      element("p", {}, detail),
    ),
    element("p", { class: "remedy" }, `Once you are signed in, ${label} goes on by itself. What you typed is kept.`),
    signInForm(ways, cancel),
  );
}

/**
 * @param {string} name
 * @param {string} label
 * @param {import("./element.js").Attributes} attributes
 * @returns {Field}
 */
function field(name, label, attributes) {
  const id = `sign-in-${name}`;
  const error = element("p", { class: "error", id: `${id}-error`, role: "alert" });
  const input = element("input", { type: "text", id, name, spellcheck: "false", "aria-required": true, "aria-describedby": error.id, ...attributes });
  return { row: element("div", { class: "field" }, element("label", { for: id }, label), input, error), input, error };
}

/**
 * Return whether every field in sight has something in it; say which has not, and lead to the first.
 * @param {Record<string, Field>} fields
 * @param {HTMLElement} said
 */
function complete(fields, said) {
  said.replaceChildren();
  const open = Object.entries(fields).filter(([, { row, input }]) => !row.hidden && !input.value.trim());
  for (const one of Object.values(fields)) tell(one, "");
  for (const [name, one] of open) tell(one, name === "code" ? "Type the six digits that the app shows now." : `Type your ${name}.`);
  open[0]?.[1].input.focus();
  return !open.length;
}

/**
 * Say why nobody is signed in at the field that it is about, and lead there.
 * @param {Problem} problem
 * @param {{name: Field, password: Field, code: Field}} fields
 * @param {HTMLElement} said
 */
function showProblem({ code, detail, remedy }, fields, said) {
  const about = FIELD_OF[code];
  const sentence = `${detail} ${remedy}`;
  if (about === "code") fields.code.row.hidden = false;
  if (!about) {
    said.replaceChildren(element("p", {}, sentence), ...(code === APP_MISSING ? [pageLink()] : []));
    fields.name.input.focus();
    return;
  }
  const one = fields[about];
  one.input.value = "";
  tell(one, sentence, code !== CODE_NEEDED);
  one.input.focus();
}

/**
 * @param {Field} field
 * @param {string} sentence
 * @param {boolean} [isWrong] whether something wrong was typed there
 */
function tell({ input, error }, sentence, isWrong = Boolean(sentence)) {
  error.textContent = sentence;
  error.classList.toggle("hint", Boolean(sentence) && !isWrong);
  input.ariaInvalid = String(isWrong);
}

/** Return the way to the page that sets up an authenticator app: in the browser, never in this pane. */
const pageLink = () => element("p", {}, link("Set up the app in the browser", `${location.origin}${PAGE}`));

/**
 * Return what to do on the page of the browser, which is opened if Excel can do that.
 * @param {import("../contract.js").DeviceCodes} begun
 */
function wayOnPage({ user_code: code, page }) {
  openPage(page);
  return [
    element("p", {}, "Sign in on the page in the browser, see that it shows this code, and press Yes there:"),
    element("p", { class: "shown-code" }, code),
    element("p", {}, link("Open the page", page)),
    element("p", { class: "hint" }, "Excel goes on by itself."),
  ];
}

/**
 * @param {string} label
 * @param {string} address
 */
function link(label, address) {
  const open = (/** @type {Event} */ event) => {
    if (openPage(address)) event.preventDefault();
  };
  return element("a", { href: address, target: "_blank", rel: "noopener", onclick: open }, label);
}

/**
 * Open a page in the browser; return whether Excel can do that by itself.
 * @param {string} address
 */
function openPage(address) {
  if (!Office.context.requirements.isSetSupported("OpenBrowserWindowApi", "1.1")) return false;
  Office.context.ui.openBrowserWindow(address);
  return true;
}
