/** Objects on which a member that does not exist is an error, where JavaScript would say `undefined`. */

/** What the language and its debuggers ask of any object, whatever it is. */
const ALWAYS = new Set([
  "then",
  "toJSON",
  "constructor",
  "toString",
  "valueOf",
  "nodeType",
  "tagName",
  "hasOwnProperty",
  "__proto__",
]);

/**
 * @template {object} T
 * @param {T} target @param {string} name how it is called in the error
 * @returns {T}
 */
export function strict(target, name) {
  return new Proxy(target, {
    get(object, member) {
      if (typeof member === "symbol" || member in object || ALWAYS.has(member)) return Reflect.get(object, member);
      throw new TypeError(`${name}.${member} does not exist in the simulated Excel.`);
    },
    set(object, member, value) {
      if (member in object) return Reflect.set(object, member, value);
      throw new TypeError(`${name}.${String(member)} does not exist in the simulated Excel.`);
    },
  });
}
