/**
 * The add-in's side of Office.js: objects that stand for something in Excel and know nothing until told.
 *
 * Everything asked of them is written down and sent at `context.sync()`, as JSON, the way Office.js does. A property
 * is readable only after it was loaded and synced; a written one is believed at once.
 *
 * @typedef {import("./members.js").TypeName} TypeName
 * @typedef {{do: "object", id: number, of: number, member: string, args: unknown[]}
 *   | {do: "load", id: number, names: string[]}
 *   | {do: "set", id: number, member: string, value: unknown}
 *   | {do: "call", id: number, member: string, args: unknown[], result: number}} Action
 * @typedef {{id: number, isNull?: boolean, values?: Record<string, unknown>, items?: {id: number, values: Record<string, unknown>}[]}} Told
 * @typedef {{told: Told[], results: [number, unknown][]}} Answer
 * @typedef {(request: string, delayed: boolean) => Promise<string>} Wire
 * @typedef {(args: object) => unknown} Handler
 * @typedef {(event: string, handler: Handler) => void} Listen
 */

import { OfficeError } from "./errors.js";
import { membersOf } from "./members.js";
import { strict } from "./strict.js";

export const WORKBOOK = 0;

/** What a proxy knows. */
class State {
  /** @param {RequestContext} context @param {number} id @param {TypeName} type */
  constructor(context, id, type) {
    this.context = context;
    this.id = id;
    this.type = type;
    /** @type {boolean | undefined} */
    this.isNull = undefined;
    /** @type {Map<string, unknown>} */
    this.values = new Map();
    /** @type {Map<string, object>} */
    this.objects = new Map();
    /** @type {object[] | undefined} */
    this.items = undefined;
  }
}

/** @type {WeakMap<object, State>} */
const states = new WeakMap();

/** What comes back from a method: readable after the next sync. */
class ClientResult {
  /** @type {{value: unknown} | null} */
  #told = null;

  get value() {
    if (!this.#told) throw new OfficeError("ValueNotLoaded", "ClientResult.value");
    return this.#told.value;
  }

  /** @param {unknown} value */
  tell(value) {
    this.#told = { value };
  }
}

/** One conversation with Excel. */
export class RequestContext {
  /** @param {Wire} wire @param {boolean} delayed whether to wait while a cell is edited @param {Listen} listen */
  constructor(wire, delayed, listen) {
    this.wire = wire;
    this.delayed = delayed;
    this.listen = listen;
    /** @type {[event: string, handler: Handler][]} what is listened to from the next sync */
    this.handlers = [];
    /** @type {Action[]} */
    this.queue = [];
    /** @type {Map<number, State>} */
    this.states = new Map();
    /** @type {Map<number, ClientResult>} */
    this.results = new Map();
    this.last = WORKBOOK;
    this.workbook = proxyOf(this, WORKBOOK, "Workbook");
    this.trackedObjects = { add() {}, remove() {} };
  }

  get application() {
    return Reflect.get(this.workbook, "application");
  }

  /** @param {object} object @param {unknown} what */
  load(object, what) {
    Reflect.get(object, "load")(what);
  }

  /** @template T @param {T} [passThrough] @returns {Promise<T>} */
  async sync(passThrough) {
    const request = JSON.stringify(this.queue);
    this.queue = [];
    /** @type {Answer} */
    const answer = JSON.parse(await this.wire(request, this.delayed));
    for (const told of answer.told) this.learn(told);
    for (const [number, value] of answer.results) this.results.get(number)?.tell(value);
    for (const [event, handler] of this.handlers.splice(0)) this.listen(event, handler);
    return /** @type {T} */ (passThrough);
  }

  /** @param {Told} told */
  learn(told) {
    const state = this.states.get(told.id);
    if (!state) return;
    if (told.isNull !== undefined) state.isNull = told.isNull;
    for (const [name, value] of Object.entries(told.values ?? {})) state.values.set(name, value);
    const type = membersOf(state.type).items;
    if (!told.items || !type) return;
    state.items = told.items.map(({ id, values }) => {
      const item = proxyOf(this, id, type);
      this.learn({ id, values });
      return item;
    });
  }
}

/** @param {RequestContext} context @param {number} id @param {TypeName} type @returns {object} */
function proxyOf(context, id, type) {
  const state = new State(context, id, type);
  context.states.set(id, state);
  const { scalars, objects, methods, items, events } = membersOf(type);
  const target = Object.create(null);
  for (const name of Object.keys(scalars))
    define(
      target,
      name,
      () => scalar(state, name),
      (value) => write(state, name, scalars, value),
    );
  for (const [name, kind] of Object.entries(objects)) {
    define(
      target,
      name,
      () => member(state, name, kind),
      (value) => Reflect.get(member(state, name, kind), "set")(value),
    );
  }
  for (const [name, kind] of Object.entries(methods))
    target[name] = (/** @type {unknown[]} */ ...args) => call(state, name, kind, args);
  for (const name of events) {
    const add = (/** @type {Handler} */ handler) => void context.handlers.push([name, handler]);
    define(target, name, () => strict({ add }, `${type}.${name}`));
  }
  define(target, "context", () => context);
  define(target, "isNullObject", () => known(state.isNull, `${type}.isNullObject`));
  if (items) define(target, "items", () => known(state.items, `${type}.items`));
  target.load = (/** @type {unknown} */ what) => (load(state, what), proxy);
  target.set = (/** @type {Record<string, unknown>} */ values) => void Object.assign(proxy, values);
  target.toJSON = () => (state.items ? { items: state.items } : Object.fromEntries(state.values));
  target.track = target.untrack = () => proxy;
  const proxy = strict(target, type);
  states.set(proxy, state);
  return proxy;
}

/** @param {object} target @param {string} name @param {() => unknown} get @param {(value: any) => void} [set] */
function define(target, name, get, set) {
  Object.defineProperty(target, name, { get, ...(set && { set }), enumerable: true });
}

/** @template T @param {T | undefined} value @param {string} place @returns {T} */
function known(value, place) {
  if (value === undefined) throw new OfficeError("PropertyNotLoaded", place);
  return value;
}

/** @param {State} state @param {string} name */
function scalar(state, name) {
  if (!state.values.has(name)) throw new OfficeError("PropertyNotLoaded", `${state.type}.${name}`);
  return state.values.get(name);
}

/** @param {State} state @param {string} name @param {Record<string, string>} scalars @param {unknown} value */
function write(state, name, scalars, value) {
  if (scalars[name] !== "rw") throw new TypeError(`${state.type}.${name} is read-only.`);
  state.context.queue.push({ do: "set", id: state.id, member: name, value });
  state.values.set(name, value);
}

/** @param {State} state @param {string} name @param {TypeName} type */
function member(state, name, type) {
  const standing = state.objects.get(name) ?? made(state, name, type, []);
  state.objects.set(name, standing);
  return standing;
}

/** @param {State} state @param {string} name @param {TypeName} type @param {unknown[]} args */
function made(state, name, type, args) {
  const { context } = state;
  const id = (context.last += 1);
  context.queue.push({ do: "object", id, of: state.id, member: name, args });
  return proxyOf(context, id, type);
}

/** @param {State} state @param {string} name @param {string} kind @param {unknown[]} given */
function call(state, name, kind, given) {
  const { context } = state;
  const args = given.map((value) => sendable(context, value));
  if (kind !== "result" && kind !== "nothing")
    return made(state, name, /** @type {TypeName} */ (kind.replace("?", "")), args);
  const result = new ClientResult();
  const number = context.results.size;
  context.results.set(number, result);
  context.queue.push({ do: "call", id: state.id, member: name, args, result: number });
  return kind === "result" ? result : undefined;
}

/** @param {RequestContext} context @param {unknown} value */
function sendable(context, value) {
  const state = typeof value === "object" && value !== null ? states.get(value) : undefined;
  if (!state) return value;
  if (state.context !== context) throw new OfficeError("InvalidRequestContext");
  return { proxy: state.id };
}

/** @param {State} state @param {unknown} what a list of names, or an object of `true`s, or nothing for all */
function load(state, what) {
  const { scalars, objects, items } = membersOf(state.type);
  const known = items ? membersOf(items).scalars : scalars;
  const names = [];
  for (const path of paths(what, Object.keys(known))) {
    const [first = "", ...rest] = items ? path.replace(/^items\/?/, "").split("/") : path.split("/");
    if (first in known) names.push(first);
    else if (first === "" || first === "isNullObject") continue;
    else if (!items && first in objects)
      Reflect.get(
        member(state, first, /** @type {TypeName} */ (objects[first])),
        "load",
      )(rest.length > 0 ? rest.join("/") : undefined);
    else throw new OfficeError("InvalidArgument", `${state.type}.load(${path})`);
  }
  state.context.queue.push({ do: "load", id: state.id, names });
}

/** @param {unknown} what @param {string[]} all @returns {string[]} paths such as `format/fill/color` */
function paths(what, all) {
  if (what === undefined || what === null) return all;
  if (typeof what === "string") return what.split(",").map((path) => path.trim());
  if (Array.isArray(what)) return what.flatMap((path) => paths(path, all));
  return Object.entries(/** @type {object} */ (what)).flatMap(([name, told]) => {
    if (told === false || name === "$top" || name === "$skip") return [];
    if (name === "$all") return all;
    return typeof told === "object" && told !== null ? paths(told, all).map((path) => `${name}/${path}`) : [name];
  });
}
