/** How requests reach the service: retries, large bodies, the token, and the refusals of what comes back. */

import { ACCEPTED, PROTOCOL_OF_SERVICE, checkProtocol } from "./protocol.js";
import { Cancelled, Refusal, unusable } from "./refusals.js";
import { token } from "./token.js";
import { NOT_RUNNING, isOfThisComputer, notOurs, notRunning, tooSlow } from "./unreachable.js";

/**
 * @typedef {{status: number, type: string, protocol: string | null, bytes: Uint8Array}} Answer
 * @typedef {{body?: string | Blob, headers?: Record<string, string>, seconds?: number, signal?: AbortSignal,
 *   sent?: (share: number) => void}} How `headers`: of this request
 * @typedef {{signal: AbortSignal, sent: (share: number) => void}} Watched
 */

export const ANSWER_SECONDS = 300;
const QUICK_SECONDS = 10;
const JSON_TYPE = "application/json";
const PROBLEM_TYPE = "application/problem+json";
const SENDING_JSON = { "Content-Type": JSON_TYPE };
const UNAUTHORIZED = 401;
/** Nothing was recorded, and the same request may be answered a little later: a fault, a busy service, a full disk. */
const PASSING = new Set([408, 500, 503, 507]);

/**
 * How many seconds to wait before each further attempt of a click whose connection broke, or that a proxy could not pass on: a
 * service that is restarted is away for a few seconds. The same request id makes that safe (docs/contracts.md#request-id).
 */
const PAUSES = [0, 0.5, 1, 2, 4, 8];
/** The statuses of a proxy whose service does not answer. The service's own are problems, which are shown. */
const AWAY = new Set([502, 503, 504]);
/** The header with which a service says how many bytes pass on the way to it. Most do not say it. */
const LARGEST_BODY = "X-Largest-Body";
/** How many bytes that are, as the last answer said. */
let largestBody = Infinity;

/**
 * Send a request that may be sent twice; send it again if the connection breaks, or if a proxy answers that the service is away.
 * A service of this computer that is not running is not waited for: the person can start it.
 * @param {string} path
 * @param {How} how
 */
export async function postWithRetries(path, how) {
  for (const pause of [...PAUSES, null]) {
    try {
      return await json(sendBody(path, { seconds: ANSWER_SECONDS, ...how }));
    } catch (error) {
      const away = error instanceof Refusal && error.problem.code === NOT_RUNNING;
      if (!away || pause === null || (isOfThisComputer() && !(await reachable()))) throw error;
      await wait(pause, how.signal);
    }
  }
  throw notRunning();
}

/**
 * Send a request. A body that does not pass is left in the store first: each time, because a reference counts once.
 * @param {string} path
 * @param {How} how
 */
async function sendBody(path, how) {
  if (largestBody === Infinity) return send("POST", path, how);
  const whole = new Blob([how.body ?? ""]);
  if (whole.size <= largestBody) return send("POST", path, how);
  const { sent: _, ...quiet } = how; // the progress is that of the body
  const announced = JSON.stringify({ size: whole.size, sha256: await digestOf(await whole.arrayBuffer()) });
  const { address, reference } = await json(send("POST", "/request-bodies", { ...quiet, body: announced, headers: SENDING_JSON }));
  const left = await send("PUT", address, { ...how, body: whole, headers: {} });
  if (AWAY.has(left.status)) throw notRunning();
  if (left.status < 200 || left.status >= 300) throw unusable("It names a place for large requests that takes none.");
  return send("POST", path, { ...quiet, body: "", headers: { ...SENDING_JSON, ...how.headers, "X-Body-Reference": reference } });
}

/** @param {BufferSource} bytes */
export async function digestOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Wait between two attempts. Cancel ends it.
 * @param {number} seconds
 * @param {AbortSignal} [signal]
 */
function wait(seconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw new Cancelled();
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new Cancelled());
    });
  });
}

/** Return whether Clinic Ledger answers at this address. */
export async function reachable() {
  try {
    const health = await json(send("GET", "/health", {}));
    return health.product === "clinic-ledger";
  } catch {
    return false;
  }
}

/**
 * Return the answer if it is a success, else throw a Refusal.
 * @param {Promise<Answer>} sending
 */
export async function checkAnswer(sending) {
  const answer = await sending;
  checkProtocol(answer.protocol);
  if (answer.status >= 200 && answer.status < 300) return answer;
  if (answer.type.startsWith(PROBLEM_TYPE)) {
    const problem = parseJson(answer.bytes);
    if (problem) throw new Refusal(problem, { again: PASSING.has(answer.status), connection: answer.status === UNAUTHORIZED });
  }
  throw AWAY.has(answer.status) ? notRunning() : notOurs();
}

/**
 * @param {Promise<Answer>} sending
 * @returns {Promise<any>}
 */
export async function json(sending) {
  const content = parseJson((await checkAnswer(sending)).bytes);
  if (content === null) throw notOurs();
  return content;
}

/** @param {Uint8Array} bytes */
function parseJson(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

/**
 * Send one request: to the service, or without the token to the store. XMLHttpRequest, since fetch ends after 60 seconds in
 * Excel for macOS. A large answer comes from the store: the browser follows there, and leaves the token out.
 * @param {"GET" | "POST" | "PUT"} method
 * @param {string} path
 * @param {How} how
 * @returns {Promise<Answer>}
 */
export function send(method, path, { body, headers = SENDING_JSON, seconds = QUICK_SECONDS, signal, sent }) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw new Cancelled();
    const request = new XMLHttpRequest();
    request.open(method, path);
    request.responseType = "arraybuffer";
    request.timeout = seconds * 1000;
    request.setRequestHeader("Accept", ACCEPTED);
    const bearer = path.startsWith("/") ? token() : null;
    if (bearer) request.setRequestHeader("Authorization", `Bearer ${bearer}`);
    for (const [name, value] of Object.entries(body === undefined ? {} : headers)) request.setRequestHeader(name, value);
    if (sent) request.upload.onprogress = ({ loaded, total }) => sent(total ? loaded / total : 1);
    request.onload = () => {
      const isOfService = request.responseURL.startsWith(`${globalThis.location.origin}/`); // a browser complains of the store's
      if (isOfService) largestBody = Number(request.getResponseHeader(LARGEST_BODY)) || largestBody;
      resolve({
        status: request.status,
        type: request.getResponseHeader("Content-Type") ?? "",
        protocol: isOfService ? request.getResponseHeader(PROTOCOL_OF_SERVICE) : null,
        bytes: new Uint8Array(request.response),
      });
    };
    request.onerror = () => reject(notRunning());
    request.ontimeout = () => reject(tooSlow(seconds));
    request.onabort = () => reject(new Cancelled());
    signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}
