/**
 * Excel's side of Office.js: carries out what an add-in queued, in order, on the workbook.
 *
 * What was done before an action fails stays done, as in Excel. Requests and answers of more than five
 * megabytes are refused, as Excel on the web does, and so is everything while a cell is edited.
 *
 * @typedef {import("./proxies.js").Action} Action
 * @typedef {import("./proxies.js").Told} Told
 * @typedef {import("./members.js").TypeName} TypeName
 * @typedef {{type: TypeName, target: any}} Thing `target` is null for a null object
 */

import { OfficeError } from "./errors.js";
import { HANDLERS } from "./handlers.js";
import { membersOf } from "./members.js";
import { WORKBOOK } from "./proxies.js";

const LARGEST_BYTES = 5 * 1024 * 1024;
const FIRST_ITEM = -1; // ids of items are Excel's to give: they count downwards

/**
 * What the window tells about itself.
 *
 * @typedef {object} Window
 * @property {import("../book/workbook.js").Workbook} book
 * @property {string} excelApi the ExcelApi requirement set this Excel has
 * @property {boolean} editing whether a cell is being edited
 * @property {() => Promise<void>} edited ends when no cell is edited any more
 * @property {() => void} selected the selection was moved by a program
 */

/** One RequestContext's counterpart: the objects it holds. */
export class Session {
  /** @param {Window} window */
  constructor(window) {
    this.window = window;
    /** @type {Map<number, Thing>} */
    this.things = new Map([[WORKBOOK, { type: "Workbook", target: window.book }]]);
    this.lastItem = FIRST_ITEM;
  }

  /** @param {string} request @param {boolean} delayed @returns {Promise<string>} @throws {OfficeError} */
  async execute(request, delayed) {
    if (bytesOf(request) > LARGEST_BYTES) throw new OfficeError("RequestPayloadSizeLimitExceeded");
    if (this.window.editing && !delayed) throw new OfficeError("InvalidOperationInCellEditMode");
    await this.window.edited();
    /** @type {import("./proxies.js").Answer} */
    const answer = { told: [], results: [] };
    const actions = /** @type {Action[]} */ (JSON.parse(request));
    try {
      for (const action of actions) await this.carryOut(action, answer);
    } finally {
      if (actions.some((action) => action.do !== "load")) this.window.book.changed();
    }
    const text = JSON.stringify(answer);
    if (bytesOf(text) > LARGEST_BYTES) throw new OfficeError("ResponsePayloadSizeLimitExceeded");
    return text;
  }

  /** @param {Action} action @param {import("./proxies.js").Answer} answer */
  async carryOut(action, answer) {
    if (action.do === "object") {
      answer.told.push(this.reach(action));
      return;
    }
    const thing = this.thing(action.id);
    if (action.do === "load") answer.told.push(this.read(action.id, thing, action.names));
    else if (thing.target === null) throw new OfficeError("ItemNotFound", `${thing.type}.${action.member}`);
    else if (action.do === "set") found(HANDLERS[thing.type].set, action.member)(thing.target, action.value, this);
    else
      answer.results.push([
        action.result,
        (await found(HANDLERS[thing.type].call, action.member)(thing.target, this.given(action.args), this)) ??
          null,
      ]);
  }

  /** @param {Extract<Action, {do: "object"}>} action @returns {Told} */
  reach({ id, of, member, args }) {
    const parent = this.thing(of);
    const { objects, methods } = membersOf(parent.type);
    const kind = objects[member] ?? methods[member] ?? "";
    const type = /** @type {TypeName} */ (kind.replace("?", ""));
    const target =
      parent.target === null
        ? null
        : found(HANDLERS[parent.type].reach, member)(parent.target, this.given(args), this);
    if (target === null && parent.target !== null && !kind.startsWith("?"))
      throw new OfficeError("ItemNotFound", `${parent.type}.${member}`);
    this.things.set(id, { type, target });
    return { id, isNull: target === null };
  }

  /** @param {number} id @param {Thing} thing @param {string[]} names @returns {Told} */
  read(id, { type, target }, names) {
    if (target === null) return { id, isNull: true };
    const { items } = membersOf(type);
    if (!items) return { id, values: valuesOf(type, target, names) };
    const list = /** @type {any[]} */ (found(HANDLERS[type].reach, "items")(target, [], this));
    return {
      id,
      items: list.map((item) => ({ id: this.keep(items, item), values: valuesOf(items, item, names) })),
    };
  }

  /** @param {TypeName} type @param {any} target */
  keep(type, target) {
    const id = this.lastItem;
    this.lastItem -= 1;
    this.things.set(id, { type, target });
    return id;
  }

  /** @param {number} id @returns {Thing} */
  thing(id) {
    const thing = this.things.get(id);
    if (!thing) throw new OfficeError("InvalidObjectPath");
    return thing;
  }

  /** @param {unknown[]} args @returns {any[]} with the objects they stand for */
  given(args) {
    return args.map((value) => {
      const proxy = typeof value === "object" && value !== null ? Reflect.get(value, "proxy") : undefined;
      return typeof proxy === "number" ? this.thing(proxy).target : value;
    });
  }
}

/** @param {TypeName} type @param {any} target @param {string[]} names */
function valuesOf(type, target, names) {
  return Object.fromEntries(names.map((name) => [name, found(HANDLERS[type].get, name)(target)]));
}

/** @template T @param {Record<string, T> | undefined} handlers @param {string} member @returns {T} */
function found(handlers, member) {
  const handler = handlers?.[member];
  if (!handler) throw new OfficeError("GeneralException", member);
  return handler;
}

/** @param {string} text what it takes on the wire, near enough: sheets are mostly ASCII */
function bytesOf(text) {
  return text.length;
}
