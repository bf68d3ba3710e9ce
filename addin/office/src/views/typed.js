/** What was typed into a form and not sent: taken from one form and put into the next. It is kept in the memory of this page only. */

/** @typedef {Map<string, string[] | FileList>} Typed by the name of a field: its values, or its files */

/**
 * Return what somebody has typed, chosen or ticked in the form of a view, `null` if there is no form or nothing is different
 * from what the service suggested.
 * @param {Element} view
 * @returns {Typed | null}
 */
export function typedIn(view) {
  /** @type {Typed} */
  const typed = new Map();
  for (const [name, controls] of fieldsOf(view)) {
    if (controls.every(isAsSuggested)) continue;
    const [first] = controls;
    if (first instanceof HTMLInputElement && first.type === "file") typed.set(name, /** @type {FileList} */ (first.files));
    else typed.set(name, controls.flatMap((one) => (isLeftOut(one) ? [] : [one.value])));
  }
  return typed.size ? typed : null;
}

/**
 * Put back what was typed, into the fields that are asked again and can still be answered so.
 * @param {Element} view
 * @param {Typed | null} typed
 */
export function putBack(view, typed) {
  for (const [name, controls] of fieldsOf(view)) {
    const given = typed?.get(name);
    if (!given) continue;
    for (const one of controls) {
      const isFile = one instanceof HTMLInputElement && one.type === "file";
      if (isFile !== given instanceof FileList) continue;
      if (isFile) one.files = /** @type {FileList} */ (given);
      else if (one instanceof HTMLInputElement && isBox(one)) one.checked = /** @type {string[]} */ (given).includes(one.value);
      else if (canHold(one, String(given[0]))) one.value = String(given[0]);
      one.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
}

/** @typedef {HTMLInputElement | HTMLSelectElement} Control */

/**
 * Return the controls of each field of a view's form, by name.
 * @param {Element} view
 * @returns {Map<string, Control[]>}
 */
function fieldsOf(view) {
  /** @type {Map<string, Control[]>} */
  const fields = new Map();
  for (const control of /** @type {NodeListOf<Control>} */ (view.querySelectorAll("form[data-asks] :is(input:not([type=hidden]), select)"))) {
    fields.set(control.name, [...(fields.get(control.name) ?? []), control]);
  }
  return fields;
}

/** @param {Control} control */
const isBox = (control) => control instanceof HTMLInputElement && ["radio", "checkbox"].includes(control.type);

/** @param {Control} control */
const isLeftOut = (control) => control instanceof HTMLInputElement && isBox(control) && !control.checked;

/** @param {Control} control */
function isAsSuggested(control) {
  if (control instanceof HTMLSelectElement) {
    const suggested = [...control.options].find(({ defaultSelected }) => defaultSelected) ?? control.options[0];
    return control.value === (suggested?.value ?? "");
  }
  if (control.type === "file") return !control.files?.length;
  return isBox(control) ? control.checked === control.defaultChecked : control.value === control.defaultValue;
}

/** @param {Control} control @param {string} value */
const canHold = (control, value) => control instanceof HTMLInputElement || [...control.options].some((option) => option.value === value);
